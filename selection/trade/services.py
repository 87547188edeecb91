"""Acts of trade evidence: load flows, hand in the platform's figures, compute indicators. Every import is a run with a log."""

from __future__ import annotations

import csv
import hashlib
import logging
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.sectors import SECTOR_BY_PREFIX, sector_of
from smes.vocabulary.tables import read_table
from tdap_portal.core.errors import DomainError, WrongState

from . import expected, labels, permissions, runs
from .arithmetic import checks, indicators
from .flows import Flow
from .models import (
    ImportRun,
    Indicator,
    PlatformDemand,
    RunLine,
    Source,
    SourceKind,
    Vintage,
    visible_demand,
)
from .sources import baci, platform_csv, queries, simulated
from .sources.comtrade import Comtrade, SourceError
from .states import RunState, VintageState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date

    from django.core.files.uploadedfile import UploadedFile

    from tdap_portal.accounts.models import User

logger = logging.getLogger(__name__)
SAMPLE_TABLE = Path(__file__).parent / "reference" / "sample_flows.csv"
SAMPLE_EDITIONS = {"ots2017": "H3", "wits": "H1", "atlas": "H0", "baci2018": "H4"}
YEARS_ASKED = 8
MAX_ATTEMPTS = 3


# Flows ---------------------------------------------------------------------------------------------------------------
def request_comtrade_pull(*, actor: User | None, years: Iterable[int] = (), attempt: int = 1) -> ImportRun:
    """Ask a worker to fetch UN Comtrade; returns the waiting run, or the one that is already on its way.

    Nothing is asked of the network here.
    """
    permissions.can_load_flows(actor).require()
    on_its_way = ImportRun.objects.filter(
        source__code="comtrade", state__in=[RunState.WAITING, RunState.RUNNING]
    ).first()
    if on_its_way is not None and not runs.is_lost(on_its_way):
        return on_its_way
    asked = {"act": "comtrade", "years": sorted(years), "attempt": attempt}
    return runs.open_run(actor=actor, source="comtrade", asked=asked, ring=True)


def pull_comtrade(
    *,
    actor: User | None,
    years: Iterable[int] = (),
    again: bool = False,
    source: Comtrade | None = None,
    say: Callable[[str], object] = lambda _line: None,
) -> ImportRun:
    """Fetch UN Comtrade now and publish it if it stands the checks. Other years and other sources in use stay as they are.

    years: calendar years, by default the eight before this one; without a key only two of them (queries.two_years). again:
    publish even what is the same as in use. source: an adapter other than the configured one. say: hears each line of the log
    as it is written. Returns the run; a source that is down, slow or lying ends in "failed" or "refused" with the reason, one
    whose figures look wrong in "held", and the figures in use stay. What a failed run had got is not asked for again.
    """
    permissions.can_load_flows(actor).require()
    asked = {"act": "comtrade", "years": sorted(years), "again": again}
    run = runs.open_run(actor=actor, source="comtrade", asked=asked)
    return _pull(run, source, say)


def load_sample(*, actor: User | None = None, again: bool = False) -> ImportRun:
    """Load the compact table of real figures that comes with the portal; needs no network. again: see pull_comtrade."""
    permissions.can_load_flows(actor).require()
    content = SAMPLE_TABLE.read_bytes()
    asked = {"act": "sample", "again": again}
    run = runs.open_run(
        actor=actor,
        source="wits",
        asked=asked,
        file_name=SAMPLE_TABLE.name,
        sha256=hashlib.sha256(content).hexdigest(),
    )

    def read(feed: runs.Feed) -> None:
        for row in csv.DictReader(content.decode("utf-8").splitlines()):
            run.rows_read += 1
            feed.add(_sample_flow(row), row["source"])

    return _build_flows(run, read)


