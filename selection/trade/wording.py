"""Figures in words for pages: values with units, where each comes from, and how old it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from selection.engine.words import period_in_words
from smes.vocabulary.hs_search import dotted, everyday_label, own_words
from smes.vocabulary.sectors import PREFIX_LABELS, SECTOR_BY_PREFIX
from smes.vocabulary.wording import sector_name
from tdap_portal.charts.bars import Bar, Bars
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.core.days import day_words

from . import labels, selectors
from .arithmetic.indicators import PLATFORM_NAMES, SHOWN_OF_HEADING, Name, Unit, row_of_heading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django_stubs_ext import StrOrPromise

    from .models import Indicator
    from .selectors import SectorFigures

SHOWN_OF_SECTOR = (
    Name.EXPORT_VALUE,
    Name.EXPORT_GROWTH,
    Name.RCA,
    Name.MARKET_SHARE,
    Name.MARKET_SHARE_GROWTH,
    Name.WORLD_IMPORT_GROWTH,
    Name.RELATIVE_DEMAND_GROWTH,
    Name.CONCENTRATION_HHI,
    Name.UNIT_VALUE_GAP_CHINA,
    Name.UNIT_VALUE_GAP_INDIA,
    Name.PLATFORM_DEMAND,
    Name.PLATFORM_SEARCHES_GROWTH,
)
BARS = 8


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One figure for a page. name: of its indicator, and the id of its row in the page of a sector. value: ready words, "" where missing; why: the reason then. ref: number of its source below.

    stale: how old it is, "" for a recent one. notes: sentences that must be known about the value. gives_points: False for a
    source that is not good enough for a score.
    """

    name: str
    label: Any
    help: StrOrPromise
    value: str
    unit: StrOrPromise
    period: str
    ref: int
    stale: str
    why: str
    simulated: bool
    notes: tuple[str, ...] = ()
    gives_points: bool = True


@dataclass(frozen=True, slots=True)
class SourceLine:
    """An entry of "where the figures come from"; stale: words of a warning, or ""."""

    text: str
    stale: str


def shown(value: float, unit: str) -> str:
    """The value as people read it: fractions in per cent, dollars in millions, the rest with two places."""
    if unit == Unit.FRACTION_A_YEAR:
        return f"{100 * value:+.1f}" if abs(value) >= 0.0005 else "0.0"
    if unit == Unit.FRACTION:
        return f"{100 * value:.1f}" if abs(value) >= 0.01 else f"{100 * value:.2f}"
    if unit == Unit.USD:
        return f"{value / 1_000_000:,.1f}"
    return f"{value:,.2f}"


def unit_words(unit: str) -> Any:
    return _("million US dollars") if unit == Unit.USD else labels.UNIT_NAMES[Unit(unit)]


def age_words(last_year: int | None) -> str:
    """A warning for a figure of long ago, "" for a recent one."""
    if not selectors.is_old(last_year):
        return ""
    years = selectors.years_old(last_year)
    return ngettext("%(years)d year old", "%(years)d years old", years) % {"years": years}


def note_words(row: Indicator) -> tuple[str, ...]:
    """What must be known about a figure, in the reader's language."""
    notes = [_(labels.NOTE_TEXTS[note]) for note in row.notes if note in labels.NOTE_TEXTS]
    if not row.source.is_scored:
        notes.append(_("This source is not good enough for points: the figure is shown only."))
    return tuple(notes)


class FiguresPage:
    """Turns the indicators of one page into lines and numbers their sources in the order they appear."""

    def __init__(self) -> None:
        self._sources: dict[tuple[int, int], list[Indicator]] = {}

    def line(self, name: Name, row: Indicator | None) -> FigureLine:
        label, help_text = dict(labels.INDICATOR_NAMES)[name.value], labels.INDICATOR_HELP[name]
        if row is None or row.value is None:
            code = row.missing_reason if row else ("no_platform_data" if name in PLATFORM_NAMES else "not_in_source")
            why = _(labels.missing_text(code))
            return FigureLine(name.value, label, help_text, "", "", "", 0, "", why, simulated=False)
        unit = Unit(row.unit)
        return FigureLine(
            name=name.value,
            label=label,
            help=help_text,
            value=shown(row.value, unit),
            unit=unit_words(unit),
            period=period_in_words(row.period, _),
            ref=self._number(row),
            stale=age_words(row.last_year),
            why="",
            simulated=row.source.is_simulated,
            notes=note_words(row),
            gives_points=row.source.is_scored,
        )

    def _number(self, row: Indicator) -> int:
        key = (row.source_id, row.vintage_id)
        self._sources.setdefault(key, []).append(row)
        return list(self._sources).index(key) + 1

    @property
    def has_old(self) -> bool:
        """True where one of the figures is of long ago."""
        return any(selectors.is_old(row.last_year) for rows in self._sources.values() for row in rows)

    @property
    def names_editions(self) -> bool:
        """True where a growth crosses a change of the HS edition, so that its period names both (see indicators)."""
        return any("(H" in row.period for rows in self._sources.values() for row in rows)

    def sources(self) -> list[SourceLine]:
        """Source with edition and world, publisher, licence, vintage and its day; in the order of the numbers."""
        return [self._source_line(rows) for rows in self._sources.values()]

    def _source_line(self, rows: list[Indicator]) -> SourceLine:
        source, vintage = rows[0].source, rows[0].vintage
        text = _(
            "%(source)s. Publisher: %(publisher)s. Licence: %(licence)s. %(note)s. Vintage %(vintage)s of %(day)s."
        ) % {
            "source": selectors.source_text(source),
            "publisher": source.publisher,
            "licence": source.licence,
            "note": source.note,
            "vintage": vintage.name,
            "day": day_words(vintage.published_at) if vintage.published_at else "—",
        }
        return SourceLine(text, age_words(max((row.last_year or 0) for row in rows)))


