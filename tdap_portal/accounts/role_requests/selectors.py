"""Who waits for which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef
from django.utils import timezone

from tdap_portal.accounts.models import Partner, RoleRequest
from tdap_portal.accounts.roles import DECIDING_ROLES, Role
from tdap_portal.accounts.states import OPEN_REQUESTS, RequestState
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

SHOWN_OWN = 10
COUNT_UP_TO = 100


def waiting_for(viewer: User) -> QuerySet[Any]:
    """What this administrator or director can decide or watch, the oldest first (created_at, pk), never their own.

    Each row knows its people, their roles, and has_proved_email. Directors see what waits for a second signature.
    """
    rows = RoleRequest.objects.filter(state__in=OPEN_REQUESTS).exclude(user=viewer)
    if not viewer.has_role(Role.ADMINISTRATOR):
        rows = rows.filter(state=RequestState.SIGNED.value, role__in=[role.value for role in DECIDING_ROLES])
    if not permissions.can_see_waiting(viewer):
        rows = rows.none()
    return _with_people(rows).order_by("created_at", "pk")


def number_waiting_for(viewer: User) -> int:
    """How many these are, counted up to COUNT_UP_TO."""
    return len(waiting_for(viewer).values_list("pk")[:COUNT_UP_TO])


def request_for(viewer: User, public_id: str) -> Any:
    """One of them, also one that was decided meanwhile. Raises NotFound."""
    row = _with_people(RoleRequest.objects.filter(public_id=public_id)).first()
    if row is None or row.user_id == viewer.pk or not permissions.can_see_waiting(viewer):
        raise NotFound
    is_second = row.signed_by_id is not None and row.role in DECIDING_ROLES
    if not (is_second or viewer.has_role(Role.ADMINISTRATOR)):
        raise NotFound
    return row


def _with_people(rows: QuerySet[RoleRequest]) -> QuerySet[Any]:
    proved = EmailAddress.objects.filter(user=OuterRef("user"), email=OuterRef("user__email"), verified=True)
    return (
        rows.select_related("user", "partner", "asked_by", "signed_by", "decided_by")
        .prefetch_related("user__role_grants", "signed_by__role_grants")
        .annotate(has_proved_email=Exists(proved))
    )


def own_requests(user: User) -> list[RoleRequest]:
    """What this person asked for, or was proposed for, the newest first."""
    rows = RoleRequest.objects.filter(user=user).select_related("partner", "signed_by")
    return list(rows.order_by("-created_at", "-pk")[:SHOWN_OWN])


def own_request(user: User, public_id: str) -> RoleRequest:
    """One of these. Raises NotFound."""
    row = RoleRequest.objects.filter(user=user, public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def request_by_public_id(public_id: str) -> RoleRequest | None:
    """With its people, for messages about it."""
    return RoleRequest.objects.select_related("user", "partner", "asked_by").filter(public_id=public_id).first()


def asked_since(user: User, since: Any) -> int:
    """How often this person asked from that moment on."""
    return RoleRequest.objects.filter(asked_by=user, created_at__gt=since).count()


def overdue() -> QuerySet[RoleRequest]:
    """Requests that wait although their time is over."""
    return RoleRequest.objects.filter(state__in=OPEN_REQUESTS, lapses_at__lte=timezone.now()).select_related("user")


def partners_to_ask_for() -> list[Partner]:
    """The organisations for which a role may be asked, by name."""
    return list(Partner.objects.filter(is_active=True))
