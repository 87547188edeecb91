"""Trainers and venues of a plan once more, exactly, while every session keeps its slot.

Between two weeks nothing binds but a journey over a Sunday, so each week is a small model of its own for HiGHS. Its
answer is taken where it is complete, lighter by the board's own count, and breaks nothing; else the week stays as it
was.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

import numpy as np

from training.timetable.solver.board import Board, Place
from training.timetable.solver.grid import INF

MAX_NODES = 2000
"""Of the search of HiGHS in one week: a count and not a clock, so that the same plan comes out on every machine."""
MAX_SESSIONS = 150
"""A week with more of them, all weeks taken together, is divided by city: together they would take minutes."""
EXACT = 1e-6

Key = tuple[int, int]


def polish(board: Board, weeks: Collection[int] | None = None) -> None:
    """Makes the board's plan lighter where that can be done without moving a session in time. weeks: None for all."""
    groups: dict[tuple[int, int], list[Key]] = defaultdict(list)
    is_large = len(board.places) > MAX_SESSIONS * board.grid.weeks
    for key, (slot, _, _) in board.places.items():
        course, week = board.grid.courses[key[0]], int(board.grid.week[slot])
        if key[1] not in course.pinned and (weeks is None or week in weeks):
            groups[week, course.city if is_large else 0].append(key)
    for _, keys in sorted(groups.items()):
        _polish_group(board, sorted(keys))


def _polish_group(board: Board, keys: list[Key]) -> None:
    before, old = board.cost, {key: board.places[key] for key in keys}
    board.lift(keys)
    trainers = _best_trainers(board, old)
    venues = _best_venues(board, old)
    new = {key: (old[key][0], trainers.get(key, old[key][1]), venues.get(key, old[key][2])) for key in keys}
    if not _is_free(board, new):
        new = old
    board.settle(new)
    if board.cost > before:
        board.lift(keys)
        board.settle(old)


def seat(board: Board, wanted: dict[Key, Place], lack: float) -> None:
    """Gives as many sessions of one week as can be a trainer and a venue at their slots; the others are left off the
    board.

    wanted: with the slot of each, and the trainer and venue that stand. Sessions that are on the board keep their slot.
    lack: what leaving one off costs beside the costs of the board.
    """
    board.lift([key for key in wanted if key in board.places])
    trainers = _best_trainers(board, wanted, lack)
    venues = _best_venues(board, {key: wanted[key] for key in trainers}, lack)
    new = {key: (wanted[key][0], trainers[key], venues[key]) for key in venues}
    if _is_free(board, new):
        board.settle(new)


def _best_trainers(board: Board, old: dict[Key, Place], lack: float = INF) -> dict[Key, int]:
    """{} where HiGHS has no answer or nothing to gain. lack: what a session without a trainer costs, INF: none may."""
    if not old or (lack == INF and _is_cheapest(board, old)):
        return {}
    grid, model = board.grid, _Model()
    columns: dict[tuple[Key, int], int] = {}
    for key, (slot, _, _) in old.items():
        course = grid.courses[key[0]]
        kind = course.kinds[key[1]]
        pay = kind.pay + grid.trainer_base[kind.who, slot]
        pay[board.held[kind.who, slot, course.city] > 0] = INF
        own = [(model.column(lack, 1.0, is_whole=True), 1.0)] if lack < INF else []
        for trainer, cost in zip(kind.who.tolist(), pay.tolist(), strict=True):
            if cost < INF:
                columns[key, trainer] = model.column(cost, 1.0, is_whole=True)
                own.append((columns[key, trainer], 1.0))
        model.row(1.0, 1.0, own)
    week = int(grid.week[next(iter(old.values()))[0]])
    of_trainer: dict[int, list[Key]] = defaultdict(list)
    for key, trainer in columns:
        of_trainer[trainer].append(key)
    load = board.load[:, week].tolist()
    for trainer, clash in _within(_clashes(board, old), of_trainer):
        model.row(-INF, 1.0, [(columns[key, trainer], 1.0) for key in clash])
    for trainer, keys in sorted(of_trainer.items()):
        there, good = load[trainer], int(board.good_week[trainer])
        terms = [(columns[key, trainer], 1.0) for key in keys]
        model.row(-INF, float(board.max_week[trainer]) - there, terms)
        over = model.column(board.load_price, INF, is_whole=False)
        model.row(-INF, float(good - there), [*terms, (over, -1.0)])
    chosen = model.chosen()
    return {key: trainer for (key, trainer), column in columns.items() if column in chosen}


def _is_cheapest(board: Board, old: dict[Key, Place]) -> bool:
    """Whether each has one of its cheapest trainers and nobody's week is over what is gladly given: then nothing helps."""
    load = board.load
    for key, (slot, trainer, _) in old.items():
        kind = board.grid.courses[key[0]].kinds[key[1]]
        load[trainer, board.grid.week[slot]] += 1
        if (
            kind.pay_of.get(trainer, INF) > kind.pay.min()
            or load[trainer, board.grid.week[slot]] > board.good_week[trainer]
        ):
            return False
    return True


