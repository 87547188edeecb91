"""Shipments and receipts as they stand; rules, codes and rates of a day. What is not the viewer's reads as not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Q, Sum, When

from payments.models import (
    Allocation,
    DatedRule,
    ExchangeRate,
    ProceedsReceipt,
    PurposeCode,
    Shipment,
    StatementMonth,
)
from payments.states import ProceedsState, RuleCode, ShipmentKind, ShipmentState
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.errors import NotFound

from . import permissions
from .ageing import Age, span_of
from .due import Rule, in_force
from .realisation import RATE_DAYS, Rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from django.db.models import QuerySet

    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

OVER = (ShipmentState.REFUSED.value, ShipmentState.WITHDRAWN.value)
AT_ONCE = 500
MOST_COUNTED = 100
MOST_OPEN = 100
BOARD_ORDER = ("board_on", "id")
QUEUE_ORDER = ("came_on", "id")


# ------------------------------------------------------------------------------------------------ rules, codes and rates


def rules() -> list[Rule]:
    """All dated rows."""
    names = ("pk", "code", "value", "starts_on", "ends_on", "shift")
    return [Rule(*row) for row in DatedRule.objects.values_list(*names)]


def rule_rows() -> list[DatedRule]:
    """All rows for their page, the latest of each code first."""
    return list(DatedRule.objects.select_related("set_by").order_by("code", "-starts_on", "-pk"))


def value_on(code: RuleCode, day: date, known: Iterable[Rule] | None = None) -> Decimal | None:
    """What a rule says on a day; None where none is in force."""
    found = in_force(rules() if known is None else known, code, day)
    return found.value if found else None


def codes_on(day: date) -> list[PurposeCode]:
    """Purpose codes in use on a day, by their number; of two rows of one the later one counts."""
    found: dict[str, PurposeCode] = {}
    for row in PurposeCode.objects.filter(starts_on__lte=day).order_by("code", "starts_on"):
        found[row.code] = row
    return [row for row in found.values() if row.ends_on is None or row.ends_on >= day]


def all_codes() -> list[PurposeCode]:
    return list(PurposeCode.objects.order_by("code", "-starts_on"))


def rate_on(currency: str, day: date) -> Rate | None:
    """The rate of a day: its own, else the last one of the week before it."""
    rows = ExchangeRate.objects.filter(currency=currency, day__lte=day, day__gte=day - timedelta(days=RATE_DAYS))
    row = rows.order_by("-day", "-pk").values_list("pk", "day", "rate").first()
    return Rate(*row) if row else None


def latest_rates(number: int = 30) -> list[ExchangeRate]:
    return list(ExchangeRate.objects.select_related("set_by").order_by("-day", "-pk")[:number])


def banks() -> QuerySet[Partner]:
    """Through which money comes."""
    return accounts_selectors.active_partners().filter(kind=PartnerKind.BANK).order_by("name")


def bank_by_public_id(public_id: str) -> Partner | None:
    return banks().filter(public_id=public_id).first()


# ----------------------------------------------------------------------------------------------------------- of one firm


def firm_for(user: User, public_id: str) -> Sme:
    """The person's own firm whose proceeds they see. Raises NotFound."""
    sme = people_selectors.smes_of(user).filter(public_id=public_id).first()
    if sme is None or not permissions.can_see_own(user, sme):
        raise NotFound
    return sme


def shipments_of(sme: Sme) -> QuerySet[Shipment]:
    return Shipment.objects.filter(sme=sme).select_related("rule", "bank")


def receipts_of(sme: Sme) -> QuerySet[ProceedsReceipt]:
    return ProceedsReceipt.objects.filter(sme=sme).select_related("bank", "rate", "purpose")


def shipment_of(user: User, public_id: str) -> Shipment:
    """One of the person's own firms. Raises NotFound."""
    row = Shipment.objects.filter(public_id=public_id).select_related("sme", "rule", "bank").first()
    if row is None or not permissions.can_see_own(user, row.sme):
        raise NotFound
    return row


