"""BACI files, the checks before figures are used, the simulated platform, and the tables that come with the portal."""

from __future__ import annotations

import csv
import itertools
from dataclasses import replace
from datetime import date

import pytest

from selection.trade import areas, expected
from selection.trade.arithmetic.checks import Inspector, Refusal, too_few_indicators
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


@pytest.mark.parametrize("seller", ["586", "156", "699", "704"])
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

    kept = baci.condense(
        [*sold("586", 1.0, 90.0), *sold("156", 900.0, 30.0)], wanted=lambda heading: heading == "2301"
    ).flows
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
        for f in baci.condense(rows, wanted=lambda heading: heading == "9506").flows
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
    kept = {
        f.hs: f.value_usd for f in baci.condense(rows, wanted=wanted).flows if (f.reporter, f.partner) == ("586", "0")
    }
    assert kept == {"TOTAL": 91.0, "230110": 1.0, "230120": 90.0, "2301": 91.0}


def inspected(*flows, source="comtrade"):
    inspector = Inspector()
    for flow in flows:
        inspector.see(source, flow)
    return inspector


def exports(value=100.0, *, year=2023, partners=(("842", 60.0), ("276", 40.0)), hs="9506"):
    return [Flow(year, "586", "0", "X", hs, value), *(Flow(year, "586", p, "X", hs, v) for p, v in partners)]


def found(inspector, before=None, *, read=100, refused=0, **known):
    return [
        (refusal.code, refusal.data.get("what", ""), refusal.holds)
        for refusal in inspector.refusals(before or {}, read=read, refused=refused, **known)
    ]


def test_sound_figures_pass_and_are_summed_up():
    inspector = inspected(
        *exports(),
        Flow(2023, "586", "0", "X", "TOTAL", 500.0),
        Flow(2023, "156", "0", "X", "9506", 9.0, edition="H6"),
        Flow(2023, "842", "586", "M", "950662", 60.0, 20.0),
        Flow(2023, "842", "156", "M", "950662", 40.0, 20.0),
        Flow(2023, "842", "699", "M", "950662", 40.0, 5.0, weight_estimated=True),
        Flow(2023, "276", "699", "M", "950662", 40.0),
    )
    assert found(inspector) == []
    assert inspector.measures() == {
        "comtrade:2023": {
            "exports": 100.0,
            "exports_total": 500.0,
            "world": 109.0,
            "world_total": 500.0,
            "reporters": 2,
            "buyers": 2,
            "headings": 1,
            "by_heading": {"9506": 109.0},
            "edition": "H6",
            "partners": 2,
            "prices": 4,
            "weighed": 2,
            "weighed_share": 0.5,
            "unit_value": 3.0,
            "unit_value_rivals": 2.0,
        }
    }


def test_a_sources_own_world_is_not_added_to_the_countries_in_it():
    rows = [Flow(2022, who, "0", "X", hs, 9.0) for who in ("0", "586") for hs in ("9506", "TOTAL")]
    inspector = inspected(*rows, source="baci")
    inspector.note_exporters("baci", 2022, {"586", "156"})
    measures = inspector.measures()["baci:2022"]
    assert [measures[name] for name in ("world", "world_total", "reporters")] == [9.0, 9.0, 2]


def test_nothing_at_all_and_nothing_about_pakistan_are_told_apart():
    assert found(inspected()) == [("nothing_came", "", False)]
    others = inspected(Flow(2023, "156", "0", "X", "9506", 9.0))
    assert others.refusals({}, read=301_172, refused=0) == [
        Refusal("nothing_of_pakistan", {"rows": 301_172}, holds=False)
    ]


def test_partners_that_do_not_add_up_to_the_world_within_one_per_cent_are_held():
    inspector = inspected(*exports(partners=(("842", 60.0), ("276", 80.0))))
    assert inspector.refusals({}, read=9, refused=0) == [Refusal("partners_differ", {"year": 2023, "percent": 140.0})]
    assert found(inspected(*exports(partners=(("842", 99.5),)))) == []
    assert found(inspected(*exports(0.0, partners=(("842", 0.0),)))) == []
    assert found(inspected(*exports(), Flow(2023, "586", "842", "X", "5701", 60.0))) == []


def test_a_cell_that_comes_twice_is_not_stored_and_refuses_the_whole():
    inspector = inspected(*exports())
    assert inspector.see("comtrade", exports()[0]) is False
    assert inspector.see("baci", exports()[0]) is True
    assert found(inspector) == [("twice", "", False)]