def import_baci(
    *,
    actor: User | None,
    paths: Iterable[Path],
    edition: str = "",
    again: bool = False,
) -> ImportRun:
    """Load BACI-type CSV files (one a year; .csv or .csv.gz), read line by line, as one run.

    edition: of files whose names do not say in which HS edition they are, such as "H5". Only what the indicators need is kept (see baci.condense).
    Years of another edition leave, and the run is held if that takes years away. again: see pull_comtrade.
    """
    permissions.can_load_flows(actor).require()
    files = sorted(Path(path) for path in paths)
    names = ", ".join(path.name for path in files)
    asked = {"act": "baci", "edition": edition, "again": again}
    run = runs.open_run(actor=actor, source="baci", asked=asked, file_name=names, sha256=_sha256(files, edition))

    def read(feed: runs.Feed) -> None:
        one_edition = baci.edition_of([path.name for path in files], edition)
        for path in files:
            rows = baci.FileRows(path, one_edition, max_examples=runs.MAX_ROW_LINES)
            condensed = baci.condense(rows, wanted=_holds_priority)
            for year, exporters in condensed.exporters.items():
                feed.inspector.note_exporters("baci", year, exporters)
            for flow in condensed.flows:
                feed.add(flow)
            run.rows_read += rows.read
            run.rows_refused += rows.refused
            runs.log_refused_rows(run, rows.examples)
            runs.log(run, "read_file", name=path.name, rows=rows.read)

    return _build_flows(run, read, baci.years_of(path.name for path in files))


def work_off(*, run_id: int) -> None:
    """Do a waiting run. Safe to ring twice: a run that is under way or ended is left alone."""
    run = ImportRun.objects.select_related("source", "started_by").get(pk=run_id)
    if run.state == RunState.WAITING and run.asked.get("act") == "comtrade":
        _pull(run)


def sweep_runs() -> int:
    """End what was cut off, ask again for what fetches, ring for what nobody began, and put trials of last week away. A run that
    is held waits as long as it takes.

    Returns how many runs were touched. Safe to run twice.
    """
    swept = 0
    for run in ImportRun.objects.filter(state=RunState.RUNNING).select_related("source", "vintage", "started_by"):
        if runs.is_lost(run):
            runs.end(run, "fail", "worker_lost")
            swept += 1
            attempt = int(run.asked.get("attempt", 1))
            if run.asked.get("act") == "comtrade" and attempt < MAX_ATTEMPTS:
                request_comtrade_pull(actor=None, years=run.asked.get("years", ()), attempt=attempt + 1)
    late = timezone.now() - runs.LOST_AFTER
    for run in ImportRun.objects.filter(state=RunState.WAITING, created_at__lt=late).select_related(
        "source", "started_by"
    ):
        if run.asked.get("act") == "comtrade":
            work_off(run_id=run.pk)
        else:
            runs.end(run, "fail", "worker_lost")
        swept += 1
    for run in ImportRun.objects.filter(state=RunState.CHECKED, updated_at__lt=timezone.now() - runs.TRIAL_KEPT):
        runs.drop(run)
        swept += 1
    return swept


def rebuild_indicators(vintage: Vintage) -> int:
    """Compute all indicators of a vintage that is being built, from its own rows; returns how many.

    Raises WrongState for a published vintage: scores stand on it, so it stays as it is.
    """
    if vintage.state != VintageState.BUILDING:
        raise WrongState(_("Figures in use are not computed again: scores stand on them. Load the source again."))
    Indicator.objects.filter(vintage=vintage).delete()
    rows = _flow_indicators(vintage) if vintage.kind == SourceKind.FLOWS else _platform_indicators(vintage)
    vintage.summary["indicators"] = sum(row.value is not None for row in rows)
    vintage.save(update_fields=["summary"])
    return len(Indicator.objects.bulk_create(rows, batch_size=runs.CHUNK))


