"""The formulas on real trade: collected only where the real files lie beside the repository (see conftest)."""

from __future__ import annotations

import csv
import gzip
import json

import pytest

from selection.trade.arithmetic import analytics
from selection.trade.arithmetic.analytics import Shipment
from selection.trade.sources import comtrade

pytestmark = pytest.mark.unit


def rows(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def test_rca_of_the_whole_world_in_2017_equals_two_published_packages(shared_data):
    exports = {
        (r["iso3"], r["hs4"]): float(r["value_usd"]) for r in rows(shared_data / "exports_hs4_world_2017.csv.gz")
    }
    table = analytics.rca_table(exports)
    wrong = [
        (r["iso3"], r["hs4"])
        for r in rows(shared_data / "expected_2017_rca_density.csv.gz")
        if table[r["iso3"], r["hs4"]].value != pytest.approx(float(r["rca"]), rel=1e-9, abs=1e-12)
        or analytics.symmetric_rca(table[r["iso3"], r["hs4"]]).value != pytest.approx(float(r["rsca"]), abs=1e-9)
    ]
    assert wrong == []


def test_shrimp_prices_against_china_and_india_equal_the_published_gaps(shared_data):
    sold = {}
    for r in rows(shared_data / "exports_hs6_baci2018_shrimp.csv.gz"):
        kg = float(r["quantity_kg"]) if r["quantity_kg"] else None
        for market in (r["importer_iso3"], "ALL"):
            sold.setdefault((r["hs6"], market, r["exporter_iso3"]), []).append(Shipment(float(r["value_usd"]), kg))
    compared = 0
    for r in rows(shared_data / "expected_unit_value_gap_baci2018.csv"):
        own = analytics.pooled_unit_value(sold[r["hs6"], r["importer_iso3"], "PAK"])
        for rival, name in (("CHN", "gap_vs_chn"), ("IND", "gap_vs_ind")):
            theirs = analytics.pooled_unit_value(sold.get((r["hs6"], r["importer_iso3"], rival), []))
            expected = float(r[name]) if r[name] else None
            assert analytics.unit_value_gap(own, theirs).value == (
                None if expected is None else pytest.approx(expected, abs=1e-9)
            )
            compared += expected is not None
    assert compared > 20


def test_no_record_of_real_answers_of_comtrade_is_taken_for_a_part_of_a_total(shared_data):
    """Among them 521 whose mode of supply is "0 " and two years where it is null."""
    told = {}
    for path in sorted((shared_data / "comtrade_json").glob("rebuilt_*")):
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as content:
            records = [{name.lower(): value for name, value in row.items()} for row in json.load(content)["data"]]
        told[path.name] = (len(records), sum(not comtrade._is_total(row) for row in records))
    assert {name: parts for name, (_count, parts) in told.items() if parts} == {}
    assert sum(count for count, _parts in told.values()) > 7_000
