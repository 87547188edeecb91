"""What the pages of offers show: the seats as a picture and a sum, who answers, who waits and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.models import Offer
from selection.models.labels import OFFER_STATE_LABELS
from selection.states import OfferState
from tdap_portal.charts.columns import Column, Columns
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.core.calendar import working_day_test, working_days_between
from tdap_portal.core.days import day_words
from tdap_portal.core.promise import PromiseClock

from . import selectors, wording
from .chance import Chance, chance_of
from .terms import Reach, working_days_left

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from selection.models import Application, OfferTerms, Round
    from selection.seats.composer.pools import Candidate

    from .ledger import Ledger

MAX_CELLS = 400  # a picture of more seats shows none
CELLS_A_ROW = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A seat in the picture, in per cent and pixels. dress: a class of theme.css."""

    x: str
    y: int
    dress: str


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the sum beneath the picture."""

    number: int
    name: str
    dress: str


def parts_of(seats: Ledger) -> list[Part]:
    """The sum of the seats: its numbers add up to all that there are, and to what is held beyond them."""
    rows = [
        Part(seats.accepted_first, _("accepted at the first offer"), "f-green"),
        Part(seats.accepted_later, _("accepted from the waiting list"), "f-g4"),
        Part(seats.open, _("offered, wait for an answer"), "f-saf"),
        Part(seats.unasked, _("selected, the offer is on its way"), "f-g3"),
        Part(seats.reserved, _("kept for appeals"), "f-g2"),
        Part(seats.free, _("free"), "f-line"),
    ]
    return [row for row in rows if row.number or row.dress != "f-g3"]


def cells_of(parts: Sequence[Part]) -> tuple[list[Cell], int]:
    """The picture and its height; ([], 0) for a house too large to draw."""
    dresses = [part.dress for part in parts for _seat in range(part.number)]
    if not 0 < len(dresses) <= MAX_CELLS:
        return [], 0
    cells = [
        Cell(f"{at % CELLS_A_ROW * 100 / CELLS_A_ROW:g}%", at // CELLS_A_ROW * 26, dress)
        for at, dress in enumerate(dresses)
    ]
    return cells, -(-len(dresses) // CELLS_A_ROW) * 26


def answers_by_day(offers: Iterable[Offer]) -> ChartFigure | None:
    """On which working day after its offer a firm accepted; None before the first did."""
    days = Counter(
        working_days_between(timezone.localdate(offer.created_at), timezone.localdate(offer.answered_at))
        for offer in offers
        if offer.state == OfferState.ACCEPTED and offer.answered_at is not None
    )
    if not days:
        return None
    columns = tuple(Column(str(day), days.get(day, 0)) for day in range(min(days), max(days) + 1))
    total = sum(days.values())
    return ChartFigure(
        title=ngettext("%(number)d firm accepted", "%(number)d firms accepted", total) % {"number": total},
        says=_("Acceptances by working day after the offer"),
        source=_("TDAP portal, %(day)s.") % {"day": day_words(timezone.localdate())},
        drawing=Columns((_("Working day"), _("Accepted")), columns),
    )


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """A row of the open offers. clock: the working days of its term."""

    offer: Offer
    stands: str
    tone: str
    clock: PromiseClock
    acts: bool


def open_row(offer: Offer, moment: datetime) -> OpenOffer:
    zone, test = timezone.get_default_timezone(), working_day_test()
    all_days = working_days_left(offer.created_at + timedelta(days=1), offer.deadline, zone=zone, is_working_day=test)
    left = working_days_left(moment, offer.deadline, zone=zone, is_working_day=test)
    used = max(0, all_days - left)
    clock = PromiseClock(used=used, of=max(all_days, 1), due=timezone.localdate(offer.deadline), paused=False)
    if offer.opened_at is None:
        return OpenOffer(offer, _("Not opened"), "no", clock, acts=True)
    stands = _("Opened %(day)s") % {"day": day_words(offer.opened_at)}
    return OpenOffer(offer, stands, "you", clock, acts=True)


@dataclass(frozen=True, slots=True)
class Handed:
    """Who gave a seat back, and who has it now. heir: None while nobody does."""

    left: Offer
    how: str
    heir: Offer | None


def handed_on(offers: Sequence[Offer]) -> list[Handed]:
    heirs = {heir.instead_of_id: heir for heir in _heirs_of(offers)}
    return [Handed(offer, left_words(offer), heirs.get(offer.pk)) for offer in offers]


def _heirs_of(offers: Sequence[Offer]) -> list[Offer]:
    rows = Offer.objects.filter(instead_of__in=[offer.pk for offer in offers])
    return list(rows.select_related("application").defer("application__facts"))


def left_words(offer: Offer) -> str:
    """ "declined 2 April, Too far to travel"."""
    name = str(OFFER_STATE_LABELS[OfferState(offer.state)])
    day = day_words(offer.answered_at, "j F") if offer.answered_at else ""
    parts = [f"{name} {day}".strip(), wording.reason_words(offer.reason_code)]
    if offer.state == OfferState.EXPIRED:
        parts.append(_("never opened") if offer.opened_at is None else "")
    if offer.is_short and offer.state in {OfferState.DECLINED, OfferState.EXPIRED}:
        parts.append(_("could not be asked in time"))
    return _(", ").join(part for part in parts if part)


MIN_IN_LINE = 5  # as in the open results: with fewer, who knows a firm could read its reason


def reasons_in_public(round_: Round | None) -> list[tuple[str, int]]:
    """Why seats of a round, or of all, came back, in words with how often; reasons of few firms are one line. [] where all are few."""
    rows = Offer.objects.filter(round=round_) if round_ is not None else Offer.objects.all()
    counts = selectors.reasons_counted(rows)
    shown = [(wording.left_reason_words(code), number) for code, number in counts.items() if number >= MIN_IN_LINE]
    few = sum(number for number in counts.values() if number < MIN_IN_LINE)
    if 0 < few < MIN_IN_LINE and shown:  # not alone: with the smallest line beside it
        few += shown.pop()[1]
    return [*shown, *([(_("other reasons"), few)] if few >= MIN_IN_LINE else [])]


# ------------------------------------------------------------------------------------------------------ waiting list


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the waiting list. why: which rule the last seat went by, or by what its place is made."""

    row: Application
    place: int
    why: str


