"""What of a plan too large for one page is shown: cohorts of one city that can meet in one week, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.utils import timezone

from tdap_portal.web.paging import keyset_page
from training.models import Cohort
from training.states import UNFINISHED

from .solver.problem import week_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from tdap_portal.web.paging import KeysetPage

MAX_COHORTS = 300  # read and checked whole within a second or two
PAGE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """total: cohorts that are not over. cities: those that meet in the week, with how many cohorts; "" online. page: cohorts of `city`."""

    week: date
    city: str
    total: int
    cities: dict[str, int]
    page: KeysetPage[Cohort]

    @property
    def here(self) -> int:
        return self.cities.get(self.city, 0)

    @property
    def ids(self) -> list[int]:
        return [row.pk for row in self.page.rows]


def part_of(*, week: date | None, city: str | None, cursor: str | None, now: datetime) -> Part | None:
    """None where the whole plan fits on one page. week: None for this one, or the first in which a cohort can meet. city: None, or one
    without a cohort in the week, for the one with most. Four queries, whatever there is."""
    open_ = _unfinished()
    total = open_.count()
    if total <= MAX_COHORTS:
        return None
    monday = week_of(week or _first_day(timezone.localdate(now)))
    meeting = open_.filter(starts_on__lte=monday + timedelta(days=6), ends_on__gte=monday)
    counts = meeting.order_by().values_list("city").annotate(number=Count("pk"))
    cities = dict(sorted(counts, key=lambda one: (-one[1], one[0])))
    chosen = city if city is not None and city in cities else next(iter(cities), "")
    page = keyset_page(meeting.filter(city=chosen), order=["code", "pk"], cursor=cursor, size=PAGE)
    return Part(monday, chosen, total, cities, page)


def _unfinished() -> QuerySet[Cohort]:
    return Cohort.objects.filter(state__in=[state.value for state in UNFINISHED])


def _first_day(today: date) -> date:
    first: date | None = _unfinished().filter(ends_on__gte=today).aggregate(first=Min("starts_on"))["first"]
    return max(today, first) if first else today
