"""What a firm writes down of its exports and of the money for them; what a finance officer lets through or refuses."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from payments.models import ProceedsReceipt, Shipment
from payments.money import figures
from payments.states import (
    PROCEEDS,
    SHIPMENT,
    TERMS_OF,
    DueReason,
    Happened,
    Held,
    ProceedsState,
    RuleCode,
    ShipmentKind,
    ShipmentState,
    Terms,
)
from smes.vocabulary.identifiers import plain_digits
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today, working_day_test
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, WrongState

from . import allocating, permissions, selectors
from .ageing import NEVER
from .due import due_of, in_force
from .realisation import may_keep
from .recording import (
    above_parcel_limit,
    has_other_letters,
    held_for_number,
    held_for_reference,
    invoice_key,
    needs_form_r,
    number_key,
    one_at_a_time,
    sector_for,
    worth_of,
)

if TYPE_CHECKING:
    from payments.models import PurposeCode
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

FIRST_DAY = date(2000, 1, 1)
"""What came or left before is a slip of the pen."""
LONGEST = timedelta(days=5 * 366)
"""From shipment to the day of payment in a contract."""


@transaction.atomic
def record_shipment(
    *,
    actor: User,
    sme: Sme,
    key: str,
    kind: str,
    invoice_number: str,
    amount: int,
    currency: str,
    buyer_country: str,
    shipped_on: date,
    terms: str,
    number: str = "",
    hs6: str = "",
    service: str = "",
    contract_day: date | None = None,
    bank: Partner | None = None,
) -> Shipment:
    """Write down goods, a parcel or a service that was sold abroad; the same form sent again gives the shipment that is there.

    amount: hundredths of the currency. Its last day is counted now, by the rules in force on shipped_on, and kept. A number that another
    firm wrote, and a parcel whose worth no rate tells, waits for a finance officer. Raises NotAllowed; DomainError "stale",
    "unknown_kind", "no_number", "letters", "too_old", "too_far", "to_come", "contract_day", "product", "twice" (data: shipment),
    "above_limit".
    """
    permissions.can_record(actor, sme).require()
    known = Shipment.objects.filter(key=key).first()
    if known is not None:
        return _own_form(known, sme)
    goods = _checked_kind(kind, terms, number, hs6, service)
    _require_believed(shipped_on)
    if contract_day is not None and not FIRST_DAY <= contract_day <= shipped_on + LONGEST:
        raise DomainError(_("The day of the contract lies too far off. Look at the year."), code="too_far")
    if shipped_on > today():
        raise DomainError(
            _("The day of shipment has not come yet. Write it down once the goods have left."), code="to_come"
        )
    if contract_day is not None and contract_day < shipped_on and terms != Terms.ADVANCE:
        text = _(
            "The day of the contract lies before the shipment. Was it paid before? Then choose “Paid before shipment”."
        )
        raise DomainError(text, code="contract_day")
    is_service = goods == ShipmentKind.SERVICE
    spelt = invoice_key(invoice_number) if is_service else number_key(number)
    one_at_a_time(f"number {sme.pk if is_service else ''} {spelt}")
    _require_new(sme, spelt)
    held = "" if is_service else held_for_number(sme=sme, key=spelt)
    if goods == ShipmentKind.PARCEL:
        above = above_parcel_limit(amount, currency, shipped_on)
        if above:
            text = _("A parcel to a consumer is worth USD %(most)s at most. Above it, record goods with their form.")
            most = selectors.value_on(RuleCode.PARCEL_LIMIT, shipped_on) or 0
            raise DomainError(text % {"most": f"{most:,.0f}"}, code="above_limit")
        held = held or (Held.LIMIT_UNKNOWN.value if above is None else "")
    due = due_of(Terms(terms), shipped_on, selectors.rules(), contract_day=contract_day, is_bank_day=working_day_test())
    row = Shipment.objects.create(
        sme=sme,
        recorded_by=actor,
        kind=goods.value,
        number="" if is_service else plain_digits(number),
        number_key=spelt,
        invoice_number=plain_digits(invoice_number),
        amount=amount,
        currency=currency,
        hs6=hs6,
        service=service,
        sector=sector_for(goods, hs6, service, sme),
        buyer_country=buyer_country,
        terms=terms,
        contract_day=contract_day,
        shipped_on=shipped_on,
        due_on=due.day,
        due_reason=due.reason.value,
        rule_id=due.rule.number if due.rule else None,
        board_on=due.day or NEVER,
        bank=bank,
        state=(ShipmentState.HELD if held else ShipmentState.OPEN).value,
        held_for=held,
        key=key,
    )
    record(Happened.SHIPMENT_RECORDED.value, subject=row, actor=actor, **said_of_shipment(row), held_for=held)
    return row


def _own_form(known: Shipment, sme: Sme) -> Shipment:
    if known.sme_id != sme.pk:
        raise DomainError(_("This form is out of date. Load the page again."), code="stale")
    return known


def _checked_kind(kind: str, terms: str, number: str, hs6: str, service: str) -> ShipmentKind:
    if kind not in set(ShipmentKind) or terms not in TERMS_OF[ShipmentKind(kind)]:
        raise DomainError(_("Choose what was sold, and how it is paid."), code="unknown_kind")
    goods = ShipmentKind(kind)
    if goods != ShipmentKind.SERVICE and not number_key(number):
        raise DomainError(
            _("Write the number of the form, of the financial instrument or of the courier’s bill."), code="no_number"
        )
    _require_latin(number)
    if (goods == ShipmentKind.SERVICE and (not service or hs6)) or (
        goods != ShipmentKind.SERVICE and (not hs6 or service)
    ):
        raise DomainError(_("Goods have an HS code, services a line of the list of services."), code="product")
    return goods


def _require_believed(day: date) -> None:
    if day < FIRST_DAY:
        raise DomainError(_("This day lies too far back. Look at the year."), code="too_old")


def _require_latin(number: str) -> None:
    if has_other_letters(number):
        raise DomainError(
            _("Write the number with the Latin letters and figures that stand on the paper."), code="letters"
        )


def _require_new(sme: Sme, spelt: str) -> None:
    same = Shipment.objects.filter(sme=sme, number_key=spelt).exclude(state__in=selectors.OVER).first()
    if same is not None:
        text = _("This is written down already: number %(number)s, of %(day)s.")
        words = {"number": f"\u2068{same}\u2069", "day": day_words(same.shipped_on)}
        raise DomainError(text % words, code="twice", shipment=same.public_id)


@transaction.atomic
def record_proceeds(
    *,
    actor: User,
    sme: Sme,
    key: str,
    is_service: bool,
    bank: Partner,
    bank_reference: str,
    came_on: date,
    amount: int,
    currency: str,
    purpose: PurposeCode | None = None,
    service: str = "",
    form_r: str = "",
    kept: int = 0,
    buyer_country: str = "",
    is_another: bool = False,
) -> ProceedsReceipt:
    """Write down money that came from abroad. It counts as said by the firm until its bank confirms it; the same form again is once.

    amount, kept: hundredths of the currency; kept stays in a foreign account. is_another: the firm says that it is another
    receipt than the equal one of that day. Raises NotAllowed; DomainError "stale", "to_come", "twice", "looks_twice" (data: receipt),
    "keeps_goods", "keeps_too_much", "no_service", "no_number", "letters", "too_old", "code".
    """
    permissions.can_record(actor, sme).require()
    known = ProceedsReceipt.objects.filter(key=key).first()
    if known is not None:
        if known.sme_id != sme.pk:
            raise DomainError(_("This form is out of date. Load the page again."), code="stale")
        return known
    _require_believed(came_on)
    if came_on > today():
        raise DomainError(_("The day on which the money came has not come yet."), code="to_come")
    if is_service and not service:
        raise DomainError(_("Choose which service the money is for."), code="no_service")
    spelt = number_key(bank_reference)
    if not spelt:
        raise DomainError(_("Write the reference by which the bank knows this money."), code="no_number")
    _require_latin(bank_reference)
    _require_code_of(purpose, came_on)
    one_at_a_time(f"reference {bank.pk} {spelt}")
    _require_new_receipt(
        sme, bank, spelt, came_on, amount=amount, currency=currency, is_service=is_service, is_another=is_another
    )
    worth = worth_of(amount, currency, came_on)
    if kept:
        require_keepable(sme, came_on, amount, kept, worth.cents, is_service=is_service)
    held = held_for_reference(sme=sme, bank_id=bank.pk, key=spelt)
    row = ProceedsReceipt.objects.create(
        sme=sme,
        recorded_by=actor,
        is_service=is_service,
        bank=bank,
        bank_reference=plain_digits(bank_reference),
        reference_key=spelt,
        came_on=came_on,
        amount=amount,
        currency=currency,
        kept=kept,
        rate_id=worth.rate.number if worth.rate else None,
        paisa=worth.paisa,
        cents=worth.cents,
        purpose=purpose if is_service else None,
        service=service if is_service else "",
        needs_form_r=needs_form_r(worth.cents, came_on) if is_service else False,
        form_r=plain_digits(form_r) if is_service else "",
        buyer_country=buyer_country,
        state=(ProceedsState.HELD if held else ProceedsState.SAID).value,
        held_for=held,
        key=key,
    )
    record(Happened.PROCEEDS_RECORDED.value, subject=row, actor=actor, **said_of_receipt(row), held_for=held)
    return row


def _require_new_receipt(
    sme: Sme,
    bank: Partner,
    spelt: str,
    came_on: date,
    *,
    amount: int,
    currency: str,
    is_service: bool,
    is_another: bool,
) -> None:
    rows = ProceedsReceipt.objects.filter(sme=sme, bank=bank).exclude(state__in=selectors.OVER)
    same = rows.filter(reference_key=spelt).first()
    if same is not None:
        text = _("This money is written down already: reference %(number)s, of %(day)s.")
        words = {"number": f"\u2068{same}\u2069", "day": day_words(same.came_on)}
        raise DomainError(text % words, code="twice", receipt=same.public_id)
    alike = rows.filter(came_on=came_on, amount=amount, currency=currency, is_service=is_service).first()
    if alike is not None and not is_another:
        text = _(
            "The same amount of that day is written down already, with reference %(number)s. If it came twice, tick that it did."
        )
        raise DomainError(text % {"number": f"\u2068{alike}\u2069"}, code="looks_twice", receipt=alike.public_id)


def require_keepable(
    sme: Sme, came_on: date, amount: int, kept: int, cents: int | None, *, is_service: bool, besides: int = 0
) -> None:
    """Raises DomainError where more would stay in foreign currency than the rule of that day lets. besides: the receipt itself, where it is
    there already. In a transaction."""
    one_at_a_time(f"kept {sme.pk}")
    if not is_service:
        raise DomainError(_("Only receipts for services may stay in a foreign account here."), code="keeps_goods")
    known = selectors.rules()
    share, least = in_force(known, RuleCode.KEEP_SHARE, came_on), in_force(known, RuleCode.KEEP_MONTH, came_on)
    percent = share.value if share else 0
    most = int(amount * percent / 100)
    if cents:
        came, kept_before = selectors.kept_in_month(sme, came_on, besides)
        room = may_keep(
            came=cents,
            month_before=came,
            kept_before=kept_before,
            share=share.value if share else Decimal(0),
            least_a_month=int(least.value * 100) if least else 0,
        )
        most = room * amount // cents
    if kept > most:
        text = _("At most %(most)s of this may stay in a foreign account by the rule of that day.")
        raise DomainError(text % {"most": figures(most)}, code="keeps_too_much")


@transaction.atomic
def complete(*, actor: User, receipt: ProceedsReceipt, purpose: PurposeCode | None, form_r: str) -> ProceedsReceipt:
    """Add purpose code and Form R of a receipt for a service; the same again is once. Raises NotAllowed, WrongState, DomainError "goods",
    "code"."""
    row = allocating.locked_receipt(receipt.pk)
    permissions.can_record(actor, row.sme).require()
    if not row.is_service:
        raise DomainError(_("Goods have neither a purpose code nor Form R."), code="goods")
    if row.state in selectors.OVER:
        raise WrongState(_("This entry does not count any more."))
    _require_code_of(purpose, row.came_on)
    if (row.purpose, row.form_r) == (purpose, plain_digits(form_r)):
        return row
    row.purpose, row.form_r = purpose, plain_digits(form_r)
    row.save(update_fields=["purpose", "form_r", "updated_at"])
    said = said_of_receipt(row) | {"code": purpose.code if purpose else "", "has_form_r": bool(row.form_r)}
    record(Happened.PROCEEDS_COMPLETED.value, subject=row, actor=actor, **said)
    return row


def _require_code_of(purpose: PurposeCode | None, day: date) -> None:
    if purpose is not None and purpose not in selectors.codes_on(day):
        text = _("Code %(code)s was not in use on %(day)s.") % {"code": purpose.code, "day": day_words(day)}
        raise DomainError(text, code="code")


# ------------------------------------------------------------------------------------------------------ taken back, held


@transaction.atomic
def withdraw_shipment(*, actor: User, shipment: Shipment, words: str) -> Shipment:
    """The firm takes back what it wrote by mistake, as long as no money is matched to it; twice is once. Raises NotAllowed,
    WrongState, DomainError "no_words", "matched"."""
    row = allocating.locked_shipment(shipment.pk)
    permissions.can_record(actor, row.sme).require()
    if row.state == ShipmentState.WITHDRAWN:
        return row
    _require_words(words)
    if row.matched:
        raise DomainError(_("Money is matched to it. Take that match back first."), code="matched")
    move = SHIPMENT.move("withdraw", row.state)
    row.state, row.words = move.target.value, words.strip()[:300]
    row.save(update_fields=["state", "words", "updated_at"])
    record(move.event.value, subject=row, actor=actor, **said_of_shipment(row), words=row.words)
    return row


@transaction.atomic
def withdraw_proceeds(*, actor: User, receipt: ProceedsReceipt, words: str) -> ProceedsReceipt:
    """The same of money that its bank has not confirmed; what was matched of it is open again."""
    row = allocating.locked_receipt(receipt.pk)
    permissions.can_record(actor, row.sme).require()
    if row.state == ProceedsState.WITHDRAWN:
        return row
    _require_words(words)
    move = PROCEEDS.move("withdraw", row.state)
    allocating.free(row, actor=actor, words=words)
    row.state, row.words = move.target.value, words.strip()[:300]
    row.save(update_fields=["state", "words", "updated_at"])
    record(move.event.value, subject=row, actor=actor, **said_of_receipt(row), words=row.words)
    return row


@transaction.atomic
def judge_held(*, actor: User, held: Shipment | ProceedsReceipt, takes: bool, words: str) -> None:
    """Let through what waits for a look, or refuse it with a reason that the firm reads; twice is once. Raises NotAllowed, WrongState,
    DomainError "no_words"."""
    permissions.can_judge(actor, held.sme).require()
    if isinstance(held, Shipment):
        row: Shipment | ProceedsReceipt = allocating.locked_shipment(held.pk)
        machine, wanted = SHIPMENT, (ShipmentState.OPEN if takes else ShipmentState.REFUSED).value
    else:
        row = allocating.locked_receipt(held.pk)
        machine, wanted = PROCEEDS, (ProceedsState.SAID if takes else ProceedsState.REFUSED).value
    if row.decided_by_id == actor.pk and row.state == wanted:
        return
    _require_words(words)
    move = machine.move("release" if takes else "refuse", row.state)
    row.state, row.decided_by, row.words = move.target.value, actor, words.strip()[:300]
    row.save(update_fields=["state", "decided_by", "words", "updated_at"])
    said = said_of_shipment(row) if isinstance(row, Shipment) else said_of_receipt(row)
    record(move.event.value, subject=row, actor=actor, **said, words=row.words)


def _require_words(words: str) -> None:
    if not words.strip():
        raise DomainError(_("Give the reason."), code="no_words")


# ------------------------------------------------------------------------------------------------------------- the clock


@transaction.atomic
def warn(*, shipment_id: int) -> bool:
    """Tell the firm once that the last day comes; whether it was told now."""
    row = allocating.locked_shipment(shipment_id)
    if row.state != ShipmentState.OPEN or row.warned_at is not None or row.due_on is None or row.due_on < today():
        return False
    return _told(row, "warned_at", Happened.SHIPMENT_DUE_SOON)


@transaction.atomic
def tell_late(*, shipment_id: int) -> bool:
    """Tell it once that the day has passed."""
    row = allocating.locked_shipment(shipment_id)
    if row.state != ShipmentState.OPEN or row.late_told_at is not None or row.due_on is None or row.due_on >= today():
        return False
    return _told(row, "late_told_at", Happened.SHIPMENT_LATE)


def _told(row: Shipment, column: str, event: Happened) -> bool:
    setattr(row, column, allocating.now())
    row.save(update_fields=[column, "updated_at"])
    record(event.value, subject=row, actor=None, **said_of_shipment(row))
    return True


# --------------------------------------------------------------------------------------------------------------- details


def said_of_shipment(row: Shipment) -> dict[str, object]:
    """What every event of a shipment says."""
    return {
        "shipment": row.public_id,
        "sme_id": row.sme_id,
        "kind": row.kind,
        "sector": row.sector,
        "amount": row.amount,
        "currency": row.currency,
        "due_on": row.due_on,
        "due_reason": DueReason(row.due_reason).value,
    }


def said_of_receipt(row: ProceedsReceipt) -> dict[str, object]:
    """What every event of a receipt says; never the bank's reference."""
    return {
        "receipt": row.public_id,
        "sme_id": row.sme_id,
        "is_service": row.is_service,
        "amount": row.amount,
        "currency": row.currency,
        "paisa": row.paisa,
        "came_on": row.came_on,
    }