def test_many_unusable_rows_refuse_the_whole():
    assert found(inspected(*exports()), read=100, refused=2) == [("too_many_refused", "", False)]
    assert found(inspected(*exports()), read=100, refused=1) == []


SMALLER = tuple((str(code), 46.0) for code in (36, 40, 56, 76, 124, 152, 203, 208, 246, 276, 300, 348, 372, 376, 380))


def pulled(years=range(2016, 2024), *, others=(("156", 60.0), *SMALLER), own=100.0, buyers=5, prices=5, kg=5000.0):
    """World exports of eight years; Pakistan's buyers and, in main markets, prices of the last three."""
    inspector = Inspector()
    for year, hs in itertools.product(years, ("9506", "TOTAL")):
        for code, value in (("586", own), *others):
            inspector.see("comtrade", Flow(year, code, "0", "X", hs, value))
    for year in list(years)[-3:]:
        for number in range(buyers):
            inspector.see("comtrade", Flow(year, "586", str(800 + number), "X", "9506", own / buyers))
        for number in range(prices):
            inspector.see("comtrade", Flow(year, str(800 + number), "586", "M", "950662", 9000.0, kg))
    return inspector


@pytest.mark.parametrize(
    ("inspector", "reasons"),
    [
        (pulled(), set()),
        (pulled([2024]), set()),
        (pulled([2023]), set()),
        (pulled(others=SMALLER), {"world", "world_total"}),
        (pulled(others=()), {"world", "world_total", "reporters"}),
        (pulled(others=(("156", 360.0), *SMALLER)), {"world", "world_total"}),
        (pulled(own=60.0, others=(("156", 100.0), *SMALLER)), {"exports", "exports_total"}),
        (pulled(own=160.0, others=SMALLER), {"exports", "exports_total"}),
        (pulled(buyers=0), {"buyers", "partners"}),
        (pulled(buyers=3), {"buyers", "partners"}),
        (pulled(prices=0), {"prices", "weighed", "unit_value"}),
        (pulled(prices=3), {"prices", "weighed"}),
        (pulled(kg=None), {"weighed", "unit_value"}),
        (pulled(kg=0.0), {"weighed", "unit_value"}),
        (pulled(kg=5_000_000.0), {"unit_value"}),
        (pulled(kg=5.0), {"unit_value"}),
    ],
)
def test_a_feed_that_differs_from_what_the_same_source_has_of_the_same_year_is_held(inspector, reasons):
    told = found(inspector, pulled().measures())
    assert {what for _code, what, _holds in told} == reasons
    assert all((code, holds) == ("changed", True) for code, _what, holds in told)


def test_a_heading_in_which_one_rival_grew_twentyfold_is_held():
    def world(rival):
        headings = {"9506": 4e8 + rival, "5701": 9e10}
        return inspected(*exports(), *(Flow(2023, "156", "0", "X", hs, value) for hs, value in headings.items()))

    assert world(20 * 1e8).refusals(world(1e8).measures(), read=9, refused=0) == [
        Refusal("heading_jumped", {"hs": "9506", "year": 2023, "percent": 480})
    ]
    assert world(1e8).refusals(world(1e8).measures(), read=9, refused=0) == []


def test_a_heading_that_grows_fivefold_from_one_year_to_the_next_is_held_also_on_a_first_load():
    def world(rival):
        return inspected(
            *exports(), Flow(2022, "156", "0", "X", "9506", 1e8), Flow(2023, "156", "0", "X", "9506", rival)
        )

    assert found(world(20e8)) == [("heading_jumped", "", True)]
    assert found(world(4e8)) == []


def test_a_refusal_says_which_year_fell_to_what():
    only_2021_lacks_the_large_one = pulled(others=SMALLER)
    for year, hs in itertools.product((*range(2016, 2021), 2022, 2023), ("9506", "TOTAL")):
        only_2021_lacks_the_large_one.see("comtrade", Flow(year, "156", "0", "X", hs, 60.0))
    assert only_2021_lacks_the_large_one.refusals(pulled().measures(), read=9, refused=0) == [
        Refusal("changed", {"what": what, "year": 2021, "percent": 93}) for what in ("world", "world_total")
    ]


def test_a_year_that_was_asked_for_and_did_not_come_is_missed():
    asked = [f"comtrade:{year}" for year in range(2016, 2025)]
    told = pulled(range(2018, 2024)).refusals(pulled().measures(), read=9, refused=0, asked=asked)
    assert told == [Refusal("years_lost", {"years": "2016, 2017"})]


def test_another_source_is_not_measured_by_the_years_of_the_one_in_use():
    assert found(inspected(*exports(), source="baci"), pulled().measures()) == []


