"""What a certificate asks for, and what somebody still lacks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.assessment.attempts import Result
    from training.attendance.hours import Hours


class Lack(StrEnum):
    SESSIONS_TO_COME = "sessions_to_come"  # nothing is lost yet: the training goes on
    HOURS = "hours"  # can no longer be reached
    NOT_SETTLED = "not_settled"  # marks of attendance disagree, and would decide it
    ASSESSMENT = "assessment"  # not tried yet
    NOT_PASSED = "not_passed"  # tried, and not passed
    TASK = "task"  # a practical task is not accepted yet
    TAKEN_BACK = "taken_back"  # an earlier one was, for a reason that no hours and no tries make up for


@dataclass(frozen=True, slots=True)
class Standing:
    """hours: None where nothing was expected of the person. result: of the better attempt; None where there was none.

    is_over: every session was held or called off. asks_assessment, tasks_open: of the programme. is_taken_back: for good.
    """

    hours: Hours | None
    is_over: bool
    asks_assessment: bool = False
    result: Result | None = None
    pass_mark: int = 0
    tasks_open: int = 0
    is_taken_back: bool = False


def lacking(standing: Standing) -> tuple[Lack, ...]:
    """() for a person who has earned it."""
    found: list[Lack] = []
    hours = standing.hours
    if hours is None or not hours.can_be_met:
        found.append(Lack.HOURS)
    elif not standing.is_over:
        found.append(Lack.SESSIONS_TO_COME)
    elif not hours.is_met or hours.best_held > hours.held:
        found.append(Lack.NOT_SETTLED)
    if standing.asks_assessment:
        if standing.result is None:
            found.append(Lack.ASSESSMENT)
        elif not standing.result.passes(standing.pass_mark):
            found.append(Lack.NOT_PASSED)
    if standing.tasks_open:
        found.append(Lack.TASK)
    if standing.is_taken_back:
        found.append(Lack.TAKEN_BACK)
    return tuple(found)
