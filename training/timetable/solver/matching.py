"""Who cannot all be served, and by what: sessions against places of which each takes so many, matched as far as they
go.

By Hall's theorem sessions can all be served just where no set of them has fewer places between its members than it has
members. What is left over after a largest matching leads to such a set: everything it could push out, and what that
could.
"""

from collections.abc import Sequence
from dataclasses import dataclass

NOWHERE = -1
STRIDE = 7919


@dataclass(frozen=True, slots=True)
class HallSet:
    """members: more than the places between them take. room: how many these take. missing: members less room."""

    members: tuple[int, ...]
    places: tuple[int, ...]
    room: int

    @property
    def missing(self) -> int:
        return len(self.members) - self.room


def hall_sets(wanted: Sequence[Sequence[int]], room: Sequence[int]) -> list[HallSet]:
    """The sets that cannot be served, each with what it lacks; [] where all can.

    wanted: of each member, the places that would do. room: how many members each place takes. The sets share no place,
    and together lack as many places as must stay unserved.
    """
    held: list[list[int]] = [[] for _ in room]
    order = sorted(range(len(wanted)), key=lambda member: len(wanted[member]))
    left = [member for member in order if not _serve(member, wanted, room, held)]
    found: list[tuple[set[int], set[int]]] = []
    for member in left:
        members, places = _reach(member, wanted, held)
        apart = []
        for other_members, other_places in found:
            if places & other_places or members & other_members:
                members, places = members | other_members, places | other_places
            else:
                apart.append((other_members, other_places))
        found = [*apart, (members, places)]
    return [
        HallSet(tuple(sorted(members)), tuple(sorted(places)), sum(room[place] for place in places))
        for members, places in found
    ]


def _serve(member: int, wanted: Sequence[Sequence[int]], room: Sequence[int], held: list[list[int]]) -> bool:
    """Finds the member a place, pushing others on where they have somewhere else to go."""
    own = wanted[member]
    start = member * STRIDE % max(1, len(own))  # not all from the first: they would look through what the others filled
    for place in (*own[start:], *own[:start]):
        if len(held[place]) < room[place]:
            held[place].append(member)
            return True
    came_from: dict[int, tuple[int, int]] = dict.fromkeys(own, (member, NOWHERE))
    queue = list(own)
    for place in queue:  # grows as it is walked
        for other in held[place]:
            for further in wanted[other]:
                if further in came_from:
                    continue
                came_from[further] = (other, place)
                if len(held[further]) < room[further]:
                    _push(further, came_from, held)
                    return True
                queue.append(further)
    return False


def _push(place: int, came_from: dict[int, tuple[int, int]], held: list[list[int]]) -> None:
    while place != NOWHERE:
        member, source = came_from[place]
        held[place].append(member)
        if source != NOWHERE:
            held[source].remove(member)
        place = source


def _reach(member: int, wanted: Sequence[Sequence[int]], held: list[list[int]]) -> tuple[set[int], set[int]]:
    members, places, queue = {member}, set(wanted[member]), list(wanted[member])
    for place in queue:  # grows as it is walked
        for other in held[place]:
            members.add(other)
            fresh = [further for further in wanted[other] if further not in places]
            places.update(fresh)
            queue += fresh
    return members, places
