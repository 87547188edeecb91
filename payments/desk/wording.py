"""Words of the desk, and the columns of what is taken out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from payments.ledger.wording import rupees_of
from payments.models.labels import PAYMENT_STATE_LABELS, PAYMENT_STATE_TONES
from payments.providers.switches import provider_of
from payments.states import PaymentState

if TYPE_CHECKING:
    from payments.models import Payment

CSV_HEAD = (
    "reference", "firm", "purpose", "what for", "amount PKR", "paid PKR", "paid back PKR", "kept PKR", "let go PKR", "state", "way",
    "asked", "due", "paid at",
)  # fmt: skip
"""In English, since machines read it."""


def csv_row(row: Payment) -> tuple[Any, ...]:
    return (
        row.reference,
        row.sme.name,
        row.purpose,
        row.words,
        rupees_of(row.amount),
        rupees_of(row.paid),
        rupees_of(row.paid_back),
        rupees_of(row.kept),
        rupees_of(row.let_go),
        row.state,
        row.way,
        _moment(row.created_at),
        _moment(row.due_at),
        _moment(row.paid_at),
    )


def _moment(value: Any) -> str:
    return timezone.localtime(value).isoformat(timespec="minutes") if value else ""


def way_name(way: str) -> str:
    """ "" for no way yet."""
    provider = provider_of(way) if way else None
    return _(provider.name) if provider else way


def tone_of(row: Payment) -> str:
    return PAYMENT_STATE_TONES[PaymentState(row.state)]


def state_words(row: Payment) -> str:
    return str(PAYMENT_STATE_LABELS[PaymentState(row.state)])
