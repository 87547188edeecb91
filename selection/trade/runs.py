"""The life of one import run: begin, write its log, feed rows beside the figures in use, and publish, hold or refuse them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import statistics
from dataclasses import asdict
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import WrongState

from . import expected
from .arithmetic.checks import Inspector, Refusal
from .flows import Flow
from .models import (
    ImportRun,
    KeptAnswer,
    PlatformDemand,
    RunLine,
    Source,
    SourceKind,
    TradeFlow,
    Vintage,
    VintagePart,
)
from .sources.comtrade import Forgetful
from .states import RUN, Happened, RunState, VintageState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdap_portal.accounts.models import User

    from .arithmetic.checks import Measures
    from .flows import RefusedRow
    from .sources.comtrade import SourceAnswer
    from .sources.platform_csv import DemandRow

SOURCES_TABLE = Path(__file__).parent / "reference" / "sources.csv"
LOST_AFTER = timedelta(minutes=15)
TRIAL_KEPT = timedelta(days=7)
ANSWERS_KEPT = timedelta(days=7)
DEMAND_MAY_CHANGE = (1 / 3, 3)
"""The platform's searches of a product in a market, as a fraction of the latest in use: the median of a file's."""
ONE_EDITION = frozenset({"baci"})
"""Sources whose years are all counted in one HS edition: years of another one do not stand beside new ones."""
CHUNK = 2_000
MAX_ROW_LINES = 200


class FiguresRefused(Exception):
    """The figures may not be used. code and data: for the sentence in labels.py."""

    def __init__(self, code: str, data: dict[str, object]) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


class NothingNew(Exception):
    """The input is the same as one before. code and data: for the sentence in labels.py."""

    def __init__(self, code: str, data: dict[str, object]) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def source_row(code: str) -> Source:
    """The source's row, made or brought up to date from reference/sources.csv. Raises KeyError for an unknown code."""
    with SOURCES_TABLE.open(encoding="utf-8", newline="") as lines:
        cells = {row["code"]: row for row in csv.DictReader(lines)}[code]
    texts = {
        name: cells[name]
        for name in ("kind", "name", "publisher", "edition", "world", "unit", "licence", "delay", "note")
    }
    numbers = {
        "stale_after_days": int(cells["stale_after_days"]),
        "is_simulated": cells["simulated"] == "1",
        "is_scored": cells["scored"] == "1",
        "weights_estimated": cells["weights_estimated"] == "1",
    }
    row, _made = Source.objects.update_or_create(code=code, defaults=texts | numbers)
    return row


@transaction.atomic
def open_run(
    *,
    actor: User | None,
    source: str,
    asked: dict[str, object],
    file_name: str = "",
    sha256: str = "",
    ring: bool = False,
) -> ImportRun:
    """A new run that waits to be begun. ring: a worker shall begin it (handlers.py hears the event), else the caller does."""
    run = ImportRun.objects.create(
        source=source_row(source), started_by=actor, asked=asked, file_name=file_name[:120], sha256=sha256
    )
    happened = Happened.REQUESTED if ring else Happened.OPENED
    record(happened.value, subject=run, actor=actor, source=source)
    return run


@transaction.atomic
def begin(run: ImportRun) -> Vintage:
    """Move the run to "running" and open the vintage it builds. Raises WrongState while another run of the source is at work."""
    Source.objects.select_for_update().get(pk=run.source_id)
    for other in (
        ImportRun.objects.select_for_update().filter(source=run.source_id, state=RunState.RUNNING).exclude(pk=run.pk)
    ):
        if not is_lost(other):
            raise WrongState(_("Another run of this source is under way. Wait until it has ended."))
        end(other, "fail", "worker_lost")
    now = timezone.now()
    run.refresh_from_db()
    RUN.move("start", run.state)
    vintage = Vintage.objects.create(
        kind=run.source.kind,
        name=f"{run.source.kind}-{timezone.localdate(now)}-{run.public_id[:6]}",
        is_simulated=run.source.is_simulated,
    )
    run.vintage = vintage
    _move(run, "start", started_at=now, heartbeat_at=now)
    log(run, "started")
    return vintage


def is_lost(run: ImportRun) -> bool:
    """True for a running run whose worker has not been heard for a quarter of an hour."""
    heard = run.heartbeat_at or run.created_at
    return run.state == RunState.RUNNING and timezone.now() - heard > LOST_AFTER


def log(run: ImportRun, code: str, level: RunLine.Level = RunLine.Level.INFO, **data: object) -> None:
    """A line of the run's log, and a sign of life."""
    RunLine.objects.create(run=run, code=code, level=level.value, data=data)
    touch_heartbeat(run)


