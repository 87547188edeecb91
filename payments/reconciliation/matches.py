"""A line of the bank is given to what it belongs to, and taken back from it. Its money is on one account at each step: not yet
matched, or where the match put it."""

from __future__ import annotations

import hashlib
from datetime import datetime, time
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.deposits import acts as deposits_acts
from payments.deposits import paying
from payments.deposits import permissions as deposits_permissions
from payments.deposits import selectors as deposits_selectors
from payments.deposits import services as deposits
from payments.ledger import books
from payments.ledger import selectors as ledger_selectors
from payments.ledger import services as ledger
from payments.models import BankLine, BankMatch, BankShare, Payment, PaymentAct
from payments.states import BankLineState, Happened
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState

from . import matching, permissions, selectors
from .matching import Kind, Reason, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from payments.ledger.books import Key
    from payments.models import Entry
    from tdap_portal.accounts.models import User

WAY = "bank"
METHOD = _("Bank transfer or challan")
MOST_SHARES = 20
REFRESHED = 200
"""Lines that wait, at most, whose offers are looked at anew after each act; of more, after the next file."""


def moment_of(line: BankLine) -> datetime:
    """The moment that counts: the beginning of its value day in Karachi, since the bank tells no hour and the firm has the benefit."""
    return timezone.make_aware(datetime.combine(line.value_on, time.min))


def lock(payments: Iterable[int]) -> None:
    """Before what is sure is looked for among them."""
    deposits.lock_payments(payments)


# ------------------------------------------------------------------------------------------------------ found by itself


def book_by_itself(*, line: BankLine, offer: matching.Offer) -> BankMatch:
    """What the first tier found, in the transaction that books the line."""
    return _book(line, offer, actor=None, words="")


def take_offer(*, actor: User, line: BankLine, offer: matching.Offer) -> BankMatch:
    """A person takes what was offered; the same again is once. Raises NotAllowed, WrongState where the line was matched meanwhile."""
    permissions.can_work_bank(actor).require()
    with transaction.atomic():
        row, known = _open_line(line, offer)
        if known is not None:
            return known
        match = _book(row, offer, actor=actor, words="")
        _record(match, actor)
        refresh_offers()
    return match


@transaction.atomic
def match_by_hand(*, actor: User, line: BankLine, shares: Sequence[tuple[Payment, int]], words: str) -> BankMatch:
    """Money that came, given to payments that a person chose. shares: paisa above 0 each, together exactly the line.

    What a payment does not ask for any more becomes credit of its firm. Raises NotAllowed, WrongState, DomainError "no_words", "no_shares",
    "amount" or "sum".
    """
    permissions.can_work_bank(actor).require()
    _require_words(words)
    if not shares or len(shares) > MOST_SHARES or len({payment.pk for payment, _amount in shares}) < len(shares):
        raise DomainError(_("Name each payment once, and at most twenty."), code="no_shares")
    if any(amount <= 0 for _payment, amount in shares):
        raise DomainError(_("What a payment gets is an amount above 0."), code="amount")
    if sum(amount for _payment, amount in shares) != line.amount:
        raise DomainError(_("The amounts must add up to the line of the bank, to the paisa."), code="sum")
    given = tuple(matching.Share(payment.pk, amount) for payment, amount in shares)
    offer = matching.Offer(Kind.PAYMENT, given, 0, (Reason(Why.BY_HAND),))
    row, known = _open_line(line, offer)
    if known is not None:
        return known
    match = _book(row, offer, actor=actor, words=words.strip())
    _record(match, actor)
    refresh_offers()
    return match


@transaction.atomic
def match_gone(*, actor: User, line: BankLine, payment: Payment, is_return: bool, words: str) -> BankMatch:
    """Money that left, by hand: the bank took a payment back (is_return), or credit of the firm went back to it. Raises NotAllowed,
    WrongState, DomainError "no_words", "above_held", "not_enough"."""
    permissions.can_work_bank(actor).require()
    deposits_permissions.can_move(actor, payment).require()
    _require_words(words)
    share = (matching.Share(payment.pk, -line.amount),)
    if is_return:
        offer = matching.Offer(Kind.RETURN, share, 0, (Reason(Why.BY_HAND),))
        row, known = _open_line(line, offer)
        if known is not None:
            return known
        match = _book(row, offer, actor=actor, words=words.strip())
    else:
        offer = matching.Offer(Kind.REFUND, share, 0, (Reason(Why.BY_HAND),))
        row, known = _open_line(line, offer)
        if known is not None:
            return known
        match = _made(row, offer, actor, words.strip())
        posting = books.refund(
            payment.sme_id,
            -row.amount,
            out_of=_suspense(row),
            source=books.AccountKind.CREDIT,
            about=payment.reference or "",
        )
        _share(match, payment, -row.amount)
        match.entry = ledger.post(
            posting=posting,
            effect=f"bankmatch:{match.pk}",
            actor=actor,
            subject=payment.reference or "",
            words=match.words,
        )
        match.save(update_fields=["entry"])
        row.state = BankLineState.MATCHED.value
        row.save(update_fields=["state"])
    _record(match, actor)
    refresh_offers()
    return match


