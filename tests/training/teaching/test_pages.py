"""The trainer's day, a session with its code and roll, the history of a person, and the printed sheet typed in."""

from __future__ import annotations

import json
from io import BytesIO

import pikepdf
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.training import add_module
from tests.queries import queries_of, repeated
from tests.smes.pages import text_of
from tests.training.attendance.test_services import DAY, Hall
from tests.training.made import at, cohort, manager, place, published, trainer, venue
from training.attendance import selectors as attendance_selectors
from training.attendance import services as attendance_services
from training.models import Attendance, AttendanceMark, Place, Session
from training.states import Happened, PlaceState
from training.teaching.screen import attend_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture
def now(hall):
    """The middle of the session; `now("10:30")` moves on."""
    with time_machine.travel(at(f"{DAY} 10:10"), tick=False) as clock:
        yield lambda hour, day=DAY: clock.move_to(at(f"{day} {hour}"))


def entered(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def joined(hall, number: int) -> None:
    """More people of one firm: what counts here is how many they are."""
    file = hall.files["ali"]
    Place.objects.bulk_create(
        Place(
            cohort=hall.cohort,
            application=file,
            sme=file.sme,
            state=PlaceState.CHANGED,
            attendee="Rabia Noor",
            asked_at=at("2027-03-01 10:00"),
            ended_at=at("2027-04-01 10:00"),
        )
        for _number in range(number)
    )


def page_of(session: Session, rest: str = "") -> str:
    return f"/training/sessions/{session.public_id}/{rest}"


def called(hall, *people, was=(), token="0123456789abcdef", **more):
    """What the form of the roll sends: (name, status, minutes late); was: the same as the page showed it."""
    data = {"token": token, **more}
    for name in hall.places:
        data[f"was-{hall.places[name].public_id}"] = ""
    for name, status, late in people:
        data[f"m-{hall.places[name].public_id}"] = status
        data[f"late-{hall.places[name].public_id}"] = late
    for name, status, late in was:
        data[f"was-{hall.places[name].public_id}"] = f"{status}:{late}"
    return data


# ------------------------------------------------------------------------------------------------------------- the day


def test_a_trainer_begins_at_the_day_with_place_directions_link_and_materials(hall, now):
    room = venue(
        name="Chamber hall",
        city="Sialkot",
        address="Paris Road",
        directions="Behind the bank.",
        link="https://meet.example/a",
    )
    hall.session.venue, hall.session.module = room, add_module(hall.cohort.programme, title="Photographs")
    hall.session.save()
    client = entered(hall.teacher)
    text = text_of(client.get("/training/day/"))
    for words in (
        "1 session on this day", "Photographs that sell", "Chamber hall, Sialkot", "Paris Road", "Behind the bank.",
        'href="geo:0,0?q=Chamber%20hall%2C%20Paris%20Road%2C%20Sialkot"', 'href="https://meet.example/a"',
        "Nothing is handed out in this session.", "4 firms", f'href="{page_of(hall.session)}"', "In progress",
    ):  # fmt: skip
        assert words in text, words
    assert 'aria-current="page"' in text_of(
        client.get("/training/day/")
    )  # now that the browser knows, the masthead has the day


def test_a_day_without_a_session_says_the_next_one_and_one_without_any_what_will_stand_here(hall, now):
    client = entered(hall.teacher)
    text = text_of(client.get("/training/day/?on=2027-03-01"))
    assert "You teach nothing on this day" in text
    assert 'href="?on=2027-03-06"' in text
    now("10:00", day="2027-03-07")
    text = text_of(client.get("/training/day/"))
    assert "You teach nothing today" in text
    assert "No session of yours is in the timetable after this day." in text
    assert "Before:" in text
    new = UserFactory()
    trainer(user=new)
    assert "Sessions that you teach stand here on their day." in text_of(entered(new).get("/training/day/"))


@pytest.mark.parametrize("on", ["2027-13-40", "x" * 5000, "0001-01-01", "9999-12-31", "", "٢٠٢٧-٠٣-٠٦"])
def test_a_day_that_is_none_is_today(hall, now, on):
    answer = entered(hall.teacher).get("/training/day/", {"on": on})
    assert answer.status_code == 200
    assert "Photographs that sell" in text_of(answer)


def test_a_day_is_pakistan_s_also_where_it_is_another_one_in_greenwich(hall):
    late = published(hall.cohort, "2027-03-08 00:30", trainer=hall.session.trainer)
    client = entered(hall.teacher)
    assert f'href="{page_of(late)}"' in text_of(client.get("/training/day/?on=2027-03-08"))
    assert f'href="{page_of(late)}"' not in text_of(client.get("/training/day/?on=2027-03-07"))


@pytest.mark.parametrize("who", [UserFactory, officer, director, manager])
def test_who_teaches_nothing_has_no_day(who):
    assert entered(who()).get("/training/day/").status_code == 404


def test_signing_in_leads_a_trainer_to_the_day_and_others_where_they_begin():
    teacher, both = UserFactory(), manager()
    trainer(user=teacher)
    trainer(user=both)
    begins = [entered(person).get(reverse("account_start")).url for person in (teacher, both, UserFactory())]
    assert begins == ["/training/day/", "/home/programme/", "/file/"]


def test_a_day_costs_the_same_with_one_session_and_with_five(hall, now):
    client = entered(hall.teacher)
    client.get("/training/day/")
    one = queries_of(client, "/training/day/")
    for hour in ("13:00", "15:00", "17:00", "19:00"):
        published(hall.cohort, f"{DAY} {hour}", trainer=hall.session.trainer)
    five = queries_of(client, "/training/day/")
    assert len(five) == len(one), repeated(five)


# ------------------------------------------------------------------------------------------------------- who sees what


def test_the_page_is_its_trainer_s_and_of_managers_and_directors_and_nobody_else_s(hall, now):
    other = UserFactory()
    trainer(user=other)
    reads = {"trainer": hall.teacher, "manager": manager(), "director": director()}
    for name, person in reads.items():
        answer = entered(person).get(page_of(hall.session))
        assert answer.status_code == 200, name
        text = text_of(answer)
        assert ("Check in by phone" in text) is (name != "director")
        assert ("Save the roll" in text) is (name != "director")
    for person in (other, hall.people["ali"], officer(), UserFactory(roles=[Role.ADMINISTRATOR])):
        for rest in ("", "code/", "screen/", "sheet/", "sheet.pdf", f"people/{hall.places['ali'].public_id}/"):
            assert entered(person).get(page_of(hall.session, rest)).status_code == 404, rest
        for rest in ("roll/", "marks/", "code/stop/", "code/show/", "sheet/"):
            assert entered(person).post(page_of(hall.session, rest)).status_code == 404, rest
    assert AttendanceMark.objects.count() == 0


def test_a_director_reads_the_roll_and_does_nothing(hall, now):
    client = entered(director())
    for rest in ("code/", "screen/", "sheet/"):
        assert client.get(page_of(hall.session, rest)).status_code == 403, rest
    for rest in ("roll/", "code/stop/", "code/show/", "sheet/", f"people/{hall.places['ali'].public_id}/"):
        data = called(hall, ("ali", "present", "")) | {"status": "present", "words": "Seen"}
        assert client.post(page_of(hall.session, rest), data).status_code == 403, rest
    assert AttendanceMark.objects.count() == 0


def test_the_link_of_the_meeting_is_not_for_directors(hall, now):
    hall.session.venue = venue(name="Online, room A", city="", link="https://meet.example/a")
    hall.session.save()
    for person, sees in ((hall.teacher, True), (manager(), True), (director(), False)):
        assert ("https://meet.example/a" in text_of(entered(person).get(page_of(hall.session)))) is sees


@pytest.mark.parametrize("rest", ["", "code/", "screen/", "sheet/", "sheet.pdf"])
def test_a_session_that_is_not_there_is_not_found(hall, rest):
    assert entered(manager()).get(f"/training/sessions/{'z' * 12}/{rest}").status_code == 404


@pytest.fixture
def stranger(hall):
    """Who has a place in another cohort. Before the clock stands: applications are taken by the database's."""
    return place(cohort())


def test_a_person_of_another_session_is_not_found_in_this_one(hall, stranger, now):
    assert entered(hall.teacher).get(page_of(hall.session, f"people/{stranger.public_id}/")).status_code == 404


# ------------------------------------------------------------------------------------------------------------- the code


def test_the_code_is_that_of_the_half_minute_and_leads_to_checking_in(hall, now):
    client = entered(hall.teacher)
    first = text_of(client.get(page_of(hall.session, "code/")))
    text = attendance_services.screen_code(hall.session)
    assert f"{text[:3]} {text[3:6]}" in first
    assert attend_path(hall.session, text) == f"/training/attend/{hall.session.public_id}/{text}/"
    assert 'data-left="30000"' in first
    assert "<svg" in first
    now("10:10:29")
    again = text_of(client.get(page_of(hall.session, "code/")))
    assert f"{text[:3]} {text[3:6]}" in again
    assert 'data-left="1000"' in again
    now("10:10:30")
    assert f"{text[:3]} {text[3:6]}" not in text_of(client.get(page_of(hall.session, "code/")))


def test_the_whole_screen_loads_itself_again_without_javascript(hall, now):
    now("10:10:12")
    text = text_of(entered(hall.teacher).get(page_of(hall.session, "screen/")))
    assert '<noscript><meta http-equiv="refresh" content="18"></noscript>' in text


def test_the_code_is_looked_at_again_until_the_session_is_over(hall, now):
    client = entered(hall.teacher)
    for hour, again in (("09:50", True), ("10:10", True), ("12:00", False)):
        now(hour)
        assert ("data-left" in text_of(client.get(page_of(hall.session, "code/")))) is again
        assert ('http-equiv="refresh"' in text_of(client.get(page_of(hall.session, "screen/")))) is again


def test_counters_say_who_is_in_who_is_missing_and_what_was_refused(hall, now):
    hall.scan("ali", "10:02")
    attendance_services.count_refused(hall.session)
    text = text_of(entered(hall.teacher).get(page_of(hall.session, "code/")))
    assert "<b>1</b> are in" in text
    assert "<b>3</b> are missing" in text
    assert "<b>1</b> scans refused" in text


def test_a_stopped_code_is_shown_to_nobody_and_good_for_nobody_until_it_is_shown_again(hall, now):
    client = entered(hall.teacher)
    code = attendance_services.screen_code(hall.session)
    for _twice in range(2):
        assert client.post(page_of(hall.session, "code/stop/")).url == page_of(hall.session)
    for rest in ("", "code/", "screen/"):
        assert code[:3] + " " + code[3:6] not in text_of(client.get(page_of(hall.session, rest)))
    with pytest.raises(attendance_services.DomainError) as refusal:
        attendance_services.check_code(hall.session, code)
    assert refusal.value.code == "stopped"
    client.post(page_of(hall.session, "code/show/"))
    attendance_services.check_code(hall.session, code)
    assert [event.name for event in Event.objects.filter(name__startswith="session.code")] == [
        Happened.CODE_STOPPED, Happened.CODE_SHOWN
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("hour", "says"),
    [("08:00", "It begins at 10:00"), ("10:10", "Show the code, then mark the 4 who are missing"),
     ("13:00", "Mark the 4 of whom there is no sign")],
)  # fmt: skip
def test_the_page_says_what_is_to_be_done_now(hall, now, hour, says):
    now(hour)
    text = text_of(entered(hall.teacher).get(page_of(hall.session)))
    assert says in text
    assert ("Check in by phone" in text) is (hour == "10:10")
    assert ("Save the roll" in text) is (hour != "08:00")


# ------------------------------------------------------------------------------------------------------------- the roll


def test_the_roll_is_saved_by_the_form_with_minutes_late(hall, now):
    client = entered(hall.teacher)
    answer = client.post(
        page_of(hall.session, "roll/"),
        called(hall, ("ali", "present", ""), ("sana", "late", "25"), ("usman", "absent", "9")),
    )
    assert answer.url == page_of(hall.session)
    found = {row.place.attendee: (row.status, row.minutes) for row in Attendance.objects.select_related("place")}
    assert found == {"Ali": ("present", None), "Sana": ("late", 95), "Usman": ("absent", None)}
    text = text_of(client.get(page_of(hall.session)))
    assert "3 marks are saved." in text
    assert "Show the code, then mark the 1 who is missing" in text
    assert "Present 1, late 1, excused 0, absent 1, without a sign 1." in text


def test_the_same_form_sent_twice_is_taken_once_and_what_was_not_changed_is_not_sent(hall, now):
    client = entered(hall.teacher)
    data = called(hall, ("ali", "present", ""))
    client.post(page_of(hall.session, "roll/"), data)
    now("10:11")
    client.post(page_of(hall.session, "roll/"), data)
    assert AttendanceMark.objects.count() == 1
    assert Event.objects.filter(name=Happened.ROLL_TAKEN).count() == 1
    client.post(
        page_of(hall.session, "roll/"),
        called(hall, ("ali", "present", ""), was=[("ali", "present", "")], token="f" * 16),
    )
    assert AttendanceMark.objects.count() == 1


def test_the_trainer_s_own_later_form_overrules_the_earlier_one(hall, now):
    client = entered(hall.teacher)
    client.post(page_of(hall.session, "roll/"), called(hall, ("ali", "absent", "")))
    now("10:30")
    data = called(hall, ("ali", "late", "30"), was=[("ali", "absent", "")], token="f" * 16)
    client.post(page_of(hall.session, "roll/"), data)
    assert hall.status("ali") == "late"


def test_all_without_a_sign_are_present_and_nobody_else_is_touched(hall, now):
    hall.scan("ali", "10:02")
    client = entered(hall.teacher)
    client.post(
        page_of(hall.session, "roll/"), called(hall, ("sana", "absent", ""), was=[("ali", "present", "")], all="1")
    )
    assert {name: hall.status(name) for name in hall.places} == {
        "ali": "present", "sana": "absent", "usman": "present", "maryam": "present"
    }  # fmt: skip
    assert AttendanceMark.objects.filter(place=hall.places["ali"]).count() == 1


@pytest.mark.parametrize("late", ["x", "-1", "121", "9" * 5000, "NaN", "1e3", "٥٠٠"])
def test_minutes_that_are_none_come_back_with_everything_that_was_chosen(hall, now, late):
    answer = entered(hall.teacher).post(
        page_of(hall.session, "roll/"), called(hall, ("ali", "present", ""), ("sana", "late", late))
    )
    assert answer.status_code == 422
    text = text_of(answer)
    assert "Nothing was saved yet" in text
    assert text.count("checked") >= 2
    assert AttendanceMark.objects.count() == 0


@pytest.mark.parametrize("status", ["open", "here", "x" * 5000, "PRESENT"])
def test_a_status_that_is_none_is_not_taken(hall, now, status):
    answer = entered(hall.teacher).post(page_of(hall.session, "roll/"), called(hall, ("ali", status, "")))
    assert answer.status_code == 422
    assert AttendanceMark.objects.count() == 0


def test_from_the_day_after_whoever_is_marked_is_changed_by_a_correction_alone(hall, now):
    client = entered(hall.teacher)
    client.post(page_of(hall.session, "roll/"), called(hall, ("ali", "absent", "")))
    now("10:00", day="2027-03-07")
    client = entered(hall.teacher)
    client.post(
        page_of(hall.session, "roll/"), called(hall, ("ali", "present", ""), ("sana", "present", ""), token="f" * 16)
    )
    assert (hall.status("ali"), hall.status("sana")) == ("absent", "present")
    text = text_of(client.get(page_of(hall.session)))
    assert f'name="m-{hall.places["ali"].public_id}"' not in text
    assert f'name="m-{hall.places["maryam"].public_id}"' in text


def test_a_long_roll_has_pages_of_a_hundred(hall, now, monkeypatch):
    monkeypatch.setattr("training.teaching.views.PAGE", 3)
    client = entered(hall.teacher)
    pages = [text_of(client.get(page_of(hall.session), {"page": number})) for number in ("1", "2", "x", "9" * 50)]
    assert [page.count("data-place=") for page in pages] == [3, 1, 3, 3]


def test_a_roll_costs_the_same_with_four_people_and_with_ten(hall, now):
    client = entered(hall.teacher)
    client.get(page_of(hall.session))
    few = queries_of(client, page_of(hall.session))
    joined(hall, 6)
    many = queries_of(client, page_of(hall.session))
    assert len(many) == len(few), repeated(many)


# ------------------------------------------------------------------------------------- ended, called off, without a trainer


def test_a_cancelled_session_takes_no_roll_in_words_and_keeps_what_it_has(hall, now):
    hall.scan("ali", "10:02")
    Session.objects.update(cancelled_at=at(f"{DAY} 10:05"))
    client = entered(hall.teacher)
    text = text_of(client.get(page_of(hall.session)))
    assert "This session is called off" in text
    assert "What was marked before stays." in text
    assert "Save the roll" not in text
    answer = client.post(page_of(hall.session, "roll/"), called(hall, ("sana", "present", "")))
    assert answer.status_code == 409
    assert "This session is called off, so nobody is marked in it." in text_of(answer)
    assert AttendanceMark.objects.count() == 1


def test_a_roll_before_its_time_and_of_a_session_without_a_day_is_refused_in_words(hall, now):
    now("08:59")
    client = entered(hall.teacher)
    answer = client.post(page_of(hall.session, "roll/"), called(hall, ("sana", "present", "")))
    assert "from an hour before it begins" in text_of(answer)
    now("09:00")
    assert client.post(page_of(hall.session, "roll/"), called(hall, ("sana", "present", ""))).status_code == 302
    Session.objects.update(starts_at=None, ends_at=None)
    assert "This session has no day yet" in text_of(client.get(page_of(hall.session)))
    answer = client.post(page_of(hall.session, "roll/"), called(hall, ("ali", "present", "")))
    assert "This session has no day yet, so nobody is marked in it." in text_of(answer)


def test_without_a_trainer_a_manager_calls_the_roll(hall, now):
    Session.objects.update(trainer=None)
    assert entered(hall.teacher).get(page_of(hall.session)).status_code == 404
    client = entered(manager())
    assert "programme managers call the roll" in text_of(client.get(page_of(hall.session)))
    client.post(page_of(hall.session, "roll/"), called(hall, ("ali", "present", "")))
    assert hall.status("ali") == "present"


def test_a_session_without_firms_says_so():
    row = published(cohort(), f"{DAY} 10:00")
    with time_machine.travel(at(f"{DAY} 10:10"), tick=False):
        text = text_of(entered(manager()).get(page_of(row)))
    assert "Nobody is expected in this session" in text


# ---------------------------------------------------------------------------------------------------------- who is behind


def test_who_missed_something_is_to_be_looked_after(hall, now):
    published(hall.cohort, "2027-03-04 10:00", trainer=hall.session.trainer)
    now("10:20")
    entered(hall.teacher).post(
        page_of(hall.session, "roll/"), called(hall, ("ali", "absent", ""), ("sana", "excused", ""))
    )
    text = text_of(entered(hall.teacher).get(page_of(hall.session)))
    assert "Missed 1 of 1. Not here this time." in text
    assert "The hours for the certificate can no longer be reached." in text
    assert "Excused this time: hand on what was given out." in text


def test_what_is_still_to_come_before_a_session_was_missed_by_nobody(hall, now):
    published(hall.cohort, "2027-03-04 10:00", trainer=hall.session.trainer)
    later = published(hall.cohort, "2027-03-11 10:00", trainer=hall.session.trainer)
    now("09:00")
    text = text_of(entered(hall.teacher).get(page_of(later)))
    assert "Missed 1 of 1" in text
    assert "of 2" not in text.partition("Look after")[2]


# ----------------------------------------------------------------------------------------------- corrections, conflicts


def differ(hall):
    """Two devices say something else of Sana."""
    hall.roll("D1", "12:05", "12:05", ("d1-2", "sana", "absent", "10:12", None))
    hall.roll("D2", "12:01", "12:05", ("d2-1", "sana", "late", "10:25", 95))


def test_two_marks_that_disagree_are_shown_both_and_a_choice_settles_them(hall, now):
    differ(hall)
    now("12:10")
    client = entered(hall.teacher)
    text = text_of(client.get(page_of(hall.session)))
    assert "Settle 1 person of whom two marks disagree" in text
    late, absent = (text.index(words) for words in ("Late, 25 minutes (95 of 120 count)", "Roll, telephone 1, 10:12"))
    assert late < absent  # the later observation is offered first
    assert "clock went 4 minutes behind" in text
    chosen = AttendanceMark.objects.get(key="d2-1")
    address = page_of(hall.session, f"people/{hall.places['sana'].public_id}/")
    assert client.post(address, {"mark": chosen.public_id, "words": ""}).status_code == 422
    for _twice in range(2):
        assert client.post(address, {"mark": chosen.public_id, "words": "She came late"}).url == page_of(hall.session)
    row = Attendance.objects.get(place=hall.places["sana"])
    assert (row.status, row.minutes, row.beside) == ("late", 95, 1)
    assert AttendanceMark.objects.filter(source="correction").count() == 1
    text = text_of(client.get(page_of(hall.session)))
    assert "another mark says something else" in text
    trail = text_of(client.get(address))
    for words in ("Absent", "She came late", "This one counts.", "Usman Tariq", "telephone 2"):
        assert words in trail, words


def test_a_correction_takes_a_reason_and_a_status_and_keeps_what_was_typed(hall, now):
    client = entered(hall.teacher)
    address = page_of(hall.session, f"people/{hall.places['ali'].public_id}/")
    for data in (
        {"status": "present"},
        {"words": "Seen"},
        {"status": "late", "late": "121", "words": "x"},
        {"mark": "z" * 12, "words": "x"},
    ):
        assert client.post(address, data).status_code == 422, data
    assert client.post(address, {"status": "late", "late": "20", "words": "Bus"}).status_code == 302
    assert Attendance.objects.get().minutes == 100


def test_the_trainer_corrects_on_the_day_and_a_manager_afterwards(hall, now):
    address = page_of(hall.session, f"people/{hall.places['ali'].public_id}/")
    now("10:00", day="2027-03-07")
    client = entered(hall.teacher)
    assert "The day of this session is over: a programme manager corrects it now." in text_of(client.get(address))
    data = {"status": "excused", "words": "Hospital, note seen"}
    assert client.post(address, data).status_code == 403
    now("10:00", day="2027-03-05")
    assert "The day of this session is still to come." in text_of(client.get(address))
    assert client.post(address, data).status_code == 403
    now("10:00", day="2027-03-07")
    assert entered(manager()).post(address, data).status_code == 302
    assert hall.status("ali") == "excused"


def test_a_visitor_is_shown_without_hours_and_is_not_corrected(hall, now):
    usman = hall.places["usman"]
    usman.state, usman.ended_at = PlaceState.CHANGED.value, at("2027-03-03 09:00")
    usman.save()
    hall.roll("D1", "10:20", "10:20", ("d1-3", "usman", "present", "10:13", None))
    now("10:30")
    client = entered(hall.teacher)
    text = text_of(client.get(page_of(hall.session)))
    assert "Visitors" in text
    address = page_of(hall.session, f"people/{usman.public_id}/")
    assert "A visitor: without a place in this cohort" in text_of(client.get(address))
    assert client.post(address, {"status": "present", "words": "x"}).status_code == 422
    assert hall.status("usman") is None


# -------------------------------------------------------------------------------------------- what a device kept and sends


def sent(hall, *marks, device="D1", now_=f"{DAY}T10:10:00+05:00"):
    rows = [
        {"key": key, "place": hall.places[name].public_id, "status": status, "late": late, "at": f"{DAY}T{hour}+05:00"}
        for key, name, status, late, hour in marks
    ]
    return {"device": device, "now": now_, "marks": json.dumps(rows)}


def test_marks_of_a_device_are_taken_once_each_with_the_time_of_the_touch(hall, now):
    now("12:07")
    client = entered(hall.teacher)
    data = sent(
        hall, ("k1", "ali", "present", None, "13:20"), ("k2", "sana", "late", 25, "13:25"), now_=f"{DAY}T15:07:00+05:00"
    )
    answers = [client.post(page_of(hall.session, "marks/"), data).json() for _twice in range(2)]
    assert [answer["new"] for answer in answers] == [2, 0]
    assert answers[1]["words"] == "Nothing new: the portal has all of it."
    ali = AttendanceMark.objects.get(key="k1")
    assert (ali.observed_at, ali.received_at, ali.clock_off) == (at(f"{DAY} 10:20"), at(f"{DAY} 12:07"), 180)
    text = text_of(client.get(page_of(hall.session)))
    assert "clock went 180 minutes ahead" in text


@pytest.mark.parametrize(
    "marks",
    [
        "", "x", "[]", "{}", "null", "[1]", "[{}]", "[" * 20_000, "1" * 5000, "NaN", '[{"key": "a"}]',
        '[{"key": "a b", "place": "zzzzzzzzzzzz", "status": "present", "late": null, "at": "2027-03-06T10:00+05:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "open", "late": null, "at": "2027-03-06T10:00+05:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "late", "late": 1e3, "at": "2027-03-06T10:00+05:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "late", "late": true, "at": "2027-03-06T10:00+05:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "late", "late": -1, "at": "2027-03-06T10:00+05:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "present", "late": null, "at": "0001-01-01T00:00+14:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "present", "late": null, "at": "2027-03-06T10:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": "present", "late": null, "at": "9999-12-31T23:59-12:00"}]',
        '[{"key": "a", "place": "zzzzzzzzzzzz", "status": ["present"], "late": null, "at": "2027-03-06T10:00+05:00"}]',
    ],
)  # fmt: skip
def test_marks_that_cannot_be_read_are_refused_in_words(hall, now, marks):
    data = {"device": "D1", "now": f"{DAY}T10:10:00+05:00", "marks": marks}
    answer = entered(hall.teacher).post(page_of(hall.session, "marks/"), data)
    assert answer.status_code == 422
    assert answer.json()["refusal"]
    assert AttendanceMark.objects.count() == 0


@pytest.mark.parametrize("clock", ["", "x", "1970-01-01T00:00:00+00:00", "2027-03-06T10:10:00"])
def test_a_clock_that_is_wrong_by_years_is_refused(hall, now, clock):
    answer = entered(hall.teacher).post(
        page_of(hall.session, "marks/"), sent(hall, ("k", "ali", "present", None, "10:00"), now_=clock)
    )
    assert answer.status_code == 422


def test_a_time_that_cannot_be_is_brought_to_the_nearest_that_can(hall, now):
    now("12:07")
    rows = sent(
        hall,
        ("k1", "ali", "present", None, "23:00"),
        ("k2", "sana", "present", None, "02:00"),
        now_=f"{DAY}T12:07:00+05:00",
    )
    entered(hall.teacher).post(page_of(hall.session, "marks/"), rows)
    times = dict(AttendanceMark.objects.values_list("key", "observed_at"))
    assert times == {"k1": at(f"{DAY} 12:07"), "k2": at(f"{DAY} 09:00")}


def test_a_roll_for_another_trainer_s_session_is_refused_whole_in_words(hall, now):
    Session.objects.update(trainer=trainer(user=UserFactory()))
    answer = entered(hall.teacher).post(
        page_of(hall.session, "marks/"), sent(hall, ("k", "ali", "present", None, "10:00"))
    )
    assert answer.status_code == 404
    assert "This is not a session of yours any more" in answer.json()["refusal"]
    assert AttendanceMark.objects.count() == 0


def test_a_device_whose_person_is_signed_out_is_led_to_sign_in(hall, now):
    answer = Client().post(page_of(hall.session, "marks/"), sent(hall, ("k", "ali", "present", None, "10:00")))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer.url


def test_a_form_without_its_token_is_refused(hall, now):
    client = Client(enforce_csrf_checks=True)
    client.force_login(hall.teacher)
    for rest in ("roll/", "marks/", "sheet/", "code/stop/", f"people/{hall.places['ali'].public_id}/"):
        assert client.post(page_of(hall.session, rest), called(hall, ("ali", "present", ""))).status_code == 403, rest
    assert AttendanceMark.objects.count() == 0


# ---------------------------------------------------------------------------------------------------------------- paper


def test_the_printed_sheet_has_everybody_in_both_scripts_and_fills_as_many_pages_as_it_needs(hall, now):
    joined(hall, 30)
    Place.objects.filter(pk=hall.places["ali"].pk).update(attendee="رابعہ نور")
    answer = entered(hall.teacher).get(page_of(hall.session, "sheet.pdf"))
    assert answer["Content-Type"] == "application/pdf"
    with pikepdf.open(BytesIO(answer.content)) as pdf:
        assert len(pdf.pages) == 3
        assert "Photographs that sell" in str(pdf.docinfo["/Title"])


def test_the_printed_sheet_of_a_session_without_anything(now):
    row = Session.objects.create(cohort=cohort(), position=1, title="x" * 120, skill="customs")
    assert entered(manager()).get(page_of(row, "sheet.pdf")).content.startswith(b"%PDF")


def test_a_sheet_typed_in_is_paper_and_beside_another_mark_is_looked_at(hall, now):
    entered(hall.teacher).post(page_of(hall.session, "roll/"), called(hall, ("sana", "absent", "")))
    now("15:00", day="2027-03-09")
    client = entered(manager())
    text = text_of(client.get(page_of(hall.session, "sheet/")))
    assert "so far:" in text
    assert "checked" not in text
    answer = client.post(page_of(hall.session, "sheet/"), called(hall, ("ali", "present", ""), ("sana", "present", "")))
    assert answer.url == page_of(hall.session)
    ali = AttendanceMark.objects.get(place=hall.places["ali"])
    assert (ali.source, ali.observed_at, ali.received_at) == ("sheet", at(f"{DAY} 12:00"), at("2027-03-09 15:00"))
    assert hall.status("sana") == "open"
    assert "Of 1 person another mark says something else" in text_of(client.get(page_of(hall.session)))


def test_an_empty_sheet_is_refused_in_words(hall, now):
    answer = entered(hall.teacher).post(page_of(hall.session, "sheet/"), called(hall))
    assert answer.status_code == 422
    assert "Choose for at least one person what the paper says." in text_of(answer)


# -------------------------------------------------------------------------------------------------------------- off line


def test_the_worker_is_served_where_it_may_answer_for_sessions(client):
    answer = client.get("/training/sessions/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert b"respondWith" in answer.content


def test_the_page_is_urdu_in_urdu(hall, now):
    differ(hall)
    now("12:10")
    client = entered(hall.teacher)
    client.cookies["django_language"] = "ur"
    for address in (page_of(hall.session), "/training/day/", page_of(hall.session, "sheet/")):
        text = text_of(client.get(address))
        assert 'dir="rtl"' in text
        for english in ("Check in", "The roll", "Your day", "Save the", "Minutes late", "Where", "Materials"):
            assert english not in text, (address, english)


def test_hours_follow_what_was_chosen(hall, now):
    differ(hall)
    now("12:10")
    file = hall.files["sana"].pk
    assert attendance_selectors.hours_of_files([file])[file].held == 0
    chosen = AttendanceMark.objects.get(key="d2-1")
    address = page_of(hall.session, f"people/{hall.places['sana'].public_id}/")
    entered(hall.teacher).post(address, {"mark": chosen.public_id, "words": "She came late"})
    assert attendance_selectors.hours_of_files([file])[file].there == 95
