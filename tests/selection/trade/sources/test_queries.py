"""What is asked of UN Comtrade: with a key all years in a handful of calls, without one what fits into the calls of a run."""

from __future__ import annotations

from collections import Counter

import pytest

from selection.trade.flows import ALL_GOODS
from selection.trade.sources import queries
from selection.trade.sources.comtrade import Comtrade
from tests.selection.trade.stub_comtrade import StubComtrade, envelope

pytestmark = pytest.mark.unit

REPORTERS = [str(code) for code in range(4, 174)]  # as many as report in a good year
BUYERS = {"6": 120}  # partner countries of Pakistan's apparel and towels; of other headings:
USUAL_BUYERS = 60


class BusyComtrade(StubComtrade):
    """A service with as many rows as the real one: every reporter sells everything, every market buys from all three."""

    def answer(self, query):
        rows = [
            {
                "reporterCode": reporter,
                "partnerCode": partner,
                "period": period,
                "cmdCode": code,
                "flowCode": query["flowCode"],
                "primaryValue": 1.0,
            }
            for code in query["cmdCode"].split(",")
            for period in query["period"].split(",")
            for reporter in (query["reporterCode"].split(",") if "reporterCode" in query else REPORTERS)
            for partner in (query["partnerCode"].split(",") if "partnerCode" in query else range(BUYERS.get(code[0], USUAL_BUYERS)))
        ]  # fmt: skip
        return envelope(rows[:500])


@pytest.fixture(scope="module")
def pulled():
    """Calls by step and cells by step of a pull without a key; of the two years of world exports only the last, to save time."""
    calls, cells = Counter(), Counter()
    with BusyComtrade() as stub:
        source = Comtrade(base_url=stub.url, sleep=lambda seconds: None)
        for step, query in queries.few_questions([2024]):
            before = source.calls
            cells[step] = len({flow.cell for answer in source.fetch(query) for flow in answer.flows})
            calls[step] = source.calls - before
    return calls, cells


def test_without_a_key_a_pull_fits_into_the_calls_of_a_run_and_leaves_room_for_tries(pulled):
    calls, _cells = pulled
    assert calls == {
        "world exports 2024": 134,
        "Pakistan's partners": 67,
        "prices in the main markets": 60,
    }
    both_years = calls.total() + calls["world exports 2024"]
    assert both_years <= 0.9 * Comtrade("").max_calls


def test_without_a_key_every_cell_that_was_asked_for_comes(pulled):
    _calls, cells = pulled
    codes = (*queries.priority_headings(), ALL_GOODS)
    assert cells == {
        "world exports 2024": len(codes) * len(REPORTERS),
        "Pakistan's partners": sum(BUYERS.get(code[0], USUAL_BUYERS) for code in codes),
        "prices in the main markets": len(queries.products()) * len(queries.FEW_MARKETS) * 3,
    }


@pytest.mark.parametrize(
    ("years", "asked"),
    [
        (range(2017, 2025), (2019, 2024)),
        ([2024, 2021], (2021, 2024)),
        ([2015, 2022, 2024], (2015, 2024)),
        ([2023, 2024], (2024,)),
        ([2023], (2023,)),
    ],
)
def test_two_years_make_a_growth_where_they_lie_apart(years, asked):
    assert queries.two_years(years) == asked
