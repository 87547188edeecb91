"""What no plan can do, told before one is looked for: sessions that nothing fits, and sets of sessions that want the
same few rooms or trainers.

A set is proven by counting: so many sessions, fewer places for them. That everything passes proves nothing; the order
of a cohort's sessions and the road between cities are not counted here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from training.timetable.solver.grid import INF, Grid, Kind
from training.timetable.solver.matching import hall_sets
from training.timetable.solver.problem import Problem

NO_SLOT, NO_TRAINER, NO_VENUE, NEVER_TOGETHER = "no_slot", "no_trainer", "no_venue", "never_together"
VENUES_FULL, TRAINERS_FULL, WEEKS_FULL = "venues_full", "trainers_full", "weeks_full"


@dataclass(frozen=True, slots=True)
class Impossible:
    """code NO_SLOT, NO_TRAINER, NO_VENUE: no time, trainer or venue fits the sessions at all; NEVER_TOGETHER: each
    exists, but trainer, venue and time are never free together, whoever else is placed.

    Else a set: `sessions` need `resources` (ids of venues or trainers), which take `room` of them, `missing` too few.
    """

    code: str
    sessions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    room: int = 0

    @property
    def missing(self) -> int:
        return len(self.sessions) - self.room


def precheck(problem: Problem) -> tuple[Impossible, ...]:
    """All that is impossible; () where counting shows nothing. What stays is counted as it stands."""
    grid = Grid(problem)
    wants = _wants(grid)
    found = [Impossible(code, (want.key,)) for want in wants for code in want.lacking()]
    able = [want for want in wants if not any(want.lacking())]
    groups, sizes = _groups_of_slots(grid)
    for code, number in ((VENUES_FULL, len(problem.venues)), (TRAINERS_FULL, len(problem.trainers))):
        found += _full(code, able, grid, groups, np.tile(sizes, (number, 1)))
    most = np.array([trainer.max_week for trainer in problem.trainers])
    found += _full(WEEKS_FULL, able, grid, grid.week, np.tile(most[:, None], (1, grid.weeks)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Want:
    """A session and what would do. trainers, venues: [number, 2] of who or where, and slot, at which a session may be
    held as far as calendar, trainers and venues go; None for venues where none is needed."""

    key: str
    has_slot: bool
    has_trainer: bool
    has_venue: bool
    trainers: np.ndarray
    venues: np.ndarray | None
    is_pinned: bool = False

    def lacking(self) -> Iterator[str]:
        if self.is_pinned:
            return  # a person put it there; what that breaks, the check tells
        if not self.has_slot:
            yield NO_SLOT
        if not self.has_trainer:
            yield NO_TRAINER
        if not self.has_venue:
            yield NO_VENUE
        if self.has_slot and self.has_trainer and self.has_venue and not len(self.trainers):
            yield NEVER_TOGETHER


def _wants(grid: Grid) -> list[_Want]:
    """Arrays are shared by sessions that want the same, whatever their cohort."""
    shared: dict[tuple[bytes, ...], _Want] = {}
    found = []
    for course in grid.courses:
        for place, session in enumerate(course.cohort.sessions):
            if place in course.pinned:
                slot, trainer, venue = course.pinned[place]
                at = [np.array([[who, slot]] if who >= 0 else [], dtype=int).reshape(-1, 2) for who in (trainer, venue)]
                found.append(_Want(session.id, True, True, True, at[0], at[1] if venue >= 0 else None, is_pinned=True))
                continue
            kind = course.kinds[place]
            slots = course.slots.ravel()[kind.static < INF]
            key = (slots.tobytes(), kind.who.tobytes(), kind.where.tobytes())
            if key not in shared:
                shared[key] = _want(grid, kind, slots)
            found.append(replace(shared[key], key=session.id))
    return found


def _want(grid: Grid, kind: Kind, slots: np.ndarray) -> _Want:
    needs_none = len(kind.where) > 0 and kind.where[0] < 0
    trainers = grid.trainer_base[kind.who][:, slots] < INF
    both = trainers.any(axis=0)
    venues = None
    if not needs_none:
        venues = grid.venue_base[kind.where][:, slots] < INF
        both &= venues.any(axis=0)
        venues = _pairs(kind.where, slots, venues & both)
    has = (len(slots) > 0, len(kind.who) > 0, len(kind.where) > 0)
    return _Want("", *has, _pairs(kind.who, slots, trainers & both), venues)


def _pairs(who: np.ndarray, slots: np.ndarray, may: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(may)
    return np.column_stack((who[rows], slots[columns]))


def _groups_of_slots(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """The group of each slot, slots that overlap, or overlap with one that does, in one; and how many of each group can
    be held one after the other."""
    groups, sizes, free_at, ends = np.zeros(grid.none + 1, dtype=int), [0], -1, -1
    for slot in np.lexsort((grid.end[:-1], grid.start[:-1])).tolist():
        if grid.start[slot] >= ends:
            sizes.append(0)
        groups[slot] = len(sizes) - 1
        ends = max(ends, int(grid.end[slot]))
    for slot in np.lexsort((grid.start[:-1], grid.end[:-1])).tolist():  # by their end: the most that fit
        if grid.start[slot] >= free_at:
            sizes[groups[slot]] += 1
            free_at = int(grid.end[slot])
    return groups, np.array(sizes)


def _full(code: str, wants: list[_Want], grid: Grid, when: np.ndarray, room: np.ndarray) -> Iterator[Impossible]:
    """The sets of sessions that lack venues or trainers.

    when: the group of each slot of which a resource holds so many; room: [resource, group].
    """
    resources = grid.problem.venues if code == VENUES_FULL else grid.problem.trainers
    wanted, keys, shared = [], [], {}
    for want in wants:
        pairs = want.venues if code == VENUES_FULL else want.trainers
        if pairs is None or (want.is_pinned and not len(pairs)):
            continue
        if id(pairs) not in shared:
            shared[id(pairs)] = np.unique(when[pairs[:, 1]] * len(resources) + pairs[:, 0]).tolist()
        wanted.append(shared[id(pairs)])
        keys.append(want.key)
    rooms = room.T.ravel().tolist()
    for hall in hall_sets(wanted, rooms):
        names = tuple(resources[who].id for who in sorted({place % len(resources) for place in hall.places}))
        yield Impossible(code, tuple(keys[member] for member in hall.members), names, hall.room)
