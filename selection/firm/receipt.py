"""The score receipt, made ready for the page: place in the round, points with reasons, the cheapest way up, sources, seal.

Pure: a sealed card and plain numbers in, ready words out. `translate` is gettext of the reader's language; the engine's
texts and those of this file are message ids. The page of the firm and the desk show the same receipt.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from selection.applications.proof_words import EvidenceLine, FiguresAt, PaperLine, evidence_of, figures_at, papers_of
from selection.engine import words
from selection.engine.explain import apply_changes, waiting_of_backed, ways_up
from selection.engine.measures import Case
from selection.engine.points import columns_of, score_many
from selection.trade.arithmetic.indicators import OLD_AFTER_YEARS
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.charts.histogram import Bin, Histogram, Mark
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from selection.engine.card import Card
    from selection.engine.explain import WayUp
    from selection.engine.policy import Policy

    Translate = Callable[[str], str]

NOTHING = Decimal("0.00")
STEP = 2  # points a bar of the picture
TOP_STEP = 100 - STEP
MAX_WAYS = 3
STALE_AFTER_MONTHS = 2  # of figures that come each month
DAYS_OF_A_MONTH = 30.44


class PlaceInRound(Protocol):
    """Where a file stands in its round: see selectors.Place."""

    @property
    def place(self) -> int: ...
    @property
    def of(self) -> int: ...
    @property
    def bins(self) -> Sequence[tuple[int, int]]: ...
    @property
    def seats_from(self) -> Decimal | None: ...


@dataclass(frozen=True, slots=True)
class ReceiptPart:
    """One criterion: points won of its weight, and why."""

    name: str
    reason: str
    points: Decimal
    of: Decimal
    is_neutral: bool
    waiting: Decimal = Decimal("0.00")
    evidence: tuple[EvidenceLine, ...] = ()
    figures_at: FiguresAt | None = None


@dataclass(frozen=True, slots=True)
class GateLine:
    name: str
    passed: bool
    reason: str
    to_meet: str


@dataclass(frozen=True, slots=True)
class WayLine:
    """One way up in words. is_enough: belongs to the cheapest set that would have reached the line."""

    gain: Decimal
    title: str
    text: str
    cost: str
    time: str
    is_enough: bool


@dataclass(frozen=True, slots=True)
class ReceiptSource:
    text: str
    stale: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that the page shows. gap: points to the round's line, negative when over it, None while there is no line.

    waiting: points that wait for proof, of which waiting_for_us wait for an officer, as their papers are there.
    """

    points: Decimal
    gap: Decimal | None
    passed: bool
    gates: tuple[GateLine, ...]
    figure: ChartFigure | None
    parts: tuple[ReceiptPart, ...]
    scale: Decimal
    ways: tuple[WayLine, ...]
    ways_say: str
    waiting: Decimal
    waiting_for_us: Decimal
    papers: tuple[PaperLine, ...]
    sources: tuple[ReceiptSource, ...]
    policy: str
    policy_since: date
    engine: str
    seal: str


def prepare(
    card: Card, policy: Policy, *, standing: PlaceInRound | None, seats: int, on: date, translate: Translate = str
) -> Receipt:
    """The receipt of a card.

    policy: the one the card was scored under. standing: None where the file has no place (a gate is shut). seats: of the
    round. on: the day of the decision, or today before it; the age of the sources is told as of that day.
    """
    line = standing.seats_from if standing else None
    ways = ways_up(card.facts, card.evidence, policy, on=card.on, line=line)
    return Receipt(
        points=card.total,
        gap=None if line is None else line - card.total,
        passed=card.passed,
        gates=tuple(
            GateLine(
                translate(gate.label),
                gate.passed,
                gate.reason.format(translate),
                gate.to_meet.format(translate) if gate.to_meet else "",
            )
            for gate in card.gates
        ),
        figure=_figure(card.total, standing, seats, translate) if standing else None,
        parts=tuple(
            ReceiptPart(
                translate(part.label),
                part.reason.format(translate),
                part.points,
                whole(part.of),
                part.missing,
                part.waiting,
                evidence_of(criterion, card, translate),
                figures_at(criterion, card),
            )
            for part, criterion in zip(card.parts, policy.criteria, strict=True)
        ),
        scale=max(part.of for part in card.parts),
        ways=tuple(_way(way, translate) for way in _worth_showing(ways)),
        ways_say=_ways_say(ways, card, policy, line, translate),
        waiting=card.waiting,
        waiting_for_us=waiting_of_backed(card.facts, card.evidence, policy, on=card.on) if card.waiting else NOTHING,
        papers=papers_of(card.facts, card.evidence, policy, on=card.on, translate=translate),
        sources=_sources(card, on, translate),
        policy=policy.version,
        policy_since=policy.in_force_from,
        engine=card.engine_version,
        seal=card.short_seal,
    )