def receipt_of(user: User, public_id: str) -> ProceedsReceipt:
    """One of the person's own firms. Raises NotFound."""
    rows = ProceedsReceipt.objects.select_related("sme", "bank", "rate", "purpose")
    row = rows.filter(public_id=public_id).first()
    if row is None or not permissions.can_see_own(user, row.sme):
        raise NotFound
    return row


def open_shipments(receipt: ProceedsReceipt, *, others: bool = False) -> list[Shipment]:
    """Those of the firm that this money can pay, the first due first, MOST_OPEN at most; others: those in other currencies."""
    rows = Shipment.objects.filter(sme=receipt.sme_id, state=ShipmentState.OPEN)
    own, kind = Q(currency=receipt.currency), Q(kind=ShipmentKind.SERVICE)
    rows = rows.filter(~own if others else own, kind if receipt.is_service else ~kind)
    exact = Case(When(amount=F("matched") + receipt.left, then=0), default=1)
    return list(rows.order_by(exact, "board_on", "pk")[:MOST_OPEN])


def standing_allocations(
    *, receipt: ProceedsReceipt | None = None, shipment: Shipment | None = None
) -> list[Allocation]:
    """Matches that were not taken back, the oldest first."""
    rows = Allocation.objects.filter(takes_back=None, taken_back_by=None)
    rows = rows.filter(receipt=receipt) if receipt is not None else rows
    rows = rows.filter(shipment=shipment) if shipment is not None else rows
    return list(rows.select_related("receipt__bank", "receipt__rate", "shipment").order_by("pk"))


@dataclass(frozen=True, slots=True)
class OpenSum:
    """Of one currency, in its hundredths. overdue: of what is open, past its last day."""

    currency: str
    open: int
    overdue: int


