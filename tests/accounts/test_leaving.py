"""Leaving and coming back: sessions, keys, and the last administrator."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tdap_portal.accounts import services
from tdap_portal.accounts.models import User
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory, administrator, officer

pytestmark = pytest.mark.django_db


@pytest.mark.sqlite_leg
def test_a_session_from_before_a_lock_out_does_not_live_again_after_the_return(client):
    boss, person, witness = administrator(), officer(), Client()
    for browser, who in ((client, person), (witness, UserFactory())):
        browser.force_login(who)
        assert browser.get(reverse("account_person")).status_code == 200
    services.set_active(actor=boss, user=person, is_active=False, reason="Left.")
    assert client.get(reverse("account_person")).status_code == 302
    services.set_active(actor=boss, user=person, is_active=True, reason="Came back.")
    assert client.get(reverse("account_person")).status_code == 302
    client.force_login(User.objects.get(pk=person.pk))
    assert client.get(reverse("account_person")).status_code == 200  # a new one lives
    assert witness.get(reverse("account_person")).status_code == 200  # and nobody else's ended


def test_history_says_who_locked_out_whom_and_why():
    boss, person = administrator(), officer()
    for _twice in range(2):
        services.set_active(actor=boss, user=person, is_active=False, reason=" Left on 1 March. ")
    event = Event.objects.get(name="person.locked_out")
    assert (event.actor, event.data["reason"]) == (boss, "Left on 1 March.")


def test_nobody_gives_a_role_to_themself():
    boss, other = administrator(), administrator()
    for act in (
        lambda user: services.grant_role(actor=boss, user=user, role=Role.OFFICER),
        lambda user: services.change_roles(
            actor=boss, user=user, roles={Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER}, reason="Because."
        ),
    ):
        with pytest.raises(NotAllowed):
            act(boss)
        act(other)
    assert User.objects.get(pk=boss.pk).roles == {Role.ADMINISTRATOR}
    assert User.objects.get(pk=other.pk).roles == {Role.ADMINISTRATOR, Role.PROGRAMME_MANAGER}


def test_the_administration_pages_give_no_role_to_whoever_uses_them(client):
    boss = administrator()
    client.force_login(boss)
    grant = boss.role_grants.get()
    rows = {
        "role_grants-TOTAL_FORMS": 2, "role_grants-INITIAL_FORMS": 1, "role_grants-0-id": grant.pk,
        "role_grants-0-user": boss.pk, "role_grants-1-role": "approver", "role_grants-1-user": boss.pk,
    }  # fmt: skip
    answer = client.post(reverse("admin:accounts_user_change", args=[boss.pk]), {"is_active": "on", **rows})
    assert (answer.status_code, User.objects.get(pk=boss.pk).roles) == (302, {Role.ADMINISTRATOR})


LOSSES = {
    "revoked": lambda boss, user: services.revoke_role(actor=boss, user=user, role=Role.ADMINISTRATOR),
    "changed": lambda boss, user: services.change_roles(actor=boss, user=user, roles=set(), reason="Leaves."),
    "locked out": lambda boss, user: services.set_active(actor=boss, user=user, is_active=False, reason="Leaves."),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_last_administrator_who_can_sign_in_stays_one(loss):
    boss = administrator()
    administrator(is_active=False)  # one who cannot sign in does not count
    with pytest.raises(DomainError) as refused:
        LOSSES[loss](boss, boss)
    assert refused.value.code == "last_administrator"
    administrator()
    LOSSES[loss](boss, boss)
    assert not User.objects.get(pk=boss.pk).has_role(Role.ADMINISTRATOR)


def test_roles_are_changed_in_one_act_with_its_reason():
    boss, person = administrator(), officer()
    wanted = {Role.PARTNER, Role.PROGRAMME_MANAGER}
    changed = services.change_roles(actor=boss, user=person, roles=wanted, reason="New post.")
    assert changed == {Role.OFFICER, *wanted}
    assert services.change_roles(actor=boss, user=person, roles=wanted, reason="") == set()
    assert User.objects.get(pk=person.pk).roles == wanted
    events = Event.objects.filter(name__startswith="role.").order_by("pk")
    assert [(event.name, event.data["role"], event.data["reason"]) for event in events] == [
        ("role.granted", "partner", "New post."),
        ("role.granted", "programme_manager", "New post."),
        ("role.revoked", "officer", "New post."),
    ]


def test_no_role_changes_without_a_reason():
    with pytest.raises(DomainError) as refused:
        services.change_roles(actor=administrator(), user=officer(), roles=set(), reason=" ")
    assert refused.value.code == "no_words"
