"""Charts drawn as SVG by the server: they print, mirror, weigh little and need no JavaScript.

Pure. A drawing holds plain values and words; `svg` turns it into markup with x in per cent and y in px, so that it fills any width and words never
shrink. For right-to-left writing x becomes 100 - x and anchors stay, since SVG text follows the page's direction. All words are escaped here.
A `Figure` adds what every chart must say: what is seen, the unit, the source with its date, and the same values as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Number = int | float | Decimal

FILLS = {
    "green": "f-green", "saffron": "f-saf", "brick": "f-brick", "line": "f-line", "ink": "f-ink",
    "g1": "f-g1", "g2": "f-g2", "g3": "f-g3", "g4": "f-g4", "g5": "f-g5",
}  # fmt: skip
STROKES = {"green": "s-green", "quiet": "s-quiet", "brick": "s-brick"}
DARK_FILLS = frozenset({"g4", "g5"})  # words on these take the light ink

# Where each province or area stands on the tile map (column, row), as on the wall map: Gilgit in the north, Karachi's Sindh in the south.
TILE_PLACES = {
    "PK-KP": (1, 0), "PK-GB": (2, 0), "PK-IS": (1, 1), "PK-JK": (2, 1), "PK-PB": (1, 2), "PK-BA": (0, 3), "PK-SD": (1, 3),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """The table twin of a chart. head: one name a column; rows: ready words, the first a name, the others numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Drawing(Protocol):
    """What a Figure can hold."""

    def svg(self, name: str, *, rtl: bool = False) -> str: ...
    def table(self) -> Table | None: ...
    def legend(self) -> tuple[tuple[str, str], ...]: ...


