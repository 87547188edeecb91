"""The secret address of a person's calendar: given, replaced, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from tdap_portal.audit.services import record
from training.models import CalendarFeed
from training.models.timetables import new_nonce
from training.states import Happened

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


@transaction.atomic
def open_feed(*, actor: User) -> CalendarFeed:
    """A new secret address; the one before leads nowhere from now on."""
    feed, _is_new = CalendarFeed.objects.select_for_update().get_or_create(user=actor)
    feed.nonce, feed.opened_at = new_nonce(), timezone.now()
    feed.save()
    record(Happened.FEED_OPENED.value, subject=feed, actor=actor)
    return feed


@transaction.atomic
def close_feed(*, actor: User) -> None:
    """The address leads nowhere any more. Twice is once."""
    feed = CalendarFeed.objects.select_for_update().filter(user=actor).first()
    if feed is not None:
        record(Happened.FEED_CLOSED.value, subject=feed, actor=actor)
        feed.delete()
