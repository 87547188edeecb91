"""Every predicate of filling and deciding seats for every role and every part in the files."""

from __future__ import annotations

import pytest

from selection.models import Composition, RoundDecision
from selection.seats.composer import permissions as composer_permissions
from selection.seats.composer.permissions import Part
from selection.seats.deciding import permissions as deciding_permissions
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory, director

pytestmark = pytest.mark.django_db
NO_PART = Part()


def sent_by(sender: int, made_by: int | None) -> RoundDecision:
    """made_by: of its composition; None for a change of decisions."""
    composition = None if made_by is None else Composition(made_by_id=made_by)
    return RoundDecision(sent_by_id=sender, composition=composition)


BY_OTHERS = sent_by(-1, -2)
PREDICATES = {
    "can_fill_seats": lambda user, _part: composer_permissions.can_fill_seats(user),
    "can_judge_all": composer_permissions.can_judge_all,
    "can_send": deciding_permissions.can_send,
    "can_sign": lambda user, part: deciding_permissions.can_sign(user, BY_OTHERS, part),
    "can_return": deciding_permissions.can_return,
}


def test_every_rule_of_seats_is_asked_here():
    rules = {
        name
        for module in (composer_permissions, deciding_permissions)
        for name in vars(module)
        if name.startswith("can_")
    }
    assert rules == set(PREDICATES)


@pytest.mark.parametrize("name", PREDICATES)
@pytest.mark.parametrize("role", [*Role, None])
def test_each_predicate_for_each_role(name, role):
    user = UserFactory(roles=(role,) if role else ())
    assert bool(PREDICATES[name](user, NO_PART)) is (role == Role.APPROVER)


@pytest.mark.parametrize("name", PREDICATES)
def test_nobody_switched_off_may_do_anything(name):
    assert not PREDICATES[name](director(is_active=False), NO_PART)


@pytest.mark.parametrize("name", sorted(set(PREDICATES) - {"can_fill_seats"}))
@pytest.mark.parametrize(
    ("part", "says"),
    [
        (Part(tied=1), "You are tied to a firm of this round"),
        (Part(read=1), "You read a file of this round"),
        (Part(recommended=1), "You recommended on a file of this round"),
    ],
)
def test_whoever_has_a_part_in_one_of_the_files_is_told_so(name, part, says):
    answer = PREDICATES[name](director(), part)
    assert (bool(answer), says in str(answer.reason)) == (False, True)


@pytest.mark.parametrize(("is_sender", "is_maker"), [(True, False), (False, True), (True, True)])
def test_whoever_made_or_sent_a_decision_does_not_sign_it_and_may_take_it_back(is_sender, is_maker):
    user = director()
    decision = sent_by(user.pk if is_sender else -1, user.pk if is_maker else -2)
    assert not deciding_permissions.can_sign(user, decision, NO_PART)
    assert deciding_permissions.can_return(user, NO_PART)
    assert deciding_permissions.can_sign(director(), decision, NO_PART)


def test_a_change_of_decisions_has_no_maker_beside_its_sender():
    user = director()
    assert not deciding_permissions.can_sign(user, sent_by(user.pk, None), NO_PART)
    assert deciding_permissions.can_sign(user, sent_by(-1, None), NO_PART)