def waiting_shown(round_: Round, rows: Sequence[Application], first: int) -> list[Waiting]:
    """first: the place of the first of these rows."""
    codes = selectors.why_passed_over(round_, [row.pk for row in rows])
    words = {code: wording.why_passed_over(round_, code) for code in set(codes.values())}
    by_points = _("by points, then by the tie rule of the policy")
    return [Waiting(row, at, words[codes[row.pk]] or by_points) for at, row in enumerate(rows, start=first)]


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    """What a waiting firm reads. moved: firms of this list that got a seat already. before: of each of the last decided rounds.
    chance: None without an earlier round, or where the list is closed."""

    place: int
    of: int
    why: str
    moved: int
    before: list[int]
    chance: Chance | None
    is_closed: bool


def waiting_place(row: Application) -> WaitingPlace:
    round_ = row.round
    place, moved, before = selectors.place_of(row), selectors.moved_up(round_), selectors.moved_before(round_)
    closed = is_list_closed(round_)
    return WaitingPlace(
        place=place,
        of=selectors.waiting_files(round_).count(),
        why=wording.why_passed_over(round_, selectors.why_passed_over(round_, [row.pk])[row.pk]),
        moved=moved,
        before=before,
        chance=None if closed else chance_of(place, moved=moved, before=before),
        is_closed=closed,
    )


def is_list_closed(round_: Round) -> bool:
    """Whether no offer can go out by itself any more, were a seat free now."""
    terms = selectors.newest_terms(round_)
    if terms is None or terms.last_moment is None:
        return False
    return selectors.term_now(terms, selectors.database_now()).reach in {Reach.TOO_LATE, Reach.OVER}


# ---------------------------------------------------------------------------------------------------------- the firm


@dataclass(frozen=True, slots=True)
class FirmOffer:
    """The firm's page. clock: None where it is not open."""

    offer: Offer
    is_open: bool
    ended: Any
    clock: PromiseClock | None
    days_left: int
    includes: list[str]
    commitments: list[str]
    way: str
    deposit_rupees: int
    pays: bool


def firm_offer(offer: Offer, ended: Any) -> FirmOffer:
    terms: OfferTerms = offer.terms
    moment = selectors.database_now()
    is_open = offer.state == OfferState.OPEN and not offer.is_over(moment)
    left = working_days_left(
        moment, offer.deadline, zone=timezone.get_default_timezone(), is_working_day=working_day_test()
    )
    chosen = {"mode": offer.mode, "city": offer.city}
    return FirmOffer(
        offer=offer,
        is_open=is_open,
        ended=ended,
        clock=open_row(offer, moment).clock if is_open else None,
        days_left=left,
        includes=wording.here(terms.includes),
        commitments=wording.here(terms.commitments),
        way=wording.choice_words(chosen if offer.mode else (terms.choices[0] if len(terms.choices) == 1 else {})),
        deposit_rupees=terms.deposit_paisa // 100,
        pays=terms.deposit_paisa > 0 and selectors.takes_deposits(),
    )


def csv_rows(offers: Iterable[Offer]) -> list[tuple[Any, ...]]:
    """Every offer of a round, in English, since machines read it."""
    return [
        (
            offer.application.file_number,
            offer.application.sme_name,
            offer.application.city,
            offer.application.points,
            offer.state,
            offer.from_place or "",
            timezone.localtime(offer.created_at).isoformat(timespec="minutes"),
            timezone.localtime(offer.deadline).isoformat(timespec="minutes"),
            timezone.localtime(offer.opened_at).isoformat(timespec="minutes") if offer.opened_at else "",
            timezone.localtime(offer.answered_at).isoformat(timespec="minutes") if offer.answered_at else "",
            offer.reason_code,
            offer.mode,
            offer.city,
        )
        for offer in offers
    ]


CSV_HEAD = (
    "file",
    "firm",
    "town",
    "points",
    "state",
    "place on the waiting list",
    "offered",
    "deadline",
    "opened",
    "answered",
    "reason",
    "mode",
    "training town",
)


def places_by_pk(rows: Sequence[Candidate]) -> dict[int, int]:
    return {row.pk: at for at, row in enumerate(rows, start=1)}
