"""Programmes, trainers, rooms and cohorts for tests, made by the real acts so that every column fits."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import factory
from django.utils import timezone

from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import today
from training.cohorts import services as cohorts_services
from training.models import Cohort, Place, Programme, Session, Trainer, Venue
from training.programmes import services as programmes_services

from .accounts import UserFactory
from .selection import ApplicationFactory


def programme_manager(**kwargs):
    return UserFactory(roles=(Role.PROGRAMME_MANAGER,), **kwargs)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    """A programme; modules=3 gives it so many, of three hours each."""

    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"P-{n}")
    name = factory.Sequence(lambda n: f"First export order {n}")

    @classmethod
    def _create(cls, model_class, *args, modules=0, **kwargs):
        row = super()._create(model_class, *args, **kwargs)
        manager = programme_manager() if modules else None
        for number in range(1, modules + 1):
            add_module(row, title=f"Module {number}", by=manager)
        return row


def add_module(programme, *, title="Product pages", by=None, after=(), **values):
    """A module at the end of the programme."""
    defaults = {"minutes": 180, "skill": "listing", "equipment": ["projector"], "outcomes": []}
    return programmes_services.add_module(
        actor=by or programme_manager(), programme=programme, title=title, after=after, **{**defaults, **values}
    )


class TrainerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Trainer

    name = factory.Sequence(lambda n: f"Trainer {n}")
    home_city = "Lahore"
    skills = ["listing"]
    languages = ["ur", "en"]
    cities = ["Lahore"]
    weekdays = [0, 1, 2, 3, 4, 5]


class VenueFactory(factory.django.DjangoModelFactory):
    """A room in Lahore, open on six days; online=True is a meeting."""

    class Meta:
        model = Venue

    name = factory.Sequence(lambda n: f"Room {n}")
    city = "Lahore"
    seats = 30
    equipment = ["projector"]
    opening = factory.LazyFunction(lambda: {str(day): ["09:00", "17:00"] for day in range(6)})

    class Params:
        online = factory.Trait(city="", link="https://meet.example/room")


class CohortFactory(factory.django.DjangoModelFactory):
    """A planned cohort of three sessions in Lahore that begins in two weeks; state="open" and the like."""

    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory, modules=3)
    mode = "in_person"
    city = "Lahore"
    starts_on = factory.LazyFunction(lambda: today() + timedelta(days=14))
    ends_on = factory.LazyFunction(lambda: today() + timedelta(days=42))
    places = 20

    @classmethod
    def _create(cls, model_class, *, state="planned", by=None, code="", programme, **values):
        defaults = {"round": None, "language": "ur", "time_of_day": "morning", "weekly_sessions": 2}
        number = Cohort.objects.count() + 1
        row = cohorts_services.create_cohort(
            actor=by or programme_manager(), programme=programme, code=code or f"TST-{number}", **{**defaults, **values}
        )
        Cohort.objects.filter(pk=row.pk).update(state=state)
        row.refresh_from_db()
        return row


def publish(session: Session, *, day=None, hour=9, trainer=None, venue=None) -> Session:
    """Give a session a published time: on that day, in Pakistan's hours."""
    start = timezone.make_aware(datetime.combine(day or session.cohort.starts_on, time(hour)))
    session.starts_at, session.ends_at = start, start + timedelta(minutes=session.minutes)
    session.trainer, session.venue = trainer, venue
    session.save()
    return session


def place_in(cohort: Cohort, *, application=None, state="held") -> Place:
    """A firm's place, without the walk through its offer."""
    application = application or ApplicationFactory()
    return Place.objects.create(
        cohort=cohort,
        application=application,
        sme=application.sme,
        state=state,
        attendee="Saima",
        asked_at=timezone.now(),
    )
