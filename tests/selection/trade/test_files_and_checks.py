"""BACI files, the checks before figures are used, the simulated platform, and the tables that come with the portal."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest

from selection.trade import areas
from selection.trade.arithmetic.checks import Inspector, Refusal, Summary
from selection.trade.flows import Flow, RefusedRow
from selection.trade.sources import baci, simulated
from selection.trade.sources.queries import priority_headings

pytestmark = pytest.mark.unit

HEAD = "t,i,j,k,v,q"


def test_baci_rows_become_dollars_kilograms_and_text_codes():
    lines = [HEAD, "2022,586,842,030617,1.5,2.25", "2022,586,842,30617,2,NA", "2022,004,842,570110,3,0", ""]
    assert list(baci.read_baci(lines, edition="H5")) == [
        Flow(2022, "586", "842", "X", "030617", 1500.0, 2250.0, edition="H5"),
        Flow(2022, "586", "842", "X", "030617", 2000.0, None, edition="H5"),
        Flow(2022, "4", "842", "X", "570110", 3000.0, None, edition="H5"),
    ]


def test_baci_columns_may_stand_in_another_order():
    assert next(iter(baci.read_baci(["\ufeffk,v,q,t,i,j", "950662,1,1,2022,586,842"]))).hs == "950662"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("22,586,842,950662,1,1", "t", "not_a_year"),
        ("2022,PAK,842,950662,1,1", "i", "not_a_code"),
        ("2022,586,,950662,1,1", "j", "not_a_code"),
        ("2022,0,842,950662,1,1", "i", "not_a_code"),
        ("2022,586,842,XX,1,1", "k", "not_hs6"),
        ("2022,586,842,9506620,1,1", "k", "not_hs6"),
        ("2022,586,842,9506,1,1", "k", "not_hs6"),
        ("2022,586,842,95,1,1", "k", "not_hs6"),
        ("2022,586,842,950662,NaN,1", "v", "not_a_number"),
        ("2022,586,842,950662,-1,1", "v", "not_a_number"),
        ("2022,586,842,950662,1e999,1", "v", "not_a_number"),
        ("2022,586,842,950662,1e306,1", "v", "not_a_number"),
        ("2022,586,842,950662,1_0,1", "v", "not_a_number"),
        ("2022,586,842,950662,1,many", "q", "not_a_number"),
    ],
)
def test_a_bad_baci_row_is_refused_with_line_and_column(row, column, code):
    assert list(baci.read_baci([HEAD, row])) == [RefusedRow(2, column, code)]


def test_a_baci_row_with_too_few_cells_is_refused_and_a_file_without_a_column_is_not_read():
    assert list(baci.read_baci([HEAD, "2022,586"])) == [RefusedRow(2, "", "cells_differ", {"told": 6, "came": 2})]
    for lines in (["t,i,j,k,v"], []):
        with pytest.raises(baci.BadFile, match="columns_missing"):
            list(baci.read_baci(lines))


def test_a_lone_quotation_mark_spoils_its_own_row_only_and_quoted_cells_are_read():
    lines = [
        '"t","i","j","k","v","q"',
        '2022,586,842,"950662,10,2',
        '2022,586,276,"950662",30,5',
        "2022,586,826,950662,1,1",
    ]
    told = list(baci.read_baci([*lines, "9" * 200_000]))
    assert [getattr(row, "partner", row) for row in told] == [
        RefusedRow(2, "k", "not_hs6"),
        "276",
        "826",
        RefusedRow(5, "", "cells_differ", {"told": 6, "came": 1}),
    ]


def test_a_baci_file_that_names_a_column_twice_is_not_read():
    with pytest.raises(baci.BadFile) as told:
        list(baci.read_baci(["t,i,j,k,v,q,v", "2022,586,842,950662,10,2,99"]))
    assert (told.value.code, told.value.data) == ("columns_twice", {"column": "v"})


@pytest.mark.parametrize("seller", ["586", "156", "699"])
def test_a_row_that_stands_twice_in_a_file_is_never_added_to_itself(seller):
    row = Flow(2022, seller, "842", "X", "950662", 10.0, 5.0)
    with pytest.raises(baci.BadFile) as told:
        baci.condense([row, replace(row, value_usd=7.0), replace(row, partner="276"), row], wanted=lambda heading: True)
    assert (told.value.code, told.value.data) == ("twice", {"count": 2})


def test_a_heading_is_the_sum_of_all_its_products_also_of_those_in_no_sector():
    def sold(seller, greaves, fishmeal):
        return [
            Flow(2022, seller, "842", "X", "230110", greaves),
            Flow(2022, seller, "842", "X", "230120", fishmeal),
        ]

    kept = baci.condense([*sold("586", 1.0, 90.0), *sold("156", 900.0, 30.0)], wanted=lambda heading: heading == "2301")
    assert {(f.reporter, f.hs): f.value_usd for f in kept if f.partner == "0" and f.hs != "TOTAL"} == {
        ("586", "2301"): 91.0,
        ("586", "230110"): 1.0,
        ("586", "230120"): 90.0,
        ("156", "2301"): 930.0,
        ("156", "230110"): 900.0,
        ("156", "230120"): 30.0,
        ("0", "2301"): 1021.0,
        ("0", "230110"): 901.0,
        ("0", "230120"): 120.0,
    }


@pytest.mark.parametrize(
    ("names", "told", "edition"),
    [
        (["BACI_HS17_Y2022_V202401b.csv", "BACI_HS17_Y2021_V202401b.csv.gz"], "", "H5"),
        (["BACI_HS92_Y2022_V202401b.csv"], "H0", "H0"),
        (["my.csv", "BACI_HS22_Y2022_V202401b.csv"], "H6", "H6"),
    ],
)
def test_the_edition_of_baci_files_is_in_their_names(names, told, edition):
    assert baci.edition_of(names, told) == edition


@pytest.mark.parametrize(
    ("names", "told", "code"),
    [
        (["my.csv"], "", "edition_unknown"),
        (["my.csv"], "banana", "edition_unknown"),
        (["BACI_HS18_Y2022_V202401b.csv"], "H5", "edition_unknown"),
        (["BACI_HS17_Y2022_V202401b.csv", "BACI_HS92_Y2021_V202401b.csv"], "", "editions_mixed"),
        (["BACI_HS17_Y2022_V202401b.csv"], "H6", "editions_mixed"),
    ],
)
def test_files_of_no_known_edition_or_of_several_are_not_read(names, told, code):
    with pytest.raises(baci.BadFile, match=code):
        baci.edition_of(names, told)


def test_condensing_keeps_totals_headings_and_rivals_only_where_pakistan_sells():
    rows = [
        Flow(2022, "586", "842", "X", "950662", 10.0, 5.0),
        Flow(2022, "586", "276", "X", "950661", 6.0, None),
        Flow(2022, "156", "842", "X", "950662", 30.0, 20.0),
        Flow(2022, "156", "392", "X", "950662", 70.0, 50.0),
        Flow(2022, "704", "842", "X", "950662", 4.0, 1.0),
        Flow(2022, "586", "842", "X", "270900", 50.0, 9.0),
    ]
    kept = {
        (f.reporter, f.partner, f.hs): (f.value_usd, f.net_weight_kg)
        for f in baci.condense(rows, wanted=lambda heading: heading == "9506")
    }
    assert kept == {
        ("0", "0", "TOTAL"): (170.0, None),
        ("586", "0", "TOTAL"): (66.0, None),
        ("156", "0", "TOTAL"): (100.0, None),
        ("0", "0", "950662"): (114.0, 76.0),
        ("0", "0", "950661"): (6.0, None),
        ("0", "0", "9506"): (120.0, None),
        ("586", "0", "950662"): (10.0, 5.0),
        ("586", "0", "950661"): (6.0, None),
        ("586", "0", "9506"): (16.0, None),
        ("156", "0", "950662"): (100.0, 70.0),
        ("156", "0", "9506"): (100.0, None),
        ("586", "842", "950662"): (10.0, 5.0),
        ("586", "276", "950661"): (6.0, None),
        ("586", "842", "9506"): (10.0, None),
        ("586", "276", "9506"): (6.0, None),
        ("156", "842", "950662"): (30.0, 20.0),
    }


def test_a_heading_is_summed_whole_though_only_one_of_its_codes_is_in_a_sector():
    rows = [Flow(2022, "586", "842", "X", "230110", 1.0), Flow(2022, "586", "842", "X", "230120", 90.0)]
    wanted = frozenset(priority_headings()).__contains__
    kept = {f.hs: f.value_usd for f in baci.condense(rows, wanted=wanted) if (f.reporter, f.partner) == ("586", "0")}
    assert kept == {"TOTAL": 91.0, "230110": 1.0, "230120": 90.0, "2301": 91.0}


def inspected(*flows, source="comtrade"):
    inspector = Inspector()
    for flow in flows:
        inspector.see(source, flow)
    return inspector


def exports(value=100.0, *, year=2023, partners=(("842", 60.0), ("276", 40.0)), hs="9506"):
    return [Flow(year, "586", "0", "X", hs, value), *(Flow(year, "586", p, "X", hs, v) for p, v in partners)]


def codes(inspector, before=None, *, read=100, refused=0):
    return [refusal.code for refusal in inspector.refusals(before, read=read, refused=refused)]


def test_sound_figures_pass_and_are_summed_up():
    inspector = inspected(
        *exports(), Flow(2023, "586", "0", "X", "TOTAL", 500.0), Flow(2023, "156", "0", "X", "9506", 9.0)
    )
    assert codes(inspector) == []
    assert inspector.summary().as_json() == {
        "cells": 5,
        "headings": 1,
        "last_year": 2023,
        "exports": {"comtrade:2023": 100.0},
        "counted": {
            "world": {"comtrade:2023": 109.0},
            "total": {"comtrade:2023": 500.0},
            "reporters": {"comtrade:2023": 2},
            "partners": {"comtrade:2023": 2.0},
            "prices": {},
        },
    }


def test_nothing_about_pakistan_is_nothing():
    assert codes(inspected(Flow(2023, "156", "0", "X", "9506", 9.0))) == ["nothing_came"]


def test_partners_that_do_not_add_up_to_the_world_within_one_per_cent_are_refused():
    inspector = inspected(*exports(partners=(("842", 60.0), ("276", 80.0))))
    assert inspector.refusals(None, read=9, refused=0) == [Refusal("partners_differ", {"year": 2023, "percent": 140.0})]
    assert codes(inspected(*exports(partners=(("842", 99.5),)))) == []
    assert codes(inspected(*exports(0.0, partners=(("842", 0.0),)))) == []
    assert codes(inspected(*exports(), Flow(2023, "586", "842", "X", "5701", 60.0))) == []


def test_a_cell_that_comes_twice_is_not_stored_and_refuses_the_whole():
    inspector = inspected(*exports())
    assert inspector.see("comtrade", exports()[0]) is False
    assert inspector.see("baci", exports()[0]) is True
    assert codes(inspector) == ["twice"]


def test_many_unusable_rows_refuse_the_whole():
    assert (codes(inspected(*exports()), read=100, refused=2), codes(inspected(*exports()), read=100, refused=1)) == (
        ["too_many_refused"],
        [],
    )


@pytest.mark.parametrize(
    ("before", "found"),
    [
        (Summary(3, 1, 2023, {"comtrade:2023": 100.0}), []),
        (Summary(3, 1, 2023, {"baci:2023": 9.0}), []),
        (Summary(3, 2, 2023, {}), ["fewer_headings"]),
        (Summary(3, 1, 2024, {}), ["older"]),
        (Summary(3, 1, 2023, {"comtrade:2023": 200.0}), ["value_jumped"]),
        (Summary(3, 1, 2023, {"comtrade:2023": 50.0}), ["value_jumped"]),
    ],
)
def test_figures_that_shrank_aged_or_jumped_do_not_replace_those_in_use(before, found):
    assert codes(inspected(*exports()), before) == found


SMALLER = tuple((str(code), 46.0) for code in (36, 40, 56, 76, 124, 152, 203, 208, 246, 276, 300, 348, 372, 376, 380))


def pulled(
    years=range(2016, 2024), *, recent=(2021, 2022, 2023), others=(("156", 60.0), *SMALLER), own=100.0, prices=True
):
    """World exports of eight years; Pakistan's buyers and, in a main market, prices of the last three."""
    inspector = Inspector()
    for year, hs in itertools.product(years, ("9506", "TOTAL")):
        for code, value in (("586", own), *others):
            inspector.see("comtrade", Flow(year, code, "0", "X", hs, value))
    for year in recent:
        inspector.see("comtrade", Flow(year, "586", "842", "X", "9506", own))
        if prices:
            inspector.see("comtrade", Flow(year, "842", "586", "M", "950662", 9.0, 5000.0))
    return inspector


