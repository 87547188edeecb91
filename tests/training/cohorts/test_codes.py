"""Short names of cohorts."""

from __future__ import annotations

import pytest

from training.cohorts.codes import letters_of, next_code

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("city", "letters"),
    [("Lahore", "LHR"), ("Sialkot", "SKT"), ("", "ONL"), ("Wazirabad", "WAZ"), ("سوات", "PAK"), ("Io", "PAK")],
)
def test_the_letters_are_those_by_which_a_town_is_known(city, letters):
    assert letters_of(city) == letters


@pytest.mark.parametrize(
    ("taken", "code"),
    [([], "LHR-1"), (["LHR-1", "LHR-3"], "LHR-4"), (["LHR-X", "LHR-2B", "KHI-9"], "LHR-1"), (["LHR-9"], "LHR-10")],
)
def test_the_number_follows_the_highest_that_is_taken(taken, code):
    assert next_code("LHR", taken) == code
