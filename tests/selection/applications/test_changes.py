"""What differs between two frozen copies."""

from __future__ import annotations

from selection.applications.changes import Change, changes_between, jump_pct

YEAR = {"fiscal_year": 2026, "value_usd": 20_000.0, "route": "direct"}


def test_a_fact_that_changed_stands_with_both_values_and_its_jump() -> None:
    old, new = {"employees": 10, "city": "Sialkot"}, {"employees": 25, "city": "Sialkot"}
    assert changes_between(old, new) == [Change("employees", "employees", 10, 25, 150)]


def test_rows_are_compared_one_by_one() -> None:
    more = YEAR | {"value_usd": 1_300_000.0}
    added = YEAR | {"fiscal_year": 2025}
    found = changes_between({"export_history": [YEAR]}, {"export_history": [more, added]})
    assert found == [
        Change("export_history", "export_history/2026/direct", YEAR, more, 6400),
        Change("export_history", "export_history/2025/direct", None, added),
    ]
    gone = changes_between({"export_history": [YEAR]}, {"export_history": []})
    assert gone == [Change("export_history", "export_history/2026/direct", YEAR, None)]


def test_what_officers_and_the_portal_write_is_no_change_of_the_firm() -> None:
    held = {"kind": "iso_9001", "expires_on": "2027-01-01", "verified": False}
    old = {"certifications": [held], "frozen_on": "2026-11-01", "proofs": []}
    new = {"certifications": [held | {"verified": True}], "frozen_on": "2026-11-09", "proofs": [{"fact": "employees"}]}
    assert changes_between(old, new) == []
    later = {"certifications": [held | {"expires_on": "2028-01-01"}]}
    assert [change.key for change in changes_between(old, later)] == ["certifications/iso_9001"]


def test_a_jump_needs_two_numbers() -> None:
    assert jump_pct(200, 150) == -25
    assert jump_pct(0, 150) is None
    assert jump_pct(None, 150) is None
    assert jump_pct(False, True) is None