def _build_flows(run: ImportRun, read: Callable[[runs.Feed], None], years: Iterable[int] = ()) -> ImportRun:
    """Store beside, check, compute, publish or hold; whatever goes wrong ends the run and leaves the figures in use alone.

    years: those that were asked for.
    """
    try:
        vintage = runs.begin(run)
    except WrongState:
        run.refresh_from_db()
        if run.state == RunState.WAITING:  # else another worker was rung for this very run and has it
            runs.end(run, "fail", "already_running")
        return run
    try:
        runs.require_news(run)
        feed = runs.Feed(run, vintage)
        read(feed)
        feed.flush()
        reasons = feed.require_fit(years)
        runs.lay_parts(vintage, feed.inspector.measures())
        runs.log(run, "indicators_built", count=rebuild_indicators(vintage))
        reasons += _fewer_indicators(vintage)
        if reasons:
            runs.hold(run, reasons)
        else:
            runs.publish(run, vintage)
    except runs.NothingNew as same:
        runs.end(run, "find_unchanged", same.code, same.data)
    except SourceError as problem:
        runs.end(run, "fail", problem.code, problem.data)
    except (runs.FiguresRefused, baci.BadFile) as problem:
        runs.end(run, "refuse", problem.code, problem.data)
    except Exception as fault:
        runs.end(run, "fail", "fault", {"kind": type(fault).__name__})
        raise
    return run


def _fewer_indicators(vintage: Vintage) -> list[checks.Refusal]:
    current = runs.current_vintage(SourceKind.FLOWS)
    before = Indicator.objects.filter(vintage=current, value__isnull=False).count() if current else 0
    refusal = checks.too_few_indicators(vintage.summary["indicators"], before)
    return [refusal] if refusal else []


@transaction.atomic
def publish_held(*, actor: User, run: ImportRun, reason: str) -> ImportRun:
    """Bring figures into use that were held, after a look; the reason stands in the history.

    Where other figures came into use meanwhile, those of the other sources and years are taken from them.
    Raises NotAllowed for who started the run, WrongState for a run that is not held.
    """
    row, vintage = _held(actor, run)
    decided = {"decided_by": actor, "decided_reason": reason}
    if vintage.kind == SourceKind.PLATFORM:
        return _publish_demand(row, vintage, _rows_of_upload(row), **decided)
    current = runs.current_vintage(SourceKind.FLOWS)
    if vintage.summary.get("beside") != (current.pk if current else None):
        runs.lay_parts(vintage)
        runs.log(row, "indicators_built", count=rebuild_indicators(vintage))
    runs.publish(row, vintage, **decided)
    return row


@transaction.atomic
def refuse_held(*, actor: User, run: ImportRun, reason: str) -> ImportRun:
    """Put figures away that were held; who handed them in reads the reason. Raises as publish_held does."""
    row, _vintage = _held(actor, run)
    runs.end(row, "refuse", "refused_by_person", {"reason": reason}, decided_by=actor, decided_reason=reason)
    return row


def _held(actor: User, run: ImportRun) -> tuple[ImportRun, Vintage]:
    row = (
        ImportRun.objects.select_for_update(of=("self",))
        .select_related("source", "started_by", "vintage")
        .get(pk=run.pk)
    )
    permissions.can_decide_on_held(actor, row).require()
    if row.state != RunState.HELD or row.vintage is None:
        raise WrongState(_("This run does not wait for a look any more."))
    return row, row.vintage


def configured_source() -> Comtrade:
    """The adapter that the settings describe; without a key it uses the public preview, which can be asked for little."""
    return Comtrade(
        base_url=settings.COMTRADE_URL, key=settings.COMTRADE_KEY, timeout_seconds=settings.COMTRADE_TIMEOUT_SECONDS
    )


