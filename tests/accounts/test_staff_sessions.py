"""Sessions of people who see more than their own firm end within a day, and when nobody is at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tdap_portal.accounts import services
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import PASSWORD, UserFactory, administrator, officer, partner_person

pytestmark = pytest.mark.django_db
PAGE = "/inbox/"


def signed_in(person) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD, "remember": "on"})
    return client


def is_in_after(client: Client, time_machine, **later: int) -> bool:
    """Whether a page opens so much later than now; the clock stays there."""
    time_machine.move_to(timezone.now() + timedelta(**later))
    return client.get(PAGE).status_code == 200


@pytest.mark.parametrize("person", [officer, administrator, partner_person])
def test_somebody_away_from_the_desk_is_signed_out(person, time_machine):
    client = signed_in(person())
    assert is_in_after(client, time_machine, minutes=0)
    assert is_in_after(client, time_machine, minutes=119)
    assert not is_in_after(client, time_machine, minutes=121)


def test_whoever_works_on_signs_in_again_after_twelve_hours(time_machine):
    client = signed_in(officer())
    client.get(PAGE)
    assert [is_in_after(client, time_machine, minutes=90) for _page in range(9)] == [True] * 7 + [False] * 2


def test_the_session_of_a_firm_lasts_two_weeks(time_machine):
    client = signed_in(UserFactory())
    assert is_in_after(client, time_machine, days=13)
    assert not is_in_after(client, time_machine, days=2)


def test_who_becomes_an_official_signs_in_again_if_the_session_is_too_old_for_one(time_machine):
    person = UserFactory()
    client = signed_in(person)
    assert is_in_after(client, time_machine, days=3)
    services.grant_role(actor=administrator(), user=person, role=Role.OFFICER)
    assert not is_in_after(client, time_machine, minutes=1)


def test_a_form_that_arrives_too_late_is_kept_as_in_every_session_that_ended(time_machine):
    client = signed_in(officer())
    client.get("/desk/")
    time_machine.move_to(timezone.now() + timedelta(minutes=121))
    answer = client.post("/desk/bulk/", {"words": "Typed before lunch."})
    assert answer.url.startswith(reverse("account_login"))
    assert client.session["kept_form"]["typed"] == {"words": ["Typed before lunch."]}


def test_signing_in_again_begins_anew(time_machine):
    person = officer()
    client = signed_in(person)
    client.get(PAGE)
    assert not is_in_after(client, time_machine, hours=13)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert is_in_after(client, time_machine, minutes=30)
