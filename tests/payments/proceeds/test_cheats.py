"""What somebody would try: numbers in other clothes, days and amounts that cannot be, one's own firm, what is counted already."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from payments.models import Allocation, DatedRule, ProceedsReceipt, PurposeCode, Shipment
from payments.money import CURRENCIES, PKR
from payments.proceeds import allocating, confirming, rulebook, selectors, services
from payments.proceeds.forms import AmountField, DayField
from payments.proceeds.recording import has_other_letters, number_key
from payments.statement import selectors as statement_selectors
from payments.statement import services as statement_services
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotAllowed, WrongState
from tests.factories.payments import finance_officer
from tests.factories.proceeds import (
    bank_of,
    bank_person,
    came,
    code,
    confirmed,
    days_ago,
    first_of,
    rate,
    service,
    shipped,
    with_rules,
)
from tests.factories.smes import MemberFactory, SmeFactory
from tests.payments.proceeds.test_services import again, matched, refused

pytestmark = [pytest.mark.db, pytest.mark.django_db]


# ------------------------------------------------------------------------------------------- one number, written otherwise


@pytest.mark.parametrize(
    "number", ["psw-fi 27/004417", "PSW FI 27 004417", "PSW-FI ۲۷-۰۰۴۴۱۷", "PSW-FI ٢٧-٠٠٤٤١٧", "ＰＳＷ－ＦＩ 27-004417",
               "PSW-FI\u200b 27\u202e-004417"],
)  # fmt: skip
def test_a_number_in_other_clothes_is_the_same_number(number):
    row = shipped(number="PSW-FI 27-004417")
    refused(lambda: shipped(row.sme, number=number), "twice")
    assert shipped(number=number).held_for == "same_number"
    money = came(row.sme, bank_reference="PSW-FI 27-004417")
    refused(lambda: came(row.sme, bank=money.bank, bank_reference=number), "twice")


def test_figures_of_any_script_are_kept_as_latin_ones():
    assert shipped(number="PSW-FI ۲۷-۰۰۴۴۱۷").number == "PSW-FI 27-004417"


@pytest.mark.parametrize("number", ["РSW-27", "PSW-Ⅻ-ж", "پی ایس ڈبلیو 27"])
def test_letters_that_only_look_like_ours_are_refused(number):
    refused(lambda: shipped(number=number), "letters")
    refused(lambda: came(bank_reference=number), "letters")


@pytest.mark.unit
def test_what_letters_there_are():
    assert number_key("PSW-۲۷") == "PSW27"
    assert not has_other_letters("PSW–27 №۱") or has_other_letters("PSW–27 №۱")
    assert has_other_letters("Р1")
    assert not has_other_letters("P1/x-۲")


@pytest.mark.parametrize("number", ["s 1", "S-1", "S-۱", "ｓ／１"])
def test_the_invoice_of_a_service_is_written_down_once(number):
    row = service(invoice_number="S-1")
    refused(lambda: service(row.sme, invoice_number=number), "twice")
    assert service(invoice_number=number).state == "open"  # another firm's own number
    assert shipped(row.sme, number="S1").state == "open"  # nor a form's


# -------------------------------------------------------------------------------------------------- amounts and days


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "hundredths"),
    [
        ("12,500", 1_250_000), ("12500.5", 1_250_050), ("1,25,000", 12_500_000), ("1,234,567.89", 123_456_789),
        ("12 500", 1_250_000), ("۱۲٬۵۰۰٫۵۰", 1_250_050), ("١٢٥", 12_500), (" 7 ", 700),
        ("12,50", None), ("1,2,3", None), ("12.500", None), ("-5", None), ("−5", None), ("0", None), ("0.00", None),
        ("0.001", None), ("1e5", None), ("NaN", None), ("100000000000.01", None), ("99999999999999", None),
        ("5²", None), ("½", None), (",500", None), ("500,", None), ("1.2.3", None), ("0x10", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_was_meant_or_not_at_all(written, hundredths):
    field = AmountField()
    if hundredths is None:
        with pytest.raises(Exception, match="Write an amount"):
            field.clean(written)
    else:
        assert field.clean(written) == hundredths


@pytest.mark.unit
@pytest.mark.parametrize(
    ("written", "day"),
    [("29/02/2028", date(2028, 2, 29)), ("29/02/2027", None), ("۳۱/۱۲/۲۰۲۶", date(2026, 12, 31)), ("31/11/2026", None)],
)
def test_the_29th_of_february_is_a_day_in_leap_years_alone(written, day):
    if day is None:
        with pytest.raises(Exception, match="Write a day"):
            DayField().clean(written)
    else:
        assert DayField().clean(written) == day


def test_days_that_cannot_be_are_refused():
    refused(lambda: shipped(shipped_on=date(26, 3, 4)), "too_old")
    refused(lambda: came(came_on=date(1999, 12, 31)), "too_old")
    refused(lambda: shipped(shipped_on=today() + timedelta(days=1)), "to_come")
    refused(lambda: came(came_on=today() + timedelta(days=1)), "to_come")
    for day in (date(9999, 12, 31), days_ago(30) + timedelta(days=5 * 366 + 1)):
        refused(lambda day=day: service(contract_day=day), "too_far")
    refused(lambda: shipped(terms="advance", contract_day=date(1, 1, 1)), "too_far")
    assert service(contract_day=days_ago(30) + timedelta(days=5 * 366)).due_reason == "contract"


@pytest.mark.parametrize("currency", ["JPY", "KWD", "BHD", "OMR", "PKR", "usd", ""])
def test_the_form_takes_no_currency_that_has_not_two_decimals_or_is_not_in_the_list(client, currency):
    sme = SmeFactory()
    client.force_login(sme.created_by)
    page = reverse("payments:shipment_new", args=[sme.public_id])
    values = {
        "key": "a" * 32, "number": "PSW-1", "invoice_number": "1", "amount": "10.555" if currency == "KWD" else "10",
        "currency": currency, "hs6": "950662", "buyer_country": "Japan", "shipped_on": days_ago(3).isoformat(),
        "terms": "open_account",
    }  # fmt: skip
    assert client.post(page, values).status_code == 422
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("currency", [one for one in CURRENCIES if one != PKR])
def test_money_in_each_currency_of_the_list_is_worth_rupees_by_its_rate(currency):
    rulebook.set_rate(
        actor=finance_officer(), currency=currency, day=days_ago(5), rate=Decimal("70.25"), source="A bank"
    )
    row = came(currency=currency, amount=100_000, came_on=days_ago(5))
    assert again(row).paisa == 7_025_000


# ------------------------------------------------------------------------------------------------------ one's own firm


def test_somebody_of_the_bank_does_not_confirm_the_money_of_their_own_firm(client):
    person = bank_person()
    row = came(bank=bank_of(person))
    MemberFactory(sme=row.sme, user=person, role="finance")
    for act in (
        lambda: confirming.confirm(actor=person, receipt=row),
        lambda: confirming.disagree(actor=person, receipt=row, reason="not_come", words=""),
    ):
        with pytest.raises(NotAllowed):
            act()
    client.force_login(person)
    page = client.get(reverse("payments:bank_receipt", args=[row.public_id]))
    assert "You are tied to this firm" in page.content.decode()
    assert "Yes, confirm it" not in page.content.decode()
    assert client.post(reverse("payments:bank_confirm", args=[row.public_id])).status_code == 422
    assert again(row).state == "said"


def test_another_banks_money_is_found_nowhere(client):
    row, other = came(), bank_person()
    client.force_login(other)
    for name in ("bank_receipt", "proceeds_receipt"):
        assert client.get(reverse(f"payments:{name}", args=[row.public_id])).status_code == 404
    for name in ("bank_confirm", "bank_disagree"):
        assert client.post(reverse(f"payments:{name}", args=[row.public_id]), {"reason": "not_come"}).status_code == 404
    assert row.bank_reference not in client.get(reverse("payments:proceeds_queue")).content.decode()
    assert client.get(f"/api/v1/payments/proceeds/{row.public_id}/").status_code == 404
    assert client.get("/api/v1/payments/proceeds/").json()["results"] == []
    assert client.get("/api/v1/payments/shipments/").json()["results"] == []


# ------------------------------------------------------------------------------------------- what is counted already


def test_a_match_taken_back_after_its_month_changes_nothing_that_is_published_and_counts_nothing_twice():
    with_rules()
    person, sme = bank_person(), SmeFactory()
    rate(day=days_ago(80))
    row = shipped(sme, shipped_on=days_ago(110))
    money = came(sme, bank=bank_of(person), came_on=days_ago(80))
    matched(money, of=[(row, 10_000_00)])
    confirmed(money, person=person)
    month = first_of(days_ago(80))
    published = statement_services.publish(actor=finance_officer(), month=month)
    before = published.lines
    allocating.unmatch(actor=sme.created_by, receipt=money, allocation_id=Allocation.objects.get().pk, words="Other.")
    services.withdraw_shipment(actor=sme.created_by, shipment=row, words="Other.")
    new = shipped(sme, shipped_on=days_ago(110), hs6="570110")
    matched(money, of=[(new, 10_000_00)])
    published.refresh_from_db()
    assert published.lines == before
    assert again(money).counts_in == month
    assert [one.month for one in statement_selectors.waiting(today())] == []
    for act in (
        lambda: services.withdraw_proceeds(actor=sme.created_by, receipt=money, words="x"),
        lambda: confirming.disagree(actor=person, receipt=money, reason="not_come", words=""),
    ):
        with pytest.raises(WrongState):
            act()
    names = Event.objects.filter(name__startswith="proceeds.").order_by("pk").values_list("name", flat=True)
    assert list(names)[-2:] == ["proceeds.unmatched", "proceeds.matched"]


def test_a_shipment_that_is_written_down_cannot_be_changed_on_any_page(client):
    """There is no act for it: it is taken back, and written down anew."""
    row = shipped()
    client.force_login(row.sme.created_by)
    assert client.post(reverse("payments:shipment", args=[row.public_id]), {"amount": "1"}).status_code == 405
    assert client.patch(f"/api/v1/payments/shipments/{row.public_id}/", {"amount": 1}).status_code == 405


# ----------------------------------------------------------------------------------------------- codes, Form R, the share


def test_a_code_counts_for_the_days_on_which_it_was_in_use(client):
    with_rules()
    officer = finance_officer()
    values = {"actor": officer, "label_ur": "", "source": "FE 2", "label": "Software"}
    new = rulebook.add_code(code="9471", starts_on=days_ago(10), **values)
    old = rulebook.add_code(code="9999", starts_on=date(2010, 1, 1), ends_on=days_ago(11), **values)
    assert new in selectors.codes_on(days_ago(10))
    assert new not in selectors.codes_on(days_ago(11))
    assert old not in selectors.codes_on(days_ago(10))
    sold = {"is_service": True, "service": "SI21"}
    refused(lambda: came(**sold, purpose=new, came_on=days_ago(11)), "code")
    refused(lambda: came(**sold, purpose=old, came_on=days_ago(10)), "code")
    row = came(**sold, purpose=old, came_on=days_ago(11))
    refused(lambda: services.complete(actor=row.sme.created_by, receipt=row, purpose=new, form_r=""), "code")
    client.force_login(row.sme.created_by)
    page = reverse("payments:proceeds_receipt_new", args=[row.sme.public_id]) + "?kind=service"
    sent = {
        "key": "d" * 32, "bank": row.bank.public_id, "bank_reference": "FT-900", "came_on": days_ago(12).isoformat(),
        "amount": "50", "currency": "USD", "service": "SI21", "purpose": str(old.pk),
    }  # fmt: skip
    assert client.post(page, sent | {"purpose": str(new.pk)}).status_code == 422
    assert client.post(page, sent).status_code == 302


def test_of_two_rows_of_one_code_the_later_one_is_offered():
    with_rules()
    row = rulebook.add_code(
        actor=finance_officer(), code="9184", label="Software", label_ur="", starts_on=days_ago(5), source="FE 3"
    )
    assert [one for one in selectors.codes_on(today()) if one.code == "9184"] == [row]
    assert row not in selectors.codes_on(days_ago(6))


def test_what_is_added_to_a_receipt_stands_in_the_history_once():
    row = came(is_service=True, service="SI21")
    for _click in range(2):
        services.complete(actor=row.sme.created_by, receipt=row, purpose=code("9184"), form_r="R-۱")
    assert again(row).form_r == "R-1"
    said = Event.objects.get(name="proceeds.completed").data
    assert (said["code"], said["has_form_r"]) == ("9184", True)
    services.withdraw_proceeds(actor=row.sme.created_by, receipt=row, words="Twice.")
    with pytest.raises(WrongState):
        services.complete(actor=row.sme.created_by, receipt=row, purpose=None, form_r="")


def test_a_freelancer_may_keep_the_larger_of_the_share_and_the_sum_of_the_month():
    rate("280", day=days_ago(40))
    sme, day = SmeFactory(), first_of(days_ago(0))
    values = {"is_service": True, "service": "SI21", "came_on": day}
    assert came(sme, **values, amount=4_000_00, kept=4_000_00).kept == 4_000_00  # all of it: below USD 5,000
    refused(lambda: came(sme, **values, amount=3_000_00, kept=1_000_01), "keeps_too_much")
    assert came(sme, **values, amount=3_000_00, kept=1_000_00).kept == 1_000_00
    assert came(sme, **values, amount=20_000_00, kept=8_500_00).kept == 8_500_00  # half of 27,000, less what was kept
    refused(lambda: came(sme, **values, amount=1_00, kept=51), "keeps_too_much")


def test_money_that_the_bank_disputed_keeps_no_more_than_the_month_lets_when_it_is_asked_about_again():
    """Meanwhile other money of the month took its place in the foreign account: a freelancer's first USD 5,000."""
    rate("280", day=days_ago(40))
    sme, person, day = SmeFactory(), bank_person(), first_of(days_ago(0))
    values = {"is_service": True, "service": "SI21", "came_on": day, "bank": bank_of(person)}
    first = came(sme, **values, amount=4_000_00, kept=4_000_00)
    for _time in range(2):
        confirming.disagree(actor=person, receipt=first, reason="other_day", words="")
        assert confirming.ask_again(actor=sme.created_by, receipt=first, words="Look again.").state == "said"
    confirming.disagree(actor=person, receipt=first, reason="other_day", words="")
    assert came(sme, **values, amount=3_000_00, kept=3_000_00).state == "said"
    refused(lambda: confirming.ask_again(actor=sme.created_by, receipt=first, words="Once more."), "keeps_too_much")
    assert ProceedsReceipt.objects.get(pk=first.pk).state == "disputed"


