"""The rule by which an officer will be late, on figures that can be counted by hand."""

from __future__ import annotations

import pytest

from selection.home.pace import late_days, room

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("due", "pace", "late"),
    [
        ([], 0.0, []),
        ([1, 1, 3], 2.0, []),  # two on the first day, the third with a day to spare
        ([1, 1, 1], 2.0, [1]),  # the third of one day
        ([2, 2, 2], 1.0, [2]),
        ([0, 2], 5.0, [0]),  # past already, however fast
        ([1, 2, 3, 4, 5], 0.5, [1, 2, 3, 4, 5]),  # one in two days
        ([2, 4], 0.5, []),
        ([3, 5], 0.0, [3, 5]),  # nobody reads
        ([5], 0.2, []),  # a fifth a day is one in five days, whatever a computer makes of 0.2 x 5
        ([10, 10, 10], 0.3, []),
    ],
)
def test_a_reading_that_is_not_among_those_done_by_its_day_is_late(due, pace, late):
    assert late_days(due, pace) == late


@pytest.mark.parametrize(
    ("due", "pace", "free"),
    [([], 2.0, 10), ([1, 3], 2.0, 8), ([1, 1, 1], 2.0, 0), ([1, 2, 3, 4, 5], 1.0, 0), ([], 0.0, 0)],
)
def test_who_will_not_be_late_has_room_for_what_is_left_of_five_days(due, pace, free):
    assert room(due, pace) == free
