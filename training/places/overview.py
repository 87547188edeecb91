"""What the firm's page of places shows: a card for each cohort, what the firm has and what it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tdap_portal.web.paging import keyset_page
from training.states import CohortState, PlaceState

from . import selectors, services, wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selection.models import Offer
    from tdap_portal.web.paging import KeysetPage
    from training.models import Cohort, Place

    from .selectors import CountedCohort

ORDER = ["starts_on", "pk"]
PAGE = 20


@dataclass(frozen=True, slots=True)
class Card:
    """One cohort for one firm. given: how. left: places that it can take now. stands: the same in words, tone: of them. elsewhere: why it
    is not as the firm accepted it, "" where it is. holds, waits: whether the firm has a place, or waits for one."""

    cohort: Cohort
    given: str
    left: int
    stands: str
    tone: str
    elsewhere: str
    holds: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a firm can choose from, a page of each. fitting: as it accepted; others: in another way or town. hidden: whether the filter
    leaves out all of them."""

    fitting: list[Card]
    others: list[Card]
    fitting_page: KeysetPage[CountedCohort]
    others_page: KeysetPage[CountedCohort]
    hidden: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    place: Place
    number: int


def card_of(seat: Offer, cohort: CountedCohort, places: Iterable[Place]) -> Card:
    own = {place.state for place in places if place.cohort_id == cohort.pk}
    left = selectors.left_in(cohort)
    holds, waits = PlaceState.HELD in own, PlaceState.WAITING in own
    return Card(
        cohort,
        wording.given_words(cohort),
        left,
        *_stands(cohort, left, holds=holds, waits=waits),
        elsewhere="" if selectors.fits(seat, cohort) else elsewhere_words(seat, cohort),
        holds=holds,
        waits=waits,
    )


def choice_of(
    seat: Offer, places: Sequence[Place], *, language: str, time: str, cursor: str | None, others: str | None
) -> Choice:
    """The cohorts that are open, as cards, the earliest first. cursor, others: positions of the two lists."""
    wanted = {"language": language, "time": time}
    fitting = keyset_page(selectors.fitting_cohorts(seat, **wanted), order=ORDER, cursor=cursor, size=PAGE)
    elsewhere = keyset_page(selectors.other_cohorts(seat, **wanted), order=ORDER, cursor=others, size=PAGE)
    return Choice(
        fitting=[card_of(seat, row, places) for row in fitting.rows],
        others=[card_of(seat, row, places) for row in elsewhere.rows],
        fitting_page=fitting,
        others_page=elsewhere,
        hidden=bool(language or time) and not fitting.rows and selectors.fitting_cohorts(seat).exists(),
    )


def waiting_of(places: Iterable[Place]) -> list[Waiting]:
    return [Waiting(row, selectors.number_on_list(row)) for row in places if row.state == PlaceState.WAITING]


def elsewhere_words(seat: Offer, cohort: Cohort) -> str:
    return _("Your firm accepted its seat for: %(accepted)s. This cohort is: %(given)s.") % {
        "accepted": wording.way_words(seat.mode, seat.city),
        "given": wording.way_words(cohort.mode, cohort.city),
    }


def _stands(cohort: CountedCohort, left: int, *, holds: bool, waits: bool) -> tuple[str, str]:
    if holds:
        return _("Your place"), "done"
    if waits:
        return _("You wait"), "us"
    if cohort.state != CohortState.OPEN:
        return str(services.closed_words(cohort)), "rest"
    if left:
        words = ngettext("%(left)d of %(places)d place", "%(left)d of %(places)d places", cohort.places)
        return words % {"left": left, "places": cohort.places}, "done"
    if not cohort.waiting:
        return _("Full"), "no"
    words = ngettext("Full, %(number)d firm waits", "Full, %(number)d firms wait", cohort.waiting)
    return words % {"number": cohort.waiting}, "no"
