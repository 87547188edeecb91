"""How a match is booked: what a line says moves from "not yet matched" to where it belongs, for one line or for many at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

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
from payments.states import BankLineState
from tdap_portal.core.errors import DomainError

from .matching import Kind, Offer, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.ledger.books import Key
    from payments.models import Entry
    from tdap_portal.accounts.models import User

WAY = "bank"
METHOD = _("Bank transfer or challan")


def moment_of(line: BankLine) -> datetime:
    """The moment that counts: the beginning of its value day in Karachi, since the bank tells no hour and the firm has the benefit."""
    return timezone.make_aware(datetime.combine(line.value_on, time.min))


@dataclass(frozen=True, slots=True)
class Act:
    """What a person matches a line with. other: the line that undoes it; is_credit: money that left was credit of the firm."""

    offer: Offer
    words: str = ""
    other: BankLine | None = None
    is_credit: bool = False

    @property
    def line_ids(self) -> list[int]:
        return [self.other.pk] if self.other is not None else []


def require_no_part(actor: User, act: Act) -> None:
    """Whoever matches, proposes or signs is of none of the firms whose money it is. Raises NotAllowed."""
    found = [share.of for share in act.offer.shares]
    is_by_act = act.offer.kind is Kind.REFUND and not act.is_credit
    rows = Payment.objects.filter(acts__in=found) if is_by_act else Payment.objects.filter(pk__in=found)
    for payment in rows.select_related("sme").distinct() if found else ():
        deposits_permissions.can_move(actor, payment).require()


def require_none_of(actor: User, match: BankMatch) -> None:
    """The same of who takes a match back. Raises NotAllowed."""
    for share in match.shares.select_related("payment__sme"):
        deposits_permissions.can_move(actor, share.payment).require()


def book(line: BankLine, act: Act, *, actor: User | None) -> BankMatch:
    """One line, which is under lock and waits, as its other one. In a transaction."""
    offer = act.offer
    if offer.kind is Kind.PAYMENT:
        return book_payments([(line, offer)], actor=actor, words=act.words)[0]
    match = _match(line, offer, actor, act.words)
    match.other = act.other
    match.save(force_insert=True)
    if offer.kind is Kind.RETURN:
        _give_back(match, line, offer, actor)
    elif offer.kind is Kind.REFUND and act.is_credit:
        _give_credit_back(match, line, offer, actor)
    elif offer.kind is Kind.REFUND:
        _note_refund(match, line, offer, actor)
    elif offer.kind is Kind.CHARGE:
        _post_gone(match, line, [(books.charges(line.account.code), -line.amount, "")], actor)
    elif offer.kind is Kind.PAIR and act.other is not None:
        _undo(match, line, act.other, actor)
    else:
        raise DomainError(_("A payment company’s sum is matched with its report."), code="needs_report")
    close([line, act.other] if act.other is not None else [line])
    return match


def book_payments(found: Sequence[tuple[BankLine, Offer]], *, actor: User | None, words: str = "") -> list[BankMatch]:
    """Lines that pay payments, all of them with as many queries as one. In a transaction."""
    matches = BankMatch.objects.bulk_create([_match(line, offer, actor, words) for line, offer in found])
    shares = BankShare.objects.bulk_create(
        _share_of(match, given.of, given.amount)
        for match, (_line, offer) in zip(matches, found, strict=True)
        for given in offer.shares
    )
    lines = [line for line, offer in found for _given in offer.shares]
    _receive(list(zip(lines, shares, strict=True)), actor)
    close([line for line, _offer in found])
    return matches


def _receive(came: Sequence[tuple[BankLine, BankShare]], actor: User | None) -> None:
    """What a slip of the firm told of is borne out; all else is new money."""
    payments = deposits.locked_payments(share.payment_id for _line, share in came)
    awaited = deposits_selectors.slips_awaited(payments.values())
    slips: list[tuple[BankLine, BankShare]] = []
    money: list[tuple[BankLine, BankShare]] = []
    for line, share in came:
        is_slip = awaited.get(share.payment_id, 0) >= share.amount
        if is_slip:
            awaited[share.payment_id] -= share.amount
        (slips if is_slip else money).append((line, share))
    _bear_out_slips(slips, payments, actor)
    got = deposits.receive_many(
        came=[(payments[share.payment_id], _incoming(line, share)) for line, share in money], actor=actor
    )
    seen: dict[int, datetime] = {}
    for (line, share), each in zip(money, got, strict=True):
        share.applied = each.applied
        if each.applied:
            seen[share.payment_id] = moment_of(line)
    BankShare.objects.bulk_update([share for _line, share in came if share.applied], ["applied"])
    paying.note_seen(seen)


def _incoming(line: BankLine, share: BankShare) -> deposits.Incoming:
    return deposits.Incoming(
        amount=share.amount,
        into=suspense(line),
        happened_at=moment_of(line),
        effect=share.effect,
        way=WAY,
        method=METHOD,
    )


def _bear_out_slips(
    slips: Sequence[tuple[BankLine, BankShare]], payments: dict[int, Payment], actor: User | None
) -> None:
    """The bank shows what two officers took from the firm's slip: it is the same money, paid and receipted already."""
    transit = books.clearing(deposits_selectors.IN_TRANSIT)
    wanted = []
    for line, share in slips:
        reference = payments[share.payment_id].reference or ""
        posting = books.suspense_out([(transit, share.amount, reference)], bank_code=line.account.code)
        wanted.append(ledger.Wanted(posting, share.effect, reference))
        share.applied = share.amount
    ledger.post_many(wanted=wanted, actor=actor)


