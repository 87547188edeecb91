"""Bars, funnels and stacked bars."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .drawing import FILLS, Number, Pen, Table, Unlabelled, number_text, pct, share_of


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. value: its length. shown: the value in words with what belongs to it; empty takes the number. note: quiet words behind it."""

    label: str
    value: Number
    shown: str = ""
    note: str = ""
    tone: str = "green"

    @property
    def said(self) -> str:
        return self.shown or number_text(self.value)


@dataclass(frozen=True, slots=True)
class Bars(Unlabelled):
    """Lying bars with their names above, longest first as given. head: name of the things and of the value with its unit. top: length of a full bar,
    None for the longest."""

    head: tuple[str, str]
    bars: tuple[Bar, ...]
    top: Number | None = None

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = Pen(rtl)
        top = self.top if self.top is not None else max((bar.value for bar in self.bars), default=0)
        parts: list[str] = []
        for at, bar in enumerate(self.bars):
            y = 50 * at
            parts += [
                pen.name_and_value(y, bar.label, bar.said, bar.note),
                pen.rect(0, y + 20, 100, 16, fill="f-sunk"),
                pen.rect(
                    0, y + 20, share_of(bar.value, top), 16, fill=FILLS[bar.tone], title=f"{bar.label}: {bar.said}"
                ),
            ]
        return pen.frame(name, max(0, 50 * len(self.bars) - 8), parts)

    def table(self) -> Table:
        return Table(tuple(map(str, self.head)), tuple((str(bar.label), str(bar.said)) for bar in self.bars))


@dataclass(frozen=True, slots=True)
class Funnel(Unlabelled):
    """How many reach each step, in counts and in per cent of the first; the step that loses most is brick. head: step, count, share."""

    head: tuple[str, str, str]
    steps: tuple[tuple[str, int], ...]

    def shares(self) -> tuple[int, ...]:
        """Per cent of the first step, rounded; all 0 where the first is 0."""
        return tuple(round(share_of(count, self.steps[0][1])) for _, count in self.steps)

    def worst(self) -> int | None:
        """Index of the step before which most are lost, the earliest of equals; None where none is lost."""
        losses = [before[1] - after[1] for before, after in pairwise(self.steps)]
        return losses.index(max(losses)) + 1 if losses and max(losses) > 0 else None

    def svg(self, name: str, *, rtl: bool = False) -> str:
        worst = self.worst()
        bars = tuple(
            Bar(label, count, note=f"{share} %", tone="brick" if at == worst else "green")
            for at, ((label, count), share) in enumerate(zip(self.steps, self.shares(), strict=True))
        )
        return Bars((self.head[0], self.head[1]), bars, top=self.steps[0][1] if self.steps else 0).svg(name, rtl=rtl)

    def table(self) -> Table:
        rows = (
            (str(label), number_text(count), str(share))
            for (label, count), share in zip(self.steps, self.shares(), strict=True)
        )
        return Table(tuple(map(str, self.head)), tuple(rows))


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Lying bars cut into parts, all on one scale. parts: (name, tone) in order. rows: (label, one value a part, never negative). head: things' name."""

    head: str
    parts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Number, ...]], ...]

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = Pen(rtl)
        top = max((sum(values) for _, values in self.rows), default=0)
        drawn: list[str] = []
        for at, (label, values) in enumerate(self.rows):
            y, x = 50 * at, 0.0
            drawn.append(pen.name_and_value(y, label, number_text(sum(values))))
            drawn.append(pen.rect(0, y + 20, 100, 16, fill="f-sunk"))
            for (part, tone), value in zip(self.parts, values, strict=True):
                width = share_of(value, top)
                drawn.append(
                    pen.rect(
                        x, y + 20, width, 16, fill=FILLS[tone], title=f"{label}, {part}: {number_text(value)}", round_=0
                    )
                )
                x += width
        return pen.frame(name, max(0, 50 * len(self.rows) - 8), drawn)

    def table(self) -> Table:
        head = (str(self.head), *(str(part) for part, _ in self.parts))
        return Table(
            head, tuple((str(label), *(number_text(value) for value in values)) for label, values in self.rows)
        )

    def legend(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(part), FILLS[tone]) for part, tone in self.parts)


def bar_svg(points: Number, of: Number, scale: Number, *, neutral: bool = False) -> str:
    """The score bar of a receipt: points won within what could be won, on one scale for all bars of the receipt, so that a point is as long
    everywhere. neutral: judged without a figure, in a lighter green. The theme turns it for right-to-left pages."""
    fill = "f-g3" if neutral else "f-green"
    return (
        f'<svg class="bar" height="12" aria-hidden="true"><rect width="{pct(share_of(of, scale))}" height="100%" rx="2" class="f-line"/>'
        f'<rect width="{pct(share_of(points, scale))}" height="100%" rx="2" class="{fill}"/></svg>'
    )