def _pull(
    run: ImportRun, source: Comtrade | None = None, say: Callable[[str], object] = lambda _line: None
) -> ImportRun:
    def log(code: str, **data: Any) -> None:
        runs.log(run, code, **data)
        say(labels.log_text(code, data))

    adapter = source or configured_source()
    adapter.log = log
    adapter.calls = made_before = runs.calls_of_today(run.source)
    adapter.kept = runs.KeptAnswers(run.source)
    # Growth from two years alone must not end in a year that half of the world has still to report.
    end = timezone.localdate().year - (0 if adapter.key else 1)
    years = run.asked.get("years") or range(end - YEARS_ASKED, end)
    if not adapter.key:
        years = queries.two_years(years)

    def count_calls() -> None:
        run.calls = adapter.calls - made_before
        run.save(update_fields=["calls"])

    def fetch() -> dict[tuple[object, ...], Flow]:
        flows: dict[tuple[object, ...], Flow] = {}
        if not adapter.key:
            log("without_key", years=", ".join(map(str, years)))
        for step, query in (queries.questions if adapter.key else queries.few_questions)(years):
            log("asking", step=step)
            kept = left_out = 0
            for answer in adapter.fetch(query):
                runs.touch_heartbeat(run)
                count_calls()
                flows |= {flow.cell: flow for flow in answer.flows}
                kept += len(answer.flows)
                left_out += answer.breakdown + answer.strangers + answer.unusable
                run.rows_refused += answer.unusable
            run.rows_read += kept + left_out
            log("asked" if kept else "no_data", step=step, rows=kept, left_out=left_out)
        return flows

    def read(feed: runs.Feed) -> None:
        try:
            flows = fetch()
        finally:
            count_calls()
        run.sha256 = _digest(flows.values())
        run.save(update_fields=["sha256"])
        runs.require_news(run)
        for flow in flows.values():
            feed.add(flow)

    return _build_flows(run, read, years)


def _digest(flows: Iterable[Flow]) -> str:
    """The same whatever order the rows came in."""
    digest = hashlib.sha256()
    for line in sorted(map(repr, flows)):
        digest.update(line.encode())
    return digest.hexdigest()


def _sample_flow(row: dict[str, str]) -> Flow:
    return Flow(
        year=int(row["year"]),
        reporter=row["reporter"],
        partner=row["partner"],
        flow=row["flow"],
        hs=row["hs"],
        value_usd=float(row["value_usd"]),
        net_weight_kg=float(row["net_kg"]) if row["net_kg"] else None,
        edition=SAMPLE_EDITIONS[row["source"]],
    )


def _sha256(files: Iterable[Path], edition: str) -> str:
    """Of the files and the edition that was said with them."""
    digest = hashlib.sha256(edition.encode())
    for path in files:
        with path.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()


def _sector(code: str) -> str | None:
    """The sector of a heading or a six-digit code; a heading goes where its unnamed rest goes."""
    return sector_of(code.ljust(6, "0")) if re.fullmatch("[0-9]{4}|[0-9]{6}", code) else None


def _is_priority(code: str) -> bool:
    return _sector(code) is not None


@cache
def _holds_priority(heading: str) -> bool:
    """True for a heading that belongs to a priority sector, or of which one product does."""
    return _is_priority(heading) or any(prefix.startswith(heading) for prefix in SECTOR_BY_PREFIX)


# Indicators ----------------------------------------------------------------------------------------------------------
def _flow_indicators(vintage: Vintage) -> list[Indicator]:
    """The best of what each source of the vintage tells; sources are never added to each other."""
    candidates: dict[tuple[str, str, str], list[tuple[indicators.Result, Source]]] = defaultdict(list)
    for source, rows in runs.flows_of(vintage).items():
        large = expected.large_exporters()
        for result in indicators.from_flows(_plain_flows(rows), sector_of=_sector, large=large):
            if source.code == "ots2017" and result.name in {
                indicators.Name.EXPORT_VALUE,
                indicators.Name.EXPORT_GROWTH,
            }:
                continue  # inflated by mirroring: good for ratios only
            candidates[result.hs, result.sector, result.name].append((result, source))
    rows_out = []
    for (_hs, _in_sector, name), results in candidates.items():
        result, source = max(results, key=lambda each: _precedence(name, *each))
        rows_out.append(_indicator(vintage, source, result))
    return rows_out


