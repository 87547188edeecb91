"""The life of one import run: begin, write its log, feed rows beside the figures in use, and publish or refuse them."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import WrongState

from .arithmetic.checks import ACCEPTABLE, Inspector, Summary
from .models import ImportRun, PlatformDemand, RunLine, Source, SourceKind, TradeFlow, Vintage
from .states import RUN, Happened, RunState, VintageState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdap_portal.accounts.models import User

    from .flows import Flow, RefusedRow

SOURCES_TABLE = Path(__file__).parent / "reference" / "sources.csv"
LOST_AFTER = timedelta(minutes=15)
TRIAL_KEPT = timedelta(days=7)
CHUNK = 2_000
MAX_ROW_LINES = 200


class FiguresRefused(Exception):
    """The figures may not be used. code and data: for the sentence in labels.py."""

    def __init__(self, code: str, data: dict[str, object]) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


class NothingNew(Exception):
    """The input is the same as that of the vintage in use, whose name this carries."""


def source_row(code: str) -> Source:
    """The source's row, made or brought up to date from reference/sources.csv. Raises KeyError for an unknown code."""
    with SOURCES_TABLE.open(encoding="utf-8", newline="") as lines:
        cells = {row["code"]: row for row in csv.DictReader(lines)}[code]
    texts = {
        name: cells[name]
        for name in ("kind", "name", "publisher", "edition", "world", "unit", "licence", "delay", "note")
    }
    numbers = {"stale_after_days": int(cells["stale_after_days"]), "is_simulated": cells["simulated"] == "1"}
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
def publish(run: ImportRun, built: Vintage, summary: dict[str, object], accepted: Iterable[str] = ()) -> None:
    """Make the run's vintage the one in use; the one before stays, superseded. One transaction: readers see old or new.

    accepted: codes of the refusals that the person who started the run accepted; they stand in its history.
    """
    vintage = Vintage.objects.select_for_update().get(pk=built.pk)
    now = timezone.now()
    for old in Vintage.objects.select_for_update().filter(kind=vintage.kind, state=VintageState.CURRENT):
        old.state, old.superseded_at = VintageState.SUPERSEDED.value, now
        old.save(update_fields=["state", "superseded_at"])
    vintage.state, vintage.published_at, vintage.summary = VintageState.CURRENT.value, now, summary
    vintage.save(update_fields=["state", "published_at", "summary"])
    run.vintage = vintage
    log(run, "published", vintage=vintage.name)
    _move(run, "publish", accepted=accepted, finished_at=now, upload=None)


@transaction.atomic
def end(run: ImportRun, action: str, code: str, data: dict[str, Any] | None = None) -> None:
    """End a run without new figures: "fail", "refuse" or "find_unchanged". What it had built is removed; what is in use stays."""
    level = RunLine.Level.INFO if action == "find_unchanged" else RunLine.Level.WARNING
    log(run, code, level, **(data or {}))
    vintage, run.vintage = run.vintage, None
    problem: dict[str, Any] = {} if action == "find_unchanged" else {"problem": code, "problem_data": data or {}}
    _move(run, action, finished_at=timezone.now(), upload=None, **problem)
    if vintage is not None and vintage.state == VintageState.BUILDING:
        vintage.delete()


def _move(run: ImportRun, action: str, *, accepted: Iterable[str] = (), **changes: object) -> None:
    move = RUN.move(action, run.state)
    run.state = str(move.target)
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=["state", "vintage", *changes, "updated_at"])
    names = {"vintage": run.vintage.name} if run.vintage else {}
    details: dict[str, Any] = {"problem": run.problem} if run.problem else {}
    details |= {"accepted": list(accepted)} if accepted else {}
    record(str(move.event), subject=run, actor=run.started_by, **names, **details)


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
    """Raises NothingNew where the vintage in use was made from the same source and the same input, unless asked for again."""
    current = current_vintage(SourceKind(run.source.kind))
    if current is None or not run.sha256 or run.asked.get("again"):
        return
    if current.runs.filter(source=run.source_id, sha256=run.sha256, state=RunState.PUBLISHED).exists():
        raise NothingNew(current.name)


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

    def require_fit(self) -> list[str]:
        """Codes of the reasons against these figures that were accepted when the run was asked for, each in the log.

        Raises FiguresRefused with the first that was not; the others are in the log.
        """
        current = current_vintage(SourceKind.FLOWS)
        before = Summary(**current.summary) if current and current.summary else None
        found = self.inspector.refusals(before, read=self.run.rows_read, refused=self.run.rows_refused)
        acceptable = ACCEPTABLE.intersection(self.run.asked.get("accept", ()))
        standing = [refusal for refusal in found if refusal.code not in acceptable]
        accepted = sorted({refusal.code for refusal in found} & acceptable)
        for refusal in found:
            if refusal not in standing[:1]:
                log(self.run, refusal.code, RunLine.Level.WARNING, **refusal.data)
        for code in accepted:
            log(self.run, "accepted", RunLine.Level.WARNING, refusal=code)
        if standing:
            raise FiguresRefused(standing[0].code, dict(standing[0].data))
        return accepted


def replace_demand(vintage: Vintage, rows: list[PlatformDemand], *, simulated_goes: bool) -> None:
    """Lay new rows of platform demand over the old: rows of the same cell, and with real figures all simulated ones, end here."""
    standing = PlatformDemand.objects.filter(replaced_in__isnull=True)
    if simulated_goes:
        standing.filter(is_simulated=True).update(replaced_in=vintage)
    cells = {(row.hs6, row.market, row.month) for row in rows}
    products = sorted({row.hs6 for row in rows})
    gone = []
    for start in range(0, len(products), 200):
        known = standing.filter(hs6__in=products[start : start + 200]).values_list("pk", "hs6", "market", "month")
        gone += [pk for pk, *cell in known if tuple(cell) in cells]
    for start in range(0, len(gone), 500):
        PlatformDemand.objects.filter(pk__in=gone[start : start + 500]).update(replaced_in=vintage)
    PlatformDemand.objects.bulk_create(rows, batch_size=CHUNK)
