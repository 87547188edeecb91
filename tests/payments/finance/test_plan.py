"""How a loan would be paid back, and how it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from payments.finance.cases import plan_words, services
from payments.finance.cases.plan import plan_of
from payments.money import rupees
from payments.states import Repaying
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tests.smes.pages import text_of

from .made import AMOUNT, accepted, bank_of, banker, now, paid_out, referred

START = date(2027, 6, 1)
SEP, NOV = date(2027, 9, 10), date(2027, 11, 5)


def plan(expected=(), **kwargs):
    return plan_of(amount=450, starts_on=START, days=180, expected=expected, **kwargs)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("expected", "steps", "paid_back_by", "left"),
    [
        ([(SEP, 250), (NOV, 200)], ((START, 450), (SEP, 200), (NOV, 0)), NOV, 0),
        ([(NOV, 200), (SEP, 250)], ((START, 450), (SEP, 200), (NOV, 0)), NOV, 0),  # in any order
        ([(SEP, 900)], ((START, 450), (SEP, 0)), SEP, 0),  # never below 0
        ([(SEP, 100)], ((START, 450), (SEP, 350)), None, 350),
        ([(START - timedelta(days=1), 450)], (), None, 0),  # came before the loan
        ([], (), None, 0),
    ],
)
def test_what_is_expected_pays_it_back(expected, steps, paid_back_by, left):
    found = plan(expected)
    assert (found.expected, found.paid_back_by, found.left) == (steps, paid_back_by, left)
    assert found.ends_on == START + timedelta(days=180)


@pytest.mark.unit
def test_what_was_noted_runs_to_the_day_on_which_it_is_read():
    assert plan(repaid=[(SEP, 150)], read_on=NOV).noted == ((START, 450), (SEP, 300), (NOV, 300))
    assert plan(repaid=[(SEP, 150)], read_on=SEP).noted == ((START, 450), (SEP, 300))
    assert plan(repaid=[(SEP, 150)]).noted == ()


@pytest.mark.unit
@pytest.mark.parametrize("wrong", [{"amount": 0}, {"days": 0}])
def test_a_loan_has_an_amount_and_days(wrong):
    with pytest.raises(ValueError, match="an amount and days"):
        plan_of(**{"amount": 1, "starts_on": START, "days": 1, "expected": (), **wrong})


@pytest.fixture
def by(db):
    return banker()


def orders(*pairs):
    return [(today() + timedelta(days=days), rupees(amount)) for days, amount in pairs]


def test_the_finding_says_by_when_or_what_stays_open(by):
    whole = plan_words.figure_of(referred(by, expected=orders((100, 2_500_000), (150, 2_000_000))))
    part = plan_words.figure_of(referred(by, expected=orders((100, 2_500_000))))
    assert "pays the loan back by" in whole.title
    assert "leaves PKR\u00a02,000,000 open" in part.title
    assert whole.drawing.table().rows[-1][1] == "0.00"
    assert plan_words.figure_of(referred(by)) is None


def test_a_loan_that_runs_shows_what_came_back_beside_it(by):
    case = referred(by, expected=orders((100, 4_500_000)))
    paid_out(by, case)
    services.note_repayment(actor=by, case=case, on=today(), state=Repaying.ON_TIME, amount=rupees(1_500_000))
    figure = plan_words.figure_of(now(case))
    assert "came back so far" in figure.title
    assert [name for name, _dress in figure.drawing.legend()] == ["As the firm expects", "As the lender noted"]
    assert "3.00" in str(figure.drawing.table().rows)


def test_a_case_that_came_to_nothing_has_no_plan(by):
    case = referred(by, expected=orders((100, 4_500_000)))
    services.decide(actor=by, case=case, reasons=["B2"])
    assert plan_words.figure_of(now(case)) is None


@pytest.mark.parametrize("expected", [[(0, 10)], [(-3, 10)], [(10, 0)], [(4000, 10)], [(1, 1), (2, 1), (3, 1), (4, 1)]])
def test_what_cannot_be_expected(by, expected):
    with pytest.raises(DomainError) as refusal:
        referred(by, expected=orders(*expected))
    assert refusal.value.code == "expected"


def sent(by, **more):
    return {
        "lender": bank_of(by).public_id, "scheme": "SAAF", "amount": "4500000", "days": "180", "use": "Leather.",
        "ends_on": (today() + timedelta(days=30)).isoformat(), "agrees": "on", **more,
    }  # fmt: skip


def test_the_firm_writes_what_it_expects_and_firm_and_lender_see_it(client, by):
    case = accepted(banker())  # a firm with a case elsewhere
    sme = case.sme
    client.force_login(sme.created_by)
    page = reverse("payments:finance_ask", args=[sme.public_id])
    day = (today() + timedelta(days=100)).isoformat()
    half = client.post(page, sent(by, expected_on_1=day, expected_2="5000"))
    assert half.status_code == 422
    assert "Write the amount that you expect on that day." in text_of(half)
    assert "Choose the day on which you expect it." in text_of(half)

    made = client.post(page, sent(by, expected_on_1=day, expected_1="45,00,000"), follow=True)
    assert "pays the loan back by" in text_of(made)
    case = now(made.context["case"])
    assert case.expected == [[day, AMOUNT]]
    client.force_login(by)
    assert "pays the loan back by" in text_of(client.get(reverse("payments:lender_case", args=[case.public_id])))
