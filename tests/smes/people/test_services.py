"""Invitations reach strangers: how often, in whose words, and for how long they are good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from smes.models import Invitation, Member
from smes.people import permissions as people_permissions
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from tdap_portal.audit.selectors import timeline
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.notifications.models import Dispatch
from tdap_portal.notifications.texts import without_links
from tests.factories.accounts import UserFactory
from tests.factories.smes import MemberFactory, SmeFactory

pytestmark = pytest.mark.django_db
NUMBER = "+923001234567"
MORNING = "2026-11-23 09:00+05:00"
NAME = "Free gift! see http://evil.pk"


@pytest.fixture(autouse=True)
def _one_morning(time_machine):
    time_machine.move_to(MORNING)


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
    with pytest.raises(NotAllowed, match="used, withdrawn or has run out"):
        people_services.accept_invitation(actor=hina, invitation=Invitation.objects.get())
    assert not Member.objects.filter(user=hina).exists()


def test_an_invitation_is_good_for_fourteen_days_and_asked_again_it_is_the_same_one_anew(time_machine):
    time_machine.move_to(MORNING, tick=False)
    sme = SmeFactory()
    first = invite(sme, email="hina@example.pk")
    assert first.expires_at - timezone.now() == timedelta(days=14)
    time_machine.shift(people_services.AGAIN_AFTER)
    again = invite(sme, role="finance", email="Hina@example.pk")

    assert (again.pk, again.role, again.token == first.token) == (first.pk, "finance", False)
    assert again.expires_at - timezone.now() == timedelta(days=14)


# ------------------------------------------------------------------------------------------------- what stands behind it


def acts_on(sme) -> list[tuple[str, dict]]:
    return [(event.name, event.data) for event in timeline(sme).order_by("pk")]


def test_twenty_invitations_are_open_at_most_and_one_that_is_open_can_be_sent_again(time_machine):
    sme = SmeFactory()
    for number in range(20):
        invite(sme, email=f"t{number}@example.pk")
    assert refusal_of(lambda: invite(sme, email="t20@example.pk")) == "too_many"
    time_machine.shift(people_services.AGAIN_AFTER)
    assert invite(sme, email="t19@example.pk").email == "t19@example.pk"


def test_an_invitation_needs_an_address_and_nobody_is_invited_into_the_own_firm():
    sme = SmeFactory()
    MemberFactory(sme=sme, user=UserFactory(email="hina@example.pk"))
    MemberFactory(sme=sme, user=UserFactory(mobile=NUMBER))

    assert refusal_of(lambda: invite(sme)) == "no_address"
    assert refusal_of(lambda: invite(sme, email="HINA@example.pk")) == "is_member"
    assert refusal_of(lambda: invite(sme, mobile=NUMBER)) == "is_member"
    assert not Invitation.objects.exists()


def test_only_an_owner_lets_people_in_changes_them_and_lets_them_go():
    sme = SmeFactory()
    preparer, trainee = (MemberFactory(sme=sme, role=role) for role in ("preparer", "trainee"))
    invitation = invite(sme, email="hina@example.pk")
    for act in (
        lambda: invite(sme, by=preparer.user, email="sana@example.pk"),
        lambda: people_services.withdraw_invitation(actor=preparer.user, invitation=invitation),
        lambda: people_services.change_role(actor=preparer.user, member=trainee, role="finance"),
        lambda: people_services.remove_member(actor=preparer.user, member=trainee),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Member.objects.filter(pk=trainee.pk, role="trainee").exists()


def test_joining_twice_is_joining_once_and_each_act_stands_in_the_history(time_machine):
    time_machine.move_to(MORNING, tick=False)
    sme = SmeFactory()
    hina = UserFactory(email="hina@example.pk")
    invitation = invite(sme, role="preparer", email="hina@example.pk")
    member = people_services.accept_invitation(actor=hina, invitation=invitation)
    assert people_services.accept_invitation(actor=hina, invitation=invitation) == member
    people_services.change_role(actor=sme.created_by, member=member, role="finance")
    people_services.change_role(actor=sme.created_by, member=member, role="finance")
    people_services.remove_member(actor=sme.created_by, member=member)
    people_services.withdraw_invitation(actor=sme.created_by, invitation=invite(sme, mobile=NUMBER))

    assert acts_on(sme) == [
        ("sme.member_invited", {"role": "preparer", "by": "mail"}),
        ("sme.member_joined", {"person": hina.public_id, "role": "preparer"}),
        ("sme.member_changed", {"person": hina.public_id, "role": "finance"}),
        ("sme.member_removed", {"person": hina.public_id}),
        ("sme.member_invited", {"role": "trainee", "by": "sms"}),
        ("sme.invitation_withdrawn", {}),
    ]
    assert Invitation.objects.get(email="hina@example.pk").accepted_at == timezone.now()
    assert Invitation.objects.get(mobile=NUMBER).withdrawn_at == timezone.now()


def test_a_firm_keeps_an_owner_and_the_second_one_may_go():
    sme = SmeFactory()
    owner = Member.objects.get(sme=sme)
    for act in (
        lambda: people_services.change_role(actor=owner.user, member=owner, role="trainee"),
        lambda: people_services.remove_member(actor=owner.user, member=owner),
    ):
        assert refusal_of(act) == "last_owner"
    MemberFactory(sme=sme, role="owner")
    people_services.remove_member(actor=owner.user, member=owner)

    assert Member.objects.get(sme=sme).role == "owner"


def test_the_message_names_firm_role_days_and_the_way_in(settings):
    settings.SITE_URL = "https://portal.example"
    invitation = invite(SmeFactory(name="Noor Sports"), role="finance", mobile=NUMBER)
    sent = Dispatch.objects.get()

    assert (sent.address, sent.channel) == (NUMBER, "sms")
    assert f"https://portal.example/invitation/{invitation.token}/" in sent.text
    assert "Noor Sports" in sent.text


@pytest.mark.parametrize(
    ("address", "person", "joins"),
    [
        ({"email": "hina@example.pk"}, {"email": "hina@example.pk"}, True),
        ({"email": "hina@example.pk"}, {"email": "sana@example.pk"}, False),
        ({"mobile": NUMBER}, {"mobile": NUMBER, "mobile_verified": True}, True),
        ({"mobile": NUMBER}, {"mobile": NUMBER, "mobile_verified": False}, False),
        ({"mobile": NUMBER}, {"mobile": "+923007654321", "mobile_verified": True}, False),
    ],
)
def test_only_whoever_holds_the_address_joins(address, person, joins):
    invitation = invite(SmeFactory(), **address)

    assert bool(people_permissions.can_accept(UserFactory(**person), invitation)) is joins


# --------------------------------------------------------------------------------------------------- the owner who stays


@pytest.mark.parametrize("other_can_sign_in", [True, False])
def test_an_owner_who_cannot_sign_in_is_not_the_one_who_stays(other_can_sign_in):
    sme = SmeFactory()
    MemberFactory(sme=sme, role="owner", user=UserFactory(is_active=other_can_sign_in))
    member = people_selectors.member_for(sme, sme.created_by.public_id)
    if other_can_sign_in:
        people_services.remove_member(actor=sme.created_by, member=member)
    else:
        assert refusal_of(lambda: people_services.remove_member(actor=sme.created_by, member=member)) == "last_owner"
