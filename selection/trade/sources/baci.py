"""CEPII BACI files: one CSV a year of who sold what to whom (columns t,i,j,k,v,q). Read line by line; pure.

No value holds a comma, so a line is split at its commas: with CSV's own rules one lone quotation mark would swallow the rest.
v is in thousand current US dollars, q in metric tons, k an HS code that must stay text; only positive flows are listed.
"""

from __future__ import annotations

import gzip
import re
import zlib
from array import array
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from selection.trade.flows import ALL_GOODS, CHINA, EDITIONS, EXPORT, INDIA, LARGEST, PAKISTAN, WORLD, Flow, RefusedRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

COLUMNS = ("t", "i", "j", "k", "v", "q")
NO_QUANTITY = frozenset({"", "NA", "na", "NaN"})
FOCUS = (PAKISTAN, CHINA, INDIA)
EDITION_BY_YEAR = dict(zip(("92", "96", "02", "07", "12", "17", "22"), EDITIONS, strict=True))


class BadFile(Exception):
    """The file as a whole cannot be read. code and data: for the sentence in labels.py."""

    def __init__(self, code: str, **data: object) -> None:
        super().__init__(f"{code} {data}")
        self.code = code
        self.data = data


def edition_of(names: Iterable[str], default: str = "") -> str:
    """The HS edition of files by their names: H5 for BACI_HS17_Y2022_V202401b.csv. default: of files whose names do not say.

    Raises BadFile where a file's edition is not known, or where there is more than one.
    """
    found = {default} if default else set()
    for name in names:
        year = re.search(r"_HS([0-9]{2})_", name)
        edition = EDITION_BY_YEAR.get(year[1], "") if year else default
        if edition not in EDITIONS:
            raise BadFile("edition_unknown", name=name)
        found.add(edition)
    if len(found) > 1:
        raise BadFile("editions_mixed", editions=", ".join(sorted(found)))
    return found.pop()


def read_baci(lines: Iterable[str], *, edition: str = "") -> Iterator[Flow | RefusedRow]:
    """Flows (exporter i to importer j, US dollars and kilograms) in file order, and the rows that cannot be used.

    Cells may be separated by commas, as CEPII does it, or by the semicolons or tabs of a spreadsheet's copy.
    A missing quantity becomes None. A code that lost its leading zero gets it back: BACI has six digits only.
    Raises BadFile where a column is missing or stands there twice.
    """
    numbered = enumerate(lines, start=1)
    _, first = next(numbered, (1, ""))
    separator = max(",;\t", key=first.count)
    header = [name.lower() for name in _cells(first, separator)]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise BadFile("columns_missing", columns=", ".join(missing))
    twice = [name for name in COLUMNS if header.count(name) > 1]
    if twice:
        raise BadFile("columns_twice", column=", ".join(twice))
    places = [header.index(name) for name in COLUMNS]
    for line, text in numbered:
        cells = _cells(text, separator)
        if cells == [""]:
            continue
        if len(cells) != len(header):
            yield RefusedRow(line, "", "cells_differ", {"told": len(header), "came": len(cells)})
            continue
        yield _row([cells[place] for place in places], line, edition)


def _cells(line: str, separator: str) -> list[str]:
    """Trimmed cells; quotation marks around a cell are no part of it, a lone one is."""
    cells = [cell.strip() for cell in line.strip("\ufeff\r\n").split(separator)]
    if '"' not in line:
        return cells
    return [cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell for cell in cells]


class FileRows:
    """The good rows of one file, in order; counts those read and refused on the way."""

    def __init__(self, path: Path, edition: str, *, max_examples: int) -> None:
        self.path = path
        self.edition = edition
        self.max_examples = max_examples
        self.read = 0
        self.refused = 0
        self.examples: list[RefusedRow] = []

    def __iter__(self) -> Iterator[Flow]:
        opened = gzip.open if self.path.suffix == ".gz" else open
        try:
            with opened(self.path, "rt", encoding="utf-8-sig", errors="replace", newline="") as lines:
                for row in read_baci(lines, edition=self.edition):
                    self.read += 1
                    if isinstance(row, Flow):
                        yield row
                        continue
                    self.refused += 1
                    if len(self.examples) < self.max_examples:
                        self.examples.append(row)
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise BadFile("bad_gzip", name=self.path.name) from None


def years_of(names: Iterable[str]) -> set[int]:
    """The years that files say they hold by their names: 2022 for BACI_HS17_Y2022_V202401b.csv."""
    return {int(year[1]) for name in names if (year := re.search(r"_Y([0-9]{4})_", name))}


