"""Two who change the people of a firm at one moment, on a real PostgreSQL."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import transaction

from smes.models import Invitation, Member, Sme
from smes.people import permissions as people_permissions
from smes.people import selectors as people_selectors
from smes.people import services as people_services
from smes.profile import services as profile_services
from tdap_portal.audit.models import Event
from tdap_portal.core.access import allowed
from tests.factories.accounts import UserFactory
from tests.factories.smes import MemberFactory, SmeFactory
from tests.selection.test_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
EMAIL = "hina@example.pk"


def names(name: str) -> int:
    return Event.objects.filter(name=name).count()


def invited() -> tuple[Sme, Invitation]:
    sme = SmeFactory()
    return sme, people_services.invite_member(actor=sme.created_by, sme=sme, role="finance", email=EMAIL)


# --------------------------------------------------------------------------------------------------------- invitations


def accepts(invitation, person):
    return people_services.accept_invitation(actor=person, invitation=invitation)


def withdraws(invitation, sme):
    return people_services.withdraw_invitation(actor=sme.created_by, invitation=invitation)


def accept_and_withdraw_at_once(number: int) -> None:
    sme, person = SmeFactory(), UserFactory(email=f"{number}{EMAIL}")
    invitation = people_services.invite_member(actor=sme.created_by, sme=sme, role="finance", email=person.email)

    results = at_once(*[lambda: accepts(invitation, person)] * 3, *[lambda: withdraws(invitation, sme)] * 3)

    joined = Member.objects.filter(sme=sme, user=person).count()
    invitation.refresh_from_db()
    assert (invitation.accepted_at is not None, invitation.withdrawn_at is not None) == (joined == 1, joined == 0)
    assert {result for result in results if isinstance(result, str)} == {"accepted" if joined else "not_allowed"}


def test_an_invitation_withdrawn_after_its_page_was_opened_is_not_accepted():
    sme, invitation = invited()
    person = UserFactory(email=EMAIL)
    stale = people_selectors.invitation_by_token(invitation.token)
    withdraws(invitation, sme)

    assert at_once(lambda: accepts(stale, person)) == ["not_allowed"]
    assert not Member.objects.filter(user=person).exists()


def test_an_invitation_accepted_after_its_page_was_opened_is_not_withdrawn():
    sme, invitation = invited()
    person = UserFactory(email=EMAIL)
    stale = people_selectors.invitation_in(sme, invitation.public_id)
    accepts(invitation, person)

    assert at_once(lambda: withdraws(stale, sme)) == ["accepted"]
    assert (names("sme.member_joined"), names("sme.invitation_withdrawn")) == (1, 0)


def test_who_was_let_go_does_not_come_back_by_the_old_invitation():
    sme, invitation = invited()
    person = UserFactory(email=EMAIL)
    stale = people_selectors.invitation_by_token(invitation.token)
    member = accepts(invitation, person)
    people_services.remove_member(actor=sme.created_by, member=member)

    assert at_once(lambda: accepts(stale, person)) == ["not_allowed"]
    assert not Member.objects.filter(user=person).exists()


def test_of_accepting_and_withdrawing_at_once_one_counts():
    for number in range(6):
        accept_and_withdraw_at_once(number)
    assert names("sme.member_joined") + names("sme.invitation_withdrawn") == 6


def test_without_asking_under_the_lock_both_would_count(monkeypatch):
    sme, invitation = invited()
    person = UserFactory(email=EMAIL)
    stale = people_selectors.invitation_by_token(invitation.token)
    withdraws(invitation, sme)

    monkeypatch.setattr(people_services, "_locked_invitation", lambda row: row)
    assert isinstance(accepts(stale, person), Member)


# --------------------------------------------------------------------------------------------------------------- firms


def test_a_person_who_registers_many_firms_at_once_registers_no_more_than_is_allowed(settings):
    settings.FIRMS_PER_PERSON = 2
    person = UserFactory()
    register = lambda: profile_services.register_sme(actor=person, name="Noor").name  # noqa: E731
    assert sorted(at_once(*[register] * 6)) == ["Noor"] * 2 + ["too_many_firms"] * 4


def test_without_the_lock_more_would_slip_through(settings, monkeypatch):
    """Both count before either writes."""
    settings.FIRMS_PER_PERSON = 1
    person, both = UserFactory(), Barrier(2)
    count = people_selectors.number_registered_by
    monkeypatch.setattr(profile_services.accounts_services, "lock_person", lambda _user: None)
    monkeypatch.setattr(people_selectors, "number_registered_by", lambda user: (count(user), both.wait(20))[0])
    assert at_once(*[lambda: profile_services.register_sme(actor=person, name="Noor").name] * 2) == ["Noor"] * 2


# -------------------------------------------------------------------------------------------------------------- owners


def two_owners() -> tuple[Sme, Member, Member]:
    sme = SmeFactory()
    return sme, Member.objects.get(sme=sme), MemberFactory(sme=sme, role="owner")


def removes(actor, member):
    return people_services.remove_member(actor=actor.user, member=member)


@pytest.mark.parametrize("_time", range(4))
def test_of_owners_who_remove_each_other_at_once_one_stays(_time):
    sme, first, second = two_owners()

    results = at_once(lambda: removes(first, second), lambda: removes(second, first))

    assert sorted(map(str, results)) == ["None", "not_allowed"]
    assert Member.objects.filter(sme=sme, role="owner").count() == 1
    assert names("sme.member_removed") == 1


def test_of_owners_who_step_down_at_once_one_stays():
    sme, first, second = two_owners()

    results = at_once(
        lambda: people_services.change_role(actor=first.user, member=first, role="trainee").role,
        lambda: people_services.change_role(actor=second.user, member=second, role="trainee").role,
    )

    assert sorted(results) == ["last_owner", "trainee"]
    assert Member.objects.filter(sme=sme, role="owner").count() == 1


def test_a_removal_pressed_several_times_is_written_once():
    _sme, first, second = two_owners()

    assert at_once(*[lambda: removes(first, second)] * 4) == [None] * 4
    assert names("sme.member_removed") == 1


def test_another_role_for_somebody_who_was_just_removed_is_not_found():
    _sme, first, second = two_owners()
    removes(first, second)
    change = lambda: people_services.change_role(actor=first.user, member=second, role="trainee")  # noqa: E731
    assert at_once(change) == ["not_found"]


def test_without_asking_under_the_lock_a_firm_would_lose_both_its_owners(monkeypatch):
    sme, first, second = two_owners()
    removes(first, second)
    monkeypatch.setattr(people_permissions, "can_manage_people", lambda *_args: allowed())
    monkeypatch.setattr(people_services, "_keep_an_owner", lambda _member: None)
    with transaction.atomic():
        removes(second, first)
    assert not Member.objects.filter(sme=sme, role="owner").exists()
