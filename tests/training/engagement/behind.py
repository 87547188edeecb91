"""People of a running cohort who came, or did not, for tests of the watch."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory
from tests.training import made
from training.engagement import watching
from training.models import Attendance, WatchLine
from training.states import CohortState


def running(**values):
    return made.cohort(state=CohortState.RUNNING.value, starts_on=timezone.localdate() - timedelta(days=40), **values)


def held(cohort, number=1, *, called=True):
    """Sessions that are over, the last of them yesterday; one that was called off beside them counts nothing. called: somebody was
    marked in each."""
    rows = []
    for back in range(number, 0, -1):
        row = made.session(cohort)
        row.ends_at = timezone.now() - timedelta(days=back)
        row.starts_at = row.ends_at - timedelta(minutes=row.minutes)
        row.save()
        rows.append(row)
    if called:
        other = member(cohort)
        for row in rows:
            Attendance.objects.create(session=row, place=other, status="present")
    return rows


def member(cohort, person=None, **values):
    person = person or UserFactory(last_login=timezone.now())
    return made.place(cohort, person, asked_at=timezone.now() - timedelta(days=35), **values)


def mark(place, sessions, *statuses):
    for session, status in zip(sessions, statuses, strict=True):
        if status:
            Attendance.objects.update_or_create(session=session, place=place, defaults={"status": status})


def absent(number=2, **values):
    """The open line of somebody who missed the last sessions of a cohort of their own."""
    cohort = values.pop("cohort", None) or running()
    place = member(cohort, **values)
    held(cohort, number)
    watch()
    return WatchLine.objects.get(place=place, ended_on=None)


def watch(at=None):
    """As the night does it, over everybody."""
    at = at or timezone.now()
    with transaction.atomic():
        behind = watching.note_reasons(list(watching.watched().order_by("pk")), at=at)
        watching.end_lines_of_others(timezone.localdate(at))
    return behind


def caller(**values):
    return UserFactory(roles=[Role.OFFICER], **values)
