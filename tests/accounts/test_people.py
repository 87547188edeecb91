"""Roles and partners."""

import pytest

from tdap_portal.accounts import permissions, services
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import NotAllowed
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("person", "may"),
    [(administrator, True), (officer, False), (director, False), (partner_person, False), (UserFactory, False)],
)
def test_only_an_administrator_grants_roles(person, may):
    assert bool(permissions.can_grant_roles(person())) is may


@pytest.mark.sqlite_leg
def test_a_role_is_granted_once_and_history_knows():
    user = UserFactory()
    admin = administrator()
    for _ in range(2):
        services.grant_role(actor=admin, user=user, role=Role.OFFICER)
    assert (user.has_role(Role.OFFICER), user.is_official, user.is_partner) == (True, True, False)
    assert Event.objects.filter(name="role.granted", actor=admin).count() == 1
    services.revoke_role(actor=admin, user=user, role=Role.OFFICER)
    assert user.is_official is False


def test_somebody_else_cannot_grant_a_role():
    user = UserFactory()
    with pytest.raises(NotAllowed):
        services.grant_role(actor=user, user=user, role=Role.APPROVER)
    assert user.is_official is False


def test_a_person_who_was_switched_off_holds_no_role():
    user = officer(is_active=False)
    assert (user.has_role(Role.OFFICER), user.is_official) == (False, False)


@pytest.mark.sqlite_leg
def test_a_person_without_mail_and_number_cannot_be():
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        UserFactory(email=None)