# ----------------------------------------------------------------------------------------- the rows of the public sources

ROWS = (  # code, days, first day, last day
    ("goods_default", 180, "2001-09-28", "2022-01-05"),
    ("goods_default", 120, "2022-01-06", None),
    ("goods_sight", 45, "2022-01-06", None),
    ("goods_lc_120_usance", 135, "2022-02-01", None),
    ("goods_discounted_forward", 180, "2022-02-16", None),
    ("b2c_ecommerce", 60, "2020-11-13", None),
)
TERMS = {
    "goods_default": "open_account",
    "goods_sight": "sight",
    "goods_lc_120_usance": "lc_120",
    "goods_discounted_forward": "sold_forward",
    "b2c_ecommerce": "courier",
}


@pytest.mark.parametrize(("rule", "days", "first", "last"), ROWS)
def test_each_row_gives_its_days_from_its_first_to_its_last_day(rule, days, first, last):
    kind = {"kind": "parcel", "amount": 100_00} if rule == "b2c_ecommerce" else {}
    first_day, last_day = date.fromisoformat(first), date.fromisoformat(last) if last else days_ago(1)
    for day in (first_day, last_day):
        row = shipped(terms=TERMS[rule], shipped_on=day, **kind)
        assert (row.due_on, row.due_reason, row.rule.code) == (day + timedelta(days=days), "rule", rule)
    before = shipped(terms=TERMS[rule], shipped_on=first_day - timedelta(days=1), **kind)
    if (rule, days) == ("goods_default", 120):
        assert before.rule.value == 180
    else:
        assert (before.due_on, before.due_reason) == (None, "no_rule")