def sums_of(sme: Sme, today: date) -> list[OpenSum]:
    """What is still to come to a firm, a currency each."""
    rows = Shipment.objects.filter(sme=sme, state=ShipmentState.OPEN).values("currency").order_by("currency")
    left = F("amount") - F("matched")
    found = rows.annotate(open=Sum(left), overdue=Sum(left, filter=Q(due_on__lt=today)))
    return [OpenSum(row["currency"], row["open"], row["overdue"] or 0) for row in found]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Confirmed proceeds of a firm in one year, ending today. goods, services: paisa of those whose rate is known. receipts: how many.
    without_rate: how many of them have no rate, and so no part in the sums."""

    goods: int
    services: int
    receipts: int
    without_rate: int
    last_on: date | None


def of_firm(sme_id: int, today: date) -> Confirmed:
    """For the floors and rooms above, such as a readiness pack for a lender."""
    rows = ProceedsReceipt.objects.filter(
        sme=sme_id, state=ProceedsState.CONFIRMED, came_on__gt=today - timedelta(days=365), came_on__lte=today
    ).values_list("is_service", "paisa", "came_on")
    found = list(rows)
    return Confirmed(
        goods=sum(paisa or 0 for is_service, paisa, _day in found if not is_service),
        services=sum(paisa or 0 for is_service, paisa, _day in found if is_service),
        receipts=len(found),
        without_rate=sum(paisa is None for _is_service, paisa, _day in found),
        last_on=max((day for _is_service, _paisa, day in found), default=None),
    )


def kept_in_month(sme: Sme, day: date, besides: int = 0) -> tuple[int, int]:
    """(came, kept) of the firm's receipts for services in the month of a day, in US cents, as far as rates are known."""
    month = ProceedsReceipt.objects.filter(
        sme=sme,
        is_service=True,
        came_on__year=day.year,
        came_on__month=day.month,
        state__in=[ProceedsState.HELD, ProceedsState.SAID, ProceedsState.CONFIRMED],
        cents__isnull=False,
    ).exclude(pk=besides)
    rows = [(amount, cents or 0, stays) for amount, cents, stays in month.values_list("amount", "cents", "kept")]
    return sum(cents for _amount, cents, _kept in rows), sum(cents * kept // amount for amount, cents, kept in rows)


# --------------------------------------------------------------------------------------------------------- of all firms


def board_rows(user: User, filters: Mapping[str, str], today: date) -> QuerySet[Shipment]:
    """Shipments of all firms. filters: state (ShipmentState or ""), age (Age), sector, bank (public id), kind; "" for all.
    Raises NotFound for whoever does not see the board."""
    if not permissions.can_see_board(user):
        raise NotFound
    rows = Shipment.objects.select_related("sme", "rule", "bank")
    rows = rows.filter(state=filters.get("state") or ShipmentState.OPEN.value)
    if sector := filters.get("sector"):
        rows = rows.filter(sector="" if sector == "none" else sector)
    if bank := filters.get("bank"):
        rows = rows.filter(bank__public_id=bank)
    if kind := filters.get("kind"):
        rows = rows.filter(kind=kind)
    if (age := filters.get("age")) in set(Age):
        first, last = span_of(Age(str(age)), today)
        rows = rows.filter(board_on__gte=first, board_on__lte=last)
    return rows


@dataclass(frozen=True, slots=True)
class AgeLine:
    """Open shipments of one age in one currency. services: of the sum, hundredths as it is."""

    age: Age
    currency: str
    number: int
    left: int
    services: int


def ages(today: date) -> list[AgeLine]:
    """What is open of all firms, by age and currency: a query an age, each over the days of an index that holds all it needs."""
    rest = F("amount") - F("matched")
    rows = Shipment.objects.filter(state=ShipmentState.OPEN)
    found: list[AgeLine] = []
    for age in Age:
        first, last = span_of(age, today)
        span = rows.filter(board_on__gte=first, board_on__lte=last).values("currency").order_by("currency")
        sums = span.annotate(number=Count("*"), rest=Sum(rest), services=Sum(rest, filter=Q(kind=ShipmentKind.SERVICE)))
        found += [AgeLine(age, row["currency"], row["number"], row["rest"], row["services"] or 0) for row in sums]
    return found


def firms_over(today: date) -> int:
    rows = Shipment.objects.filter(state=ShipmentState.OPEN, board_on__lt=today)
    return rows.aggregate(number=Count("sme", distinct=True))["number"]


def shipment_on_board(user: User, public_id: str) -> Shipment:
    """Raises NotFound."""
    rows = Shipment.objects.select_related("sme", "rule", "bank", "decided_by")
    row = rows.filter(public_id=public_id).first()
    if row is None or not permissions.can_see_board(user):
        raise NotFound
    return row


def held_shipments() -> list[Shipment]:
    """What a finance officer looks at first, the oldest first."""
    rows = Shipment.objects.filter(state=ShipmentState.HELD).select_related("sme", "bank")
    return list(rows.order_by("pk")[:AT_ONCE])


def held_receipts() -> list[ProceedsReceipt]:
    rows = ProceedsReceipt.objects.filter(state=ProceedsState.HELD).select_related("sme", "bank")
    return list(rows.order_by("pk")[:AT_ONCE])


def held_for(user: User, public_id: str) -> Shipment | ProceedsReceipt:
    """One of these, by its public id. Raises NotFound."""
    if not permissions.can_see_board(user):
        raise NotFound
    shipment = Shipment.objects.filter(public_id=public_id).select_related("sme").first()
    if shipment is not None:
        return shipment
    receipt = ProceedsReceipt.objects.filter(public_id=public_id).select_related("sme").first()
    if receipt is None:
        raise NotFound
    return receipt


def same_number(row: Shipment | ProceedsReceipt) -> list[str]:
    """Names of the other firms that wrote the same number."""
    if isinstance(row, Shipment):
        rows: Any = Shipment.objects.filter(number_key=row.number_key).exclude(state__in=OVER)
    else:
        rows = ProceedsReceipt.objects.filter(bank=row.bank_id, reference_key=row.reference_key).exclude(state__in=OVER)
    return list(rows.exclude(sme=row.sme_id).values_list("sme__name", flat=True).distinct().order_by("sme__name"))


def late_receipts(number: int = 50) -> list[Allocation]:
    """Matches of money that came after the last day, the newest first, of the newest AT_ONCE: the database would join all of them to see which
    were taken back."""
    newest = Allocation.objects.filter(is_late=True).order_by("-pk").values_list("pk", flat=True)
    ids = list(newest[:AT_ONCE])
    back = set(Allocation.objects.filter(takes_back__in=ids).values_list("takes_back", flat=True))
    rows = Allocation.objects.filter(pk__in=[pk for pk in ids if pk not in back][:number])
    return list(rows.select_related("shipment__sme", "receipt__rate", "receipt__bank").order_by("-pk"))


def service_receipts(number: int = 50) -> list[ProceedsReceipt]:
    """The newest receipts for services of all firms."""
    rows = ProceedsReceipt.objects.filter(is_service=True).exclude(state__in=OVER)
    return list(rows.select_related("sme", "purpose", "bank").order_by("-came_on", "-pk")[:number])


def unconfirmed(number: int = 8) -> list[ProceedsReceipt]:
    """Money that no bank has looked at, the longest waiting first: what it pays stands as paid on a firm's word alone."""
    rows = ProceedsReceipt.objects.filter(state=ProceedsState.SAID).select_related("sme", "bank")
    return list(rows.order_by("pk")[:number])


# ------------------------------------------------------------------------------------------------------------- of a bank


def queue_of(
    user: User, state: str = ProceedsState.SAID.value, text: str = "", key: str = ""
) -> QuerySet[ProceedsReceipt]:
    """What firms say came through the person's bank. text: a part of a firm's name, or a reference, then spelt as `key`; "" for all.
    Raises NotFound for people of no bank."""
    own = permissions.banks_of(user)
    if not own:
        raise NotFound
    rows = ProceedsReceipt.objects.filter(bank__in=own, state=state)
    if text:
        named = people_selectors.ids_of_firms_named(text)
        rows = rows.filter(Q(reference_key=key) | Q(sme__in=named))
    return rows.select_related("sme", "bank", "purpose")


def number_to_confirm(user: User) -> int:
    """For the head of every page: how many wait for the person's bank, "100" standing for more."""
    own = permissions.banks_of(user)
    rows = ProceedsReceipt.objects.filter(bank__in=own, state=ProceedsState.SAID) if own else None
    return rows[:MOST_COUNTED].count() if rows is not None else 0


def queued_receipt(user: User, public_id: str) -> ProceedsReceipt:
    """One of the queue, whatever became of it. Raises NotFound."""
    rows = ProceedsReceipt.objects.select_related("sme", "bank", "purpose", "rate")
    row = rows.filter(public_id=public_id).exclude(state__in=[*OVER, ProceedsState.HELD.value]).first()
    if row is None or not permissions.can_see_in_queue(user, row):
        raise NotFound
    return row


# ------------------------------------------------------------------------------------------------------- for the worker


def shipment_by_id(pk: int) -> Shipment | None:
    return Shipment.objects.filter(pk=pk).select_related("sme").first()


def receipt_by_id(pk: int) -> ProceedsReceipt | None:
    return ProceedsReceipt.objects.filter(pk=pk).select_related("sme", "bank").first()


def to_warn(today: date, days: int) -> list[int]:
    """Ids of open shipments within so many days of their last one of which nobody was told yet."""
    rows = Shipment.objects.filter(
        state=ShipmentState.OPEN, board_on__gte=today, board_on__lte=today + timedelta(days=days), warned_at=None
    )
    return list(rows.order_by("board_on", "pk").values_list("pk", flat=True)[:AT_ONCE])


def to_tell_late(today: date) -> list[int]:
    """The same of those whose last day has passed."""
    rows = Shipment.objects.filter(state=ShipmentState.OPEN, board_on__lt=today, late_told_at=None)
    return list(rows.order_by("board_on", "pk").values_list("pk", flat=True)[:AT_ONCE])


def published_months() -> set[date]:
    return set(StatementMonth.objects.values_list("month", flat=True))
