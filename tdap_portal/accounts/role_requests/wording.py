"""Requests for roles in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from tdap_portal.accounts.models import REFUSAL_LABELS, REQUEST_STATE_LABELS, ROLE_LABELS
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.states import Refusal, RequestState

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdap_portal.accounts.models import RoleRequest, User

TONES = {RequestState.PENDING: "us", RequestState.SIGNED: "us", RequestState.GRANTED: "done"}


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody who waits, as administrators see it. address: proved to be the person's, "" where none is."""

    url: str
    name: str
    address: str
    role: str
    office: str
    state: str
    age: str
    tone: str


def waiting_rows(rows: Iterable[Any], viewer: User) -> list[WaitingRow]:
    """rows: of selectors.waiting_for."""
    return [waiting_row(row, viewer) for row in rows]


def waiting_row(row: Any, viewer: User) -> WaitingRow:
    is_own_signature = row.signed_by_id == viewer.pk
    return WaitingRow(
        reverse("roles:request", args=[row.public_id]),
        row.user.name or row.user.public_id,
        proved_address(row),
        role_and_partner(row),
        row.office,
        _state(row, is_own_signature=is_own_signature),
        age_of(row),
        "us" if is_own_signature else "you",
    )


def proved_address(row: Any) -> str:
    """row: with has_proved_email."""
    if row.has_proved_email:
        return str(row.user.email)
    return str(row.user.mobile) if row.user.mobile_verified else ""


def role_and_partner(row: RoleRequest) -> str:
    role = str(ROLE_LABELS[Role(row.role)])
    if row.partner is None:
        return role
    return gettext("%(role)s: %(partner)s") % {"role": role, "partner": row.partner.name}


def age_of(row: RoleRequest) -> str:
    days = (timezone.localdate() - timezone.localdate(row.created_at)).days
    if not days:
        return gettext("today")
    return ngettext("%(number)d day ago", "%(number)d days ago", days) % {"number": days}


def _state(row: RoleRequest, *, is_own_signature: bool) -> str:
    if row.signed_by is None:
        return gettext("asked")
    if is_own_signature:
        return gettext("signed by you")
    if not permissions.signature_counts(row):
        return gettext("to be signed again")
    return gettext("one signature")


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A request as its person sees it. next: what happens now, or why not; "" for nothing more."""

    public_id: str
    role: str
    asked_on: Any
    state: str
    tone: str
    next: str
    is_open: bool


def own_rows(rows: Iterable[RoleRequest]) -> list[OwnRow]:
    return [
        OwnRow(
            row.public_id,
            role_and_partner(row),
            row.created_at,
            str(REQUEST_STATE_LABELS[RequestState(row.state)]),
            TONES.get(RequestState(row.state), "rest"),
            str(REFUSAL_LABELS[Refusal(row.refusal)]) if row.refusal else "",
            row.is_open,
        )
        for row in rows
    ]
