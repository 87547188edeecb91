"""The schemes as the public sources give them: day, cap and rate of each row."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from payments.finance.schemes import selectors
from payments.models import Scheme
from payments.money import rupees

pytestmark = [pytest.mark.db, pytest.mark.django_db]
BANK, MICROFINANCE = "bank", "microfinance_bank"
ROWS = (  # code, first day, cap in rupees, most % a year, who gives it
    ("EFS", "2016-07-01", None, "3", (BANK,)),
    ("EFS", "2022-12-30", None, None, (BANK,)),  # policy rate less 3 points
    ("KJ_YES", "2020-08-10", 25_000_000, "5", (BANK,)),
    ("LTFF", "2022-12-30", None, None, (BANK,)),
    ("MFB_GENERAL", "2022-03-16", 350_000, None, (MICROFINANCE,)),
    ("MFB_MICRO", "2020-08-10", 3_000_000, None, (MICROFINANCE,)),
    ("PMYBALS_T1", "2023-01-24", 500_000, "0", (BANK, MICROFINANCE)),
    ("PMYBALS_T2", "2023-01-24", 1_500_000, "5", (BANK, MICROFINANCE)),
    ("PMYBALS_T3", "2023-01-24", 7_500_000, "7", (BANK, MICROFINANCE)),
    ("SAAF", "2021-08-16", 10_000_000, "9", (BANK,)),
    ("SAAF", "2023-09-18", 10_000_000, "9", (BANK,)),
)


@pytest.fixture(autouse=True)
def _schemes():
    """The rows of the migration, also after a test that emptied the tables."""
    import_module("payments.migrations._first_finance").put(apps)


def test_each_row_is_the_published_one_and_there_is_none_besides():
    found = Scheme.objects.filter(is_ended=False).order_by("code", "since")
    assert [(row.code, row.since.isoformat(), row.cap, row.max_rate, tuple(row.lender_kinds)) for row in found] == [
        (code, day, rupees(cap) if cap else None, Decimal(rate) if rate is not None else None, kinds)
        for code, day, cap, rate, kinds in ROWS
    ]
    assert all(row.source for row in found)


def test_what_the_youth_loan_replaced_does_not_hold_any_more():
    assert selectors.scheme_on("KJ_YES") is None
    assert {row.code for row in selectors.schemes_on()} == {code for code, *_rest in ROWS} - {"KJ_YES"}
