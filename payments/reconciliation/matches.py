"""A line of the bank is given to what it belongs to, and taken back from it. Its money is on one account at each step: not yet
matched, or where the match put it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.deposits import acts as deposits_acts
from payments.deposits import services as deposits
from payments.ledger import services as ledger
from payments.models import BankLine, BankMatch, MatchProposal, Payment
from payments.states import BankLineState, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import booking, matching, permissions, second, selectors
from .matching import Kind, Reason, Why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import User

MOST_SHARES = 20
REFRESHED = 200
"""Lines that wait, at most, whose offers are looked at anew after each act; of more, after the next file."""


# --------------------------------------------------------------------------------------------------------- by a person


def take_offer(*, actor: User, line: BankLine, offer: matching.Offer) -> BankMatch | MatchProposal:
    """A person takes what was offered; the same again is once. Raises NotAllowed, WrongState where the line was matched meanwhile."""
    permissions.can_work_bank(actor).require()
    return _done(actor, line, booking.Act(offer))


def match_by_hand(
    *, actor: User, line: BankLine, shares: Sequence[tuple[Payment, int]], words: str
) -> BankMatch | MatchProposal:
    """A person says to which payments a line belongs, and how much of it to each; together they are the line, to the paisa. What a payment does
    not ask for any more becomes credit of its firm. Raises NotAllowed, WrongState, DomainError "no_words", "no_shares", "amount", "sum"."""
    permissions.can_work_bank(actor).require()
    _require_words(words)
    if not shares or len(shares) > MOST_SHARES or len({payment.pk for payment, _amount in shares}) < len(shares):
        raise DomainError(_("Name each payment once, and at most twenty."), code="no_shares")
    if any(amount <= 0 for _payment, amount in shares):
        raise DomainError(_("What a payment gets is an amount above 0."), code="amount")
    if sum(amount for _payment, amount in shares) != line.amount:
        raise DomainError(_("The amounts must add up to the line of the bank, to the paisa."), code="sum")
    given = tuple(matching.Share(payment.pk, amount) for payment, amount in shares)
    return _done(actor, line, booking.Act(_by_hand(Kind.PAYMENT, given), words.strip()))


def match_gone(
    *, actor: User, line: BankLine, payment: Payment, is_return: bool, words: str
) -> BankMatch | MatchProposal:
    """Money that left, by hand: the bank took a payment back (is_return), or credit of the firm went back to it. Raises NotAllowed,
    WrongState, DomainError "no_words", "amount" for money that came, "above_held", "not_enough"."""
    permissions.can_work_bank(actor).require()
    _require_words(words)
    if line.amount >= 0:
        raise DomainError(
            _("This line brought money. What went back is a line that leaves the account."), code="amount"
        )
    kind = Kind.RETURN if is_return else Kind.REFUND
    offer = _by_hand(kind, (matching.Share(payment.pk, -line.amount),))
    return _done(actor, line, booking.Act(offer, words.strip(), is_credit=not is_return))


def match_charge(*, actor: User, line: BankLine, words: str = "") -> BankMatch | MatchProposal:
    """The bank took a charge. Raises NotAllowed, WrongState, DomainError "amount" for money that came."""
    permissions.can_work_bank(actor).require()
    if line.amount >= 0:
        raise DomainError(_("A charge leaves the account."), code="amount")
    offer = matching.Offer(Kind.CHARGE, (), 0, (Reason(Why.CHARGE_WORDS if not words else Why.BY_HAND),))
    return _done(actor, line, booking.Act(offer, words.strip()))


def match_pair(*, actor: User, line: BankLine, other: BankLine, words: str) -> BankMatch | MatchProposal:
    """Two lines undo each other: money that came by mistake and was sent back, or went from one of our accounts to another. Raises NotAllowed,
    WrongState, DomainError "no_words", "sum"."""
    permissions.can_work_bank(actor).require()
    _require_words(words)
    if line.pk == other.pk or line.amount + other.amount != 0:
        raise DomainError(_("Two lines undo each other only to the paisa."), code="sum")
    offer = matching.Offer(Kind.PAIR, (), 0, (Reason(Why.UNDONE),))
    return _done(actor, line, booking.Act(offer, words.strip(), other=other))


def _by_hand(kind: Kind, shares: tuple[matching.Share, ...]) -> matching.Offer:
    return matching.Offer(kind, shares, 0, (Reason(Why.BY_HAND),))


@transaction.atomic
def _done(actor: User, line: BankLine, act: booking.Act) -> BankMatch | MatchProposal:
    """Booked, or laid before a second person where the amount is one for two; twice is once."""
    booking.require_no_part(actor, act)
    row, *others = locked(line.pk, *act.line_ids)
    act = replace(act, other=others[0] if others else None)
    known = _known(row, act)
    if known is not None:
        return known
    if second.is_needed(row):
        return second.propose(actor=actor, line=row, act=act)
    match = booking.book(row, act, actor=actor)
    note(match, actor)
    refresh_offers()
    return match


def _known(line: BankLine, act: booking.Act) -> BankMatch | MatchProposal | None:
    """What stands or waits already where it is this very act. Raises WrongState where it is another one."""
    rows = [line, *([act.other] if act.other else [])]
    waits = second.waiting_on(rows)
    if waits is not None:
        if waits.line_id == line.pk and second.is_same(waits, act):
            return waits
        raise WrongState(second.WAITS)
    if all(row.state == BankLineState.OPEN for row in rows):
        return None
    known = selectors.standing_match(line)
    if known is not None and known.kind == act.offer.kind:
        is_pair = act.other is not None and {known.line_id, known.other_id} == {line.pk, act.other.pk}
        if is_pair or (act.other is None and _shares_of(known) == _wanted(act.offer)):
            return known
    raise WrongState(_("This line was matched meanwhile. Load the page again to see with what."))


@transaction.atomic
def take_back(*, actor: User, match: BankMatch, words: str) -> BankMatch | MatchProposal:
    """A match was wrong: its money is not yet matched again, and all stands as before; both stay in the trail. Laid before a second person
    where the amount is one for two. Twice is once.

    Raises NotAllowed, WrongState where something else waits, DomainError "no_words", and what undoing raises where the money was used meanwhile.
    """
    permissions.can_work_bank(actor).require()
    _require_words(words)
    lines, row = locked_with(match)
    if not row.stands:
        return row
    booking.require_none_of(actor, row)
    text = words.strip()[:300]
    if second.is_needed(lines[0]):
        return second.propose_back(actor=actor, match=row, words=text)
    if second.waiting_on(lines) is not None:
        raise WrongState(second.WAITS)
    return undone(row, lines, actor=actor, words=text)


def locked_with(match: BankMatch) -> tuple[list[BankLine], BankMatch]:
    """Its lines and then itself, under lock."""
    lines = locked(match.line_id, *([match.other_id] if match.other_id else []))
    row = BankMatch.objects.select_for_update(no_key=True).get(pk=match.pk)
    row.line, row.other = lines[0], lines[1] if row.other_id else None
    return lines, row


def undone(
    row: BankMatch, lines: Sequence[BankLine], *, actor: User, words: str, second_by: User | None = None
) -> BankMatch:
    """All of it is under lock, and stands. In a transaction."""
    text = words
    deposits.lock_payments(row.shares.values_list("payment", flat=True))
    for share in row.shares.select_related("payment", "act").order_by("-pk"):
        if share.act_id is None and row.kind in (Kind.PAYMENT, Kind.RETURN):
            deposits.undo(actor=actor, payment=share.payment, effect=share.effect, words=text)
        if share.act is not None:
            deposits_acts.note_not_seen(act=share.act)
    if row.entry is not None:
        ledger.reverse(actor=actor, entry=row.entry, words=text)
    row.taken_back_by, row.taken_back_at, row.taken_back_words = actor, timezone.now(), text
    row.back_second_by = second_by
    row.save()
    for line in lines:
        line.state = BankLineState.OPEN.value
        line.save(update_fields=["state"])
    record(
        Happened.BANK_MATCH_TAKEN_BACK.value,
        subject=row,
        actor=second_by or actor,
        line=lines[0].public_id,
        kind=row.kind,
        words=text,
    )
    refresh_offers()
    return row


# ----------------------------------------------------------------------------------------------------------- the offers


def refresh_offers(*, all_of_them: bool = False) -> int:
    """Look again at what waits, for the order of the queue; how many lines were looked at. all_of_them: also where many wait."""
    lines = selectors.open_lines(100_000 if all_of_them else REFRESHED + 1)
    if not lines or (len(lines) > REFRESHED and not all_of_them):
        return 0
    offered = offers_for(lines)
    clear = matching.clear_ones(offered)
    changed = []
    for line in lines:
        best = offered[line.pk][0].certainty if offered[line.pk] else 0
        if (line.certainty, line.is_clear) != (best, line.pk in clear):
            line.certainty, line.is_clear = best, line.pk in clear
            changed.append(line)
    with transaction.atomic():
        BankLine.objects.bulk_update(_not_worked_on(changed), ["certainty", "is_clear"], batch_size=500)
    return len(lines)


def _not_worked_on(lines: Sequence[BankLine]) -> list[BankLine]:
    """Those that nobody else holds, locked: whoever matches one at this moment looks at the others too, and neither waits for the other."""
    rows = BankLine.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked
    )
    free = set(rows.filter(pk__in=[line.pk for line in lines]).order_by("pk").values_list("pk", flat=True))
    return [line for line in lines if line.pk in free]


def free_of(pks: set[int]) -> set[int]:
    """Those that wait, that nobody else holds, and of which neither a second person nor the bank is asked; locked. Nobody is waited for, so that
    the portal may hold payments already."""
    if not pks:
        return set()
    rows = BankLine.objects.select_for_update(
        of=("self",), no_key=True, skip_locked=connection.features.has_select_for_update_skip_locked
    )
    proposed = set(MatchProposal.objects.filter(settled_at=None).values_list("line", "other"))
    waits = {pk for pair in proposed for pk in pair}
    found = rows.filter(pk__in=pks, state=BankLineState.OPEN, asked_on=None).order_by("pk")
    return set(found.values_list("pk", flat=True)) - waits


def offers_for(lines: Sequence[BankLine]) -> dict[int, list[matching.Offer]]:
    """By line, the likeliest first."""
    index, rules = selectors.index_of_all(lines), selectors.rules_now()
    others = matching.Waiting(selectors.seen(line) for line in selectors.open_lines())
    return {line.pk: matching.offers(selectors.seen(line), index, rules, others) for line in lines}


def offer_of(line: BankLine, key: str) -> matching.Offer:
    """The offer that a page showed, as it stands now. key: of key_of. Raises DomainError "no_offer"."""
    found = next((offer for offer in offers_for([line])[line.pk] if key_of(offer) == key), None)
    if found is None:
        raise DomainError(_("This is no longer offered. Look at the line again."), code="no_offer")
    return found


def key_of(offer: matching.Offer) -> str:
    """Names an offer on a page: what goes where, whatever its place in the list."""
    said = f"{offer.kind}:{sorted((share.of, share.amount) for share in offer.shares)}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


# ---------------------------------------------------------------------------------------------------------- how it is done


def locked(*pks: int) -> list[BankLine]:
    rows = BankLine.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    found = {row.pk: row for row in rows.filter(pk__in=pks).order_by("pk")}
    return [found[pk] for pk in pks]


def _shares_of(match: BankMatch) -> list[tuple[int, int]]:
    return sorted((share.act_id or share.payment_id, share.amount) for share in match.shares.all())


def _wanted(offer: matching.Offer) -> list[tuple[int, int]]:
    return sorted((share.of, share.amount) for share in offer.shares)


def note(match: BankMatch, actor: User | None) -> None:
    """That it was made."""
    record(
        Happened.BANK_LINE_MATCHED.value,
        subject=match,
        actor=actor,
        line=match.line.public_id,
        kind=match.kind,
        amount=match.line.amount,
        certainty=match.certainty,
        payments=[share.payment.reference for share in match.shares.select_related("payment")],
        words=match.words,
    )


def _require_words(words: str) -> None:
    if not words.strip():
        raise DomainError(_("Write why. Whoever looks at this line later reads it."), code="no_words")
