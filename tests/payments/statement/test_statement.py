"""A month is published once, with what five firms and more stand behind, and says the same on page, in files and on paper."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from payments.models import StatementMonth
from payments.proceeds import allocating, confirming
from payments.statement import selectors, services
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory
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

pytestmark = [pytest.mark.db, pytest.mark.django_db]
BACK = 80


@pytest.fixture
def person():
    with_rules()
    return bank_person()


@pytest.fixture
def month():
    return first_of(days_ago(BACK))


def refused(call, code):
    with pytest.raises(DomainError) as refusal:
        call()
    assert refusal.value.code == code


def goods(person, hs6, dollars=1_000, *, sme=None, back=BACK):
    sme = sme or SmeFactory()
    row = shipped(sme, hs6=hs6, amount=100 * dollars, shipped_on=days_ago(back + 30))
    money = came(sme, bank=bank_of(person), amount=100 * dollars, came_on=days_ago(back))
    allocating.match(actor=sme.created_by, receipt=money, parts={row.public_id: 100 * dollars}, seen=0)
    return confirmed(money, person=person)


def serviced(person, dollars=2_000):
    sme = SmeFactory(sector="ict")
    return confirmed(
        sme=sme,
        bank=bank_of(person),
        person=person,
        is_service=True,
        service="SI21",
        amount=100 * dollars,
        came_on=days_ago(BACK),
    )


def published(month, actor=None):
    return services.publish(actor=actor or finance_officer(), month=month)


def test_a_month_by_sector_with_small_ones_summed(person, month):
    rate("280", day=days_ago(BACK))
    for _firm in range(6):
        goods(person, "950662")
    for hs6 in ("570110", "570110", "410120", "410120", "100630"):
        goods(person, hs6)
    for _firm in range(3):
        serviced(person)
    found = selectors._published(published(month))
    assert [(line.sectors, line.firms, line.paisa) for line in found.goods.lines] == [
        (("sports_goods",), 6, 6 * 28_000_000),
        (("carpets", "leather", "rice"), 5, 5 * 28_000_000),
    ]
    assert found.services.is_hidden


def test_a_receipt_is_shared_out_by_what_it_pays_and_the_rest_has_no_sector(person, month):
    rate("281.3333", day=days_ago(BACK))
    sme = SmeFactory()
    rows = [shipped(sme, hs6=hs6, amount=333_33, shipped_on=days_ago(BACK + 9)) for hs6 in ("950662", "570110")]
    money = came(sme, bank=bank_of(person), amount=1_000_00, came_on=days_ago(BACK))
    allocating.match(actor=sme.created_by, receipt=money, parts={row.public_id: 333_33 for row in rows}, seen=0)
    confirmed(money, person=person)
    found = selectors.by_firm(month)["goods"]
    assert set(found) == {"sports_goods", "carpets", "none"}
    assert sum(firms[sme.pk] for firms in found.values()) == money.paisa


def test_nothing_but_what_the_bank_confirmed_counts(person, month):
    rate(day=days_ago(BACK))
    came(bank=bank_of(person), came_on=days_ago(BACK))
    refused(lambda: published(month), "nothing")
    assert selectors.by_firm(month) == {"goods": {}, "services": {}}


def test_without_a_rate_no_month_is_published(person, month):
    row = confirmed(bank=bank_of(person), person=person, came_on=days_ago(BACK), currency="EUR")
    assert selectors.lacking_rates(month) == [selectors.Lacking("EUR", row.came_on, 1)]
    refused(lambda: published(month), "no_rate")
    rate("300", "EUR", day=days_ago(BACK))
    assert published(month) == published(month)


def test_not_too_early_and_in_order(person, month):
    rate(day=days_ago(BACK))
    rate(day=days_ago(1))
    confirmed(bank=bank_of(person), person=person, came_on=days_ago(BACK))
    late = confirmed(bank=bank_of(person), person=person, came_on=days_ago(1))
    refused(lambda: published(late.counts_in), "too_early")
    middle = confirmed(bank=bank_of(person), person=person, came_on=days_ago(BACK - 31))
    refused(lambda: published(middle.counts_in), "not_in_order")
    published(month)


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.APPROVER], [Role.ADMINISTRATOR]])
def test_only_a_finance_officer_publishes(person, month, roles):
    with pytest.raises(NotAllowed):
        published(month, UserFactory(roles=roles))


def test_what_is_confirmed_later_counts_in_the_next_month_and_what_is_published_stays(person, month):
    rate(day=days_ago(BACK))
    first = confirmed(bank=bank_of(person), person=person, came_on=days_ago(BACK))
    published(month)
    later = confirmed(bank=bank_of(person), person=person, came_on=days_ago(BACK))
    assert later.counts_in == confirming.next_month(month)
    with pytest.raises(WrongState):
        confirming.disagree(actor=person, receipt=first, reason="not_come", words="")
    confirming.disagree(actor=person, receipt=later, reason="not_come", words="")


# ----------------------------------------------------------------------------------------------------------------- pages


@pytest.fixture
def shown(person, month):
    rate("280", day=days_ago(BACK))
    for _firm in range(6):
        goods(person, "950662", 10_000)
    for _firm in range(5):
        serviced(person, 20_000)
    published(month)
    return month


def test_everybody_reads_the_month_and_no_firm(client, shown):
    page = client.get(reverse("payments:proceeds_statement")).content.decode()
    assert "PKR 16.8 million for goods and PKR 28.0 million for services" in page
    assert "Workshop" not in page
    assert client.get(reverse("payments:proceeds_statement") + "?month=2001-01").status_code == 404


def test_the_files_say_the_same(client, shown):
    lines = client.get(reverse("payments:statement_csv")).content.decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        f"{shown:%Y-%m},goods,sports_goods,Sports goods,6,16800000.00,yes",
        f"{shown:%Y-%m},services,ict,Information and communication technology services,5,28000000.00,yes",
    ]
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(reverse("payments:statement_xlsx")).content))
    assert [row[-1] for row in book.get_sheet_by_index(0).to_python()[1:]] == ["16.8", "28.0"]
    paper = client.get(reverse("payments:statement_pdf"))
    assert paper["Content-Type"] == "application/pdf"
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(paper.content))
    for words in ("PKR 16.8 million", "Goods · 6 firms", "Services · 5 firms", "PKR 44.8 million"):
        assert words in text
    client.cookies["django_language"] = "ur"
    assert client.get(reverse("payments:statement_pdf")).content.startswith(b"%PDF")


def test_before_the_first_month_the_page_says_so(client):
    assert "No month is published yet" in client.get(reverse("payments:proceeds_statement")).content.decode()


def test_a_finance_officer_publishes_from_the_list(client, person, month):
    rate(day=days_ago(BACK))
    confirmed(bank=bank_of(person), person=person, came_on=days_ago(BACK))
    client.force_login(finance_officer())
    months = reverse("payments:statement_months")
    assert "Publish" in client.get(months).content.decode()
    publish = reverse("payments:statement_publish", args=[f"{month:%Y-%m}"])
    assert client.post(publish)["Location"] == months
    assert StatementMonth.objects.get().month == month
    wrong = reverse("payments:statement_publish", args=[f"{today():%Y-%m}"])
    assert client.post(wrong).status_code == 422
    assert client.post(reverse("payments:statement_publish", args=["soon"])).status_code == 404
