"""The worker's side: claim a chunk with a lease, send, mark. The broker only wakes; all that counts is in the rows.

Exactly once is a property of the key at the provider. A worker that is killed between the hand-over and the mark leaves
leased rows; the sweeper sees that their owner is gone (owners.py), or that their lease ran out, and offers them again, and
the next worker hands them over with the same key. Files and the gateway swallow that. SMTP cannot: there each row is taken
in hand, sent and marked before the next one goes, so a kill costs at most one mail that comes twice. Nothing is ever lost:
a row ends only by a mark.

An attempt is counted when a row is handed over, not when its chunk is leased: a row that kills its workers must not take its
neighbours with it. After a kill the rows of that chunk are taken in hand one by one, so that only the one in hand counts.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from . import owners, selectors, services
from .channels import GiveUp, SendError, Skip, TryLater, Unreachable, channel_for
from .models import Channel as Kind
from .models import Dispatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from .channels import Channel

logger = logging.getLogger(__name__)

CHUNK = 500
SLICE_SECONDS = 10  # a chunk is worked on no longer; what is left goes back, so that urgent rows come in between
LEASE = timedelta(seconds=60)  # of a chunk: a slice, two time-outs of a provider that hangs, and some air
STEPS_OF_SMTP = 12  # at most, from the greeting to the answer after the text; each may take EMAIL_TIMEOUT
SHIFT_SECONDS = 60  # one ring works no longer; then it rings again and makes room for other tasks
MAX_ATTEMPTS = 8  # about an hour
MAX_ATTEMPTS_URGENT = 4
CODE_IS_STALE_AFTER = timedelta(minutes=15)
BLANK = ""
STOPPED = "worker_stopped"


def claim_chunk(owner: str, size: int = CHUNK, *, resting: AbstractSet[str] = frozenset()) -> list[Dispatch]:
    """Lease up to `size` due rows to `owner`, urgent ones first; no row is ever leased to two.

    One statement: on PostgreSQL rows that another worker is claiming are stepped over, on SQLite the statement itself
    is alone. resting: channels to leave out. An empty list means that nothing is due.
    """
    kinds = [kind for kind in Kind.values if kind not in resting]
    if not kinds:
        return []
    return _claim(owner, size, kinds, urgent=True) or _claim(owner, size, kinds, urgent=False)


def _claim(owner: str, size: int, kinds: list[str], *, urgent: bool) -> list[Dispatch]:
    table = connection.ops.quote_name(Dispatch._meta.db_table)
    on_postgres = connection.features.has_select_for_update_skip_locked
    due = (
        f"SELECT id FROM {table} WHERE state = 'waiting' AND urgent = %s AND next_try_at <= %s "  # noqa: S608  our own table's name
        f"AND channel IN ({', '.join(['%s'] * len(kinds))}) "
        f"ORDER BY next_try_at, id LIMIT %s{' FOR UPDATE SKIP LOCKED' if on_postgres else ''}"
    )
    # An array is computed once; a plain IN may be planned as a join that runs the LIMIT again and again.
    chosen = f"id = ANY(ARRAY({due}))" if on_postgres else f"id IN ({due})"
    claim = (
        f"UPDATE {table} SET state = 'leased', lease_owner = %s, lease_until = %s "  # noqa: S608
        f"WHERE {chosen} RETURNING *"
    )
    now = timezone.now()
    values = [owner, _value(now + LEASE), urgent, _value(now), *kinds, size]
    rows = list(Dispatch.objects.raw(claim, values))
    return sorted(rows, key=lambda row: (row.channel, row.next_try_at, row.pk))


def _value(moment: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(moment)


def send_due(*, seconds: float = SHIFT_SECONDS) -> int:
    """Send what is due until nothing is, or until the shift is over (then ring for the next one). Returns how many left."""
    cache.delete(services.RUNG)
    with owners.on_duty() as owner:
        return _send_due(owner, over=time.monotonic() + seconds)


def _send_due(owner: str, *, over: float) -> int:
    sent, resting = 0, set[str]()
    while chunk := claim_chunk(owner, resting=resting):
        if len(chunk) == CHUNK:
            services.ring()  # there is more: wake one more worker
        sent += send_chunk(chunk, owner, resting)
        if time.monotonic() > over:
            services.ring()
            break
    return sent


def send_chunk(rows: Sequence[Dispatch], owner: str, resting: set[str] | None = None) -> int:
    """Send rows that `owner` has leased, one connection a channel; every row is marked, put off or given back.

    resting: gets the channels whose provider did not answer. Returns how many left.
    """
    until = time.monotonic() + SLICE_SECONDS
    down: set[str] = set() if resting is None else resting
    return sum(
        _send_by(kind, list(group), owner, until, down) for kind, group in groupby(rows, key=attrgetter("channel"))
    )


def _send_by(kind: str, rows: list[Dispatch], owner: str, until: float, down: set[str]) -> int:
    taken: list[tuple[Dispatch, str]] = []
    marked, count = time.monotonic(), 0
    with channel_for(kind) as channel:
        for place, row in enumerate(rows):
            if time.monotonic() > until:
                _give_back(rows[place:], owner, wait=timedelta(0))
                break
            row.attempts += 1
            by_hand = not channel.honours_key or row.error == STOPPED
            if by_hand and not _take_in_hand(row, owner):
                continue
            try:
                taken.append((row, _hand_over(channel, row)))
            except Unreachable as trouble:
                logger.warning("%s goes nowhere at the moment: %s", kind, trouble.code)
                down.add(kind)
                row.attempts -= 1
                _give_back(rows[place:], owner, wait=timedelta(seconds=trouble.after or 30), error=trouble.code)
                break
            except SendError as trouble:
                _note_trouble(row, owner, trouble)
            if taken and (not channel.honours_key or time.monotonic() - marked > 1):
                count += _mark_sent(taken)
                taken, marked = [], time.monotonic()
        count += _mark_sent(taken)
    return count


def _take_in_hand(row: Dispatch, owner: str) -> bool:
    """Count the attempt and lease this row for as long as a slow dialogue may take. False where the lease ran out meanwhile
    and the row is somebody else's by now.
    """
    until = timezone.now() + timedelta(seconds=STEPS_OF_SMTP * settings.EMAIL_TIMEOUT)
    return bool(Dispatch.objects.filter(_mine([row], owner)).update(attempts=row.attempts, lease_until=until))


def _hand_over(channel: Channel, row: Dispatch) -> str:
    try:
        return channel.send(row)
    except SendError:
        raise
    except Exception as fault:  # noqa: BLE001  a fault of ours must not hold up the others
        logger.error("dispatch %s: %s", row.public_id, type(fault).__name__)  # noqa: TRY400  the trace holds the address
        raise TryLater(type(fault).__name__) from None


def _mark_sent(taken: list[tuple[Dispatch, str]]) -> int:
    """Whoever holds the lease now: a row that left has left."""
    if not taken:
        return 0
    blank = {} if settings.DEMO else {"address": BLANK, "subject": BLANK, "text": BLANK}
    done = {"state": Dispatch.State.SENT, "sent_at": timezone.now(), "error": BLANK, "lease_until": None, **blank}
    for attempts, rows in _by_attempts([row for row, _reference in taken]):
        Dispatch.objects.filter(pk__in=[row.pk for row in rows]).update(attempts=attempts, **done)
    for row, reference in taken:
        if reference:
            Dispatch.objects.filter(pk=row.pk).update(provider_reference=reference)
    return len(taken)


def _mine(rows: Sequence[Dispatch], owner: str) -> Q:
    return Q(pk__in=[row.pk for row in rows], state=Dispatch.State.LEASED, lease_owner=owner)


def _by_attempts(rows: Sequence[Dispatch]) -> Iterator[tuple[int, list[Dispatch]]]:
    """Rows that were tried equally often: one statement for each number, and nearly always there is one."""
    for attempts, alike in groupby(sorted(rows, key=attrgetter("attempts")), key=attrgetter("attempts")):
        yield attempts, list(alike)


def _give_back(rows: Sequence[Dispatch], owner: str, *, wait: timedelta, **error: str) -> None:
    """These were not tried: no attempt is counted."""
    back = {"state": Dispatch.State.WAITING, "next_try_at": timezone.now() + wait, "lease_until": None, **error}
    for attempts, alike in _by_attempts(rows):
        Dispatch.objects.filter(_mine(alike, owner)).update(attempts=attempts, **back)


def _note_trouble(row: Dispatch, owner: str, trouble: SendError) -> None:
    """Again after 30, 60, 120 … seconds (a code: 5, 10, 20), at most half an hour; given up where it makes no sense."""
    most, first = (MAX_ATTEMPTS_URGENT, 5) if row.urgent else (MAX_ATTEMPTS, 30)
    end: dict[str, Any]
    if isinstance(trouble, Skip):
        end = {"state": Dispatch.State.SKIPPED, **_left_behind(row)}
    elif isinstance(trouble, GiveUp) or row.attempts >= most:
        logger.warning("dispatch %s is given up: %s", row.public_id, trouble.code)
        end = {"state": Dispatch.State.FAILED, **_left_behind(row)}
    else:
        wait = timedelta(seconds=min(1800, first * 2 ** (row.attempts - 1)))
        end = {"state": Dispatch.State.WAITING, "next_try_at": timezone.now() + wait}
    mine = Dispatch.objects.filter(_mine([row], owner))
    mine.update(attempts=row.attempts, error=trouble.code, lease_until=None, **end)


def _left_behind(row: Dispatch) -> dict[str, str]:
    """A message can be sent again to the address its person has then; a code is worth nothing and goes at once."""
    if settings.DEMO:
        return {}
    return {"address": BLANK} if row.message_id else {"address": BLANK, "subject": BLANK, "text": BLANK}


@transaction.atomic
def sweep() -> int:
    """Offer rows again whose sender is gone or whose lease ran out, end what became senseless, ring where something is due.

    Returns how many were offered again. Safe to run twice and from many machines.
    """
    now = timezone.now()
    leased = Dispatch.objects.filter(state=Dispatch.State.LEASED)
    gone = owners.gone(list(leased.order_by().values_list("lease_owner", flat=True).distinct()))
    lost = leased.filter(Q(lease_until__lt=now) | Q(lease_owner__in=gone))
    codes, messages = lost.filter(message=None), lost.filter(message__isnull=False)
    worn = Q(attempts__gte=MAX_ATTEMPTS) | Q(urgent=True, attempts__gte=MAX_ATTEMPTS_URGENT)
    no_address = {} if settings.DEMO else {"address": BLANK}
    failed = {"state": Dispatch.State.FAILED, "error": "lease_ran_out", "lease_until": None, **no_address}
    no_text = {} if settings.DEMO else {"text": BLANK, "subject": BLANK}
    codes.filter(worn).update(**failed, **no_text)
    messages.filter(worn).update(**failed)
    again = lost.update(state=Dispatch.State.WAITING, lease_until=None, next_try_at=now, error=STOPPED)
    stale = Dispatch.objects.filter(
        state=Dispatch.State.WAITING, urgent=True, message=None, created_at__lt=now - CODE_IS_STALE_AFTER
    )
    stale.update(state=Dispatch.State.FAILED, error="too_late", **no_address, **no_text)
    if selectors.something_is_due():
        transaction.on_commit(lambda: services.ring(), robust=True)  # noqa: PLW0108  see services.notify()
    return again