@transaction.atomic
def match_charge(*, actor: User, line: BankLine, words: str = "") -> BankMatch:
    """The bank took a charge. Raises NotAllowed, WrongState, DomainError "amount" for money that came."""
    permissions.can_work_bank(actor).require()
    if line.amount >= 0:
        raise DomainError(_("A charge leaves the account."), code="amount")
    offer = matching.Offer(Kind.CHARGE, (), 0, (Reason(Why.CHARGE_WORDS if not words else Why.BY_HAND),))
    row, known = _open_line(line, offer)
    if known is not None:
        return known
    match = _book(row, offer, actor=actor, words=words.strip())
    _record(match, actor)
    return match


@transaction.atomic
def match_pair(*, actor: User, line: BankLine, other: BankLine, words: str) -> BankMatch:
    """Two lines undo each other: money that came by mistake and was sent back, or went from one of our accounts to another. Raises NotAllowed,
    WrongState, DomainError "no_words", "sum"."""
    permissions.can_work_bank(actor).require()
    _require_words(words)
    if line.pk == other.pk or line.amount + other.amount != 0:
        raise DomainError(_("Two lines undo each other only to the paisa."), code="sum")
    rows = {row.pk: row for row in _locked(line.pk, other.pk)}
    known = selectors.standing_match(line)
    if known is not None and {known.line_id, known.other_id} == {line.pk, other.pk}:
        return known
    if any(row.state != BankLineState.OPEN for row in rows.values()):
        raise WrongState(_("This line was matched meanwhile. Load the page again to see with what."))
    came, gone = sorted(rows.values(), key=lambda row: -row.amount)
    offer = matching.Offer(Kind.PAIR, (), 0, (Reason(Why.UNDONE),))
    match = _made(rows[line.pk], offer, actor, words.strip())
    match.other = rows[other.pk]
    if came.account_id != gone.account_id:
        shares = [(_suspense(gone), came.amount, "")]
        match.entry = ledger.post(
            posting=books.suspense_out(shares, bank_code=came.account.code), effect=f"bankmatch:{match.pk}", actor=actor
        )
    match.save()
    for row in rows.values():
        row.state = BankLineState.MATCHED.value
        row.save(update_fields=["state"])
    _record(match, actor)
    return match