def heading_label(hs: str, most: int = 70) -> str:
    """Our short name of a heading, else what the nomenclature calls it, shortened at a word."""
    label = PREFIX_LABELS.get(hs) or own_words(hs)
    return label if len(label) <= most else f"{label[:most].rsplit(' ', 1)[0]} …"


def heading_notes(figures: SectorFigures, language: str) -> list[str]:
    """What the sums of a sector leave out or hold too much, where a source gives whole headings; empty where there is nothing."""
    if not figures.whole_headings:
        return []
    here = figures.sector.code
    notes = []
    for code, owner in SECTOR_BY_PREFIX.items():
        holder = SECTOR_BY_PREFIX.get(code[:4]) or SECTOR_BY_PREFIX.get(code[:2])
        if len(code) != 6 or owner == holder or here not in {owner, holder}:
            continue
        if here == holder:
            text = _("%(code)s (%(product)s) belongs to %(sector)s, but is in these sums with its heading.")
        elif holder:
            text = _("%(code)s (%(product)s) is not in these sums; it counts with its heading under %(sector)s.")
        else:
            text = _("%(code)s (%(product)s) is not in these sums; the rest of its heading belongs to no sector.")
        notes.append(
            text
            % {
                "code": dotted(code),
                "product": everyday_label(code, language),
                "sector": sector_name(owner if here == holder else holder),
            }
        )
    return notes


def advantage_chart(figures: SectorFigures, name: str) -> ChartFigure | None:
    """The headings with the highest comparative advantage; None where there is none to draw."""
    rows = [
        (hs, indicators[Name.RCA.value]) for hs, indicators in figures.headings.items() if Name.RCA.value in indicators
    ]
    known = sorted(((row.value, hs, row) for hs, row in rows if row.value), reverse=True, key=lambda each: each[:2])
    if not known:
        return None
    value, hs, row = known[0]
    bars = tuple(
        Bar(f"{code} {heading_label(code, 48)}", round(rca, 2), shown=f"{rca:,.2f}") for rca, code, _row in known[:BARS]
    )
    words = {"heading": hs, "sector": name, "times": f"{value:,.1f}", "year": row.last_year}
    if selectors.is_old(row.last_year):
        title = _(
            "In %(year)s %(heading)s was the strongest export of %(sector)s: %(times)s times its weight in world trade"
        )
    else:
        title = _("%(heading)s is the strongest export of %(sector)s: %(times)s times its weight in world trade")
    says = _("Revealed comparative advantage by HS heading; above 1 is an advantage; %(period)s.") % {
        "period": period_in_words(row.period, _)
    }
    source = _("Source: %(source)s.") % {"source": selectors.source_text(row.source)}
    says = " ".join([says, *note_words(row)])
    return ChartFigure(
        title % words, says, source, Bars((_("HS heading"), _("Advantage, times the world's weight")), bars)
    )


def heading_rows(page: FiguresPage, figures: SectorFigures) -> list[dict[str, object]]:
    """One row per heading with its lines, largest exports first."""

    def size(indicators: dict[str, Indicator]) -> float:
        row = indicators.get(Name.EXPORT_VALUE.value)
        return row.value if row is not None and row.value is not None else -1.0

    ordered: Iterable[tuple[str, dict[str, Indicator]]] = sorted(
        figures.headings.items(), key=lambda each: (-size(each[1]), each[0])
    )
    return [
        {
            "hs": hs,
            "id": row_of_heading(hs),
            "label": heading_label(hs),
            "lines": [page.line(name, indicators.get(name.value)) for name in SHOWN_OF_HEADING],
        }
        for hs, indicators in ordered
        if any(name.value in indicators for name in SHOWN_OF_HEADING)
    ]
