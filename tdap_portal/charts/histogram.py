"""Histograms with marks."""

from __future__ import annotations

from dataclasses import dataclass

from .drawing import FILLS, Number, Pen, Table, Unlabelled, escaped, number_text, share_of


@dataclass(frozen=True, slots=True)
class Bin:
    """count things from `low` up to, not including, `high`."""

    low: Number
    high: Number
    count: int
    tone: str = "line"


@dataclass(frozen=True, slots=True)
class Mark:
    """A standing line at a value, with its words before or after it. dashed: a limit rather than a thing."""

    at: Number
    label: str
    before: bool = False
    dashed: bool = True


@dataclass(frozen=True, slots=True)
class Histogram(Unlabelled):
    """How many fall into each step of a scale. bins: adjoining, rising, at least one. axis: values written below. head: range with unit, count."""

    head: tuple[str, str]
    bins: tuple[Bin, ...]
    axis: tuple[Number, ...]
    marks: tuple[Mark, ...] = ()

    def _at(self, value: Number) -> float:
        low, high = float(self.bins[0].low), float(self.bins[-1].high)
        return share_of(float(value) - low, high - low)

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = Pen(rtl)
        floor, room = 112, 62
        most = max(bin_.count for bin_ in self.bins)
        parts: list[str] = []
        for bin_ in self.bins:
            x, width = self._at(bin_.low), self._at(bin_.high) - self._at(bin_.low)
            height = round(room * share_of(bin_.count, most) / 100)
            title = f"{number_text(bin_.low)}–{number_text(bin_.high)}: {number_text(bin_.count)}"
            parts.append(
                pen.rect(
                    x + width * 0.06, floor - height, width * 0.88, height, fill=FILLS[bin_.tone], title=title, round_=0
                )
            )
        parts.append(pen.line(0, floor, 100, floor, dress="s-strong"))
        for at, mark in enumerate(self.marks):
            x, y = self._at(mark.at), 14 + 20 * at
            parts.append(pen.line(x, y, x, floor, dress="s-ink", dash="4 3" if mark.dashed else ""))
            parts.append(
                pen.text(
                    x - 1 if mark.before else x + 1,
                    y + 10,
                    escaped(mark.label),
                    "t-b",
                    "end" if mark.before else "start",
                )
            )
        for value in self.axis:
            x = self._at(value)
            anchor = "start" if x == 0 else "end" if x == 100 else "middle"
            parts.append(pen.text(x, 130, escaped(number_text(value)), "t-q t-xs", anchor))
        return pen.frame(name, 140, parts)

    def table(self) -> Table:
        return Table(
            tuple(map(str, self.head)),
            tuple((f"{number_text(b.low)}–{number_text(b.high)}", number_text(b.count)) for b in self.bins if b.count),
        )