@transaction.atomic
def take_back(*, actor: User, match: BankMatch, words: str) -> BankMatch:
    """A match was wrong: its money is not yet matched again, and all stands as before; both stay in the trail. Twice is once.

    Raises NotAllowed, DomainError "no_words", and what undoing raises where the money was used meanwhile.
    """
    permissions.can_work_bank(actor).require()
    _require_words(words)
    lines = _locked(match.line_id, *([match.other_id] if match.other_id else []))
    row = BankMatch.objects.select_for_update(no_key=True).get(pk=match.pk)
    if not row.stands:
        return row
    text = words.strip()[:300]
    deposits.lock_payments(row.shares.values_list("payment", flat=True))
    for share in row.shares.select_related("payment", "act").order_by("-pk"):
        if share.act_id is None and row.kind in (Kind.PAYMENT, Kind.RETURN):
            deposits.undo(actor=actor, payment=share.payment, effect=share.effect, words=text)
        if share.act is not None:
            deposits_acts.note_not_seen(act=share.act)
    if row.entry is not None:
        ledger.reverse(actor=actor, entry=row.entry, words=text)
    row.taken_back_by, row.taken_back_at, row.taken_back_words = actor, timezone.now(), text
    row.save()
    for line in lines:
        line.state = BankLineState.OPEN.value
        line.save(update_fields=["state"])
    record(
        Happened.BANK_MATCH_TAKEN_BACK.value,
        subject=row,
        actor=actor,
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
    BankLine.objects.bulk_update(changed, ["certainty", "is_clear"], batch_size=500)
    return len(lines)


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


def _locked(*pks: int) -> list[BankLine]:
    rows = BankLine.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    found = {row.pk: row for row in rows.filter(pk__in=pks).order_by("pk")}
    return [found[pk] for pk in pks]


def _open_line(line: BankLine, offer: matching.Offer) -> tuple[BankLine, BankMatch | None]:
    """The line under lock; the match that stands already where it is this very one. Raises WrongState."""
    (row,) = _locked(line.pk)
    if row.state == BankLineState.OPEN:
        return row, None
    known = selectors.standing_match(row)
    if known is not None and known.kind == offer.kind and _shares_of(known) == _wanted(offer):
        return row, known
    raise WrongState(_("This line was matched meanwhile. Load the page again to see with what."))


def _shares_of(match: BankMatch) -> list[tuple[int, int]]:
    return sorted((share.act_id or share.payment_id, share.amount) for share in match.shares.all())


def _wanted(offer: matching.Offer) -> list[tuple[int, int]]:
    return sorted((share.of, share.amount) for share in offer.shares)


def _book(line: BankLine, offer: matching.Offer, *, actor: User | None, words: str) -> BankMatch:
    match = _made(line, offer, actor, words)
    if offer.kind is Kind.PAYMENT:
        _receive(match, line, offer, actor)
    elif offer.kind is Kind.RETURN:
        _give_back(match, line, offer, actor)
    elif offer.kind is Kind.REFUND:
        _note_refund(match, line, offer, actor)
    elif offer.kind is Kind.CHARGE:
        shares = [(books.charges(line.account.code), -line.amount, "")]
        _post_gone(match, line, shares, actor)
    else:
        raise DomainError(_("A payment company’s sum is matched with its report."), code="needs_report")
    line.state = BankLineState.MATCHED.value
    line.save(update_fields=["state"])
    return match


def _receive(match: BankMatch, line: BankLine, offer: matching.Offer, actor: User | None) -> None:
    deposits.lock_payments(share.of for share in offer.shares)
    payments = Payment.objects.select_related("sme").in_bulk([share.of for share in offer.shares])
    for given in offer.shares:
        payment = payments[given.of]
        share = _share(match, payment, given.amount)
        if deposits_selectors.slips_awaited(payment) >= given.amount:
            _bear_out_slip(line, payment, share, actor)
            continue
        got = deposits.receive(
            payment=payment,
            incoming=deposits.Incoming(
                amount=given.amount,
                into=_suspense(line),
                happened_at=moment_of(line),
                effect=share.effect,
                way=WAY,
                method=METHOD,
            ),
            actor=actor,
        )
        share.applied = got.applied
        share.save(update_fields=["applied"])
        if got.applied:
            paying.note_seen(payment=payment, happened_at=moment_of(line))


def _bear_out_slip(line: BankLine, payment: Payment, share: BankShare, actor: User | None) -> None:
    """The bank shows what two officers took from the firm's slip: it is the same money, paid and receipted already."""
    reference = payment.reference or ""
    ledger.post(
        posting=books.suspense_out(
            [(books.clearing(deposits_selectors.IN_TRANSIT), share.amount, reference)], bank_code=line.account.code
        ),
        effect=share.effect,
        actor=actor,
        subject=reference,
    )
    share.applied = share.amount
    share.save(update_fields=["applied"])


def _give_back(match: BankMatch, line: BankLine, offer: matching.Offer, actor: User | None) -> None:
    payment = Payment.objects.select_related("sme").get(pk=offer.shares[0].of)
    share = _share(match, payment, -line.amount)
    deposits.take_back(payment=payment, amount=-line.amount, out_of=_suspense(line), effect=share.effect, actor=actor)


def _note_refund(match: BankMatch, line: BankLine, offer: matching.Offer, actor: User | None) -> None:
    """The second signature had booked it as sent by the bank; now the bank shows it, so that it is not there twice."""
    act = PaymentAct.objects.select_related("payment__sme").get(pk=offer.shares[0].of)
    _share(match, act.payment, act.amount, act=act)
    sent_from = _bank_of(ledger_selectors.entry_of_effect(f"act:{act.pk}"))
    _post_gone(match, line, [(sent_from, act.amount, act.payment.reference or "")], actor)
    deposits_acts.note_seen(act=act, actor=actor, at=moment_of(line))


def _bank_of(entry: Entry | None) -> Key:
    """From which account an entry sent money. Raises DomainError "not_by_bank"."""
    kinds = books.AccountKind
    for part in ledger_selectors.parts_of(entry) if entry is not None else ():
        if part.account.kind is kinds.BANK and part.amount < 0:
            return part.account
    raise DomainError(_("This was not sent by our bank."), code="not_by_bank")


def _post_gone(match: BankMatch, line: BankLine, shares: list[tuple[Key, int, str]], actor: User | None) -> None:
    match.entry = ledger.post(
        posting=books.gone_out(shares, bank_code=line.account.code),
        effect=f"bankmatch:{match.pk}",
        actor=actor,
        words=match.words,
    )
    match.save(update_fields=["entry"])


def _made(line: BankLine, offer: matching.Offer, actor: User | None, words: str) -> BankMatch:
    return BankMatch.objects.create(
        line=line,
        kind=offer.kind.value,
        certainty=offer.certainty,
        reasons=[reason.as_list() for reason in _plain(offer.reasons)],
        words=words[:300],
        by=actor,
        at=timezone.now(),
    )


def _plain(reasons: Sequence[Reason]) -> list[Reason]:
    """Days as text, as JSON keeps them."""
    return [
        Reason(
            each.why,
            {name: said.isoformat() if hasattr(said, "isoformat") else said for name, said in each.said.items()},
        )
        for each in reasons
    ]


def _share(match: BankMatch, payment: Payment, amount: int, *, act: PaymentAct | None = None) -> BankShare:
    return BankShare.objects.create(
        match=match,
        payment=payment,
        act=act,
        amount=amount,
        effect=f"bankmatch:{match.pk}:{payment.pk}",
    )


def _suspense(line: BankLine) -> Key:
    return books.suspense(line.account.code)


def _record(match: BankMatch, actor: User | None) -> None:
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