@pytest.mark.parametrize(
    ("inspector", "found"),
    [
        (pulled(), set()),
        (pulled(range(2017, 2025), recent=(2022, 2023, 2024)), set()),
        (pulled(range(2017, 2024), recent=(2022, 2023)), set()),
        (pulled(range(2018, 2024)), {"years_lost"}),
        (pulled([2023], recent=[2023]), {"years_lost"}),
        (pulled(others=SMALLER), {"world_fell", "total_fell"}),
        (pulled(others=()), {"world_fell", "total_fell", "reporters_fell"}),
        (pulled(recent=()), {"partners_fell", "prices_fell"}),
        (pulled(recent=(2021, 2022)), {"partners_fell", "prices_fell"}),
        (pulled(prices=False), {"prices_fell"}),
    ],
)
def test_a_feed_with_less_than_the_same_source_had_is_refused_but_its_oldest_year_may_leave(inspector, found):
    assert set(codes(inspector, pulled().summary())) == found


def test_a_refusal_says_which_year_fell_to_what():
    only_2021_lacks_the_large_one = pulled(others=SMALLER)
    for year, hs in itertools.product((*range(2016, 2021), 2022, 2023), ("9506", "TOTAL")):
        only_2021_lacks_the_large_one.see("comtrade", Flow(year, "156", "0", "X", hs, 60.0))
    assert only_2021_lacks_the_large_one.refusals(pulled().summary(), read=9, refused=0) == [
        Refusal("world_fell", {"year": "2021", "percent": 93}),
        Refusal("total_fell", {"year": "2021", "percent": 93}),
    ]
    without = pulled([*range(2016, 2022), 2023], recent=(2021, 2023))
    for code, hs in itertools.product(("156", "276"), ("9506", "TOTAL")):
        without.see("comtrade", Flow(2022, code, "0", "X", hs, 500.0))
    told = {refusal.code: refusal.data for refusal in without.refusals(pulled().summary(), read=9, refused=0)}
    assert told["value_jumped"] == {"year": "2022", "percent": 0}


