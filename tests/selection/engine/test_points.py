"""The arithmetic of points, against an exact twin and by its promises."""

import itertools
import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selection.engine import points as points_module
from selection.engine.facts import Evidence
from selection.engine.measures import MEASURES, Case
from selection.engine.points import Columns, as_number, columns_of, is_met, rank, score_many, tie_key
from selection.engine.policy import Condition, Criterion, Item, Policy, Provenance
from tests.selection.engine.situations import ON, evidence, facts, nothing_told

pytestmark = pytest.mark.unit

POLICY = Policy.version_of("2026-1")
HERE = Provenance("any", date(2026, 1, 1), "test")


def column_values(item: Item) -> st.SearchStrategy[float]:
    """Values of one item: inside and outside its bounds, on its corners, and missing."""
    if item.kind in ("flag", "table"):
        return st.sampled_from([0.0, 1.0, math.nan] if item.kind == "flag" else [0.0, 0.3, 0.9, 1.0, math.nan])
    corners = [x for x, _ in item.points]
    return st.sampled_from([*corners, math.nan]) | st.floats(min(corners) - 9, max(corners) * 2 + 9)


APPLICANT = st.tuples(*(column_values(item) for item in POLICY.items))


def points_of(*applicants: tuple[float, ...], policy: Policy = POLICY) -> np.ndarray:
    values = np.array(applicants, dtype=np.float64).T
    return score_many(
        Columns(np.ascontiguousarray(values), np.arange(len(applicants), dtype=np.uint64)), policy
    ).by_criterion


def exact_share(item: Item, value: float) -> Fraction:
    """The normaliser in exact fractions, by interpolation between the two neighbours."""
    x = Fraction(value)
    pairs = [(Fraction(a), Fraction(b)) for a, b in item.points]
    if item.kind in ("flag", "table"):
        return x
    if item.kind == "steps":
        return max([share for at, share in pairs if x >= at], default=Fraction(0))
    if x <= pairs[0][0]:
        return pairs[0][1]
    for (low, won), (high, more) in itertools.pairwise(pairs):
        if x <= high:
            return won + (more - won) * (x - low) / (high - low)
    return pairs[-1][1]


def exact_hundredths(criterion: Criterion, values: tuple[float, ...]) -> Fraction:
    full = Fraction(criterion.weight) * 100
    shares = [None if math.isnan(v) else exact_share(i, v) for i, v in zip(criterion.items, values, strict=True)]
    won = sum(item.share * share for item, share in zip(criterion.items, shares, strict=True) if share is not None)
    present = sum(item.share for item, share in zip(criterion.items, shares, strict=True) if share is not None)
    neutral = Fraction(criterion.neutral)
    if criterion.missing == "rest":
        return full * (won / present if present else neutral)
    return full * (won + (100 - present) * neutral) / 100


# ---------------------------------------------------------------------------------------------------------- properties


@given(APPLICANT)
def test_points_are_those_of_exact_arithmetic_to_the_hundredth(applicant):
    got = points_of(applicant)[:, 0]

    first = 0
    for criterion, hundredths in zip(POLICY.criteria, got, strict=True):
        exact = exact_hundredths(criterion, applicant[first : first + len(criterion.items)])
        assert abs(int(hundredths) - exact) <= Fraction(1, 2) + Fraction(1, 10**6)
        first += len(criterion.items)


@given(APPLICANT, st.data())
def test_more_of_a_good_never_lowers_a_score(applicant, data):
    row = data.draw(st.sampled_from(range(len(POLICY.items))))
    item = POLICY.items[row]
    other = data.draw(column_values(item).filter(lambda value: not math.isnan(value)))
    low, high = sorted((other, applicant[row] if not math.isnan(applicant[row]) else other))
    worse, better = (high, low) if item.of.better == "less" else (low, high)

    points = points_of(
        (*applicant[:row], worse, *applicant[row + 1 :]), (*applicant[:row], better, *applicant[row + 1 :])
    )

    assert (points[:, 1] >= points[:, 0]).all()


@given(APPLICANT, st.data())
def test_telling_never_lowers_the_score_of_what_only_the_firm_can_tell(applicant, data):
    told_by_firm = [n for n, item in enumerate(POLICY.items) if not item.of.is_evidence]
    row = data.draw(st.sampled_from(told_by_firm))

    points = points_of((*applicant[:row], math.nan, *applicant[row + 1 :]), applicant)

    assert (points[:, 1] >= points[:, 0]).all()


