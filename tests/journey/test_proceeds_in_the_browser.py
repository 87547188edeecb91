"""Goods and a service from shipment to the published statement: the firm in Urdu on a telephone without JavaScript, its bank, a finance officer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from payments.models import ProceedsReceipt, Shipment, StatementMonth
from payments.proceeds import allocating
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.proceeds import bank_of, bank_person, came, confirmed, days_ago, rate, shipped, with_rules
from tests.factories.smes import SmeFactory

from .people import look

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CAME, SHIPPED = 80, 110  # days back


@pytest.fixture
def play():
    """Four other firms whose money of that month is confirmed, in goods and in services, and the rate of its day."""
    with_rules()
    clerk, officer = bank_person(), finance_officer()
    rate("280", day=days_ago(CAME), by=officer)
    owner = UserFactory(language="ur")
    sme = SmeFactory(created_by=owner, sector="sports_goods")
    for _firm in range(4):
        other = SmeFactory(sector="ict")
        row = shipped(other, shipped_on=days_ago(SHIPPED))
        money = came(other, bank=bank_of(clerk), came_on=days_ago(CAME))
        allocating.match(actor=other.created_by, receipt=money, parts={row.public_id: row.amount}, seen=0)
        confirmed(money, person=clerk)
        confirmed(person=clerk, sme=other, bank=bank_of(clerk), is_service=True, service="SI21", came_on=days_ago(CAME))
    return sme, owner, clerk, officer


def write_down(firm, sme, kind, **answers):
    """An export, from the list to its own page."""
    firm.open(f"/payments/firm/{sme.public_id}/proceeds/")
    look(firm, "list")
    firm.find("main a.btn-primary").first.click()
    firm.open(f"/payments/firm/{sme.public_id}/proceeds/shipment/?kind={kind}")
    look(firm, kind)
    firm.fill(
        invoice_number=f"INV-{kind}",
        amount="12,000",
        buyer_country="جرمنی",
        shipped_on=days_ago(SHIPPED).isoformat(),
        **answers,
    )
    firm.press()
    firm.at(r"/payments/shipments/([a-z0-9]{12})/")
    look(firm, "export")


def receive(firm, sme, bank, kind, **answers):
    """The money for it, matched as it is proposed."""
    firm.open(f"/payments/firm/{sme.public_id}/proceeds/receipt/?kind={kind}")
    look(firm, f"money for {kind}")
    firm.fill(
        bank=bank.public_id, bank_reference=f"FT-{kind}", came_on=days_ago(CAME).isoformat(), amount="۱۲۰۰۰", **answers
    )
    firm.press()
    firm.at(r"/payments/proceeds/([a-z0-9]{12})/")
    look(firm, "money")
    firm.press('main form[action$="/match/"]')
    expect(firm.find('main form[action$="/match/"]')).to_have_count(0)
    look(firm, "matched")


def test_goods_and_a_service_from_shipment_to_the_statement(play, person):
    sme, owner, clerk, officer = play
    firm = person(owner.email, 360, java_script_enabled=False)
    firm.context.add_cookies([{"name": "django_language", "value": "ur", "url": firm.page.url}])
    write_down(firm, sme, "goods", number="PSW-FI 27-004417", hs6="9506.62", terms="open_account")
    write_down(firm, sme, "service", service="SI21", contract_day=days_ago(CAME - 5).isoformat())
    bank = bank_of(clerk)
    receive(firm, sme, bank, "goods")
    receive(firm, sme, bank, "service", service="SI21")
    assert set(Shipment.objects.filter(sme=sme).values_list("state", flat=True)) == {"paid"}
    assert set(ProceedsReceipt.objects.filter(sme=sme).values_list("state", flat=True)) == {"said"}

    teller = person(clerk.email)
    for _receipt in range(2):
        teller.open("/payments/bank/proceeds/")
        teller.find("main tbody a").first.click()
        teller.press('main form[action$="/confirm/"]')
        teller.at(r"/payments/bank/proceeds/$")
    expect(teller.find("main tbody a")).to_have_count(0)
    assert not ProceedsReceipt.objects.exclude(state="confirmed").exists()

    finance = person(officer.email)
    finance.open("/payments/board/")
    finance.find('main a[href$="/statement/months/"]').click()
    finance.press()
    finance.at(r"/payments/statement/months/$")
    assert StatementMonth.objects.count() == 1

    visitor = person("", 360)
    visitor.open("/payments/statement/")
    look(visitor, "statement")
    lines = [" ".join(row.split()) for row in visitor.find("main tbody tr").all_inner_texts()]
    goods, services = (next(line for line in lines if word in line) for word in ("Sports goods", "Information"))
    assert ("5" in goods, "14.6" in goods) == (True, True)  # 4 × 10,000 and 12,000 dollars at 280
    assert ("5" in services, "14.6" in services) == (True, True)
    assert sme.name not in visitor.find("main").inner_text()
    assert [one.complaints for one in (teller, finance, visitor)] == [[], [], []]