def _precedence(name: str, result: indicators.Result, source: Source) -> tuple[bool, bool, int, bool, int]:
    """Which source's figure wins: any value over none; one that gives points; the latest year; in the same year BACI for what
    compares with the world, as it knows all exporters, and for Pakistan's own exports and for prices the official reports; then
    the source that was known first."""
    of_reports = name in {indicators.Name.EXPORT_VALUE, indicators.Name.EXPORT_GROWTH, *indicators.PRICE_NAMES}
    known = result.figure.value is not None
    return known, source.is_scored, result.last_year or 0, (source.code == "baci") != of_reports, -source.pk


def _plain_flows(rows: Any) -> Iterator[Flow]:
    names = ("year", "reporter", "partner", "flow", "hs", "value_usd", "net_weight_kg", "weight_estimated", "edition")
    for values in rows.values_list(*names).iterator(chunk_size=runs.CHUNK):
        yield Flow(*values)


def _platform_indicators(vintage: Vintage) -> list[Indicator]:
    names = ("hs6", "market", "month", "searches", "rfqs", "inquiries", "active_suppliers")
    rows = PlatformDemand.objects.filter(visible_demand(vintage)).values_list(*names)
    demand = (
        indicators.Demand(hs6, market, f"{month:%Y-%m}", *counts)
        for hs6, market, month, *counts in rows.iterator(chunk_size=runs.CHUNK)
    )
    source = runs.source_row("simulated" if vintage.is_simulated else "platform")
    return [_indicator(vintage, source, result) for result in indicators.from_demand(demand, sector_of=_sector)]


def _indicator(vintage: Vintage, source: Source, result: indicators.Result) -> Indicator:
    return Indicator(
        vintage=vintage,
        source=source,
        hs=result.hs,
        sector=result.sector,
        name=result.name.value,
        value=result.figure.value,
        unit=result.unit.value,
        period=result.period,
        last_year=result.last_year,
        missing_reason=str(result.figure.reason or ""),
        notes=[note.value for note in _notes(source, result)],
    )


def _notes(source: Source, result: indicators.Result) -> tuple[indicators.Note, ...]:
    if result.name in indicators.PRICE_NAMES and result.figure.value is not None and source.weights_estimated:
        return (*result.notes, indicators.Note.WEIGHTS_PARTLY_ESTIMATED)
    return result.notes


