"""The bank's word on what a firm says came through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.states import PROCEEDS, Disagreement, ProceedsState
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import allocating, permissions, selectors
from .recording import one_at_a_time
from .services import require_keepable, said_of_receipt

if TYPE_CHECKING:
    from datetime import date

    from payments.models import ProceedsReceipt
    from tdap_portal.accounts.models import User

STATEMENT = "statement"  # whoever confirms, takes back or publishes passes one at a time


@transaction.atomic
def confirm(*, actor: User, receipt: ProceedsReceipt) -> ProceedsReceipt:
    """The bank has this money as the firm says; twice is once. It counts in the month in which it came, or in the next one that is not
    published yet. Raises NotAllowed, WrongState."""
    one_at_a_time(STATEMENT)
    row = allocating.locked_receipt(receipt.pk)
    permissions.can_confirm(actor, row).require()
    if row.state == ProceedsState.CONFIRMED:
        return row
    move = PROCEEDS.move("confirm", row.state)
    row.state, row.decided_by, row.decided_at = move.target.value, actor, timezone.now()
    row.disagreement, row.words, row.counts_in = "", "", _month_for(row.came_on)
    row.save()
    record(move.event.value, subject=row, actor=actor, **said_of_receipt(row), counts_in=row.counts_in)
    return row


def _month_for(day: date) -> date:
    published, month = selectors.published_months(), day.replace(day=1)
    while month in published:
        month = next_month(month)
    return month


def next_month(month: date) -> date:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


@transaction.atomic
def disagree(*, actor: User, receipt: ProceedsReceipt, reason: str, words: str) -> ProceedsReceipt:
    """The bank does not have it so; what was matched of it is open again. Twice is once.

    Raises NotAllowed; WrongState, also where the month that counts it is published; DomainError "unknown_reason", "no_words" where the
    reason is another one.
    """
    one_at_a_time(STATEMENT)
    row = allocating.locked_receipt(receipt.pk)
    permissions.can_confirm(actor, row).require()
    if row.state == ProceedsState.DISPUTED and row.disagreement == reason:
        return row
    if reason not in set(Disagreement):
        raise DomainError(_("Choose why the bank does not agree."), code="unknown_reason")
    if reason == Disagreement.OTHER and not words.strip():
        raise DomainError(_("Write why the bank does not agree."), code="no_words")
    if row.counts_in in selectors.published_months():
        raise WrongState(_("The month that counts this is published. Write to TDAP how it has to be put right."))
    move = PROCEEDS.move("disagree", row.state)
    allocating.free(row, actor=actor, words=words or str(reason))
    row.state, row.decided_by, row.decided_at = move.target.value, actor, timezone.now()
    row.disagreement, row.words, row.counts_in = reason, words.strip()[:300], None
    row.save()
    record(move.event.value, subject=row, actor=actor, **said_of_receipt(row), reason=reason)
    return row


@transaction.atomic
def ask_again(*, actor: User, receipt: ProceedsReceipt, words: str) -> ProceedsReceipt:
    """The firm asks its bank to look once more, with what it says to it; twice is once. Raises NotAllowed, WrongState, DomainError
    "no_words", "keeps_too_much" where other money of the month has taken its place in the foreign account meanwhile."""
    row = allocating.locked_receipt(receipt.pk)
    permissions.can_record(actor, row.sme).require()
    if row.state == ProceedsState.SAID:
        return row
    if not words.strip():
        raise DomainError(_("Write what the bank should look at."), code="no_words")
    move = PROCEEDS.move("ask_again", row.state)
    if row.kept:
        require_keepable(
            row.sme, row.came_on, row.amount, row.kept, row.cents, is_service=row.is_service, besides=row.pk
        )
    row.state, row.words = move.target.value, words.strip()[:300]
    row.save(update_fields=["state", "words", "updated_at"])
    record(move.event.value, subject=row, actor=actor, **said_of_receipt(row))
    return row