class _Plain:
    """A drawing that explains its colours in its own words."""

    __slots__ = ()

    def legend(self) -> tuple[tuple[str, str], ...]:
        """(name, theme class of its colour) for each part that needs telling apart."""
        return ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its words. title: the finding. says: what is drawn, in which unit. source: where from, as at which day."""

    title: str
    says: str
    source: str
    drawing: Drawing


def words(value: Number) -> str:
    """A number as people read it: 12841 is "12,841"; a fraction keeps the places it came with, a float gets one."""
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


def ticks(top: Number, *, most: int = 4) -> tuple[int | float, ...]:
    """Round values from 0 up to at least `top`, at most `most` steps of 1, 2, 2.5 or 5 times a power of ten. Raises ValueError for top <= 0."""
    if top <= 0:
        raise ValueError("An axis needs a highest value above 0.")
    rough = float(top) / most
    power = 10.0 ** _exponent(rough)
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9))
    count = -int(-float(top) // step)
    return tuple(int(tick) if tick == int(tick) else round(tick, 6) for tick in (step * n for n in range(count + 1)))


def _exponent(value: float) -> int:
    return int(f"{value:e}".split("e")[1])


def _text(value: object) -> str:
    return escape(str(value), quote=True)


def _figure(value: object) -> str:
    """Escaped words of a value, kept in their own direction: "59 %" must not become "% 59" beside Urdu."""
    return f"\u2068{_text(value)}\u2069"


def _pct(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def _share(value: Number, top: Number) -> float:
    """Per cent of the top, kept within the picture; 0 where nothing can be compared."""
    return max(0.0, min(100.0, 100.0 * float(value) / float(top))) if top else 0.0


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the elements of one picture, mirrored where the page reads from the right."""

    rtl: bool

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, title: object = "", round_: int = 2
    ) -> str:
        left = 100 - x - width if self.rtl else x
        inner = f"<title>{_text(title)}</title>" if title else ""
        return f'<rect x="{_pct(left)}" y="{y:g}" width="{_pct(width)}" height="{height:g}" rx="{round_}" class="{fill}">{inner}</rect>'

    def text(self, x: float, y: float, content: str, dress: str = "", anchor: str = "start") -> str:
        """content is markup: already escaped."""
        dressed = f' class="{dress}"' if dress else ""
        return (
            f'<text x="{_pct(100 - x if self.rtl else x)}" y="{y:g}"{dressed} text-anchor="{anchor}">{content}</text>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, dress: str, dash: str = "") -> str:
        a, b = (100 - x1, 100 - x2) if self.rtl else (x1, x2)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<line x1="{_pct(a)}" x2="{_pct(b)}" y1="{y1:g}" y2="{y2:g}" class="{dress}"{dashed}/>'

    def frame(self, name: object, height: float, parts: Sequence[str]) -> str:
        return f'<svg height="{height:g}" role="img" aria-label="{_text(name)}">{"".join(parts)}</svg>'


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
        return self.shown or words(self.value)


@dataclass(frozen=True, slots=True)
class Bars(_Plain):
    """Lying bars with their names above, longest first as given. head: name of the things and of the value with its unit. top: length of a full bar,
    None for the longest."""

    head: tuple[str, str]
    bars: tuple[Bar, ...]
    top: Number | None = None

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = _Pen(rtl)
        top = self.top if self.top is not None else max((bar.value for bar in self.bars), default=0)
        parts: list[str] = []
        for at, bar in enumerate(self.bars):
            y = 50 * at
            note = f'<tspan class="t-q"> · {_figure(bar.note)}</tspan>' if bar.note else ""
            parts += [
                pen.text(0, y + 14, _text(bar.label), "t-b"),
                pen.text(100, y + 14, f'<tspan class="t-b">{_figure(bar.said)}</tspan>{note}', anchor="end"),
                pen.rect(0, y + 20, 100, 16, fill="f-sunk"),
                pen.rect(0, y + 20, _share(bar.value, top), 16, fill=FILLS[bar.tone], title=f"{bar.label}: {bar.said}"),
            ]
        return pen.frame(name, max(0, 50 * len(self.bars) - 8), parts)

    def table(self) -> Table:
        return Table(tuple(map(str, self.head)), tuple((str(bar.label), str(bar.said)) for bar in self.bars))


@dataclass(frozen=True, slots=True)
class Funnel(_Plain):
    """How many reach each step, in counts and in per cent of the first; the step that loses most is brick. head: step, count, share."""

    head: tuple[str, str, str]
    steps: tuple[tuple[str, int], ...]

    def shares(self) -> tuple[int, ...]:
        """Per cent of the first step, rounded; all 0 where the first is 0."""
        return tuple(round(_share(count, self.steps[0][1])) for _, count in self.steps)

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
            (str(label), words(count), str(share))
            for (label, count), share in zip(self.steps, self.shares(), strict=True)
        )
        return Table(tuple(map(str, self.head)), tuple(rows))


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
class Histogram(_Plain):
    """How many fall into each step of a scale. bins: adjoining, rising, at least one. axis: values written below. head: range with unit, count."""

    head: tuple[str, str]
    bins: tuple[Bin, ...]
    axis: tuple[Number, ...]
    marks: tuple[Mark, ...] = ()

    def _at(self, value: Number) -> float:
        low, high = float(self.bins[0].low), float(self.bins[-1].high)
        return _share(float(value) - low, high - low)

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = _Pen(rtl)
        floor, room = 112, 62
        most = max(bin_.count for bin_ in self.bins)
        parts: list[str] = []
        for bin_ in self.bins:
            x, width = self._at(bin_.low), self._at(bin_.high) - self._at(bin_.low)
            height = round(room * _share(bin_.count, most) / 100)
            title = f"{words(bin_.low)}–{words(bin_.high)}: {words(bin_.count)}"
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
                    x - 1 if mark.before else x + 1, y + 10, _text(mark.label), "t-b", "end" if mark.before else "start"
                )
            )
        for value in self.axis:
            x = self._at(value)
            anchor = "start" if x == 0 else "end" if x == 100 else "middle"
            parts.append(pen.text(x, 130, _text(words(value)), "t-q t-xs", anchor))
        return pen.frame(name, 140, parts)

    def table(self) -> Table:
        return Table(
            tuple(map(str, self.head)),
            tuple((f"{words(b.low)}–{words(b.high)}", words(b.count)) for b in self.bins if b.count),
        )


