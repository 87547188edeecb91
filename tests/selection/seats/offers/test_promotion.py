"""Who gets a seat that comes free: six seats under three rules, and six firms that wait."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.engine.compose_pool import Labelled, Pool, Rule
from selection.seats.offers.promotion import promotion

FIRMS = {
    "F01": (88, "PB", False, "surgical"),
    "F02": (86, "PB", True, "textile"),
    "F03": (84, "SD", False, "surgical"),
    "F05": (80, "SD", False, "sports"),
    "F06": (79, "KP", False, "gems"),
    "F04": (71, "BA", True, "carpets"),
    "W1": (78, "PB", False, "surgical"),
    "W2": (77, "PB", True, "textile"),
    "W3": (75, "BA", False, "surgical"),
    "W4": (70, "BA", False, "carpets"),
    "W5": (69, "BA", True, "textile"),
    "W6": (66, "BA", True, "gems"),
}
NAMES = list(FIRMS)
RULES = (
    Rule("balochistan", "province", ("BA",), is_floor=True, number=1),
    Rule("women", "women_led", ("yes",), is_floor=True, number=2),
    Rule("surgical", "sector", ("surgical",), is_floor=False, number=2),
)


def pool_of(names):
    rows = sorted((FIRMS[name] + (NAMES.index(name),) for name in names), key=lambda row: -row[0])
    return Pool(
        ids=np.array([row[4] for row in rows]),
        points=np.array([row[0] * 100 for row in rows]),
        ranks=np.arange(len(rows)),
        groups={
            "women_led": Labelled.of(["yes" if row[2] else "" for row in rows]),
            "province": Labelled.of([row[1] for row in rows]),
            "sector": Labelled.of([row[3] for row in rows]),
        },
    )


def promoted(holders, waiting, free, rules=RULES):
    found = promotion(
        pool_of([*holders, *waiting]), holders=[NAMES.index(name) for name in holders], free=free, rules=rules
    )
    return [NAMES[pk] for pk in found.promoted], {NAMES[pk]: code for pk, code in found.passed_over.items()}, found


WAITING = ["W1", "W2", "W3", "W4", "W5", "W6"]
HELD = ["F01", "F02", "F03", "F05", "F06", "F04"]


def test_the_seat_goes_to_the_best_who_keeps_all_rules_and_each_other_one_is_told_which_rule():
    who, why, _found = promoted([name for name in HELD if name != "F04"], WAITING, 1)

    assert who == ["W5"]
    assert why == {"W1": "balochistan", "W2": "balochistan", "W3": "surgical", "W4": "women"}


@pytest.mark.parametrize("order", [("F04", "F02"), ("F02", "F04")])
def test_two_seats_go_to_the_best_pair_in_every_order(order):
    holders, waiting = list(HELD), list(WAITING)
    for gone in order:
        holders.remove(gone)
        who, _why, _found = promoted(holders, waiting, 1)
        holders += who
        waiting = [name for name in waiting if name not in who]

    assert {"W5", "W2"} < set(holders)
    assert waiting == ["W1", "W3", "W4", "W6"]


def test_two_seats_at_once_go_to_the_best_pair():
    who, _why, _found = promoted(["F01", "F03", "F05", "F06"], WAITING, 2)

    assert sorted(who) == ["W2", "W5"]
    assert sum(FIRMS[name][0] for name in who) == 146


def test_a_seat_that_no_waiting_firm_fits_stays_open_and_the_rules_that_keep_it_are_named():
    who, why, found = promoted(["F01", "F02", "F03", "F05", "F06"], ["W1", "W2", "W3", "W4"], 1)

    assert who == []
    assert {"balochistan", "women"} <= {member.code for member in found.clash}
    nearest = {member.code: member.nearest for member in found.clash}
    assert (nearest["balochistan"], nearest["women"]) == (0, 1)
    assert why["W1"] == "balochistan"


def test_without_rules_the_list_is_followed():
    who, why, _found = promoted(["F01"], WAITING, 2, rules=())

    assert (who, why) == (["W1", "W2"], {})


def test_without_a_free_seat_nobody_moves():
    assert promoted(HELD, WAITING, 0)[0] == []


@settings(max_examples=60, deadline=None)
@given(
    gone=st.sets(st.sampled_from(HELD), min_size=1, max_size=3),
    left=st.sets(st.sampled_from(WAITING), max_size=3),
)
def test_it_is_the_best_set_that_keeps_the_rules_as_brute_force_finds_it(gone, left):
    holders = [name for name in HELD if name not in gone]
    waiting = [name for name in WAITING if name not in left]

    who, _why, _found = promoted(holders, waiting, len(gone))

    def fits(more):
        rows = [FIRMS[name] for name in (*holders, *more)]
        return (
            sum(row[1] == "BA" for row in rows) >= 1
            and sum(row[2] for row in rows) >= 2
            and sum(row[3] == "surgical" for row in rows) <= 2
        )

    sets = [more for n in range(len(gone) + 1) for more in combinations(waiting, n) if fits(more)]
    best = max((sum(FIRMS[name][0] for name in more) for more in sets), default=0)
    assert sum(FIRMS[name][0] for name in who) == best
    assert not who or fits(who)
