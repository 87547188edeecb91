"""What a firm tells in two places that cannot both be right. Pure; the sentences are message ids.

Two columns of one step that do not fit are refused. What is told in two steps shuts no door: the firm reads what does not fit
and corrects the one or the other.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

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
LEAST_PKR_PER_USD: Final = 200
"""A dollar has cost more on every day since July 2022 (State Bank of Pakistan, interbank rates). Whoever exported for more
dollars than the turnover pays at this rate told one of the two wrongly, whatever the rate of that year was."""
FIRST_FISCAL_YEAR: Final = 2023


class Contradiction(NamedTuple):
    """steps: of the profile, in which the two are told. text: with placeholders, filled from `data`."""

    steps: frozenset[str]
    text: str
    data: dict[str, Any]


def contradictions_of(known: Known) -> tuple[Contradiction, ...]:
    """What a firm's facts (a frozen copy) say against each other: exports above the turnover of the same fiscal year."""
    year, turnover_pkr = known.get("turnover_fiscal_year"), known.get("turnover_pkr")
    if turnover_pkr is None or year is None or year < FIRST_FISCAL_YEAR:
        return ()
    rows = known.get("export_history") or []
    exports_usd = sum(float(row["value_usd"] or 0) for row in rows if row["fiscal_year"] == year)
    if exports_usd * LEAST_PKR_PER_USD <= turnover_pkr:
        return ()
    text = _(
        "From July %(first)d to June %(last)d you exported for USD %(exports)s, but all your sales of that year were PKR "
        "%(turnover)s. Exports are part of the sales: correct the one or the other."
    )
    data = {"first": year - 1, "last": year, "exports": f"{exports_usd:,.0f}", "turnover": f"{turnover_pkr:,}"}
    return (Contradiction(frozenset({"place", "exports"}), text, data),)
