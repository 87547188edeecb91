"""What stands in a person's calendar: sessions that they teach, and those of the cohorts of their firms."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext

from smes.people import selectors as people_selectors
from training.models import CalendarFeed, Holiday, Place, Session, Trainer
from training.states import PlaceState

from .feed import DaysOff, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tdap_portal.accounts.models import User

KEPT = timedelta(days=365)
CANCELLED_KEPT = timedelta(days=30)
HOLIDAY_DOMAIN = "holidays.training.tdap"
UID_DOMAIN = "sessions.training.tdap"  # never changed, also where the portal moves: calendars know a session by it
ID_LENGTH = 12
SEAL_LENGTH = 31


def feed_token(feed: CalendarFeed) -> str:
    """What stands in the address, 43 letters: it cannot be worked out from the database without the portal's key."""
    seal = salted_hmac("training.calendars", f"{feed.public_id} {feed.nonce}", algorithm="sha256").hexdigest()
    return feed.public_id + seal[:SEAL_LENGTH]


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def feed_by_token(token: str) -> CalendarFeed | None:
    """None for an address that never was, or that was replaced, and for whoever may no longer sign in."""
    feed = CalendarFeed.objects.select_related("user").filter(public_id=token[:ID_LENGTH]).first()
    if feed is None or not constant_time_compare(feed_token(feed), token) or not feed.user.is_active:
        return None
    return feed


def own_zone(user: User) -> str:
    """The zone in which a trainer lives; "" for those in Pakistan."""
    zone = Trainer.objects.filter(user=user).values_list("time_zone", flat=True).first() or ""
    return "" if zone == settings.TIME_ZONE else zone


@dataclass(frozen=True, slots=True)
class Seen:
    """A session as one person has it. is_theirs: False where they had it once and it is no longer theirs. more: what is added to its
    sequence for this person; changed_at: when it last changed for them."""

    session: Session
    is_theirs: bool
    more: int
    changed_at: datetime
    teaches: bool


def sessions_of(user: User, *, now: datetime) -> list[Seen]:
    """Published sessions of a person by time, in four queries: of this year, those called off until 30 days after their day."""
    firms = list(people_selectors.smes_of(user).values_list("pk", flat=True))
    places: dict[int, list[Place]] = defaultdict(list)
    theirs = Place.objects.filter(Q(sme_id__in=firms) | Q(attendee_user=user)).exclude(state=PlaceState.WAITING)
    for place in theirs.order_by("asked_at", "pk"):
        places[place.cohort_id].append(place)
    teaching = Q(trainer__user=user) | Q(changes__trainer_before__user=user)
    rows = (
        Session.objects.filter(Q(cohort_id__in=list(places)) | teaching)
        .filter(starts_at__gte=now - KEPT, changed_at__isnull=False)
        .select_related("cohort__programme", "trainer", "venue")
        .distinct()
        .order_by("starts_at", "pk")
    )
    seen = [_seen(row, user, places.get(row.cohort_id, [])) for row in rows]
    return [one for one in seen if one is not None and not _is_forgotten(one, now)]


def _seen(row: Session, user: User, places: list[Place]) -> Seen | None:
    changed_at = row.changed_at or row.created_at
    if row.trainer is not None and row.trainer.user_id == user.pk:
        return Seen(row, is_theirs=True, more=0, changed_at=changed_at, teaches=True)
    if not places:
        return Seen(row, is_theirs=False, more=0, changed_at=changed_at, teaches=True)  # somebody else teaches it now
    by_file: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_file[place.application_id].append(place)
    held = [place for place in places if place.state == PlaceState.HELD]
    ended = [place.ended_at for place in places if place.ended_at is not None]
    if not held and ended and row.ends_at is not None and row.ends_at <= max(ended):
        return Seen(row, is_theirs=True, more=0, changed_at=changed_at, teaches=False)  # was held while they were in it
    begun = [place.asked_at for of_file in by_file.values() for place in of_file[1:]]  # each time that one came back
    moments = [changed_at, *ended, *begun]
    return Seen(row, is_theirs=bool(held), more=len(ended) + len(begun), changed_at=max(moments), teaches=False)


def _is_forgotten(seen: Seen, now: datetime) -> bool:
    is_over = seen.session.starts_at is None or seen.session.starts_at < now - CANCELLED_KEPT
    return is_over and (seen.session.cancelled_at is not None or not seen.is_theirs)


def entries_of(user: User, *, now: datetime | None = None) -> list[Entry]:
    """The person's sessions as entries of their calendar, in their language."""
    with translation.override(user.language):
        return list(_entries(sessions_of(user, now=now or timezone.now())))


def holidays_ahead(entries_end: datetime | None, *, now: datetime) -> list[Holiday]:
    """Announced holidays that are not over, up to a moment; [] for who has nothing to come."""
    if entries_end is None or entries_end <= now:
        return []
    today, last = timezone.localdate(now), timezone.localdate(entries_end)
    return list(Holiday.objects.filter(ends_on__gte=today, starts_on__lte=last).order_by("starts_on", "pk"))


def days_off(entries: Iterable[Entry], *, now: datetime | None = None) -> list[DaysOff]:
    """Holidays until the last of these entries, in the language of now. They follow what was announced at once; sessions stay where they
    were published until somebody moves them and publishes it."""
    now = now or timezone.now()
    last = max((entry.ends_at for entry in entries if not entry.is_cancelled), default=None)
    return [
        DaysOff(
            uid=f"{row.public_id}@{HOLIDAY_DOMAIN}",
            sequence=int((row.updated_at - row.created_at).total_seconds()),  # never falls, and tells every change
            changed_at=row.updated_at,
            first=row.starts_on,
            last=row.ends_on,
            summary=gettext("%(name)s, expected") % {"name": row.name_here} if row.is_provisional else row.name_here,
            is_expected=row.is_provisional,
        )
        for row in holidays_ahead(last, now=now)
    ]


def _entries(sessions: Iterable[Seen]) -> Iterable[Entry]:
    for seen in sessions:
        row = seen.session
        if row.starts_at is None or row.ends_at is None:
            continue
        is_cancelled = row.cancelled_at is not None or not seen.is_theirs
        summary = gettext("%(session)s, cohort %(cohort)s") % {"session": row.title_here, "cohort": row.cohort.code}
        yield Entry(
            uid=f"{row.public_id}@{UID_DOMAIN}",
            sequence=row.sequence + seen.more,
            changed_at=seen.changed_at,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            summary=gettext("Cancelled: %(session)s") % {"session": summary} if is_cancelled else summary,
            description="\n".join(_lines(row)),
            location=_place(row),
            url=f"{settings.SITE_URL}{reverse('training:calendar')}",
            is_cancelled=is_cancelled,
        )


def _lines(row: Session) -> Iterable[str]:
    yield row.cohort.programme.name_here
    if row.trainer is not None:
        yield gettext("Trainer: %(name)s") % {"name": row.trainer.name_here}
    yield gettext("Times in the portal are Pakistan's.")


def _place(row: Session) -> str:
    if row.venue is None or row.venue.is_online:
        return gettext("Online")
    return ", ".join(part for part in (row.venue.name_here, row.venue.address_here) if part)