def test_another_source_is_not_measured_by_the_years_of_the_one_in_use():
    assert codes(inspected(*exports(), source="baci"), pulled().summary()) == []


def test_the_simulated_platform_is_the_same_for_the_same_seed_and_ends_before_this_month():
    rows = list(simulated.simulate([("950662", "sports_goods"), ("020130", None)], until=date(2026, 11, 23), months=3))
    again = list(simulated.simulate([("950662", "sports_goods")], until=date(2026, 11, 1), months=3))
    assert rows[: len(again)] == again
    longer = list(simulated.simulate([("950662", "sports_goods")], until=date(2026, 12, 1), months=12))
    assert set(again) <= set(longer)
    assert sorted({row.month for row in rows}) == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    assert len(rows) == 2 * 3 * 3
    assert all(row.price_low_usd < row.price_high_usd and row.active_suppliers >= 1 for row in rows)
    assert again != list(simulated.simulate([("950662", "sports_goods")], until=date(2026, 11, 1), months=3, seed=1))


def test_areas_have_comtrades_own_codes():
    known = areas.code_by_iso3()
    assert {iso: known[iso] for iso in ("PAK", "CHN", "IND", "USA", "FRA", "TWN", "CHE", "NOR", "W00")} == {
        "PAK": "586", "CHN": "156", "IND": "699", "USA": "842", "FRA": "251", "TWN": "490", "CHE": "757", "NOR": "579", "W00": "0",
    }  # fmt: skip
    assert [code for code in ("586", "490", "0", "899", "97", "12345") if areas.is_country(code)] == ["586", "490"]
