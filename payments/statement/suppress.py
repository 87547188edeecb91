"""What may be published of proceeds by sector without telling of a firm. Pure.

A line is shown where at least LEAST firms stand behind it, none of them holds more than MOST_SHARE per cent of it, and what the two largest
leave is at least LEAST_REST per cent of the largest: else the second one, who knows its own part, could tell the first one's. Sectors whose
line may not be shown are summed as one line of others, and the smallest that may be shown are added until the sum may be shown as
well: the total of a kind is known to the reader, so that nothing is left to be computed back. A kind of which not even the sum may be
shown is left out, and with it the total of its month.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEAST = 5
MOST_SHARE = 75  # per cent of a line
LEAST_REST = 10  # per cent of the largest firm's part


@dataclass(frozen=True, slots=True)
class Line:
    """sectors: those that are summed here, one for a line of its own. paisa: what came."""

    sectors: tuple[str, ...]
    firms: int
    paisa: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A kind in a month. is_hidden: something came, and too few firms stand behind it."""

    lines: tuple[Line, ...] = ()
    is_hidden: bool = False

    @property
    def paisa(self) -> int:
        return sum(line.paisa for line in self.lines)


Firms = dict[int, int]  # paisa by firm


def cut(sectors: Mapping[str, Mapping[int, int]]) -> Shown:
    """What may be shown of one kind in one month. sectors: paisa by firm, by sector; a firm with nothing does not count."""
    parts = {code: {firm: paisa for firm, paisa in firms.items() if paisa > 0} for code, firms in sectors.items()}
    groups = [((code,), firms) for code, firms in sorted(parts.items()) if firms]
    if not groups:
        return Shown()
    groups.sort(key=lambda group: (_may_show(group[1]), sum(group[1].values()), group[0]))
    rest = [group for group in groups if not _may_show(group[1])]
    own = groups[len(rest) :]
    while rest and own and not _may_show(_added(rest)):
        rest.append(own.pop(0))
    if rest and not _may_show(_added(rest)):
        return Shown(is_hidden=True)
    lines = [_line(codes, firms) for codes, firms in reversed(own)]
    if rest:
        lines.append(_line(tuple(sorted(code for codes, _firms in rest for code in codes)), _added(rest)))
    return Shown(tuple(lines))


def _may_show(firms: Firms) -> bool:
    if len(firms) < LEAST:
        return False
    whole, (second, largest) = sum(firms.values()), sorted(firms.values())[-2:]
    return largest * 100 <= MOST_SHARE * whole and (whole - largest - second) * 100 >= LEAST_REST * largest


def _added(groups: Sequence[tuple[tuple[str, ...], Firms]]) -> Firms:
    found: Firms = {}
    for _codes, firms in groups:
        for firm, paisa in firms.items():
            found[firm] = found.get(firm, 0) + paisa
    return found


def _line(codes: tuple[str, ...], firms: Firms) -> Line:
    return Line(codes, len(firms), sum(firms.values()))


def total(kinds: Sequence[Shown]) -> int | None:
    """Paisa of the month; None where a kind is hidden, since the others and the sum would give it away."""
    return None if any(kind.is_hidden for kind in kinds) else sum(kind.paisa for kind in kinds)
