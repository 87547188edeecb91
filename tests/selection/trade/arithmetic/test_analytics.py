"""Formulas against worked examples, undefined cases, identities, and real trade."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selection.trade.arithmetic import analytics
from selection.trade.arithmetic.analytics import Computed, Shipment, Undefined

pytestmark = pytest.mark.unit

AMOUNT = st.floats(min_value=0, max_value=1e12, allow_nan=False)
POSITIVE = st.floats(min_value=1, max_value=1e9)


def near(expected, tolerance):
    return None if expected is None else pytest.approx(expected, abs=tolerance)


@pytest.fixture(scope="module")
def world(oracles):
    table = oracles["world_exports"]
    return {
        (country, product): table["matrix"][i][k]
        for i, country in enumerate(table["exporters"])
        for k, product in enumerate(table["products"])
    }


def totals(world, country, product):
    return (
        world[country, product],
        sum(v for (c, _), v in world.items() if c == country),
        sum(v for (_, p), v in world.items() if p == product),
        sum(world.values()),
    )


def test_rca_of_a_whole_table_equals_the_worked_example(oracles, world):
    table = analytics.rca_table(world)
    expected = oracles["rca_balassa"]["expected"]
    assert {pair: figure.value for pair, figure in table.items()} == {
        (c, p): near(v, oracles["rca_balassa"]["tolerance"]) for c, row in expected.items() for p, v in row.items()
    }


def test_a_pair_that_is_not_in_the_table_has_no_advantage_at_all():
    table = analytics.rca_table({("PAK", "1006"): 5.0, ("CHN", "9506"): 5.0})
    assert table["PAK", "9506"] == Computed(0.0)


@pytest.mark.parametrize(("name", "tolerance"), [("rsca", 1e-9), ("nrca", 1e-12)])
def test_symmetric_and_normalised_rca_equal_the_worked_example(oracles, world, name, tolerance):
    for country, row in oracles[name]["expected"].items():
        for product, expected in row.items():
            parts = totals(world, country, product)
            made = (
                analytics.symmetric_rca(analytics.rca(*parts)) if name == "rsca" else analytics.normalised_rca(*parts)
            )
            assert made.value == near(expected, tolerance)


def test_rca_edge_cases_are_undefined_where_the_oracle_says_null(oracles):
    for case in oracles["rca_edge_cases"]:
        parts = (case["x_ik"], case["x_i"], case["x_k"], case["x"])
        advantage = analytics.rca(*parts)
        assert advantage.value == near(case["rca"], 1e-12)
        if "rsca" in case:
            assert analytics.symmetric_rca(advantage).value == near(case["rsca"], 1e-12)
        if "nrca" in case:
            assert analytics.normalised_rca(*parts).value == near(case["nrca"], 1e-12)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((0, 0, 0, 0), Undefined.WORLD_TOTAL_ZERO),
        ((0, 0, 50, 1000), Undefined.EXPORTER_TOTAL_ZERO),
        ((0, 100, 0, 1000), Undefined.PRODUCT_TOTAL_ZERO),
    ],
)
def test_undefined_rca_says_why_and_so_does_its_symmetric_form(parts, reason):
    assert analytics.rca(*parts) == Computed(None, reason)
    assert analytics.symmetric_rca(analytics.rca(*parts)) == Computed(None, reason)


def test_normalised_rca_of_an_empty_world_is_undefined():
    assert analytics.normalised_rca(0, 0, 0, 0) == Computed(None, Undefined.WORLD_TOTAL_ZERO)


def test_market_share_equals_the_worked_example(oracles, world):
    for case in oracles["export_market_share"]["cases"]:
        assert analytics.market_share(case["x_ijk"], case["m_jk"]).value == near(case["expected"], 1e-9)
    for product, expected in oracles["export_market_share"]["world_share_from_world_exports"]["PAK"].items():
        x_ik, _, x_k, _ = totals(world, "PAK", product)
        assert analytics.market_share(x_ik, x_k).value == near(expected, 1e-9)


def test_yearly_growth_equals_the_worked_example(oracles):
    for case in oracles["cagr"]["cases"]:
        made = analytics.yearly_growth(case["v_start"], case["v_end"], case["years"])
        assert made.value == near(case["expected"], 1e-9)


def test_growth_from_nothing_and_over_no_years_says_why():
    assert analytics.yearly_growth(0, 50, 3) == Computed(None, Undefined.START_ZERO)
    assert analytics.yearly_growth(100, 150, 0) == Computed(None, Undefined.NO_YEARS)


def test_concentration_equals_the_worked_example_in_all_forms(oracles):
    for case in oracles["hhi_partner"]["cases"]:
        made = analytics.concentration(case["partner_values"])
        assert (made.hhi.value, made.points.value, made.normalised.value, made.unctad.value, made.partners) == (
            near(case["hhi"], 1e-9),
            near(case["hhi_10000"], 1e-5),
            near(case["hhi_normalized"], 1e-9),
            near(case["unctad_concentration"], 1e-9),
            len(case["partner_values"]),
        )


def test_unit_values_and_gaps_equal_the_worked_example(oracles):
    told = oracles["unit_value_price_gap"]
    sold = {c: Shipment(row["value_usd"], row["net_kg"]) for c, row in told["input"].items()}
    price = {c: analytics.unit_value(s) for c, s in sold.items()}
    pooled = analytics.pooled_unit_value(sold.values())
    expected = told["expected"]
    assert {c: p.value for c, p in price.items()} == {c: near(v, 1e-9) for c, v in expected["unit_value"].items()}
    assert analytics.unit_value_gap(price["PAK"], price["CHN"]).value == near(expected["gap_vs_CHN"], 1e-9)
    assert analytics.unit_value_gap(price["PAK"], price["IND"]).value == near(expected["gap_vs_IND"], 1e-9)
    assert pooled.value == near(expected["uv_all"], 1e-9)
    assert price["PAK"].value / pooled.value == near(expected["relative_uv_PAK"], 1e-9)
    for case in told["edge"]:
        assert analytics.unit_value(Shipment(case["value_usd"], case["net_kg"])).value is None


@pytest.mark.parametrize(
    ("shipment", "reason"),
    [
        (Shipment(100, None), Undefined.NO_WEIGHT),
        (Shipment(100, 0), Undefined.NO_WEIGHT),
        (Shipment(100, 5000, weight_estimated=True), Undefined.WEIGHT_ESTIMATED),
        (Shipment(600, 30), Undefined.TOO_LITTLE_WEIGHT),
    ],
)
def test_unit_value_is_undefined_without_a_trustworthy_weight(shipment, reason):
    assert analytics.unit_value(shipment, minimum_kg=1000) == Computed(None, reason)


def test_a_gap_is_undefined_where_either_side_is():
    fine, none = Computed(2.0), Computed(None, Undefined.NO_WEIGHT)
    assert analytics.unit_value_gap(none, fine) == none
    assert analytics.unit_value_gap(fine, none) == none
    assert analytics.unit_value_gap(fine, Computed(0.0)) == Computed(None, Undefined.NO_VALUE)


def test_pooled_unit_value_of_nothing_weighed_is_undefined():
    assert analytics.pooled_unit_value([Shipment(5, None)]) == Computed(None, Undefined.NO_WEIGHT)


def test_the_gap_over_markets_compares_only_where_both_sell_enough():
    own = {"USA": Shipment(3000, 1000), "DEU": Shipment(1000, 1000), "ARE": Shipment(9, 1), "GBR": Shipment(1, 5000)}
    rival = {
        "USA": Shipment(4000, 2000),
        "DEU": Shipment(1000, 1000, weight_estimated=True),
        "ARE": Shipment(8000, 2000),
        "GBR": Shipment(0, 2000),
    }
    assert analytics.same_market_gap(own, rival, minimum_kg=1000) == Computed(0.5)
    assert analytics.same_market_gap(own, {}, minimum_kg=1000) == Computed(None, Undefined.NO_COMMON_MARKET)


def test_complementarity_equals_the_worked_example(oracles):
    for case in oracles["trade_complementarity"]["cases"]:
        ours, theirs = dict(enumerate(case["export_shares"])), dict(enumerate(case["import_shares"]))
        assert analytics.complementarity(ours, theirs).value == near(case["expected"], 1e-9)
        assert analytics.similarity(ours, theirs).value == near(case["expected"], 1e-9)
    assert analytics.complementarity({}, {1: 1.0}) == Computed(None, Undefined.NO_VALUE)
    assert analytics.similarity({1: 1.0}, {}) == Computed(None, Undefined.NO_VALUE)


def test_similarity_equals_the_worked_example(oracles, world):
    def baskets(country):
        return analytics.shares({p: v for (c, p), v in world.items() if c == country})

    expected = oracles["finger_kreinin"]["expected"]
    assert {pair: analytics.similarity(*map(baskets, pair.split("-"))).value for pair in expected} == {
        pair: near(v, 1e-9) for pair, v in expected.items()
    }


def test_shares_of_nothing_are_empty():
    assert analytics.shares({"a": 0.0}) == {}


@pytest.fixture
def epi(oracles):
    told = oracles["epi_basic"]
    box = told["input"]
    flow = {
        (i, j, k): box["flows_exporter_importer_product"][a][b][c]
        for a, i in enumerate(box["exporters"])
        for b, j in enumerate(box["importers"])
        for c, k in enumerate(box["products"])
    }

    def made(j):
        return analytics.export_potential(
            exports_ik={k: sum(v for (i, _, p), v in flow.items() if (i, p) == ("PAK", k)) for k in box["products"]},
            world_k={k: sum(v for (_, _, p), v in flow.items() if p == k) for k in box["products"]},
            imports_jk={k: sum(v for (_, m, p), v in flow.items() if (m, p) == (j, k)) for k in box["products"]},
            actual_ijk={k: flow["PAK", j, k] for k in box["products"]},
        )

    return told["expected"], flow, made


def test_export_potential_equals_the_worked_example_and_adds_up_to_actual_trade(epi):
    expected, flow, made = epi
    for market, ease in expected["ease_PAK"].items():
        table = made(market)
        assert {k: p.potential_usd.value for k, p in table.items()} == {
            k: near(v, 1e-6) for k, v in expected["epi_PAK"][market].items()
        }
        assert {k: p.unrealised_usd.value for k, p in table.items()} == {
            k: near(v, 1e-6) for k, v in expected["unrealised_PAK"][market].items()
        }
        assert [p.ease.value for p in table.values()] == [near(ease, 1e-6)] * len(table)
        actual = sum(v for (i, j, _), v in flow.items() if (i, j) == ("PAK", market))
        assert math.fsum(p.potential_usd.value for p in table.values()) == pytest.approx(actual)


def test_export_potential_is_undefined_without_world_trade_or_without_any_trade_between():
    no_world = analytics.export_potential(exports_ik={}, world_k={}, imports_jk={"a": 1.0}, actual_ijk={})
    assert no_world["a"].potential_usd == Computed(None, Undefined.PRODUCT_TOTAL_ZERO)
    strangers = analytics.export_potential(
        exports_ik={"a": 1.0}, world_k={"a": 9.0}, imports_jk={"a": 1.0}, actual_ijk={"a": 0.0}
    )
    assert strangers["a"].ease == Computed(None, Undefined.NO_TRADE_BETWEEN)


def test_a_product_that_is_not_sold_there_yet_leaves_its_whole_potential_unused():
    table = analytics.export_potential(
        exports_ik={"balls": 2.0, "gloves": 1.0},
        world_k={"balls": 10.0, "gloves": 10.0},
        imports_jk={"balls": 10.0, "gloves": 10.0},
        actual_ijk={"balls": 3.0},
    )

    assert {product: (found.potential_usd, found.unrealised_usd) for product, found in table.items()} == {
        "balls": (Computed(2.0), Computed(0.0)),
        "gloves": (Computed(1.0), Computed(1.0)),
    }


def test_markets_may_be_named_by_numbers_and_letters_side_by_side():
    own = {276: Shipment(300.0, 100.0), "FRA": Shipment(300.0, 100.0)}
    rival = {276: Shipment(200.0, 100.0), "FRA": Shipment(100.0, 100.0)}

    assert analytics.same_market_gap(own, rival, minimum_kg=1) == Computed(1.25)


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_impossible_trade_values_are_a_fault_of_the_caller(wrong):
    for call in (
        lambda: analytics.rca(wrong, 1, 1, 1),
        lambda: analytics.normalised_rca(wrong, 1, 1, 1),
        lambda: analytics.normalised_rca(1, wrong, 1, 1),
        lambda: analytics.normalised_rca(1, 1, wrong, 1),
        lambda: analytics.normalised_rca(1, 1, 1, wrong),
        lambda: analytics.market_share(1, wrong),
        lambda: analytics.yearly_growth(wrong, 1, 1),
        lambda: analytics.concentration([wrong]),
        lambda: analytics.unit_value(Shipment(1, wrong)),
    ):
        with pytest.raises(ValueError, match="Trade values"):
            call()


def test_a_figure_is_a_finite_value_or_a_reason_and_never_both():
    for value, reason in ((None, None), (1.0, "no_weight"), (math.inf, None)):
        with pytest.raises(ValueError):
            Computed(value, reason)


@given(st.lists(POSITIVE, min_size=2, max_size=30))
def test_concentration_lies_between_equal_parts_and_one(values):
    made = analytics.concentration(values)
    assert 1 / len(values) - 1e-9 <= made.hhi.value <= 1 + 1e-9
    assert -1e-9 <= made.normalised.value <= 1 + 1e-9


@given(st.dictionaries(st.tuples(st.sampled_from("ABC"), st.sampled_from("klm")), POSITIVE, min_size=1))
def test_world_advantages_weighted_by_the_exporters_size_average_to_one(exports):
    table = analytics.rca_table(exports)
    world = sum(exports.values())
    for product in {p for _, p in exports}:
        weighted = sum(
            figure.value * sum(v for (c, _), v in exports.items() if c == country) / world
            for (country, p), figure in table.items()
            if p == product
        )
        assert weighted == pytest.approx(1)


@given(POSITIVE, POSITIVE, st.integers(min_value=1, max_value=30))
def test_growing_at_the_found_rate_leads_from_the_first_to_the_last_value(first, last, years):
    rate = analytics.yearly_growth(first, last, years).value
    assert first * (1 + rate) ** years == pytest.approx(last, rel=1e-6)
