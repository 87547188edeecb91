"""The demo's exports: what a finance officer, a bank and a firm find there on the first day."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest
from django.db.models import Count

from payments.demo.proceeds import _Story
from payments.models import ProceedsReceipt, Shipment, StatementMonth
from tdap_portal.accounts.demo import login_of
from tdap_portal.core.calendar import today
from tests.factories.accounts import director
from tests.factories.payments import finance_officer
from tests.factories.proceeds import bank_person, with_rules
from tests.factories.smes import ProductFactory, SmeFactory

pytestmark = [pytest.mark.db, pytest.mark.django_db]
MAKERS = ("sports_goods",) * 6 + ("carpets", "leather", "rice", "textiles") * 6


def test_forty_shipments_twelve_services_and_the_alarms():
    with_rules()
    clerk = bank_person()
    clerk.email = login_of("bank")
    clerk.save(update_fields=["email"])
    for sector in MAKERS:
        ProductFactory(sme=SmeFactory(sector=sector))
    for _seller in range(7):
        SmeFactory(sector="ict")
    story = _Story(SimpleNamespace(finance_officers=[finance_officer()], directors=[director()]), today())
    for act in (story.set_rates, story.write, story.answer, story.remind, story.publish):
        act()
    kinds = Counter(Shipment.objects.exclude(state="held").values_list("kind", flat=True))
    assert kinds["goods"] + kinds["parcel"] == 40
    assert kinds["service"] == 12
    states = Counter(Shipment.objects.values_list("state", flat=True))
    assert states["held"] == 1
    assert min(states["open"], states["paid"]) >= 14
    assert Shipment.objects.filter(due_on__lt=today(), state="open").count() >= 5
    assert Shipment.objects.filter(warned_at__isnull=False).count() >= 4
    assert Shipment.objects.filter(late_told_at__isnull=False).count() >= 4
    money = ProceedsReceipt.objects.annotate(pays=Count("allocations"))
    assert money.filter(is_service=True).count() == 12
    assert money.filter(state="confirmed", pays=2).count() == 1
    assert {"said", "confirmed", "disputed"} <= set(money.values_list("state", flat=True))
    assert StatementMonth.objects.count() >= 1
