"""The plan against its rules, holidays that move by the moon, proposals, and who hears of what is published."""

from __future__ import annotations

from datetime import date, time

import icalendar
import pytest
import time_machine
from django.urls import reverse

from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import forget_closed_days, is_working_day
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, officer
from tests.factories.selection import ApplicationFactory
from tests.training.made import at, cohort, manager, place, published, session, trainer, venue
from training.calendars import services as calendars_services
from training.calendars.selectors import feed_token
from training.hours import holidays
from training.models import DraftSession, Session, TeachingHours, TimetableVersion
from training.states import CohortState, Happened, ProposalState
from training.timetable import handlers, proposals, reading, selectors, services
from training.timetable.solver.rules import check

pytestmark = pytest.mark.django_db
RAMAZAN = {"name": "Ramazan", "weekdays": [0, 1, 2, 3, 4, 5], "opens": time(9), "closes": time(15), "starts": ["09:30"]}


def broken() -> set[tuple[str, str]]:
    """(session, rule) of what blocks on the board."""
    problem = reading.read_problem()
    names = {str(row.pk): f"{row.cohort.code}/{row.position}" for row in Session.objects.select_related("cohort")}
    return {
        (names[key], one.code) for one in check(problem, problem.standing) if one.is_hard for key in one.sessions
    }  # fmt: skip


def told() -> list[Message]:
    for event in Event.objects.filter(name=Happened.TIMETABLE_PUBLISHED):
        handlers.tell_timetable_published(event)
    return list(Message.objects.filter(template="timetable.published").order_by("pk"))


class Eid:
    """Four published sessions in the week of Eid; two people stand in two of the cohorts."""

    def __init__(self) -> None:
        applications = [ApplicationFactory() for _ in range(4)]
        self.boss = manager()
        everything = {"skills": ["photography"], "weekdays": list(range(6)), "cities": ["Lahore", "Sialkot", "Karachi"]}
        self.lahore, self.sialkot, self.karachi = (
            cohort(code=code, city=city, places=20, time_of_day="any")
            for code, city in (("LHR-3", "Lahore"), ("SKT-1", "Sialkot"), ("KHI-2", "Karachi"))
        )
        self.sessions = {}
        for of, number, when, minutes in (
            (self.lahore, 5, "2027-03-09 14:00", 120),
            (self.lahore, 6, "2027-03-13 10:00", 180),
            (self.sialkot, 2, "2027-03-13 14:00", 180),
            (self.karachi, 4, "2027-03-15 10:00", 120),
        ):
            teacher = trainer(home_city=of.city, **everything)
            room = venue(city=of.city, name=f"Hall {of.city} {number}")
            row = published(of, when, position=number, minutes=minutes, trainer=teacher, venue=room)
            self.sessions[f"{of.code}/{number}"] = row
        self.people = [UserFactory(language="en") for _ in range(4)]
        one, two, three, four = self.people
        for of, person, application in (
            (self.lahore, one, applications[0]),
            (self.lahore, two, applications[1]),
            (self.lahore, three, applications[2]),
            (self.sialkot, three, applications[3]),
            (self.sialkot, four, ApplicationFactory()),
        ):
            place(of, person, application=application, asked_at=at("2027-02-01 09:00"))
        TeachingHours.objects.create(
            **RAMAZAN, starts_on=date(2027, 2, 8), ends_on=date(2027, 3, 9), is_provisional=True
        )
        self.holiday = holidays.set_holiday(
            actor=self.boss,
            name="Eid-ul-Fitr",
            starts_on=date(2027, 3, 10),
            ends_on=date(2027, 3, 12),
            source="Expected",
            is_provisional=True,
        )

    def moves_by_a_day(self) -> None:
        holidays.set_holiday(
            actor=self.boss,
            holiday=self.holiday,
            name="Eid-ul-Fitr",
            starts_on=date(2027, 3, 11),
            ends_on=date(2027, 3, 13),
            source="Moon not sighted on 9 March",
            is_provisional=False,
        )
        TeachingHours.objects.filter(name="Ramazan").update(ends_on=date(2027, 3, 10))


@pytest.fixture
def eid():
    made = Eid()
    with time_machine.travel(at("2027-03-09 08:00"), tick=False):
        yield made
    forget_closed_days()


def test_the_moon_is_seen_a_day_later_and_nothing_moves_by_itself(eid):
    assert broken() == {("LHR-3/5", "hours")}
    eid.moves_by_a_day()
    assert broken() == {("LHR-3/5", "hours"), ("LHR-3/6", "holiday"), ("SKT-1/2", "holiday")}
    assert selectors.heads_in([eid.lahore.pk, eid.sialkot.pk]) == 4


def feed_by_name(client, person) -> dict[str, tuple[object, ...]]:
    """Of each entry of a person's calendar: its first day or hour, status and sequence."""
    url = reverse("training:calendar_feed", args=[feed_token(calendars_services.open_feed(actor=person))])
    found = icalendar.Calendar.from_ical(client.get(url).content).walk("VEVENT")
    return {
        str(one["summary"] if "holidays" in one["uid"] else one["uid"]): (
            one["dtstart"].dt,
            str(one["status"]),
            one["sequence"],
        )
        for one in found
    }


