"""Reading trade evidence: for scores, for the public page of a sector, for officials, for the health page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from smes.vocabulary.sectors import SECTORS, Sector, sells_services
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import NotFound
from tdap_portal.core.selectors import HealthLine

from . import labels
from .arithmetic.indicators import EVIDENCE, OLD_AFTER_YEARS, PLATFORM_NAMES, UNITS, Missing, Name
from .models import ImportRun, Indicator, RunLine, Source, SourceKind, Vintage
from .states import RunState, VintageState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tdap_portal.accounts.models import User

FLOW_EVIDENCE = tuple(name for name in EVIDENCE if name not in PLATFORM_NAMES)
NO_VINTAGES: Mapping[SourceKind, int | None] = MappingProxyType({})
OF_PAKISTAN = frozenset({Name.RCA, Name.MARKET_SHARE, Name.MARKET_SHARE_GROWTH, Name.CONCENTRATION_HHI})


# Evidence of a score -------------------------------------------------------------------------------------------------
def vintage_on(kind: SourceKind, on: date) -> Vintage | None:
    """The vintage that was in use at the end of that day; None where nothing had been published yet."""
    end_of_day = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    return (
        Vintage.objects.filter(kind=kind.value, published_at__lt=end_of_day)
        .exclude(state=VintageState.REFUSED)
        .order_by("-published_at", "-pk")
        .first()
    )


def evidence_for(
    hs6: str | None,
    sector: str | None,
    ebops: Sequence[str] = (),
    on: date | None = None,
    vintages: Mapping[SourceKind, int | None] = NO_VINTAGES,
) -> dict[str, dict[str, Any]]:
    """Evidence of a score as plain JSON, by indicator name (indicators.EVIDENCE, always all ten).

    hs6: the firm's main product, None for none. sector: its sector code or None. ebops: codes of the services it sells; a firm
    with services and no product gets a reason instead of figures about goods. on: the day whose vintages count, today if None.
    vintages: ids of those that count whatever the day, by kind; None for the day's.
    Each entry: value (None where missing), unit (indicators.Unit), period, source, vintage, missing_reason (a short English
    sentence that is also the message id of its translation; "" where there is a value), missing_code (of indicators.Missing or
    analytics.Undefined), level ("product", "heading", "sector"; "" where missing), hs (the code it is of), last_year (int or
    None) and notes (codes of indicators.Note).
    Looks for the six digits first, then for their heading; for a firm without a product, for its sector. Advantage, share,
    its growth and concentration are all of one level: the six digits where the advantage or the share of these is known.
    What stands in for the product is said at the end of source. A figure of a source that gives no points is missing here.
    Costs four queries.
    """
    day = on or timezone.localdate()
    found: dict[Name, dict[str, Any]] = {}
    for kind, names in ((SourceKind.FLOWS, FLOW_EVIDENCE), (SourceKind.PLATFORM, PLATFORM_NAMES)):
        kept = vintages.get(kind)
        vintage = vintage_on(kind, day) if kept is None else Vintage.objects.get(pk=kept)
        if hs6 is None and (ebops or (sector is not None and sells_services(sector))):
            found |= {name: _entry(name, vintage, reason=Missing.SERVICES) for name in names}
        elif vintage is None:
            found |= {name: _entry(name, None, reason=Missing.NO_VINTAGE) for name in names}
        else:
            found |= _found_in(vintage, names, hs6, sector)
    return {name.value: found[name] for name in EVIDENCE}


def _found_in(
    vintage: Vintage, names: Sequence[Name], hs6: str | None, sector: str | None
) -> dict[Name, dict[str, object]]:
    where = Q(hs__in=[hs6, hs6[:4]]) if hs6 else Q(hs="", sector=sector or "none")
    rows = Indicator.objects.filter(where, vintage=vintage, name__in=names).select_related("source")
    by_place = {(row.name, row.hs): row for row in rows}
    places = (hs6, hs6[:4]) if hs6 else ("",)
    of_the_first = any(_is_fit(by_place.get((name, places[0]))) for name in (Name.RCA, Name.MARKET_SHARE))
    found: dict[Name, dict[str, Any]] = {}
    for name in names:
        candidates = [by_place[name, hs] for hs in places if (name, hs) in by_place]
        row = next((each for each in candidates if _is_fit(each)), candidates[0] if candidates else None)
        if name in OF_PAKISTAN and of_the_first:
            row = by_place.get((name, places[0]))
        found[name] = _entry(name, vintage, row, hs6 or "")
    return found


def _is_fit(row: Indicator | None) -> bool:
    """True for a figure that may give points."""
    return row is not None and row.value is not None and row.source.is_scored


def _entry(
    name: Name, vintage: Vintage | None, row: Indicator | None = None, hs6: str = "", reason: str = ""
) -> dict[str, object]:
    if row is None and not reason:
        reason = Missing.NO_PLATFORM_DATA if name in PLATFORM_NAMES else Missing.NOT_IN_SOURCE
    entry: dict[str, Any] = {"unit": UNITS[name].value, "vintage": vintage.name if vintage else ""}
    if row is None or not _is_fit(row):
        code = reason or (row.missing_reason if row and row.value is None else Missing.SOURCE_UNFIT)
        return entry | {
            "value": None,
            "period": "",
            "source": "",
            "missing_reason": labels.missing_text(code),
            "missing_code": str(code),
            "level": "",
            "hs": "",
            "last_year": None,
            "notes": [],
        }
    stands_in = ""
    if row.hs != hs6:
        stands_in = f"; heading {row.hs} stands in for {hs6}"
    elif not row.hs:
        stands_in = "; the whole sector stands in, since no product is named"
    return entry | {
        "value": row.value,
        "period": row.period,
        "source": f"{source_text(row.source)}{stands_in}",
        "missing_reason": "",
        "missing_code": "",
        "level": level_of(row),
        "hs": row.hs,
        "last_year": row.last_year,
        "notes": row.notes,
    }


def level_of(row: Indicator) -> str:
    """ "product" for six digits, "heading" for four, "sector" for a whole sector."""
    return {6: "product", 4: "heading"}.get(len(row.hs), "sector")


def simulated_among(vintages: Iterable[str]) -> frozenset[str]:
    """Those of the vintages whose figures are made up, by name. Costs one query, none where no vintage is named."""
    names = {name for name in vintages if name}
    made_up = Vintage.objects.filter(name__in=names, is_simulated=True) if names else Vintage.objects.none()
    return frozenset(made_up.values_list("name", flat=True))


def source_text(source: Source) -> str:
    """The source in one line, with its HS edition and what it counts as the world: "UN Comtrade, HS as reported; world: …"."""
    world = f"; world: {source.world}" if source.world else ""
    return f"{source.name}, {source.edition}{world}"


# Sectors, public -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SectorFigures:
    """A sector with its own indicators by name, and those of its headings by heading; figures of the vintages in use.

    whole_headings: some of its own figures come from a source without six digits, so codes of another sector may be in them.
    """

    sector: Sector
    own: dict[str, Indicator]
    headings: dict[str, dict[str, Indicator]]
    flows: Vintage | None
    platform: Vintage | None
    whole_headings: bool = False


def sectors_with_indicators() -> list[SectorFigures]:
    """All sectors in the programme's order, each with its own indicators; services have none. Costs two queries."""
    flows, platform = vintages_in_use()
    rows = _indicators_of(flows, platform).filter(hs="")
    by_sector: dict[str, dict[str, Indicator]] = {}
    for row in rows:
        by_sector.setdefault(row.sector, {})[row.name] = row
    return [SectorFigures(sector, by_sector.get(code, {}), {}, flows, platform) for code, sector in SECTORS.items()]


