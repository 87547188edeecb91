"""Finding firms that may be registered twice, and what an officer says of them."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from smes.models import DuplicateFlag, DuplicateKey, Sme
from smes.states import FLAG, FlagState, Happened
from tdap_portal.audit.services import record

from . import permissions, selectors
from .likeness import alike_among, blocking_keys

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

MAX_BLOCK = 200
MAX_COMPARED = 300


@transaction.atomic
def flag_duplicates(*, sme_id: int) -> list[DuplicateFlag]:
    """Compare a firm with those that share a trace with it, and flag the pairs an officer should see.

    For the worker, after a step was saved, and every night. Two firms that share a key and save at the same moment wait
    for one another here, so that the second finds the keys of the first. Flags that are there get the new likeness; one that was judged stays judged
    unless the pair has become more alike by 10 points. Gives the flags that are new; none where the firm is gone.
    """
    # The weaker lock lets another firm's flag point at this row meanwhile: with the full one both would wait for ever.
    row = Sme.objects.select_for_update(no_key=True).prefetch_related("owners").filter(pk=sme_id).first()
    if row is None:
        return []
    traces = selectors.traces_of(row)
    keys = blocking_keys(traces)
    _wait_for_others_with(keys)
    _keep_keys(row, keys)
    others = {
        str(other.pk): other
        for other in selectors.smes_sharing_a_key(row, keys, max_block=MAX_BLOCK, max_firms=MAX_COMPARED)
    }
    new = []
    for found, likeness in alike_among(traces, [selectors.traces_of(other) for other in others.values()]):
        one, other = sorted((row, others[found.key]), key=lambda firm: firm.pk)
        reasons = [[reason.kind, reason.percent] for reason in likeness.reasons]
        flag, is_new = DuplicateFlag.objects.get_or_create(
            one=one, other=other, defaults={"percent": likeness.percent, "reasons": reasons}
        )
        if is_new:
            new.append(flag)
            continue
        if flag.state == FlagState.DIFFERENT and likeness.percent >= flag.percent + 10:
            flag.state, flag.judged_by, flag.judged_at = FlagState.OPEN.value, None, None
        if (flag.percent, flag.reasons) != (likeness.percent, reasons):
            flag.percent, flag.reasons = likeness.percent, reasons
            flag.save()
    if new:
        record(Happened.DUPLICATES_FLAGGED, subject=row, actor=None, flags=[flag.public_id for flag in new])
    return new


@transaction.atomic
def judge_duplicate(*, actor: User, flag: DuplicateFlag, same: bool, note: str = "") -> DuplicateFlag:
    """Say whether two firms are one. Saying so merges nothing yet: both files carry the mark.

    Raises NotAllowed, WrongState where the same was said before.
    """
    permissions.can_judge_duplicate(actor, flag).require()
    row = DuplicateFlag.objects.select_for_update().get(pk=flag.pk)
    move = FLAG.move("same" if same else "different", row.state)
    row.state, row.note = move.target.value, note.strip()
    row.judged_by, row.judged_at = actor, timezone.now()
    row.save(update_fields=["state", "note", "judged_by", "judged_at", "updated_at"])
    record(move.event, subject=row, actor=actor, same=same, firms=[row.one.public_id, row.other.public_id])
    return row


def _wait_for_others_with(keys: frozenset[str]) -> None:
    """Hold every key until this transaction is over. SQLite lets one transaction write at a time and needs no more."""
    if connection.vendor != "postgresql":
        return
    numbers = sorted(
        int.from_bytes(blake2b(f"duplicates {key}".encode(), digest_size=8).digest(), signed=True) for key in keys
    )
    with connection.cursor() as cursor:
        # In one order for everybody, so that no two wait for each other.
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _keep_keys(sme: Sme, keys: frozenset[str]) -> None:
    kept = set(DuplicateKey.objects.filter(sme=sme).values_list("key", flat=True))
    if gone := kept - keys:
        DuplicateKey.objects.filter(sme=sme, key__in=gone).delete()
    DuplicateKey.objects.bulk_create([DuplicateKey(sme=sme, key=key) for key in sorted(keys - kept)])
