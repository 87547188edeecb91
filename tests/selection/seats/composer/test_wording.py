"""Rules, contradictions and what was found, in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from selection.engine.compose_pool import Contradiction
from selection.models import Application, Composition
from selection.seats.composer import wording
from selection.seats.composer.overview import Overview, only_in, versus
from selection.states import CompositionState
from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule

NEW = ("new_exporter", ["yes"])


@pytest.mark.unit
@pytest.mark.parametrize(
    ("stored", "seats", "words"),
    [
        (rule(*NEW, floor=True, per_mille=150), 20, "New exporters, at least 15 % of 20 seats: 3"),
        (rule(*NEW, floor=True, per_mille=150), 37, "New exporters, at least 15 % of 37 seats: 6"),
        (rule(*NEW, floor=True, per_mille=150), 3, "New exporters, at least 15 % of 3 seats: 1"),
        (rule("province", ["PK-BA"], floor=True, per_mille=70), 100, "Balochistan, at least 7 % of 100 seats: 7"),
        (rule(*WOMEN, floor=True, per_mille=140), 50, "Women-led, at least 14 % of 50 seats: 7"),
        (rule("sector", cap=True, per_mille=290), 100, "Any one sector, at most 29 % of 100 seats: 29"),
        (rule("partner", cap=True, per_mille=100), 37, "Any one partner, at most 10 % of 37 seats: 3"),
        (rule(*WOMEN, floor=True, per_mille=125), 40, "Women-led, at least 12.5 % of 40 seats: 5"),
        (rule(*WOMEN, cap=True, per_mille=125), 40, "Women-led, at most 12.5 % of 40 seats: 5"),
        (rule(*WOMEN, floor=17), 50, "Women-led, at least 17"),
        (rule("city", ["Sialkot"], cap=4), 50, "Sialkot, at most 4"),
        (rule("track", ["startup"], cap=4), 50, "Start-up, at most 4"),
    ],
)
def test_a_rule_in_words_names_its_share_and_its_whole_seats(stored, seats, words):
    assert wording.rule_words(stored, seats) == words


@pytest.mark.unit
def test_a_rule_in_urdu_carries_the_same_figures():
    with translation.override("ur"):
        words = wording.rule_words(rule(*WOMEN, floor=True, per_mille=125), 40)
    assert words == "خواتین کی سربراہی میں، 40 نشستوں کا کم از کم 12.5 فیصد: 5"


@pytest.mark.unit
def test_shares_have_one_decimal_only_where_they_need_it():
    assert [wording.share_text(share) for share in (150, 125, 1000, 5, 0)] == ["15", "12.5", "100", "0.5", "0"]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("attribute", "values", "name"),
    [
        ("partner", [], "Any one partner"),
        ("province", ["PK-PB"], "Punjab"),
        ("province", ["PK-JK", "PK-GB"], "Azad Jammu and Kashmir and Gilgit-Baltistan"),
        ("women_led", ["yes"], "Women-led"),
        ("province", ["PK-XX"], "PK-XX"),
    ],
)
def test_whom_a_rule_counts_has_a_name(attribute, values, name):
    assert wording.group_name(attribute, values) == name


@pytest.mark.unit
@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            Contradiction("floor_above_cap", ("women_led:yes:floor", "women_led:yes:cap"), 3, 2),
            "These rules contradict each other: Women-led, at least 3; Women-led, at most 2.",
        ),
        (
            Contradiction("floors_above_seats", ("women_led:yes:floor",), 3, 2),
            "This asks for 3 seats, and there are 2: Women-led, at least 3.",
        ),
        (
            Contradiction("floor_above_pool", ("women_led:yes:floor",), 3, 1),
            "This asks for 3 firms, and there are 1: Women-led, at least 3.",
        ),
    ],
)
def test_a_contradiction_is_a_sentence_with_its_figures(found, words):
    assert wording.contradiction_words(found, [rule(*WOMEN, floor=3), rule(*WOMEN, cap=2)], 2) == words


@pytest.fixture
def round_(db):
    round_ = closed_round(seats=2)
    reviewed_files(
        round_,
        {"points": "80", "sme_name": "Badshahi Carpets", "city": "Gwadar"},
        {"points": "70", "sme_name": "Rohtas Denim", "city": "Lahore"},
        {"points": "60", "sme_name": "Makli Textiles", "city": "Lahore", "women_led": True, "new_exporter": True},
    )
    return round_


def test_a_soft_rule_says_by_how_much_it_was_missed_and_what_was_taken_off(round_):
    shown = Overview(composed(round_, rules=[rule(*WOMEN, floor=1, weight=500)]))
    (women,) = shown.rules()
    assert (women.taken, women.of, women.off) == (0, 1, 1)
    assert (shown.points()["set"], shown.points()["penalty"], shown.is_proven) == ("150.0", "5.0", True)
    dear = Overview(composed(round_, rules=[rule(*WOMEN, floor=1, weight=5000)]))
    assert (dear.rules()[0].off, dear.points()["penalty"]) == (0, "")


def test_a_price_that_was_not_found_is_said_and_is_not_nought(round_):
    row = composed(round_, rules=[rule(*WOMEN, floor=1)])
    row.result["prices"] = [
        {"code": "women_led:yes:floor", "firm": None, "points": None, "comes_in": None, "goes_out": None}
    ]
    shown = Overview(row)
    assert (shown.unpriced(), shown.prices(), shown.free()) == (["Women-led, at least 1"], [], [])
    assert (shown.rules()[0].price, shown.dearest()) == (None, "")


def test_the_budget_and_locks_are_named_among_the_prices(round_):
    makli = Application.objects.get(sme_name="Makli Textiles")
    rohtas = Application.objects.get(sme_name="Rohtas Denim")
    held_in = Overview(composed(round_, locks=[{"file": makli.pk, "is_in": True, "words": "Appeal upheld."}]))
    assert [(price.words, price.points) for price in held_in.prices()] == [("Held in: Makli Textiles", "10.0")]
    assert [firm.why for firm in held_in.firms()] == ["", "Firms held in by hand"]
    held_out = Overview(composed(round_, locks=[{"file": rohtas.pk, "is_in": False, "words": "Works closed."}]))
    assert [price.words for price in held_out.prices()] == ["Held out: Rohtas Denim"]
    assert [(firm.name, *rest) for firm, *rest in held_out.locks()] == [
        ("Rohtas Denim", False, "Works closed.", "10.0")
    ]
    costs = {"default": 100, "cities": {"Gwadar": 900}}
    budget = Overview(composed(round_, budget_rupees=500, costs=costs))
    assert [price.words for price in budget.prices()] == ["Budget, at most PKR 500"]


def test_two_compositions_in_figures_with_their_cost_where_both_have_one(round_):
    costs = {"default": 100, "cities": {"Gwadar": 900}}
    free, dear, cheap = (
        Overview(composed(round_, **kwargs))
        for kwargs in ({}, {"budget_rupees": 1000, "costs": costs}, {"budget_rupees": 500, "costs": costs})
    )
    assert versus(dear, cheap) == [
        ("Points", "150.0", "130.0", "-20.0"),
        ("Firms", "2", "2", "+0"),
        ("Women-led", "0", "1", "+1"),
        ("New exporters", "0", "1", "+1"),
        ("Lowest score taken", "70.0", "60.0", "-10.0"),
        ("Training cost, PKR", "1,000", "200", "-800"),
        ("Firms that differ", "–", "1", ""),
    ]
    assert "Training cost, PKR" not in [line[0] for line in versus(free, cheap)]
    left, right = only_in(dear, cheap)
    assert ([firm.name for firm in left], [firm.name for firm in right]) == (["Badshahi Carpets"], ["Makli Textiles"])


def test_what_is_not_worked_out_yet_has_no_set_and_no_prices(db):
    shown = Overview(Composition(seats=2, rules=[rule(*WOMEN, floor=1)], state=CompositionState.WORKING.value))
    assert (shown.is_ready, shown.is_proven, shown.taken, shown.prices(), shown.frontiers()) == (
        False,
        False,
        0,
        [],
        [],
    )
    assert shown.rules()[0].taken is None
