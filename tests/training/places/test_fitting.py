"""Which cohorts are as a firm accepted its seat; what is left; the way of a place, written out by hand."""

import pytest

from tests.state_tables import carried_out, written
from training.places.fitting import is_as_accepted, places_left
from training.states import PLACE, PlaceState

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("accepted", "cohort", "fits"),
    [
        (("in_person", "Lahore"), ("in_person", "Lahore"), True),
        (("in_person", "Lahore"), ("mixed", "Lahore"), True),
        (("in_person", "Lahore"), ("in_person", "Karachi"), False),
        (("in_person", "Lahore"), ("online", ""), False),
        (("in_person", ""), ("in_person", "Karachi"), True),
        (("online", ""), ("online", ""), True),
        (("online", ""), ("mixed", "Lahore"), False),
        (("online", ""), ("in_person", "Lahore"), False),
        (("", ""), ("online", ""), True),
        (("", ""), ("in_person", "Quetta"), True),
        (("", "Lahore"), ("in_person", "Quetta"), False),
    ],
)
def test_a_cohort_is_as_the_firm_accepted_it_in_way_and_town(accepted, cohort, fits):
    found = is_as_accepted(mode=cohort[0], city=cohort[1], accepted_mode=accepted[0], accepted_city=accepted[1])
    assert found is fits


@pytest.mark.parametrize(
    ("held", "waiting", "left"), [(0, 0, 20), (19, 0, 1), (20, 3, 0), (18, 1, 1), (18, 5, 0), (21, 0, 0)]
)
def test_a_place_that_came_free_is_kept_for_who_waits(held, waiting, left):
    assert places_left(places=20, held=held, waiting=waiting) == left


WAY_OF_A_PLACE = """
take    | waiting | held place.taken
take    | held changed given_up | wrong state
change  | held | changed place.changed
change  | waiting changed given_up | wrong state
give_up | held waiting | given_up place.given_up
give_up | changed given_up | wrong state
"""


def test_the_way_of_a_place_is_as_written_here():
    assert carried_out(PLACE, PlaceState) == written(WAY_OF_A_PLACE)
