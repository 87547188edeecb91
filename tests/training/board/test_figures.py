"""The figures of a board are those of the rows beneath, counted again by plain Python."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from selection.models import Application, Nomination, Offer
from tests.factories.accounts import partner_person
from tests.factories.board import nominees, running, train
from tests.factories.selection import RoundFactory
from tests.factories.training_places import CohortFactory
from tests.selection.nominations.made import organisation_of
from training.board import overview, selectors
from training.board.figures import (
    SPLIT_STEPS,
    By,
    Need,
    Nominee,
    Sitting,
    Step,
    Wanted,
    funnel,
    needing,
    step_of,
    worst,
)
from training.models import Attendance, Certificate, Place, Session
from training.states import AttendanceStatus

NOW = datetime(2026, 10, 14, 12, tzinfo=UTC)


def sitting(days_ago, status="absent", *, is_off=False, is_over=True):
    return Sitting(
        session=1000 - days_ago, cohort="c", starts_at=NOW - timedelta(days=days_ago), is_over=is_over, is_off=is_off,
        status=AttendanceStatus(status) if status else None,
    )  # fmt: skip


def nominee(name="Noor", step=Step.PLACED, **values):
    given = {"public_id": name, "firm": name, "round": "R1", "sector": "", "province": "", "women_led": None}
    return Nominee(**{**given, "step": step, "cohort": "c" if step >= Step.PLACED else "", **values})


@pytest.mark.parametrize(
    ("sittings", "missed"),
    [
        ([], 0),
        ([sitting(1)], 1),
        ([sitting(2), sitting(1)], 2),
        ([sitting(2, None), sitting(1)], 2),
        ([sitting(3, "present"), sitting(2), sitting(1)], 2),
        ([sitting(2), sitting(1, "late")], 0),
        ([sitting(3), sitting(2, "excused"), sitting(1)], 2),
        ([sitting(3), sitting(2, "open"), sitting(1)], 2),
        ([sitting(2), sitting(1, is_off=True)], 1),
        ([sitting(2), sitting(-3, None, is_over=False)], 1),
        ([sitting(1), sitting(3, "present"), sitting(2)], 2),
    ],
)
def test_sessions_missed_in_a_row_are_counted_back_from_the_last_one_that_counts(sittings, missed):
    assert nominee(sittings=tuple(sittings)).missed_last == missed


@pytest.mark.parametrize(
    ("row", "need"),
    [
        (nominee(sittings=(sitting(2), sitting(1))), Need.MISSED),
        (nominee(sittings=(sitting(1),)), None),
        (nominee(step=Step.CERTIFIED, sittings=(sitting(2), sitting(1))), None),
        (nominee(step=Step.SEAT), Need.NO_PLACE),
        (nominee(step=Step.SEAT, waits=True), None),
        (nominee(step=Step.DECIDED), None),
        (nominee(step=Step.NOMINATED, answer_until=NOW.date(), answer_days=3), Need.ANSWER_ENDS),
        (nominee(step=Step.NOMINATED, answer_until=NOW.date(), answer_days=4), None),
        (nominee(step=Step.NOMINATED), None),
    ],
)
def test_a_firm_needs_a_call_only_where_its_partner_can_do_something(row, need):
    assert row.need == need


def test_who_stayed_away_longest_comes_first_then_firms_without_a_place_then_the_nearest_last_day():
    rows = [
        nominee("ends later", Step.NOMINATED, answer_until=NOW.date(), answer_days=2),
        nominee("no place", Step.SEAT),
        nominee("ends", Step.NOMINATED, answer_until=NOW.date(), answer_days=1),
        nominee("twice", sittings=(sitting(2), sitting(1))),
        nominee("thrice", sittings=(sitting(3), sitting(2), sitting(1))),
        nominee("well"),
    ]
    assert [row.firm for row in needing(rows)] == ["thrice", "twice", "no place", "ends", "ends later"]


@pytest.mark.parametrize("stage", ["", "applied", "in_review", "decided", "seat"])
@pytest.mark.parametrize("agreed", [False, True])
def test_a_firm_stands_on_the_last_step_that_it_has_reached_without_a_gap(stage, agreed):
    order = {"": Step.AGREED, "applied": Step.APPLIED, "in_review": Step.APPLIED, "decided": Step.DECIDED}
    reached = step_of(agreed=agreed, stage=stage, placed=True, came=True, certified=True)
    assert reached == (order.get(stage, Step.CERTIFIED) if agreed else Step.NOMINATED)
    assert step_of(agreed=True, stage="seat", placed=True, came=False, certified=True) == Step.PLACED


def test_the_step_before_which_most_are_lost_is_named():
    counts = dict(zip(Step, (9, 9, 5, 5, 1, 1, 1, 0), strict=True))
    assert worst(counts) == (Step.AGREED, Step.APPLIED, 4)
    assert worst(dict.fromkeys(Step, 3)) is None
    assert funnel([]) == dict.fromkeys(Step, 0)


# ---------------------------------------------------------------------------------------------- against the raw rows


@pytest.fixture
def world(db):
    dice = random.Random(11)
    person, rival = partner_person(), partner_person()
    partner = organisation_of(person)
    rounds = [RoundFactory(), RoundFactory()]
    cohorts = [running(CohortFactory()), running(CohortFactory(city="Karachi"))]
    rows = [row for round_ in rounds for row in nominees(partner, round_, 70, made_by=person, dice=dice, seats=0.7)]
    other = nominees(organisation_of(rival), RoundFactory(), 20, made_by=rival, dice=dice, seats=0.9)
    train(rows + other, cohorts, dice=dice)
    return partner


def steps_by_hand(nomination) -> int:
    """How many steps a nomination has come, from the rows alone."""
    if nomination.state != "agreed":
        return 0
    files = [
        file
        for file in Application.objects.filter(round=nomination.round)
        if file.sme_id == nomination.sme_id and file.submitted_at and file.state != "withdrawn"
    ]
    if not files:
        return 1
    file = files[0]
    has_seat = Offer.objects.filter(application=file, state="accepted").exists()
    if not has_seat:
        return 3 if file.state in ("selected", "waitlisted", "declined", "given_back") else 2
    place = Place.objects.filter(application=file, state="held").first()
    if place is None:
        return 4
    certified = Certificate.objects.filter(application=file, state="in_force").exists()
    if certified:
        return 7
    there, _held = minutes_by_hand(place)
    return 6 if there else 5


def minutes_by_hand(place):
    there = held = Fraction(0)
    for session in Session.objects.filter(cohort=place.cohort_id):
        if session.cancelled_at or session.ends_at > timezone.now():
            continue
        row = Attendance.objects.filter(session=session, place=place).first()
        if row is not None and row.status in ("excused", "open"):
            continue
        held += session.minutes
        if row is not None and row.status in ("present", "late"):
            there += Fraction(row.minutes) if row.minutes is not None else session.minutes
    return there, held


@pytest.mark.sqlite_leg
def test_the_funnel_and_the_groups_are_those_of_the_rows_beneath_for_each_filter(world):
    snapshot = selectors.snapshot_of(world)
    own = list(Nomination.objects.filter(partner=world).select_related("round"))
    steps = {row.public_id: steps_by_hand(row) for row in own}
    assert set(steps.values()) == set(range(8))
    for code in ("", *snapshot.rounds):
        mine = [row for row in own if code in ("", row.round.code)]
        board = overview.board_of(snapshot, Wanted(code))
        assert list(board.counts.values()) == [sum(steps[row.public_id] >= step for row in mine) for step in range(8)]
    for by, read in ((By.SECTOR, "sector"), (By.PROVINCE, "province"), (By.WOMEN_LED, "women_led")):
        table = overview.splits_of(snapshot.nominees)[list(By).index(by)]
        counted = [Counter(getattr(row, read) for row in own if steps[row.public_id] >= step) for step in SPLIT_STEPS]
        assert table.rows
        for at, column in enumerate(zip(*(counts for _name, counts in table.rows), strict=True)):
            assert None in column or sum(column) == sum(counted[at].values())
            if len(table.rows) == len(counted[0]):
                assert None in column or sorted(column) == sorted(counted[at][value] for value in counted[0])


def test_cohorts_attendance_and_strips_are_those_of_the_rows_beneath(world):
    board = overview.board_of(selectors.snapshot_of(world), Wanted())
    by_name = {row.firm: row for row in Nomination.objects.filter(partner=world)}
    for row, strip in overview.strips_of(board):
        places = {
            name: place
            for name, nomination in by_name.items()
            if nomination.sme_id
            and nomination.state == "agreed"
            and (
                place := Place.objects.filter(
                    application__sme=nomination.sme_id,
                    application__round=nomination.round_id,
                    cohort=row.line.cohort,
                    state="held",
                ).first()
            )
        }
        minutes = [minutes_by_hand(place) for place in places.values()]
        assert row.figures.firms == len(places)
        assert row.figures.there == sum(there for there, _held in minutes)
        assert row.figures.held == sum(held for _there, held in minutes)
        assert {firm for firm, _cells, _came in strip.rows} == set(places)
        for firm, cells, _came in strip.rows:
            for session, (_mark, words, _dress) in zip(strip.sessions, cells, strict=True):
                marked = Attendance.objects.filter(session=session, place=places[firm]).first()
                over = session.ends_at < timezone.now()
                expected = {"open": "not settled yet"}.get(marked.status, marked.status) if marked else None
                assert words == (expected or ("absent" if over else "to come"))


def test_a_cohort_counts_only_its_own_firms_and_shows_no_groups(world):
    snapshot = selectors.snapshot_of(world)
    for public_id in snapshot.cohorts:
        board = overview.board_of(snapshot, Wanted("", public_id))
        assert list(board.counts) == [Step.PLACED, Step.CAME, Step.CERTIFIED]
        assert board.counts[Step.PLACED] == sum(row.cohort == public_id for row in snapshot.nominees)
        assert board.splits == ()


def test_a_filter_that_names_nothing_of_the_partner_reads_as_none(world):
    snapshot = selectors.snapshot_of(world)
    for wanted in (Wanted("R999"), Wanted("", "z" * 12), Wanted("R" + "9" * 5000, "\x00")):
        assert overview.board_of(snapshot, wanted).wanted == Wanted()


def test_the_number_of_queries_does_not_grow(world, db):
    def asked(partner):
        with CaptureQueriesContext(connection) as queries:
            selectors.snapshot_of(partner)
        return len(queries)

    person = partner_person()
    round_ = RoundFactory()
    small = nominees(organisation_of(person), round_, 6, made_by=person, seats=1, agreed=1)
    train(small, [running(CohortFactory())])
    assert asked(organisation_of(person)) == asked(world) <= 10