def touch_heartbeat(run: ImportRun) -> None:
    """Often enough in whatever takes long: a run not heard of for a quarter of an hour is ended as lost."""
    ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now())


def log_refused_rows(run: ImportRun, rows: Iterable[RefusedRow]) -> None:
    """The first rows that could not be used, each with line, column and reason; the rest is only counted."""
    RunLine.objects.bulk_create(
        RunLine(
            run=run,
            level=RunLine.Level.ROW.value,
            code=row.code,
            data={**row.data, "at_line": row.line, "column": row.column},
        )
        for row in list(rows)[:MAX_ROW_LINES]
    )


@transaction.atomic
def publish(run: ImportRun, built: Vintage, **decided: object) -> None:
    """Make the run's vintage the one in use; the one before stays, superseded. One transaction: readers see old or new.

    decided: decided_by and decided_reason, where a person looked at a held run.
    """
    vintage = Vintage.objects.select_for_update().get(pk=built.pk)
    now = timezone.now()
    for old in Vintage.objects.select_for_update().filter(kind=vintage.kind, state=VintageState.CURRENT):
        old.state, old.superseded_at = VintageState.SUPERSEDED.value, now
        old.save(update_fields=["state", "superseded_at"])
    vintage.state, vintage.published_at = VintageState.CURRENT.value, now
    vintage.save(update_fields=["state", "published_at"])
    run.vintage = vintage
    log(run, "published", vintage=vintage.name)
    _move(run, "publish", finished_at=now, upload=None, problem="", problem_data={}, **decided)
    _clear_up(run)


@transaction.atomic
def hold(run: ImportRun, reasons: Iterable[Refusal]) -> None:
    """Keep what the run built beside the figures in use until a person other than who started it has looked at it."""
    found = list(reasons)
    for refusal in found:
        log(run, refusal.code, RunLine.Level.WARNING, **refusal.data)
    _move(run, "hold", problem=found[0].code, problem_data=dict(found[0].data))
    _clear_up(run)


def _clear_up(run: ImportRun) -> None:
    """What an earlier run of the source left to be looked at is out of date, and so are the answers that failed ones left."""
    KeptAnswer.objects.filter(source=run.source_id).delete()
    held = ImportRun.objects.filter(source=run.source_id, state=RunState.HELD, pk__lt=run.pk)
    for old in held.select_related("source", "started_by", "vintage"):
        end(old, "refuse", "newer_came")


@transaction.atomic
def end(run: ImportRun, action: str, code: str, data: dict[str, Any] | None = None, **decided: object) -> None:
    """End a run without new figures: "fail", "refuse" or "find_unchanged". What it had built is removed; what is in use stays.

    decided: as in publish.
    """
    level = RunLine.Level.INFO if action == "find_unchanged" else RunLine.Level.WARNING
    log(run, code, level, **(data or {}))
    vintage, run.vintage = run.vintage, None
    problem: dict[str, Any] = {} if action == "find_unchanged" else {"problem": code, "problem_data": data or {}}
    _move(run, action, finished_at=timezone.now(), upload=None, **problem, **decided)
    if action != "fail":
        KeptAnswer.objects.filter(source=run.source_id).delete()
    if vintage is not None and vintage.state == VintageState.BUILDING:
        vintage.delete()


def _move(run: ImportRun, action: str, **changes: object) -> None:
    move = RUN.move(action, run.state)
    run.state = str(move.target)
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=["state", "vintage", *changes, "updated_at"])
    names = {"vintage": run.vintage.name} if run.vintage else {}
    details: dict[str, Any] = {"problem": run.problem} if run.problem else {}
    details |= {"reason": run.decided_reason} if run.decided_reason else {}
    record(str(move.event), subject=run, actor=run.decided_by or run.started_by, **names, **details)


def drop(run: ImportRun) -> None:
    """Put a trial away that nobody confirmed; its file is forgotten."""
    with transaction.atomic():
        row = ImportRun.objects.select_for_update().get(pk=run.pk)
        _move(row, "drop", finished_at=timezone.now(), upload=None)


def note_checked(run: ImportRun, content: bytes) -> None:
    """A trial that found usable rows keeps the file until a person confirms or drops it."""
    run.state, run.upload = RunState.CHECKED.value, content
    run.save()
    record(Happened.CHECKED.value, subject=run, actor=run.started_by, rows=run.rows_kept, refused=run.rows_refused)


def current_vintage(kind: SourceKind) -> Vintage | None:
    return Vintage.objects.filter(kind=kind.value, state=VintageState.CURRENT).first()


