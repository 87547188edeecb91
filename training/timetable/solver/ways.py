"""The best ways of cohorts through their weeks where every session finds a place: of one, or of many at once.

What `path` finds day by day, and may pass sessions over for, is found here week by week, and may not. Cohorts of
equally many sessions stand side by side, so that one sum of arrays serves all of them. A week is entered from the days
of the week before, or from any earlier day: those lie so far back that each day more costs the same.

Every cost is a whole number of parts of a power of two, so that sums are exact in whatever order they are made.
"""

from collections.abc import Sequence

import numpy as np

from training.timetable.solver.grid import INF, Course
from training.timetable.solver.path import Steps

WEEK = 7
EARLIER, START = WEEK, WEEK + 1
"""What a week can be entered from, beside the days of the week before: an earlier day, or nothing held yet."""


class Ways:
    """Cohorts whose chains are equally long and that may hold equally many sessions a week.

    A lane is a session of a cohort, counted through the cohorts of its first session, of the second, and so on.
    late: [day, cohort], INF behind its last day. full: of each place in a week [week, lane], whether the week is full.
    """

    def __init__(self, courses: Sequence[Course], price: float) -> None:
        """price: of a day that a gap is off, INF where that may not be."""
        self.number, self.length = len(courses), len(courses[0].chain)
        self.weeks = max(len(course.room_in_week) for course in courses)
        self.days = days = self.weeks * WEEK
        self.late = np.full((days, self.number), INF)
        shut = np.zeros((days, self.number), dtype=bool)
        room = np.zeros((self.weeks, self.number), dtype=int)
        for at, course in enumerate(courses):
            self.late[: len(course.late), at] = course.late
            shut[: len(course.late), at] = course.taken_days | (np.repeat(course.room_in_week, WEEK) <= 0)
            room[: len(course.room_in_week), at] = course.room_in_week
        self.lowest_late = [float(self.late[week * WEEK].min()) for week in range(self.weeks)]
        self.most = max(1, int(room.max(initial=1))) if self.length > 1 else 1
        self.shut = shut if shut.any() else None
        full = np.array([np.tile(room <= place, self.length) for place in range(self.most)])
        self.full = [[row if row.any() else None for row in rows] for rows in full]
        good = courses[0].cohort.good_gap
        self.steps = Steps(days, good, price)
        far = 0.0 if price == INF else price
        enter = np.zeros((WEEK + 2, WEEK))
        gap = np.arange(WEEK)[None, :] + WEEK - np.arange(WEEK)[:, None]
        off = np.maximum(np.maximum(good[0] - gap, gap - good[1]), 0)
        enter[:WEEK] = np.where(off > 0, off * price if price < INF else INF, 0.0)
        enter[EARLIER] = np.arange(WEEK) * far
        self.enter = enter[:, :, None]
        leave = np.array([*((2 * WEEK - good[1] - day) * far for day in range(WEEK)), WEEK * far])
        self.leave = leave[:, None] if price < INF else np.full((WEEK + 1, 1), INF)
        self.same = self.steps.same.T.copy()[:, :, None]
        lanes = self.number * self.length
        self._from = np.empty((WEEK + 2, lanes))
        self._held = np.empty((self.most, self.weeks, WEEK, lanes))
        self._reached = self._held[0] if self.most == 1 else np.empty((self.weeks, WEEK, lanes))

    def best(self, costs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The least cost of each cohort, INF where it has no way, and [session, cohort] the day of each session.

        costs: [day, session, cohort], none below zero, INF where it cannot be held; not kept, and may be changed.
        """
        number, held, reached = self.number, self._held, self._reached
        if self.shut is not None:
            costs[np.broadcast_to(self.shut[:, None, :], costs.shape)] = INF
        by_week = costs.reshape(self.weeks, WEEK, -1)
        source = self._from
        source[:] = INF
        source[START, :number] = 0.0
        least, until = np.full(number, INF), self.weeks
        late = self.late.reshape(self.weeks, WEEK, number)
        for week in range(self.weeks):
            cost, best = by_week[week], reached[week]
            first = (source[:, None] + self.enter).min(axis=0, out=held[0, week])
            first += cost
            for place in range(1, self.most):
                more = held[place, week]
                more[:, :number] = INF
                step = (held[place - 1, week][:, None, :-number] + self.same).min(axis=0)
                np.add(step, cost[:, number:], out=more[:, number:])
                full = self.full[place][week]
                if full is not None:
                    more[:, full] = INF
                np.minimum(first if place == 1 else best, more, out=best)
            np.minimum(least, (best[:, -number:] + late[week]).min(axis=0), out=least)
            if week + 1 < self.weeks and least.max() <= self.lowest_late[week + 1]:
                until = week + 1  # whoever ends later pays more for that alone
                break
            earlier = (source[:START] + self.leave).min(axis=0)
            source[:WEEK, number:] = best[:, :-number]
            source[EARLIER] = earlier
        if number == 1:
            return least, self._back_one(until * WEEK) if least[0] < INF else np.zeros((self.length, 1), dtype=int)
        return least, self._back(until * WEEK)

    def _back_one(self, until: int) -> np.ndarray:
        """As `_back`, of one cohort alone."""
        held, reached = self._held.reshape(self.most, self.days, -1), self._reached.reshape(self.days, -1)
        session = self.length - 1
        day = int((reached[:until, session] + self.late[:until, 0]).argmin())
        found = [0] * session + [day]
        place = int(held[:, day, session].argmin()) if self.most > 1 else 0
        while session:
            session -= 1
            if place:
                monday = day - day % WEEK
                place -= 1
                day = monday + int(
                    (held[place, monday : monday + WEEK, session] + self.steps.same[day % WEEK]).argmin()
                )
            else:
                monday = day - day % WEEK
                day = int((reached[:monday, session] + self.steps.later[day, :monday]).argmin())
                if self.most > 1 and held[0, day, session] > reached[day, session]:
                    place = int(held[:, day, session].argmin())
            found[session] = day
        return np.array(found)[:, None]

    def _back(self, until: int) -> np.ndarray:
        """From each last session to the first; without meaning for a cohort that has no way."""
        shape = (self.days, self.length, self.number)
        held, reached = self._held.reshape(self.most, *shape), self._reached.reshape(shape)
        every = np.arange(self.number)
        found = np.empty((self.length, self.number), dtype=int)
        day = (reached[:until, -1] + self.late[:until]).argmin(axis=0)
        place = held[:, day, self.length - 1, every].argmin(axis=0)
        found[-1] = day
        week = np.arange(WEEK)[:, None]
        for session in range(self.length - 2, -1, -1):
            before = (reached[:until, session].T + self.steps.later[day, :until]).argmin(axis=1)
            monday = day - day % WEEK
            row = held[place - 1, monday + week, session, every] + self.steps.same[day % WEEK].T
            day = np.where(place > 0, monday + row.argmin(axis=0), before)
            place = np.where(place > 0, place - 1, held[:, day, session, every].argmin(axis=0))
            found[session] = day
        return found
