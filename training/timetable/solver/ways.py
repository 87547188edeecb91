"""The best ways of many cohorts at once, week by week, where every session finds a place.

Cohorts of equally many sessions stand side by side, so that one sum of arrays serves all of them: what `path` finds for
one, and may pass a session over for, is found here for all, and may not. A week is entered from the week before, day by
day, or from any earlier one, all of which lie so far back that each day more costs the same.

Every cost is a whole number of parts of a power of two, so that sums are exact in whatever order they are made.
"""

from collections.abc import Sequence

import numpy as np

from training.timetable.solver.grid import INF, Course
from training.timetable.solver.path import Steps

WEEK = 7


class Ways:
    """Cohorts whose chains are equally long and that may hold equally many sessions a week.

    late: [day, cohort], INF behind its last day. closed: of each place in a week [week, cohort], whether the week is
    full by then.
    """

    def __init__(self, courses: Sequence[Course], price: float) -> None:
        """price: of a day that a gap is off, INF where that may not be."""
        self.courses, self.price = courses, price
        self.length = len(courses[0].chain)
        self.weeks = max(len(course.room_in_week) for course in courses)
        days = self.weeks * WEEK
        self.late = np.full((days, len(courses)), INF)
        self.shut = np.zeros((days, len(courses)), dtype=bool)
        room = np.zeros((self.weeks, len(courses)), dtype=int)
        for number, course in enumerate(courses):
            self.late[: len(course.late), number] = course.late
            self.shut[: len(course.late), number] = course.taken_days | (np.repeat(course.room_in_week, WEEK) <= 0)
            room[: len(course.room_in_week), number] = course.room_in_week
        self.most = max(1, int(room.max(initial=1)))
        self.is_shut = bool(self.shut.any())
        self.full = [room <= place if (room <= place).any() else None for place in range(self.most)]
        good = courses[0].cohort.good_gap
        self.steps = Steps(days, good, price)
        gap = np.arange(WEEK)[None, :] + WEEK - np.arange(WEEK)[:, None]
        off = np.maximum(np.maximum(good[0] - gap, gap - good[1]), 0)
        self.enter = np.where(off > 0, off * price if price < INF else INF, 0.0)[:, :, None, None]
        self.same = self.steps.same.T.copy()[:, :, None, None]
        self.far = 0.0 if price == INF else price
        self.behind = ((np.arange(days) - good[1]) * self.far)[:, None, None]
        """What it costs to come to a day from day 0, where that lies more than a good gap before it."""
        self.before = (np.arange(days) * self.far)[:, None, None]

    def best(self, costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least cost of each cohort, INF where it has no way, and [session, cohort] the day of each session.

        costs: [day, session, cohort], none below zero, INF where it cannot be held; not kept, and may be changed.
        """
        length, number = costs.shape[1:]
        if self.is_shut:
            costs[np.broadcast_to(self.shut[:, None, :], costs.shape)] = INF
        held = np.full((self.most, *costs.shape), INF)
        reached = np.full(costs.shape, INF)
        far = np.full((length, number), INF)
        least, until = np.full(number, INF), self.weeks
        for week in range(self.weeks):
            days = slice(week * WEEK, (week + 1) * WEEK)
            first = held[0, days]
            first[:, 0] = costs[days, 0]
            if week > 0 and length > 1:
                came = (reached[days.start - WEEK : days.start, None, :-1] + self.enter).min(axis=0)
                if week > 1 and self.price < INF:
                    ago = slice(days.start - 2 * WEEK, days.start - WEEK)
                    np.minimum(far, (reached[ago] - self.before[ago]).min(axis=0), out=far)
                    np.minimum(came, far[:-1] + self.behind[days], out=came)
                np.add(came, costs[days, 1:], out=first[:, 1:])
            reached[days] = first
            for place in range(1, self.most if length > 1 else 1):
                more = held[place, days]
                np.add((held[place - 1, days][:, None, :-1] + self.same).min(axis=0), costs[days, 1:], out=more[:, 1:])
                full = self.full[place]
                if full is not None and full[week].any():
                    more[:, :, full[week]] = INF
                np.minimum(reached[days], more, out=reached[days])
            np.minimum(least, (reached[days, -1] + self.late[days]).min(axis=0), out=least)
            if week + 1 < self.weeks and (least <= self.late[days.stop]).all():
                until = week + 1  # whoever ends later pays more for that alone
                break
        return least, self._back(held, reached, until * WEEK)

    def _back(self, held: np.ndarray, reached: np.ndarray, until: int) -> np.ndarray:
        """From each last session to the first; without meaning for a cohort that has no way."""
        length, number = held.shape[2:]
        every = np.arange(number)
        found = np.empty((length, number), dtype=int)
        day = (reached[:until, -1] + self.late[:until]).argmin(axis=0)
        place = held[:, day, length - 1, every].argmin(axis=0)
        found[-1] = day
        week = np.arange(WEEK)[:, None]
        for session in range(length - 2, -1, -1):
            before = (reached[:until, session].T + self.steps.later[day, :until]).argmin(axis=1)
            if self.most > 1:
                monday = day - day % WEEK
                row = held[place - 1, monday + week, session, every] + self.steps.same[day % WEEK].T
                day = np.where(place > 0, monday + row.argmin(axis=0), before)
                place = np.where(place > 0, place - 1, held[:, day, session, every].argmin(axis=0))
            else:
                day = before
            found[session] = day
        return found