def _best_venues(board: Board, old: dict[Key, Place], lack: float = INF) -> dict[Key, int]:
    """{} where HiGHS has no answer, or, where none may lack one, each has one of its cheapest already."""
    grid, model = board.grid, _Model()
    columns: dict[tuple[Key, int], int] = {}
    kinds = {key: grid.courses[key[0]].kinds[key[1]] for key in old}
    if lack == INF and all(kinds[key].rent_of.get(old[key][2]) == kinds[key].rent.min() for key in old):
        return {}
    for key, (slot, _, _) in old.items():
        kind = kinds[key]
        own = [(model.column(lack, 1.0, is_whole=True), 1.0)] if lack < INF else []
        for place, venue in enumerate(kind.where.tolist()):
            cost = float(kind.rent[place]) + (float(grid.venue_base[venue, slot]) if venue >= 0 else 0.0)
            if cost < INF and (venue < 0 or not board.taken[venue, slot]):
                columns[key, venue] = model.column(cost, 1.0, is_whole=True)
                own.append((columns[key, venue], 1.0))
        model.row(1.0, 1.0, own)
    of_venue: dict[int, list[Key]] = defaultdict(list)
    for key, venue in columns:
        of_venue[venue].append(key)
    of_venue.pop(-1, None)
    for venue, clash in _within(_at_once(board, old), of_venue):
        model.row(-INF, 1.0, [(columns[key, venue], 1.0) for key in clash])
    chosen = model.chosen()
    return {key: venue for (key, venue), column in columns.items() if column in chosen}


def _at_once(board: Board, old: dict[Key, Place]) -> list[set[Key]]:
    """Sets of sessions of which all overlap: those that go on when one of them begins."""
    start, end = board.grid.start, board.grid.end
    slots = sorted({slot for slot, _, _ in old.values()})
    groups = {frozenset(s for s in slots if start[s] <= start[slot] < end[s]) for slot in slots}
    return [{key for key, place in old.items() if place[0] in group} for group in sorted(groups, key=sorted)]


def _clashes(board: Board, old: dict[Key, Place]) -> list[set[Key]]:
    """Sets of sessions of which no trainer can hold two: at once, or too far from each other."""
    grid, sets = board.grid, _at_once(board, old)
    by_place: dict[tuple[int, int], set[Key]] = defaultdict(set)
    for key, (slot, _, _) in old.items():
        by_place[grid.courses[key[0]].city, slot].add(key)
    for (city, slot), keys in by_place.items():
        near = set(zip(*(places.tolist() for places in grid.near(city, slot)), strict=True))
        for other, others in by_place.items():
            is_apart = slot not in grid.alike(other[1])
            if other > (city, slot) and is_apart and other in near:
                sets += [{one, two} for one in keys for two in others]
    return sets


def _within(sets: list[set[Key]], of_resource: dict[int, list[Key]]) -> Iterator[tuple[int, list[Key]]]:
    """What each resource's keys share with each set, where that is more than one."""
    sets_of: dict[Key, list[int]] = defaultdict(list)
    for number, some in enumerate(sets):
        for key in some:
            sets_of[key].append(number)
    for resource, keys in sorted(of_resource.items()):
        inside: dict[int, list[Key]] = defaultdict(list)
        for key in keys:
            for number in sets_of[key]:
                inside[number].append(key)
        for _, some_keys in sorted(inside.items()):
            if len(some_keys) > 1:
                yield resource, some_keys


def _is_free(board: Board, new: dict[Key, Place]) -> bool:
    """Whether these places can stand beside each other and beside what is on the board."""
    grid = board.grid
    held, taken, before = board.held.copy(), board.taken.copy(), board.load
    load = before.copy()
    for (number, _), (slot, trainer, venue) in new.items():
        city = grid.courses[number].city
        if held[trainer, slot, city] or (venue >= 0 and taken[venue, slot]):
            return False
        cities, slots = grid.near(city, slot)
        held[trainer, slots, cities] += 1
        load[trainer, grid.week[slot]] += 1
        if venue >= 0:
            taken[venue, grid.alike(slot)] += 1
    return bool((load <= np.maximum(board.max_week[:, None], before)).all())


class _Model:
    """A small model of HiGHS, filled a column and a row at a time, solved once."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.upper: list[float] = []
        self.whole: list[int] = []
        self.lows: list[float] = []
        self.highs: list[float] = []
        self.starts: list[int] = []
        self.index: list[int] = []
        self.value: list[float] = []

    def column(self, cost: float, upper: float, *, is_whole: bool) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        if is_whole:
            self.whole.append(len(self.costs) - 1)
        return len(self.costs) - 1

    def row(self, low: float, high: float, terms: list[tuple[int, float]]) -> None:
        self.lows.append(low)
        self.highs.append(high)
        self.starts.append(len(self.index))
        self.index += [column for column, _ in terms]
        self.value += [value for _, value in terms]

    def chosen(self) -> set[int]:
        """Whole columns at one; none where no answer was found."""
        import highspy  # noqa: PLC0415 - only the worker makes plans; no page pays for it at start-up
        from highspy._core import _Highs  # noqa: PLC0415 - highspy.Highs prints a banner for each one made

        highs, options = _Highs(), highspy.HighsOptions()
        options.output_flag, options.threads, options.random_seed, options.mip_max_nodes = False, 1, 0, MAX_NODES
        highs.passOptions(options)
        number = len(self.costs)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = number, len(self.lows)
        model.col_cost_, model.col_lower_, model.col_upper_ = (
            np.array(self.costs),
            np.zeros(number),
            np.array(self.upper),
        )
        model.row_lower_, model.row_upper_ = np.array(self.lows), np.array(self.highs)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array([*self.starts, len(self.index)])
        model.a_matrix_.index_, model.a_matrix_.value_ = np.array(self.index), np.array(self.value)
        kinds = [highspy.HighsVarType.kContinuous] * number
        for column in self.whole:
            kinds[column] = highspy.HighsVarType.kInteger
        model.integrality_ = kinds
        highs.passModel(model)
        highs.run()
        values = np.array(highs.getSolution().col_value)
        if (
            len(values) != number
            or highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible
        ):
            return set()
        return set(np.flatnonzero(values > 1 - EXACT).tolist()) & set(self.whole)
