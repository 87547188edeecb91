"""The firm's pages without JavaScript, the bank's queue, the board: what they show, refuse and keep."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from payments.models import Allocation, DatedRule, ExchangeRate, ProceedsReceipt, PurposeCode, Shipment
from payments.proceeds import allocating, confirming, services
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.proceeds import (
    bank_of,
    bank_person,
    came,
    code,
    confirmed,
    days_ago,
    rate,
    service,
    shipped,
    with_rules,
)
from tests.factories.smes import MemberFactory, SmeFactory

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def sme(client):
    with_rules()
    sme = SmeFactory()
    client.force_login(sme.created_by)
    return sme


def path(name, *args):
    return reverse(f"payments:{name}", args=args)


def key_in(page):
    return re.search(r'name="key" value="([0-9a-f]{32})"', page.content.decode())[1]


GOODS = {
    "number": "PSW-FI 27-004417",
    "invoice_number": "INV-1",
    "amount": "12,500.50",
    "currency": "USD",
    "hs6": "9506.62",
    "buyer_country": "Germany",
    "terms": "open_account",
}


def test_goods_are_written_down_and_their_day_is_told(client, sme):
    new = path("shipment_new", sme.public_id)
    typed = GOODS | {"key": key_in(client.get(new)), "shipped_on": "01/11/2026"}
    answer = client.post(new, typed)
    row = Shipment.objects.get()
    assert answer["Location"] == path("shipment", row.public_id)
    assert (row.amount, row.hs6, row.buyer_country, row.due_on) == (1_250_050, "950662", "DEU", date(2027, 3, 1))
    assert client.post(new, typed)["Location"] == path("shipment", row.public_id)
    assert Shipment.objects.count() == 1
    assert "1 March 2027" in client.get(path("shipment", row.public_id)).content.decode().replace("\xa0", " ")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(client, sme):
    new = path("shipment_new", sme.public_id)
    wrong = {"key": "a" * 32, "amount": "twelve", "hs6": "123", "buyer_country": "Pakistan", "shipped_on": "2199-01-01"}
    answer = client.post(new, GOODS | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Write an amount, like 12,500 or 12,500.50." in text
    assert "There is no such HS code." in text
    assert "The buyer is abroad" in text
    assert "This day has not come yet." in text
    assert 'value="PSW-FI 27-004417"' in text
    assert not Shipment.objects.exists()


def test_urdu_figures_are_read_and_the_page_is_urdu(client, sme):
    client.cookies["django_language"] = "ur"
    new = path("shipment_new", sme.public_id)
    answer = client.post(
        new, GOODS | {"key": "b" * 32, "amount": "۱۲٬۵۰۰", "buyer_country": "جرمنی", "shipped_on": "2026-11-01"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Shipment.objects.get().amount == 1_250_000
    assert "برآمدی وصولی" in client.get(path("proceeds", sme.public_id)).content.decode()


def test_the_same_again_is_refused_with_a_sentence(client, sme):
    shipped(sme, number="PSW-1")
    answer = client.post(
        path("shipment_new", sme.public_id), GOODS | {"key": "c" * 32, "number": "psw 1", "shipped_on": "2026-11-01"}
    )
    assert answer.status_code == 422
    assert "This is written down already" in answer.content.decode()


def test_a_parcel_and_a_service_have_forms_of_their_own(client, sme):
    parcel = client.get(f"{path('shipment_new', sme.public_id)}?kind=parcel").content.decode()
    service_form = client.get(f"{path('shipment_new', sme.public_id)}?kind=service").content.decode()
    assert "HAWB" in parcel
    assert 'name="terms"' not in parcel
    assert 'name="hs6"' not in service_form
    assert 'name="service"' in service_form


def test_money_is_written_down_matched_and_taken_off_again(client, sme):
    person = bank_person()
    bank, row = bank_of(person), shipped(sme)
    new = path("proceeds_receipt_new", sme.public_id)
    typed = {
        "key": key_in(client.get(new)),
        "bank": bank.public_id,
        "bank_reference": "FT-1",
        "amount": "10000",
        "currency": "USD",
    }
    answer = client.post(new, typed | {"came_on": days_ago(1).isoformat()})
    receipt = ProceedsReceipt.objects.get()
    page = path("proceeds_receipt", receipt.public_id)
    assert answer["Location"] == page
    assert f'name="part_{row.public_id}" value="10000"' in client.get(page).content.decode()
    match = path("proceeds_match", receipt.public_id)
    above = client.post(match, {"seen": 0, f"part_{row.public_id}": "10,000.01"})
    assert above.status_code == 422
    assert "is left to be paid" in above.content.decode()
    assert client.post(match, {"seen": 0, f"part_{row.public_id}": "4000"})["Location"] == page
    stale = client.post(match, {"seen": 0, f"part_{row.public_id}": "4000"})
    assert stale.status_code == 422
    assert Shipment.objects.get().matched == 4_000_00
    back = path("proceeds_unmatch", receipt.public_id, Allocation.objects.get().pk)
    assert client.post(back, {"words": " "}).status_code == 422
    assert client.post(back, {"words": "The other one."})["Location"] == page
    assert Shipment.objects.get().matched == 0
    assert client.post(path("proceeds_withdraw", receipt.public_id), {"words": "Twice."})["Location"] == page
    assert ProceedsReceipt.objects.get().state == "withdrawn"


def test_an_equal_receipt_is_asked_about(client, sme):
    first = came(sme)
    new = path("proceeds_receipt_new", sme.public_id)
    typed = {
        "key": "d" * 32, "bank": first.bank.public_id, "bank_reference": "FT-2", "amount": "10000", "currency": "USD",
        "came_on": first.came_on.isoformat(),
    }  # fmt: skip
    answer = client.post(new, typed)
    assert answer.status_code == 422
    assert 'name="is_another"' in answer.content.decode()
    assert client.post(new, typed | {"is_another": "on"}).status_code == 302


def test_code_and_form_r_are_added_on_the_page(client, sme):
    rate(day=days_ago(1))
    row = came(sme, is_service=True, service="SI21", amount=31_200_00)
    page = client.get(path("proceeds_receipt", row.public_id)).content.decode()
    assert "Form R is missing" in page
    client.post(path("proceeds_complete", row.public_id), {"purpose": code().pk, "form_r": "R-9"})
    assert "Form R is there" in client.get(path("proceeds_receipt", row.public_id)).content.decode()


def test_what_being_late_cost_stands_on_the_page(client, sme):
    row = shipped(sme, shipped_on=days_ago(130), amount=31_000_00)
    for back, price in ((10, "282.10"), (3, "284.35")):
        rate(price, day=days_ago(back))
    money = came(sme, amount=31_000_00, came_on=days_ago(3))
    allocating.match(actor=sme.created_by, receipt=money, parts={row.public_id: 31_000_00}, seen=0)
    assert "PKR\xa069,750" in client.get(path("shipment", row.public_id)).content.decode()


def test_another_firm_s_things_are_not_found(client, sme):
    row, money = shipped(), came()
    pages = [
        path("proceeds", row.sme.public_id), path("proceeds_csv", row.sme.public_id), path("shipment", row.public_id),
        path("proceeds_receipt", money.public_id), path("shipment_new", row.sme.public_id), path("board"),
        path("proceeds_queue"), path("bank_receipt", money.public_id), path("board_held", row.public_id),
    ]  # fmt: skip
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    acts = [
        path("shipment_withdraw", row.public_id),
        path("proceeds_match", money.public_id),
        path("bank_confirm", money.public_id),
    ]
    assert [client.post(act, {"words": "x", "seen": 0}).status_code for act in acts] == [404] * 3


def test_a_trainee_sees_nothing_of_it(client, sme):
    trainee = UserFactory()
    MemberFactory(sme=sme, user=trainee, role="trainee")
    client.force_login(trainee)
    assert client.get(path("proceeds", sme.public_id)).status_code == 404


def test_the_files_of_a_firm_hold_its_rows_and_run_nothing(client, sme):
    shipped(sme, invoice_number="=1+1")
    came(sme)
    shipped()
    text = client.get(path("proceeds_csv", sme.public_id)).content.decode("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "'=1+1" in text
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(path("proceeds_xlsx", sme.public_id)).content))
    assert {name: len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names} == {
        "Shipments": 2,
        "Receipts": 2,
    }


# -------------------------------------------------------------------------------------------------------------- the bank


def test_the_bank_confirms_or_not_and_the_firm_is_told(client):
    person = bank_person()
    first, second = came(bank=bank_of(person)), came(bank=bank_of(person))
    came()
    client.force_login(person)
    queue = client.get(path("proceeds_queue")).content.decode()
    assert first.bank_reference in queue
    assert queue.count("FT-") == 2
    client.post(path("bank_confirm", first.public_id))
    assert client.post(path("bank_disagree", second.public_id), {"reason": "other", "words": ""}).status_code == 422
    client.post(path("bank_disagree", second.public_id), {"reason": "remittance", "words": "Coded otherwise."})
    assert client.post(path("bank_confirm", second.public_id)).status_code == 422
    deliver_all()
    told = {row.template: row for row in Message.objects.all()}
    assert set(told) == {"proceeds.confirmed", "proceeds.disputed"}
    assert "Coded otherwise." in told["proceeds.disputed"].body
    assert told["proceeds.confirmed"].to == first.sme.created_by


def test_a_bank_finds_money_by_its_reference_or_the_firm(client):
    person = bank_person()
    first = came(SmeFactory(name="Chenab Rugs"), bank=bank_of(person), bank_reference="FT-7001")
    second = came(bank=bank_of(person), bank_reference="FT-7002")
    foreign = came(bank_reference="FT-7003")
    client.force_login(person)

    def found(q):
        page = client.get(path("proceeds_queue"), {"q": q}).content.decode()
        return {row for row in (first, second, foreign) if f"/{row.public_id}/" in page}

    assert found("") == {first, second}
    assert found("ft 7001") == found("chenab") == {first}
    assert found("FT-7003") == found("FT-70") == set()


def test_what_was_typed_beside_a_wrong_code_stays(client, sme):
    row = came(sme, is_service=True, service="SI21", amount=31_200_00)
    answer = client.post(path("proceeds_complete", row.public_id), {"purpose": "999999", "form_r": "R-9"})
    assert answer.status_code == 422
    assert 'value="R-9"' in answer.content.decode()


def test_a_bank_sees_nothing_that_is_held(client):
    person = bank_person()
    came(bank=bank_of(person), bank_reference="FT-1")
    row = came(bank=bank_of(person), bank_reference="FT 1")
    client.force_login(person)
    assert client.get(path("bank_receipt", row.public_id)).status_code == 404


# ------------------------------------------------------------------------------------------------------------- the board


@pytest.fixture
def officer(client):
    with_rules()
    officer = finance_officer()
    client.force_login(officer)
    return officer


def test_the_board_shows_the_first_due_first_and_its_filters_hold(client, officer):
    far, late = shipped(shipped_on=days_ago(5)), shipped(shipped_on=days_ago(140), hs6="570110")
    paid = shipped()
    money = came(paid.sme)
    allocating.match(actor=paid.sme.created_by, receipt=money, parts={paid.public_id: money.amount}, seen=0)
    text = client.get(path("board")).content.decode()
    assert text.index(late.number) < text.index(far.number)
    assert paid.number not in text
    assert "is over its last day" in text
    over = client.get(f"{path('board')}?age=over").content.decode()
    assert (late.number in over, far.number in over) == (True, False)
    carpets = client.get(f"{path('board_csv')}?sector=carpets").content.decode()
    assert (late.number in carpets, far.number in carpets) == (True, False)
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(path("board_xlsx")).content))
    assert len(book.get_sheet_by_index(0).to_python()) == 3


def test_the_board_is_paged_and_costs_the_same_however_many_rows(client, officer, django_assert_max_num_queries):
    sme = SmeFactory()
    shipped(sme)
    client.get(path("board"))
    with django_assert_max_num_queries(40) as one:
        client.get(path("board"))
    for _row in range(55):
        shipped(sme)
    with django_assert_max_num_queries(len(one)):
        page = client.get(path("board")).content.decode()
    assert 'rel="next"' in page


@pytest.mark.parametrize("roles", [[Role.OFFICER], [Role.PROGRAMME_MANAGER], [Role.ADMINISTRATOR], []])
def test_others_do_not_find_the_board(client, roles):
    client.force_login(UserFactory(roles=roles))
    assert [
        client.get(path(name)).status_code for name in ("board", "board_csv", "proceeds_rules", "statement_months")
    ] == [404] * 4


def test_what_is_held_is_decided_on_its_page_and_the_firm_is_told(client, officer):
    shipped(number="PSW-1")
    row = shipped(number="PSW-1")
    page = path("board_held", row.public_id)
    assert client.post(page, {"takes": "no"}).status_code == 422
    assert client.post(page, {"takes": "no", "words": "It is theirs."})["Location"] == path("board")
    deliver_all()
    message = Message.objects.get(template="proceeds.judged")
    assert "It is theirs." in message.body
    assert message.to == row.sme.created_by


def test_rules_codes_and_rates_are_added_with_their_source(client, officer):
    rule = {
        "code": "goods_sight",
        "value": "60",
        "starts_on": "2026-11-01",
        "shift": "none",
        "source": "FE 9",
        "words": "Eased.",
    }
    assert client.post(path("proceeds_rule_add"), rule)["Location"] == path("proceeds_rules")
    assert client.post(path("proceeds_rule_add"), rule | {"source": ""}).status_code == 422
    row = {"code": "9471", "label": "Software", "starts_on": "2026-11-01", "source": "FE 10"}
    assert client.post(path("purpose_code_add"), row).status_code == 302
    price = {"currency": "USD", "day": today().isoformat(), "rate": "281.35", "source": "SBP"}
    assert client.post(path("exchange_rate_add"), price).status_code == 302
    assert client.post(path("exchange_rate_add"), price | {"rate": "-1"}).status_code == 422
    page = client.get(path("proceeds_rules")).content.decode()
    assert all(words in page for words in ("FE 9", "9471", "281.35", "not confirmed"))
    assert DatedRule.objects.filter(source="FE 9").exists()
    assert PurposeCode.objects.filter(code="9471").exists()
    assert ExchangeRate.objects.count() == 1


def test_a_director_reads_the_rules_and_changes_none(client):
    client.force_login(UserFactory(roles=[Role.APPROVER]))
    assert client.get(path("proceeds_rules")).status_code == 200
    assert client.post(path("proceeds_rule_add"), {}).status_code == 403


def test_the_home_of_a_finance_officer_names_what_waits(client, officer):
    shipped(number="PSW-1")
    shipped(number="PSW-1", shipped_on=days_ago(3))
    shipped(shipped_on=days_ago(200))
    page = client.get(reverse("selection:finance_home")).content.decode()
    assert "1 entry of export proceeds waits for a look" in page
    assert "1 firm has export proceeds over their last day" in page


# ---------------------------------------------------------------------------------------------------- messages, the clock


def test_the_firm_is_warned_and_told_in_its_language(client):
    row = shipped(shipped_on=days_ago(110))
    row.sme.created_by.language = "ur"
    row.sme.created_by.save()
    services.warn(shipment_id=row.pk)
    Shipment.objects.filter(pk=row.pk).update(due_on=days_ago(1), board_on=days_ago(1))
    services.tell_late(shipment_id=row.pk)
    deliver_all()
    told = {message.template: message for message in Message.objects.all()}
    assert set(told) == {"shipment.due_soon", "shipment.late"}
    assert "ملک میں آنے ہیں" in told["shipment.due_soon"].body
    assert told["shipment.late"].url == path("shipment", row.public_id)


def test_who_was_paid_meanwhile_is_not_warned():
    row = shipped(shipped_on=days_ago(110))
    services.warn(shipment_id=row.pk)
    money = came(row.sme)
    allocating.match(actor=row.sme.created_by, receipt=money, parts={row.public_id: row.amount}, seen=0)
    deliver_all()
    assert not Message.objects.filter(template="shipment.due_soon").exists()


def test_a_bank_that_changed_its_mind_tells_the_later_word_alone():
    person = bank_person()
    row = confirmed(came(bank=bank_of(person)), person=person)
    confirming.disagree(actor=person, receipt=row, reason="other_day", words="")
    deliver_all()
    assert [message.template for message in Message.objects.all()] == ["proceeds.disputed"]


def test_a_service_without_a_day_stands_on_the_board_behind_all_others(client, officer):
    sme = SmeFactory()
    last, first = service(sme, invoice_number="S-LAST"), shipped(sme)
    text = client.get(path("board")).content.decode()
    assert text.index(first.number) < text.index(last.invoice_number)
    assert "No last day in the contract" in text


def test_the_money_that_came_turns_over_beside_the_exports(client, sme):
    numbers = [came(sme, amount=100 + at, bank_reference=f"FT-{at}").public_id for at in range(27)]
    client.force_login(sme.created_by)
    page = reverse("payments:proceeds", args=[sme.public_id])
    first = client.get(page)
    assert numbers[-1] in first.content.decode()
    assert numbers[0] not in first.content.decode()
    second = client.get(page, {"money": first.context["money"].next}).content.decode()
    assert numbers[0] in second
    assert numbers[-1] not in second


def test_the_board_names_money_that_no_bank_has_confirmed(client, officer):
    """Else a firm could silence the alarm of a late export with money that never came."""
    person, late = bank_person(), shipped(shipped_on=days_ago(130))
    money = came(late.sme, bank=bank_of(person))
    allocating.match(actor=late.sme.created_by, receipt=money, parts={late.public_id: late.amount}, seen=0)
    client.force_login(officer)
    board = reverse("payments:board")
    page = client.get(board)
    assert "Said by firms, not confirmed by the bank" in page.content.decode()
    assert [row.pk for row, _amount in page.context["unconfirmed"]] == [money.pk]
    confirming.confirm(actor=person, receipt=money)
    assert "Said by firms, not confirmed by the bank" not in client.get(board).content.decode()
