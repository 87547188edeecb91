"""Export proceeds for tests: written down by the services themselves, at a bank with a person."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import count

from django.apps import apps

from payments.models import DatedRule
from payments.proceeds import confirming, rulebook, selectors, services
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.calendar import today
from tests.factories.accounts import partner_person
from tests.factories.payments import finance_officer
from tests.factories.smes import SmeFactory

_numbers = count(1)


def with_rules():
    """The rows of the migration, also after a test that emptied the tables."""
    if not DatedRule.objects.exists():
        import_module("payments.migrations.0006_proceeds").fill(apps, None)


def bank_person():
    """Somebody of a bank; `bank_of` gives the bank."""
    return partner_person(PartnerKind.BANK)


def bank_of(person):
    return person.partnerships.get().partner


def days_ago(number):
    return today() - timedelta(days=number)


def rate(rate="280", currency="USD", day=None, by=None):
    return rulebook.set_rate(
        actor=by or finance_officer(), currency=currency, day=day or today(), rate=Decimal(rate), source="Test rates"
    )


def shipped(sme=None, *, by=None, **kwargs):
    """Goods on open account, shipped thirty days ago, unless told otherwise. amount: of whole units."""
    with_rules()
    sme = sme or SmeFactory()
    number = next(_numbers)
    values = {
        "key": f"{number:032x}",
        "kind": "goods",
        "number": f"PSW-FI 27-{number:06d}",
        "invoice_number": f"INV-{number}",
        "amount": 10_000_00,
        "currency": "USD",
        "hs6": "950662",
        "buyer_country": "DEU",
        "terms": "open_account",
        "shipped_on": days_ago(30),
    }
    return services.record_shipment(actor=by or sme.created_by, sme=sme, **values | kwargs)


def parcel(sme=None, **kwargs):
    values = {"kind": "parcel", "terms": "courier", "amount": 1_840_00, "number": f"HAWB {next(_numbers):08d}"}
    return shipped(sme, **values | kwargs)


def service(sme=None, **kwargs):
    values = {"kind": "service", "terms": "service", "number": "", "hs6": "", "service": "SI21"}
    return shipped(sme, **values | kwargs)


def came(sme=None, *, bank=None, by=None, **kwargs):
    """Money for goods that came yesterday."""
    with_rules()
    sme = sme or SmeFactory()
    number = next(_numbers)
    values = {
        "key": f"{number:032x}",
        "is_service": False,
        "bank": bank or bank_of(bank_person()),
        "bank_reference": f"FT-{number:08d}",
        "came_on": days_ago(1),
        "amount": 10_000_00,
        "currency": "USD",
    }
    return services.record_proceeds(actor=by or sme.created_by, sme=sme, **values | kwargs)


def confirmed(receipt=None, *, person=None, **kwargs):
    """Money that its bank has confirmed."""
    person = person or bank_person()
    receipt = receipt or came(**{"bank": bank_of(person)} | kwargs)
    return confirming.confirm(actor=person, receipt=receipt)


def first_of(day: date) -> date:
    return day.replace(day=1)


def code(number="9184"):
    return next(one for one in selectors.all_codes() if one.code == number)
