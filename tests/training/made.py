"""A small training for tests: a programme, a cohort with sessions, its people, who teaches and where."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory
from training.models import Cohort, Place, Programme, Session, Trainer, Venue
from training.states import CohortState

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

KARACHI = ZoneInfo("Asia/Karachi")
WEEK = {str(day): ["08:00", "20:00"] for day in range(7)}
NUMBERS = count(1)


def at(text: str) -> datetime:
    """ "2027-04-06 10:00", Pakistan time."""
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI)


def manager() -> User:
    return UserFactory(roles=[Role.PROGRAMME_MANAGER])


def programme(**values: object) -> Programme:
    return Programme.objects.create(**{"code": f"P{next(NUMBERS)}", "name": "Export and e-commerce", **values})


def trainer(**values: object) -> Trainer:
    given = {
        "name": "Hira Saleem",
        "home_city": "Lahore",
        "skills": ["markets", "photography"],
        "languages": ["ur"],
        "cities": ["Lahore"],
        "weekdays": [0, 1, 2, 3, 4, 5],
    }
    return Trainer.objects.create(**given | values)


def venue(**values: object) -> Venue:
    return Venue.objects.create(
        **{"name": "Expo room 2", "city": "Lahore", "address": "Johar Town", "seats": 48, "opening": WEEK, **values}
    )


def cohort(**values: object) -> Cohort:
    given = {
        "code": f"LHR-{next(NUMBERS)}",
        "mode": "in_person",
        "city": "Lahore",
        "starts_on": date(2027, 3, 1),
        "ends_on": date(2027, 6, 30),
        "places": 20,
        "state": CohortState.OPEN.value,
    }
    if "programme" not in values:
        given["programme"] = programme()
    return Cohort.objects.create(**given | values)


def session(of: Cohort, **values: object) -> Session:
    given = {
        "position": of.sessions.count() + 1,
        "title": "Photographs that sell",
        "title_ur": "تصویریں جو فروخت کریں",
        "minutes": 120,
        "skill": "photography",
    }
    return Session.objects.create(cohort=of, **given | values)


def published(of: Cohort, starts_at: str, **values: object) -> Session:
    """A session that is in the timetable already, at sequence 0."""
    row = session(of, **values)
    start = at(starts_at)
    row.starts_at, row.ends_at = start, start + timedelta(minutes=row.minutes)
    row.changed_at = timezone.now()
    row.save()
    return row


def place(of: Cohort, person: User | None = None, **values: object) -> Place:
    """A place held by a firm of its own; person: who comes."""
    application = values.pop("application", None) or ApplicationFactory()
    return Place.objects.create(
        cohort=of,
        application=application,
        sme=application.sme,
        attendee=person.name if person else "Rabia Noor",
        attendee_user=person,
        asked_at=values.pop("asked_at", None) or timezone.now(),
        **values,
    )