@given(
    st.lists(st.integers(-(10**15), 10**15).map(lambda n: n * 1e-9), min_size=2, max_size=6, unique=True),
    st.lists(st.floats(0, 1), min_size=6, max_size=6),
    st.floats(-2e6, 2e6),
    st.floats(0, 1e6),
)
def test_any_rising_line_keeps_the_order_of_its_values(values, shares, value, more):
    pairs = list(zip(sorted(values), sorted(shares), strict=False))
    pairs[-1] = (pairs[-1][0], 1.0)
    line = Item("rca", 100, "line", tuple(pairs), (), 0.0, HERE)
    policy = replace(POLICY, criteria=(Criterion("capacity", Decimal(100), "zero", 0.0, (line,), HERE),))

    low, high = points_of((value,), (value + more,), policy=policy)[0]

    assert 0 <= low <= high <= 10_000


@given(
    st.lists(st.tuples(APPLICANT, st.integers(0, 2**64 - 1)), min_size=1, max_size=8, unique_by=lambda a: a[1]),
    st.data(),
)
def test_the_order_of_applicants_never_matters(applicants, data):
    values = np.array([measured for measured, _ in applicants]).T
    ties = np.array([tie for _, tie in applicants], dtype=np.uint64)
    shuffled = data.draw(st.permutations(range(len(applicants))))

    first = rank(score_many(Columns(values, ties), POLICY).total, ties)
    second = rank(score_many(Columns(values[:, shuffled], ties[shuffled]), POLICY).total, ties[shuffled])

    assert first.tolist() == [shuffled[position] for position in second]


def test_one_alone_scores_as_among_a_thousand(monkeypatch):
    monkeypatch.setattr(points_module, "BLOCK", 300)  # so that blocks begin, end and are cut short on the way
    random = np.random.default_rng(7)
    values = random.normal(1, 30, (len(POLICY.items), 1000))
    values[random.random(values.shape) < 0.2] = np.nan
    ties = np.arange(1000, dtype=np.uint64)

    together = score_many(Columns(values, ties), POLICY)
    alone = [score_many(Columns(values[:, [n]], ties[[n]]), POLICY) for n in range(1000)]

    assert together.by_criterion.tolist() == np.hstack([one.by_criterion for one in alone]).tolist()
    assert together.total.tolist() == [int(one.total[0]) for one in alone]
    assert together.total.tolist() == together.by_criterion.sum(axis=0).tolist()


# -------------------------------------------------------------------------------------------------------------- bounds


def test_the_best_of_everything_wins_one_hundred_points_and_the_worst_none():
    best = tuple(max(item.points, key=lambda p: p[1])[0] if item.points else 1.0 for item in POLICY.items)
    worst = tuple(min(item.points, key=lambda p: p[1])[0] - 1e-9 if item.kind == "steps" else min(item.points, key=lambda p: p[1])[0] if item.points else 0.0 for item in POLICY.items)  # fmt: skip

    points = points_of(best, worst)

    assert points[:, 0].tolist() == [int(criterion.weight * 100) for criterion in POLICY.criteria]
    assert points[:, 1].tolist() == [0] * len(POLICY.criteria)


def test_what_nobody_knows_wins_the_neutral_share_and_what_was_not_told_wins_nothing():
    points = points_of(tuple(math.nan for _ in POLICY.items))[:, 0]

    assert dict(zip([c.code for c in POLICY.criteria], points.tolist(), strict=True)) == {
        "sector_priority": 0,
        "export_experience": 0,
        "market_diversification": 0,
        "product_evidence": 700,
        "price_position": 400,
        "platform_demand": 400,
        "capacity": 0,
        "certifications": 0,
        "digital_readiness": 0,
        "payment_readiness": 0,
        "women": 0,
        "province": 0,
    }


@pytest.mark.parametrize(("missing", "hundredths"), [("zero", 2000), ("neutral", 2000 + 1500), ("rest", 5000)])
def test_each_rule_for_missing_figures(missing, hundredths):
    known = Item("rca", 40, "line", ((0.0, 0.0), (2.0, 1.0)), (), 0.0, HERE)
    unknown = Item("market_share", 60, "line", ((0.0, 0.2), (1.0, 1.0)), (), 0.0, HERE)
    neutral = 0.0 if missing == "zero" else 0.25
    criterion = Criterion("product_evidence", Decimal(100), missing, neutral, (known, unknown), HERE)
    policy = replace(POLICY, criteria=(criterion,))

    assert points_of((1.0, math.nan), policy=policy).tolist() == [[hundredths]]


