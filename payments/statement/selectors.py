"""Confirmed proceeds of a month by kind, sector and firm, and the months that are published."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils import timezone

from payments.models import Allocation, ProceedsReceipt, StatementMonth
from payments.proceeds import selectors as proceeds_selectors
from payments.proceeds.recording import sector_for
from payments.states import ProceedsState, RuleCode, ShipmentKind

from .suppress import Line, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_SECTOR = "none"  # goods outside the priority sectors, and money that is matched to nothing
GOODS, SERVICES = "goods", "services"
KINDS = (GOODS, SERVICES)
SHOWN_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Published:
    """A month as it was published."""

    month: date
    goods: Shown
    services: Shown
    published_on: date

    @property
    def kinds(self) -> tuple[tuple[str, Shown], ...]:
        return ((GOODS, self.goods), (SERVICES, self.services))


def published(number: int = SHOWN_MONTHS) -> list[Published]:
    """The latest first."""
    return [_published(row) for row in StatementMonth.objects.order_by("-month")[:number]]


def published_month(month: date) -> Published | None:
    row = StatementMonth.objects.filter(month=month).first()
    return _published(row) if row else None


def _published(row: StatementMonth) -> Published:
    kinds = {kind: _shown(row.lines[kind]) for kind in KINDS}
    return Published(row.month, kinds[GOODS], kinds[SERVICES], timezone.localdate(row.published_at))


def _shown(said: Mapping[str, Any]) -> Shown:
    lines = tuple(Line(tuple(one["sectors"]), one["firms"], one["paisa"]) for one in said["lines"])
    return Shown(lines, said["is_hidden"])


# ------------------------------------------------------------------------------------------------------- not yet published


def by_firm(month: date) -> dict[str, dict[str, dict[int, int]]]:
    """Paisa by kind, sector and firm of what counts in a month and has a rate.

    A receipt for goods belongs to the sectors of the shipments that it pays, by what it pays of each; what is matched to nothing, to none.
    A receipt for a service belongs to the sector of its service.
    """
    rows = ProceedsReceipt.objects.filter(state=ProceedsState.CONFIRMED, counts_in=month, paisa__isnull=False)
    found: dict[str, dict[str, dict[int, int]]] = {kind: defaultdict(lambda: defaultdict(int)) for kind in KINDS}
    receipts = list(rows.select_related("sme").order_by("pk"))
    matched: dict[int, list[tuple[str, int]]] = defaultdict(list)
    standing = Allocation.objects.filter(takes_back=None, taken_back_by=None, receipt__in=rows)
    for receipt_id, sector, amount in standing.values_list("receipt", "shipment__sector", "amount").order_by("pk"):
        matched[receipt_id].append((sector or NO_SECTOR, amount))
    for receipt in receipts:
        paisa = receipt.paisa or 0
        if receipt.is_service:
            sector = sector_for(ShipmentKind.SERVICE, "", receipt.service, receipt.sme) or NO_SECTOR
            found[SERVICES][sector][receipt.sme_id] += paisa
            continue
        left = paisa
        for sector, amount in matched[receipt.pk]:
            part = min(left, paisa * amount // receipt.amount)
            found[GOODS][sector][receipt.sme_id] += part
            left -= part
        if left and not receipt.left and matched[receipt.pk]:  # what was lost by rounding down
            found[GOODS][matched[receipt.pk][-1][0]][receipt.sme_id] += left
        elif left:
            found[GOODS][NO_SECTOR][receipt.sme_id] += left
    return {kind: {sector: dict(firms) for sector, firms in sectors.items()} for kind, sectors in found.items()}


@dataclass(frozen=True, slots=True)
class Lacking:
    """A day without a rate of a currency. receipts: that need it."""

    currency: str
    day: date
    receipts: int


def lacking_rates(month: date) -> list[Lacking]:
    """What keeps a month from being published."""
    rows = ProceedsReceipt.objects.filter(state=ProceedsState.CONFIRMED, counts_in=month, paisa=None)
    found: dict[tuple[str, date], int] = defaultdict(int)
    for currency, day in rows.values_list("currency", "came_on"):
        found[currency, day] += 1
    return [Lacking(currency, day, number) for (currency, day), number in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A month with confirmed receipts that is not published. may_on: the first day on which it may be."""

    month: date
    receipts: int
    may_on: date
    lacking: tuple[Lacking, ...]


def waiting(today: date) -> list[Waiting]:
    """The oldest first, as months are published in their order."""
    done = proceeds_selectors.published_months()
    rows = ProceedsReceipt.objects.filter(state=ProceedsState.CONFIRMED).values("counts_in").order_by("counts_in")
    found = rows.annotate(number=Count("pk")).values_list("counts_in", "number")
    return [
        Waiting(month, number, may_publish_on(month, today), tuple(lacking_rates(month)))
        for month, number in found
        if month is not None and month not in done
    ]


def may_publish_on(month: date, today: date) -> date:
    """So many days after its end as the rule in force says."""
    days = proceeds_selectors.value_on(RuleCode.STATEMENT_DAYS, today) or 0
    following = (month + timedelta(days=31)).replace(day=1)
    return following + timedelta(days=int(days))
