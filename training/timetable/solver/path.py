"""The best way of one cohort through its weeks, found exactly: on which day each session is held.

The sessions go in their order, one a day, no more a week than the cohort may have. A state is (day of the last session,
how many its week has); a session that finds no place is passed over at the price of NOT_PLACED.
"""

from collections.abc import Sequence

import numpy as np

from training.timetable.solver.grid import INF, NOT_PLACED, Course

PASSED_OVER = -1


class Steps:
    """What the days between two sessions cost, for cohorts with the same number of days and sessions a week.

    later: [day, day before], INF unless the first lies in a later week. same: [weekday, weekday before], INF unless
    later.
    """

    def __init__(self, days: int, good: tuple[int, int], price: float) -> None:
        gap = np.arange(days)[:, None] - np.arange(days)[None, :]
        off = np.maximum(np.maximum(good[0] - gap, gap - good[1]), 0)
        cost = np.where(off > 0, off * price if price < INF else INF, 0.0)
        week = np.arange(days) // 7
        self.later = np.where(week[:, None] > week[None, :], cost, INF)
        self.same = np.where(gap[:7, :7] > 0, cost[:7, :7], INF)


def best_days(
    costs: Sequence[np.ndarray], may_pass: Sequence[bool], course: Course, steps: Steps
) -> tuple[float, list[int]]:
    """The least cost and the day of each session of the chain, PASSED_OVER where it has none.

    costs: of each session, one entry a day, INF where it cannot be held. may_pass: False for one that stays where it
    is. The cost is INF where that cannot be.
    """
    days, most = len(course.late), max(1, int(course.room_in_week.max(initial=1)))
    closed = np.repeat(course.room_in_week, 7)[None, :] <= np.arange(most)[:, None]
    closed |= course.taken_days[None, :]
    held = np.full((most, days), INF)
    none_yet, before = 0.0, []
    for cost, may in zip(costs, may_pass, strict=True):
        before.append((held, none_yet))
        best = held.min(axis=0)
        fresh = np.full((most, days), INF)
        fresh[0] = np.minimum((steps.later + best).min(axis=1), none_yet) + cost
        if most > 1:
            same = (held[:-1].reshape(most - 1, -1, 1, 7) + steps.same).min(axis=-1)
            fresh[1:] = same.reshape(most - 1, days) + cost
        fresh[closed] = INF
        held = np.minimum(fresh, held + NOT_PLACED) if may else fresh
        none_yet = none_yet + NOT_PLACED if may else INF
    last = held + course.late
    least = float(last.min())
    if none_yet <= least:
        return none_yet, [PASSED_OVER] * len(costs)
    number, day = (int(x) for x in np.unravel_index(int(last.argmin()), last.shape))
    return least, _back(costs, may_pass, steps, before, number, day)


def _back(  # noqa: PLR0917 - the tables of one walk
    costs: Sequence[np.ndarray],
    may_pass: Sequence[bool],
    steps: Steps,
    before: list[tuple[np.ndarray, float]],
    number: int,
    day: int,
) -> list[int]:
    """From the last state to the first; sums are made again just as they were, so that they are equal to the last
    bit."""
    found = [PASSED_OVER] * len(costs)
    for place in range(len(costs) - 1, -1, -1):
        held, none_yet = before[place]
        cost = costs[place][day]
        if number > 0:
            monday = day - day % 7
            row = held[number - 1, monday : monday + 7] + steps.same[day % 7]
            reached = row.min() + cost
        else:
            row = steps.later[day] + held.min(axis=0)
            reached = min(row.min(), none_yet) + cost
        if may_pass[place] and held[number, day] + NOT_PLACED < reached:
            continue
        found[place] = day
        if number == 0 and none_yet <= row.min():
            break
        day = int(row.argmin()) + (day - day % 7 if number > 0 else 0)
        number = number - 1 if number > 0 else int(held[:, day].argmin())
    return found
