"""Three devices come back from a hall without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.made import at
from training.attendance.roll import Mark, Settled, settle, true_time
from training.states import AttendanceStatus as Status
from training.states import MarkSource as Source

pytestmark = pytest.mark.unit


def mark(key, status, hour, *, source=Source.ROLL, device="D1", minutes=None, received="12:05") -> Mark:
    return Mark(
        key, status, source, at(f"2027-03-06 {hour}"), at(f"2027-03-06 {received}"), device=device, minutes=minutes
    )


ROLL = mark("d1-1", Status.PRESENT, "10:12")
EXCUSED = mark("m-1", Status.EXCUSED, "11:30", source=Source.CORRECTION, device="", received="11:30")
ABSENT = mark("d1-2", Status.ABSENT, "10:12")
LATE = mark("d2-1", Status.LATE, "10:25", device="D2", minutes=95, received="12:01")


def test_a_correction_stands_over_an_earlier_observation_that_arrives_later():
    assert settle([EXCUSED, ROLL]) == settle([ROLL, EXCUSED]) == Settled(Status.EXCUSED, EXCUSED, (ROLL,))


def test_two_devices_that_disagree_wait_for_a_person_the_later_observation_first():
    for marks in permutations([ABSENT, LATE]):
        found = settle(marks)
        assert found == Settled(Status.OPEN, None, (LATE, ABSENT))
        assert found.is_open


def test_a_person_settles_it_and_both_stay_to_be_seen():
    chosen = mark("m-2", Status.LATE, "12:30", source=Source.CORRECTION, device="", minutes=95)
    assert settle([ABSENT, LATE, chosen]) == Settled(Status.LATE, chosen, (ABSENT,))


def test_a_device_overrules_itself():
    again = mark("d1-9", Status.PRESENT, "10:40")
    assert settle([ABSENT, again]) == Settled(Status.PRESENT, again)


def test_devices_that_agree_give_the_first_sign_of_it():
    scan = mark("s-1", Status.PRESENT, "10:01", source=Source.SCAN, device="phone")
    assert settle([ROLL, scan]) == Settled(Status.PRESENT, scan)


SCAN = mark("s-1", Status.PRESENT, "10:20", source=Source.SCAN, device="phone")


def test_a_scan_says_that_somebody_came_and_others_say_how_long():
    minutes = mark("r-1", Status.PRESENT, "12:05", source=Source.REPORT, device="", minutes=95)
    assert settle([SCAN, LATE]) == Settled(Status.LATE, LATE)
    assert settle([SCAN, minutes]) == Settled(Status.PRESENT, minutes)


def test_a_scan_of_somebody_whom_the_roll_calls_absent_is_looked_at():
    assert settle([ABSENT, SCAN]) == Settled(Status.OPEN, None, (SCAN, ABSENT))


def test_sent_twice_is_once():
    assert settle([ROLL, ROLL]) == Settled(Status.PRESENT, ROLL)


def test_nobody_marked():
    assert settle([]) == Settled(None, None)


@pytest.mark.parametrize(
    ("device_now", "arrived_at", "observed", "right"),
    [
        ("15:07:00", "12:07:00", "13:20:00", "10:20:00"),
        ("12:05:00", "12:05:20", "10:12:00", "10:12:00"),
        ("12:01:00", "12:02:59", "10:25:00", "10:25:00"),
        ("11:54:00", "12:01:00", "10:00:00", "10:07:00"),
    ],
)
def test_the_time_is_that_of_the_observation_by_the_portal_s_clock(device_now, arrived_at, observed, right):
    day = "2027-03-06"
    found = true_time(
        at(f"{day} {observed}"), device_now=at(f"{day} {device_now}"), arrived_at=at(f"{day} {arrived_at}")
    )
    assert found == at(f"{day} {right}")


MARKS = st.lists(
    st.builds(
        Mark,
        key=st.sampled_from([f"k{number}" for number in range(20)]),
        status=st.sampled_from([Status.PRESENT, Status.LATE, Status.EXCUSED, Status.ABSENT]),
        source=st.sampled_from(Source),
        observed_at=st.integers(0, 20).map(lambda minutes: at("2027-03-06 10:00") + timedelta(minutes=minutes)),
        received_at=st.just(at("2027-03-06 12:00")),
        device=st.sampled_from(["", "D1", "D2"]),
        minutes=st.sampled_from([None, 90]),
    ),
    max_size=6,
    unique_by=lambda mark: mark.key,
)


@given(MARKS)
def test_every_order_gives_the_same(marks):
    right = settle(marks)
    for other in (list(reversed(marks)), sorted(marks, key=lambda mark: mark.key), [*marks, *marks]):
        assert settle(other) == right
    if any(mark.source == Source.CORRECTION for mark in marks):
        assert not right.is_open


# ------------------------------------------------------------------------------------------- a device and its own marks


def typed(key, status, received, *, day=6) -> Mark:
    """From paper: seen when the session ended, whenever it was typed in."""
    return Mark(
        key, status, Source.SHEET, at("2027-03-06 12:00"), at(f"2027-03-0{day} {received}"),
        received_on=date(2027, 3, day),
    )  # fmt: skip


@pytest.mark.parametrize(("first", "second"), [("a", "z"), ("z", "a")])
def test_of_two_typed_in_from_one_paper_the_later_one_is_right(first, second):
    wrong, right = typed(first, Status.ABSENT, "13:00"), typed(second, Status.PRESENT, "13:05")
    assert settle([wrong, right]) == settle([right, wrong]) == Settled(Status.PRESENT, right)


def test_what_a_device_sends_on_another_day_and_says_otherwise_waits_for_a_person():
    there = Mark(
        "d1-1", Status.ABSENT, Source.ROLL, at("2027-03-06 10:12"), at("2027-03-06 12:05"), device="D1",
        received_on=date(2027, 3, 6),
    )  # fmt: skip
    later = replace(there, key="d1-2", status=Status.PRESENT, observed_at=at("2027-03-06 11:50"))
    assert settle([there, later]).status == Status.PRESENT
    days_after = replace(later, received_at=at("2027-03-09 09:00"), received_on=date(2027, 3, 9))
    assert settle([there, days_after]) == Settled(Status.OPEN, None, (days_after, there))
    same = replace(days_after, status=Status.ABSENT)
    assert settle([there, same]).status == Status.ABSENT
