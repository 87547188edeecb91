"""Why a firm fits a scheme or not: a table of firms and schemes, with the thing that is against it."""

from __future__ import annotations

import pytest

from payments.finance.schemes.fitting import FirmFacts, Fit, SchemeRule, fit_of
from payments.money import rupees
from payments.states import Exporting

pytestmark = pytest.mark.unit
SMALL = FirmFacts("small", "direct", owner_ages=(42,))


def against(rule, firm=SMALL, **asked):
    found = fit_of(rule, firm, **asked)
    return found.fit, [reason.code for reason in found.reasons if reason.ok is not True]


@pytest.mark.parametrize(
    ("amount", "fit"), [(rupees(10_000_000), Fit.FITS), (rupees(10_000_000) + 1, Fit.NOT), (None, Fit.FITS)]
)
def test_no_more_than_the_cap(amount, fit):
    assert fit_of(SchemeRule("X", cap=rupees(10_000_000)), SMALL, amount=amount).fit == fit


@pytest.mark.parametrize(("days", "fit"), [(180, Fit.FITS), (181, Fit.NOT), (None, Fit.FITS)])
def test_no_longer_than_it_is_given(days, fit):
    assert fit_of(SchemeRule("X", days_max=180), SMALL, days=days).fit == fit


@pytest.mark.parametrize(("kind", "fit"), [("bank", Fit.FITS), ("microfinance_bank", Fit.NOT), ("", Fit.FITS)])
def test_only_from_who_gives_it(kind, fit):
    assert fit_of(SchemeRule("X", lender_kinds=("bank",)), SMALL, lender_kind=kind).fit == fit


@pytest.mark.parametrize(
    ("size", "expected"),
    [("small", (Fit.FITS, [])), ("too_large", (Fit.NOT, ["size"])), ("unknown", (Fit.OPEN, ["size"])), ("", (Fit.OPEN, ["size"]))],
)  # fmt: skip
def test_sizes(size, expected):
    assert against(SchemeRule("X", size_classes=("small", "medium")), FirmFacts(size, "direct")) == expected


@pytest.mark.parametrize(
    ("wanted", "route", "fit"),
    [
        (Exporting.DIRECT, "direct", Fit.FITS), (Exporting.DIRECT, "export_house", Fit.NOT), (Exporting.DIRECT, "none", Fit.NOT),
        (Exporting.ANY, "export_house", Fit.FITS), (Exporting.ANY, "none", Fit.NOT), (Exporting.ANY, None, Fit.OPEN),
        (Exporting.NOT_ASKED, None, Fit.FITS),
    ],
)  # fmt: skip
def test_exports(wanted, route, fit):
    assert fit_of(SchemeRule("X", exports=wanted), FirmFacts("small", route)).fit == fit


def test_who_exports_through_a_house_reads_that_it_needs_direct_exports():
    found = fit_of(SchemeRule("EFS", exports=Exporting.DIRECT), FirmFacts("small", "export_house"))
    assert found.against[0].text == "Needs direct exports; your firm exports through an export house."


@pytest.mark.parametrize(
    ("ages", "digital", "fit"),
    [
        ((21,), False, Fit.FITS), ((20,), False, Fit.NOT), ((45,), False, Fit.FITS), ((46,), False, Fit.NOT),
        ((18,), True, Fit.FITS), ((17,), True, Fit.NOT), ((18,), False, Fit.NOT), ((60, 30), False, Fit.FITS), ((), False, Fit.OPEN),
    ],
)  # fmt: skip
def test_ages_of_owners(ages, digital, fit):
    rule = SchemeRule("PMYBALS", owner_age_min=21, owner_age_max=45, it_age_min=18)
    assert fit_of(rule, FirmFacts("small", is_digital=digital, owner_ages=ages)).fit == fit


def test_goods_alone():
    rule = SchemeRule("EFS", goods_only=True)
    assert fit_of(rule, FirmFacts("small", sells_services=True)).fit == Fit.NOT
    assert fit_of(rule, SMALL).fit == Fit.FITS


@pytest.mark.parametrize("rule", [SchemeRule("X", new_borrowers=True), SchemeRule("X", income_max=rupees(1_200_000))])
def test_what_nobody_told_us_stays_open(rule):
    assert fit_of(rule, SMALL).fit == Fit.OPEN


def test_one_thing_against_it_outweighs_what_is_open_and_stands_first():
    rule = SchemeRule("X", new_borrowers=True, exports=Exporting.DIRECT, size_classes=("small",))
    found = fit_of(rule, FirmFacts("small", "none"))
    assert found.fit == Fit.NOT
    assert [reason.ok for reason in found.reasons] == [False, None, True]
