"""Writing history."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from celery import current_app
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from tdap_portal.core.logs import cleaned, request_id

from . import anchor, outbox, selectors
from .chain import START, contradicts, end_mac, hash_of, is_ours, mac_of
from .models import ChainEnd, Delivery, Event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Model

    from tdap_portal.accounts.models import User

logger = logging.getLogger(__name__)
SEAL_CHUNK = 2000
LINKS_A_STATEMENT = 250
MAX_FLOAT = 1e15  # PostgreSQL's jsonb gives larger ones back as whole numbers, which sign differently


@dataclass(frozen=True, slots=True)
class Happening:
    """One of several things that an act did. event: "thing.past"; subject: the saved row it happened to."""

    event: str
    subject: Model
    data: Mapping[str, object]


def record(event: str, *, subject: Model, actor: User | None, **data: object) -> Event:
    """Write what happened, in the transaction of the act, and have it delivered after the commit.

    event: "thing.past". subject: the saved row it happened to. actor: None for the portal itself.
    data: JSON-able facts for the history and for handlers; never a CNIC, a bank or a phone number, and where somebody
    wrote one into a reason, it is taken out: history cannot be changed later.
    Raises RuntimeError outside a transaction: history without its act would be a lie. Raises ValueError for numbers that
    a database would give back otherwise (NaN, infinite, floats from 1e15 on).
    """
    return record_many([Happening(event, subject, data)], actor=actor)[0]


def record_many(happened: Sequence[Happening], *, actor: User | None) -> list[Event]:
    """The same for all that one act did to many rows, in their order, with as many queries as for one."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the act")
    rows = [_signed(each, actor) for each in happened]
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(rows)
    heard = [(row, outbox.handlers_of(row.name, row.data)) for row in rows]
    Delivery.objects.bulk_create(
        Delivery(event=row, handler=name, next_try_at=row.at) for row, names in heard for name in names
    )
    for row, names in heard:
        if names:
            # A lambda: since Django 5.2 a failing functools.partial raises AttributeError while it is being logged.
            transaction.on_commit(lambda pk=row.pk: ring(pk), robust=True)  # type: ignore[misc]
    return rows


def _signed(each: Happening, actor: User | None) -> Event:
    """Not saved."""
    data = json.loads(json.dumps(each.data, cls=DjangoJSONEncoder, allow_nan=False), parse_float=_plain_float)
    row = Event(
        name=each.event,
        subject_type=each.subject._meta.label_lower,
        subject_id=str(each.subject.pk),
        subject_label=str(getattr(each.subject, "public_id", "") or ""),
        actor=actor,
        at=timezone.now(),
        data=cleaned(data),
        request_id=request_id.get(),
    )
    row.mac = mac_of(row.as_link(), settings.AUDIT_KEY)
    return row


def _plain_float(digits: str) -> float:
    number = float(digits)
    if abs(number) >= MAX_FLOAT:
        raise ValueError(f"{digits} is too large for history: give it as text.")
    return number or 0.0  # there is no minus zero in jsonb


def ring(event_id: int) -> None:
    """Wake a worker for this event. A dead broker costs a few seconds: the sweeper delivers what was not rung."""
    if outbox.is_held():
        return
    current_app.signature("audit.deliver", kwargs={"event_id": event_id}).apply_async(retry=False)


@transaction.atomic
def seal() -> int:
    """Lay the next links of the chain over committed rows, oldest first; returns how many. Safe to run twice.

    A row that the portal did not write gets no link: verify_audit names it, and the health page shows its age. Nothing is
    laid upon a chain that does not end where its end was noted outside the database, or later: what was cut would grow
    together. acknowledge() goes on from there.
    """
    end = _locked_end()
    if end.position == 0:
        anchor.begin()
    elif not _fits_its_notes(end):
        logger.error("the chain of history does not fit the notes of its end; no link is laid. See verify_audit")
        return 0
    found = list(Event.objects.filter(position__isnull=True).order_by("pk")[:SEAL_CHUNK])
    rows = [row for row in found if is_ours(row.as_link(), settings.AUDIT_KEY)]
    if len(rows) < len(found):
        logger.error("history holds %d rows that the portal did not write", len(found) - len(rows))
    for row in rows:
        end.position += 1
        end.hash = hash_of(row.as_link(), end.hash, end.position, settings.AUDIT_KEY)
        row.position, row.hash = end.position, end.hash
    if rows:
        _write_links(rows)
        end.mac = end_mac(end.position, end.hash, settings.AUDIT_KEY)
        end.save(update_fields=["position", "hash", "mac"])
        transaction.on_commit(lambda: anchor.note(end.position, end.hash), robust=True)
    return len(rows)


@transaction.atomic
def acknowledge(reason: str) -> list[str]:
    """A person has looked at a chain that does not fit the notes of its end, or that another chain came before, and says
    why it is so (a restored database, a new disk); the files of earlier notes are named in history. Returns their names.

    The notes begin anew where the chain ends now, and links are laid again. What verify_audit finds in the rows themselves
    stays a fault.
    """
    end = _locked_end()
    if end.position and not _fits_its_notes(end):
        anchor.begin()
        transaction.on_commit(lambda: anchor.note(end.position, end.hash))
    names = [name for name in anchor.earlier() if name not in selectors.acknowledged()]
    record(selectors.CHAIN_ACKNOWLEDGED, subject=end, actor=None, files=names, reason=reason)
    return names


def _locked_end() -> ChainEnd:
    ChainEnd.objects.get_or_create(pk=1, defaults={"position": 0, "hash": START})
    return ChainEnd.objects.select_for_update().get(pk=1)


def _fits_its_notes(end: ChainEnd) -> bool:
    """Whether the chain may go on from this end: there are notes, and the last was of this end or of one before it."""
    noted = anchor.noted()
    return bool(noted) and not contradicts(noted[-1], (end.position, end.hash))


def _write_links(rows: Sequence[Event]) -> None:
    """One UPDATE from a list of values for a few hundred rows: bulk_update's CASE grows with the square of the chunk."""
    for start in range(0, len(rows), LINKS_A_STATEMENT):
        part = rows[start : start + LINKS_A_STATEMENT]
        values = ", ".join(["(%s, %s, %s)"] * len(part))
        sql = (
            f"WITH links(id, position, hash) AS (VALUES {values}) "  # noqa: S608  placeholders only
            "UPDATE audit_event SET position = (SELECT links.position FROM links WHERE links.id = audit_event.id), "
            "hash = (SELECT links.hash FROM links WHERE links.id = audit_event.id) "
            "WHERE id IN (SELECT id FROM links)"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for row in part for value in (row.pk, row.position, row.hash)])