def test_no_applicant_at_all_is_an_empty_round():
    columns = columns_of([], POLICY)

    points = score_many(columns, POLICY)

    assert columns.values.shape == (36, 0)
    assert points.by_criterion.shape == (12, 0)
    assert rank(points.total, columns.ties).tolist() == []


def test_columns_of_another_policy_are_refused():
    with pytest.raises(ValueError, match="The policy has 36 layers, the columns have 2"):
        score_many(Columns(np.zeros((2, 5)), np.zeros(5, dtype=np.uint64)), POLICY)
    with pytest.raises(ValueError, match="one tie key an applicant"):
        score_many(Columns(np.zeros((36, 5)), np.zeros(4, dtype=np.uint64)), POLICY)


# ------------------------------------------------------------------------------------------------------------- ranking


def test_points_come_first_then_ties():
    total = np.array([6000, 7000, 6000, 7000], dtype=np.int16)
    ties = np.array([1, 2**63, 0, 5], dtype=np.uint64)

    assert rank(total, ties).tolist() == [3, 1, 2, 0]


def test_ties_that_differ_only_in_their_last_bits_are_settled():
    total = np.array([6000, 6000, 9000, 6000], dtype=np.int16)
    ties = np.array([2**60 + 3, 2**60 + 1, 2**60 + 1, 2**60 + 2], dtype=np.uint64)

    assert rank(total, ties).tolist() == [2, 1, 3, 0]


def test_an_applicant_twice_in_the_list_is_refused():
    with pytest.raises(ValueError, match="An applicant stands in the list twice"):
        rank(np.array([5, 5], dtype=np.int16), np.array([9, 9], dtype=np.uint64))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 2**64 - 1) | st.integers(0, 3)), unique=True))
def test_the_ranking_is_that_of_a_plain_sort(rows):
    total = np.array([points for points, _ in rows], dtype=np.int16)
    ties = np.array([tie for _, tie in rows], dtype=np.uint64)

    plain = sorted(range(len(rows)), key=lambda n: (-rows[n][0], rows[n][1]))

    assert rank(total, ties).tolist() == plain


def test_women_come_first_among_equals_then_the_smaller_firms_then_the_lot():
    def key(**told):
        return tie_key(Case(facts(**told), evidence(), ON), POLICY)

    small, medium = {"size_class": "small"}, {"size_class": "medium"}
    ordered = [
        {"women_led": True, **small},
        {"women_led": True, **medium},
        {"women_led": None, **small},
        {"women_led": False, **medium},
    ]
    keys = [key(**told) for told in ordered]

    assert keys == sorted(keys)
    assert [k >> 56 for k in keys] == [0, 1, 2, 3]
    assert max(keys) < 2**64
    assert key(sme="other1234567") != key()
    assert key(sme="other1234567", women_led=False) > key()


# ------------------------------------------------------------------------------------------------ conditions, columns


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (Condition("women_led", "is", value=True), True),
        (Condition("website", "is", value=False), True),
        (Condition("website", "is", value=True), False),
        (Condition("english_staff", "is", value=False), False),
        (Condition("sector", "in", ("rice", "sports_goods")), True),
        (Condition("sector", "in", ("rice",)), False),
        (Condition("employees", "at_least", 10.0), True),
        (Condition("employees", "at_least", 10.5), False),
        (Condition("employees", "at_most", 10.0), True),
        (Condition("employees", "at_most", 9.5), False),
    ],
)
def test_a_condition_is_met_or_not(condition, met):
    assert is_met(condition, Case(facts(), evidence(), ON)) is met


def test_columns_hold_the_measures_of_each_applicant():
    columns = columns_of([Case(facts(), evidence(), ON), Case(nothing_told(), Evidence(), ON)], POLICY)
    rows = {item.measure: columns.values[n, 0] for n, item in enumerate(POLICY.items)}

    assert (rows["sector"], rows["export_value_usd"], rows["product_photos"], rows["website"]) == (
        0.9,
        46_800.0,
        1.0,
        0.0,
    )
    assert math.isnan(rows["english_staff"])
    assert np.isnan(columns.values[:, 1]).all()


def test_a_code_that_the_table_does_not_name_wins_what_is_left_for_others():
    sector = POLICY.criteria[0].items[0]

    assert as_number(sector, "tea") == 0.3
    assert as_number(sector, "carpets") == 1.0


def test_every_measure_with_a_direction_is_one_that_the_property_above_tries():
    directed = {item.measure for item in POLICY.items if item.of.better}

    assert directed == {item.measure for item in POLICY.items if MEASURES[item.measure].kind != "text"}
