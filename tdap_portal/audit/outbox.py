"""Who hears of an event, and its delivery: at least once, retried, each handler by itself."""

from __future__ import annotations

import logging
from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from .models import Delivery, Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from django.db.models import QuerySet

    Handler = Callable[[Event], None]
    Where = Callable[[Mapping[str, Any]], bool]
    LastOf = Callable[[Event], object]

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
_handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
_where: dict[tuple[str, str], Where] = {}
_last_of: dict[tuple[str, str], LastOf] = {}
_held = False


class UnknownHandler(LookupError):
    """No handler of this name hears this event in the code that runs here: it may come with the next release."""


def on(
    *events: str, name: str, where: Where | None = None, last_of: LastOf | None = None
) -> Callable[[Handler], Handler]:
    """Register a handler. It runs in the worker inside a transaction that also marks the delivery as done.

    name: "app.act"; it stands in the rows of deliveries, so it stays when the function or its file gets another name.
    A handler that must be renamed carries its rows over (tdap_portal.audit.renaming.rename_handlers).
    where: whether it wants to hear of an event with these data; by default of each. last_of: of events that wait together and
    for which this gives the same, it wants to hear of the last alone, as one does that looks at how things stand.
    It may be rung again after a crash, so it checks before it acts outside the database.
    Raises ValueError where another handler of the same event has this name.
    """

    def register(handler: Handler) -> Handler:
        for event in events:
            if _handlers[event].setdefault(name, handler) is not handler:
                raise ValueError(f"{event} has a handler called {name} already")
            if where is not None:
                _where[event, name] = where
            if last_of is not None:
                _last_of[event, name] = last_of
        return handler

    return register


def handlers_of(event: str, data: Mapping[str, object]) -> tuple[str, ...]:
    """Names of the handlers that want to hear of an event with these data."""
    wanting = _handlers.get(event, ())
    return tuple(name for name in wanting if (event, name) not in _where or _where[event, name](data))


@contextmanager
def held_back() -> Iterator[None]:
    """Ring nobody inside: for bulk work of one process (the demo) that delivers by itself afterwards."""
    global _held  # noqa: PLW0603  a switch of this process
    _held = True
    try:
        yield
    finally:
        _held = False


def is_held() -> bool:
    return _held


def deliver(event_id: int) -> int:
    """Run all waiting handlers of one event; returns how many are done now. An event that is gone is no error."""
    return _deliver_each(Delivery.objects.filter(event_id=event_id, state=Delivery.State.PENDING).order_by("pk"))


def deliver_due(limit: int = 500) -> int:
    """Run the handlers of whatever is due, oldest first; returns how many are done now. What the sweeper calls."""
    due = Delivery.objects.filter(state=Delivery.State.PENDING, next_try_at__lte=timezone.now())
    return _deliver_each(due.order_by("next_try_at", "pk")[:limit])


def given_up() -> QuerySet[Delivery]:
    """Deliveries that failed MAX_ATTEMPTS times, oldest first, with their events."""
    return Delivery.objects.filter(state=Delivery.State.FAILED).select_related("event").order_by("pk")


def redeliver(rows: Iterable[Delivery]) -> int:
    """Put these given-up deliveries back, with all their attempts, once the fault behind them is mended; returns how many.

    The sweeper delivers them; one that was put back meanwhile stays as it is.
    """
    failed = Delivery.objects.filter(pk__in=[row.pk for row in rows], state=Delivery.State.FAILED)
    return failed.update(state=Delivery.State.PENDING, attempts=0, next_try_at=timezone.now())


def deliver_all() -> int:
    """Deliver until nothing is due, following the events that handlers record: for tests and the demo."""
    done = 0
    while step := deliver_due():
        done += step
    return done


def _deliver_each(rows: QuerySet[Delivery]) -> int:
    """Their events are read here, all at once: an event never changes. Whether a row still waits, each asks for itself."""
    waiting = list(rows.select_related("event"))
    overtaken = _overtaken(waiting)
    return _mark_done(overtaken) + sum(_deliver_one(row) for row in waiting if row.pk not in overtaken)


def _overtaken(rows: Iterable[Delivery]) -> set[int]:
    """Ids of those whose handler wants only the last of them. The last stays, and is tried until it is done."""
    last: dict[object, int] = {}
    found = set()
    for row in sorted(rows, key=lambda row: row.event_id):
        last_of = _last_of.get((row.event.name, row.handler))
        handler = _handlers.get(row.event.name, {}).get(row.handler)
        if last_of is None or handler is None:
            continue
        key = (handler, last_of(row.event))
        if key in last:
            found.add(last[key])
        last[key] = row.pk
    return found


@transaction.atomic
def _mark_done(ids: set[int]) -> int:
    """Those of them that wait and that no other worker holds."""
    if not ids:
        return 0
    rows = Delivery.objects.filter(pk__in=ids, state=Delivery.State.PENDING).select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    return Delivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        state=Delivery.State.DONE, done_at=timezone.now()
    )


def _deliver_one(row: Delivery) -> bool:
    """One handler in one transaction together with its own mark: done together or not at all."""
    try:
        with transaction.atomic():
            attempts = _attempts_if_free(row.pk)
            if attempts is None:
                return False
            _handler_of(row)(row.event)
            Delivery.objects.filter(pk=row.pk).update(
                state=Delivery.State.DONE, done_at=timezone.now(), attempts=attempts + 1
            )
    except Exception as fault:
        logger.exception("delivery %s failed", row.pk)
        _note_failure(row.pk, fault)
        return False
    return True


def _handler_of(row: Delivery) -> Handler:
    """Raises UnknownHandler, so that the delivery waits: while a release is rolled out, an older worker lacks its handlers."""
    try:
        return _handlers.get(row.event.name, {})[row.handler]
    except KeyError:
        raise UnknownHandler(row.handler) from None


def _attempts_if_free(pk: int) -> int | None:
    """Lock a delivery that waits, and say how often it was tried; None where another worker has it or did it."""
    waiting = Delivery.objects.filter(pk=pk, state=Delivery.State.PENDING).select_for_update(
        skip_locked=connection.features.has_select_for_update_skip_locked
    )
    return next(iter(waiting.values_list("attempts", flat=True)), None)


@transaction.atomic
def _note_failure(pk: int, fault: Exception) -> None:
    """Try again after 2, 4, 8 … seconds, at most an hour; given up after MAX_ATTEMPTS, seen on the health page.

    Nothing to note where another worker has done it meanwhile.
    """
    row = Delivery.objects.select_for_update().filter(pk=pk, state=Delivery.State.PENDING).first()
    if row is None:
        return
    row.attempts += 1
    row.last_error = f"{type(fault).__name__}"[:300]
    row.next_try_at = timezone.now() + timedelta(seconds=min(3600, 2**row.attempts))
    if row.attempts >= MAX_ATTEMPTS:
        row.state = Delivery.State.FAILED
    row.save(update_fields=["attempts", "last_error", "next_try_at", "state"])
