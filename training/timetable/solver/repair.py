"""What changes as little as may be when something happens: a trainer falls ill, a venue closes, a holiday comes.

Few changes come first, a session at another time weighing most, then another trainer, then another venue; soft rules
choose between equals. What began before now, was held, or is fixed by hand never moves.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from training.timetable.solver.board import Board, Place
from training.timetable.solver.grid import INF, Grid, Weights
from training.timetable.solver.polish import polish, seat
from training.timetable.solver.problem import Placed, Problem, day_of
from training.timetable.solver.rules import Violation, check, hard
from training.timetable.solver.solve import search

MOVED_SLOT, CHANGED_TRAINER, CHANGED_VENUE = 100, 10, 2
OVER_SOFT = 1000
"""How much more than a point of a soft rule one part of these weighs."""
STEPS = 60


@dataclass(frozen=True, slots=True)
class Change:
    """old: None for a session that had no place; new: None for one that found none."""

    session: str
    old: Placed | None
    new: Placed | None

    @property
    def is_moved(self) -> bool:
        return self.old is None or self.new is None or self.old.start != self.new.start

    @property
    def is_other_trainer(self) -> bool:
        return self.old is not None and self.new is not None and self.old.trainer != self.new.trainer

    @property
    def is_other_venue(self) -> bool:
        return self.old is not None and self.new is not None and self.old.venue != self.new.venue


@dataclass(frozen=True, slots=True)
class Repair:
    """changes: against what stands, in the order of the problem. violations: what `check` says of the plan."""

    plan: dict[str, Placed]
    changes: tuple[Change, ...]
    violations: tuple[Violation, ...]
    seed: int
    steps: int

    @property
    def moved(self) -> int:
        return sum(change.is_moved for change in self.changes)

    @property
    def cost(self) -> int:
        """Of the changes alone."""
        return sum(
            MOVED_SLOT * change.is_moved
            + CHANGED_TRAINER * change.is_other_trainer
            + CHANGED_VENUE * change.is_other_venue
            for change in self.changes
        )


def repair(problem: Problem, *, seed: int, steps: int = STEPS) -> Repair:
    """The plan that stands, with the fewest changes after which nothing blocks, as far as that can be.

    problem: as it is since; `standing` is the plan before. The same seed and steps give the same answer.
    """
    hit = _hit(problem)
    weights = Weights(*(part * OVER_SOFT for part in (MOVED_SLOT, CHANGED_TRAINER, CHANGED_VENUE)))
    grid = Grid(_with_loose_ends_fixed(problem, hit), weights)
    board = Board(grid)
    standing = grid.numbered(problem.standing)
    _seat_at_their_slots(board, standing, hit)
    numbers = sorted({number for number, _ in board.unplaced()})
    for number in numbers:
        board.remove(number)
        board.insert(number)
    if numbers:
        random = np.random.default_rng(seed)
        _swap(board, numbers, standing)
        polish(board, _changed_weeks(board, standing))
        search(board, random, steps, among=numbers)
        _swap(board, numbers, standing)
        polish(board, _changed_weeks(board, standing))
    plan = grid.named(board.places)
    changes = tuple(
        Change(key, problem.standing.get(key), plan.get(key))
        for key in problem.sessions
        if problem.standing.get(key) != plan.get(key)
    )
    return Repair(plan, changes, check(problem, plan), seed, steps)


def _seat_at_their_slots(board: Board, standing: dict[tuple[int, int], Place], hit: set[str]) -> None:
    """Whoever can stay at his time does: others of that week give up a trainer or a venue where that helps, exactly."""
    grid = board.grid
    is_hit = {key for key in standing if grid.courses[key[0]].cohort.sessions[key[1]].id in hit}
    board.load_places({key: taken for key, taken in standing.items() if key not in is_hit})
    for week in sorted({int(grid.week[standing[key][0]]) for key in is_hit}):
        wanted = {}
        for key, taken in standing.items():
            course = grid.courses[key[0]]
            may_stand = course.kinds[key[1]].static[course.position[taken[0]]] < INF
            if grid.week[taken[0]] == week and key[1] not in course.pinned and (may_stand or key not in is_hit):
                wanted[key] = taken
        seat(board, wanted, MOVED_SLOT * OVER_SOFT)


def _hit(problem: Problem) -> set[str]:
    """Sessions that something blocks, those without a place among them, and that may move."""
    blocked = {key for violation in hard(check(problem, problem.standing)) for key in violation.sessions}
    return {key for key in blocked if key in problem.sessions and key not in problem.stays}


def _with_loose_ends_fixed(problem: Problem, hit: set[str]) -> Problem:
    """A cohort that a person put out of order keeps it: its sessions that nothing blocks stay where they are."""
    fixed = set(problem.fixed)
    for cohort in problem.cohorts:
        days = [
            day_of(problem.standing[session.id].start) for session in cohort.sessions if session.id in problem.standing
        ]
        if any(one >= other for one, other in pairwise(days)):
            fixed |= {
                session.id for session in cohort.sessions if session.id not in hit and session.id in problem.standing
            }
    return replace(problem, fixed=frozenset(fixed))


def _swap(board: Board, numbers: list[int], standing: dict[tuple[int, int], Place]) -> None:
    """Tries each cohort that was hit together with each that holds what it would need to stay where it stands."""
    is_better = True
    while is_better:
        is_better = False
        for number in numbers:
            for other in _in_the_way(board, number, standing):
                for pair in ((number, other), (other, number)):
                    is_better |= _try(board, pair)


def _in_the_way(board: Board, number: int, standing: dict[tuple[int, int], Place]) -> list[int]:
    grid, course, found = board.grid, board.grid.courses[number], set()
    for place, kind in enumerate(course.kinds):
        old, new = standing.get((number, place)), board.places.get((number, place))
        if old is None or old == new or place in course.pinned:
            continue
        near, who, where = set(grid.alike(old[0]).tolist()), set(kind.who.tolist()), set(kind.where.tolist()) - {-1}
        for (other, _), (slot, trainer, venue) in board.places.items():
            if other != number and slot in near and (trainer in who or venue in where):
                found.add(other)
    return sorted(found)


def _changed_weeks(board: Board, standing: dict[tuple[int, int], Place]) -> set[int]:
    return {int(board.grid.week[taken[0]]) for key, taken in board.places.items() if standing.get(key) != taken}


def _try(board: Board, pair: tuple[int, int]) -> bool:
    """Places both anew, in this order; whether that was lighter. Else they stay."""
    before = board.cost
    off = [(number, board.remove(number)) for number in pair]
    for number in pair:
        board.insert(number)
    if board.cost < before:
        return True
    for number in pair:
        board.remove(number)
    for number, places in off:
        board.put_back(number, places)
    return False
