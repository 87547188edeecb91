"""Rules of a composition as they are kept, and as the engine takes them. Pure.

A kept rule is a table: {"attribute": "province", "values": ["AJK", "GB"], "is_floor": true, "number": 2, "per_mille": null,
"weight": null}. values []: any one value of the attribute, each for itself. number or per_mille (of the seats), one of the
two. weight: null for a hard rule, else hundredths of a point that each seat beside it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from selection.engine.compose_pool import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

ATTRIBUTES: Final = ("women_led", "new_exporter", "province", "city", "sector", "track", "partner")
"""By what a rule may count, in the order of the page. city: the town, which stands for the district."""
YES: Final = "yes"
"""The value of women_led and new_exporter where it is so; "" where not."""

JOINTLY: Final = "rules"
"""Through what a firm came in that no rule alone brought in: without any one of them it would still be there."""


@dataclass(frozen=True, slots=True)
class Guideline:
    """A rule that a new round begins with. source: who asks for it."""

    rule: Mapping[str, Any]
    since: date
    source: str


GUIDELINES: Final = (
    Guideline(
        MappingProxyType(
            {
                "attribute": "new_exporter",
                "values": [YES],
                "is_floor": True,
                "number": None,
                "per_mille": 150,
                "weight": None,
            }
        ),
        date(2026, 7, 1),
        "TDAP: 15 % of the places of a programme for new exporters (guideline)",
    ),
)


def first_rules(on: date) -> list[dict[str, Any]]:
    """What the first composition of a round begins with: the guidelines in force."""
    return [dict(guideline.rule) for guideline in GUIDELINES if guideline.since <= on]


def share_or_number(amount: Decimal, *, is_share: bool) -> dict[str, int | None]:
    """What was typed as it is kept: 12.5 % are 125 tenths of a per cent, 17 seats are 17. Whole numbers, never a float."""
    return {"number": None, "per_mille": int(amount * 10)} if is_share else {"number": int(amount), "per_mille": None}


def code_of(stored: Mapping[str, Any]) -> str:
    """Names a rule within a set: what it counts and which way it holds, such as "province:AJK+GB:floor"."""
    return f"{stored['attribute']}:{'+'.join(sorted(stored['values']))}:{'floor' if stored['is_floor'] else 'cap'}"


def rules_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """The kept rules as the engine takes them, in their order."""
    return tuple(
        Rule(
            code=code_of(row),
            attribute=row["attribute"],
            values=tuple(row["values"]),
            is_floor=row["is_floor"],
            number=row["number"],
            per_mille=row["per_mille"],
            weight=row["weight"],
        )
        for row in stored
    )


def cost_of(costs: Mapping[str, Any], city: str) -> int:
    """Rupees a seat costs for a firm of a town. costs: of a composition; {} costs nothing."""
    return int(costs.get("cities", {}).get(city, costs.get("default", 0)))