def whole(value: Decimal) -> Decimal:
    """12.00 is written 12, 12.50 stays."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


# ------------------------------------------------------------------------------------------------------ the picture


def _figure(points: Decimal, standing: PlaceInRound, seats: int, translate: Translate) -> ChartFigure:
    place = {
        "place": f"{standing.place:,}",
        "of": f"{standing.of:,}",
        "seats": f"{seats:,}",
        "line": standing.seats_from,
    }
    title = (
        translate(_("Place %(place)s of %(of)s; the %(seats)s seats ended at %(line)s points"))
        if standing.seats_from is not None
        else translate(_("Place %(place)s of %(of)s; the line is known once the round is decided"))
    )
    says = (
        translate(
            _(
                "Each bar counts the firms with that score, in points of 100. Green bars stand after the line of the last seat by score; your bar is saffron."
            )
        )
        if standing.seats_from is not None
        else translate(_("Each bar counts the firms with that score, in points of 100; your bar is saffron."))
    )
    return ChartFigure(
        title=title % place,
        says=says,
        source=translate(_("TDAP portal, all files of the round that met the conditions.")),
        drawing=histogram(points, standing, translate),
    )


def histogram(points: Decimal, standing: PlaceInRound, translate: Translate = str) -> Histogram:
    """The round's scores in bars of two points, the firm's own bar marked."""
    own = min(TOP_STEP, int(points) // STEP * STEP)
    counts: Counter[int] = Counter()
    for step, number in standing.bins:
        counts[min(TOP_STEP, step)] += number
    counts[own] = max(1, counts[own])
    low, high = _span(min(counts), max(counts) + STEP)
    line = standing.seats_from
    bins = tuple(Bin(step, step + STEP, counts.get(step, 0), _tone(step, own, line)) for step in range(low, high, STEP))
    axis = tuple(range(low, high + 1, 10 if high - low <= 40 else 20))
    marks = [
        Mark(
            points, translate(_("you: %(points)s")) % {"points": points}, _before(points, line, low, high), dashed=False
        )
    ]
    if line is not None:
        marks.insert(0, Mark(line, translate(_("the line: %(points)s")) % {"points": line}, line <= points))
    return Histogram((translate(_("Points")), translate(_("Firms"))), bins, axis, tuple(marks))


def _span(lowest: int, highest: int) -> tuple[int, int]:
    """The ends of the scale: multiples of twenty around all scores, at least forty points apart, within 0 and 100."""
    high = min(100, -(-highest // 20) * 20)
    low = max(0, min(lowest // 20 * 20, high - 40))
    return low, max(high, 40)


def _tone(step: int, own: int, line: Decimal | None) -> str:
    if step == own:
        return "saffron"
    return "green" if line is not None and step >= line else "line"


def _before(points: Decimal, line: Decimal | None, low: int, high: int) -> bool:
    """Words stand on the side that leads away from the line, or towards the middle of the picture."""
    if line is not None:
        return points < line
    return points * 2 > low + high


# ------------------------------------------------------------------------------------------------------ ways up


def _worth_showing(ways: Iterable[WayUp]) -> list[WayUp]:
    """Those that reach the line first, then the cheapest others."""
    listed = list(ways)
    first = [way for way in listed if way.lifts]
    rest = [way for way in listed if not way.lifts]
    return (first + rest)[: max(MAX_WAYS, len(first))]


def _way(way: WayUp, translate: Translate) -> WayLine:
    names = translate(_(", ")).join(translate(words.CRITERIA[code]) for code in way.criteria)
    return WayLine(
        gain=way.gain,
        title=translate(way.label),
        text=translate(_("It counts in: %(names)s.")) % {"names": names},
        cost=money(way.cost_pkr),
        time=duration(way.days, translate),
        is_enough=way.lifts,
    )


def money(pkr: int) -> str:
    return f"PKR {pkr:,}"


def duration(days: int, translate: Translate = str) -> str:
    """About how long something takes: days up to two weeks, then weeks, then months."""
    if days == 1:
        return translate(_("about a day"))
    if days <= 14:
        return translate(_("about %(number)d days")) % {"number": days}
    if days <= 84:
        return translate(_("about %(number)d weeks")) % {"number": round(days / 7)}
    return translate(_("about %(number)d months")) % {"number": round(days / DAYS_OF_A_MONTH)}


def _ways_say(ways: Sequence[WayUp], card: Card, policy: Policy, line: Decimal | None, translate: Translate) -> str:
    if not ways:
        return translate(_("You have won all that a firm can win by its own doing."))
    chosen = [way for way in ways if way.lifts]
    if not chosen:
        if line is not None and card.total < line:
            return translate(
                _("No single step reaches the line of this round. Each of these counts in the next round.")
            )
        return translate(_("Cheapest first. Each of these counts in the next round."))
    reached = score_with(chosen, card, policy)
    cost = sum(way.cost_pkr for way in chosen)
    facts = {"number": len(chosen), "cost": money(cost), "points": reached}
    if cost == 0:
        return (
            translate(
                _(
                    "The marked ones cost nothing but your time and would together have brought you to %(points)s points, over this round’s line."
                )
            )
            % facts
        )
    return (
        translate(
            _(
                "The marked ones cost about %(cost)s together and would have brought you to %(points)s points, over this round’s line."
            )
        )
        % facts
    )


def score_with(ways: Iterable[WayUp], card: Card, policy: Policy) -> Decimal:
    """Points of the card's firm if it had gone all these ways, by a real second scoring."""
    by_code = {way.code: way for way in policy.ways}
    changed = apply_changes(Case(card.facts, card.evidence, card.on), [by_code[way.code] for way in ways])
    return Decimal(int(score_many(columns_of([changed], policy), policy).total[0])).scaleb(-2)


