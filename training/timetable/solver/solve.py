"""A plan: one cohort after the other by the best way through its weeks, then again and again a few of them anew.

Before that the bound prices what many want; a cohort that minds these prices leaves to others what they need more.
The same problem, seed and number of steps give the same plan on every run; no clock is looked at.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.timetable.solver.board import Board, Prices
from training.timetable.solver.bound import Bound, priced
from training.timetable.solver.grid import NOT_PLACED, Grid
from training.timetable.solver.polish import polish
from training.timetable.solver.problem import Placed, Plan, Problem
from training.timetable.solver.rules import Violation, check, hard, soft_cost

STEPS, PRICED = 2500, 400
"""How often some cohorts are placed anew, and before that how often prices are set; more often never helped much."""
STEPS_SHARED, PRICED_SHARED = 3_600_000, 576_000
"""What of both is shared by the sessions of a large problem, so that it too ends in about eight seconds of a core."""
WARM, COLD = 1.0, 0.15
"""What a step may cost more and still be taken about one time in three, at the start and at the end."""
MAX_NOISE, NOISY = 1.0, 0.3
"""Points that a day may seem dearer than it is, so that another way is found, and how often one does."""
CAREFUL = 0.8
"""How often a cohort minds the prices, more or less, when it is placed."""
EXPECTED = 0.85
"""What a plan will cost, measured by the first one: the prices' steps need to know about how far they are to go."""
MAX_CHANCE = 200.0
"""Points beyond which a cohort is no likelier to be taken off: a session without a place costs millions."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan and how it stands. unplaced: ids of sessions that found no place. seed, steps: make it again.

    violations: what `check` says of it, also of what persons fixed. first_cost: before any step. bound: None where no
    step was taken.
    """

    plan: dict[str, Placed]
    unplaced: tuple[str, ...]
    violations: tuple[Violation, ...]
    seed: int
    steps: int
    first_cost: int
    bound: Bound | None = None

    @property
    def soft_cost(self) -> int:
        return soft_cost(self.violations)

    @property
    def hard_clashes(self) -> int:
        """What blocks, sessions without a place among it."""
        return len(hard(self.violations))


