"""Holidays, hours, roads and levels of rules as data: set by forms, refused in words, told in the history."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone, translation

from tdap_portal.audit import selectors as audit_selectors
from tdap_portal.core.calendar import forget_closed_days
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import officer
from tests.training.made import manager
from training.hours import services as hours
from training.models import Holiday, Road, RuleLevel, TeachingHours
from training.timetable import history, reading
from training.timetable.rule_words import RULE_NAMES, SENTENCES
from training.timetable.solver.rules import DEFAULTS

pytestmark = pytest.mark.django_db
TWO = ("Lahore", "Sialkot")
HOURS = "/training/timetable/hours/"
EID = {"name": "Eid-ul-Fitr", "name_ur": "", "starts_on": "2027-03-10", "ends_on": "2027-03-12", "source": "Expected"}
RAMAZAN = {"name": "Ramazan", "weekdays": ["0", "1"], "opens": "09:00", "closes": "15:00", "starts": "9:30, 12:00",
           "starts_on": "2027-02-08", "ends_on": "2027-03-09", "where": "on_site"}  # fmt: skip


@pytest.fixture
def boss(client):
    person = manager()
    client.force_login(person)
    yield person
    forget_closed_days()


def says() -> list[str]:
    return [
        line.says.replace("\xa0", " ")
        for line in history.lines_of(audit_selectors.last_of(history.OF_GROUND, number=9))
    ]


def test_a_holiday_is_set_expected_then_moved_and_confirmed(client, boss):
    assert client.post(f"{HOURS}holidays/new/", EID | {"is_provisional": "on"})["Location"] == HOURS
    row = Holiday.objects.get()
    assert row.is_provisional
    sighted = {"starts_on": "2027-03-11", "ends_on": "2027-03-13", "source": "Moon not sighted on 9 March"}
    client.post(f"{HOURS}holidays/{row.public_id}/", EID | sighted)
    row.refresh_from_db()
    assert (row.starts_on, row.ends_on, row.is_provisional) == (date(2027, 3, 11), date(2027, 3, 13), False)
    assert says() == [
        "Eid-ul-Fitr: now 11 March 2027 to 13 March 2027, before 10 March 2027 to 12 March 2027.",
        "Eid-ul-Fitr: 10 March 2027 to 12 March 2027, expected.",
    ]


def test_the_page_calls_what_is_not_certain_expected_and_says_that_promised_deadlines_stay(client, boss):
    today = timezone.localdate()
    days = {"starts_on": today + timedelta(days=9), "ends_on": today + timedelta(days=9), "source": "Cabinet Division"}
    Holiday.objects.create(name="Moon day", is_provisional=True, **days)
    Holiday.objects.create(name="Sun day", is_provisional=False, **days)
    page = client.get(HOURS).content.decode()
    assert "Expected" in page.split("Moon day")[1].split("Sun day")[0]
    assert "Announced" in page.split("Sun day")[1].split("</li>")[0]
    assert "Deadlines that were promised already stay as they are." in " ".join(page.split())


def test_a_holiday_that_cannot_be_comes_back_with_what_was_typed(client, boss):
    answer = client.post(f"{HOURS}holidays/new/", EID | {"ends_on": "2027-03-09"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The last day lies before the first." in page
    assert 'value="Eid-ul-Fitr"' in page
    assert Holiday.objects.count() == 0


def test_hours_of_ramazan_are_set_and_changed(client, boss):
    client.post(f"{HOURS}new/", RAMAZAN)
    row = TeachingHours.objects.get(name="Ramazan")
    assert (row.starts, row.weekdays, row.is_online) == (["09:30", "12:00"], [0, 1], False)
    client.post(f"{HOURS}{row.public_id}/", RAMAZAN | {"closes": "14:00", "where": ""})
    row.refresh_from_db()
    assert (row.closes, row.is_online) == (time(14), None)
    assert says()[0] == "Hours “Ramazan”: 09:00 to 14:00, 8 February 2027 to 9 March 2027."


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"starts": "half past nine"}, "is not a time such as 09:30"),
        ({"starts": "09:30+05:00"}, "is not a time such as 09:30"),
        ({"starts": "09:30, 10:00Z"}, "is not a time such as 09:30"),
        ({"starts": "9" * 200}, "is not a time such as 09:30"),
        ({"starts": "16:00"}, "A session can only begin within the hours."),
        ({"closes": "08:00", "starts": ""}, "What ends lies before what begins."),
        ({"weekdays": []}, "Days of the week"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(client, boss, typed, words):
    answer = client.post(f"{HOURS}new/", RAMAZAN | typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not TeachingHours.objects.filter(name="Ramazan").exists()


def test_a_road_is_one_row_in_both_directions(client, boss):
    for one, other, minutes in (("Lahore", "Sialkot", 150), ("Sialkot", "Lahore", 140)):
        client.post(f"{HOURS}road/", {"one": one, "other": other, "minutes": minutes, "source": "Motorway"})
    assert [row.minutes for row in Road.objects.filter(one__in=TWO, other__in=TWO)] == [140]
    assert says()[0] == "The road from Sialkot to Lahore: 2 h 20."
    same = client.post(f"{HOURS}road/", {"one": "Lahore", "other": "Lahore", "minutes": 1, "source": "x"})
    assert "A road leads from one city to another." in same.content.decode()


def test_a_rule_changes_its_level_from_a_day_on(client, boss):
    today = timezone.localdate()
    typed = {
        "code": "capacity",
        "level": "warns",
        "cost": 4,
        "starts_on": today + timedelta(days=1),
        "words": "Screens.",
    }
    assert client.post(f"{HOURS}rule/", typed)["Location"] == HOURS
    assert reading.rules_on(today)["capacity"].is_hard
    later = reading.rules_on(today + timedelta(days=1))["capacity"]
    assert (later.is_hard, later.cost) == (False, 4)
    assert says()[0].startswith("“Room large enough” warns from")
    early = client.post(f"{HOURS}rule/", typed | {"starts_on": today - timedelta(days=1)})
    assert "A rule changes from today on at the earliest." in early.content.decode()
    assert RuleLevel.objects.count() == 1


def test_only_a_programme_manager_sets_them():
    with pytest.raises(NotAllowed):
        hours.set_road(actor=officer(), one="Lahore", other="Sialkot", minutes=1, source="x")
    with pytest.raises(NotAllowed):
        hours.set_rule(actor=officer(), code="gap", is_hard=True, cost=0, starts_on=date(2027, 1, 1), words="x")
    with pytest.raises(NotAllowed):
        hours.set_hours(actor=officer(), name="x", opens=time(9), closes=time(10), weekdays=[0])
    with pytest.raises(DomainError):
        hours.set_rule(actor=manager(), code="nothing", is_hard=True, cost=0, starts_on=date(2027, 1, 1), words="x")


def test_every_rule_has_a_name_and_a_sentence_in_both_languages():
    assert set(RULE_NAMES) == set(DEFAULTS)
    assert set(DEFAULTS) <= set(SENTENCES)
    english = [str(text) for text in (*RULE_NAMES.values(), *SENTENCES.values())]
    with translation.override("ur"):
        urdu = [str(text) for text in (*RULE_NAMES.values(), *SENTENCES.values())]
    assert [one for one, other in zip(english, urdu, strict=True) if one == other] == []