def sector_figures(code: str) -> SectorFigures:
    """One sector with the indicators of its headings too; raises NotFound for a code that is no sector. Costs two queries."""
    sector = SECTORS.get(code)
    if sector is None:
        raise NotFound
    flows, platform = vintages_in_use()
    own: dict[str, Indicator] = {}
    headings: dict[str, dict[str, Indicator]] = {}
    knows_lines: set[int] = set()
    for row in _indicators_of(flows, platform).filter(sector=code).order_by("hs", "name"):
        if not row.hs:
            own[row.name] = row
        elif len(row.hs) == 4:
            headings.setdefault(row.hs, {})[row.name] = row
        elif row.name == Name.MARKET_SHARE and row.value is not None:
            knows_lines.add(row.source_id)
    summed = {row.source_id for name, row in own.items() if name not in PLATFORM_NAMES and row.value is not None}
    return SectorFigures(sector, own, headings, flows, platform, whole_headings=bool(summed - knows_lines))


def vintages_in_use() -> tuple[Vintage | None, Vintage | None]:
    """The current vintages of flows and of the platform; None where there is none. Costs one query."""
    found = {v.kind: v for v in Vintage.objects.filter(state=VintageState.CURRENT)}
    return found.get(SourceKind.FLOWS), found.get(SourceKind.PLATFORM)


def _indicators_of(*vintages: Vintage | None) -> QuerySet[Indicator]:
    return Indicator.objects.filter(vintage__in=[v for v in vintages if v]).select_related("source", "vintage")


def years_old(last_year: int | None, on: date | None = None) -> int:
    """Full years between the end of the figure's last year and today; 0 where it has none."""
    return max(0, (on or timezone.localdate()).year - 1 - last_year) if last_year else 0


