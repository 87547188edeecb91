"""Why a cohort finds no way through its weeks beside the others: the smallest cause, and what rules out each slot.

Groups of rules are let go one at a time; what stays let go without helping is no part of the cause. What is left cannot
be made smaller: let any one of it go, and the cohort has a way. It is relative to where the others are placed.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import numpy as np

from training.timetable.solver.board import Board
from training.timetable.solver.grid import INF, MINUTE, Course, Grid
from training.timetable.solver.path import Steps, best_days
from training.timetable.solver.problem import MONDAY_TO_SATURDAY, Plan, Problem, Rule, Session

SKILL, TRAINER_CITY, TRAINER, TRAVEL, TRAINER_WEEK = "skill", "trainer_city", "trainer", "travel", "trainer_week"
ROOM, VENUE, PER_WEEK, CALENDAR, WINDOW = "room", "venue", "per_week", "calendar", "window"
GROUPS = (SKILL, TRAINER_CITY, TRAINER, TRAVEL, TRAINER_WEEK, ROOM, VENUE, PER_WEEK, CALENDAR, WINDOW)
"""In the order in which they are let go. skill: with the language. trainer: away, or teaching others. room: capacity
and equipment. venue: closed, or taken by others. calendar: holidays, hours, prayer. window: first and last day, and the
past."""
FURTHER = timedelta(weeks=8)
"""How far beyond the window is looked when it is let go."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The slots of one session within its cohort's days, by what rules them out first; free: how many nothing does.

    trainers, venues: ids of those that fit the session, whenever they may be free.
    """

    session: str
    counts: dict[str, int]
    free: int
    trainers: tuple[str, ...]
    venues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """groups: of GROUPS, none of which can be left out. () where even all let go do not help: there is nobody, nowhere or no time."""

    groups: tuple[str, ...]
    blocked: tuple[Blocked, ...]


def cause(problem: Problem, plan: Plan, cohort: str) -> Cause | None:
    """Why not all sessions of a cohort can be placed beside the other cohorts of the plan; None where they can."""
    view = _View(problem, plan, cohort)
    if view.has_way(GROUPS):
        return None
    kept = list(GROUPS)
    if view.has_way(()):
        for group in GROUPS:
            without = [other for other in kept if other != group]
            if not view.has_way(without):
                kept = without
    else:
        kept = []
    return Cause(tuple(kept), tuple(view.blocked(session) for session in view.course.cohort.sessions))


class _View:
    """A cohort's slots, far beyond its window, with each group of rules for itself."""

    def __init__(self, problem: Problem, plan: Plan, name: str) -> None:
        asked = next(cohort for cohort in problem.cohorts if cohort.id == name)
        wide = replace(asked, first=asked.first - FURTHER, last=asked.last + FURTHER, due=None)
        cohorts = tuple(wide if cohort.id == name else cohort for cohort in problem.cohorts)
        others = {key: placed for key, placed in plan.items() if problem.sessions[key][0].id != name}
        own = {key: problem.standing[key] for key in problem.stays if problem.sessions[key][0].id == name}
        rules = {**problem.rules, "road": Rule("road", is_hard=False, limit=10**6)}
        rules |= {code: Rule(code, is_hard=True) for code in ("trainer_away", "venue_closed") if code in rules}
        self.grid = Grid(
            replace(problem, cohorts=cohorts, standing={**others, **own}, fixed=problem.stays, rules=rules)
        )
        board, self.problem = Board(self.grid), problem
        number = next(place for place, cohort in enumerate(cohorts) if cohort.id == name)
        self.course: Course = self.grid.courses[number]
        board.load_places({key: taken for key, taken in self.grid.numbered(others).items() if key[0] != number})
        slots = self.slots = self.course.slots.ravel()
        grid = self.grid
        days = grid.day[slots]
        in_window = (days >= (asked.first - grid.monday).days) & (days <= (asked.last - grid.monday).days)
        if problem.now is not None:
            in_window &= grid.start[slots] >= (problem.now - datetime.combine(grid.monday, time())) / MINUTE
        is_open = [
            slot < grid.none and grid.calendar_cost(replace(wide, prefers=None), slot) < INF for slot in slots.tolist()
        ]
        self.may = {WINDOW: in_window, CALENDAR: np.array(is_open)}
        at_once = np.zeros((len(problem.trainers), len(slots)), dtype=bool)
        for slot, trainer, _ in board.places.values():
            if trainer >= 0:
                at_once[trainer] |= np.isin(slots, grid.alike(slot))
        away = grid.trainer_base[:, slots] == INF
        self.trainer_may = {
            TRAINER: ~(at_once | away),
            TRAVEL: at_once | (board.held[:, slots, self.course.city] == 0),
            TRAINER_WEEK: (board.load < board.max_week[:, None])[:, grid.week[slots]],
        }
        self.venue_may = (board.taken[:, slots] == 0) & (grid.venue_base[:, slots] < INF)

    def has_way(self, kept: Collection[str]) -> bool:
        """Whether all sessions find a place under these groups of rules."""
        course = self.course
        shape = course.slots.shape
        costs = []
        for place in course.chain:
            may = self._free(course.cohort.sessions[place], kept)
            if place in course.pinned:
                may = self.slots == course.pinned[place][0]
            costs.append(np.where(may, 0.0, INF).reshape(shape).min(axis=1))
        room = course.room_in_week if PER_WEEK in kept else np.full_like(course.room_in_week, len(MONDAY_TO_SATURDAY))
        walk = replace(course, room_in_week=room)
        steps = Steps(len(course.late), course.cohort.good_gap, 0.0)
        return best_days(costs, [False] * len(costs), walk, steps)[0] < INF

    def _free(self, session: Session, kept: Collection[str]) -> np.ndarray:
        grid, cohort = self.grid, self.course.cohort
        may = grid.end[self.slots] - grid.start[self.slots] == session.minutes
        for group, fits in self.may.items():
            if group in kept:
                may &= fits
        trainers = self._trainers(session, kept)
        for group, fits in self.trainer_may.items():
            if group in kept:
                trainers = trainers & fits
        may &= trainers.any(axis=0)
        if not cohort.is_online:
            may &= self._venues(session, kept).any(axis=0)
        return np.asarray(may)

    def _trainers(self, session: Session, kept: Collection[str]) -> np.ndarray:
        cohort, fit = self.course.cohort, []
        for trainer in self.problem.trainers:
            able = session.skill in trainer.skills and cohort.language in trainer.languages
            near = cohort.is_online or cohort.city in trainer.cities
            fit.append((able or SKILL not in kept) and (near or TRAINER_CITY not in kept))
        return np.repeat(np.array(fit, dtype=bool)[:, None], len(self.slots), axis=1)

    def _venues(self, session: Session, kept: Collection[str]) -> np.ndarray:
        cohort = self.course.cohort
        fit = [
            venue.city == cohort.city
            and (ROOM not in kept or (venue.capacity >= cohort.size and session.equipment <= venue.equipment))
            for venue in self.problem.venues
        ]
        here = np.repeat(np.array(fit, dtype=bool)[:, None], len(self.slots), axis=1)
        return np.logical_and(here, self.venue_may) if VENUE in kept else here

    def blocked(self, session: Session) -> Blocked:
        """Rules are taken one after the other; a slot counts for the one that leaves it nobody or nowhere."""
        kept: list[str] = []
        left, counts = self._free(session, (WINDOW,)), {}
        order = (CALENDAR, ROOM, VENUE, SKILL, TRAINER_CITY, TRAINER, TRAVEL, TRAINER_WEEK)
        for group in order if not self.course.cohort.is_online else (CALENDAR, *order[3:]):
            kept.append(group)
            now = self._free(session, (WINDOW, *kept))
            counts[group] = int((left & ~now).sum())
            left = now
        trainers, venues = self._trainers(session, GROUPS)[:, 0], self._venues(session, (ROOM,))[:, 0]
        return Blocked(
            session.id,
            {group: number for group, number in counts.items() if number},
            int(left.sum()),
            tuple(x.id for x, fits in zip(self.problem.trainers, trainers, strict=True) if fits),
            ()
            if self.course.cohort.is_online
            else tuple(x.id for x, fits in zip(self.problem.venues, venues, strict=True) if fits),
        )
