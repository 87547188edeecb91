"""Invitations reach strangers: how often, in whose words, and for how long they are good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from smes.models import Invitation, Member
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.notifications.models import Dispatch
from tdap_portal.notifications.texts import without_links
from tests.factories.accounts import UserFactory
from tests.factories.smes import MemberFactory, SmeFactory

pytestmark = pytest.mark.django_db
NUMBER = "+923001234567"
NAME = "Free gift! see http://evil.pk"


@pytest.fixture(autouse=True)
def _one_morning(time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00")


def invite(sme, *, by=None, role="trainee", **address):
    return people_services.invite_member(actor=by or sme.created_by, sme=sme, role=role, **address)


def refusal_of(act) -> str:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.code


# ------------------------------------------------------------------------------------------------------------ how often


@pytest.mark.parametrize("address", [{"mobile": NUMBER}, {"email": "Hina@example.pk"}])
def test_one_address_gets_one_invitation_in_ten_minutes_whoever_sends_it(address, time_machine):
    sme = SmeFactory()
    first = invite(sme, **address)
    again = {key: value.lower() for key, value in address.items()}
    assert refusal_of(lambda: invite(sme, **again)) == "too_soon"
    assert refusal_of(lambda: invite(SmeFactory(), **again)) == "too_soon"
    people_services.withdraw_invitation(actor=sme.created_by, invitation=first)
    assert refusal_of(lambda: invite(sme, **again)) == "too_soon"
    assert Dispatch.objects.count() == 1
    time_machine.shift(people_services.AGAIN_AFTER)
    invite(sme, **again)
    assert Dispatch.objects.count() == 2


def test_pressing_the_button_sixty_times_sends_one_message(client):
    sme = SmeFactory()
    client.force_login(sme.created_by)
    for _press in range(60):
        client.post(reverse("smes:people", args=[sme.public_id]), {"mobile": "0300-1234567", "role": "trainee"})
    assert Dispatch.objects.count() == 1


def test_a_firm_sends_so_many_a_day(monkeypatch, time_machine):
    monkeypatch.setattr(people_services, "MAX_PER_FIRM_AND_DAY", 3)
    sme = SmeFactory()
    second = MemberFactory(sme=sme, role="owner").user
    for number in range(3):
        invite(sme, by=second if number else None, email=f"t{number}@example.pk")
    assert refusal_of(lambda: invite(sme, by=second, email="t3@example.pk")) == "too_many_today"
    invite(SmeFactory(), email="t3@example.pk")
    time_machine.shift(timedelta(days=1, minutes=1))
    invite(sme, email="t4@example.pk")


def test_a_person_sends_so_many_a_day_for_however_many_firms(monkeypatch):
    monkeypatch.setattr(people_services, "MAX_PER_PERSON_AND_DAY", 3)
    person = UserFactory()
    for number in range(3):
        invite(SmeFactory(created_by=person), email=f"t{number}@example.pk")
    assert refusal_of(lambda: invite(SmeFactory(created_by=person), email="t3@example.pk")) == "too_many_today"


# --------------------------------------------------------------------------------------------------------- whose words


@pytest.mark.parametrize("address", [{"mobile": NUMBER}, {"email": "hina@example.pk"}])
def test_the_name_of_a_firm_or_a_person_brings_no_link_into_our_message(address):
    invite(SmeFactory(name=NAME, created_by=UserFactory(name="Win at evil.pk/now")), **address)
    sent = Dispatch.objects.get()
    assert "evil.pk" not in sent.text + sent.subject
    assert "Free gift! see evil pk" in sent.text
    assert sent.text.count("http") == 1


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Noor Sports (Pvt.) Ltd.", "Noor Sports (Pvt.) Ltd."),
        ("M. A. Brothers & Co", "M. A. Brothers & Co"),
        ("Win: WWW.evil.pk", "Win: evil pk"),
        ("HTTPS://evil.pk/a?b", "evil pk a?b"),
        ("evil。pk", "evil pk"),
        ("write me@evil.pk", "write me evil pk"),
        ("two\nlines", "two lines"),
        ("n" * 61, "n" * 59 + "…"),
    ],
)
def test_what_is_left_of_a_name(name, told):
    assert without_links(name) == told


# ----------------------------------------------------------------------------------------------------------- how long


@pytest.mark.parametrize("fall", ["removed", "demoted", "locked out"])
def test_an_invitation_falls_with_the_right_of_its_inviter(fall):
    sme = SmeFactory()
    inviter = MemberFactory(sme=sme, role="owner")
    invitation = invite(sme, by=inviter.user, role="owner", email="hina@example.pk")
    hina = UserFactory(email="hina@example.pk")
    if fall == "removed":
        people_services.remove_member(actor=sme.created_by, member=inviter)
    elif fall == "demoted":
        people_services.change_role(actor=sme.created_by, member=inviter, role="trainee")
    else:
        inviter.user.is_active = False
        inviter.user.save()

    assert list(people_selectors.open_invitations_of(sme)) == []
    with pytest.raises(NotFound):
        people_selectors.invitation_by_token(invitation.token)
    with pytest.raises(NotAllowed):
        people_services.accept_invitation(actor=hina, invitation=Invitation.objects.get())
    assert not Member.objects.filter(user=hina).exists()
