"""Acts on a file, reasons, views of the desk and sharing: tables and arithmetic."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from selection.applications.reasons import REASONS, DecisionReason, reasons_for, unfit_codes, words_of
from selection.bulk.sharing import Sharing
from selection.desk import summary
from selection.desk.acts import ACTS, do_act
from selection.desk.filters import DeskFilter, Order, Search, Tab
from selection.desk.views import FORM_OF_ACT
from selection.states import APPLICATION, OFFER, Outcome
from tdap_portal.audit.models import Event

pytestmark = pytest.mark.unit
DAY = date(2027, 3, 16)


# ------------------------------------------------------------------------------------------------- one file at the desk


def test_every_act_of_the_desk_has_its_form_on_the_page_of_the_file():
    assert ACTS.keys() == FORM_OF_ACT.keys()
    assert get_resolver().url_patterns  # the portal's addresses bring the converters
    patterns = import_module("selection.desk.urls").urlpatterns
    assert ACTS.keys() == {entry.name for entry in patterns if entry.callback is do_act}


def test_the_history_of_a_file_says_every_move_in_a_sentence():
    events = {move.event.value for move in (*APPLICATION.moves, *OFFER.moves)}
    assert "application.submitted" in events
    lines = summary.history_lines(Event(name=name, data={}) for name in sorted(events))
    assert {line.says for line in lines} & events == set()
    assert summary.history_lines([Event(name="file.sent_to_the_moon", data={})])[0].says == "file.sent_to_the_moon"


# ---------------------------------------------------------------------------------------------------------- reasons


def test_every_outcome_has_reasons_and_a_held_file_only_reasons_of_conditions():
    for outcome in Outcome:
        assert reasons_for(outcome, on=DAY)
    assert reasons_for(Outcome.SELECT, on=DAY, held=True) == ()
    assert all(reason.gate for reason in reasons_for(Outcome.DECLINE, on=DAY, held=True))
    assert "score_too_low" not in {reason.code for reason in reasons_for(Outcome.DECLINE, on=DAY, held=True)}


def test_no_reason_is_given_before_its_day():
    assert reasons_for(Outcome.DECLINE, on=date(2026, 6, 30)) == ()


@pytest.mark.parametrize(
    ("day", "in_force"),
    [(date(2027, 1, 1), False), (date(2027, 1, 2), True), (date(2027, 1, 5), True), (date(2027, 1, 6), False)],
)
def test_a_reason_is_in_force_from_its_first_to_its_last_day(day, in_force):
    reason = DecisionReason("x", frozenset(), "w", "", since=date(2027, 1, 2), until=date(2027, 1, 5))
    assert reason.in_force(day) is in_force


def test_codes_that_do_not_fit_an_outcome_are_named():
    assert unfit_codes(["strong_score", "score_too_low", "nonsense"], "select", on=DAY) == ("score_too_low", "nonsense")
    assert unfit_codes(["seats_full"], Outcome.WAITLIST, on=DAY) == ()


def test_stored_codes_give_their_words_and_unknown_ones_are_passed_over():
    assert words_of(["seats_full", "gone"]) == (REASONS["seats_full"],)


# ------------------------------------------------------------------------------------------------------------ views


def test_an_address_is_read_and_written_back():
    view = DeskFilter.read({"tab": "all", "sector": "rice", "order": "points", "q": " Noor "})
    assert view == DeskFilter(tab="all", q="Noor", sector="rice", order="points")
    assert view.query() == "tab=all&q=Noor&sector=rice&order=points"
    assert view.query(sector="", q="a b") == "tab=all&q=a+b&order=points"


def test_what_an_address_says_wrongly_is_passed_over():
    words = {"tab": "x", "sector": "gold", "province": "IN-DL", "track": "?", "state": "draft", "order": "size"}
    assert DeskFilter.read(words, home=Tab.DECISION) == DeskFilter(tab="decision")


@pytest.mark.parametrize(
    ("q", "search"),
    [
        ("", Search.NOTHING),
        ("No", Search.NOTHING),
        ("Noor", Search.NAME),
        ("R3", Search.FILE),
        ("r3-0398", Search.FILE),
        ("R3-0398x", Search.NAME),
        ("95", Search.HS),
        ("9506.62", Search.HS),
        ("9", Search.NOTHING),
        ("نور", Search.NAME),
    ],
)
def test_search_words_are_told_apart(q, search):
    assert DeskFilter(q=q).search == search


def test_dots_of_an_hs_code_do_not_count():
    assert DeskFilter(q="9506.62").hs_digits == "950662"


def test_the_order_follows_the_tab_unless_told():
    assert [DeskFilter(tab=tab.value).ordered_by for tab in (Tab.MINE, Tab.LINE)] == [Order.DUE, Order.POINTS]
    assert DeskFilter(tab="line", order="submitted").ordered_by == Order.SUBMITTED


def test_filters_in_force_are_counted_without_tab_and_order():
    assert DeskFilter(q="abc", sector="rice", order="points").narrowing == 2


# ---------------------------------------------------------------------------------------------------------- sharing


def test_two_officers_alternate_as_first_reader():
    sharing = Sharing({1: 0, 2: 0})
    assert [sharing.pair() for _file in range(4)] == [(1, 2), (2, 1), (1, 2), (2, 1)]


def test_officers_with_much_to_read_get_nothing_until_the_others_have_as_much():
    sharing = Sharing({1: 2, 2: 0, 3: 0})
    assert [set(pair) for pair in (sharing.pair(), sharing.pair())] == [{2, 3}, {2, 3}]
    assert sharing.loads == {1: 2, 2: 2, 3: 2}


def test_whoever_is_tied_to_the_firm_does_not_get_it():
    sharing = Sharing({1: 0, 2: 5, 3: 5})
    assert set(sharing.pair(barred={1})) == {2, 3}


def test_fewer_than_two_free_officers_give_no_pair_and_cost_nothing():
    sharing = Sharing({1: 0, 2: 0})
    assert sharing.pair(barred={1}) is None
    assert sharing.loads == {1: 0, 2: 0}


def test_a_reader_whose_reading_is_in_stays_and_only_the_other_is_counted():
    sharing = Sharing({1: 0, 2: 0, 3: 9})
    assert set(sharing.pair(kept=[3])) == {1, 3}
    assert sharing.loads == {1: 1, 2: 0, 3: 9}


def test_a_kept_reader_who_no_longer_takes_part_still_stays():
    assert set(Sharing({1: 0}).pair(kept=[77])) == {1, 77}


@given(
    loads=st.dictionaries(st.integers(1, 30), st.integers(0, 5), min_size=2, max_size=12),
    files=st.integers(0, 80),
)
def test_loads_end_as_even_as_they_can_and_nobody_reads_a_file_twice(loads, files):
    sharing = Sharing(loads)
    pairs = [sharing.pair() for _file in range(files)]
    assert all(first != second for first, second in pairs)
    assert sum(sharing.loads.values()) == sum(loads.values()) + 2 * files
    given_to = [officer for officer in loads if sharing.loads[officer] > loads[officer]]
    if given_to:
        most = max(sharing.loads[officer] for officer in given_to)
        # A file needs two people, so one officer with few files may lag behind the second one of each pair.
        assert sum(load < most - 1 for load in sharing.loads.values()) <= 1
