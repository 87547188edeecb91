"""What a firm tells in two places that cannot both be right, by dated rules. Pure; the sentences are message ids.

Two columns of one step that do not fit are refused. What is told in two steps, or is only unlikely, shuts no door: the firm
reads what does not fit and corrects the one or the other, and an officer hears what explains it. No rule decides a file.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from smes.vocabulary.identifiers import cnic_province
from smes.vocabulary.places import lies_in
from tdap_portal.core.marks import gettext_noop as _

from .facts import Known


def women_among(employees: int | None, women: int | None) -> bool:
    """Whether so many of the people employed may be women; None is not told."""
    return employees is None or women is None or women <= employees


FIT_TOGETHER: Final[Mapping[tuple[str, str], Callable[[Any, Any], bool]]] = MappingProxyType(
    {("employees", "women_employees"): women_among, ("city", "province"): lies_in}
)
"""Pairs of columns of one step, with the test of their two values: neither is saved where they do not fit."""


class Rate(NamedTuple):
    """At least so many rupees were paid for a dollar on every day of the fiscal years from this one on."""

    fiscal_year: int
    pkr: int


RATES: Final = (Rate(2027, 200), Rate(2024, 270), Rate(2023, 200), Rate(2021, 150))
"""Below the lowest rate of their years, the newest first: whoever exported for more than all sales at such a rate told one of the
two wrongly, whatever the rate of the day. Source: State Bank of Pakistan, interbank rates, rounded down; of a year that is not
over only that it may fall."""


class Bound(NamedTuple):
    """More of this unit a month than one person can make, with machines."""

    since: date
    most: int
    units: frozenset[str]


_FIRST_DAY: Final = date(2026, 7, 1)
BOUNDS: Final = (
    Bound(_FIRST_DAY, 5_000, frozenset({"piece", "pieces", "pcs", "units", "items", "balls", "footballs"})),
    Bound(_FIRST_DAY, 3_000, frozenset({"pair", "pairs"})),
    Bound(_FIRST_DAY, 1_500, frozenset({"set", "sets"})),
    Bound(_FIRST_DAY, 500, frozenset({"dozen", "dozens"})),
    Bound(_FIRST_DAY, 10_000, frozenset({"metre", "metres", "meter", "meters", "m", "yards"})),
    Bound(_FIRST_DAY, 5_000, frozenset({"square metre", "square metres", "m2"})),
    Bound(_FIRST_DAY, 20_000, frozenset({"kg", "kgs", "kilogram", "kilograms", "litre", "litres"})),
    Bound(_FIRST_DAY, 20, frozenset({"ton", "tons", "tonne", "tonnes"})),
    Bound(_FIRST_DAY, 300, frozenset({"hour", "hours", "hours of work"})),
)
"""A working choice until an inspector's figures are there: about ten times what a worker with a machine makes. A unit that is not
in the table is not judged."""
LEAP: Final = 0.5
"""A fact that a firm submits again and that changed by more than this part of its value is looked at."""


class Contradiction(NamedTuple):
    """One thing that does not fit. code: of its rule. about: what it is about where a rule finds several, such as a year.

    values: the two that do not fit, as plain JSON. facts: the keys of their proofs (smes.profile.proofs). data: what the
    sentence of the rule is filled from. steps: of the profile, in which the two are told.
    """

    code: str
    about: str
    values: tuple[Any, Any]
    facts: tuple[str, ...]
    data: dict[str, Any]
    steps: frozenset[str] = frozenset()


class Rule(NamedTuple):
    """A kind of contradiction. text: the sentence that firm and officials read, with placeholders. stops: a file with an open one
    is not selected. is_firms: the firm reads it and can correct it; else only officials do."""

    code: str
    name: str
    text: str
    since: date
    stops: bool = False
    is_firms: bool = True


RULES: Final = MappingProxyType(
    {
        rule.code: rule
        for rule in (
            Rule(
                "exports_above_turnover",
                _("Exports above all sales"),
                _(
                    "From July %(first)d to June %(last)d exports of USD %(exports)s are told, but all sales of that year were "
                    "PKR %(turnover)s. Exports are part of the sales: one of the two cannot be right."
                ),
                _FIRST_DAY,
                stops=True,
            ),
            Rule(
                "exports_before_founding",
                _("Exports before the firm was founded"),
                _(
                    "From July %(first)d to June %(last)d exports of USD %(exports)s are told, but the firm was founded on "
                    "%(day)s. What another firm exported is not part of it: one of the two cannot be right."
                ),
                _FIRST_DAY,
                stops=True,
            ),
            Rule(
                "city_outside_province",
                _("City and province do not belong together"),
                _("%(city)s does not lie in this province: %(province)s. One of the two cannot be right."),
                _FIRST_DAY,
            ),
            Rule(
                "output_above_people",
                _("More output than so few people can make"),
                _(
                    "%(amount)s %(unit)s a month with %(people)s employees is %(each)s for each of them. Look at both again."
                ),
                _FIRST_DAY,
            ),
            # People move: a hint for the officer and no reproach to the firm.
            Rule(
                "cnic_of_another_province",
                _("Owner’s CNIC of another province"),
                _(
                    "The firm is in this province: %(province)s. No owner’s CNIC was first registered there, but in another: "
                    "%(other)s. People move, so this is only a hint."
                ),
                _FIRST_DAY,
                is_firms=False,
            ),
            Rule(
                "export_house_unused",
                _("Export house named, but not exported through"),
                _(
                    "An export house is named (%(house)s), but no exports through one are told. One of the two cannot be right."
                ),
                _FIRST_DAY,
            ),
            Rule(
                "same_paper",
                _("The same paper at another firm"),
                _("“%(paper)s” is byte by byte a paper that another firm sent: %(firms)s."),
                _FIRST_DAY,
                stops=True,
                is_firms=False,
            ),
            Rule(
                "like_paper",
                _("A picture much like another firm’s"),
                _("“%(paper)s” looks almost like a picture that another firm sent: %(firms)s."),
                _FIRST_DAY,
                stops=True,
                is_firms=False,
            ),
            Rule(
                "fact_leaps",
                _("A fact that changed by more than half"),
                _("Submitted again, “%(fact)s” changed by more than half: first %(old)s, now %(new)s."),
                _FIRST_DAY,
                is_firms=False,
            ),
        )
    }
)
"""Every kind, by its code, with the day from which it is looked for. Source: working list of the desk, first round."""


def contradictions_of(known: Known, *, on: date) -> tuple[Contradiction, ...]:
    """What a firm's facts say against each other, by the rules in force on that day.

    known: a frozen copy; with "owner_cnics" (parsed numbers, never kept) the owners are looked at too.
    """
    found = (each for finds in _FINDERS for each in finds(known, on))
    return tuple(each for each in found if RULES[each.code].since <= on)


def least_rupees(usd: float, fiscal_year: int) -> float | None:
    """What so many dollars were worth at least in that fiscal year; None before the first rate."""
    rate = next((row.pkr for row in RATES if row.fiscal_year <= fiscal_year), None)
    return None if rate is None else usd * rate


def leaps_between(before: Known, after: Known, *, about: str) -> tuple[Contradiction, ...]:
    """The figures that changed by more than half between two versions of a frozen copy: exports of a year, turnover of the same
    year, employees, capacity in the same unit. about: what was submitted twice, such as the number of a file."""
    found = []
    for key, old, new in _figures_twice(before, after):
        if old is None or new is None or abs(new - old) <= LEAP * abs(old):
            continue
        data = {"fact": key, "old": _grouped(old), "new": _grouped(new)}
        found.append(Contradiction("fact_leaps", f"{about} {key}"[:60], (old, new), (key,), data))
    return tuple(found)


def _figures_twice(before: Known, after: Known) -> Iterator[tuple[str, float | None, float | None]]:
    """(key, then, now); None where it was not told."""
    same = {"turnover_pkr": "turnover_fiscal_year", "employees": "", "capacity_per_month": "capacity_unit"}
    for key, unit in same.items():
        if not unit or before.get(unit) == after.get(unit):
            yield key, before.get(key), after.get(key)
    old, new = _exports(before), _exports(after)
    if before.get("export_history") is not None and after.get("export_history") is not None:
        for year in sorted(old.keys() | new.keys()):
            yield f"export_history/{year}", old.get(year, 0), new.get(year, 0)


def _exports(known: Known) -> dict[int, float]:
    """USD by fiscal year, over all routes."""
    years: dict[int, float] = {}
    for row in known.get("export_history") or []:
        years[row["fiscal_year"]] = years.get(row["fiscal_year"], 0) + float(row["value_usd"] or 0)
    return years


def _exports_above_turnover(known: Known, _on: date) -> Iterator[Contradiction]:
    year, turnover_pkr = known.get("turnover_fiscal_year"), known.get("turnover_pkr")
    if turnover_pkr is None or year is None:
        return
    exports_usd = _exports(known).get(year, 0)
    worth = least_rupees(exports_usd, year)
    if worth is None or worth <= turnover_pkr:
        return
    data = {"first": year - 1, "last": year, "exports": _grouped(exports_usd), "turnover": f"{turnover_pkr:,}"}
    facts = (*_keys_of_exports(known, year), "turnover_pkr")
    steps = frozenset({"place", "exports"})
    yield Contradiction("exports_above_turnover", str(year), (exports_usd, turnover_pkr), facts, data, steps)


def _exports_before_founding(known: Known, _on: date) -> Iterator[Contradiction]:
    told = known.get("founded_on")
    if not told:
        return
    founded_on = date.fromisoformat(told)
    for year, exports_usd in sorted(_exports(known).items()):
        if exports_usd <= 0 or founded_on <= date(year, 6, 30):
            continue
        data = {"first": year - 1, "last": year, "exports": _grouped(exports_usd), "day": told}
        facts = (*_keys_of_exports(known, year), "founded_on")
        values, steps = (exports_usd, told), frozenset({"identity", "exports"})
        yield Contradiction("exports_before_founding", str(year), values, facts, data, steps)


def _city_outside_province(known: Known, _on: date) -> Iterator[Contradiction]:
    city, province = known.get("city") or "", known.get("province") or ""
    if not lies_in(city, province):
        data = {"city": city, "province": province}
        facts, steps = ("city", "province"), frozenset({"place"})
        yield Contradiction("city_outside_province", "", (city, province), facts, data, steps)


def _output_above_people(known: Known, on: date) -> Iterator[Contradiction]:
    amount, people = known.get("capacity_per_month"), known.get("employees")
    unit = " ".join(str(known.get("capacity_unit") or "").casefold().split())
    bound = next((row for row in BOUNDS if unit in row.units and row.since <= on), None)
    if not amount or not people or bound is None or amount <= bound.most * people:
        return
    data = {
        "amount": f"{amount:,}",
        "unit": known["capacity_unit"],
        "people": f"{people:,}",
        "each": f"{amount // people:,}",
    }
    facts, steps = ("capacity_per_month", "employees"), frozenset({"place", "capacity"})
    yield Contradiction("output_above_people", "", (f"{amount} {unit}", people), facts, data, steps)


def _cnic_of_another_province(known: Known, _on: date) -> Iterator[Contradiction]:
    provinces = sorted({cnic_province(cnic) for cnic in known.get("owner_cnics") or () if cnic})
    province = known.get("province")
    if not provinces or not province or province in provinces:
        return
    data = {"province": province, "other": provinces[0]}
    yield Contradiction("cnic_of_another_province", "", (province, provinces), ("province", "owner_cnic_held"), data)


def _export_house_unused(known: Known, _on: date) -> Iterator[Contradiction]:
    house, route = known.get("export_house") or "", known.get("export_route") or ""
    routes = {row["route"] for row in known.get("export_history") or []}
    if house and route != "export_house" and "export_house" not in routes:
        facts, steps = ("export_house", "export_route"), frozenset({"exports"})
        yield Contradiction("export_house_unused", "", (house, route), facts, {"house": house}, steps)


_FINDERS: Final[tuple[Callable[[Known, date], Iterable[Contradiction]], ...]] = (
    _exports_above_turnover,
    _exports_before_founding,
    _city_outside_province,
    _output_above_people,
    _cnic_of_another_province,
    _export_house_unused,
)


def _keys_of_exports(known: Known, year: int) -> list[str]:
    rows = known.get("export_history") or []
    return [f"export_history/{year}/{row['route']}" for row in rows if row["fiscal_year"] == year]


def _grouped(number: float) -> str:
    return f"{number:,.0f}"