def test_a_holiday_that_is_not_certain_is_called_expected_in_the_feed_and_moves_no_session_there(eid, client):
    person = eid.people[0]
    before = feed_by_name(client, person)
    assert before.pop("Eid-ul-Fitr, expected") == (date(2027, 3, 10), "TENTATIVE", before_moved(eid))
    eid.moves_by_a_day()
    after = feed_by_name(client, person)
    first, status, sequence = after.pop("Eid-ul-Fitr")
    assert (first, status) == (date(2027, 3, 11), "CONFIRMED")
    assert sequence > 0
    assert (len(before), after) == (2, before)  # published sessions stay where they are until somebody publishes


def before_moved(eid) -> int:
    return int((eid.holiday.updated_at - eid.holiday.created_at).total_seconds())


def test_who_has_no_session_to_come_reads_of_no_holiday(eid, client):
    assert feed_by_name(client, UserFactory(language="en")) == {}


def test_the_public_calendar_and_one_s_own_call_a_holiday_expected_until_it_is_confirmed(eid, client):
    for address, person in ((reverse("training:public_calendar"), None), (reverse("training:calendar"), eid.people[0])):
        if person:
            client.force_login(person)
        page = client.get(address).content.decode().replace("\u00a0", " ")
        assert ("Eid-ul-Fitr" in page, "10 March 2027" in page) == (True, True)
        assert "Not certain yet: the day may move when the moon is sighted." in page
        assert "Announced" not in page
    eid.moves_by_a_day()
    for address in (reverse("training:public_calendar"), reverse("training:calendar")):
        page = client.get(address).content.decode().replace("\u00a0", " ")
        assert ("11 March 2027" in page, "Not certain yet" in page, "Announced" in page) == (True, False, True)
    assert DraftSession.objects.count() == TimetableVersion.objects.count() == 0
    assert Message.objects.filter(template="timetable.published").count() == 0
    assert (is_working_day(date(2027, 3, 10)), is_working_day(date(2027, 3, 11))) == (True, False)


@pytest.mark.sqlite_leg
def test_the_day_that_became_free_has_the_hours_of_ramazan(eid):
    eid.moves_by_a_day()
    calendar = reading.read_problem().calendar
    assert date(2027, 3, 10) not in calendar.holidays
    (hours,) = calendar.hours_on(date(2027, 3, 10), is_online=False)
    assert (hours.opens, hours.closes) == (time(9), time(15))


def test_what_is_not_certain_is_called_expected_and_what_is_sighted_is_not(eid):
    assert reading.read_problem().calendar.holidays[date(2027, 3, 11)].is_provisional
    eid.moves_by_a_day()
    assert not reading.read_problem().calendar.holidays[date(2027, 3, 11)].is_provisional


def test_the_history_keeps_the_old_days_and_the_new_ones(eid):
    eid.moves_by_a_day()
    event = Event.objects.filter(name=Happened.HOLIDAY_SET).latest("pk")
    assert (event.data["was"], event.data["starts_on"], event.data["ends_on"]) == (
        ["2027-03-10", "2027-03-12"], "2027-03-11", "2027-03-13"
    )  # fmt: skip
    assert event.actor == eid.boss


@pytest.mark.sqlite_leg
def test_who_is_in_two_cohorts_gets_one_message_with_both_lines(eid):
    eid.moves_by_a_day()
    for name, when in (("LHR-3/6", "2027-03-16 10:00"), ("SKT-1/2", "2027-03-17 14:00")):
        row = eid.sessions[name]
        services.plan_session(actor=eid.boss, session=row, starts_at=at(when), trainer=row.trainer, venue=row.venue)
    version = services.publish(actor=eid.boss)
    messages = told()
    assert (version.people, len(messages)) == (4, 4)
    lines = {message.to_id: message.body.count("\n- ") for message in messages}
    assert [lines[person.pk] for person in eid.people] == [1, 1, 2, 1]
    assert len(told()) == 4  # delivered twice, told once
    body = next(message.body for message in messages if message.to == eid.people[0]).replace("\xa0", " ")
    assert "now Tuesday, 16 March 2027, 10:00" in body
    assert "It was Saturday, 13 March 2027, 10:00" in body


# ------------------------------------------------------------------------------------------------------------ planning


def test_only_a_programme_manager_plans():
    row = session(cohort())
    with pytest.raises(NotAllowed):
        services.plan_session(actor=officer(), session=row, starts_at=at("2027-04-06 10:00"), trainer=None, venue=None)
    with pytest.raises(NotAllowed):
        services.publish(actor=officer())
    with pytest.raises(NotAllowed):
        proposals.ask_proposal(actor=officer())


def test_what_was_held_or_belongs_to_a_cohort_that_is_over_stays():
    boss, of = manager(), cohort()
    held = published(of, "2026-01-06 10:00")
    over = session(cohort(state=CohortState.FINISHED.value))
    for row in (held, over):
        with pytest.raises(WrongState):
            services.plan_session(actor=boss, session=row, starts_at=at("2027-04-06 10:00"), trainer=None, venue=None)


