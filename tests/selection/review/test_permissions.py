"""Every predicate for every role and every tie."""

from __future__ import annotations

import pytest

from selection.correspondence import permissions as correspondence_permissions
from selection.review import permissions as review_permissions
from selection.review.permissions import Reader, Standing
from selection.states import Outcome
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
OFFICER, APPROVER = Role.OFFICER, Role.APPROVER
DESK = {OFFICER, APPROVER}


def person(role: Role | None, **kwargs):
    return UserFactory(roles=(role,) if role else (), **kwargs)


def standing(user=None, *, reads=False, tied=False, recommended=False, gates=True, done=False) -> Standing:
    return Standing(
        in_conflict=frozenset({user.pk} if tied else ()),
        readers=(Reader(user.pk, 1, done=done), Reader(-1, 2, done=done)) if reads else (),
        recommended_by=frozenset({user.pk} if recommended else ()),
        gates_passed=gates,
    )


PREDICATES = {
    "can_use_desk": (lambda user, _s: review_permissions.can_use_desk(user), DESK),
    "can_assign": (review_permissions.can_assign, DESK),
    "can_call_third": (review_permissions.can_call_third, {APPROVER}),
    "can_declare_conflict": (lambda user, _s: review_permissions.can_declare_conflict(user), DESK),
    "can_be_reader": (review_permissions.can_be_reader, {OFFICER}),
    "can_record_reading": (review_permissions.can_record_reading, {OFFICER}),
    "can_see_readings": (review_permissions.can_see_readings, DESK),
    "can_recommend": (review_permissions.can_recommend, {OFFICER}),
    "can_return": (review_permissions.can_return, {APPROVER}),
    "can_decide": (review_permissions.can_decide, {APPROVER}),
    "can_ask": (correspondence_permissions.can_ask, {OFFICER}),
    "can_cancel_question": (correspondence_permissions.can_cancel_question, {OFFICER}),
    "can_propose_waiver": (review_permissions.can_propose_waiver, {OFFICER}),
    "can_sign_waiver": (lambda user, it: review_permissions.can_sign_waiver(user, it, -1), {APPROVER}),
    "can_judge_papers": (review_permissions.can_judge_papers, {OFFICER}),
}
OF_THE_SECOND_PERSON = {"can_return", "can_decide", "can_sign_waiver"}


def read_by(user, name: str, **kwargs) -> Standing:
    """A file that was read: by this person, but for the acts of the second person by others."""
    return standing(user, reads=name not in OF_THE_SECOND_PERSON, done=True, **kwargs)


def test_every_rule_of_review_is_asked_here():
    rules = {name for name in vars(review_permissions) if name.startswith("can_")}
    assert rules == set(PREDICATES) - {"can_ask", "can_cancel_question"}


@pytest.mark.parametrize("name", PREDICATES)
@pytest.mark.parametrize("role", [*Role, None])
def test_each_predicate_for_each_role(name, role):
    ask, roles = PREDICATES[name]
    user = person(role)
    assert bool(ask(user, read_by(user, name))) is (role in roles)


@pytest.mark.parametrize("name", PREDICATES)
def test_nobody_switched_off_may_do_anything(name):
    ask, roles = PREDICATES[name]
    user = person(next(iter(roles)), is_active=False)
    assert not ask(user, read_by(user, name))


@pytest.mark.parametrize("name", sorted(set(PREDICATES) - {"can_use_desk", "can_declare_conflict"}))
def test_whoever_is_tied_to_the_firm_judges_nothing_of_it(name):
    ask, roles = PREDICATES[name]
    user = person(next(iter(roles)))
    answer = ask(user, read_by(user, name, tied=True))
    assert not answer
    assert str(answer.reason)


def test_only_ones_own_file_is_read():
    user = person(OFFICER)
    assert not review_permissions.can_record_reading(user, standing())


def test_readings_stay_sealed_for_everybody_until_both_are_in():
    user = person(APPROVER)
    one_in = Standing(readers=(Reader(1, 1, done=True), Reader(2, 2, done=False)))
    both_in = Standing(readers=(Reader(1, 1, done=True), Reader(2, 2, done=True)))
    answers = [bool(review_permissions.can_see_readings(user, s)) for s in (Standing(), one_in, both_in)]
    assert answers == [False, False, True]


def test_a_file_that_was_read_is_recommended_by_one_of_its_readers_alone():
    reader, other = person(OFFICER), person(OFFICER)
    read = standing(reader, reads=True, done=True)
    assert [bool(review_permissions.can_recommend(user, read)) for user in (reader, other)] == [True, False]
    assert review_permissions.can_recommend(other, standing(gates=False))


def test_the_person_who_recommended_neither_decides_nor_returns():
    user = UserFactory(roles=(OFFICER, APPROVER))
    own = standing(user, recommended=True)
    assert [bool(review_permissions.can_decide(user, own)), bool(review_permissions.can_return(user, own))] == [
        False,
        False,
    ]


@pytest.mark.parametrize("done", [False, True])
def test_a_reader_of_the_file_neither_decides_nor_returns(done):
    user = UserFactory(roles=(OFFICER, APPROVER))
    own = standing(user, reads=True, done=done)
    assert [bool(review_permissions.can_decide(user, own)), bool(review_permissions.can_return(user, own))] == [
        False,
        False,
    ]


@pytest.mark.parametrize("gates", [False, None])
def test_a_file_that_failed_a_gate_can_only_be_declined(gates):
    user = person(APPROVER)
    failed = standing(gates=gates)
    assert {outcome: bool(review_permissions.can_decide(user, failed, outcome)) for outcome in Outcome} == {
        Outcome.SELECT: False,
        Outcome.WAITLIST: False,
        Outcome.DECLINE: True,
    }
