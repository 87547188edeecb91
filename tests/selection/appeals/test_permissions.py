"""Who appeals, reads and decides, as pure predicates."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selection.appeals import permissions
from selection.appeals.permissions import PartInFile
from selection.models import Appeal
from tdap_portal.accounts.models import User
from tdap_portal.accounts.roles import Role

pytestmark = pytest.mark.unit
NOBODY = PartInFile()


def person(*roles: Role, pk: int = 7) -> User:
    user = User(pk=pk)
    user.roles = frozenset(roles)
    return user


def test_only_an_owner_sends():
    assert permissions.can_send(is_owner=True)
    assert not permissions.can_send(is_owner=False)


@pytest.mark.parametrize("group", ["tied", "readers", "proposers", "deciders", "of_round"])
def test_every_part_in_a_file_bars_a_director(group):
    director = person(Role.APPROVER)

    assert permissions.can_be_drawn(director, NOBODY)
    assert not permissions.can_be_drawn(director, replace(NOBODY, **{group: frozenset({7})}))
    assert permissions.can_be_drawn(director, replace(NOBODY, **{group: frozenset({8})}))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.APPROVER])
def test_no_other_role_decides_or_lists(role):
    actor = person(role)

    assert not permissions.can_be_drawn(actor, NOBODY)
    assert not permissions.can_decide(actor, Appeal(director_id=7), NOBODY)
    assert not permissions.can_list_appeals(actor)


def test_the_drawn_director_alone_decides():
    assert permissions.can_decide(person(Role.APPROVER), Appeal(director_id=7), NOBODY)
    assert not permissions.can_decide(person(Role.APPROVER), Appeal(director_id=8), NOBODY)
    assert not permissions.can_decide(person(Role.APPROVER), Appeal(), NOBODY)


def test_readers_see_what_came_of_it_and_not_before():
    reader, part = person(Role.OFFICER), replace(NOBODY, readers=frozenset({7}))

    assert not permissions.can_read_appeal(reader, Appeal(state="sent"), part)
    assert permissions.can_read_appeal(reader, Appeal(state="answered"), part)
    assert not permissions.can_read_appeal(reader, Appeal(state="answered"), replace(part, tied=frozenset({7})))
    assert not permissions.can_read_appeal(person(Role.ADMINISTRATOR), Appeal(state="answered"), NOBODY)