# ------------------------------------------------------------------------------------------------------ sources


def _sources(card: Card, on: date, translate: Translate) -> tuple[ReceiptSource, ...]:
    """Each source once, in the order of the parts, with its age where that is worth a word."""
    seen: dict[str, ReceiptSource] = {}
    for part in card.parts:
        for reason in part.sources:
            if reason.text == words.NO_FIGURE:
                continue
            text = reason.format(translate)
            seen.setdefault(text, ReceiptSource(text, _stale(reason.params.get("period"), on, translate)))
    return tuple(seen.values())


def _stale(period: object, on: date, translate: Translate) -> str:
    """Words for a figure of long ago, by the last year or month it stands on; it may have been loaded yesterday."""
    found = last_of(str(period or ""))
    if found is None:
        return ""
    year, month = found
    years, months = on.year - 1 - year, (on.year - year) * 12 + on.month - (month or 12)
    if month is None:
        return translate(_("%(number)d years old")) % {"number": years} if years > OLD_AFTER_YEARS else ""
    return translate(_("%(number)d months old")) % {"number": months} if months >= STALE_AFTER_MONTHS else ""


def last_of(period: str) -> tuple[int, int | None] | None:
    """The last year of a period ("2019–2021 (H5) to 2022–2024 (H6)"), with its month where it tells one ("2025-11 to 2026-10");
    None where it tells no year."""
    months = re.findall(r"(?<!\d)(\d{4})(?:-(\d{2}))?(?!\d)", period)
    if not months:
        return None
    year, month = months[-1]
    return int(year), int(month) if month else None
