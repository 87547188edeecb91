"""Keys of programs: made after the password, shown once, kept as a hash, and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from tdap_portal.accounts import services
from tdap_portal.accounts.models import ApiToken, User
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import PASSWORD, UserFactory, administrator, officer

pytestmark = pytest.mark.django_db


def works(key: str) -> bool:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client.get("/api/v1/rounds/").status_code == 200


def make_key(person: User, **sent: str) -> tuple[str, Client]:
    """At the account page; the password is asked for once more."""
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    asked = client.post(reverse("account_token"), sent)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not ApiToken.objects.exists()
    page = client.post(asked.url, {"password": PASSWORD, "next": reverse("account_token")})
    client.last_page = page.content.decode()
    return page.context["key"], client


def test_a_key_is_made_after_the_password_and_shown_once():
    key, client = make_key(UserFactory())
    assert works(key)
    assert key not in client.get(reverse("account_person")).content.decode()


@pytest.mark.parametrize(("sent", "may_write"), [({}, False), ({"may_write": "on"}, True)])
def test_a_key_only_reads_unless_its_person_ticks_more(sent, may_write):
    key, client = make_key(officer(), **sent)
    page = "acts in your name" if may_write else "only reads"
    assert ApiToken.objects.get().may_write is may_write
    assert page in client.last_page
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    assert api.get("/api/v1/rounds/").status_code == 200
    answer = api.post("/api/v1/desk/files/abcdefghjkmn/recommend/", {}, format="json")
    expected = (404, "not_found") if may_write else (403, "read_only_key")
    assert (answer.status_code, answer.json()["code"]) == expected


def test_a_new_key_stops_the_old_one():
    user = UserFactory()
    first, second = services.renew_token(user=user), services.renew_token(user=user)
    assert (works(first), works(second)) == (False, True)


def test_the_database_does_not_know_the_key():
    key = services.renew_token(user=UserFactory())
    assert key not in str(ApiToken.objects.values().get())


def test_a_key_runs_out(time_machine):
    key = services.renew_token(user=UserFactory())
    time_machine.move_to(timezone.now() + timedelta(days=services.TOKEN_DAYS, minutes=1))
    assert not works(key)


def new_password(user):
    user.set_password("three-words-of-mine")
    user.save()


def locked_out_and_in(user):
    for is_active in (False, True):
        services.set_active(actor=administrator(), user=user, is_active=is_active)


@pytest.mark.parametrize(
    "change",
    [
        new_password,
        locked_out_and_in,
        lambda user: services.grant_role(actor=administrator(), user=user, role=Role.PROGRAMME_MANAGER),
        lambda user: services.revoke_role(actor=administrator(), user=user, role=Role.OFFICER),
    ],
    ids=["password", "locked out", "a role more", "a role less"],
)
def test_a_key_ends_with(change):
    user = officer()
    key = services.renew_token(user=user)
    assert works(key)
    change(user)
    assert not works(key)
