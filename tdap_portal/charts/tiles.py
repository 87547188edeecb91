"""Strips of dots, and the map of provinces in tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .drawing import DARK_FILLS, Number, Pen, Table, Unlabelled, escaped, isolated, number_text

if TYPE_CHECKING:
    from collections.abc import Mapping


# Where each province or area stands on the tile map (column, row), as on the wall map: Gilgit in the north, Karachi's Sindh in the south.
TILE_PLACES = {
    "PK-KP": (1, 0), "PK-GB": (2, 0), "PK-IS": (1, 1), "PK-JK": (2, 1), "PK-PB": (1, 2), "PK-BA": (0, 3), "PK-SD": (1, 3),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Strip(Unlabelled):
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
        heads = "".join(f'<th scope="col">{escaped(column)}</th>' for column in self.columns)
        rows = "".join(
            f'<tr><th scope="row">{escaped(label)}<small>{escaped(note)}</small></th>{"".join(map(self._cell, values))}</tr>'
            for label, note, values in self.rows
        )
        return (
            f'<table class="strip"><caption class="visually-hidden">{escaped(name)}</caption><colgroup><col></colgroup>'
            f'<thead><tr><th scope="col"><span class="visually-hidden">{escaped(self.head)}</span></th>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        )

    def _cell(self, value: Number | None) -> str:
        return f'<td class="heat{self.heat(value)}">{"–" if value is None else escaped(number_text(value))}</td>'

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
class TileMap(Unlabelled):
    """The provinces and areas as equal tiles near their places. tiles: by ISO code (PK-PB ...); a code without a place raises KeyError.
    head: area, value, note. A map never mirrors."""

    head: tuple[str, str, str]
    tiles: Mapping[str, Tile]

    def svg(self, name: str, *, rtl: bool = False) -> str:
        pen = Pen(rtl=False)
        parts: list[str] = []
        for code, tile in self.tiles.items():
            column, row = TILE_PLACES[code]
            x, y = 33.4 * column, 84 * row
            tone = f"g{tile.level}" if tile.level else "sunk"
            ink = " t-inv" if tone in DARK_FILLS else ""
            title = f"<title>{escaped(f'{tile.name}: {tile.shown}, {tile.note}' if tile.note else f'{tile.name}: {tile.shown}')}</title>"
            parts += [
                f"<g>{title}",
                pen.rect(x, y, 32, 78, fill=f"f-{tone}", round_=6),
                pen.text(x + 2.5, y + 20, escaped(tile.short), f"t-b{ink}"),
                pen.text(x + 2.5, y + 46, escaped(tile.shown), f"t-b t-l{ink}"),
                pen.text(x + 2.5, y + 66, isolated(tile.note), f"t-xs{ink}"),
                "</g>",
            ]
        return f'<div class="tilemap">{pen.frame(name, 330, parts)}</div>'

    def table(self) -> Table:
        return Table(
            tuple(map(str, self.head)), tuple((str(t.name), str(t.shown), str(t.note)) for t in self.tiles.values())
        )
