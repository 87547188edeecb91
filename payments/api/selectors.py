"""What a program of a person may read of export proceeds: each list begins with who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.ledger.permissions import PAYING
from payments.models import ProceedsReceipt, Shipment
from payments.proceeds import permissions
from payments.proceeds.selectors import OVER
from payments.states import ProceedsState
from smes.people import selectors as people_selectors
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

WORDS = ("state", "currency")


def _firms(user: User) -> list[int]:
    """Ids of the person's firms whose proceeds they see."""
    return [sme.pk for sme in people_selectors.smes_of(user) if people_selectors.role_of(user, sme) in PAYING]


def shipments_visible_to(user: User, params: Mapping[str, str]) -> QuerySet[Shipment]:
    """Of the person's firms; finance officers and directors see all. params: state, currency, kind, sector; a word that is not known
    finds nothing."""
    rows = Shipment.objects.select_related("sme", "rule", "bank")
    if not permissions.can_see_board(user):
        rows = rows.filter(sme__in=_firms(user))
    for name in (*WORDS, "kind", "sector"):
        if value := params.get(name, ""):
            rows = rows.filter(**{name: value})
    return rows


def receipts_visible_to(user: User, params: Mapping[str, str]) -> QuerySet[ProceedsReceipt]:
    """Of the person's firms; of a bank those that came through it and are not held, refused or withdrawn; finance officers and directors
    see all. params: state, currency."""
    rows = ProceedsReceipt.objects.select_related("sme", "bank", "rate", "purpose")
    if not permissions.can_see_board(user):
        banks = permissions.banks_of(user)
        if banks:
            rows = rows.filter(bank__in=banks).exclude(state__in=[*OVER, ProceedsState.HELD.value])
        else:
            rows = rows.filter(sme__in=_firms(user))
    for name in WORDS:
        if value := params.get(name, ""):
            rows = rows.filter(**{name: value})
    return rows


def shipment_for(user: User, public_id: str) -> Shipment:
    """Raises NotFound."""
    row = shipments_visible_to(user, {}).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def receipt_for(user: User, public_id: str) -> ProceedsReceipt:
    """Raises NotFound."""
    row = receipts_visible_to(user, {}).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row
