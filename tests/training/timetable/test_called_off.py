"""A cohort that is called off: its sessions go through a version of the timetable, and nobody is told twice."""

from __future__ import annotations

from datetime import datetime

import pytest
import time_machine
from django.urls import reverse

from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.selection import owner_of
from tests.training.made import at, cohort, manager, place, published, session, trainer
from training.calendars import selectors as calendars_selectors
from training.cohorts import services as cohorts_services
from training.models import DraftSession, Session, SessionChange, TimetableVersion
from training.states import CohortState, Happened
from training.timetable import services

pytestmark = pytest.mark.django_db
NOW = at("2027-04-05 09:00")


class CalledOff:
    """A cohort of four sessions, one of them held and one without a time, with two trainers and a firm."""

    def __init__(self) -> None:
        self.boss = manager()
        self.cohort = cohort(state=CohortState.RUNNING.value)
        self.hira, self.bilal = (UserFactory(name=name, language="en") for name in ("Hira", "Bilal"))
        hira, bilal = trainer(user=self.hira), trainer(name="Bilal", user=self.bilal)
        self.held = published(self.cohort, "2027-04-01 10:00", trainer=bilal)
        self.coming = [published(self.cohort, f"2027-04-{day} 10:00", trainer=hira) for day in (12, 19)]
        self.unplaced = session(self.cohort)
        self.place = place(self.cohort, asked_at=at("2027-03-01 10:00"))

    def cancel(self) -> None:
        with outbox.held_back():
            cohorts_services.cancel_cohort(actor=self.boss, cohort=self.cohort, reason="The hall was flooded.")


@pytest.fixture
def made():
    there = CalledOff()
    with time_machine.travel(NOW, tick=False):
        yield there


def letters(person, template: str) -> list[Message]:
    return list(Message.objects.filter(to=person, template=template))


def test_its_sessions_to_come_are_cancelled_by_one_version(made):
    services.plan_session(
        actor=made.boss, session=made.coming[0], starts_at=at("2027-04-13 10:00"), trainer=made.coming[0].trainer,
        venue=None,
    )  # fmt: skip
    made.cancel()
    made.cancel()
    version = TimetableVersion.objects.get()
    assert (version.number, version.words, version.people) == (1, "The hall was flooded.", 1)
    changes = SessionChange.objects.filter(version=version).order_by("session")
    assert [(row.session, row.before["cancelled"], row.after["cancelled"], row.sequence) for row in changes] == [
        (row, False, True, 1) for row in made.coming
    ]
    assert [datetime.fromisoformat(row.after["starts_at"]) for row in changes] == [row.starts_at for row in made.coming]
    assert DraftSession.objects.count() == 0
    rows = Session.objects.filter(cohort=made.cohort).order_by("position")
    assert [row.cancelled_at is not None for row in rows] == [False, True, True, True]
    assert Event.objects.filter(name=Happened.TIMETABLE_PUBLISHED).count() == 1


def test_a_trainer_is_told_once_with_all_of_it_and_so_is_a_firm(made):
    made.cancel()
    outbox.deliver_all()
    outbox.deliver_all()
    (letter,) = letters(made.hira, "timetable.published")
    assert letter.body.count("called off") == 2
    assert "The hall was flooded." in letter.body
    owner = owner_of(made.place.application)
    assert (len(letters(owner, "place.cancelled")), letters(owner, "timetable.published")) == (1, [])
    assert letters(made.bilal, "timetable.published") == []  # his session was held


def test_who_was_to_hear_of_a_move_when_it_was_called_off_hears_of_that_alone(made):
    """Both wait in the outbox, and are delivered in either order."""
    services.plan_session(
        actor=made.boss, session=made.coming[0], starts_at=at("2027-04-13 10:00"), trainer=made.coming[0].trainer,
        venue=None,
    )  # fmt: skip
    with outbox.held_back():
        services.publish(actor=made.boss, reasons=dict.fromkeys([made.coming[0].pk], "As asked."))
    made.cancel()
    outbox.deliver_all()
    owner = owner_of(made.place.application)
    assert (len(letters(owner, "place.cancelled")), letters(owner, "timetable.published")) == (1, [])
    assert [row.number for row in TimetableVersion.objects.order_by("number")] == [1, 2]


def test_calendars_show_them_as_cancelled_with_a_higher_sequence(made):
    before = {entry.uid: entry for entry in calendars_selectors.entries_of(made.hira, now=NOW)}
    made.cancel()
    outbox.deliver_all()
    for person in (made.hira, owner_of(made.place.application)):
        after = {entry.uid: entry for entry in calendars_selectors.entries_of(person, now=NOW)}
        for uid, entry in before.items():
            assert after[uid].is_cancelled
            assert after[uid].sequence > entry.sequence


def test_a_cohort_that_nobody_knows_a_day_of_makes_no_version(made):
    Session.objects.filter(cohort=made.cohort).exclude(pk=made.unplaced.pk).delete()
    made.cancel()
    assert TimetableVersion.objects.count() == 0
    assert Session.objects.get(pk=made.unplaced.pk).cancelled_at is not None


def test_who_looked_at_the_plan_before_it_was_called_off_publishes_nothing_over_it(made):
    other = published(cohort(), "2027-04-12 14:00", trainer=made.coming[0].trainer)
    services.plan_session(
        actor=made.boss, session=other, starts_at=at("2027-04-14 14:00"), trainer=other.trainer, venue=None
    )
    made.cancel()
    with pytest.raises(DomainError) as refusal:
        services.publish(actor=made.boss, expected=0)
    assert refusal.value.code == "published_meanwhile"


def test_the_page_of_the_version_names_what_was_called_off(made, client):
    made.cancel()
    client.force_login(made.boss)
    page = client.get(reverse("training:timetable_version", args=[1])).content.decode()
    assert page.count("called off") >= 2
    assert "The hall was flooded." in page
    assert client.get(reverse("training:timetable")).status_code == 200
