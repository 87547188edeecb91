"""What a study of levels found, as tables and pictures in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext

from tdap_portal.charts.drawing import ChartFigure, Table
from tdap_portal.charts.histogram import Bin, Histogram, Mark
from tdap_portal.core.days import day_words

from .levels import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from selection.engine.policy import Policy

    from .levels import Counted

STEP = 5  # points a bar
UNKNOWN = "—"


def name_of(standing: Standing) -> str:
    return {
        Standing.SAID: gettext("All only said"),
        Standing.BACKED: gettext("All backed"),
        Standing.TODAY: gettext("As it stands today"),
        Standing.VERIFIED: gettext("All verified"),
    }[standing]


def overview_of(counted: Mapping[Standing, Counted], line: Decimal | None, *, seats: int) -> Table:
    """A row a standing: files at a shut gate, files with points, those at or over the line, and where their points lie."""
    head = (
        gettext("If every claim counted so"),
        gettext("Held at a gate"),
        gettext("With points"),
        gettext("Reach the line"),
        gettext("Highest"),
        gettext("Median"),
        gettext("Lowest"),
        gettext("Last seat"),
    )
    rows = (
        (
            name_of(standing),
            f"{here.held:,}",
            f"{here.passed:,}",
            f"{here.at_least(line):,}" if line is not None else UNKNOWN,
            *(_points(value) for value in (here.last_seat(1), here.median(), here.last_seat(here.passed))),
            _points(here.last_seat(seats)),
        )
        for standing, here in counted.items()
    )
    return Table(head, tuple(rows))


def criteria_of(counted: Mapping[Standing, Counted], policy: Policy) -> Table:
    """Mean points of each criterion at each standing, and of all together."""
    head = (gettext("Criterion"), gettext("Points at most"), *(name_of(standing) for standing in counted))
    rows = [
        (
            gettext(criterion.label),
            f"{criterion.weight:f}",
            *(_points(here.mean_of(at)) for here in counted.values()),
        )
        for at, criterion in enumerate(policy.criteria)
    ]
    total = (gettext("In total"), "100", *(_points(here.mean()) for here in counted.values()))
    return Table(head, (*rows, total))


def figures_of(counted: Mapping[Standing, Counted], line: Decimal | None, *, day: datetime) -> tuple[ChartFigure, ...]:
    """A histogram a standing, all on one scale of points."""
    source = gettext("TDAP portal, cards of the round’s files as they were on %(day)s.")
    return tuple(
        ChartFigure(
            title=name_of(standing),
            says=gettext("Each bar counts the files with that score, in steps of five points of 100."),
            source=source % {"day": day_words(timezone.localdate(day), "j F Y")},
            drawing=_histogram(here, line),
        )
        for standing, here in counted.items()
    )


def _histogram(here: Counted, line: Decimal | None) -> Histogram:
    numbers = dict.fromkeys(range(0, 100, STEP), 0)
    for hundredths, number in here.points.items():
        numbers[min(100 - STEP, hundredths // (STEP * 100) * STEP)] += number
    bins = tuple(
        Bin(low, low + STEP, number, "green" if line is not None and low >= line else "line")
        for low, number in numbers.items()
    )
    marks = [] if line is None else [Mark(line, gettext("the line: %(points)s") % {"points": line}, before=line > 50)]
    return Histogram((gettext("Points"), gettext("Files")), bins, tuple(range(0, 101, 20)), tuple(marks))


def _points(value: Decimal | None) -> str:
    return UNKNOWN if value is None else f"{value:.2f}"