# Platform ------------------------------------------------------------------------------------------------------------
def import_platform_csv(*, actor: User | None, file: UploadedFile, dry_run: bool = True) -> ImportRun:
    """Read the platform's file. dry_run: only say what it holds, row by row, and keep it until confirmed; else publish it.

    The size is looked at before the content is read. A file that cannot be read at all raises DomainError (code of
    labels.LOG_TEXTS) and leaves no run. Without a single good row the run ends as refused.
    """
    permissions.can_hand_in_platform_figures(actor).require()
    if (file.size or 0) > platform_csv.MAX_BYTES:
        raise _domain_error(baci.BadFile("too_large", limit_mb=platform_csv.MAX_BYTES // 1_000_000))
    content = file.read(platform_csv.MAX_BYTES + 1)
    try:
        parsed = platform_csv.read_platform_file(content, today=timezone.localdate())
    except baci.BadFile as problem:
        raise _domain_error(problem) from problem
    with transaction.atomic():
        run = runs.open_run(
            actor=actor,
            source="platform",
            asked={"act": "platform"},
            file_name=Path(file.name or "").name,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        run.rows_read, run.rows_kept, run.rows_refused = parsed.read, len(parsed.rows), len(parsed.refused)
        runs.note_checked(run, content)
        for reason in runs.reasons_of_demand(parsed.rows):
            runs.log(run, reason.code, **reason.data)
        if parsed.unknown_columns:
            runs.log(run, "columns_extra", RunLine.Level.WARNING, columns=", ".join(parsed.unknown_columns))
        runs.log_refused_rows(run, parsed.refused)
        if not parsed.rows:
            runs.begin(run)
            runs.end(run, "refuse", "nothing_came")
    return run if dry_run or not parsed.rows else confirm_platform_csv(actor=actor, run=run)


@transaction.atomic
def confirm_platform_csv(*, actor: User | None, run: ImportRun) -> ImportRun:
    """Hand the good rows of a file read on trial to a second person; of the portal itself, publish them.

    Rows are read as on the day of the trial: a month that has ended since stays refused. Raises WrongState for a run that is no trial, or where it was confirmed, dropped or ended before.
    """
    permissions.can_hand_in_platform_figures(actor).require()
    row = ImportRun.objects.select_for_update(of=("self",)).select_related("source", "started_by").get(pk=run.pk)
    if row.state != RunState.CHECKED:
        raise WrongState(_("This run is no file that waits to be confirmed."))
    vintage = runs.begin(row)
    try:
        runs.require_news(row)
    except runs.NothingNew as same:
        runs.end(row, "find_unchanged", same.code, same.data)
        return row
    rows = _rows_of_upload(row)
    if actor is None:
        return _publish_demand(row, vintage, rows)
    runs.hold(row, runs.reasons_of_demand(rows))
    return row


def _rows_of_upload(run: ImportRun) -> tuple[platform_csv.DemandRow, ...]:
    """Read as on the day of the upload."""
    content = bytes(run.upload or b"")
    return platform_csv.read_platform_file(content, today=timezone.localdate(run.created_at)).rows


@transaction.atomic
def drop_platform_csv(*, actor: User | None, run: ImportRun) -> None:
    """Put a file read on trial away without using it. Raises WrongState where it was confirmed before."""
    permissions.can_hand_in_platform_figures(actor).require()
    runs.drop(run)


@transaction.atomic
def simulate_platform(
    *,
    actor: User | None = None,
    until: date | None = None,
    months: int = 24,
    seed: int = 2017,
    products: Iterable[str] = (),
) -> ImportRun:
    """Fill the platform's figures with made-up ones, labelled as such; refused where real figures are in use.

    until, months: the months before this day's month (today), laid over those of earlier runs.
    products: HS six-digit codes; by default those with everyday words that belong to a priority sector.
    """
    permissions.can_load_flows(actor).require()
    codes = list(products) or [row["hs6"] for row in read_table("everyday_words") if _is_priority(row["hs6"])]
    run = runs.open_run(
        actor=actor, source="simulated", asked={"act": "simulated", "seed": seed, "products": len(codes)}
    )
    current = runs.current_vintage(SourceKind.PLATFORM)
    vintage = runs.begin(run)
    if current is not None and not current.is_simulated:
        runs.end(run, "refuse", "replaces_real")
        return run
    day = until or timezone.localdate()
    rows = list(simulated.simulate([(c, _sector(c)) for c in codes], until=day, months=months, seed=seed))
    run.rows_read = run.rows_kept = len(rows)
    return _publish_demand(run, vintage, rows)


def _publish_demand(
    run: ImportRun, vintage: Vintage, rows: Iterable[platform_csv.DemandRow], **decided: object
) -> ImportRun:
    names = ("hs6", "market", "month", *platform_csv.COUNTS, *platform_csv.PRICES)
    demand = [
        PlatformDemand(
            vintage=vintage,
            run=run,
            is_simulated=vintage.is_simulated,
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    ]
    runs.replace_demand(vintage, demand, simulated_goes=not vintage.is_simulated)
    runs.log(run, "indicators_built", count=rebuild_indicators(vintage))
    run.save(update_fields=["rows_read", "rows_kept", "rows_refused"])
    runs.publish(run, vintage, **decided)
    return run


def _domain_error(problem: baci.BadFile) -> DomainError:
    return DomainError(labels.log_text(problem.code, problem.data), code=problem.code)
