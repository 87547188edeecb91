"""The nightly look at everybody whose training runs, a piece at a time, and what people are written on the day after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from smes.people import selectors as people_selectors
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import is_working_day
from tdap_portal.notifications.services import notify
from training.models import Nudge, Place, WatchLine, WatchNight, WatchNote, WatchReason
from training.states import CohortState, Happened, LagReason, PlaceState

from . import reading, wording
from .gathering import facts_of, written_to
from .watch import Reason, may_nudge, reasons_of, since_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

    from .rules import Policy

AT_ONCE = 1000  # places that one piece looks at
LETTERS_AT_ONCE = 200


@transaction.atomic
def start_night(*, now: datetime | None = None) -> WatchNight:
    """Have everybody looked at by the rules of today; the worker does it, a piece at a time. Once a night."""
    at = now or timezone.now()
    row, is_new = WatchNight.objects.get_or_create(day=timezone.localdate(at), defaults={"at": at})
    if is_new:
        record(Happened.WATCH_STARTED.value, subject=row, actor=None)
    return row


@transaction.atomic
def watch_next(*, night_id: int) -> int:
    """Look at the next people of a night; how many. A night that is done stays as it is."""
    night = WatchNight.objects.select_for_update().get(pk=night_id)
    if night.done_at is not None:
        return 0
    places = list(watched().filter(pk__gt=night.after).order_by("pk")[:AT_ONCE])
    night.behind += note_reasons(places, at=night.at)
    night.seen += len(places)
    if places:
        night.after = places[-1].pk
    if len(places) == AT_ONCE:
        record(Happened.WATCH_CONTINUED.value, subject=night, actor=None)
    else:
        end_lines_of_others(night.day)
        night.done_at = timezone.now()
        record(Happened.WATCH_DONE.value, subject=night, actor=None, seen=night.seen, behind=night.behind)
    night.save()
    return len(places)


def watched() -> QuerySet[Place]:
    """Places that are held in a cohort whose training runs."""
    rows = Place.objects.filter(state=PlaceState.HELD, cohort__state=CohortState.RUNNING)
    return rows.select_related("cohort__programme", "attendee_user")


def note_reasons(places: Sequence[Place], *, at: datetime) -> int:
    """Write down who of these is behind at a moment and why, where it differs from what is known; how many are. The same again changes
    nothing."""
    day, rules, facts = timezone.localdate(at), reading.rules(timezone.localdate(at)), facts_of(places, at=at)
    lines = {
        line.place_id: line
        for line in WatchLine.objects.select_for_update(of=("self",))
        .filter(place__in=[place.pk for place in places], ended_on=None)
        .prefetch_related("reasons")
        .order_by("pk")
    }
    new: list[tuple[WatchLine, tuple[Reason, ...]]] = []
    changed: list[tuple[WatchLine, tuple[Reason, ...]]] = []
    notes: list[WatchNote] = []
    behind = 0
    for place in places:
        reasons = reasons_of(facts[place.pk], rules)
        behind += bool(reasons)
        line = lines.get(place.pk)
        if known_reasons(line) == reasons:
            continue
        notes.append(WatchNote(place=place, day=day, reasons=[reason.as_dict() for reason in reasons]))
        if line is None:
            line = WatchLine(place=place, sme_id=place.sme_id, cohort_id=place.cohort_id, noted_on=day)
            line.since = since_of(reasons, day=day)
            line.main = reasons[0].code.value
            new.append((line, reasons))
            continue
        if reasons:
            line.main, line.since = reasons[0].code.value, min(line.since, since_of(reasons, day=day))
        else:
            line.ended_on, line.ended_why, line.claimed_by, line.claimed_until = day, "back", None, None
        line.updated_at = timezone.now()
        changed.append((line, reasons))
    WatchLine.objects.bulk_create([line for line, _reasons in new])
    WatchLine.objects.bulk_update(
        [line for line, _reasons in changed],
        ["main", "since", "ended_on", "ended_why", "claimed_by", "claimed_until", "updated_at"],
        batch_size=200,
    )
    kept = [(line, reasons) for line, reasons in changed if reasons]
    WatchReason.objects.filter(line__in=[line.pk for line, _reasons in kept]).delete()
    WatchReason.objects.bulk_create(
        [
            WatchReason(line=line, code=one.code.value, figure=one.figure, of=one.of, since=one.since)
            for line, reasons in [*new, *kept]
            for one in reasons
        ]
    )
    WatchNote.objects.bulk_create(
        notes, update_conflicts=True, unique_fields=["place", "day"], update_fields=["reasons"]
    )
    return behind


def known_reasons(line: WatchLine | None) -> tuple[Reason, ...]:
    """What is written down of a line, in the order of weight; () for none."""
    if line is None:
        return ()
    by_code = {row.code: row for row in line.reasons.all()}
    return tuple(
        Reason(code, by_code[code].figure, by_code[code].of, by_code[code].since)
        for code in LagReason
        if code in by_code
    )


def end_lines_of_others(day: date) -> int:
    """Whose place or whose cohort is over is not behind any more."""
    over = ~Q(place__state=PlaceState.HELD) | ~Q(cohort__state=CohortState.RUNNING)
    ids = WatchLine.objects.filter(over, ended_on=None).values("pk")
    return WatchLine.objects.filter(pk__in=ids).update(
        ended_on=day, ended_why="over", claimed_by=None, claimed_until=None
    )


# ------------------------------------------------------------------------------------------------------------- letters


def nudge_those_behind(*, now: datetime | None = None) -> int:
    """Write to those of the last night who are still behind, within what the policy allows, once a day; what beat rings. How many."""
    at = timezone.localtime(now or timezone.now())
    day = timezone.localdate(at)
    policy = reading.policy(day)
    if not is_working_day(day) or not policy.most or not policy.from_hour <= at.hour < policy.until_hour:
        return 0
    night = WatchNight.objects.filter(day=day, nudged_at=None).exclude(done_at=None).first()
    number = 0
    while night is not None and (sent := _nudge_next(night.pk, at=at, policy=policy)) is not None:
        number += sent
    return number


@transaction.atomic
def _nudge_next(night_id: int, *, at: datetime, policy: Policy) -> int | None:
    """How many of the next were written to; None at the end."""
    day = timezone.localdate(at)
    night = WatchNight.objects.select_for_update().get(pk=night_id)
    if night.nudged_at is not None:
        return None
    lines = list(
        WatchLine.objects.filter(ended_on=None, pk__gt=night.nudged_after)
        .filter(Q(rests_until=None) | Q(rests_until__lte=day))
        .select_related("place__cohort__programme", "place__attendee_user", "place__application")
        .defer("place__application__facts")
        .order_by("pk")[:LETTERS_AT_ONCE]
    )
    if not lines:
        night.nudged_at = timezone.now()
        night.save(update_fields=["nudged_at"])
        return None
    places = [line.place for line in lines]
    people = {place: person_of(place) for place in places}
    facts = facts_of(places, at=at)
    written = written_to({place: person.pk if person else None for place, person in people.items()}, at=at)
    rules = reading.rules(day)
    reasons = {place.pk: reasons_of(facts[place.pk], rules) for place in places}
    number = sum(
        _nudge(line, people[line.place], reasons[line.place_id], day)
        for line in lines
        if reasons[line.place_id]
        and may_nudge(policy, written[line.place_id], on=day, hour=at.hour, since=line.noted_on, is_working_day=True)
    )
    night.nudged_after = lines[-1].pk
    night.save(update_fields=["nudged_after"])
    if number:
        record(Happened.NUDGED.value, subject=night, actor=None, number=number)
    return number


def _nudge(line: WatchLine, person: User | None, reasons: tuple[Reason, ...], day: date) -> bool:
    """Whether the person of a line was written to."""
    if person is None:
        return False
    place = line.place
    _row, is_new = Nudge.objects.get_or_create(
        person=person, day=day, defaults={"place": place, "line": line, "code": reasons[0].code.value}
    )
    if not is_new:
        return False
    with translation.override(person.language):
        sentences = [wording.kind_words(reason) for reason in reasons]
    notify(
        to=person,
        template="engagement.nudge",
        key=f"{line.public_id}-{day.isoformat()}",
        url=reverse("training:place", args=[place.application.public_id]),
        cohort=place.cohort.code,
        sentences=sentences,
        first=sentences[0],
    )
    return True


def person_of(place: Place) -> User | None:
    """Who comes, else the first owner of the firm; None where nobody of them may sign in."""
    if place.attendee_user is not None:
        return place.attendee_user if place.attendee_user.is_active else None
    return next(iter(people_selectors.people_of(place.sme_id, "owner")), None)
