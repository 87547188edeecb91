"""The training as a firm follows it: what comes next, its days, its hours, what is missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.training_places import member_of, owner_of, put, seated
from tests.queries import queries_of
from tests.smes.pages import text_of
from tests.training import made
from training.models import Attendance, Material, MaterialVersion, Module, Place
from training.states import AttendanceStatus as Status
from training.states import CohortState, PlaceState

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return made.cohort(code="LHR-3", state=CohortState.RUNNING.value)


@pytest.fixture
def offer(cohort):
    offer = seated()
    put(offer, cohort, minutes_ago=60 * 24 * 30)
    return offer


@pytest.fixture
def address(client, offer):
    client.force_login(owner_of(offer))
    return f"/training/firm/{offer.application.public_id}/"


def day(cohort, hours_from_now, **values):
    row = made.session(cohort, **values)
    row.starts_at = timezone.now() + timedelta(hours=hours_from_now)
    row.ends_at = row.starts_at + timedelta(minutes=row.minutes)
    row.save()
    return row


def attended(session, offer, status, minutes=None):
    place = Place.objects.get(application=offer.application, cohort=session.cohort)
    Attendance.objects.create(session=session, place=place, status=status.value, minutes=minutes)


# ---------------------------------------------------------------------------------------------------- what comes next


def test_the_next_session_says_when_where_how_to_get_there_what_to_bring_and_what_to_read(
    client, offer, cohort, address
):
    module = Module.objects.create(
        programme=cohort.programme, position=1, title="Photographs", skill="photography", bring="Three of your products"
    )
    hall = made.venue(name="Chamber hall", address="Paris Road", directions="From the gate to the left")
    day(cohort, 48, module=module, venue=hall, trainer=made.trainer())
    material = Material.objects.create(module=module, title="Light and shade", language="ur")
    MaterialVersion.objects.create(
        material=material,
        number=1,
        name="light.pdf",
        content_type="application/pdf",
        size=2048,
        added_by=made.manager(),
    )
    day(cohort, 24 * 9, title="Prices")

    text = text_of(client.get(address))

    for words in ("Chamber hall", "Paris Road", "From the gate to the left", "Three of your products", "Hira Saleem"):
        assert words in text
    assert "Light and shade" in text
    assert "Next, on" in text
    assert "Prices" in text
    assert "Check in with the code" not in text


def test_while_it_runs_the_code_is_asked_for_and_the_meeting_is_joined(client, offer, cohort, address):
    session = day(cohort, -1, venue=made.venue(), join_url="https://meet.example.org/room")

    text = text_of(client.get(address))

    assert "Now:" in text
    assert "/training/attend/" in text
    assert f"/training/join/{session.public_id}/" in text
    assert "meet.example.org" not in text  # nobody reads the address without being marked


def test_a_session_that_is_called_off_is_not_the_next_one(client, offer, cohort, address):
    day(cohort, 24, title="Called off", cancelled_at=timezone.now())
    day(cohort, 48, title="Prices and risk")

    heading = client.get(address).content.decode().split("<h1>")[1].split("</h1>")[0]

    assert "Prices and risk" in heading


def test_without_published_days_it_says_so(client, offer, cohort, address):
    made.session(cohort)

    text = text_of(client.get(address))

    assert "The days of your training are not published yet" in text
    assert "Nothing was held yet. The certificate asks for 80 % of the hours." in text


# ------------------------------------------------------------------------------------------------------- days, hours


def test_days_hours_and_what_may_still_be_missed(client, offer, cohort, address):
    attended(day(cohort, -96, title="Here"), offer, Status.PRESENT)
    attended(day(cohort, -72, title="Late", minutes=120), offer, Status.LATE, 90)
    attended(day(cohort, -48, title="Ill"), offer, Status.EXCUSED)
    for hours in range(24, 24 * 9, 24):
        day(cohort, hours)

    text = text_of(client.get(address))

    # 3:30 of 4 hours; with 8 × 2 hours to come at most 19:30 of 20, of which 16 are asked for
    assert (
        "3:30 of 4 hours so far; the certificate asks for 80 %. Of what is to come you may miss 3 hours 30 minutes."
        in text
    )
    for words in ("Present", "Late", "Excused", "To come", "There are sessions to come."):
        assert words in text


def test_a_day_that_nobody_marked_is_said_and_counts_as_missed(client, offer, cohort, address):
    day(cohort, -30)
    day(cohort, 24)

    text = text_of(client.get(address))

    assert "Nobody marked you" in text
    assert "0 of 2 hours so far" in text
    assert "Even if you come to everything from now on" in text


def test_days_in_the_cohort_that_the_firm_left_stay(client, offer, cohort, address):
    attended(day(cohort, -96, title="In the first cohort"), offer, Status.PRESENT)
    Place.objects.update(state=PlaceState.CHANGED.value, ended_at=timezone.now() - timedelta(hours=50))
    day(cohort, -20, title="After it moved")
    other = made.cohort(code="LHR-9", programme=cohort.programme, state=CohortState.RUNNING.value)
    put(offer, other, minutes_ago=60 * 49)
    day(other, 24, title="In the second cohort")

    text = text_of(client.get(address))

    assert "In the first cohort" in text
    assert "LHR-3" in text
    assert "In the second cohort" in text
    assert "After it moved" not in text
    assert "2 of 2 hours so far" in text


def test_after_the_last_session_it_says_what_is_missing_or_that_nothing_is(client, offer, cohort, address):
    session = day(cohort, -24)
    attended(session, offer, Status.OPEN)
    assert "The sessions are over. This is still missing" in text_of(client.get(address))

    Attendance.objects.update(status=Status.PRESENT.value)

    text = text_of(client.get(address))
    assert "You have done everything. The certificate is on its way" in text
    assert "The hours are reached." in text


# ------------------------------------------------------------------------------------------------------ who may see it


def test_without_a_place_the_choice_is_shown(client):
    offer = seated()
    client.force_login(owner_of(offer))

    answer = client.get(f"/training/firm/{offer.application.public_id}/")

    assert answer.url == f"/training/firm/{offer.application.public_id}/place/"


def test_whoever_reads_along_in_the_firm_sees_it_and_nobody_of_another_firm_does(client, offer, cohort, address):
    client.force_login(member_of(offer, "trainee"))
    assert client.get(address).status_code == 200

    for stranger in (owner_of(seated()), UserFactory()):
        client.force_login(stranger)
        assert client.get(address).status_code == 404


def test_the_home_names_the_next_session_and_leads_here(client, offer, cohort, address):
    day(cohort, 48)

    text = text_of(client.get("/file/"))

    assert "Your training: Photographs that sell" in text
    assert f'href="{address}"' in text


def test_a_hundred_days_ask_no_more_of_the_database_than_two(client, offer, cohort, address):
    for hours in (-24, 24):
        attended(day(cohort, hours), offer, Status.PRESENT)
    few = len(queries_of(client, address))
    for hours in range(48, 148):
        day(cohort, hours, venue=None)

    assert len(queries_of(client, address)) == few
