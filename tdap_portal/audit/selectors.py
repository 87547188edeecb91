"""Reading history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from tdap_portal.core.days import span_words
from tdap_portal.core.selectors import HealthLine

from . import anchor
from .chain import START, Break, End, breaks, is_ours
from .models import ChainEnd, Delivery, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model, QuerySet

    from tdap_portal.accounts.models import User

    from .chain import Link

CHAIN_ACKNOWLEDGED = "chain.acknowledged"
OLDEST_MAY_WAIT = timedelta(minutes=5)


def timeline(subject: Model) -> QuerySet[Event]:
    """All that happened to one row, oldest first, with the people."""
    return (
        Event.objects.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
        .select_related("actor")
        .order_by("pk")
    )


def acts_of(person: User) -> QuerySet[Event]:
    """All that one person did, oldest first."""
    return Event.objects.filter(actor=person).order_by("pk")


def last_of(names: Iterable[str], *, number: int) -> list[Event]:
    """The last events of these names, the newest first, with the people."""
    return list(Event.objects.filter(name__in=list(names)).select_related("actor").order_by("-pk")[:number])


def named(name: str) -> QuerySet[Event]:
    """All events of one name, oldest first."""
    return Event.objects.filter(name=name).order_by("pk")


def later_events(event: Event, *names: str) -> QuerySet[Event]:
    """What happened to the same subject after this event, of these names: for a handler that only the last one needs."""
    return Event.objects.filter(
        subject_type=event.subject_type, subject_id=event.subject_id, name__in=names, pk__gt=event.pk
    )


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What verify_audit found. rows: sealed rows read. unsealed: rows that wait for their link. end: where the chain ends.
    acknowledged: what a person said about an earlier chain, by the name of the file that noted its ends."""

    rows: int
    breaks: list[Break]
    unsealed: int
    oldest_unsealed: timedelta | None
    end: End
    acknowledged: dict[str, str]


def verify_chain() -> ChainReport:
    """Walk the whole chain (about a million rows in some seconds) and the rows that wait for it.

    The walk ends where the chain ended when it began: links that a worker lays meanwhile are for the next one.
    """
    count = 0
    noted = anchor.noted()  # before the end, which only moves on
    end = _end()

    def links() -> Iterator[Link]:
        nonlocal count
        for row in Event.objects.filter(position__lte=end.position).order_by("position").iterator(chunk_size=5000):
            count += 1
            yield row.as_link()

    known = acknowledged()
    found = [
        Break("end", None, None, f"Another chain lay here before this one, as {name} says. Nobody has acknowledged it.")
        for name in anchor.earlier()
        if name not in known
    ]
    found.extend(breaks(links(), key=settings.AUDIT_KEY, end=end, noted=noted))
    found.extend(_foreign_rows(end))
    waiting = Event.objects.filter(position__isnull=True)
    oldest = waiting.aggregate(oldest=Min("at"))["oldest"]
    age = timezone.now() - oldest if oldest else None
    return ChainReport(count, found, waiting.count(), age, end, known)


def acknowledged() -> dict[str, str]:
    """The reason that a person gave, by the name of the file that noted an earlier chain."""
    rows = Event.objects.filter(name=CHAIN_ACKNOWLEDGED).order_by("pk")
    ours = [row for row in rows if is_ours(row.as_link(), settings.AUDIT_KEY)]
    return {name: row.data["reason"] for row in ours for name in row.data["files"]}


def _end() -> End:
    row = ChainEnd.objects.filter(pk=1).first()
    return End(row.position, row.hash, row.mac) if row else End(0, START, "")


def _foreign_rows(end: End) -> Iterator[Break]:
    """Rows outside the chain that the portal did not write, and copies of rows that it did. end: as the walk found it."""
    for row in Event.objects.filter(position__isnull=True).order_by("pk").iterator():
        if not is_ours(row.as_link(), settings.AUDIT_KEY):
            yield Break("inserted", row.pk, None, f"Row {row.pk} ({row.name}) was not written by the portal.")
    behind = list(Event.objects.filter(position__gt=end.position).order_by("position"))
    reached = _end().position  # links laid since then are the portal's
    for row in (row for row in behind if (row.position or 0) > reached):
        yield Break("inserted", row.pk, row.position, f"Row {row.pk} ({row.name}) stands behind the end of the chain.")
    copied = Event.objects.values("mac").annotate(number=Count("pk"), first=Min("pk")).filter(number__gt=1)
    for mac, first in copied.values_list("mac", "first").order_by("first"):
        for row in Event.objects.filter(mac=mac).exclude(pk=first).order_by("pk"):
            yield Break("inserted", row.pk, row.position, f"Row {row.pk} ({row.name}) is a copy of row {first}.")


def health_lines() -> list[HealthLine]:
    pending = (
        Delivery.objects.filter(state=Delivery.State.PENDING).order_by("next_try_at").select_related("event").first()
    )
    age = timezone.now() - pending.event.at if pending else timedelta(0)
    failed = dict(
        Delivery.objects.filter(state=Delivery.State.FAILED)
        .values_list("handler")
        .annotate(Count("pk"))
        .order_by("handler")
    )
    unsealed = Event.objects.filter(position__isnull=True).order_by("pk").first()
    seal_age = timezone.now() - unsealed.at if unsealed else timedelta(0)
    return [
        HealthLine(
            _("Oldest undelivered event"),
            ok=age < OLDEST_MAY_WAIT,
            detail=_("Waits %(span)s.") % {"span": span_words(age)} if pending else _("Nothing waits."),
        ),
        HealthLine(
            _("Failed deliveries"),
            ok=not failed,
            detail=_("%(number)d need a person: %(handlers)s.")
            % {"number": sum(failed.values()), "handlers": ", ".join(failed)}
            if failed
            else _("None has failed."),
            weight="should",
        ),
        HealthLine(
            _("Audit chain"),
            ok=seal_age < OLDEST_MAY_WAIT,
            detail=_("The oldest row without its link is %(span)s old.") % {"span": span_words(seal_age)}
            if unsealed
            else _("Every row has its link."),
        ),
    ]
