"""Standing bars: one a day, month or class, in their order."""

from __future__ import annotations

from dataclasses import dataclass

from .drawing import FILLS, Number, Pen, Table, Unlabelled, escaped, number_text, share_of

FLOOR, ROOM = 104, 78  # px: where the bars stand, and how high the highest is


@dataclass(frozen=True, slots=True)
class Column:
    """One bar. label: stands below it, so a few letters."""

    label: str
    value: Number
    tone: str = "g4"


@dataclass(frozen=True, slots=True)
class Columns(Unlabelled):
    """Standing bars with their numbers above, the first where a reader begins. head: names of the steps and of the value with its unit."""

    head: tuple[str, str]
    columns: tuple[Column, ...]

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = Pen(rtl)
        top = max((column.value for column in self.columns), default=0)
        step = 100 / max(1, len(self.columns))
        parts = [pen.line(0, FLOOR, 100, FLOOR, dress="s-strong")]
        for at, column in enumerate(self.columns):
            middle, height = (at + 0.5) * step, round(ROOM * share_of(column.value, top) / 100)
            label, number = escaped(column.label), escaped(number_text(column.value))
            if height:
                x, width = middle - 0.38 * step, 0.76 * step
                parts.append(pen.rect(x, FLOOR - height, width, height, fill=FILLS[column.tone], round_=3))
            parts.append(pen.text(middle, FLOOR - height - 6, number, "t-b", "middle"))
            parts.append(pen.text(middle, FLOOR + 20, label, "t-q", "middle"))
        return pen.frame(name, FLOOR + 30, parts)

    def table(self) -> Table:
        rows = tuple((str(column.label), number_text(column.value)) for column in self.columns)
        return Table(tuple(map(str, self.head)), rows)
