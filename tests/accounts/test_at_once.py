"""Administrators who act at the same moment, on a real PostgreSQL."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection

from tdap_portal.accounts import selectors, services
from tdap_portal.accounts.models import User
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import administrator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def between_look_and_act(monkeypatch):
    """Whoever has found that another administrator is left waits for the other one, who may have found the same."""
    look, meet = services._keep_an_administrator, Barrier(2)

    def look_and_wait(**kwargs):
        look(**kwargs)
        with contextlib.suppress(BrokenBarrierError):
            meet.wait(timeout=1)

    monkeypatch.setattr(services, "_keep_an_administrator", look_and_wait)


def take_each_others_role() -> list[str]:
    one, other = administrator(), administrator()

    def revoke(actor, user) -> str:
        try:
            services.revoke_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(revoke, (one, other), (other, one)))


@pytest.mark.usefixtures("between_look_and_act")
def test_two_administrators_who_take_each_others_role_leave_one():
    assert take_each_others_role() == ["done", "not_allowed"]
    assert selectors.people_with_role(Role.ADMINISTRATOR).count() == 1


@pytest.mark.usefixtures("between_look_and_act")
def test_without_the_lock_none_would_be_left(monkeypatch):
    monkeypatch.setattr(services, "_as_administrators_stand", lambda actor: User.objects.get(pk=actor.pk))
    assert take_each_others_role() == ["done", "done"]
    assert not selectors.people_with_role(Role.ADMINISTRATOR).exists()
