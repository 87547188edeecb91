"""Who sets up the training and who sees what: one row a role."""

from __future__ import annotations

import pytest

from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import NotAllowed, NotFound
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from training.programmes import permissions

pytestmark = [pytest.mark.db, pytest.mark.django_db]
PEOPLE = {
    "programme manager": lambda: UserFactory(roles=(Role.PROGRAMME_MANAGER,)),
    "officer": officer,
    "director": director,
    "finance officer": lambda: UserFactory(roles=(Role.FINANCE_OFFICER,)),
    "administrator": administrator,
    "partner": partner_person,
    "somebody of a firm": UserFactory,
}
OFFICIALS = {"programme manager", "officer", "director", "finance officer", "administrator"}


@pytest.mark.parametrize("role", PEOPLE)
def test_programme_managers_alone_set_up_the_training(role):
    answer = permissions.can_manage_training(PEOPLE[role]())
    assert bool(answer) is (role == "programme manager")
    assert answer or answer.reason


@pytest.mark.parametrize("role", PEOPLE)
def test_officials_see_how_it_is_set_up(role):
    assert bool(permissions.can_see_training(PEOPLE[role]())) is (role in OFFICIALS)


@pytest.mark.parametrize("role", PEOPLE)
@pytest.mark.parametrize(("is_trainer", "has_place"), [(False, False), (True, False), (False, True)])
def test_materials_are_for_officials_trainers_and_firms_with_a_place(role, is_trainer, has_place):
    answer = permissions.can_open_materials(PEOPLE[role](), is_trainer=is_trainer, has_place=has_place)
    assert bool(answer) is (role in OFFICIALS or is_trainer or has_place)


@pytest.mark.parametrize(
    ("role", "refusal"), [("officer", NotAllowed), ("partner", NotFound), ("somebody of a firm", NotFound)]
)
def test_other_officials_are_told_why_and_everybody_else_finds_nothing(role, refusal):
    with pytest.raises(refusal):
        permissions.require_manager(PEOPLE[role]())


def test_a_programme_manager_passes():
    assert permissions.require_manager(PEOPLE["programme manager"]()) is None