def test_put_back_leaves_what_is_published_and_nothing_to_publish():
    boss = manager()
    row = published(cohort(), "2027-04-06 10:00")
    services.plan_session(actor=boss, session=row, starts_at=at("2027-04-07 10:00"), trainer=None, venue=None)
    services.put_back(actor=boss, session=row)
    services.put_back(actor=boss, session=row)
    with pytest.raises(DomainError) as refusal:
        services.publish(actor=boss)
    assert refusal.value.code == "nothing_moved"


@pytest.mark.parametrize(
    ("days", "source", "code"),
    [
        ((date(2027, 3, 12), date(2027, 3, 10)), "Cabinet Division", "upside_down"),
        ((date(2027, 3, 1), date(2027, 3, 31)), "Cabinet Division", "too_long"),
        ((date(2027, 3, 10), date(2027, 3, 12)), "  ", "no_source"),
    ],
)
def test_a_holiday_that_cannot_be_is_refused(days, source, code):
    with pytest.raises(DomainError) as refusal:
        holidays.set_holiday(
            actor=manager(), name="Eid", starts_on=days[0], ends_on=days[1], source=source, is_provisional=True
        )
    assert refusal.value.code == code


# ----------------------------------------------------------------------------------------------------------- proposals


def a_cohort_to_plan():
    of = cohort(city="Lahore", starts_on=date(2027, 4, 5), ends_on=date(2027, 6, 5), time_of_day="morning")
    for title in ("Your buyer", "Product pages", "Photographs"):
        session(of, title=title)
    trainer(home_city="Lahore")
    venue(city="Lahore")
    return of


@pytest.fixture
def spring():
    with time_machine.travel(at("2027-03-20 09:00"), tick=False):
        yield a_cohort_to_plan()


def test_a_proposal_places_every_session_and_blocks_nothing(spring):
    boss = manager()
    row = proposals.ask_proposal(actor=boss)
    assert proposals.ask_proposal(actor=boss) == row
    proposals.work_out(row.pk)
    proposals.work_out(row.pk)
    row.refresh_from_db()
    assert (row.state, row.result["unplaced"], row.result["blocks"]) == (ProposalState.READY, [], [])
    assert row.result["bound"] <= row.result["cost"]
    assert DraftSession.objects.count() == 0
    assert proposals.take_proposal(actor=boss, proposal=row) == 3
    assert broken() == set()
    with pytest.raises(DomainError) as refusal:
        proposals.take_proposal(actor=boss, proposal=row)
    assert refusal.value.code == "not_ready"
    assert Event.objects.filter(name=Happened.PROPOSAL_READY).count() == 1


def test_a_proposal_of_which_nothing_was_heard_stops_nobody(spring):
    boss = manager()
    lost = proposals.ask_proposal(actor=boss)
    with time_machine.travel(at("2027-03-20 09:14"), tick=False):
        assert proposals.ask_proposal(actor=boss) == lost
    with time_machine.travel(at("2027-03-20 09:16"), tick=False):
        again = proposals.ask_proposal(actor=boss)
    lost.refresh_from_db()
    assert (again == lost, lost.state) == (False, ProposalState.FAILED)
    proposals.work_out(lost.pk)
    lost.refresh_from_db()
    assert lost.state == ProposalState.FAILED


def test_a_proposal_of_a_plan_that_moved_since_is_not_taken_over(spring):
    boss = manager()
    row = proposals.ask_proposal(actor=boss)
    proposals.work_out(row.pk)
    trainer(name="Another one")
    with pytest.raises(DomainError) as refusal:
        proposals.take_proposal(actor=boss, proposal=row)
    assert refusal.value.code == "moved_since"
    assert DraftSession.objects.count() == 0


def test_a_locked_session_stays_where_it_is(spring):
    boss = manager()
    first = spring.sessions.get(position=1)
    placed = {"trainer": first.cohort and selectors.Trainer.objects.get(), "venue": selectors.Venue.objects.get()}
    services.plan_session(actor=boss, session=first, starts_at=at("2027-04-08 14:00"), **placed)
    services.lock_session(actor=boss, session=first, is_locked=True)
    row = proposals.ask_proposal(actor=boss)
    proposals.work_out(row.pk)
    row.refresh_from_db()
    assert row.result["places"][str(first.pk)][0] == "2027-04-08T14:00:00"


def test_the_seal_is_the_same_when_nothing_changed_and_another_when_something_did(spring):
    before = reading.seal_of(reading.read_problem())
    assert reading.seal_of(reading.read_problem()) == before
    venue(city="Lahore", name="Another hall")
    assert reading.seal_of(reading.read_problem()) != before


def test_the_board_costs_the_same_queries_with_one_cohort_and_with_three(spring, django_assert_num_queries):
    forget_closed_days()
    with django_assert_num_queries(12):
        reading.read_problem()
    forget_closed_days()
    a_cohort_to_plan()
    a_cohort_to_plan()
    with django_assert_num_queries(12):
        reading.read_problem()
