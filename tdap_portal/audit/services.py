"""Writing history."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from tdap_portal.core.logs import cleaned, request_id

from . import outbox
from .chain import START, hash_of, mac_of
from .models import ChainEnd, Delivery, Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model

    from tdap_portal.accounts.models import User

logger = logging.getLogger(__name__)
SEAL_CHUNK = 2000
LINKS_A_STATEMENT = 250


def record(event: str, *, subject: Model, actor: User | None, **data: Any) -> Event:
    """Write what happened, in the transaction of the act, and have it delivered after the commit.

    event: "thing.past". subject: the saved row it happened to. actor: None for the portal itself.
    data: JSON-able facts for the history and for handlers; never a CNIC, a bank or a phone number, and where somebody
    wrote one into a reason, it is taken out: history cannot be changed later.
    Raises RuntimeError outside a transaction: history without its act would be a lie.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs in the transaction of the act")
    row = Event(
        name=event,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(getattr(subject, "public_id", "") or ""),
        actor=actor,
        at=timezone.now(),
        data=cleaned(json.loads(json.dumps(data, cls=DjangoJSONEncoder))),
        request_id=request_id.get(),
    )
    row.mac = mac_of(row.as_link(), settings.AUDIT_KEY)
    row.save(force_insert=True)
    handlers = outbox.handlers_of(event)
    if handlers:
        Delivery.objects.bulk_create(Delivery(event=row, handler=name, next_try_at=row.at) for name in handlers)
        # A lambda: since Django 5.2 a failing functools.partial raises AttributeError while it is being logged.
        transaction.on_commit(lambda: ring(row.pk), robust=True)
    return row


def ring(event_id: int) -> None:
    """Wake a worker for this event. A dead broker costs a few seconds: the sweeper delivers what was not rung."""
    if outbox.is_held():
        return
    current_app.signature("audit.deliver", kwargs={"event_id": event_id}).apply_async(retry=False)


@transaction.atomic
def seal() -> int:
    """Lay the next links of the chain over committed rows, oldest first; returns how many. Safe to run twice."""
    ChainEnd.objects.get_or_create(pk=1, defaults={"position": 0, "hash": START})
    end = ChainEnd.objects.select_for_update().get(pk=1)
    rows = list(Event.objects.filter(position__isnull=True).order_by("pk")[:SEAL_CHUNK])
    for row in rows:
        end.position += 1
        end.hash = hash_of(row.as_link(), end.hash)
        row.position, row.hash = end.position, end.hash
    if rows:
        _write_links(rows)
        end.save(update_fields=["position", "hash"])
    return len(rows)


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