def _give_back(match: BankMatch, line: BankLine, offer: Offer, actor: User | None) -> None:
    payment = Payment.objects.select_related("sme").get(pk=offer.shares[0].of)
    given = _share(match, payment, -line.amount)
    deposits.take_back(payment=payment, amount=-line.amount, out_of=suspense(line), effect=given.effect, actor=actor)


def _give_credit_back(match: BankMatch, line: BankLine, offer: Offer, actor: User | None) -> None:
    payment = Payment.objects.get(pk=offer.shares[0].of)
    reference = payment.reference or ""
    posting = books.refund(
        payment.sme_id, -line.amount, out_of=suspense(line), source=books.AccountKind.CREDIT, about=reference
    )
    _share(match, payment, -line.amount)
    match.entry = ledger.post(
        posting=posting, effect=f"bankmatch:{match.pk}", actor=actor, subject=reference, words=match.words
    )
    match.save(update_fields=["entry"])


def _undo(match: BankMatch, line: BankLine, other: BankLine, actor: User | None) -> None:
    came, gone = sorted((line, other), key=lambda row: -row.amount)
    if came.account_id == gone.account_id:
        return
    posting = books.suspense_out([(suspense(gone), came.amount, "")], bank_code=came.account.code)
    match.entry = ledger.post(posting=posting, effect=f"bankmatch:{match.pk}", actor=actor)
    match.save(update_fields=["entry"])


def _note_refund(match: BankMatch, line: BankLine, offer: Offer, actor: User | None) -> None:
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


def _match(line: BankLine, offer: Offer, actor: User | None, words: str) -> BankMatch:
    """Not saved."""
    return BankMatch(
        line=line,
        kind=offer.kind.value,
        certainty=offer.certainty,
        reasons=reasons_kept(offer.reasons),
        words=words[:300],
        by=actor,
        at=timezone.now(),
    )


def close(lines: Sequence[BankLine]) -> None:
    """They are matched."""
    for line in lines:
        line.state = BankLineState.MATCHED.value
    BankLine.objects.filter(pk__in=[line.pk for line in lines]).update(state=BankLineState.MATCHED.value)


def reasons_kept(reasons: Sequence[Reason]) -> list[list[object]]:
    """As JSON keeps them: days as text."""
    return [
        [
            each.why.value,
            {name: said.isoformat() if isinstance(said, date) else said for name, said in each.said.items()},
        ]
        for each in reasons
    ]


def _share(match: BankMatch, payment: Payment, amount: int, *, act: PaymentAct | None = None) -> BankShare:
    given = _share_of(match, payment.pk, amount)
    given.act = act
    given.save(force_insert=True)
    return given


def _share_of(match: BankMatch, payment: int, amount: int) -> BankShare:
    """Not saved."""
    return BankShare(match=match, payment_id=payment, amount=amount, effect=f"bankmatch:{match.pk}:{payment}")


def suspense(line: BankLine) -> Key:
    """Where what a line moved stands until it is matched."""
    return books.suspense(line.account.code)
