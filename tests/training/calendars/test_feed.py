"""The calendar that people subscribe to: what moved, what was called off, and what time it is where they are."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.urls import reverse

from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory
from tests.training.made import at, cohort, manager, place, session, trainer, venue
from training.calendars import services as calendars_services
from training.calendars.feed import Entry, feed_of
from training.calendars.selectors import feed_token
from training.states import Happened, PlaceState
from training.timetable import handlers as timetable_handlers
from training.timetable import selectors as timetable_selectors
from training.timetable import services as timetable_services

if TYPE_CHECKING:
    from training.models import Session

pytestmark = pytest.mark.django_db


def address_of(person) -> str:
    return reverse("training:calendar_feed", args=[feed_token(calendars_services.open_feed(actor=person))])


def events(client, url: str) -> dict[str, icalendar.Event]:
    answer = client.get(url)
    assert answer.status_code == 200
    return {str(event["uid"]): event for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def told(row: Session) -> tuple[int, str, str]:
    """What a calendar makes of one event: its sequence, status and hour in Pakistan."""
    start = row["dtstart"].dt.astimezone(ZoneInfo("Asia/Karachi"))
    return row["sequence"], str(row["status"]), f"{start:%H:%M}"


class Play:
    """Session of a cohort with one participant, played step by step."""

    def __init__(self, client, application) -> None:
        self.client = client
        self.manager, self.person = manager(), UserFactory(language="en")
        self.teacher = trainer(user=UserFactory())
        self.room, self.other_room = venue(), venue(name="Expo room 3")
        self.cohort = cohort(code="LHR-3")
        self.row = session(self.cohort)
        self.place = place(self.cohort, self.person, application=application)
        self.url = address_of(self.person)

    def plan(self, when: str, room=None) -> None:
        timetable_services.plan_session(
            actor=self.manager,
            session=self.row,
            starts_at=at(when),
            trainer=self.teacher,
            venue=room or self.room,
        )

    def publish(self) -> None:
        reasons = dict.fromkeys(self.cohort.sessions.values_list("pk", flat=True), "Asked for by the firms")
        timetable_services.publish(actor=self.manager, reasons=reasons)

    def seen(self) -> tuple[int, str, str]:
        found = events(self.client, self.url)
        assert len(found) == 1
        (uid,) = found
        assert uid == f"{self.row.public_id}@sessions.training.tdap"
        return told(found[uid])


@pytest.fixture
def play(client):
    application = ApplicationFactory()  # its round is open today
    with time_machine.travel(at("2027-03-20 09:00"), tick=False):
        yield Play(client, application)


@pytest.mark.sqlite_leg
def test_a_session_that_moves_keeps_its_name_in_the_calendar_and_counts_its_changes(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    assert play.seen() == (0, "CONFIRMED", "10:00")
    play.row.cohort.programme.about = "Other materials"
    play.row.cohort.programme.save()
    assert play.seen() == (0, "CONFIRMED", "10:00")
    play.plan("2027-04-06 14:00")
    play.publish()
    assert play.seen() == (1, "CONFIRMED", "14:00")
    play.plan("2027-04-06 16:00")
    assert play.seen() == (1, "CONFIRMED", "14:00")  # planned, not published
    play.plan("2027-04-06 10:00")
    play.publish()
    assert play.seen() == (2, "CONFIRMED", "10:00")
    play.plan("2027-04-06 10:00", room=play.other_room)
    play.publish()
    assert play.seen() == (3, "CONFIRMED", "10:00")
    timetable_services.plan_cancelling(actor=play.manager, session=play.row, reason="The trainer is ill.")
    play.publish()
    assert play.seen() == (4, "CANCELLED", "10:00")
    other = session(play.cohort, title="Prices")
    timetable_services.plan_session(
        actor=play.manager, session=other, starts_at=at("2027-04-06 10:00"), trainer=play.teacher, venue=play.room
    )
    play.publish()
    found = events(play.client, play.url)
    assert {uid: told(event) for uid, event in found.items()} == {
        f"{play.row.public_id}@sessions.training.tdap": (4, "CANCELLED", "10:00"),
        f"{other.public_id}@sessions.training.tdap": (0, "CONFIRMED", "10:00"),
    }


def test_a_session_that_is_called_off_stays_thirty_days_and_is_named_so_in_the_reader_s_language(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    timetable_services.plan_cancelling(actor=play.manager, session=play.row, reason="The trainer is ill.")
    play.publish()
    (event,) = events(play.client, play.url).values()
    assert str(event["summary"]).startswith("Cancelled: ")
    play.person.language = "ur"
    play.person.save()
    (event,) = events(play.client, play.url).values()
    assert str(event["summary"]).startswith("منسوخ")
    with time_machine.travel(at("2027-05-06 09:59"), tick=False):
        assert len(events(play.client, play.url)) == 1
    with time_machine.travel(at("2027-05-06 10:01"), tick=False):
        assert events(play.client, play.url) == {}


def test_where_it_is_stands_in_the_reader_s_language_in_the_calendar_on_the_page_and_in_the_message(play):
    room = venue(name="Expo hall", name_ur="ایکسپو ہال", address_ur="جوہر ٹاؤن")
    play.person.language = "ur"
    play.person.save()
    play.plan("2027-04-06 10:00", room=room)
    play.publish()
    (event,) = events(play.client, play.url).values()
    assert str(event["location"]) == "ایکسپو ہال, جوہر ٹاؤن"
    play.client.force_login(play.person)
    page = play.client.get(reverse("training:calendar"), headers={"accept-language": "ur"}).content.decode()
    timetable_handlers.tell_timetable_published(Event.objects.get(name=Happened.TIMETABLE_PUBLISHED))
    told = Message.objects.get(to=play.person, template="timetable.published").body
    for words in (page, told):
        assert "جوہر ٹاؤن" in words
        assert "Johar Town" not in words


def test_nothing_new_is_not_sent_again(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    first = play.client.get(play.url)
    with time_machine.travel(at("2027-03-22 09:00"), tick=False):
        again = play.client.get(play.url)
        assert again.content == first.content
        same = play.client.get(play.url, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (same.status_code, same.content) == (304, b"")
    play.plan("2027-04-06 14:00")
    play.publish()
    assert play.client.get(play.url, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_the_tag_outlives_compression(play):
    for hour in range(10, 20):
        row = session(play.cohort, title=f"Session {hour}")
        timetable_services.plan_session(
            actor=play.manager,
            session=row,
            starts_at=at(f"2027-04-06 {hour}:00"),
            trainer=play.teacher,
            venue=play.room,
            reason="All in one day, as they asked.",
        )
    play.publish()
    first = play.client.get(play.url, HTTP_ACCEPT_ENCODING="gzip")
    assert first["Content-Encoding"] == "gzip"
    again = play.client.get(play.url, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304


def test_the_trainer_has_the_same_event_and_sees_it_end_when_somebody_else_teaches_it(play):
    url = address_of(play.teacher.user)
    play.plan("2027-04-06 10:00")
    play.publish()
    assert list(events(play.client, url)) == list(events(play.client, play.url))
    play.teacher = trainer(name="Gul Rukh", user=UserFactory())
    play.plan("2027-04-06 10:00")
    play.publish()
    (event,) = events(play.client, url).values()
    assert told(event) == (1, "CANCELLED", "10:00")
    (event,) = events(play.client, play.url).values()
    assert told(event) == (1, "CONFIRMED", "10:00")


def test_who_changed_cohort_sees_the_former_session_called_off_and_its_count_never_falls(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    play.place.state, play.place.ended_at = PlaceState.CHANGED.value, at("2027-03-21 09:00")
    play.place.save()
    assert play.seen() == (1, "CANCELLED", "10:00")
    place(play.cohort, play.person, application=play.place.application, asked_at=at("2027-03-22 09:00"))
    assert play.seen() == (2, "CONFIRMED", "10:00")


def test_what_was_held_before_the_change_of_cohort_stays_as_it_was(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    play.place.state, play.place.ended_at = PlaceState.CHANGED.value, at("2027-04-06 13:00")
    play.place.save()
    with time_machine.travel(at("2027-04-07 09:00"), tick=False):
        assert play.seen() == (0, "CONFIRMED", "10:00")


def test_an_address_that_was_replaced_or_ended_or_guessed_is_not_found(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    new = address_of(play.person)
    assert (play.client.get(play.url).status_code, play.client.get(new).status_code) == (404, 200)
    token = new.rsplit("/", 1)[1].removesuffix(".ics")
    guessed = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert play.client.get(reverse("training:calendar_feed", args=[guessed])).status_code == 404
    play.person.is_active = False
    play.person.save()
    assert play.client.get(new).status_code == 404
    play.person.is_active = True
    play.person.save()
    calendars_services.close_feed(actor=play.person)
    assert play.client.get(new).status_code == 404


def test_nobody_else_s_sessions_are_in_it(play):
    play.plan("2027-04-06 10:00")
    play.publish()
    assert events(play.client, address_of(UserFactory())) == {}


SUMMER_TIME = (  # London's clocks go forward on 28 March 2027
    ("2027-03-27", "13:00", "17:00"),
    ("2027-03-28", "14:00", "17:00"),
    ("2027-03-29", "14:00", "17:00"),
)


@pytest.mark.parametrize(("day", "london", "dubai"), SUMMER_TIME)
def test_six_o_clock_in_sialkot_is_the_right_hour_elsewhere(day, london, dubai):
    start = at(f"{day} 18:00")
    entry = Entry("a@b", 0, start, start, start + timedelta(hours=2), "Your buyer")
    (event,) = icalendar.Calendar.from_ical(feed_of([entry], name="TDAP")).walk("VEVENT")
    read = event["dtstart"].dt
    assert read == datetime.fromisoformat(f"{day}T13:00").replace(tzinfo=UTC)
    assert f"{read.astimezone(ZoneInfo('Europe/London')):%H:%M}" == london
    assert f"{read.astimezone(ZoneInfo('Asia/Dubai')):%H:%M}" == dubai


def test_the_file_is_the_same_wherever_the_server_stands():
    code = (
        "from datetime import *; from training.calendars.feed import *; import sys;"
        "z = timezone(timedelta(hours=5)); s = datetime(2027, 3, 28, 18, tzinfo=z);"
        "sys.stdout.buffer.write(feed_of([Entry('a@b', 1, s, s, s + timedelta(hours=2), 'x')], name='y'))"
    )
    files = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "TZ": zone}, capture_output=True, check=True
        ).stdout
        for zone in ("UTC", "Asia/Karachi", "America/New_York")
    }
    assert len(files) == 1
    assert b"DTSTART:20270328T130000Z" in files.pop()


def test_the_page_says_pakistan_s_time_and_the_own_one_for_who_lives_elsewhere(client):
    with time_machine.travel(at("2027-03-20 09:00"), tick=False):
        teacher = trainer(user=UserFactory(language="en"), time_zone="Europe/London")
        row = session(cohort())
        boss = manager()
        timetable_services.plan_session(
            actor=boss,
            session=row,
            starts_at=at("2027-03-28 18:00"),
            trainer=teacher,
            venue=venue(),
            reason="On Sunday, as they asked.",
        )
        timetable_services.publish(actor=boss, reasons={row.pk: "Asked for by the firms"})
        client.force_login(teacher.user)
        page = client.get(reverse("training:calendar")).content.decode()
    assert "28 March 2027, 18:00" in page.replace("\xa0", " ")
    assert "14:00 for you" in page


def test_published_twice_at_once_is_refused_in_words(play):
    play.plan("2027-04-06 10:00")
    with pytest.raises(timetable_services.DomainError) as refusal:
        timetable_services.publish(actor=play.manager, expected=7)
    assert refusal.value.code == "published_meanwhile"
    assert timetable_selectors.last_version() is None
