"""The sum of the seats, and the range of a chance."""

from __future__ import annotations

import pytest

from selection.seats.offers.chance import chance_of
from selection.seats.offers.ledger import Ledger


def test_seats_are_a_sum():
    seats = Ledger(places=20, accepted_first=15, accepted_later=2, open=1, reserved=2)

    assert (seats.accepted, seats.free, seats.too_many, seats.most_reserved()) == (17, 0, 0, 2)
    assert seats.accepted + seats.open + seats.reserved + seats.free == 20


@pytest.mark.parametrize(("reserved", "free", "too_many"), [(5, 0, 3), (2, 0, 0), (0, 2, 0)])
def test_a_reserve_above_the_house_makes_no_seat(reserved, free, too_many):
    seats = Ledger(places=20, accepted_first=17, open=1, reserved=reserved)

    assert (seats.free, seats.too_many) == (free, too_many)


@pytest.mark.parametrize(
    ("place", "moved", "before", "chance"),
    [
        (3, 0, [9, 4, 2], (50, 75)),
        (1, 0, [9, 4, 2], (75, 100)),
        (10, 0, [9, 4, 2], (0, 25)),
        (3, 4, [9, 4, 2], (25, 50)),
        (2, 0, [1, 5, 6], (50, 75)),
        (4, 0, [9, 4, 2, 8, 5], (65, 85)),
    ],
)
def test_a_chance_is_a_range_from_the_rounds_before(place, moved, before, chance):
    found = chance_of(place, moved=moved, before=before)

    assert (found.low, found.high, found.of) == (*chance, len(before))


def test_without_a_round_before_there_is_no_chance_to_tell():
    assert chance_of(1, moved=0, before=[]) is None
