"""Who decides on held figures: of the platform and of flows, and never who handed them in."""

from types import SimpleNamespace

import pytest

from selection.trade.models import SourceKind
from selection.trade.permissions import can_decide_on_held
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
FLOWS = next(kind for kind in SourceKind if kind != SourceKind.PLATFORM)


def held(kind: SourceKind, started_by: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(source=SimpleNamespace(kind=kind), started_by_id=started_by)


@pytest.mark.parametrize(
    ("kind", "roles"),
    [(SourceKind.PLATFORM, {Role.OFFICER, Role.APPROVER}), (FLOWS, {Role.APPROVER, Role.ADMINISTRATOR})],
)
def test_the_roles_that_decide_on_held_figures(kind, roles):
    assert {role for role in Role if can_decide_on_held(UserFactory(roles=(role,)), held(kind))} == roles


@pytest.mark.parametrize("kind", [SourceKind.PLATFORM, FLOWS])
def test_nobody_decides_on_their_own_figures(kind):
    me = UserFactory(roles=(Role.APPROVER,))
    assert can_decide_on_held(me, held(kind))
    assert not can_decide_on_held(me, held(kind, started_by=me.pk))