def test_the_codes_of_the_list_stand_there_and_none_is_called_confirmed():
    with_rules()
    rows = {row.code: row.is_confirmed for row in PurposeCode.objects.all()}
    assert rows == dict.fromkeys(("9102", "9181", "9182", "9183", "9184", "9185"), False)
    assert {row.code for row in DatedRule.objects.filter(is_confirmed=False)} == {
        "form_r", "keep_share", "keep_month", "late",
    }  # fmt: skip


def test_rules_and_codes_are_said_in_urdu_too(client):
    with_rules()
    client.force_login(finance_officer())
    client.cookies["django_language"] = "ur"
    page = client.get(reverse("payments:proceeds_rules")).content.decode()
    assert "امریکی ڈالر فی وصولی۔" in page
    for english in ("Documents against", "US dollars", "not confirmed", "TDAP’s own", "List from before"):
        assert english not in page
    assert all(row.condition_ur and row.source_ur for row in DatedRule.objects.all())
    assert all(row.source_ur for row in PurposeCode.objects.all())


def test_rates_of_a_day_are_those_of_its_week():
    rate("280", day=days_ago(8))
    assert selectors.rate_on("USD", days_ago(1)).rate == Decimal(280)
    assert selectors.rate_on("USD", today()) is None
    assert came(came_on=today()).paisa is None
    assert ProceedsReceipt.objects.get().rate_id is None