def require_news(run: ImportRun) -> None:
    """Raises NothingNew where the latest figures of the source came from the same input, or wait to be looked at; unless asked
    for again."""
    if not run.sha256 or run.asked.get("again"):
        return
    others = ImportRun.objects.filter(source=run.source_id).exclude(pk=run.pk)
    if others.filter(state=RunState.HELD, sha256=run.sha256).exists():
        raise NothingNew("waits_already", {})
    latest = others.filter(state=RunState.PUBLISHED).select_related("vintage").order_by("-finished_at", "-pk").first()
    if latest is not None and latest.sha256 == run.sha256 and latest.vintage is not None:
        raise NothingNew("unchanged", {"vintage": latest.vintage.name})


def calls_of_today(source: Source) -> int:
    """Calls of the source's service by all runs that began on this day (UTC, as the service counts)."""
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    told = ImportRun.objects.filter(source=source, started_at__gte=midnight).aggregate(calls=Sum("calls"))
    return told["calls"] or 0


class KeptAnswers(Forgetful):
    """Answers that runs which failed had already got from a source, for a week."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def find(self, address: str) -> dict[str, Any] | None:
        fresh = KeptAnswer.objects.filter(source=self.source, at__gt=timezone.now() - ANSWERS_KEPT)
        row = fresh.filter(address=_hash(address)).first()
        if row is None:
            return None
        told = json.loads(gzip.decompress(row.content))
        return told | {"flows": tuple(Flow(**flow) for flow in told["flows"])}

    def keep(self, address: str, answer: SourceAnswer) -> None:
        told = {name: getattr(answer, name) for name in ("breakdown", "strangers", "unusable")}
        told["flows"] = [asdict(flow) for flow in answer.flows]
        content = gzip.compress(json.dumps(told).encode())
        KeptAnswer.objects.update_or_create(
            source=self.source, address=_hash(address), defaults={"content": content, "at": timezone.now()}
        )


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def lay_parts(vintage: Vintage, read: dict[str, Measures] | None = None) -> None:
    """Put the vintage together: the years that were read anew, and of everything else what is in use now.

    read: measures of the new years by "source:year"; None where they were laid before and only the rest is taken anew.
    """
    if read is not None:
        sources = {source.code: source for source in Source.objects.all()}
        VintagePart.objects.bulk_create(
            VintagePart(
                vintage=vintage,
                source=sources[code],
                year=int(year),
                loaded_in=vintage,
                measures=read[f"{code}:{year}"],
            )
            for code, year in (key.split(":") for key in read)
        )
    VintagePart.objects.filter(vintage=vintage).exclude(loaded_in=vintage).delete()
    new = {part_key(part): part.measures for part in vintage.parts.select_related("source")}
    current = current_vintage(SourceKind.FLOWS)
    standing = parts_of(current)
    behind = left_behind(standing, new)
    VintagePart.objects.bulk_create(
        VintagePart(
            vintage=vintage, source=part.source, year=part.year, loaded_in_id=part.loaded_in_id, measures=part.measures
        )
        for key, part in standing.items()
        if key not in new and key not in behind
    )
    vintage.summary["beside"] = current.pk if current else None
    vintage.save(update_fields=["summary"])


def part_key(part: VintagePart) -> str:
    return f"{part.source.code}:{part.year}"


def parts_of(vintage: Vintage | None) -> dict[str, VintagePart]:
    """The parts of a vintage by "source:year"; empty for None. Costs one query."""
    rows = VintagePart.objects.filter(vintage=vintage).select_related("source") if vintage else []
    return {part_key(part): part for part in rows}


def left_behind(standing: dict[str, VintagePart], new: dict[str, Measures]) -> set[str]:
    """Keys of standing parts that cannot stand beside the new ones: of the same source in another HS edition, where its years
    must be of one."""
    editions = {key.split(":")[0]: measures.get("edition") for key, measures in new.items()}
    return {
        key
        for key, part in standing.items()
        if part.source.code in ONE_EDITION & editions.keys()
        and part.measures.get("edition") != editions[part.source.code]
    }


def flows_of(vintage: Vintage) -> dict[Source, Any]:
    """The flows of a vintage by source, wherever they lie; sources in the order of their ids."""
    places: dict[Source, dict[int, list[int]]] = {}
    for part in sorted(parts_of(vintage).values(), key=lambda each: (each.source_id, each.year)):
        places.setdefault(part.source, {}).setdefault(part.loaded_in_id, []).append(part.year)
    found = {}
    for source, years in places.items():
        where = Q()
        for loaded_in, told in years.items():
            where |= Q(vintage=loaded_in, year__in=told)
        found[source] = TradeFlow.objects.filter(where, source=source)
    return found


class Feed:
    """Stores flows beside the figures in use, in chunks, and lets the inspector see each."""

    def __init__(self, run: ImportRun, vintage: Vintage) -> None:
        self.run = run
        self.vintage = vintage
        self.inspector = Inspector()
        self._waiting: list[TradeFlow] = []
        self._sources: dict[str, Source] = {run.source.code: run.source}

    def add(self, flow: Flow, source: str | None = None) -> None:
        code = source or self.run.source.code
        if code not in self._sources:
            self._sources[code] = source_row(code)
        if not self.inspector.see(code, flow):
            return
        self.run.rows_kept += 1
        self._waiting.append(
            TradeFlow(
                vintage=self.vintage,
                source=self._sources[code],
                year=flow.year,
                reporter=flow.reporter,
                partner=flow.partner,
                flow=flow.flow,
                hs=flow.hs,
                edition=flow.edition,
                value_usd=flow.value_usd,
                net_weight_kg=flow.net_weight_kg,
                weight_estimated=flow.weight_estimated,
            )
        )
        if len(self._waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        TradeFlow.objects.bulk_create(self._waiting)
        self._waiting = []
        self.run.heartbeat_at = timezone.now()
        self.run.save(update_fields=["rows_read", "rows_kept", "rows_refused", "heartbeat_at"])

    def require_fit(self, years: Iterable[int] = ()) -> list[Refusal]:
        """Reasons to hold these figures for a person's look; empty for none. Raises FiguresRefused for a broken feed.

        years: those that were asked for, so that one that did not come is missed.
        """
        standing = parts_of(current_vintage(SourceKind.FLOWS))
        asked = {f"{self.run.source.code}:{year}" for year in years}
        asked |= left_behind(standing, self.inspector.measures())
        found = self.inspector.refusals(
            {key: part.measures for key, part in standing.items()},
            read=self.run.rows_read,
            refused=self.run.rows_refused,
            asked=asked,
            bounds=expected.bounds(),
            large=expected.large_exporters(),
        )
        for refusal in found:
            if not refusal.holds:
                raise FiguresRefused(refusal.code, dict(refusal.data))
        return found


def rows_that_end(rows: Iterable[PlatformDemand | DemandRow], *, simulated_goes: bool) -> set[int]:
    """Ids of the rows of platform demand that new ones would end: those of the same cells, and with real figures all simulated."""
    standing = PlatformDemand.objects.filter(replaced_in__isnull=True)
    gone = set(standing.filter(is_simulated=True).values_list("pk", flat=True)) if simulated_goes else set()
    cells = {(row.hs6, row.market, row.month) for row in rows}
    products = sorted({hs6 for hs6, _market, _month in cells})
    for start in range(0, len(products), 200):
        known = standing.filter(hs6__in=products[start : start + 200]).values_list("pk", "hs6", "market", "month")
        gone |= {pk for pk, *cell in known if tuple(cell) in cells}
    return gone


def replace_demand(vintage: Vintage, rows: list[PlatformDemand], *, simulated_goes: bool) -> None:
    """Lay new rows of platform demand over the old, which end here (see rows_that_end)."""
    gone = sorted(rows_that_end(rows, simulated_goes=simulated_goes))
    for start in range(0, len(gone), 500):
        PlatformDemand.objects.filter(pk__in=gone[start : start + 500]).update(replaced_in=vintage)
    PlatformDemand.objects.bulk_create(rows, batch_size=CHUNK)


def reasons_of_demand(rows: tuple[DemandRow, ...]) -> list[Refusal]:
    """What a second person should know of the platform's figures before they are used: always how many replace how many; and
    where they are far from those in use."""
    ended = rows_that_end(rows, simulated_goes=True)
    found = [Refusal("would_replace", {"rows": len(rows), "replaced": len(ended)})]
    latest = PlatformDemand.objects.filter(replaced_in__isnull=True, is_simulated=False, searches__gt=0)
    known = {
        (hs6, market): count or 1
        for hs6, market, count in latest.order_by("month").values_list("hs6", "market", "searches")
    }
    shares = [
        row.searches / known[row.hs6, row.market]
        for row in rows
        if row.searches is not None and (row.hs6, row.market) in known
    ]
    least, most = DEMAND_MAY_CHANGE
    if shares and not least <= statistics.median(shares) <= most:
        found.append(Refusal("demand_jumped", {"percent": round(100 * statistics.median(shares))}))
    return found
