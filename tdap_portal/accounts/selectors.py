"""Reads about people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from rest_framework.authtoken.models import Token

from .models import Partner, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .roles import Role


def user_by_mobile(mobile: str) -> User | None:
    return User.objects.filter(mobile=mobile).first()


def user_by_login(login: str) -> User | None:
    """The person with this e-mail (case does not matter) or this E.164 mobile number."""
    column = "email__iexact" if "@" in login else "mobile"
    return User.objects.filter(**{column: login}).first()


def active_user(pk: int) -> User | None:
    return get_user_model().objects.filter(pk=pk, is_active=True).first()


def unfinished_registrations(*, older_than: int) -> QuerySet[User]:
    """People who never signed in and have an address that they never showed to be theirs. older_than: in days."""
    verified = EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True)
    return User.objects.filter(
        Q(mobile__isnull=False, mobile_verified=False) | Q(~Exists(verified), email__isnull=False),
        last_login=None,
        joined_at__lt=timezone.now() - timedelta(days=older_than),
        role_grants=None,
        partnerships=None,
    )


def people_with_role(role: Role) -> QuerySet[User]:
    return User.objects.filter(role_grants__role=role.value, is_active=True).order_by("name", "pk")


def partners_of(user: User) -> QuerySet[Partner]:
    """The organisations this person works for, active ones only."""
    return Partner.objects.filter(members__user=user, is_active=True)


def has_second_factor(user: User) -> bool:
    from allauth.mfa.utils import is_mfa_enabled  # noqa: PLC0415  needs the app registry

    return bool(is_mfa_enabled(user))


def token_of(user: User) -> Token | None:
    """The person's API key row (when it was made; the key itself is shown only once)."""
    return Token.objects.filter(user=user).first()