@dataclass(frozen=True, slots=True)
class StackedBars:
    """Lying bars cut into parts, all on one scale. parts: (name, tone) in order. rows: (label, one value a part, never negative). head: things' name."""

    head: str
    parts: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Number, ...]], ...]

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = _Pen(rtl)
        top = max((sum(values) for _, values in self.rows), default=0)
        drawn: list[str] = []
        for at, (label, values) in enumerate(self.rows):
            y, x = 50 * at, 0.0
            drawn.append(pen.text(0, y + 14, _text(label), "t-b"))
            drawn.append(pen.text(100, y + 14, _text(words(sum(values))), "t-b", "end"))
            drawn.append(pen.rect(0, y + 20, 100, 16, fill="f-sunk"))
            for (part, tone), value in zip(self.parts, values, strict=True):
                width = _share(value, top)
                drawn.append(
                    pen.rect(x, y + 20, width, 16, fill=FILLS[tone], title=f"{label}, {part}: {words(value)}", round_=0)
                )
                x += width
        return pen.frame(name, max(0, 50 * len(self.rows) - 8), drawn)

    def table(self) -> Table:
        head = (str(self.head), *(str(part) for part, _ in self.parts))
        return Table(head, tuple((str(label), *(words(value) for value in values)) for label, values in self.rows))

    def legend(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(part), FILLS[tone]) for part, tone in self.parts)


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
        pen = _Pen(rtl)
        axis = self._axis()
        ceiling, floor = 18, 178
        parts: list[str] = []
        for tick in axis:
            y = floor - (floor - ceiling) * float(tick) / float(axis[-1])
            parts.append(pen.line(0, y, 100, y, dress="s-line" if tick else "s-strong"))
            parts.append(pen.text(0, y - 4, _text(words(tick)), "t-q t-xs"))
        strokes = [stroke for line in self.lines for stroke in _polylines(line, axis[-1], floor - ceiling, rtl=rtl)]
        parts.append(
            f'<svg x="0" y="{ceiling}" width="100%" height="{floor - ceiling}" viewBox="0 0 100 {floor - ceiling}" '
            f'preserveAspectRatio="none" overflow="visible">{"".join(strokes)}</svg>'
        )
        last = len(self.steps) - 1
        for at in sorted({0, last // 2, last}):
            anchor = "start" if at == 0 else "end" if at == last else "middle"
            parts.append(pen.text(100 * at / last, 196, _text(self.steps[at]), "t-q t-xs", anchor))
        return pen.frame(name, 204, parts)

    def table(self) -> Table:
        rows = (
            (str(step), *("–" if (value := line.values[at]) is None else words(value) for line in self.lines))
            for at, step in enumerate(self.steps)
        )
        return Table((str(self.head), *(str(line.name) for line in self.lines)), tuple(rows))

    def legend(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(line.name), STROKES[line.tone]) for line in self.lines) if len(self.lines) > 1 else ()


def _polylines(line: Line, top: Number, height: float, *, rtl: bool) -> list[str]:
    """One polyline a run of known values, on a canvas 100 wide; a lone value becomes a short dash so that it is seen."""
    last = max(1, len(line.values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(line.values):
        if value is None:
            runs.append([])
        else:
            x = 100 * at / last
            runs[-1].append((100 - x if rtl else x, height - height * _share(value, top) / 100))
    drawn = []
    for run in filter(None, runs):
        points = run if len(run) > 1 else [(run[0][0] - 1, run[0][1]), (run[0][0] + 1, run[0][1])]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(f'<polyline points="{path}" class="{STROKES[line.tone]} thin" fill="none"/>')
    return drawn


@dataclass(frozen=True, slots=True)
class Small:
    """One of many small lines. shown: its last value in words; note: quiet words behind it; bad: drawn in brick."""

    name: str
    values: tuple[Number | None, ...]
    shown: str
    note: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Multiples(_Plain):
    """The same line for many groups, on one scale up to `top`. base: a dashed line for the whole; level: a quiet line across. head: group, value, note."""

    head: tuple[str, str, str]
    items: tuple[Small, ...]
    top: Number
    base: tuple[Number | None, ...] = ()
    level: Number | None = None

    def svg(self, name: str, *, rtl: bool = False) -> str:
        """A list of small pictures, each with its name above and its value below: markup, not a single picture."""
        return f'<ul class="mult" aria-label="{_text(name)}">{"".join(self._item(item, rtl=rtl) for item in self.items)}</ul>'

    def _item(self, item: Small, *, rtl: bool) -> str:
        height = 64
        across = ""
        if self.level is not None:
            y = height - height * _share(self.level, self.top) / 100
            across = f'<line x1="0" x2="100" y1="{y:.1f}" y2="{y:.1f}" class="s-line thin"/>'
        base = _polylines(Line("", self.base, "quiet"), self.top, height, rtl=rtl)
        own = _polylines(Line("", item.values, "brick" if item.bad else "green"), self.top, height, rtl=rtl)
        note = f" · {_figure(item.note)}" if item.note else ""
        return (
            f'<li><h3>{_text(item.name)}</h3><svg height="70" viewBox="0 0 100 66" preserveAspectRatio="none" role="img" '
            f'aria-label="{_text(f"{item.name}: {item.shown}")}"><line x1="0" x2="100" y1="64" y2="64" class="s-strong thin"/>'
            f"{across}{''.join(base)}{''.join(own)}</svg><p><b>{_figure(item.shown)}</b>{note}</p></li>"
        )

    def table(self) -> Table:
        return Table(tuple(map(str, self.head)), tuple((str(i.name), str(i.shown), str(i.note)) for i in self.items))


@dataclass(frozen=True, slots=True)
class Strip(_Plain):
    """Heat cells in rows, darker is more. columns: names over the cells. rows: (name, note, values; None is still to come).
    cuts: the four rising values at which the next darker green begins. head: name of the rows. It is a table already and needs no twin."""

    head: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[Number | None, ...]], ...]
    cuts: tuple[Number, Number, Number, Number]

    def heat(self, value: Number | None) -> int:
        """0 for none, else 1 (light) to 5 (dark)."""
        return 0 if value is None else 1 + sum(value >= cut for cut in self.cuts)

    def svg(self, name: str, *, rtl: bool = False) -> str:
        heads = "".join(f'<th scope="col">{_text(column)}</th>' for column in self.columns)
        rows = "".join(
            f'<tr><th scope="row">{_text(label)}<small>{_text(note)}</small></th>{"".join(map(self._cell, values))}</tr>'
            for label, note, values in self.rows
        )
        return (
            f'<table class="strip"><caption class="visually-hidden">{_text(name)}</caption><colgroup><col></colgroup>'
            f'<thead><tr><th scope="col"><span class="visually-hidden">{_text(self.head)}</span></th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        )

    def _cell(self, value: Number | None) -> str:
        return f'<td class="heat{self.heat(value)}">{"–" if value is None else _text(words(value))}</td>'

    def table(self) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Tile:
    """One province or area. level: 1 (light) to 5 (dark), 0 where nothing is known. short: its letters. shown, note: value and size in words."""

    name: str
    short: str
    level: int
    shown: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class TileMap(_Plain):
    """The provinces and areas as equal tiles near their places. tiles: by ISO code (PK-PB ...); a code without a place raises KeyError.
    head: area, value, note. A map never mirrors."""

    head: tuple[str, str, str]
    tiles: Mapping[str, Tile]

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = _Pen(rtl=False)
        parts: list[str] = []
        for code, tile in self.tiles.items():
            column, row = TILE_PLACES[code]
            x, y = 33.4 * column, 84 * row
            tone = f"g{tile.level}" if tile.level else "sunk"
            ink = " t-inv" if tone in DARK_FILLS else ""
            title = f"<title>{_text(f'{tile.name}: {tile.shown}, {tile.note}' if tile.note else f'{tile.name}: {tile.shown}')}</title>"
            parts += [
                f"<g>{title}",
                pen.rect(x, y, 32, 78, fill=f"f-{tone}", round_=6),
                pen.text(x + 2.5, y + 20, _text(tile.short), f"t-b{ink}"),
                pen.text(x + 2.5, y + 46, _text(tile.shown), f"t-b t-l{ink}"),
                pen.text(x + 2.5, y + 66, _text(tile.note), f"t-xs{ink}"),
                "</g>",
            ]
        return f'<div class="tilemap">{pen.frame(name, 330, parts)}</div>'

    def table(self) -> Table:
        return Table(
            tuple(map(str, self.head)), tuple((str(t.name), str(t.shown), str(t.note)) for t in self.tiles.values())
        )


def bar_svg(points: Number, of: Number, scale: Number, *, neutral: bool = False) -> str:
    """The score bar of a receipt: points won within what could be won, on one scale for all bars of the receipt, so that a point is as long
    everywhere. neutral: judged without a figure, in a lighter green. The theme turns it for right-to-left pages."""
    fill = "f-g3" if neutral else "f-green"
    return (
        f'<svg class="bar" height="12" aria-hidden="true"><rect width="{_pct(_share(of, scale))}" height="100%" rx="2" class="f-line"/>'
        f'<rect width="{_pct(_share(points, scale))}" height="100%" rx="2" class="{fill}"/></svg>'
    )
