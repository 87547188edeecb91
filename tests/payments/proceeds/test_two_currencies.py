"""A bank credits an invoice in another currency: both amounts stand, held against the rates of the day on which the money came."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from payments.models import Allocation
from payments.proceeds import allocating
from payments.proceeds.matching import Exchange, Fault, Side, fault_of
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError
from tests.factories.proceeds import came, days_ago, rate, shipped
from tests.factories.smes import SmeFactory

DAY = date(2027, 4, 1)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("pays", "rates", "fault"),
    [
        (None, ("280", "300"), Fault.CURRENCY),
        (0, ("280", "300"), Fault.AMOUNT),
        (-9_000, ("280", "300"), Fault.AMOUNT),
        (9_333, ("280", "300"), None),  # USD 100.00 are EUR 93.33
        (8_400, ("280", "300"), None),  # exactly a tenth less
        (8_399, ("280", "300"), Fault.RATE),
        (10_370, ("280", "300"), None),
        (10_371, ("280", "300"), Fault.RATE),
        (9_333, (None, "300"), Fault.NO_RATE),
        (9_333, ("280", None), Fault.NO_RATE),
        (12_001, ("280", "234"), Fault.ABOVE_INVOICE),
    ],
)
def test_both_amounts_have_to_fit_the_rates(pays, rates, fault):
    receipt, shipment = Side(1, 7, 10_000, 0, "USD", DAY), Side(2, 7, 12_000, 0, "EUR", DAY)
    exchange = None if pays is None else Exchange(pays, *(one and Decimal(one) for one in rates))
    assert fault_of(receipt, shipment, 10_000, exchange) == fault


@pytest.mark.unit
def test_in_one_currency_nothing_is_exchanged():
    receipt, shipment = Side(1, 7, 100, 0, "USD", DAY), Side(2, 7, 100, 0, "USD", DAY)
    assert fault_of(receipt, shipment, 100, Exchange(100, Decimal(1), Decimal(1))) == Fault.CURRENCY


@pytest.fixture
def pair():
    """An invoice of EUR 900 and USD 1,000 that came for it; USD 1 is PKR 280, EUR 1 is PKR 308."""
    rate("280", day=days_ago(2))
    rate("308", "EUR", day=days_ago(2))
    sme = SmeFactory()
    return shipped(sme, amount=900_00, currency="EUR"), came(sme, amount=1_000_00)


def match(pair, amount, pays):
    shipment, money = pair
    money.refresh_from_db()
    return allocating.match(
        actor=money.sme.created_by, receipt=money, parts={shipment.public_id: amount},
        pays={shipment.public_id: pays} if pays is not None else None, seen=money.matched,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.sqlite_leg
def test_each_side_counts_in_its_own_currency_and_back_again(pair):
    shipment, money = pair
    match(pair, 990_00, 900_00)
    shipment.refresh_from_db()
    money.refresh_from_db()
    assert (shipment.state, shipment.left, money.left) == ("paid", 0, 10_00)
    said = Event.objects.get(name="proceeds.matched").data
    assert [said[name] for name in ("amount", "currency", "pays", "pays_currency")] == [990_00, "USD", 900_00, "EUR"]
    line = Allocation.objects.get()
    allocating.unmatch(actor=money.sme.created_by, receipt=money, allocation_id=line.pk, words="Another invoice.")
    shipment.refresh_from_db()
    money.refresh_from_db()
    assert (shipment.state, shipment.matched, money.matched) == ("open", 0, 0)
    assert list(Allocation.objects.order_by("pk").values_list("amount", "pays")) == [
        (990_00, 900_00),
        (-990_00, -900_00),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "pays", "code"),
    [
        (990_00, None, "currency"),
        (1_00, 900_00, "rate"),  # a dollar that would pay the whole invoice
        (990_00, 900_01, "above_invoice"),
        (1_000_01, 900_00, "above_receipt"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_stands(pair, amount, pays, code):
    with pytest.raises(DomainError) as refusal:
        match(pair, amount, pays)
    assert refusal.value.code == code
    assert not Allocation.objects.exists()


@pytest.mark.django_db
def test_without_a_rate_nobody_can_see_whether_it_fits():
    sme = SmeFactory()
    rate("280", day=days_ago(2))
    with pytest.raises(DomainError) as refusal:
        match((shipped(sme, amount=900_00, currency="EUR"), came(sme, amount=1_000_00)), 990_00, 900_00)
    assert refusal.value.code == "no_rate"
    assert "EUR" in str(refusal.value)


@pytest.mark.django_db
def test_the_page_asks_for_both_amounts_and_says_them(client, pair):
    shipment, money = pair
    client.force_login(money.sme.created_by)
    page = reverse("payments:proceeds_receipt", args=[money.public_id])
    assert "It paid an invoice in another currency" in client.get(page).content.decode()
    send = reverse("payments:proceeds_match", args=[money.public_id])
    names = f"part_{shipment.public_id}", f"pays_{shipment.public_id}"
    half = client.post(send, {"seen": 0, names[0]: "990"})
    assert half.status_code == 422
    assert "Write both amounts" in half.content.decode()
    assert client.post(send, {"seen": 0, names[0]: "990", names[1]: "900"}).status_code == 302
    assert "USD 990 for EUR 900 of the invoice" in " ".join(client.get(page).content.decode().split())
    other = client.get(reverse("payments:shipment", args=[shipment.public_id])).content.decode()
    assert "EUR\xa0900" in other
