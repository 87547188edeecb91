"""Twenty clients at one receipt, one number and one month on a real PostgreSQL; each guard once more without it."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import IntegrityError

from payments.models import Allocation, ProceedsReceipt, Shipment, StatementMonth
from payments.proceeds import allocating, confirming, recording, services
from payments.statement import selectors as statement_selectors
from payments.statement import services as statement_services
from tdap_portal.core.calendar import today
from tests.factories.payments import finance_officer
from tests.factories.proceeds import (
    bank_of,
    bank_person,
    came,
    confirmed,
    days_ago,
    first_of,
    rate,
    shipped,
    with_rules,
)
from tests.factories.smes import SmeFactory
from tests.payments.statement.test_statement import goods
from tests.selection.seats.offers.test_at_once import all_meet_after
from tests.selection.test_at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLIENTS = 20


def whole():
    for receipt in ProceedsReceipt.objects.all():
        assert sum(receipt.allocations.values_list("amount", flat=True)) == receipt.matched <= receipt.amount
    for shipment in Shipment.objects.all():
        assert sum(shipment.allocations.values_list("amount", flat=True)) == shipment.matched <= shipment.amount
    return True


def matching(receipt, shipment, amount):
    """As a client that looks and takes at once: what is left is what it sees."""

    def act():
        row = ProceedsReceipt.objects.get(pk=receipt.pk)
        parts = {shipment.public_id: amount}
        try:
            allocating.match(actor=receipt.sme.created_by, receipt=row, parts=parts, seen=row.matched)
        except IntegrityError:
            return "refused by the table"
        return "matched"

    return act


@pytest.mark.parametrize("guarded", [True, False])
def test_twenty_that_match_the_same_receipt_take_no_more_than_it_holds(monkeypatch, guarded):
    with_rules()
    sme = SmeFactory()
    receipt = came(sme, amount=1_000_00)
    rows = [shipped(sme, amount=600_00) for _client in range(CLIENTS)]
    if not guarded:
        monkeypatch.setattr(
            allocating, "locked_receipt", lambda pk: ProceedsReceipt.objects.select_related("sme").get(pk=pk)
        )
        all_meet_after(monkeypatch, 2, (allocating, "_require_fit"), timeout=30)
    said = Counter(at_once(*[matching(receipt, row, 600_00) for row in rows]))
    taken = sum(Allocation.objects.values_list("amount", flat=True))
    if not guarded:
        assert taken > 1_000_00
        return
    assert (said["matched"], taken) == (1, 600_00)
    assert whole()


def test_twenty_receipts_for_one_shipment_never_pay_more_than_its_invoice():
    with_rules()
    sme = SmeFactory()
    row = shipped(sme, amount=1_000_00)
    money = [came(sme, amount=300_00 + number) for number in range(CLIENTS)]
    said = Counter(at_once(*[matching(receipt, row, 300_00) for receipt in money]))
    assert said == {"matched": 3, "above_invoice": CLIENTS - 3}
    assert whole()


def test_matching_and_taking_back_at_once_leaves_sums_that_agree():
    with_rules()
    sme = SmeFactory()
    rows = [shipped(sme, amount=100) for _row in range(4)]
    money = [came(sme, amount=200 + number) for number in range(4)]
    for receipt, row in zip(money, rows, strict=True):
        allocating.match(actor=sme.created_by, receipt=receipt, parts={row.public_id: 60}, seen=0)
    lines = list(Allocation.objects.order_by("pk"))
    at_once(
        *[
            lambda line=line: (
                allocating.unmatch(actor=sme.created_by, receipt=line.receipt, allocation_id=line.pk, words="Back.").pk
            )
            for line in lines * 3
        ],
        *[matching(receipt, row, 40) for receipt, row in zip(money, reversed(rows), strict=True)],
    )
    assert whole()
    assert Allocation.objects.filter(amount__lt=0).count() == 4


@pytest.mark.parametrize("guarded", [True, False])
def test_of_firms_that_write_one_number_at_once_all_but_the_first_wait(monkeypatch, guarded):
    with_rules()
    firms = [SmeFactory() for _client in range(CLIENTS)]
    if not guarded:
        monkeypatch.setattr(services, "one_at_a_time", lambda _name: None)
        all_meet_after(monkeypatch, 2, (services, "held_for_number"), timeout=30)
    at_once(*[lambda sme=sme: shipped(sme, number="PSW-FI 27-1").pk for sme in firms])
    states = Counter(Shipment.objects.values_list("state", flat=True))
    if not guarded:
        assert states["open"] > 1
        return
    assert states == {"open": 1, "held": CLIENTS - 1}


@pytest.mark.parametrize("guarded", [True, False])
def test_twenty_that_keep_dollars_at_once_keep_no_more_than_their_month_lets(monkeypatch, guarded):
    """USD 5,000 a month, or half of it where that is more."""
    with_rules()
    rate(day=days_ago(40))
    sme, bank, day = SmeFactory(), bank_of(bank_person()), first_of(today())
    if not guarded:
        monkeypatch.setattr(services, "one_at_a_time", lambda _name: None)
        all_meet_after(monkeypatch, 2, (services, "require_keepable"), timeout=30)
    values = {"is_service": True, "service": "SI21", "bank": bank, "came_on": day, "kept": 1_000_00}
    said = Counter(at_once(*[lambda at=at: came(sme, **values, amount=1_000_00 + at).state for at in range(CLIENTS)]))
    kept = sum(ProceedsReceipt.objects.values_list("kept", flat=True))
    if not guarded:
        assert kept > 5_000_00
        return
    assert said == {"said": 5, "keeps_too_much": CLIENTS - 5}
    assert kept == 5_000_00


def test_a_form_sent_by_twenty_is_one_shipment_and_one_receipt():
    with_rules()
    sme, bank = SmeFactory(), bank_of(bank_person())
    at_once(*[lambda: shipped(sme, key="b" * 32, number="PSW-9").pk] * CLIENTS)
    at_once(*[lambda: came(sme, key="c" * 32, bank=bank, bank_reference="FT-9").pk] * CLIENTS)
    assert (Shipment.objects.count(), ProceedsReceipt.objects.count()) == (1, 1)


def test_a_receipt_is_confirmed_once():
    with_rules()
    person = bank_person()
    receipt = came(bank=bank_of(person))
    at_once(*[lambda: confirmed(receipt, person=person).pk] * CLIENTS)
    assert recording.number_key("a") == "A"
    assert ProceedsReceipt.objects.get().state == "confirmed"


@pytest.mark.parametrize("guarded", [True, False])
def test_money_confirmed_while_its_month_is_published_counts_in_one_month_alone(monkeypatch, guarded):
    """The month was added up before the bank said yes: it counts in the next one, and not in a month that does not hold it."""
    with_rules()
    rate("280", day=days_ago(80))
    person, month = bank_person(), first_of(days_ago(80))
    for _firm in range(5):
        goods(person, "950662")
    late = came(bank=bank_of(person), amount=1_000_00, came_on=days_ago(80))
    if not guarded:
        monkeypatch.setattr(confirming, "one_at_a_time", lambda _name: None)
    added_up, is_confirmed, real = threading.Event(), threading.Event(), statement_selectors.by_firm

    def add_up(wanted):
        found = real(wanted)
        added_up.set()
        is_confirmed.wait(2 if guarded else 30)
        return found

    def confirm():
        added_up.wait(10)
        confirming.confirm(actor=person, receipt=late)
        is_confirmed.set()

    monkeypatch.setattr(statement_selectors, "by_firm", add_up)
    at_once(lambda: statement_services.publish(actor=finance_officer(), month=month).pk, confirm)
    lines = StatementMonth.objects.get(month=month).lines
    published = sum(line["paisa"] for kind in lines.values() for line in kind["lines"])
    counted = ProceedsReceipt.objects.filter(counts_in=month).values_list("paisa", flat=True)
    assert (published == sum(counted)) is guarded
    assert (ProceedsReceipt.objects.get(pk=late.pk).counts_in == confirming.next_month(month)) is guarded