def steps_for(problem: Problem) -> int:
    """As many steps as end within ten seconds on one core, with everything that goes before and after them."""
    return min(STEPS, STEPS_SHARED // max(1, len(problem.sessions)))


def prices_for(problem: Problem) -> int:
    """How often prices are set for a problem of that size."""
    return min(PRICED, PRICED_SHARED // max(1, len(problem.sessions)))


def solve(
    problem: Problem,
    *,
    seed: int,
    steps: int = STEPS,
    start: Plan | None = None,
    on_step: Callable[[int, float], None] | None = None,
    on_price: Callable[[int], None] | None = None,
) -> Proposal:
    """The best plan found in so many steps; sessions of `problem.stays` keep the places at which they stand.

    start: a plan to begin from, None to begin from nothing. on_step: told the step and the cost, for a bar of progress;
    on_price: told how often the prices were set, before the first step.
    """
    grid = Grid(problem)
    board = Board(grid)
    if start is not None:
        board.load_places(grid.numbered(start))
    else:
        construct(board)
    first_cost = board.cost
    bound = None
    if steps:
        expected = EXPECTED * (first_cost - NOT_PLACED * len(board.unplaced()))
        bound, prices = priced(board, aim=expected, steps=prices_for(problem), on_step=on_price)
        board = _begun_anew(board, prices, may_differ=start is None)
        search(board, np.random.default_rng(seed), steps, on_step=on_step)
    polish(board)
    plan = grid.named(board.places)
    unplaced = tuple(key for key in problem.sessions if key not in plan)
    return Proposal(plan, unplaced, check(problem, plan), seed, steps, int(first_cost), bound)


def _begun_anew(board: Board, prices: Prices, *, may_differ: bool) -> Board:
    """The plan that there is, or one whose cohorts mind the prices, where that costs less."""
    other = Board(board.grid, prices)
    if may_differ:
        construct(other, care=1.0)
    if not may_differ or other.cost > board.cost:
        other.load_places(board.places)
    return other


def construct(board: Board, care: float = 0.0) -> None:
    """Every cohort once: those that need a room first, then those with the fewest days, then with the fewest trainers.

    care: how much of the board's prices they mind.
    """
    courses = board.grid.courses
    order = sorted(
        range(len(courses)),
        key=lambda number: (
            courses[number].cohort.is_online,
            -(courses[number].cohort.first - board.grid.monday).days,
            min((len(kind.who) * len(kind.where) for kind in courses[number].kinds), default=0),
            number,
        ),
    )
    for number in order:
        board.remove(number)
        board.insert(number, care=care)


def search(
    board: Board,
    random: np.random.Generator,
    steps: int,
    *,
    on_step: Callable[[int, float], None] | None = None,
    among: list[int] | None = None,
) -> None:
    """Takes one to three cohorts off and places them anew, `steps` times; leaves the best that was met on the board.

    among: the first of each step is one of these; None: any.
    """
    courses = board.grid.courses
    firsts = list(range(len(courses))) if among is None else among
    if not firsts or not steps:
        return
    best_cost, best = board.cost, dict(board.places)
    for step in range(steps):
        warmth = WARM * (COLD / WARM) ** (step / steps)
        lacking = sorted({number for number, _ in board.unplaced()} & set(firsts))
        first = _first(board, firsts, lacking, random)
        some = _with_neighbours(board, first, random)
        before = board.cost
        costs = board.cost_of[some].tolist()
        off = {number: board.remove(number) for number in some}
        order = some if lacking else [some[place] for place in np.argsort(random.random(len(some))).tolist()]
        for number in order:
            course = courses[number]
            noise = random.random((len(course.chain), len(course.late))) * (MAX_NOISE * random.random())
            care = random.random() if board.prices is not None and random.random() < CAREFUL else 0.0
            board.insert(number, noise if random.random() < NOISY else None, care)
        cost = board.cost
        if cost > before and random.random() >= math.exp((before - cost) / warmth):
            for number in some:
                board.remove(number)
            for number, own in zip(some, costs, strict=True):
                board.put_back(number, off[number], own)
        elif cost < best_cost:
            best_cost, best = cost, dict(board.places)
        if on_step is not None:
            on_step(step + 1, best_cost)
    board.load_places(best)


def _one_of(numbers: list[int], random: np.random.Generator) -> int:
    return numbers[int(random.random() * len(numbers))]


def _first(board: Board, firsts: list[int], lacking: list[int], random: np.random.Generator) -> int:
    """Mostly a cohort that lacks a place, where one does; else half the time the likelier the more it costs."""
    if lacking and random.random() < 0.7:
        return _one_of(lacking, random)
    if random.random() < 0.5:
        return _one_of(firsts, random)
    chances = np.minimum(board.cost_of[firsts], MAX_CHANCE).cumsum() + np.arange(1, len(firsts) + 1)
    return firsts[int(np.searchsorted(chances, random.random() * chances[-1], side="right"))]


def _with_neighbours(board: Board, first: int, random: np.random.Generator) -> list[int]:
    """The cohort, and none to two others: of its city, or any."""
    courses = board.grid.courses
    others = int(random.random() * 3)
    city = courses[first].city
    near = [n for n, course in enumerate(courses) if course.city == city and n != first]
    any_other = [n for n in range(len(courses)) if n != first]
    pool = near if near and random.random() < 0.6 else any_other
    picked = [first]
    for _ in range(min(others, len(pool))):
        number = _one_of(pool, random)
        if number not in picked:
            picked.append(number)
    return picked


def cost_of(problem: Problem, plan: Plan) -> float:
    """What the search thinks that a plan costs, sessions without a place left out; the check counts it for itself."""
    grid = Grid(problem)
    board = Board(grid)
    board.load_places(grid.numbered(plan))
    return board.cost - NOT_PLACED * len(board.unplaced())
