"""Who can no longer reach the hours hears of it on the day itself, once, and so do the managers."""

from __future__ import annotations

from fractions import Fraction

import pytest
import time_machine
from django.utils import timezone

from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory
from tests.training.made import at, cohort, place, published
from training.attendance import services as attendance_services
from training.attendance.hours import Hours
from training.attendance.services import Called
from training.engagement import handlers, reaching
from training.models import Attendance
from training.states import AttendanceStatus as Status
from training.states import CohortState, Happened, PlaceState

pytestmark = pytest.mark.django_db
HOURS = (2, 2, 3, 2, 2, 3, 2, 2, 2, 3, 2, 2)
DAYS = ("03-02", "03-04", "03-12", "03-16", "03-18", "03-23", "04-08", "04-09", "04-12", "04-13", "04-14", "04-15")


class Hina:
    """In another cohort for the first two sessions; her third was called off, the fourth excused, in the fifth she came late and the
    sixth she missed: she can still reach 85 per cent. Bilal came to all of them."""

    def __init__(self) -> None:
        self.boss = UserFactory(roles=[Role.PROGRAMME_MANAGER], language="en")
        file, self.person = ApplicationFactory(), UserFactory(name="Hina", language="en")
        former, self.cohort = cohort(), cohort(code="LHR-3", state=CohortState.RUNNING.value)
        self.sessions = [
            published(former if number < 2 else self.cohort, f"2027-{day} 10:00", minutes=60 * length)
            for number, (day, length) in enumerate(zip(DAYS, HOURS, strict=True))
        ]
        changed = at("2027-03-10 09:00")
        begun = {"application": file, "asked_at": at("2027-03-01 09:00")}
        left = place(former, self.person, **begun, state=PlaceState.CHANGED, ended_at=changed)
        self.place = place(self.cohort, self.person, application=file, asked_at=changed)
        self.bilal = place(self.cohort, UserFactory(name="Bilal", language="en"), asked_at=at("2027-03-01 09:00"))
        self.sessions[2].cancelled_at = at("2027-03-11 09:00")
        self.sessions[2].save()
        for row in self.sessions[:2]:
            Attendance.objects.create(session=row, place=left, status="present")
        marks = {
            3: ("excused", None),
            4: ("late", 110),
            5: ("absent", None),
            **dict.fromkeys((6, 7, 8), ("present", None)),
        }
        for number, (status, minutes) in marks.items():
            for of, (own, credited) in ((self.place, (status, minutes)), (self.bilal, ("present", None))):
                Attendance.objects.create(session=self.sessions[number], place=of, status=own, minutes=credited)

    def roll(self, number: int, status: Status, when: str) -> None:
        """The roll of a session as its trainer sends it, and what the worker does with it."""
        row = self.sessions[number - 1]
        called = [
            Called(key=f"{number} {of.public_id}", place=of.public_id, status=own, at=at(when))
            for of, own in ((self.place, status), (self.bilal, Status.PRESENT))
        ]
        attendance_services.take_roll(actor=self.boss, session=row, called=called)
        handlers.say_out_of_reach(Event.objects.filter(name=Happened.ROLL_TAKEN).latest("pk"))

    def told(self) -> list[tuple[str, str]]:
        rows = Message.objects.filter(template__startswith="attendance.out_of_reach").order_by("pk")
        return [(row.to.name, row.template.rsplit("_", 1)[-1]) for row in rows]


@pytest.fixture
def hina():
    return Hina()


@pytest.mark.sqlite_leg
def test_a_missed_session_after_which_the_hours_are_out_of_reach_is_said_on_that_day_and_once(hina):
    with time_machine.travel(at("2027-04-12 12:30"), tick=False):
        assert reaching.look_at_cohort(cohort_id=hina.cohort.pk) == 0
    with time_machine.travel(at("2027-04-13 13:30"), tick=False):
        hina.roll(10, Status.ABSENT, "2027-04-13 10:05")
        assert hina.told() == [("Hina", "reach"), (hina.boss.name, "desk")]
        own, desk = Message.objects.filter(template__startswith="attendance.out_of_reach").order_by("pk")
        assert own.subject == "80 per cent of the hours can no longer be reached in LHR-3"
        assert "still reaches 72.0 per cent" in own.body.replace("\n", " ")  # 950 of 1320 minutes
        assert desk.subject == "1 person in LHR-3 can no longer reach the hours"
        assert "Hina" in desk.body
        assert "Bilal" not in desk.body
        assert reaching.look_at_cohort(cohort_id=hina.cohort.pk) == 0
        assert reaching.look_at_ended() == 0
    with time_machine.travel(at("2027-04-14 12:30"), tick=False):
        hina.roll(11, Status.ABSENT, "2027-04-14 10:05")
        assert len(hina.told()) == 2
    event = Event.objects.get(name=Happened.OUT_OF_REACH)
    assert (event.data, event.subject_id) == ({"percent": 80, "best": "72.0"}, str(hina.place.pk))


def test_a_roll_called_while_the_session_runs_is_looked_at_when_it_is_over(hina):
    with time_machine.travel(at("2027-04-13 11:00"), tick=False):
        hina.roll(10, Status.ABSENT, "2027-04-13 10:05")
        assert (hina.told(), reaching.look_at_ended()) == ([], 0)
    with time_machine.travel(at("2027-04-13 13:00"), tick=False):
        assert (reaching.look_at_ended(), len(hina.told())) == (1, 2)


def test_a_roll_that_nobody_called_takes_nothing_from_anybody(hina):
    with time_machine.travel(at("2027-04-13 14:00"), tick=False):
        assert reaching.look_at_cohort(cohort_id=hina.cohort.pk) == 0
    Attendance.objects.create(session=hina.sessions[9], place=hina.bilal, status="present")
    with time_machine.travel(at("2027-04-13 14:00"), tick=False):
        assert reaching.look_at_cohort(cohort_id=hina.cohort.pk) == 1  # now it was called, and she was not there


def test_a_correction_that_takes_hours_away_is_said_in_the_language_of_who_reads_it(hina):
    hina.person.language = "ur"
    hina.person.save()
    act = {"session": hina.sessions[8], "place": hina.place, "status": Status.ABSENT, "words": "Left at once"}
    with time_machine.travel(at("2027-04-12 18:00"), tick=False):
        attendance_services.correct(actor=hina.boss, **act | {"session": hina.sessions[7]})
        attendance_services.correct(actor=hina.boss, **act)
        handlers.say_out_of_reach(Event.objects.filter(name=Happened.ATTENDANCE_CORRECTED).latest("pk"))
    own = Message.objects.get(to=hina.person)
    assert own.language == "ur"
    assert "80" in own.subject
    assert "per cent" not in own.subject + own.body


@pytest.mark.parametrize(("there", "words"), [(950, "72.0"), (Fraction(10559, 10), "79.9"), (0, "0.0")])
def test_the_share_that_is_left_is_never_shown_as_what_is_asked_for(there, words):
    found = Hours(Fraction(0), Fraction(0), Fraction(there), Fraction(1320), 80)
    assert (found.can_be_met, reaching._best(found)) == (False, words)


def test_a_cohort_that_does_not_run_is_left_alone(hina):
    hina.cohort.state = CohortState.FINISHED.value
    hina.cohort.save()
    assert reaching.look_at_cohort(cohort_id=hina.cohort.pk, now=timezone.now()) == 0
