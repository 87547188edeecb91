"""What reports of a meeting come to, in the database: the case of two devices and of a second report, and names given by hand."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
import time_machine

from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.smes import MemberFactory
from tests.training.made import at, cohort, manager, place, trainer
from tests.training.meetings.made import AFTER, DAY, FIRST, SECOND, Room, csv_of
from training.attendance import selectors as attendance_selectors
from training.attendance import services as attendance_services
from training.meetings import selectors, services
from training.models import Attendance, AttendanceMark, MeetingReport, NamedParticipant, Session
from training.states import AttendanceStatus as Status

pytestmark = pytest.mark.django_db
RIGHT = {"Noor Fatima": ("present", 95.5), "Sana Iqbal": ("present", 114.5), "Bilal Khan": ("absent", 0.0)}


@pytest.fixture
def room() -> Room:
    return Room()


def joined(content_1: bytes, content_2: bytes) -> bytes:
    """Both reports in one file."""
    return content_1 + b"\n".join(content_2.splitlines()[1:]) + b"\n"


# ------------------------------------------------------------------------------------------------------- case t03


def test_a_second_report_adds_up_and_replaces_nothing(room):
    room.count(FIRST)
    first = {name: RIGHT[name] for name in ("Noor Fatima", "Sana Iqbal")}
    assert (room.minutes(), room.unknown()) == (first, ["iPhone"])
    room.count(SECOND)
    assert (room.minutes(), room.unknown()) == (RIGHT, ["iPhone"])
    late = [one.outside for one in selectors.overview_of(room.session).people if one.place.attendee == "Bilal Khan"]
    assert late == ["after"]


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    "contents", [(FIRST, FIRST), (FIRST, SECOND, FIRST, SECOND), (joined(FIRST, SECOND), FIRST, SECOND)]
)
def test_each_file_again_or_both_in_one_change_nothing(room, contents):
    room.count(contents[0])
    before = room.minutes()
    room.count(*contents[1:])
    assert {name: room.minutes()[name] for name in before} == before
    assert room.marks() == len(room.minutes())
    assert MeetingReport.objects.count() == len(set(contents))


@pytest.mark.parametrize("order", list(permutations(range(6)))[::101])
def test_the_order_of_rows_changes_nothing(room, order):
    head, *rows = FIRST.decode().splitlines()
    room.count(csv_of(*(rows[at] for at in order), head=head), SECOND)
    assert room.minutes() == RIGHT


def test_a_name_given_by_hand_credits_and_taken_back_gives_back(room):
    room.count(FIRST)
    assert room.name("iPhone", "Asad Raza") == 1
    assert room.minutes()["Asad Raza"] == ("present", 118.0)
    assert (NamedParticipant.objects.get().named_by, room.unknown()) == (room.teacher, [])
    assert room.name("iPhone", "Asad Raza") == 0
    assert room.name("iPhone", "") == 1
    assert ("Asad Raza" in room.minutes(), room.unknown()) == (False, ["iPhone"])
    with time_machine.travel(AFTER, tick=False):
        file = room.places["Asad Raza"].application_id
        assert attendance_selectors.hours_of_files([file])[file].there == 0
    room.name("iPhone", "Asad Raza")
    assert room.minutes()["Asad Raza"] == ("present", 118.0)


def test_a_name_given_to_the_wrong_person_is_given_to_another_and_their_own_minutes_stay(room):
    room.count(FIRST)
    room.name("iPhone", "Noor Fatima")
    assert room.minutes()["Noor Fatima"] == ("present", 120.0)  # with what she has herself, each minute once
    room.name("iPhone", "Asad Raza")
    assert (room.minutes()["Noor Fatima"], room.minutes()["Asad Raza"]) == (RIGHT["Noor Fatima"], ("present", 118.0))


def test_two_people_of_one_name_are_never_credited_by_it(room):
    twins = [place(room.cohort, UserFactory(name="Ali Khan"), asked_at=at("2027-03-01 10:00")) for _each in range(2)]
    row = "Ali Khan,,03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,120,Yes"
    room.count(csv_of(row))
    (one,) = selectors.overview_of(room.session).unknown
    assert (room.minutes(), one.offered[:2], one.likely) == ({}, tuple(twins), None)


def test_two_of_one_name_with_addresses_of_their_own_are_two_in_the_report(room):
    rows = [f"Guest,{name}@example.org,03/06/2027 10:00:00 AM,03/06/2027 11:00:00 AM,60,Yes" for name in ("a", "b")]
    room.count(csv_of(*rows))
    assert room.unknown() == ["Guest <a@example.org>", "Guest <b@example.org>"]
    room.name("Guest <a@example.org>", "Asad Raza")
    assert (room.minutes(), room.unknown()) == ({"Asad Raza": ("late", 60.0)}, ["Guest <b@example.org>"])


@pytest.mark.sqlite_leg
@pytest.mark.parametrize(
    ("left", "status", "minutes"),
    [
        ("11:29:54 AM", "late", 89.9),
        ("11:30:00 AM", "present", 90.0),
        ("10:00:20 AM", "late", 0.33),
        ("09:59:00 AM", None, None),
    ],
)
def test_the_rule_is_the_programme_s_and_nothing_is_rounded_up(room, left, status, minutes):
    other = "Sana Iqbal,sana.iqbal@example.com,03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,1,No"
    room.count(csv_of(f"Asad Raza,asad.raza@example.com,03/06/2027 09:00:00 AM,03/06/2027 {left},600,No", other))
    assert room.minutes()["Asad Raza"] == ((status, minutes) if status else ("absent", 0.0))
    if status == "present":
        with time_machine.travel(AFTER, tick=False):
            file = room.places["Asad Raza"].application_id
            assert attendance_selectors.hours_of_files([file])[file].there == 90


def test_who_teaches_is_nobody_of_the_cohort_and_so_is_whoever_is_said_to_be(room):
    rows = [
        "Hira,hira@example.com,03/06/2027 09:50:00 AM,03/06/2027 12:05:00 PM,135,No",
        "Recorder,,03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,120,No",
    ]
    room.count(csv_of(*rows))
    assert room.unknown() == ["Recorder"]
    room.name("Recorder", services.NOBODY)
    overview = selectors.overview_of(room.session)
    assert ([written for written, _minutes in overview.left_out], overview.unknown) == (
        ["Hira <hira@example.com>", "Recorder"], []
    )  # fmt: skip
    room.name("Recorder", "Asad Raza")
    assert room.minutes() == {"Asad Raza": ("present", 120.0)}


# ------------------------------------------------------------------------------------------------- who is known by what


def test_an_address_that_nobody_showed_to_be_theirs_credits_nobody(room):
    thief = room.places["Asad Raza"].attendee_user
    thief.emailaddress_set.create(email="bilal.khan@elsewhere.example", verified=False)
    room.count(csv_of("Bilal,bilal.khan@elsewhere.example,03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,120,No"))
    assert room.minutes() == {}
    thief.emailaddress_set.update(verified=True)
    room.name("x", "")
    with time_machine.travel(AFTER, tick=False):
        room.name("nobody at all", services.NOBODY)
    assert room.minutes() == {"Asad Raza": ("present", 120.0)}


def test_where_nobody_is_named_the_firm_s_people_stand_for_it_and_an_address_of_two_firms_for_none(room):
    one, other = (place(room.cohort, asked_at=at("2027-03-01 10:00")) for _each in range(2))
    of_one, of_both = UserFactory(email="one@example.com"), UserFactory(email="both@example.com")
    for sme, user in ((one.sme, of_one), (one.sme, of_both), (other.sme, of_both)):
        MemberFactory(sme=sme, user=user)
    times = "03/06/2027 10:00:00 AM,03/06/2027 11:00:00 AM,60,No"
    room.count(csv_of(f"A,ONE@example.com,{times}", f"B,both@example.com,{times}"))
    assert (room.minutes(), room.unknown()) == ({"Rabia Noor": ("late", 60.0)}, ["B <both@example.com>"])


def test_a_report_says_how_long_where_joining_says_only_that_somebody_was_there(room):
    room.cohort.join_url = "https://meet.example.org/j"
    room.cohort.save()
    with time_machine.travel(at(f"{DAY} 10:03"), tick=False):
        for name in ("Noor Fatima", "Asad Raza"):
            room.session.refresh_from_db()
            person = room.places[name].attendee_user
            attendance_services.join(actor=person, session=room.session, device=name)
    room.count(FIRST)
    with time_machine.travel(AFTER, tick=False):
        hours = {
            name: attendance_selectors.hours_of_files([row.application_id])[row.application_id].there
            for name, row in room.places.items()
        }
    assert hours == {"Noor Fatima": 95.5, "Sana Iqbal": 114.5, "Bilal Khan": 0, "Asad Raza": 120}


def test_what_an_official_settled_stands_over_every_report(room):
    with time_machine.travel(AFTER, tick=False):
        attendance_services.correct(
            actor=room.boss, session=room.session, place=room.places["Sana Iqbal"], status=Status.EXCUSED, words="Ill"
        )
    room.count(FIRST)
    assert Attendance.objects.get(place=room.places["Sana Iqbal"]).status == "excused"


# ----------------------------------------------------------------------------------------------------------- refusals


def read(room: Room, content: bytes, *, actor=None, moment=AFTER) -> MeetingReport:
    with time_machine.travel(moment, tick=False):
        return services.read_in(actor=actor or room.teacher, session=room.session, file_name="r.csv", content=content)


def test_a_report_of_another_day_is_refused_with_both_days(room):
    Session.objects.update(starts_at=at("2027-03-05 10:00"), ends_at=at("2027-03-05 12:00"))
    room.session.refresh_from_db()
    row = read(room, FIRST)
    words = r"This report is of 6\sMarch\s2027; the session is on 5\sMarch\s2027\."
    with time_machine.travel(AFTER, tick=False), pytest.raises(DomainError, match=words) as refusal:
        services.count(actor=room.teacher, report=row)
    assert (refusal.value.code, room.minutes()) == ("other_day", {})


def test_a_report_in_which_nobody_was_there_in_time_is_refused_with_both_times(room):
    row = read(room, SECOND)
    words = r"from 6\sMarch\s2027, 12:31 to 6\sMarch\s2027, 12:39, the session from 6\sMarch\s2027, 10:00 to"
    with time_machine.travel(AFTER, tick=False), pytest.raises(DomainError, match=words) as refusal:
        services.count(actor=room.teacher, report=row)
    assert (refusal.value.code, MeetingReport.objects.get().counted_at) == ("outside", None)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts_at": at(f"{DAY} 14:00"), "ends_at": at(f"{DAY} 16:00")}, "not_begun"),
        ({"starts_at": None, "ends_at": None}, "not_begun"),
        ({"cancelled_at": at(f"{DAY} 09:00")}, "called_off"),
    ],
)
def test_a_session_that_was_not_held_has_no_report(room, change, code):
    Session.objects.update(**change)
    with pytest.raises(DomainError) as refusal:
        read(room, FIRST)
    assert (refusal.value.code, MeetingReport.objects.count()) == (code, 0)


def test_only_its_trainer_and_a_programme_manager_hand_in_and_name(room):
    row = read(room, FIRST, actor=room.boss)
    another = UserFactory()
    trainer(user=another)
    with time_machine.travel(AFTER, tick=False):
        for person in (another, officer(), director(), room.places["Asad Raza"].attendee_user):
            for act in (
                lambda who: services.read_in(actor=who, session=room.session, file_name="r", content=SECOND),
                lambda who: services.map_columns(actor=who, report=row, columns={"name": 0}, zone="UTC"),
                lambda who: services.count(actor=who, report=row),
                lambda who: services.drop(actor=who, report=row),
                lambda who: services.name_participants(actor=who, session=room.session, named={}),
                lambda who: attendance_services.keep_reports(actor=who, session=room.session, credited={}),
            ):
                with pytest.raises(NotAllowed):
                    act(person)
        assert services.count(actor=manager(), report=row) == 2


def test_a_person_of_another_cohort_cannot_be_named(room):
    room.count(FIRST)
    stranger = place(cohort(), UserFactory(name="Zoya Malik"), asked_at=at("2027-03-01 10:00"))
    with time_machine.travel(AFTER, tick=False), pytest.raises(DomainError) as refusal:
        services.name_participants(actor=room.teacher, session=room.session, named={"iPhone": stranger.public_id})
    assert (refusal.value.code, room.unknown()) == ("unknown_person", ["iPhone"])


def test_what_counts_is_not_dropped_and_not_mapped_anew(room):
    room.count(FIRST)
    row = MeetingReport.objects.get()
    assert (row.rows, len(row.lines)) == ([], 6)
    with time_machine.travel(AFTER, tick=False):
        for act in (
            lambda: services.drop(actor=room.teacher, report=row),
            lambda: services.map_columns(actor=room.teacher, report=row, columns={"name": 0}, zone="UTC"),
        ):
            with pytest.raises(DomainError) as refusal:
                act()
            assert refusal.value.code == "counted"
        assert services.count(actor=room.teacher, report=row) == 0


def test_the_history_says_who_did_what_and_names_nobody(room):
    room.count(FIRST)
    room.name("iPhone", "Asad Raza")
    room.name("iPhone", "")
    events = Event.objects.filter(
        subject_id=room.session.pk, name__in=["session.report_counted", "session.participants_named"]
    )
    report = MeetingReport.objects.get().public_id
    asad = room.places["Asad Raza"].public_id
    assert [(event.actor, event.data) for event in events.order_by("pk")] == [
        (room.teacher, {"report": report, "people": 2, "unknown": 1}),
        (room.teacher, {"places": [asad], "nobody": 0, "taken_back": 0}),
        (room.teacher, {"places": [], "nobody": 0, "taken_back": 1}),
    ]


def test_a_mark_is_never_written_over(room):
    room.count(FIRST)
    before = {mark.pk: (mark.status, mark.minutes) for mark in AttendanceMark.objects.all()}
    room.name("iPhone", "Noor Fatima")
    room.name("iPhone", "")
    after = {mark.pk: (mark.status, mark.minutes) for mark in AttendanceMark.objects.filter(pk__in=before)}
    assert (after, room.marks(), room.minutes()["Noor Fatima"]) == (before, 4, RIGHT["Noor Fatima"])


def test_a_report_that_nobody_looks_at_is_forgotten_after_a_week(room):
    read(room, FIRST)
    MeetingReport.objects.update(created_at=AFTER - timedelta(days=8))
    read(room, SECOND)
    assert [row.sha256 for row in MeetingReport.objects.all()] == [read(room, SECOND).sha256]


# -------------------------------------------------------------------------------------------- a report beside the session


def test_the_report_of_after_the_end_waits_for_the_report_of_the_session_in_either_order(room):
    """By itself it says nothing of the session and is refused with both times; beside one that does it says who came too late."""
    with pytest.raises(DomainError) as refusal:
        room.count(SECOND)
    assert refusal.value.code == "outside"
    assert "12:31" in str(refusal.value)
    assert "12:00" in str(refusal.value)
    assert (room.minutes(), MeetingReport.objects.get().counted_at) == ({}, None)
    room.count(FIRST)
    room.count(SECOND)  # the same file: it has waited
    assert room.minutes() == RIGHT
    assert MeetingReport.objects.exclude(counted_at=None).count() == MeetingReport.objects.count() == 2


def test_a_report_that_somebody_dropped_meanwhile_is_not_there(room):
    with time_machine.travel(AFTER, tick=False):
        row = services.read_in(actor=room.teacher, session=room.session, file_name="a.csv", content=FIRST)
        services.drop(actor=room.boss, report=row)
        for act in (services.count, services.drop):
            with pytest.raises(NotFound):
                act(
                    actor=room.teacher,
                    report=MeetingReport(pk=row.pk or 1, public_id=row.public_id, session=row.session),
                )
