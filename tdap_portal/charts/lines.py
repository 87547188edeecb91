"""Lines over time, and small multiples of them."""

from __future__ import annotations

from dataclasses import dataclass

from .drawing import FILLS, STROKES, Number, Pen, Table, Unlabelled, escaped, isolated, number_text, share_of, ticks


@dataclass(frozen=True, slots=True)
class Line:
    """values: one a step of the axis, None where there is no figure: the line breaks there."""

    name: str
    values: tuple[Number | None, ...]
    tone: str = "green"


@dataclass(frozen=True, slots=True)
class Lines:
    """Values over time from 0 up. steps: names of the points, at least two. head: name of the steps. top: highest value of the axis, None for the data's."""

    head: str
    steps: tuple[str, ...]
    lines: tuple[Line, ...]
    top: Number | None = None

    def _axis(self) -> tuple[int | float, ...]:
        known = [value for line in self.lines for value in line.values if value is not None]
        top = self.top if self.top is not None else max(known, default=0)
        return ticks(top) if top > 0 else (0, 1)

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = Pen(rtl)
        axis = self._axis()
        ceiling, floor = 18, 178
        parts: list[str] = []
        for tick in axis:
            y = floor - (floor - ceiling) * float(tick) / float(axis[-1])
            parts.append(pen.line(0, y, 100, y, dress="s-line" if tick else "s-strong"))
            parts.append(pen.text(0, y - 4, escaped(number_text(tick)), "t-q t-xs"))
        strokes = [stroke for line in self.lines for stroke in _polylines(line, axis[-1], floor - ceiling, rtl=rtl)]
        parts.append(
            f'<svg x="0" y="{ceiling}" width="100%" height="{floor - ceiling}" viewBox="0 0 100 {floor - ceiling}" '
            f'preserveAspectRatio="none" overflow="visible">{"".join(strokes)}</svg>'
        )
        for line in self.lines:
            parts += _dots(line, axis[-1], ceiling, floor, rtl=rtl)
        last = len(self.steps) - 1
        for at in sorted({0, last // 2, last}):
            anchor = "start" if at == 0 else "end" if at == last else "middle"
            parts.append(pen.text(100 * at / last, 196, escaped(self.steps[at]), "t-q t-xs", anchor))
        return pen.frame(name, 204, parts)

    def table(self) -> Table:
        rows = (
            (str(step), *("–" if (value := line.values[at]) is None else number_text(value) for line in self.lines))
            for at, step in enumerate(self.steps)
        )
        return Table((str(self.head), *(str(line.name) for line in self.lines)), tuple(rows))

    def legend(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(line.name), STROKES[line.tone]) for line in self.lines) if len(self.lines) > 1 else ()


def _polylines(line: Line, top: Number, height: float, *, rtl: bool) -> list[str]:
    """One polyline a run of two known values or more, on a canvas 100 wide."""
    drawn = []
    for run in _runs(line, top, height, rtl=rtl):
        if len(run) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
            drawn.append(f'<polyline points="{path}" class="{STROKES[line.tone]} thin" fill="none"/>')
    return drawn


def _dots(line: Line, top: Number, ceiling: float, floor: float, *, rtl: bool) -> list[str]:
    """A value that stands alone is a dot: a line would say that it was the same before and after."""
    fill = FILLS.get(line.tone, "f-ink")
    return [
        f'<circle cx="{run[0][0]:.1f}%" cy="{ceiling + run[0][1]:.1f}" r="4" class="{fill}"/>'
        for run in _runs(line, top, floor - ceiling, rtl=rtl)
        if len(run) == 1
    ]


def _runs(line: Line, top: Number, height: float, *, rtl: bool) -> list[list[tuple[float, float]]]:
    """Points of values without a gap between them: x in per cent, y from the top."""
    last = max(1, len(line.values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(line.values):
        if value is None:
            runs.append([])
        else:
            x = 100 * at / last
            runs[-1].append((100 - x if rtl else x, height - height * share_of(value, top) / 100))
    return [run for run in runs if run]


@dataclass(frozen=True, slots=True)
class Small:
    """One of many small lines. shown: its last value in words; note: quiet words behind it; bad: drawn in brick."""

    name: str
    values: tuple[Number | None, ...]
    shown: str
    note: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Multiples(Unlabelled):
    """The same line for many groups, on one scale up to `top`. base: a dashed line for the whole; level: a quiet line across. head: group, value, note."""

    head: tuple[str, str, str]
    items: tuple[Small, ...]
    top: Number
    base: tuple[Number | None, ...] = ()
    level: Number | None = None

    def svg(self, name: str, *, rtl: bool = False) -> str:
        """A list of small pictures, each with its name above and its value below: markup, not a single picture."""
        return f'<ul class="mult" aria-label="{escaped(name)}">{"".join(self._item(item, rtl=rtl) for item in self.items)}</ul>'

    def _item(self, item: Small, *, rtl: bool) -> str:
        height = 64
        across = ""
        if self.level is not None:
            y = height - height * share_of(self.level, self.top) / 100
            across = f'<line x1="0" x2="100" y1="{y:.1f}" y2="{y:.1f}" class="s-line thin"/>'
        base = _polylines(Line("", self.base, "quiet"), self.top, height, rtl=rtl)
        own = _polylines(Line("", item.values, "brick" if item.bad else "green"), self.top, height, rtl=rtl)
        note = f" · {isolated(item.note)}" if item.note else ""
        return (
            f'<li><h3>{escaped(item.name)}</h3><svg height="70" viewBox="0 0 100 66" preserveAspectRatio="none" role="img" '
            f'aria-label="{escaped(f"{item.name}: {item.shown}")}"><line x1="0" x2="100" y1="64" y2="64" class="s-strong thin"/>'
            f"{across}{''.join(base)}{''.join(own)}</svg><p><b>{isolated(item.shown)}</b>{note}</p></li>"
        )

    def table(self) -> Table:
        return Table(tuple(map(str, self.head)), tuple((str(i.name), str(i.shown), str(i.note)) for i in self.items))
