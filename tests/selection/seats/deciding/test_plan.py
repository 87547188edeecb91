"""What becomes of each file of a round, as a pure table."""

from __future__ import annotations

import pytest

from selection.seats.deciding.plan import Line, Proposal, Ranked, lines_of
from selection.states import Outcome

pytestmark = pytest.mark.unit


def outcomes(lines):
    return {line.file: (line.outcome.value, *line.reason_codes, line.by_rule) for line in lines}


def test_chosen_are_selected_the_next_wait_and_the_rest_is_declined():
    ranked = Ranked(
        [1, 2, 3, 4, 5], frozenset({1, 4}), why={4: "women"}, passed_over={2: "women", 3: "women"}, held=[9]
    )
    assert outcomes(lines_of(ranked, waiting=2, overrides={})) == {
        1: ("select", "strong_score", ""),
        2: ("waitlist", "passed_over", "women"),
        3: ("waitlist", "passed_over", "women"),
        4: ("select", "seat_by_rule", "women"),
        5: ("decline", "score_too_low", ""),
        9: ("decline", "gate_not_met", ""),
    }


def test_what_an_officer_recommends_to_decline_is_declined_in_the_officers_words():
    proposals = {
        2: Proposal("decline", ("second_file",), "Another file goes on."),
        9: Proposal("decline", ("no_answer",), "No."),
    }
    lines = lines_of(Ranked([1, 2, 3], frozenset({1}), held=[9], proposals=proposals), waiting=1, overrides={})
    assert outcomes(lines) == {
        1: ("select", "strong_score", ""),
        2: ("decline", "second_file", ""),
        3: ("waitlist", "seats_full", ""),
        9: ("decline", "no_answer", ""),
    }
    assert [line.words for line in lines] == ["", "Another file goes on.", "", "No."]


def test_a_chosen_file_is_selected_although_an_officer_would_decline_it():
    """The second director reads it among what differs; the composition decides."""
    ranked = Ranked([1], frozenset({1}), proposals={1: Proposal("decline", ("second_file",), "No.")})
    assert outcomes(lines_of(ranked, waiting=0, overrides={})) == {1: ("select", "strong_score", "")}


def test_an_override_takes_the_place_of_its_line_and_no_place_on_the_waiting_list():
    override = Line(2, Outcome.WAITLIST, ("product_not_ready",), is_override=True, words="Packaging first.")
    lines = lines_of(Ranked([1, 2, 3, 4], frozenset({1, 2})), waiting=1, overrides={2: override})
    assert outcomes(lines) == {
        1: ("select", "strong_score", ""),
        2: ("waitlist", "product_not_ready", ""),
        3: ("waitlist", "seats_full", ""),
        4: ("decline", "score_too_low", ""),
    }
