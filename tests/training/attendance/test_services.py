"""Attendance in the database: scans, rolls that come late and twice, corrections, and the hours that follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from selection.models import Conflict
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import ApplicationFactory
from tests.factories.smes import MemberFactory
from tests.training.made import at, cohort, manager, place, published, trainer
from training.attendance import selectors, services
from training.attendance.services import Called
from training.models import Attendance, AttendanceMark
from training.states import AttendanceStatus as Status
from training.states import Happened, PlaceState

pytestmark = pytest.mark.django_db
DAY = "2027-03-06"


class Hall:
    """A session from 10 to 12 with its trainer and people, each with a place and an account."""

    def __init__(self, names: str = "ali sana usman maryam") -> None:
        self.teacher = UserFactory(name="Usman Tariq")
        self.cohort = cohort()
        self.files = {name: ApplicationFactory() for name in names.split()}
        self.session = published(self.cohort, f"{DAY} 10:00", trainer=trainer(user=self.teacher), minutes=120)
        self.people = {name: UserFactory(name=name.title()) for name in self.files}
        self.places = {
            name: place(self.cohort, self.people[name], application=file, asked_at=at("2027-03-01 10:00"))
            for name, file in self.files.items()
        }

    def scan(self, name: str, hour: str, *, device: str = "") -> AttendanceMark:
        return services.scan(
            actor=self.people[name],
            session=self.session,
            device=device or f"phone of {name}",
            scanned_at=at(f"{DAY} {hour}"),
        )

    def roll(self, device: str, now: str, arrives: str, *called: tuple, actor=None):
        with time_machine.travel(at(f"{DAY} {arrives}"), tick=False):
            return services.take_roll(
                actor=actor or self.teacher,
                session=self.session,
                device=device,
                device_now=at(f"{DAY} {now}"),
                called=[
                    Called(key, self.places[name].public_id, Status(status), at(f"{DAY} {hour}"), minutes)
                    for key, name, status, hour, minutes in called
                ],
            )

    def status(self, name: str) -> str | None:
        return (
            Attendance.objects.filter(session=self.session, place=self.places[name])
            .values_list("status", flat=True)
            .first()
        )


@pytest.fixture
def hall() -> Hall:
    return Hall()


FIRST = ("D1", "12:05:00", "12:05:00",
         ("d1-1", "ali", "present", "10:12", None), ("d1-2", "sana", "absent", "10:12", None),
         ("d1-3", "usman", "present", "10:13", None))  # fmt: skip
AGAIN = ("D1", "12:05:00", "12:06:00", *FIRST[3:])
SECOND = ("D2", "12:01:00", "12:01:00", ("d2-1", "sana", "late", "10:25", 95))
THIRD = ("D3", "15:07:00", "12:07:00", ("d3-1", "maryam", "present", "13:20", None))


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    "uploads",
    [(SECOND, FIRST, AGAIN, THIRD), (THIRD, FIRST, SECOND, AGAIN), (FIRST, AGAIN, THIRD, SECOND)],
)
def test_three_devices_come_back_in_any_order(hall, uploads):
    usman = hall.places["usman"]
    usman.state, usman.ended_at = PlaceState.CHANGED.value, at("2027-03-03 09:00")
    usman.save()
    with time_machine.travel(at(f"{DAY} 11:30"), tick=False):
        services.correct(
            actor=manager(),
            session=hall.session,
            place=hall.places["ali"],
            status=Status.EXCUSED,
            words="Flight to Karachi",
        )
    for upload in uploads:
        hall.roll(*upload)
    lines = {line.place.attendee: line for line in selectors.roll_of(hall.session)}
    assert {name: line.settled.status for name, line in lines.items()} == {
        "Ali": Status.EXCUSED, "Sana": Status.OPEN, "Maryam": Status.PRESENT, "Usman": Status.PRESENT
    }  # fmt: skip
    assert [mark.key for mark in lines["Ali"].settled.beside] == ["d1-1"]
    assert [mark.key for mark in lines["Sana"].settled.beside] == ["d2-1", "d1-2"]
    assert lines["Maryam"].settled.by.observed_at == at(f"{DAY} 10:20")
    assert [name for name, line in lines.items() if line.is_visitor] == ["Usman"]
    assert {name: hall.status(name) for name in hall.places} == {
        "ali": "excused", "sana": "open", "maryam": "present", "usman": None
    }  # fmt: skip
    assert AttendanceMark.objects.filter(session=hall.session).exclude(source="correction").count() == 5


def test_what_is_not_settled_is_not_absent_until_somebody_settles_it(hall):
    hall.roll(*FIRST)
    hall.roll(*SECOND)
    with time_machine.travel(at(f"{DAY} 13:00"), tick=False):
        file = hall.files["sana"].pk
        hours = selectors.hours_of_files([file])[file]
        assert (hours.held, hours.best_held) == (0, 120)
        services.correct(
            actor=hall.teacher,
            session=hall.session,
            place=hall.places["sana"],
            status=Status.LATE,
            words="She came late",
            minutes=95,
        )
        hours = selectors.hours_of_files([file])[file]
    assert (hours.there, hours.held) == (95, 120)


def test_a_roll_of_somebody_else_s_session_is_refused_whole(hall):
    for stranger in (UserFactory(), trainer(user=UserFactory()).user, officer(), director()):
        with pytest.raises(NotAllowed):
            hall.roll(*FIRST, actor=stranger)
    assert AttendanceMark.objects.count() == 0


def test_a_roll_with_somebody_unknown_is_refused_whole(hall):
    with pytest.raises(DomainError) as refusal, time_machine.travel(at(f"{DAY} 12:05"), tick=False):
        services.take_roll(
            actor=hall.teacher,
            session=hall.session,
            called=[
                Called("a", hall.places["ali"].public_id, Status.PRESENT, at(f"{DAY} 10:12")),
                Called("b", "zzzzzzzzzzzz", Status.PRESENT, at(f"{DAY} 10:12")),
            ],
        )
    assert refusal.value.code == "unknown_person"
    assert AttendanceMark.objects.count() == 0


# -------------------------------------------------------------------------------------------------------------- scans


@pytest.mark.sqlite_leg
def test_a_scan_marks_the_moment_of_the_scan_and_a_second_one_gives_the_first(hall):
    with time_machine.travel(at(f"{DAY} 10:01:59"), tick=False):
        mark = hall.scan("ali", "10:00:24")
    with time_machine.travel(at(f"{DAY} 10:20"), tick=False):
        again = hall.scan("ali", "10:20")
    assert (again.pk, again.observed_at) == (mark.pk, at(f"{DAY} 10:00:24"))
    assert hall.status("ali") == "present"
    assert Event.objects.filter(name=Happened.ATTENDED).count() == 1


def test_a_telephone_that_marked_another_person_marks_nobody_else(hall):
    hall.scan("ali", "10:00:24", device="phone 1")
    with pytest.raises(DomainError) as refusal:
        hall.scan("sana", "10:03", device="phone 1")
    assert refusal.value.code == "device_used"
    assert hall.status("sana") is None
    hall.scan("sana", "10:03", device="phone 2")
    assert hall.status("sana") == "present"


def test_who_has_no_place_or_had_one_before_is_not_marked(hall):
    hall.people["stranger"] = UserFactory()
    usman = hall.places["usman"]
    usman.state, usman.ended_at = PlaceState.CHANGED.value, at("2027-03-03 09:00")
    usman.save()
    for name in ("stranger", "usman"):
        with pytest.raises(DomainError) as refusal:
            hall.scan(name, "10:03")
        assert refusal.value.code == "no_place"
    assert AttendanceMark.objects.count() == 0


@pytest.mark.parametrize(
    ("seconds", "code"), [(0, None), (34.9, None), (35.1, "code_over"), (60, "code_over"), (-31, "code_not_yet")]
)
def test_a_code_is_checked_by_the_portal_s_clock_and_what_is_refused_is_counted(hall, seconds, code):
    shown = at(f"{DAY} 10:10:00")
    text = services.screen_code(hall.session, at=shown)
    now = shown + timedelta(seconds=seconds)
    if code is None:
        services.check_code(hall.session, text, at=now)
    else:
        with pytest.raises(DomainError) as refusal:
            services.check_code(hall.session, text, at=now)
        assert refusal.value.code == code
    assert selectors.refused_scans(hall.session) == (0 if code is None else 1)


def test_a_code_of_another_session_is_refused_and_so_is_one_when_nothing_runs(hall):
    other = published(hall.cohort, f"{DAY} 10:00")
    now = at(f"{DAY} 10:10")
    with pytest.raises(DomainError) as refusal:
        services.check_code(hall.session, services.screen_code(other, at=now), at=now)
    assert refusal.value.code == "code_unknown"
    at_the_door = at(f"{DAY} 09:31")
    services.check_code(hall.session, services.screen_code(hall.session, at=at_the_door), at=at_the_door)
    early = at(f"{DAY} 09:29")
    with pytest.raises(DomainError) as refusal:
        services.check_code(hall.session, services.screen_code(hall.session, at=early), at=early)
    assert refusal.value.code == "not_running"


# --------------------------------------------------------------------------------------------------------- corrections


@pytest.mark.sqlite_leg
def test_a_correction_needs_a_reason_and_leaves_a_trail(hall):
    hall.scan("ali", "10:00:24")
    boss = manager()
    with pytest.raises(DomainError) as refusal:
        services.correct(actor=boss, session=hall.session, place=hall.places["ali"], status=Status.ABSENT, words=" ")
    assert refusal.value.code == "no_words"
    with time_machine.travel(at("2027-03-09 10:00"), tick=False):
        services.correct(
            actor=boss, session=hall.session, place=hall.places["ali"], status=Status.ABSENT, words="Left at once"
        )
    event = Event.objects.get(name=Happened.ATTENDANCE_CORRECTED)
    assert (event.data["was"], event.data["status"], event.data["words"]) == ("present", "absent", "Left at once")
    assert [mark.status for mark in hall.session.marks.order_by("observed_at")] == ["present", "absent"]


def test_the_trainer_corrects_on_the_day_and_a_manager_afterwards(hall):
    act = {"session": hall.session, "place": hall.places["ali"], "status": Status.PRESENT, "words": "Was there"}
    with time_machine.travel(at(f"{DAY} 18:00"), tick=False):
        services.correct(actor=hall.teacher, **act)
    with time_machine.travel(at("2027-03-07 09:00"), tick=False), pytest.raises(NotAllowed):
        services.correct(actor=hall.teacher, **act)


# --------------------------------------------------------------------------------------------------------------- hours


@pytest.mark.sqlite_leg
def test_hours_are_those_of_every_cohort_that_a_person_was_in():
    """Hina was in another cohort for the first two sessions; her third was called off, the seventh is under way."""
    file, hina, boss = ApplicationFactory(), UserFactory(name="Hina"), manager()
    former, now_in = cohort(), cohort()
    hours = (2, 2, 3, 2, 2, 3, 2, 2, 2, 3, 2, 2)
    days = ["03-02", "03-04", "03-12", "03-16", "03-18", "03-23", "04-08", "04-09", "04-12", "04-13", "04-14", "04-15"]
    sessions = [
        published(former if number < 2 else now_in, f"2027-{day} 10:00", minutes=60 * length)
        for number, (day, length) in enumerate(zip(days, hours, strict=True))
    ]
    left = place(
        former,
        hina,
        application=file,
        asked_at=at("2027-03-01 09:00"),
        state=PlaceState.CHANGED,
        ended_at=at("2027-03-10 09:00"),
    )
    here = place(now_in, hina, application=file, asked_at=at("2027-03-10 09:00"))
    sessions[2].cancelled_at = at("2027-03-11 09:00")
    sessions[2].save()
    for session, seat, status, minutes in (
        (sessions[0], left, Status.PRESENT, None),
        (sessions[1], left, Status.PRESENT, None),
        (sessions[3], here, Status.EXCUSED, None),
        (sessions[4], here, Status.LATE, 110),
        (sessions[5], here, Status.ABSENT, None),
    ):
        services.correct(
            actor=boss, session=session, place=seat, status=status, words="As on the roll", minutes=minutes
        )
    found = selectors.hours_of_files([file.pk], now=at("2027-04-08 11:00"))[file.pk]
    assert (found.there, found.held, found.best_there, found.best_held) == (350, 540, 1130, 1320)
    assert found.can_be_met
    services.correct(actor=boss, session=sessions[3], place=here, status=Status.ABSENT, words="No note came")
    assert selectors.hours_of_files([file.pk], now=at("2027-04-08 11:00"))[file.pk].held == 660


def test_hours_of_many_files_cost_the_same_queries(django_assert_num_queries):
    files = [Hall("a").files["a"].pk]
    with django_assert_num_queries(3):
        selectors.hours_of_files(files)
    files += [Hall("a b").files[name].pk for name in "ab"]
    with django_assert_num_queries(3):
        assert len(selectors.hours_of_files(files)) == 3


def test_a_trainer_s_telephone_changes_nothing_days_later_that_the_day_has_settled(hall):
    """What only a programme manager may correct by then, with a reason, no device corrects either."""
    hall.roll("D1", "12:05:00", "12:05:00", ("d1-1", "ali", "absent", "10:12", None))
    with time_machine.travel(at("2027-03-20 09:00"), tick=False):
        services.take_roll(
            actor=hall.teacher, session=hall.session, device="D1", device_now=at("2027-03-20 09:00"),
            called=[Called("d1-2", hall.places["ali"].public_id, Status.PRESENT, at(f"{DAY} 11:50"))],
        )  # fmt: skip
    assert hall.status("ali") == "open"
    with time_machine.travel(at(f"{DAY} 12:10"), tick=False):  # the control: on the day a device overrules itself
        hall.roll("D1", "12:10:00", "12:10:00", ("d1-3", "sana", "absent", "10:12", None))
        hall.roll("D1", "12:11:00", "12:11:00", ("d1-4", "sana", "present", "11:50", None))
    assert hall.status("sana") == "present"


def test_a_key_that_stands_for_two_people_loses_nobody(hall):
    """A device that names its marks badly is refused whole, and keeps them; silently the second person would be dropped."""
    one = ("d1-1", "ali", "present", "10:12", None)
    with pytest.raises(DomainError) as refusal:
        hall.roll("D1", "12:05:00", "12:05:00", one, ("d1-1", "sana", "present", "10:12", None))
    assert (refusal.value.code, AttendanceMark.objects.count()) == ("one_key", 0)
    hall.roll("D1", "12:05:00", "12:05:00", one)
    with pytest.raises(DomainError) as refusal:
        hall.roll("D2", "12:06:00", "12:06:00", ("d1-1", "sana", "present", "10:12", None))
    assert refusal.value.code == "one_key"
    hall.roll("D1", "12:05:00", "12:07:00", one)  # the control: the same once more is once
    assert (hall.status("ali"), hall.status("sana"), AttendanceMark.objects.count()) == ("present", None, 1)


@pytest.mark.parametrize("tie", ["member", "conflict", "comes", None])
def test_nobody_corrects_the_attendance_of_their_own_firm(hall, tie):
    boss, ali = manager(), hall.places["ali"]
    if tie == "member":
        MemberFactory(sme=ali.sme, user=boss)
    elif tie == "conflict":
        Conflict.objects.create(official=boss, sme=ali.sme, words="A cousin.")
    elif tie == "comes":
        type(ali).objects.filter(pk=ali.pk).update(attendee_user=boss)
        ali.refresh_from_db()
    values = {"session": hall.session, "status": Status.PRESENT, "words": "On the photographs"}
    with time_machine.travel(at("2027-03-08 09:00"), tick=False):
        services.correct(actor=boss, place=hall.places["sana"], **values)  # of another firm
        if tie is None:
            services.correct(actor=boss, place=ali, **values)
        else:
            with pytest.raises(NotAllowed, match="tied to this firm"):
                services.correct(actor=boss, place=ali, **values)
    assert (hall.status("ali"), hall.status("sana")) == (None if tie else "present", "present")