def test_indicators_may_not_become_few():
    assert too_few_indicators(89, 100) == Refusal("indicators_fell", {"now": 89, "before": 100})
    assert (too_few_indicators(90, 100), too_few_indicators(5, 0)) == (None, None)


# A year of the world as large as the real one, of which a first load may lack much.
COUNTRIES = tuple(code for code, area in areas.areas().items() if area.kind == "country" and area.reports)[:190]
KNOWN = {"bounds": expected.bounds(), "large": expected.large_exporters()}
LARGE = {each.code: each.share for each in KNOWN["large"] if not each.hs}
HEADINGS = priority_headings()[:200]


def first_load(*, scale=1.0, without=(), exporters=None, buyers=150, headings=HEADINGS, kg=2e3):
    """Measures of one year as BACI tells it: 20 trillion dollars, of which Pakistan has 25 billion."""
    inspector = Inspector()
    told = [code for code in (exporters or {*COUNTRIES, *LARGE, "586"}) if code not in without]
    world = 20e12 * (1 - sum(share for code, share in LARGE.items() if code not in told))
    rows = [Flow(2022, "0", "0", "X", "TOTAL", world * scale), Flow(2022, "586", "0", "X", "TOTAL", 25e9 * scale)]
    for hs in headings:
        rows += [Flow(2022, "0", "0", "X", hs, 1e9 * scale), Flow(2022, "586", "0", "X", hs, 1e8 * scale)]
    rows += [Flow(2022, "586", str(1000 + n), "X", headings[0], 1e8 * scale / buyers) for n in range(buyers)]
    for number in range(buyers):
        row = Flow(2022, "586", str(1000 + number), "X", "950662", 8e3 * scale, kg)
        rows += [row, replace(row, reporter="156")]
    for row in rows:
        inspector.see("baci", row)
    inspector.note_exporters("baci", 2022, told)
    return inspector


def known(inspector):
    return found(inspector, **KNOWN)


@pytest.mark.parametrize(
    ("inspector", "reasons"),
    [
        (first_load(), set()),
        (
            first_load(without=sorted(LARGE)[:12], exporters={*COUNTRIES[:110], *LARGE, "586"}),
            {"world_total", "reporters", "missing"},
        ),
        (
            first_load(scale=1_000),
            {"world_total", "exports_total", "unit_value", "unit_value_rivals"},
        ),
        (
            first_load(scale=0.001),
            {"world_total", "exports_total", "unit_value", "unit_value_rivals"},
        ),
        (first_load(without=("156",)), {"missing"}),
        (first_load(exporters=("586", "156", "699")), {"world_total", "reporters", "missing"}),
        (first_load(buyers=60), {"buyers"}),
        (first_load(headings=HEADINGS[:90]), {"headings"}),
        (first_load(kg=None), {"weighed_share"}),
        (first_load(kg=2e6), {"unit_value", "unit_value_rivals"}),
    ],
    ids=["whole", "cut", "dollars", "millions", "no China", "three", "buyers", "headings", "no weights", "grams"],
)
def test_a_first_load_is_held_where_it_cannot_be_the_whole_truth(inspector, reasons):
    told = known(inspector)
    assert {what or code.removeprefix("exporters_") for code, what, _holds in told} == reasons
    assert all(holds for _code, _what, holds in told)


def test_a_large_exporter_that_is_missing_is_named():
    told = first_load(without=("156", "704")).refusals({}, read=9, refused=0, **KNOWN)
    assert told == [Refusal("exporters_missing", {"countries": "China, Viet Nam"})]


def test_the_last_years_need_not_be_all_in():
    inspector = first_load()
    for row in (Flow(2023, "586", "0", "X", "TOTAL", 5e9), Flow(2023, "0", "0", "X", "TOTAL", 1e12)):
        inspector.see("baci", row)
    assert known(inspector) == []
    inspector.see("baci", Flow(2021, "586", "0", "X", "TOTAL", 9e10))
    assert known(inspector) == [("beyond_bounds", "exports_total", True)]


def test_each_line_of_what_is_known_names_a_measure_an_area_and_where_it_is_from():
    measures = first_load().measures()["baci:2022"]
    assert {bound.measure for bound in KNOWN["bounds"]} <= measures.keys()
    assert {each.code for each in KNOWN["large"]} <= areas.areas().keys()
    for name in ("bounds", "exporters"):
        with (expected.REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
            assert all(row["basis"] and date.fromisoformat(row["entered"]) for row in csv.DictReader(lines))


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