def _row(cells: list[str], line: int, edition: str) -> Flow | RefusedRow:
    year, exporter, importer, product, value, quantity = cells
    if not (_has_digits(year, 4) and 1988 <= int(year) <= 2100):
        return RefusedRow(line, "t", "not_a_year")
    for column, area in (("i", exporter), ("j", importer)):
        if not (_has_digits(area, 1, 2, 3, 4) and int(area)):
            return RefusedRow(line, column, "not_a_code")
    if not _has_digits(product, 5, 6):
        return RefusedRow(line, "k", "not_hs6")
    dollars = _positive(value)
    if dollars is None:
        return RefusedRow(line, "v", _why_no_number(value))
    tons = None if quantity in NO_QUANTITY else _positive(quantity)
    if tons is None and quantity not in NO_QUANTITY:
        return RefusedRow(line, "q", _why_no_number(quantity))
    return Flow(
        year=int(year),
        reporter=str(int(exporter)),
        partner=str(int(importer)),
        flow=EXPORT,
        hs=product.zfill(6),
        value_usd=dollars * 1000,
        net_weight_kg=None if not tons else tons * 1000,
        edition=edition,
    )


def _why_no_number(cell: str) -> str:
    """A comma can only be in a cell where it does not separate them: a decimal point or between thousands, who knows."""
    return "comma_in_number" if "," in cell else "not_a_number"


def _has_digits(text: str, *lengths: int) -> bool:
    return len(text) in lengths and text.isascii() and text.isdecimal()


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number <= LARGEST / 1000 and "_" not in text else None


@dataclass(frozen=True, slots=True)
class Condensed:
    """What is kept of a file. exporters: who sold anything, by year."""

    flows: list[Flow]
    exporters: dict[int, set[str]]


def condense(flows: Iterable[Flow], *, wanted: Callable[[str], bool]) -> Condensed:
    """The few hundred thousand cells that the indicators need out of a file of millions.

    wanted: asked for headings (four digits), since a heading is summed over all its products or not at all. For the wanted:
    world exports and those of Pakistan, China and India, by six digits (with weights) and by heading (without: its goods are
    too mixed); Pakistan's exports by partner; China's and India's where Pakistan sells the same code to the same partner. And
    total exports of the three and of the world, which here is the sum of all exporters in the file.
    Raises BadFile where a row stands there twice: sums would hide it from the checks.
    """
    value: dict[tuple[int, str, str, str], float] = defaultdict(float)
    weight: dict[tuple[int, str, str, str], float | None] = defaultdict(float)
    rivals: list[Flow] = []
    editions: dict[int, str] = {}
    sold: dict[tuple[int, str], array[int]] = defaultdict(lambda: array("Q"))
    for flow in flows:
        year, seller, hs = flow.year, flow.reporter, flow.hs
        editions[year] = flow.edition
        sold[year, seller].append(int(flow.partner + hs))  # as numbers: ten million of them must fit into memory
        sellers = (WORLD, seller) if seller in FOCUS else (WORLD,)
        codes = (ALL_GOODS, hs, hs[:4]) if wanted(hs[:4]) else (ALL_GOODS,)
        for who in sellers:
            for code in codes:
                value[year, who, WORLD, code] += flow.value_usd
                _add_weight(weight, (year, who, WORLD, code), flow.net_weight_kg)
        if len(codes) > 1 and seller in FOCUS:
            if seller != PAKISTAN:
                rivals.append(flow)
                continue
            for code in (hs, hs[:4]):
                value[year, seller, flow.partner, code] += flow.value_usd
                _add_weight(weight, (year, seller, flow.partner, code), flow.net_weight_kg)
    twice = sum(len(rows) - len(set(rows)) for rows in sold.values())
    if twice:
        raise BadFile("twice", count=twice)
    exporters: dict[int, set[str]] = defaultdict(set)
    for year, seller in sold:
        exporters[year].add(seller)
    condensed = [
        Flow(
            year,
            seller,
            partner,
            EXPORT,
            hs,
            amount,
            _six_digits(hs, weight[year, seller, partner, hs]),
            edition=editions[year],
        )
        for (year, seller, partner, hs), amount in value.items()
    ]
    kept = [flow for flow in rivals if (flow.year, PAKISTAN, flow.partner, flow.hs) in value]
    return Condensed(condensed + kept, dict(exporters))


def _add_weight(
    weights: dict[tuple[int, str, str, str], float | None], key: tuple[int, str, str, str], kilograms: float | None
) -> None:
    """A sum with one unknown part is unknown."""
    known = weights[key]
    weights[key] = None if known is None or kilograms is None else known + kilograms


def _six_digits(hs: str, kilograms: float | None) -> float | None:
    return kilograms if len(hs) == 6 else None
