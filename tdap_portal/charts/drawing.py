"""Charts drawn as SVG by the server: they print, mirror, weigh little and need no JavaScript.

Pure. A drawing holds plain values and words; `svg` turns it into markup with x in per cent and y in px, so that it fills any width and words never
shrink. For right-to-left writing x becomes 100 - x and anchors stay, since SVG text follows the page's direction. All words are escaped here.
A `Figure` adds what every chart must say: what is seen, the unit, the source with its date, and the same values as a table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

Number = int | float | Decimal
FILLS = {
    "green": "f-green", "saffron": "f-saf", "brick": "f-brick", "line": "f-line", "ink": "f-ink",
    "g1": "f-g1", "g2": "f-g2", "g3": "f-g3", "g4": "f-g4", "g5": "f-g5",
}  # fmt: skip
STROKES = {"green": "s-green", "quiet": "s-quiet", "brick": "s-brick"}
DARK_FILLS = frozenset({"g4", "g5"})  # words on these take the light ink


@dataclass(frozen=True, slots=True)
class Table:
    """The table twin of a chart. head: one name per column; rows: ready words, the first a name, the others numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each cell with the name of its column, for a screen on which a row is a list."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


class Drawing(Protocol):
    """What a Figure can hold."""

    def svg(self, name: str, *, rtl: bool = False) -> str: ...
    def table(self) -> Table | None: ...
    def legend(self) -> tuple[tuple[str, str], ...]: ...


class Unlabelled:
    """A drawing that explains its colours in its own words."""

    __slots__ = ()

    def legend(self) -> tuple[tuple[str, str], ...]:
        """(name, theme class of its colour) for each part that needs telling apart."""
        return ()


@dataclass(frozen=True, slots=True)
class ChartFigure:
    """A chart with its words. title: the finding. says: what is drawn, in which unit. source: where from, as at which day."""

    title: str
    says: str
    source: str
    drawing: Drawing


def number_text(value: Number) -> str:
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


def escaped(value: object) -> str:
    return escape(str(value), quote=True)


def isolated(value: object) -> str:
    """Escaped words of a value, kept in their own direction: "59 %" must not become "% 59" beside Urdu."""
    return f"\u2068{escaped(value)}\u2069"


def pct(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def share_of(value: Number, top: Number) -> float:
    """Per cent of the top, kept within the picture; 0 where nothing can be compared."""
    return max(0.0, min(100.0, 100.0 * float(value) / float(top))) if top else 0.0


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes the elements of one picture, mirrored where the page reads from the right."""

    rtl: bool

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, title: object = "", round_: int = 2
    ) -> str:
        left = 100 - x - width if self.rtl else x
        inner = f"<title>{escaped(title)}</title>" if title else ""
        return f'<rect x="{pct(left)}" y="{y:g}" width="{pct(width)}" height="{height:g}" rx="{round_}" class="{fill}">{inner}</rect>'

    def text(self, x: float, y: float, content: str, dress: str = "", anchor: str = "start") -> str:
        """content is markup: already escaped."""
        dressed = f' class="{dress}"' if dress else ""
        return f'<text x="{pct(100 - x if self.rtl else x)}" y="{y:g}"{dressed} text-anchor="{anchor}">{content}</text>'

    def name_and_value(self, y: float, name: object, value: object, note: object = "") -> str:
        """A line over a whole bar: its name, which the browser shortens where the picture is too narrow for it, then its value
        with a quiet note. Not in SVG's own text, which does not know how much room it has."""
        quiet = f"<small> · {isolated(note)}</small>" if note else ""
        return (
            f'<foreignObject y="{y:g}" width="100%" height="18"><div class="bar-words"><b dir="auto">{escaped(name)}</b>'
            f"<span><b>{isolated(value)}</b>{quiet}</span></div></foreignObject>"
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, dress: str, dash: str = "") -> str:
        a, b = (100 - x1, 100 - x2) if self.rtl else (x1, x2)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        return f'<line x1="{pct(a)}" x2="{pct(b)}" y1="{y1:g}" y2="{y2:g}" class="{dress}"{dashed}/>'

    def frame(self, name: object, height: float, parts: Sequence[str]) -> str:
        return f'<svg height="{height:g}" role="img" aria-label="{escaped(name)}">{"".join(parts)}</svg>'
