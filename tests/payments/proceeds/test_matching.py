"""Receipts beside shipments, whatever is tried: never above an invoice, never above a receipt, and the sums agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.proceeds.matching import Fault, Side, fault_of, proposed, sums

pytestmark = pytest.mark.unit
SHIPPED, CAME = date(2027, 1, 19), date(2027, 4, 1)


def shipment(number=1, amount=100, matched=0, **kwargs):
    return Side(number, 7, amount, matched, "USD", SHIPPED, **kwargs)


def receipt(amount=100, matched=0, **kwargs):
    return replace(Side(1, 7, amount, matched, "USD", CAME), **kwargs)


@pytest.mark.parametrize(
    ("came", "sold", "amount", "fault"),
    [
        (receipt(), shipment(), 100, None),
        (receipt(), shipment(), 0, Fault.AMOUNT),
        (receipt(), shipment(), -1, Fault.AMOUNT),
        (receipt(firm=8), shipment(), 100, Fault.FIRM),
        (receipt(currency="EUR"), shipment(), 100, Fault.CURRENCY),
        (receipt(is_service=True), shipment(), 100, Fault.KIND),
        (receipt(day=date(2027, 1, 18)), shipment(), 100, Fault.BEFORE),
        (receipt(day=date(2027, 1, 18)), shipment(may_precede=True), 100, None),
        (receipt(day=date(2027, 1, 19)), shipment(), 100, None),
        (receipt(200), shipment(), 101, Fault.ABOVE_INVOICE),
        (receipt(200), shipment(matched=60), 41, Fault.ABOVE_INVOICE),
        (receipt(), shipment(amount=500), 101, Fault.ABOVE_RECEIPT),
        (receipt(matched=60), shipment(), 41, Fault.ABOVE_RECEIPT),
        (receipt(matched=60), shipment(), 40, None),
    ],
)
def test_what_may_be_matched(came, sold, amount, fault):
    assert fault_of(came, sold, amount) == fault


def test_what_pays_one_exactly_is_proposed_for_it_else_the_first_due_come_first():
    rows = [shipment(1, 60), shipment(2, 100), shipment(3, 70)]
    assert proposed(receipt(100), rows) == [(2, 100)]
    assert proposed(receipt(110), rows) == [(1, 60), (2, 50)]
    assert proposed(receipt(500), rows) == [(1, 60), (2, 100), (3, 70)]
    assert proposed(receipt(100, 100), rows) == []
    assert proposed(receipt(100, currency="EUR"), rows) == []


amounts = st.integers(1, 10_000)
acts = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-5, 12_000), st.booleans()), max_size=40)


@given(st.lists(amounts, min_size=4, max_size=4), st.lists(amounts, min_size=4, max_size=4), acts)
def test_whatever_is_tried_no_side_is_matched_above_its_amount_and_the_sums_agree(came, sold, tried):
    receipts = [replace(receipt(amount), number=number) for number, amount in enumerate(came)]
    shipments = [shipment(number, amount) for number, amount in enumerate(sold)]
    lines = []
    for at, to, amount, takes_back in tried:
        if takes_back and lines:
            where, what, was = lines[amount % len(lines)]
            if was > 0:
                lines[amount % len(lines)] = (where, what, 0)
                receipts[where] = replace(receipts[where], matched=receipts[where].matched - was)
                shipments[what] = replace(shipments[what], matched=shipments[what].matched - was)
        elif fault_of(receipts[at], shipments[to], amount) is None:
            lines.append((at, to, amount))
            receipts[at] = replace(receipts[at], matched=receipts[at].matched + amount)
            shipments[to] = replace(shipments[to], matched=shipments[to].matched + amount)
    assert all(0 <= one.matched <= one.amount for one in (*receipts, *shipments))
    by_receipt, by_shipment = sums(lines)
    assert all(one.matched == by_receipt.get(one.number, 0) for one in receipts)
    assert all(one.matched == by_shipment.get(one.number, 0) for one in shipments)
    assert sum(by_receipt.values()) == sum(by_shipment.values())


@given(amounts, st.lists(amounts, max_size=6))
def test_a_proposal_can_be_matched_as_it_is(came, sold):
    money, rows = receipt(came), [shipment(number, amount) for number, amount in enumerate(sold)]
    for number, part in proposed(money, rows):
        assert fault_of(money, rows[number], part) is None
        money = replace(money, matched=money.matched + part)
    assert money.matched == came if sum(sold) >= came else money.matched in (sum(sold), came)
