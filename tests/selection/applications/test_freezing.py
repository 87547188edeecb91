"""What the desk's columns take from the frozen facts."""

from __future__ import annotations

import pytest

from selection.applications.freezing import is_new_exporter

pytestmark = pytest.mark.unit


def year(value, route="direct"):
    return {"fiscal_year": 2026, "value_usd": value, "route": route}


@pytest.mark.parametrize(
    ("years", "is_new"),
    [
        ([], True),
        (None, True),
        ([year(0)], True),
        ([year(None)], True),
        ([year(46_800, "export_house")], True),
        ([year(46_800)], False),
        ([year(46_800, "export_house"), year(1)], False),
    ],
)
def test_a_new_exporter_has_not_exported_in_its_own_name(years, is_new):
    assert is_new_exporter({"export_history": years}) is is_new