def is_old(last_year: int | None, on: date | None = None) -> bool:
    """True for a figure whose last year ended more than three years ago."""
    return years_old(last_year, on) > OLD_AFTER_YEARS


# Runs, for officials -------------------------------------------------------------------------------------------------
def runs_visible_to(user: User) -> QuerySet[ImportRun]:
    """Officials see all runs; a platform partner's people those of their own organisation's figures; others none."""
    rows = ImportRun.objects.select_related("source", "started_by", "decided_by", "vintage").defer("upload")
    if user.is_authenticated and user.is_official:
        return rows
    if user.is_authenticated and user.has_role(Role.PARTNER):
        mine = user.partnerships.filter(partner__kind="platform", partner__is_active=True).values("partner")
        return rows.filter(source__code="platform", started_by__partnerships__partner__in=mine).distinct()
    return rows.none()


def run_for(user: User, public_id: str) -> ImportRun:
    """The run; raises NotFound where it is not there or not this person's to see."""
    run = runs_visible_to(user).filter(public_id=public_id).first()
    if run is None:
        raise NotFound
    return run


def run_by_id(pk: str) -> ImportRun | None:
    rows = ImportRun.objects.select_related("source", "started_by", "decided_by").defer("upload")
    return rows.filter(pk=pk).first()


def log_of(run: ImportRun) -> QuerySet[RunLine]:
    """What happened in a run, oldest first, without the refused rows."""
    return RunLine.objects.filter(run=run).exclude(level=RunLine.Level.ROW)


def reasons_of(run: ImportRun) -> list[str]:
    """Why a run is held, in words: the warnings of its log."""
    return [line.text for line in run.lines.filter(level=RunLine.Level.WARNING)]


def notes_of_trial(run: ImportRun) -> list[str]:
    """What a file read on trial would replace, and what is unusual about it, in words; before anybody confirms it."""
    return [line.text for line in run.lines.filter(code__in=("would_replace", "demand_jumped"))]


def refused_rows_of(run: ImportRun) -> QuerySet[RunLine]:
    """The first refused rows of a run's file: .text, .data["at_line"], .data["column"]."""
    return RunLine.objects.filter(run=run, level=RunLine.Level.ROW)


def source_ages(on: datetime | None = None) -> list[dict[str, object]]:
    """One dict a source that was ever read: code, name, kind, simulated, last_good (when it was last published or found
    unchanged, or None), age_days (since then), words (of both ages), last_year (the latest that it has in the figures in use, or None), stale (not
    loaded for long, or of long ago), last_state and last_problem (of its latest run), source (the row). Three queries."""
    now = on or timezone.now()
    good = Q(runs__state__in=[RunState.PUBLISHED, RunState.UNCHANGED])
    rows = Source.objects.annotate(last_good=Max("runs__finished_at", filter=good), last_run=Max("runs__pk"))
    rows = rows.filter(last_run__isnull=False).order_by("code")
    latest = ImportRun.objects.defer("upload").in_bulk([row.last_run for row in rows])
    in_use = (
        Indicator.objects.filter(vintage__state=VintageState.CURRENT).values_list("source").annotate(Max("last_year"))
    )
    last_years = dict(in_use.order_by())
    ages = []
    for row in rows:
        age = (now - row.last_good).days if row.last_good else None
        last_year = last_years.get(row.pk)
        run = latest[row.last_run]
        ages.append(
            {
                "code": row.code,
                "name": row.name,
                "kind": row.kind,
                "simulated": row.is_simulated,
                "last_good": row.last_good,
                "age_days": age,
                "last_year": last_year,
                "words": "" if age is None else age_text(last_year, age),
                "stale": age is None
                or bool(row.stale_after_days and age > row.stale_after_days)
                or is_old(last_year, timezone.localdate(now)),
                "last_state": run.state,
                "last_problem": run.problem_text,
                "source": row,
            }
        )
    return ages


def age_text(last_year: object, days: object) -> str:
    """How old figures are, and when they were loaded: "Figures up to 2017, loaded 3 days ago."."""
    if last_year is None:
        return _("Last loaded %(days)d days ago.") % {"days": days}
    return _("Figures up to %(year)d, loaded %(days)d days ago.") % {"year": last_year, "days": days}


def health_lines() -> list[HealthLine]:
    """The age of each trade source, for the health page; an old source warns, it never fails the page."""
    lines = []
    for age in source_ages():
        name = _("Trade source %(name)s") % {"name": age["name"]}
        if age["last_good"] is None:
            detail = _("Never loaded completely. %(problem)s") % {"problem": age["last_problem"]}
        else:
            detail = str(age["words"])
        lines.append(HealthLine(name, ok=not age["stale"], detail=detail, weight="should"))
    if not lines:
        lines.append(
            HealthLine(_("Trade sources"), ok=False, detail=_("Nothing has been loaded yet."), weight="should")
        )
    return lines
