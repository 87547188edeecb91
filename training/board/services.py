"""The monthly digest of a partner's board: who wants it, and writing it once a month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, is_working_day, today
from tdap_portal.notifications.models import Channel
from tdap_portal.notifications.services import notify
from training.models import BoardDigest, BoardDigestWish
from training.states import Happened

from . import overview, permissions, selectors
from .figures import Wanted

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import Partner, User

    from .selectors import Snapshot

LATEST_DAY = 10  # of a month, on which a digest still goes out where no worker ran before
NEEDS_TOLD = 5


@transaction.atomic
def want_digest(*, actor: User, partner: Partner) -> BoardDigestWish:
    """The person gets the partner's digest from now on. Twice is once. Raises NotAllowed."""
    permissions.can_want_digest(actor, partner).require()
    wish, is_new = BoardDigestWish.objects.get_or_create(user=actor, partner=partner)
    if is_new:
        record(Happened.DIGEST_WANTED.value, subject=partner, actor=actor)
    return wish


@transaction.atomic
def stop_digest(*, actor: User, partner: Partner) -> None:
    """No more of it. Whoever has left the partner may still say so. Twice is once."""
    wish = BoardDigestWish.objects.select_for_update().filter(user=actor, partner=partner).first()
    if wish is not None:
        _stop(wish)


@transaction.atomic
def stop_by_token(*, token: str) -> bool:
    """The same by the link that stands in every digest; False for one that was used, or never was."""
    wish = BoardDigestWish.objects.select_for_update().filter(token=token).first()
    if wish is None:
        return False
    _stop(wish)
    return True


def _stop(wish: BoardDigestWish) -> None:
    record(Happened.DIGEST_STOPPED.value, subject=wish.partner, actor=wish.user)
    wish.delete()


def month_to_tell(day: date) -> date | None:
    """The first day of the month before, from the first working day of a month until LATEST_DAY; None on other days."""
    first = day.replace(day=1)
    begins = first if is_working_day(first) else add_working_days(first, 1)
    if not begins <= day <= first.replace(day=LATEST_DAY):
        return None
    return (first - timedelta(days=1)).replace(day=1)


def digests_due(*, on: date | None = None) -> list[tuple[int, date]]:
    """Ids of partners with the month that is still to be told to them."""
    month = month_to_tell(on or today())
    return [(partner, month) for partner in selectors.partners_to_write_to(month)] if month else []


@transaction.atomic
def write_digest(*, partner_id: int, month: date) -> BoardDigest | None:
    """The row and the messages to all who want it commit together, so that a worker that is killed has written nothing, and of two
    workers one waits for the other's row and leaves. None where it was written, or nobody wants it."""
    partner = accounts_selectors.active_partners().filter(pk=partner_id).first()
    readers = selectors.readers_of(partner) if partner is not None else []
    if partner is None or not readers:
        return None
    digest, is_new = BoardDigest.objects.get_or_create(partner=partner, month=month, defaults={"readers": len(readers)})
    if not is_new:
        return None
    snapshot = selectors.snapshot_of(partner)
    for wish in readers:
        _tell(wish, digest, snapshot)
    record(
        Happened.DIGEST_WRITTEN.value, subject=partner, actor=None, month=month.isoformat()[:7], readers=len(readers)
    )
    return digest


def _tell(wish: BoardDigestWish, digest: BoardDigest, snapshot: Snapshot) -> None:
    """In the language of the person."""
    with translation.override(wish.user.language):
        board = overview.board_of(snapshot, Wanted())
        notify(
            to=wish.user,
            template="board.digest",
            key=f"{digest.partner_id}:{digest.month.isoformat()[:7]}",
            url=f"{reverse('training:partner_board')}?{urlencode({'partner': wish.partner.public_id})}",
            channels={Channel.MAIL},
            partner=wish.partner,
            month=digest.month,
            board=board,
            figures=overview.three_figures(board),
            needs=board.needs[:NEEDS_TOLD],
            more=max(0, len(board.needs) - NEEDS_TOLD),
            stop_url=f"{settings.SITE_URL}{reverse('training:digest_stop', args=[wish.token])}",
        )
