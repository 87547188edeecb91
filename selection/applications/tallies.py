"""Kept counts of files, so that no page counts a million rows.

Every act on an application calls `shift` inside its own transaction with the cell the file stood in before it:

    before = tallies.cell_of(row)          # after the lock, before the change
    row.state = move.target.value
    row.save(update_fields=["state"])
    tallies.shift(row, before=before)      # before=None for a new file

That appends one row of -1 and one of +1 and locks nothing; the worker folds them into one row per cell (`fold`).
Who reads sums `number` over all rows of a round, folded or not, and is right at every moment. Every night `check` counts
the files themselves, and mends what an act forgot.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction
from django.db.models import Count, F, Sum

from selection.models import Application, DeskTally, Round
from tdap_portal.core.sweeping import one_by_one

if TYPE_CHECKING:
    Wrong = dict["TallyCell", tuple[int, int]]  # kept, counted

FOLD_CHUNK = 20_000
logger = logging.getLogger(__name__)


class TallyCell(NamedTuple):
    """The corner of the desk in which a file is counted."""

    round_id: int
    state: str
    sector: str
    province: str
    track: str
    awaiting_firm: bool


def cell_of(application: Application) -> TallyCell:
    return TallyCell(
        application.round_id,
        str(application.state),
        application.sector,
        application.province,
        str(application.track),
        application.awaiting_firm,
    )


def shift(application: Application, *, before: TallyCell | None) -> None:
    """Count a file in its present cell and no longer in `before`; nothing to do where both are the same."""
    shift_many([(before, cell_of(application))])


def shift_many(moves: list[tuple[TallyCell | None, TallyCell | None]]) -> None:
    """The same for a bulk act: (before, after) of each file, None for a file that was or is not there."""
    change: Counter[TallyCell] = Counter()
    for before, after in moves:
        if before is not None:
            change[before] -= 1
        if after is not None:
            change[after] += 1
    DeskTally.objects.bulk_create(
        DeskTally(**cell._asdict(), number=number) for cell, number in change.items() if number
    )


@transaction.atomic
def fold() -> int:
    """Add waiting rows to the one row of their cell; returns how many were taken. Safe to run twice and side by side."""
    skips = connection.features.has_select_for_update_skip_locked
    waiting = DeskTally.objects.select_for_update(skip_locked=skips).filter(folded=False)
    rows = list(waiting.order_by("pk")[:FOLD_CHUNK])
    change: Counter[TallyCell] = Counter()
    for row in rows:
        change[TallyCell(row.round_id, row.state, row.sector, row.province, row.track, row.awaiting_firm)] += row.number
    DeskTally.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for cell, number in sorted(change.items()):  # always in one order: two folders never wait for each other in a ring
        kept, is_new = DeskTally.objects.get_or_create(**cell._asdict(), folded=True, defaults={"number": number})
        if not is_new:
            DeskTally.objects.filter(pk=kept.pk).update(number=F("number") + number)
    return len(rows)


@transaction.atomic
def rebuild(round_: Round) -> Wrong:
    """Count the files of a round and put that in place of the kept counts; returns the cells that were wrong.

    Nobody writes files or counts meanwhile (about a second for a million files): acts wait, readers do not.
    """
    if connection.vendor == "postgresql":  # SQLite has one writer at a time anyway
        with connection.cursor() as cursor:  # in the order in which acts do; folds lock their rows before they write
            cursor.execute(f"LOCK TABLE {Application._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute(f"LOCK TABLE {DeskTally._meta.db_table} IN EXCLUSIVE MODE")
    counted = _counted(round_)
    wrong = _differences(_kept(round_), counted)
    DeskTally.objects.filter(round=round_).delete()
    DeskTally.objects.bulk_create(
        DeskTally(**cell._asdict(), number=number, folded=True) for cell, number in counted.items()
    )
    return wrong


def check(round_: Round) -> bool:
    """Compare the kept counts with the files; what is wrong is logged and mended. Whether all was right.

    Looked at first without locks: an act between the two counts then looks like a fault, and `rebuild` finds none.
    """
    if not _differences(_kept(round_), _counted(round_)):
        return True
    wrong = rebuild(round_)
    for cell, (kept, counted) in wrong.items():
        logger.error("tally of %s was %d, counted %d", cell, kept, counted)
    return not wrong


def check_all() -> None:
    """Check every round, the newest first; a fault of one does not keep the others from it."""
    one_by_one(check, Round.objects.order_by("-number"))


def _kept(round_: Round) -> Counter[TallyCell]:
    rows = DeskTally.objects.filter(round=round_).values_list(*TallyCell._fields).annotate(n=Sum("number"))
    return Counter({TallyCell(*cell): number for *cell, number in rows.order_by()})


def _counted(round_: Round) -> Counter[TallyCell]:
    rows = Application.objects.filter(round=round_).values_list(*TallyCell._fields).annotate(n=Count("pk"))
    return Counter({TallyCell(*cell): number for *cell, number in rows.order_by()})


def _differences(kept: Counter[TallyCell], counted: Counter[TallyCell]) -> Wrong:
    cells = kept.keys() | counted.keys()
    return {cell: (kept[cell], counted[cell]) for cell in cells if kept[cell] != counted[cell]}
