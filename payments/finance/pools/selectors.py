"""Pools of firms that need small loans: by town, sector and size, without names, and never fewer than the terms allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import BigIntegerField, Case, Count, Sum, Value, When

from payments.finance.cases import permissions as cases_permissions
from payments.finance.schemes import selectors as schemes_selectors
from payments.models import FinanceWish, PoolAnswer, PoolReply
from payments.money import rupees
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from smes.models import Sme
    from tdap_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Band:
    """A ticket size: above so many paisa, up to so many."""

    above: int
    up_to: int


@dataclass(frozen=True, slots=True)
class Pool:
    """firms: how many; total: paisa that they need together, rounded. answer: that of the viewer's lender which still runs, None for none."""

    city: str
    sector: str
    band: Band
    firms: int
    total: int
    answer: PoolAnswer | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        return self.city, self.sector, self.band.up_to


def bands() -> tuple[Band, ...]:
    """By the caps of the schemes that only microfinance banks give today; () where none has one."""
    only = [PartnerKind.MICROFINANCE_BANK.value]
    caps = sorted({row.cap for row in schemes_selectors.schemes_on() if row.lender_kinds == only and row.cap})
    return tuple(Band(above, cap) for above, cap in zip([0, *caps], caps, strict=False))


def largest() -> int:
    """Paisa of the largest wish that a pool takes; 0 where there are no pools."""
    return max((band.up_to for band in bands()), default=0)


def open_wishes() -> QuerySet[FinanceWish]:
    return FinanceWish.objects.filter(ended_at__isnull=True)


def wishes_in(city: str, sector: str, band: Band) -> QuerySet[FinanceWish]:
    rows = open_wishes().filter(city=city, sector=sector, amount__gt=band.above, amount__lte=band.up_to)
    return rows.order_by("pk")


def pools_for(user: User) -> list[Pool]:
    """Those that are large enough, the largest first; none for anybody but microfinance banks. Two queries."""
    sizes = bands()
    if not permissions.can_see_demand(user) or not sizes:
        return []
    small = schemes_selectors.terms_on().small
    whens = [When(amount__gt=band.above, amount__lte=band.up_to, then=Value(band.up_to)) for band in sizes]
    rows = (
        open_wishes()
        .annotate(band=Case(*whens, default=Value(0), output_field=BigIntegerField()))
        .filter(band__gt=0)
        .values("city", "sector", "band")
        .annotate(firms=Count("sme", distinct=True), total=Sum("amount"))
        .filter(firms__gte=small)
        .order_by("-firms", "city", "sector", "band")
    )
    answers = {(row.city, row.sector, row.up_to): row for row in answers_of(user).filter(until__gte=today())}
    by_size = {band.up_to: band for band in sizes}
    return [
        Pool(
            row["city"],
            row["sector"],
            by_size[row["band"]],
            row["firms"],
            _rounded(row["total"]),
            answers.get((row["city"], row["sector"], row["band"])),
        )
        for row in rows
    ]


def _rounded(paisa: int) -> int:
    """To 100,000 rupees, so that a firm that comes or goes does not show what it needs."""
    step = rupees(100_000)
    return round(paisa / step) * step


def pool_for(user: User, city: str, sector: str, up_to: int) -> Pool:
    """Raises NotFound, also for one that is too small to be shown."""
    for pool in pools_for(user):
        if pool.key == (city, sector, up_to):
            return pool
    raise NotFound


def answers_of(user: User) -> QuerySet[PoolAnswer]:
    """What the person's lenders answered, the newest first."""
    lenders = cases_permissions.lenders_of(user, PartnerKind.MICROFINANCE_BANK)
    return PoolAnswer.objects.filter(lender__in=lenders).select_related("lender", "answered_by").order_by("-pk")


def numbers_of_replies(answers: Sequence[PoolAnswer]) -> dict[int, int]:
    """How many firms opened their name, by the id of the answer."""
    rows = PoolReply.objects.filter(answer__in=answers, state="yes").order_by()
    return dict(rows.values_list("answer").annotate(Count("pk")))


def wish_of(sme: Sme) -> FinanceWish | None:
    """The open one."""
    return open_wishes().filter(sme=sme).first()


def replies_of(sme: Sme) -> QuerySet[PoolReply]:
    """Answers for pools that this firm was in, the newest first."""
    rows = PoolReply.objects.filter(wish__sme=sme).select_related("answer__lender", "wish", "case")
    return rows.order_by("-pk")


def own_reply(user: User, public_id: str) -> PoolReply:
    """Raises NotFound."""
    rows = PoolReply.objects.select_related("answer__lender", "wish__sme", "case")
    row = rows.filter(public_id=public_id).first()
    if row is None or not cases_permissions.can_see_own(user, row.wish.sme):
        raise NotFound
    return row


def answer_by_id(pk: int | str) -> PoolAnswer | None:
    """For handlers."""
    return PoolAnswer.objects.select_related("lender").filter(pk=pk).first()


def firms_of(answer: PoolAnswer) -> list[PoolReply]:
    """Whom an answer went to; for the letters alone."""
    return list(answer.replies.select_related("wish__sme").order_by("pk"))
