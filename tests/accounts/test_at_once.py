"""Administrators who act at the same moment, on a real PostgreSQL."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import IntegrityError, connection

from tdap_portal.accounts import selectors, services
from tdap_portal.accounts.models import RoleRequest, User
from tdap_portal.accounts.role_requests import services as role_requests_services
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import UserFactory, administrator, director

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


LOCKED, UNLOCKED = 1, 30  # seconds to wait for the other one, who cannot come behind a lock, and does without it


def meet_between_look_and_act(monkeypatch, seconds):
    """Whoever has found that another administrator is left waits for the other one, who may have found the same."""
    look, meet = services._keep_an_administrator, Barrier(2)

    def look_and_wait(**kwargs):
        look(**kwargs)
        with contextlib.suppress(BrokenBarrierError):
            meet.wait(seconds)

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


def test_two_administrators_who_take_each_others_role_leave_one(monkeypatch):
    meet_between_look_and_act(monkeypatch, LOCKED)
    assert take_each_others_role() == ["done", "not_allowed"]
    assert selectors.people_with_role(Role.ADMINISTRATOR).count() == 1


def test_without_the_lock_none_would_be_left(monkeypatch):
    meet_between_look_and_act(monkeypatch, UNLOCKED)
    monkeypatch.setattr(services, "as_administrators_stand", lambda actor: User.objects.get(pk=actor.pk))
    assert take_each_others_role() == ["done", "done"]
    assert not selectors.people_with_role(Role.ADMINISTRATOR).exists()


# ------------------------------------------------------------------------------------------------ roles that take two


def at_once(*acts) -> list[object]:
    """What each of the acts, begun at the same moment, returned: the code where it was refused."""

    def carried_out(act) -> object:
        try:
            return act()
        except DomainError as refusal:
            return refusal.code
        except IntegrityError:
            return "clash"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(carried_out, acts))


def ask(person) -> RoleRequest:
    return role_requests_services.ask_for_role(actor=person, role=Role.APPROVER, office="Lahore", why="My post.")


def grant(actor, request) -> bool:
    return role_requests_services.grant_request(actor=actor, request=request)


def wait_after(monkeypatch, module, name, seconds=LOCKED) -> None:
    """Whoever has looked waits for the other one, who may have seen the same."""
    look, meet = getattr(module, name), Barrier(2)

    def look_and_wait(*args, **kwargs):
        seen = look(*args, **kwargs)
        with contextlib.suppress(BrokenBarrierError):
            meet.wait(seconds)
        return seen

    monkeypatch.setattr(module, name, look_and_wait)


def without_locks(monkeypatch) -> None:
    monkeypatch.setattr(services, "as_administrators_stand", lambda actor: User.objects.get(pk=actor.pk))
    monkeypatch.setattr(services, "lock_person", lambda user: None)


def two_administrators_sign(monkeypatch, seconds=LOCKED) -> tuple[list[object], str]:
    request = ask(UserFactory())
    one, other = administrator(), administrator()
    wait_after(monkeypatch, services, "current_request", seconds)
    done = at_once(lambda: grant(one, request), lambda: grant(other, request))
    return sorted(done, key=str), RoleRequest.objects.get().state


def test_of_two_administrators_who_sign_at_once_the_second_one_completes_it(monkeypatch):
    assert two_administrators_sign(monkeypatch) == ([False, True], "granted")


def test_without_the_locks_both_signatures_would_be_the_first(monkeypatch):
    without_locks(monkeypatch)
    assert two_administrators_sign(monkeypatch, UNLOCKED) == ([False, False], "signed")


def the_first_signer_loses_the_role(monkeypatch, seconds=LOCKED) -> list[str]:
    """What history says in which order, when the role of the first signer is taken while the second one signs."""
    first, boss, chief = administrator(), administrator(), director()
    request = ask(UserFactory())
    grant(first, request)
    look, looked, taken = services.current_request, threading.Event(), threading.Event()

    def look_and_wait(*args):
        seen = look(*args)
        assert seen.signed_by.has_role(Role.ADMINISTRATOR)  # has found that the first signature counts
        looked.set()
        taken.wait(seconds)
        return seen

    def take() -> None:
        looked.wait(timeout=5)
        services.revoke_role(actor=boss, user=first, role=Role.ADMINISTRATOR)
        taken.set()

    monkeypatch.setattr(services, "current_request", look_and_wait)
    at_once(lambda: grant(chief, request), take)
    acts = Event.objects.filter(name__in=("role.granted", "role.revoked")).order_by("pk")
    return list(acts.values_list("name", flat=True))


def test_a_first_signature_counts_only_as_long_as_its_giver_is_an_administrator(monkeypatch):
    assert the_first_signer_loses_the_role(monkeypatch) == ["role.granted", "role.revoked"]


def test_without_the_locks_it_would_count_after_the_role_was_taken(monkeypatch):
    without_locks(monkeypatch)
    assert the_first_signer_loses_the_role(monkeypatch, UNLOCKED) == ["role.revoked", "role.granted"]


def test_asking_twice_at_once_is_one_request(monkeypatch):
    person = UserFactory()
    wait_after(monkeypatch, services, "current_request")
    one, other = at_once(lambda: ask(person), lambda: ask(person))
    assert one == other
    assert RoleRequest.objects.count() == 1


def test_without_the_lock_the_second_one_would_meet_the_constraint(monkeypatch):
    without_locks(monkeypatch)
    person = UserFactory()
    wait_after(monkeypatch, services, "current_request", UNLOCKED)
    assert "clash" in at_once(lambda: ask(person), lambda: ask(person))
    assert RoleRequest.objects.count() == 1
