"""The second person of a match, and the bank that is asked about a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import BankLine, MatchProposal
from payments.states import BankLineState, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState

from . import booking, matches, permissions, second, settling

if TYPE_CHECKING:
    from payments.models import BankMatch
    from tdap_portal.accounts.models import User

GONE = _("This was signed or given back meanwhile. Load the page again.")


@transaction.atomic
def sign(*, actor: User, proposal: MatchProposal) -> BankMatch:
    """Another person than proposed it books the match, or takes it back; twice is once.

    Raises NotAllowed, WrongState where it was given back or the line was matched meanwhile, and what booking or undoing raises.
    """
    report = settling.locked_report(proposal.report_id) if proposal.report_id else None
    lines = matches.locked(proposal.line_id, *([proposal.other_id] if proposal.other_id else []))
    rows = MatchProposal.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("match", "undoes", "by").get(pk=proposal.pk)
    permissions.can_sign_match(actor, row).require()
    done = row.match or row.undoes
    if row.is_done and done is not None and row.settled_by_id == actor.pk:
        return done
    if row.settled_at is not None:
        raise WrongState(GONE)
    if row.undoes is not None:
        match = _take_back(row, row.undoes, actor)
    elif any(line.state != BankLineState.OPEN for line in lines):
        raise WrongState(GONE)
    elif report is not None:
        match = settling.settle_signed(row, report, lines[0], actor)
    else:
        match = _book(row, lines, actor)
    row.is_done, row.settled_by, row.settled_at = True, actor, timezone.now()
    row.match = match if row.undoes is None else None
    row.save(update_fields=["is_done", "match", "settled_by", "settled_at"])
    matches.refresh_offers()
    return match


def _book(row: MatchProposal, lines: list[BankLine], actor: User) -> BankMatch:
    row.other = lines[1] if row.other_id else None
    act = second.act_of(row)
    booking.require_no_part(actor, act)
    match = booking.book(lines[0], act, actor=row.by)
    match.second_by = actor
    match.save(update_fields=["second_by"])
    matches.note(match, actor)
    return match


def _take_back(row: MatchProposal, match: BankMatch, actor: User) -> BankMatch:
    lines, found = matches.locked_with(match)
    if not found.stands:
        raise WrongState(GONE)
    booking.require_none_of(actor, found)
    return matches.undone(found, lines, actor=row.by, words=row.words, second_by=actor)


@transaction.atomic
def give_back(*, actor: User, proposal: MatchProposal, words: str) -> MatchProposal:
    """Not so: the line waits again as it did. Whoever proposed it may take it back too; twice is once. Raises NotAllowed, WrongState where it is
    booked, DomainError "no_words"."""
    permissions.can_give_match_back(actor).require()
    text = words.strip()[:300]
    if not text:
        raise DomainError(_("Write why. Whoever looks at this line later reads it."), code="no_words")
    matches.locked(proposal.line_id)
    row = MatchProposal.objects.select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    if row.is_done:
        raise WrongState(GONE)
    if row.settled_at is not None:
        return row
    row.settled_by, row.settled_at, row.settled_words = actor, timezone.now(), text
    row.save(update_fields=["settled_by", "settled_at", "settled_words"])
    record(
        Happened.BANK_MATCH_NOT_SIGNED.value,
        subject=row,
        actor=actor,
        line=row.line.public_id,
        kind=row.kind,
        words=text,
    )
    return row


# --------------------------------------------------------------------------------------------------------- asking the bank


@transaction.atomic
def ask_bank(*, actor: User, line: BankLine, words: str) -> BankLine:
    """Note that the bank is asked about a line, and what: it waits apart from the others until the answer is there. The same again is once; other
    words are a further question. Raises NotAllowed, WrongState, DomainError "no_words"."""
    permissions.can_work_bank(actor).require()
    text = words.strip()[:300]
    if not text:
        raise DomainError(_("Write what you ask the bank."), code="no_words")
    (row,) = matches.locked(line.pk)
    if row.state != BankLineState.OPEN:
        raise WrongState(_("This line was matched meanwhile. Load the page again to see with what."))
    if row.asked_on is not None and row.asked_words == text:
        return row
    row.asked_on, row.asked_by, row.asked_words = today(), actor, text
    row.save(update_fields=["asked_on", "asked_by", "asked_words"])
    record(Happened.BANK_ASKED.value, subject=row, actor=actor, amount=row.amount, words=text)
    return row


@transaction.atomic
def note_answer(*, actor: User, line: BankLine, words: str) -> BankLine:
    """What the bank said: the line waits among the others again. Twice is once. Raises NotAllowed, DomainError "no_words"."""
    permissions.can_work_bank(actor).require()
    text = words.strip()[:300]
    if not text:
        raise DomainError(_("Write what the bank answered."), code="no_words")
    (row,) = matches.locked(line.pk)
    if row.asked_on is None:
        return row
    row.asked_on, row.asked_by, row.asked_words = None, None, ""
    row.save(update_fields=["asked_on", "asked_by", "asked_words"])
    record(Happened.BANK_ANSWERED.value, subject=row, actor=actor, amount=row.amount, words=text)
    return row
