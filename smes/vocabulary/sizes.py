"""The size class of a firm by the rule in force on a day.

Rules are dated rows in smes/vocabulary/reference/size_rules.csv: turnover in PKR a fiscal year (July to June), every upper bound
included. A rule that was only announced is kept in the table with status "announced" and judges nobody.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from .tables import read_table


@dataclass(frozen=True, slots=True)
class Band:
    """One row of a rule. A None bound is no bound; `activity` None means any."""

    rule_id: str
    source: str
    in_force: bool
    valid_from: date | None
    valid_to: date | None
    category: str
    activity: str | None
    max_turnover_pkr: int
    max_employees: int | None
    max_age_years: int | None


class SizeClass(NamedTuple):
    """A class (micro, small, medium, startup_small, startup_medium, too_large, unknown) and the rule that gave it."""

    size_class: str
    rule_id: str


def _number(cell: str) -> int | None:
    return int(cell) if cell else None


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


BANDS: Final = tuple(
    Band(
        rule_id=row["rule_id"],
        source=row["source"],
        in_force=row["status"] == "in_force",
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        category=row["category"],
        activity=row["activity"] or None,
        max_turnover_pkr=int(row["max_turnover_pkr"]),
        max_employees=_number(row["max_employees"]),
        max_age_years=_number(row["max_age_years"]),
    )
    for row in read_table("size_rules")
)


def bands_on(day: date, bands: tuple[Band, ...] = BANDS) -> tuple[Band, ...]:
    """The rows in force on a day, narrowest first. Raises ValueError where no rule covers the day."""
    found = tuple(
        band
        for band in bands
        if band.in_force
        and (band.valid_from is None or band.valid_from <= day)
        and (band.valid_to is None or day <= band.valid_to)
    )
    if not found:
        raise ValueError(f"no size rule is in force on {day.isoformat()}")
    return found


def size_class(
    turnover_pkr: int | None,
    employees: int | None,
    founded_on: date | None,
    on: date,
    *,
    activity: str = "manufacturing",
    bands: tuple[Band, ...] = BANDS,
) -> SizeClass:
    """The class of a firm and the id of the rule.

    turnover_pkr: sales of the last closed fiscal year in PKR; 0 is a firm that has not sold yet.
    employees: counted only where the rule of that day counts them (before 29 March 2022).
    founded_on: None where not told; the firm is then not a start-up. A start-up is at most five years old: the fifth
    birthday (see `birthday`) still counts. activity: manufacturing, services or trading; matters before 2022 only.
    Gives "unknown" where a fact that the rule needs is missing. Raises ValueError for a negative figure, a firm
    founded after `on`, or a day without a rule.
    """
    if (turnover_pkr or 0) < 0 or (employees or 0) < 0:
        raise ValueError("turnover and employees are never negative")
    if founded_on is not None and founded_on > on:
        raise ValueError("the firm was founded after the day it is judged on")
    rows = [band for band in bands_on(on, bands) if band.activity in (None, activity)]
    rule_id = rows[0].rule_id
    if turnover_pkr is None or (employees is None and any(band.max_employees is not None for band in rows)):
        return SizeClass("unknown", rule_id)
    for band in rows:
        if turnover_pkr > band.max_turnover_pkr:
            continue
        if band.max_employees is not None and (employees or 0) > band.max_employees:
            continue
        if band.max_age_years is not None and not _at_most_years_old(founded_on, on, band.max_age_years):
            continue
        return SizeClass(band.category, band.rule_id)
    return SizeClass("too_large", rule_id)


def _at_most_years_old(founded_on: date | None, on: date, years: int) -> bool:
    return founded_on is not None and on <= birthday(founded_on, years)


def birthday(founded_on: date, years: int) -> date:
    """The day on which a firm has been there for so many full years. Founded on 29 February, it has its birthday on 1 March
    of common years: the year is over only then, and a start-up's last day is not taken from it."""
    try:
        return founded_on.replace(year=founded_on.year + years)
    except ValueError:
        return date(founded_on.year + years, 3, 1)
