"""Indicators from flows and from platform demand: which year, which world, and why something is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from selection.trade.arithmetic import indicators
from selection.trade.arithmetic.analytics import Computed
from selection.trade.arithmetic.indicators import Demand, Missing, Name, Note, Unit
from selection.trade.expected import LargeExporter
from selection.trade.flows import Flow

pytestmark = pytest.mark.unit

SECTORS = {"9506": "sports_goods", "5701": "carpets", "5702": "carpets", "950662": "sports_goods"}


def flow(year, reporter, partner, hs, *amounts, way="X", estimated=False):
    """amounts: value in million dollars and, where there is one, weight in kilograms."""
    value, kg = (*amounts, None)[:2]
    return Flow(year, reporter, partner, way, hs, value * 1e6, kg, estimated)


def computed(*flows):
    return {
        (r.hs, r.sector, r.name): (r.figure.value if r.figure.value is not None else r.figure.reason, r.period)
        for r in indicators.from_flows(flows, sector_of=SECTORS.get)
    }


def reported(year, value=10, total=100, others=(("156", 30, 900), ("699", 20, 600))):
    """One year in which Pakistan and two others report heading 9506 and their totals."""
    rows = [flow(year, "586", "0", "9506", value), flow(year, "586", "0", "TOTAL", total)]
    for code, product, everything in others:
        rows += [flow(year, code, "0", "9506", product), flow(year, code, "0", "TOTAL", everything)]
    return rows


def test_rca_and_share_use_the_latest_year_with_the_sum_of_reporting_countries_as_the_world():
    told = computed(*reported(2022, value=1), *reported(2023))
    assert told["9506", "sports_goods", Name.RCA] == (pytest.approx((10 / 100) / (60 / 1600)), "2023")
    assert told["9506", "sports_goods", Name.MARKET_SHARE] == (pytest.approx(10 / 60), "2023")
    assert told["", "sports_goods", Name.RCA] == told["9506", "sports_goods", Name.RCA]
    assert told["9506", "sports_goods", Name.EXPORT_VALUE] == (10e6, "2023")


def test_a_year_that_few_countries_have_reported_yet_is_unknown_not_small():
    late = [flow(2024, "586", "0", "9506", 99), flow(2024, "586", "0", "TOTAL", 100)]
    assert computed(*reported(2023), *late)["9506", "sports_goods", Name.RCA][1] == "2023"


OTHERS = tuple(str(code) for code in (36, 40, 56, 76, 124, 152, 203, 208, 246, 276, 300, 348, 372, 376, 380, 392, 410))


def test_a_year_without_one_large_exporter_is_unknown_however_many_others_reported():
    smaller = [(code, 600, 50_000) for code in OTHERS]
    whole = reported(2019, 300, 30_000, others=[("156", 18_000, 250_000), *smaller])
    late = reported(2024, 300, 30_000, others=smaller)
    told = computed(*whole, *late)
    world = 300 + 18_000 + 600 * len(OTHERS)
    assert {
        name: told["9506", "sports_goods", name]
        for name in (Name.MARKET_SHARE, Name.MARKET_SHARE_GROWTH, Name.WORLD_IMPORT_GROWTH)
    } == {
        Name.MARKET_SHARE: (pytest.approx(300 / world), "2019"),
        Name.MARKET_SHARE_GROWTH: (Missing.SERIES_TOO_SHORT, ""),
        Name.WORLD_IMPORT_GROWTH: (Missing.SERIES_TOO_SHORT, ""),
    }
    assert told["9506", "sports_goods", Name.RCA][1] == "2019"


def test_advantage_needs_the_worlds_total_of_the_year_as_well_as_the_product():
    sells_other_goods = [flow(2022, "156", "0", "5701", 5), flow(2022, "156", "0", "TOTAL", 9_000)]
    others = [("276", 30, 900), ("699", 20, 600)]
    told = computed(*reported(2022, others=others), *sells_other_goods, *reported(2023, others=others))
    assert (told["9506", "sports_goods", Name.MARKET_SHARE][1], told["9506", "sports_goods", Name.RCA][1]) == (
        "2023",
        "2022",
    )


def test_a_year_in_which_only_small_exporters_are_late_counts():
    smaller = [(code, 1, 10) for code in OTHERS[:2]]
    told = computed(*reported(2022, others=[("156", 30, 900), ("699", 20, 600), *smaller]), *reported(2023))
    assert told["9506", "sports_goods", Name.MARKET_SHARE] == (pytest.approx(10 / 60), "2023")


def test_groups_of_countries_never_count_in_the_world():
    union = [flow(2023, "97", "0", "9506", 1000), flow(2023, "97", "0", "TOTAL", 9000)]
    assert computed(*reported(2023), *union)["9506", "sports_goods", Name.MARKET_SHARE][0] == pytest.approx(10 / 60)


def test_a_sources_own_world_row_is_the_world():
    rows = [flow(2017, "0", "0", "9506", 200), flow(2017, "0", "0", "TOTAL", 4000), *reported(2017)]
    assert computed(*rows)["9506", "sports_goods", Name.RCA] == (pytest.approx((10 / 100) / (200 / 4000)), "2017")


def test_a_reporting_country_without_the_product_exported_none_of_it():
    rows = [row for row in reported(2023) if (row.reporter, row.hs) != ("586", "9506")]
    told = computed(*rows)
    assert told["9506", "sports_goods", Name.RCA] == (0.0, "2023")
    assert told["9506", "sports_goods", Name.MARKET_SHARE] == (0.0, "2023")
    assert told["9506", "sports_goods", Name.EXPORT_VALUE] == (0.0, "2023")
    assert told["9506", "sports_goods", Name.CONCENTRATION_HHI] == (Missing.NO_EXPORTS, "")


def test_rca_says_what_is_missing():
    without_total = [row for row in reported(2023) if row.hs != "TOTAL"]
    assert computed(*without_total)["9506", "sports_goods", Name.RCA][0] == Missing.NO_EXPORTER_TOTAL
    without_world = [
        flow(2023, "0", "0", "5701", 5),
        flow(2023, "586", "0", "9506", 1),
        flow(2023, "586", "0", "TOTAL", 9),
    ]
    assert computed(*without_world)["9506", "sports_goods", Name.RCA][0] == Missing.NO_WORLD
    assert (
        computed(flow(2023, "586", "842", "9506", 5))["9506", "sports_goods", Name.RCA][0] == Missing.NO_EXPORTER_TOTAL
    )


def test_growth_averages_three_years_on_both_ends_where_six_in_a_row_are_there():
    rows = [
        row
        for year, value in zip(range(2018, 2024), (10, 10, 10, 13.31, 13.31, 13.31), strict=True)
        for row in reported(year, value)
    ]
    told = computed(*rows)
    assert told["9506", "sports_goods", Name.EXPORT_GROWTH] == (pytest.approx(0.1), "2018–2020 to 2021–2023")


def own(values, start=2016, others=(("156", 30, 900), ("699", 20, 600))):
    """Years in which Pakistan and two others report; None where Pakistan reports without heading 9506."""
    rows = []
    for year, value in enumerate(values, start=start):
        rows += [
            row
            for row in reported(year, value or 0, others=others)
            if value is not None or (row.reporter, row.hs) != ("586", "9506")
        ]
    return rows


def test_exports_that_ended_are_a_fall_and_not_the_growth_of_the_years_before():
    told = computed(*own([5, 6, 7, 8, None, None, None, None]))
    names = (Name.RCA, Name.MARKET_SHARE, Name.MARKET_SHARE_GROWTH, Name.EXPORT_GROWTH, Name.EXPORT_VALUE)
    assert {name: told["9506", "sports_goods", name] for name in names} == {
        Name.RCA: (0.0, "2023"),
        Name.MARKET_SHARE: (0.0, "2023"),
        Name.MARKET_SHARE_GROWTH: (-1.0, "2018–2020 to 2021–2023"),
        Name.EXPORT_GROWTH: (-1.0, "2018–2020 to 2021–2023"),
        Name.EXPORT_VALUE: (0.0, "2023"),
    }


def test_a_code_that_nobody_reports_in_a_year_is_unknown_there_and_not_zero():
    gone = [row for row in reported(2023) if row.hs != "9506"]
    assert computed(*reported(2022), *gone)["9506", "sports_goods", Name.MARKET_SHARE] == (pytest.approx(1 / 6), "2022")


@pytest.mark.parametrize("value", [0.00009, 0.099])
def test_growth_from_next_to_nothing_has_no_size(value):
    told = computed(*own([value] * 3 + [59] * 3))
    names = (Name.EXPORT_GROWTH, Name.MARKET_SHARE_GROWTH)
    assert {told["9506", "sports_goods", name] for name in names} == {(Missing.BASE_TOO_SMALL, "")}
    told = computed(*own([0.1] * 3 + [0.1331] * 3))
    assert told["9506", "sports_goods", Name.EXPORT_GROWTH][0] == pytest.approx(0.1)
    world = [flow(year, "0", "0", "9506", amount) for year, amount in ((2018, 0.9), (2023, 900))]
    assert computed(*world)["9506", "sports_goods", Name.WORLD_IMPORT_GROWTH][0] == Missing.BASE_TOO_SMALL


def test_one_large_shipment_after_six_flat_years_is_no_growth():
    told = computed(*own([2, 2, 2, 2, 2, 2, 20]))
    assert told["9506", "sports_goods", Name.EXPORT_GROWTH] == (pytest.approx(0.0), "2017–2019 to 2020–2022")


def results_of(*flows, **more):
    return {(r.hs, r.name): r for r in indicators.from_flows(flows, sector_of=SECTORS.get, **more)}


def test_growth_is_told_up_to_half_a_year_and_says_so():
    told = results_of(*own([1, 1, 1, 9, 9, 9]))["9506", Name.EXPORT_GROWTH]
    assert (told.figure.value, told.notes) == (0.5, (Note.GROWTH_CAPPED,))
    told = results_of(*own([1, 1, 1, 3, 3, 3]))["9506", Name.EXPORT_GROWTH]
    assert (told.figure.value, told.notes) == (pytest.approx(3 ** (1 / 3) - 1), ())


@pytest.mark.parametrize(("first", "told"), [(2016, (0.0, "2016–2023")), (2015, (Missing.SERIES_TOO_SHORT, ""))])
def test_growth_looks_back_seven_years_at_the_most(first, told):
    found = computed(flow(first, "586", "0", "9506", 5), flow(2023, "586", "0", "9506", 5))
    assert found["9506", "sports_goods", Name.EXPORT_GROWTH] == told


@pytest.mark.parametrize("fraction", [0.1, 0.59])
def test_a_year_that_pakistan_has_only_begun_to_tell_is_left_out_and_the_figure_says_so(fraction):
    begun = [flow(2022, "586", "0", "9506", 10 * fraction), flow(2022, "586", "0", "TOTAL", 100 * fraction)]
    others = [row for row in reported(2022) if row.reporter != "586"]
    told = results_of(*own([10] * 6), *begun, *others)
    names = (Name.EXPORT_GROWTH, Name.EXPORT_VALUE, Name.RCA, Name.MARKET_SHARE)
    assert {name: (told["9506", name].last_year, told["9506", name].notes) for name in names} == dict.fromkeys(
        names, (2021, (Note.LATER_YEARS_LEFT_OUT,))
    )
    assert told["9506", Name.EXPORT_GROWTH].figure.value == pytest.approx(0.0)


def test_a_year_that_fell_by_a_third_is_believed():
    fell = [flow(2022, "586", "0", "9506", 7), flow(2022, "586", "0", "TOTAL", 66)]
    others = [row for row in reported(2022) if row.reporter != "586"]
    told = results_of(*own([10] * 6), *fell, *others)["9506", Name.EXPORT_VALUE]
    assert (told.figure.value, told.last_year, told.notes) == (7e6, 2022, ())


def test_a_few_early_rows_of_a_year_do_not_take_the_growth_of_the_years_before_away():
    def world(year, *values):
        return [flow(year, "0", "0", hs, value) for hs, value in zip(("9506", "5701", "TOTAL"), values, strict=False)]

    whole = [row for year in range(2019, 2025) for row in world(year, 100, 50, 1_000)]
    told = results_of(*whole, *world(2025, 3), *[flow(2025, "0", "0", "TOTAL", 3)])
    for hs in ("9506", "5701"):
        found = told[hs, Name.WORLD_IMPORT_GROWTH]
        assert (found.figure.value, found.last_year, found.notes) == (0.0, 2024, (Note.LATER_YEARS_LEFT_OUT,))


def test_a_reporter_that_has_only_begun_counts_as_late():
    begun = reported(2022, others=(("156", 3, 90), ("699", 20, 600)))
    told = results_of(*reported(2021), *begun)["9506", Name.MARKET_SHARE]
    assert (told.figure.value, told.last_year) == (pytest.approx(1 / 6), 2021)


BANGLADESH = (LargeExporter("50", "95", 0.12), LargeExporter("50", "", 0.002))


def test_a_large_rival_that_reports_in_no_year_is_missed():
    told = results_of(*reported(2022), *reported(2023), large=BANGLADESH)
    names = (Name.RCA, Name.MARKET_SHARE, Name.MARKET_SHARE_GROWTH, Name.WORLD_IMPORT_GROWTH)
    assert {told["9506", name].figure.reason for name in names} == {Missing.RIVAL_MISSING}
    assert told["9506", Name.EXPORT_VALUE].figure.value == 10e6


def test_a_rival_that_is_small_in_these_goods_or_reports_is_not_missed():
    there = [flow(2023, "50", "0", hs, 8 if hs == "9506" else 30) for hs in ("9506", "TOTAL")]
    assert results_of(*reported(2023), *there, large=BANGLADESH)["9506", Name.RCA].last_year == 2023
    assert results_of(*reported(2023), large=BANGLADESH[1:])["9506", Name.RCA].last_year == 2023
    own_world = [flow(2023, "0", "0", hs, 1_000) for hs in ("9506", "TOTAL")]
    assert results_of(*reported(2023), *own_world, large=BANGLADESH)["9506", Name.RCA].last_year == 2023


def test_demand_is_also_told_less_the_growth_of_all_goods_in_the_same_years():
    def world(year, product, everything):
        return [flow(year, "0", "0", "9506", product), flow(year, "0", "0", "TOTAL", everything)]

    told = computed(*world(2018, 100, 1_000), *world(2023, 161.051, 1_276.28156))
    assert told["9506", "sports_goods", Name.RELATIVE_DEMAND_GROWTH] == (pytest.approx(0.05, abs=1e-6), "2018–2023")
    assert told["9506", "sports_goods", Name.WORLD_IMPORT_GROWTH] == (pytest.approx(0.1), "2018–2023")
    product_only = [row for row in (*world(2018, 100, 1), *world(2023, 161.051, 1)) if row.hs == "9506"]
    assert computed(*product_only)["9506", "sports_goods", Name.RELATIVE_DEMAND_GROWTH] == (Missing.NO_ALL_GOODS, "")


def counted(year, value, edition):
    """One year of Pakistan and two others, reported in one HS edition."""
    return [replace(row, edition=edition) for row in reported(year, value)]


def test_a_growth_across_a_change_of_the_hs_edition_names_both():
    editions = ("H5", "H5", "H5", "H6", "H6", "H6")
    rows = [
        row for year, edition in zip(range(2019, 2025), editions, strict=True) for row in counted(year, 10, edition)
    ]
    told = computed(*rows)
    growths = (Name.EXPORT_GROWTH, Name.MARKET_SHARE_GROWTH, Name.WORLD_IMPORT_GROWTH)
    assert {told["9506", "sports_goods", name][1] for name in growths} == {"2019–2021 (H5) to 2022–2024 (H6)"}
    inside = [row for year in range(2019, 2024) for row in counted(year, 10, "H6" if year == 2021 else "H5")]
    told = computed(*inside, *counted(2024, 10, "H5"))
    assert told["9506", "sports_goods", Name.EXPORT_GROWTH][1] == "2019–2021 (H5–H6) to 2022–2024 (H5)"


def test_years_whose_edition_is_not_told_are_not_marked():
    told = computed(*counted(2018, 10, ""), *counted(2023, 10, "H6"))
    assert told["9506", "sports_goods", Name.EXPORT_GROWTH][1] == "2018–2023"
    told = computed(*counted(2018, 10, "H4"), *counted(2023, 10, "H6"))
    assert told["9506", "sports_goods", Name.EXPORT_GROWTH][1] == "2018 (H4) to 2023 (H6)"


def test_growth_takes_the_year_nearest_to_five_before_and_never_less_than_three():
    told = computed(
        *(flow(year, "0", "0", "9506", value) for year, value in ((2007, 1), (2018, 100), (2022, 9), (2023, 161.051)))
    )
    assert told["9506", "sports_goods", Name.WORLD_IMPORT_GROWTH] == (pytest.approx(0.1), "2018–2023")
    told = computed(*(flow(year, "0", "0", "9506", 5) for year in (2022, 2023)))
    assert told["9506", "sports_goods", Name.WORLD_IMPORT_GROWTH] == (Missing.SERIES_TOO_SHORT, "")


def test_world_growth_counts_only_countries_that_reported_in_all_years_compared():
    large = [flow(2023, "842", "0", "9506", 5000), flow(2023, "842", "0", "TOTAL", 5000)]
    told = computed(*reported(2018), *reported(2023), *large)
    assert told["9506", "sports_goods", Name.WORLD_IMPORT_GROWTH][0] == Missing.SERIES_TOO_SHORT
    small = [flow(2023, "842", "0", "9506", 3), flow(2023, "842", "0", "TOTAL", 5000)]
    told = computed(*reported(2018), *reported(2023), *small)
    assert told["9506", "sports_goods", Name.WORLD_IMPORT_GROWTH] == (pytest.approx(0.0), "2018–2023")


def test_share_growth_counts_only_countries_that_reported_in_all_years_compared():
    gone = [flow(2018, "842", "0", "9506", 3), flow(2018, "842", "0", "TOTAL", 5000)]
    told = computed(*reported(2018), *reported(2023), *gone)
    assert told["9506", "sports_goods", Name.MARKET_SHARE_GROWTH] == (pytest.approx(0.0), "2018–2023")
    only_they_sold = [
        flow(2018, "586", "0", "5701", 0),
        flow(2018, "842", "0", "5701", 3),
        flow(2023, "586", "0", "5701", 60),
    ]
    told = computed(*reported(2018), *reported(2023), *only_they_sold)
    assert told["5701", "carpets", Name.MARKET_SHARE_GROWTH] == (Missing.NOT_IN_SOURCE, "")


def test_growth_is_measured_over_about_five_years():
    rows = [row for year in (2015, 2017, 2018, 2021, 2023) for row in reported(year)]
    assert computed(*rows)["9506", "sports_goods", Name.MARKET_SHARE_GROWTH][1] == "2018–2023"


def test_a_code_that_was_sold_in_one_year_only_has_no_growth():
    rows = [*reported(2018), *reported(2023), flow(2023, "586", "0", "5701", 3)]
    assert computed(*rows)["5701", "carpets", Name.WORLD_IMPORT_GROWTH][0] == Missing.SERIES_TOO_SHORT


def test_share_growth_compares_shares_not_dollars():
    told = computed(*reported(2018, value=10), *reported(2023, value=10, others=(("156", 60, 900), ("699", 50, 600))))
    first, last = 10 / 60, 10 / 120
    assert told["9506", "sports_goods", Name.MARKET_SHARE_GROWTH] == (
        pytest.approx((last / first) ** 0.2 - 1),
        "2018–2023",
    )


def test_concentration_leaves_out_the_world_row_and_rests():
    rows = [flow(2023, "586", p, "9506", v) for p, v in (("0", 107), ("842", 50), ("276", 30), ("784", 20), ("899", 7))]
    assert computed(*rows)["9506", "sports_goods", Name.CONCENTRATION_HHI] == (pytest.approx(0.38), "2023")
    assert computed(*reported(2023))["9506", "sports_goods", Name.CONCENTRATION_HHI][0] == "no_partners"


def sold(year, market, supplier, value, kg, **kwargs):
    return flow(year, market, supplier, "950662", value, kg, way="M", **kwargs)


PRICES = (("586", 9), ("156", 10))


def test_prices_are_compared_in_the_same_market_as_the_market_recorded_them():
    rows = [
        sold(2023, "842", "586", 9000, 3000),
        sold(2023, "842", "156", 8000, 4000),
        flow(2023, "156", "842", "950662", 1, 9000),
    ]
    told = computed(*rows)
    assert told["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA] == (pytest.approx(0.5), "2023")
    assert told["950662", "sports_goods", Name.UNIT_VALUE_GAP_INDIA] == ("no_common_market", "")


def test_prices_fall_back_on_what_suppliers_recorded_and_on_an_earlier_year():
    rows = [
        flow(2023, "586", "842", "950662", 9000, None),
        flow(2022, "586", "842", "950662", 9000, 3000),
        flow(2022, "156", "842", "950662", 8000, 4000),
    ]
    assert computed(*rows)["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA] == (pytest.approx(0.5), "2022")


def test_one_thin_row_does_not_make_the_price():
    alike = [sold(2023, market, who, 10, 1_000_000) for market in OTHERS[:4] for who, _price in PRICES]
    thin = [sold(2023, OTHERS[4], "586", 10, 1_000_000), sold(2023, OTHERS[4], "156", 0.001001, 1_001)]
    told = computed(*alike, *thin)["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA]
    assert told == (pytest.approx(0.0), "2023")


def test_one_small_shipment_of_the_latest_year_does_not_stand_for_three_years_of_trade():
    trade = [sold(2023, m, who, price, 1_000_000) for m in OTHERS[:9] for who, price in PRICES]
    late = [sold(2024, "251", "586", 0.02, 1_000), sold(2024, "251", "156", 10, 1_000_000)]
    told = computed(*trade, *late)["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA]
    assert told == (pytest.approx(-0.1), "2023–2024")


@pytest.mark.parametrize("thin", ["586", "156"])
def test_a_market_counts_where_both_sides_sold_a_ton(thin):
    enough = [sold(2023, "842", who, price, 1_000) for who, price in PRICES]
    little = [sold(2023, "276", who, price, 999 if who == thin else 1_000) for who, price in (("586", 9), ("156", 1))]
    assert computed(*enough, *little)["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA][0] == pytest.approx(-0.1)


def test_prices_of_more_than_three_years_ago_do_not_count_beside_later_ones():
    rows = [sold(year, "842", who, price * 1_000, 1_000) for year in (2021, 2024) for who, price in PRICES]
    dearer = [sold(2021, "276", "586", 90_000, 1_000), sold(2021, "276", "156", 10_000, 1_000)]
    assert computed(*rows, *dearer)["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA] == (
        pytest.approx(-0.1),
        "2024",
    )


def test_estimated_weights_are_not_compared_and_a_sector_has_no_single_price():
    rows = [sold(2023, "842", "586", 9, 3000, estimated=True), sold(2023, "842", "156", 8, 4000)]
    assert computed(*rows)["950662", "sports_goods", Name.UNIT_VALUE_GAP_CHINA][0] == "no_common_market"
    carpets = [flow(2023, "586", "0", hs, 5) for hs in ("5701", "5702")]
    assert computed(*carpets)["", "carpets", Name.UNIT_VALUE_GAP_CHINA] == (Missing.MIXED_GOODS, "")
    assert computed(*reported(2023))["9506", "sports_goods", Name.UNIT_VALUE_GAP_CHINA][0] == Missing.NOT_IN_SOURCE


def exported_by_sector(*flows):
    prefixes = {"4203": "leather", "420310": "leather", "420321": "sports_goods", "9506": "sports_goods"}
    results = indicators.from_flows(flows, sector_of=prefixes.get)
    return {r.sector: r.figure.value for r in results if r.hs == "" and r.name is Name.EXPORT_VALUE}


def test_a_sector_is_summed_over_six_digits_where_they_make_up_the_heading():
    headings = [flow(2023, "586", "0", hs, value) for hs, value in (("4203", 60), ("9506", 5))]
    lines = [flow(2023, "586", "0", hs, value) for hs, value in (("420310", 10), ("420321", 50))]
    assert exported_by_sector(*headings, *lines) == {"leather": 10e6, "sports_goods": 55e6}
    assert exported_by_sector(*headings, lines[1]) == {"leather": 60e6, "sports_goods": 5e6}
    assert exported_by_sector(*headings) == {"leather": 60e6, "sports_goods": 5e6}


def test_a_source_of_single_products_says_nothing_about_sectors():
    assert {key[1] for key in computed(flow(2023, "586", "0", "950662", 5)) if key[0] == ""} == set()


def test_a_code_in_no_sector_is_kept_without_one():
    (result,) = [
        r
        for r in indicators.from_flows([flow(2023, "586", "0", "2301", 5)], sector_of=SECTORS.get)
        if r.name is Name.EXPORT_VALUE
    ]
    assert (result.hs, result.sector, result.figure, result.unit) == ("2301", "", Computed(5e6), Unit.USD)


def months(count, last=(2026, 10)):
    at = last[0] * 12 + last[1] - 1
    return [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(at, at - count, -1)]


def demanded(month, *, searches=100, rfqs=5, suppliers=10, market="DEU", hs6="950662"):
    return Demand(hs6, market, month, searches, rfqs, 7, suppliers)


def platform(*rows):
    return {
        (r.hs, r.sector, r.name): (r.figure.value if r.figure.value is not None else r.figure.reason, r.period)
        for r in indicators.from_demand(rows, sector_of=SECTORS.get)
    }


def test_platform_demand_is_requests_a_year_for_each_active_supplier():
    told = platform(*(demanded(month) for month in months(12)))
    assert told["950662", "sports_goods", Name.PLATFORM_DEMAND] == (6.0, "2025-11 to 2026-10")
    assert told["9506", "sports_goods", Name.PLATFORM_DEMAND] == told["", "sports_goods", Name.PLATFORM_DEMAND]


def test_platform_demand_is_missing_without_suppliers_without_requests_or_with_few_months():
    assert platform(*(demanded(m, suppliers=0) for m in months(12)))[
        "950662", "sports_goods", Name.PLATFORM_DEMAND
    ] == (Missing.NO_SUPPLIERS, "")
    assert (
        platform(*(demanded(m, rfqs=None) for m in months(12)))["950662", "sports_goods", Name.PLATFORM_DEMAND][0]
        == Missing.NO_PLATFORM_DATA
    )
    assert (
        platform(*(demanded(m) for m in months(5)))["950662", "sports_goods", Name.PLATFORM_DEMAND][0]
        == Missing.SERIES_TOO_SHORT
    )
    assert platform() == {}


def test_searches_grow_only_among_series_told_in_all_twenty_four_months():
    rows = [demanded(month, searches=100 if n >= 12 else 150) for n, month in enumerate(months(24))]
    late = [demanded(month, searches=9999, market="USA") for month in months(6)]
    untold = [demanded(month, searches=None, market="GBR") for month in months(24)]
    told = platform(*rows, *late, *untold)
    assert told["950662", "sports_goods", Name.PLATFORM_SEARCHES_GROWTH] == (pytest.approx(0.5), "2025-11 to 2026-10")
    assert platform(*late)["950662", "sports_goods", Name.PLATFORM_SEARCHES_GROWTH] == (Missing.SERIES_TOO_SHORT, "")


def test_the_new_month_of_one_product_or_market_leaves_the_growth_of_the_others_alone():
    balls = [demanded(m, searches=100 if n >= 12 else 150) for n, m in enumerate(months(24))]
    gloves = [demanded(m, hs6="420321") for m in months(25, last=(2026, 11))]
    mats = [demanded(m, market=market, hs6="950691") for market in ("DEU", "FRA", "GBR") for m in months(24)]
    early = [demanded("2026-11", market="FRA", hs6="950691")]
    told = platform(*balls, *gloves, *mats, *early)
    assert {code: told[code, sector, Name.PLATFORM_SEARCHES_GROWTH] for code, sector, _name in told} == {
        "950662": (pytest.approx(0.5), "2025-11 to 2026-10"),
        "420321": (pytest.approx(0.0), "2025-12 to 2026-11"),
        "4203": (pytest.approx(0.0), "2025-12 to 2026-11"),
        "950691": (pytest.approx(0.0), "2025-11 to 2026-10"),
        "9506": (pytest.approx(0.125), "2025-11 to 2026-10"),
        "": (pytest.approx(0.5), "2025-11 to 2026-10"),
    }


def test_a_series_that_ended_long_ago_does_not_hold_the_months_of_the_others_back():
    ended = [demanded(m, market=market) for market in ("FRA", "GBR", "ITA") for m in months(12, last=(2024, 10))]
    told = platform(*ended, *(demanded(m) for m in months(24)))
    assert told["950662", "sports_goods", Name.PLATFORM_DEMAND] == (6.0, "2025-11 to 2026-10")


def test_a_product_in_no_sector_counts_for_no_sector():
    assert {key[1] for key in platform(*(demanded(m, hs6="020130") for m in months(6)))} == {""}
