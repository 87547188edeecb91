"""What is left of something, day by day: a line that falls in steps. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .drawing import STROKES, Number, Pen, Table, escaped, number_text, share_of, ticks

CEILING, FLOOR = 18, 138
LABELS_APART = 24  # per cent of the width, so that two days do not lie on each other on the narrowest screen


@dataclass(frozen=True, slots=True)
class Stair:
    """value: from that day on. at: days since the beginning of the axis; day: its words."""

    at: int
    day: str
    value: Number


@dataclass(frozen=True, slots=True)
class Flight:
    """stairs: one or more, in the order of their days."""

    name: str
    stairs: tuple[Stair, ...]
    tone: str = "green"


@dataclass(frozen=True, slots=True)
class Staircase:
    """head: name of the days. first, last: words of the ends of the axis. length: its days, at least one; no stair lies behind it."""

    head: str
    first: str
    last: str
    length: int
    flights: tuple[Flight, ...]

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen, height = Pen(rtl), FLOOR - CEILING
        axis = ticks(max((stair.value for one in self.flights for stair in one.stairs), default=0) or 1)
        parts = []
        for tick in axis:
            y = FLOOR - height * float(tick) / float(axis[-1])
            parts.append(pen.line(0, y, 100, y, dress="s-line" if tick else "s-strong"))
            parts.append(pen.text(0, y - 4, escaped(number_text(tick)), "t-q t-xs"))
        lines = "".join(self._line(one, float(axis[-1]), height, rtl=rtl) for one in self.flights)
        parts.append(
            f'<svg x="0" y="{CEILING}" width="100%" height="{height}" viewBox="0 0 100 {height}" '
            f'preserveAspectRatio="none" overflow="visible">{lines}</svg>'
        )
        for x, day in self._days():
            anchor = "start" if x == 0 else "end" if x == 100 else "middle"
            parts.append(pen.text(x, FLOOR + 18, escaped(day), "t-q t-xs", anchor))
        return pen.frame(name, FLOOR + 26, parts)

    def _line(self, flight: Flight, top: float, height: float, *, rtl: bool) -> str:
        points: list[tuple[float, float]] = []
        for stair in flight.stairs:
            x, y = 100 * stair.at / self.length, height - height * share_of(stair.value, top) / 100
            if points:
                points.append((x, points[-1][1]))
            points.append((x, y))
        path = " ".join(f"{100 - x if rtl else x:.1f},{y:.1f}" for x, y in points)
        return f'<polyline points="{path}" class="{STROKES[flight.tone]} thin" fill="none"/>'

    def _days(self) -> list[tuple[float, str]]:
        """Both ends of the axis, and each stair between them that has room for its day."""
        shown = [(0.0, self.first), (100.0, self.last)]
        for at, day in sorted({(stair.at, stair.day) for one in self.flights for stair in one.stairs}):
            x = 100 * at / self.length
            if all(abs(x - there) >= LABELS_APART for there, _day in shown):
                shown.append((x, day))
        return sorted(shown)

    def table(self) -> Table:
        days = sorted({(stair.at, stair.day) for one in self.flights for stair in one.stairs})
        rows = tuple((day, *(_value_on(one, at) for one in self.flights)) for at, day in days)
        return Table((str(self.head), *(str(one.name) for one in self.flights)), rows)

    def legend(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(one.name), STROKES[one.tone]) for one in self.flights) if len(self.flights) > 1 else ()


def _value_on(flight: Flight, at: int) -> str:
    """A dash outside of the line."""
    known = [stair.value for stair in flight.stairs if stair.at <= at]
    return number_text(known[-1]) if known and at <= flight.stairs[-1].at else "–"
