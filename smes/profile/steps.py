"""The nine steps of the profile, what each needs, and who leads the firm. Pure.

What a step needs, and of whom, stands in the table of facts (smes.profile.facts).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple

from tdap_portal.core.marks import gettext_noop as _

from .facts import FACTS, Known

YOUNG_UNTIL: Final = 30
HALF: Final = Decimal(50)


class Step(NamedTuple):
    """A step: its name in the list and the question on top of its page."""

    code: str
    title: str
    question: str


STEPS: Final = (
    Step("identity", _("Identity"), _("Who is the firm?")),
    Step("owners", _("Owners"), _("Who owns it?")),
    Step("place", _("Place and size"), _("Where is it, and how large?")),
    Step("sector", _("Sector"), _("Which sector are you in?")),
    Step("products", _("What you make"), _("What do you make?")),
    Step("capacity", _("Capacity"), _("How much can you make, and how well?")),
    Step("exports", _("Export history"), _("What have you sold abroad?")),
    Step("markets", _("Markets and channels"), _("Where do you want to sell, and how?")),
    Step("payments", _("Payments"), _("How do you get paid?")),
)
STEP_BY_CODE: Final = MappingProxyType({step.code: step for step in STEPS})

NEEDED: Final = MappingProxyType(
    {
        step.code: tuple(key for key, fact in FACTS.items() if fact.step == step.code and fact.needed is not None)
        for step in STEPS
    }
)
"""The facts that a step may need, by its code."""


def needed_in(step: str, facts: Known) -> tuple[str, ...]:
    """The facts a step needs from this firm; what it needs depends on its legal form, sector and answers.

    Raises KeyError for a step that does not exist.
    """
    return tuple(key for key in NEEDED[step] if (needed := FACTS[key].needed) is not None and needed(facts))


def is_given(fact: str, facts: Known) -> bool:
    """Whether the firm has told a fact."""
    if (is_given := FACTS[fact].is_given) is not None:
        return is_given(facts)
    value = facts.get(fact)
    return value is not None and value not in ("", [])


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How far a step is. `missing` are facts; `error_count` counts what was typed but could not be saved."""

    step: Step
    needed: int
    missing: tuple[str, ...]
    error_count: int
    saved: bool

    @property
    def filled(self) -> int:
        """Needed facts that are told."""
        return self.needed - len(self.missing)

    @property
    def is_complete(self) -> bool:
        """Nothing missing, nothing wrong; a step that needs nothing is complete."""
        return not self.missing and not self.error_count


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far the whole profile is."""

    steps: tuple[StepProgress, ...]

    @property
    def is_complete(self) -> bool:
        """Whether an application can be started from it."""
        return all(step.is_complete for step in self.steps)

    @property
    def filled(self) -> int:
        """Facts that are told, of those needed."""
        return sum(step.filled for step in self.steps)

    @property
    def needed(self) -> int:
        """Facts that this firm is asked for."""
        return sum(step.needed for step in self.steps)

    @property
    def percent(self) -> int:
        """Part of the needed facts that are told, 0 to 100, rounded down so that 100 means all."""
        return 100 * self.filled // self.needed

    @property
    def next_step(self) -> Step | None:
        """The first step that is not complete."""
        return next((progress.step for progress in self.steps if not progress.is_complete), None)


def progress_of(facts: Known, *, error_counts: Mapping[str, int], saved: frozenset[str]) -> Completeness:
    """How far a profile is. error_counts: step → number of mistakes kept with it; saved: steps that were saved once."""
    rows = []
    for step in STEPS:
        needed = needed_in(step.code, facts)
        missing = tuple(fact for fact in needed if not is_given(fact, facts))
        rows.append(StepProgress(step, len(needed), missing, error_counts.get(step.code, 0), step.code in saved))
    return Completeness(tuple(rows))


class OwnerShare(NamedTuple):
    """An owner as far as leadership goes. gender "" and birth_year None: not told."""

    gender: str
    share_pct: Decimal
    birth_year: int | None


def led_by_women(owners: Iterable[OwnerShare]) -> bool | None:
    """Whether women hold more than half of the firm. None where so much is not told that it could be either."""
    return _more_than_half(
        (owner.share_pct, None if owner.gender in {"", "undisclosed"} else owner.gender == "female") for owner in owners
    )


def led_by_young(owners: Iterable[OwnerShare], year: int) -> bool | None:
    """Whether people who turn 30 or less in `year` hold more than half. None as above."""
    return _more_than_half(
        (owner.share_pct, None if owner.birth_year is None else year - owner.birth_year <= YOUNG_UNTIL)
        for owner in owners
    )


def _more_than_half(parts: Iterable[tuple[Decimal, bool | None]]) -> bool | None:
    yes = unknown = Decimal(0)
    for share, answer in parts:
        if answer is None:
            unknown += share
        elif answer:
            yes += share
    if yes > HALF:
        return True
    return None if yes + unknown > HALF else False


def last_closed_fiscal_year(day_year: int, day_month: int) -> int:
    """The fiscal year (July to June, named by the year it ends in) that was last closed on a day."""
    return day_year if day_month >= 7 else day_year - 1
