"""The firm's pages: what it reads, how it pays, and that nobody else sees it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from payments.deposits import acts, paying, proofs, services
from payments.models import Attempt, DepositRule, Notice, Payment, PaymentAct, Proof, Receipt
from tdap_portal.audit.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.smes import MemberFactory, SmeFactory
from tests.payments.deposits.made import AMOUNT, asked, begun, held, is_whole, money, state

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]


@pytest.fixture(autouse=True)
def _ways_to_pay(settings, tmp_path):
    settings.PAYMENT_PROVIDERS = ["raast", "sandbox", "bank"]
    settings.VAULT_ROOT = tmp_path


@pytest.fixture
def row():
    return asked()


@pytest.fixture
def owner(client, row):
    client.force_login(row.sme.created_by)
    return client


def url(name, *args):
    return reverse(f"payments:{name}", args=args)


def slip_file(colour="white"):
    target = BytesIO()
    Image.new("RGB", (400, 300), colour).save(target, "PNG")
    target.seek(0)
    target.name = "slip.png"
    return target


def test_the_list_and_the_page_show_what_is_to_be_paid(owner, row):
    page = owner.get(url("home")).content.decode()
    assert row.reference in page
    page = owner.get(url("payment", row.public_id)).content.decode()
    assert "PKR\N{NO-BREAK SPACE}5,000" in page
    assert all(name in page for name in ("Raast QR", "Trial payment", "Bank transfer or challan"))


def test_a_firm_without_payments_reads_what_will_stand_there(client):
    sme = SmeFactory()
    client.force_login(sme.created_by)
    assert "Nothing was asked of your firm" in client.get(url("home")).content.decode()


@pytest.mark.parametrize("who", ["stranger", "trainee"])
def test_others_find_nothing(client, row, who):
    attempt = begun(row, way="bank")
    user = SmeFactory().created_by if who == "stranger" else MemberFactory(sme=row.sme, role="trainee").user
    client.force_login(user)
    for name, args in (
        ("firm", (row.sme.public_id,)),
        ("payment", (row.public_id,)),
        ("attempt", (row.public_id, attempt.number)),
        ("challan", (row.public_id, attempt.number)),
        ("statement", (row.sme.public_id,)),
    ):
        assert client.get(url(name, *args)).status_code == 404, name
    assert client.post(url("pay", row.public_id), {"way": "raast", "token": "t"}).status_code == 404
    assert Attempt.objects.count() == 1


def test_papers_of_another_firm_are_not_there_by_any_address(owner, row):
    """Neither by their own address nor below a payment, a try or a firm of one's own."""
    other = asked()
    services.receive(payment=other, incoming=money())
    other_try, own_try = begun(asked(other.sme), way="bank"), begun(row, way="bank")
    proof = Proof.objects.create(
        payment=other_try.payment, attempt=other_try, amount=AMOUNT, paid_on=timezone.localdate(), name="s.png",
        content_type="image/png", size=1, sha256="0" * 64, stored_as="none.png", uploaded_by=other.sme.created_by,
    )  # fmt: skip
    receipt = Receipt.objects.get()
    there = other_try.payment.public_id
    for name, args in (
        ("receipt", (receipt.public_id,)),
        ("statement", (other.sme.public_id,)),
        ("firm", (other.sme.public_id,)),
        ("payment", (other.public_id,)),
        ("attempt", (there, 1)),
        ("challan", (there, 1)),
        ("slip", (there, proof.public_id)),
        ("slip", (row.public_id, proof.public_id)),
        ("attempt", (row.public_id, 2)),
    ):
        assert owner.get(url(name, *args)).status_code == 404, name
    for name in ("attempt_look", "attempt_leave", "slip_send"):
        assert owner.post(url(name, there, 1)).status_code == 404, name
    assert owner.get(url("attempt", row.public_id, own_try.number)).status_code == 200


def test_the_hosted_page_is_posted_to_from_a_page_whose_policy_names_it_alone(owner, row, settings):
    settings.SITE_URL = "https://pay.example"
    response = owner.post(url("pay", row.public_id), {"way": "sandbox", "token": "page-1"})
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "form-action 'self' https://pay.example" in policy
    assert "https://pay.example" not in owner.get(url("payment", row.public_id))["Content-Security-Policy"]
    assert 'name="pp_TxnRefNo"' in response.content.decode()
    again = owner.post(url("pay", row.public_id), {"way": "sandbox", "token": "page-1"})
    assert again.context["step"].fields == response.context["step"].fields  # a double click leads on to the one order
    assert Attempt.objects.count() == 1
    Attempt.objects.update(state="paid")
    assert owner.post(url("pay", row.public_id), {"way": "sandbox", "token": "page-1"}).status_code == 302


def test_a_second_click_by_telephone_asks_the_telephone_once(owner, row):
    data = {"way": "sandbox:phone", "token": "page-1", "mobile": "0300-1234567"}
    for _click in range(2):
        assert owner.post(url("pay", row.public_id), data)["Location"] == url("attempt", row.public_id, 1)
    assert Attempt.objects.count() == 1


def test_raast_shows_a_code_and_the_account(owner, row):
    response = owner.post(url("pay", row.public_id), {"way": "raast", "token": "page-1"})
    page = owner.get(response["Location"]).content.decode()
    assert 'class="qr"' in page
    assert "PK36 SCBL 0000 0011 2345 6702" in page
    assert Attempt.objects.get().reference in page


def test_a_wallet_asks_for_the_number_and_keeps_none(owner, row):
    data = {"way": "sandbox:phone", "token": "page-1"}
    assert "Mobile number of the wallet" in owner.post(url("pay", row.public_id), data).content.decode()
    wrong = owner.post(url("pay", row.public_id), data | {"mobile": "12"})
    assert wrong.status_code == 422
    right = owner.post(url("pay", row.public_id), data | {"mobile": "0300-1234567"})
    assert right["Location"] == url("attempt", row.public_id, 1)
    assert "3001234567" not in str(Attempt.objects.values())


def test_numbers_of_the_payer_reach_no_log_no_row_and_no_history(owner, row, caplog):
    """All that is logged, statements of the database included; the right number and one that is refused."""
    with caplog.at_level("DEBUG"), CaptureQueriesContext(connection) as asked_of_it:
        for mobile in ("0300-1234567", "0300-12345678901"):
            data = {"way": "sandbox:phone", "token": f"page {len(mobile)}", "mobile": mobile, "cnic": "35202-1234567-1"}
            owner.post(url("pay", row.public_id), data)
    written = (
        caplog.text
        + str(asked_of_it.captured_queries)
        + str(list(Event.objects.values_list("data", flat=True)))
        + str(Attempt.objects.values())
    )
    assert Attempt.objects.get().reference in written
    assert [number for number in ("3001234567", "300-1234567", "1234567-1", "352021234567") if number in written] == []


def test_an_unknown_way_is_said_and_begins_nothing(owner, row):
    response = owner.post(url("pay", row.public_id), {"way": "gold", "token": "t"})
    assert response.status_code == 422
    assert not Attempt.objects.exists()


def test_nothing_is_begun_after_the_day(owner, row):
    Payment.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    response = owner.post(url("pay", row.public_id), {"way": "raast", "token": "t"})
    assert response.status_code == 422
    assert "The day by which this was to be paid is over." in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_of_return_reads_and_writes_nothing(client, row, method, django_assert_num_queries):
    attempt = begun(row)
    before = Attempt.objects.values().get(pk=attempt.pk)
    with django_assert_num_queries(0):
        response = getattr(client, method)(
            url("back", row.public_id), {"pp_ResponseCode": "000", "pp_TxnRefNo": attempt.reference}
        )
    assert response.status_code == 200
    assert "We are asking the payment company" in response.content.decode()
    assert (state(row), Attempt.objects.values().get(pk=attempt.pk)) == ("asked", before)
    assert not Notice.objects.exists()


def test_looking_now_asks_the_company_and_settles(owner, row):
    attempt = begun(row)
    Attempt.objects.update(begun_at=timezone.now() - timedelta(minutes=2))
    from payments.providers.sandbox.script import Deal, Scenario
    from payments.providers.switches import provider_of

    moment = timezone.now() - timedelta(minutes=2)
    deal = Deal(attempt.reference, attempt.amount, moment, attempt.expires_at)
    provider_of("sandbox").call_up(Scenario.PAID, deal)
    owner.post(url("attempt_look", row.public_id, 1))
    assert state(row) == "paid"
    assert Receipt.objects.count() == 1


def test_a_way_is_left_and_another_taken(owner, row):
    begun(row, way="bank")
    assert owner.post(url("attempt_leave", row.public_id, 1))["Location"] == url("payment", row.public_id)
    assert Attempt.objects.get().code == "left"
    begun(row)
    refused = owner.post(url("attempt_leave", row.public_id, 2))
    assert refused.status_code == 422
    assert Attempt.objects.get(number=2).state == "pending"


def test_a_slip_is_sent_once_and_counts_when_two_officers_found_it_right(owner, row):
    begun(row, way="bank")
    data = {"amount": "5,000", "paid_on": timezone.localdate().isoformat(), "bank_reference": "FT1"}
    for _click in range(2):
        response = owner.post(url("slip_send", row.public_id, 1), data | {"slip": slip_file()})
        assert response.status_code == 302, response.content.decode()
    proof = Proof.objects.get()
    first, second = finance_officer(), finance_officer()
    proofs.approve(actor=first, proof=proof)
    proofs.approve(actor=first, proof=proof)
    assert state(row) == "asked"
    proofs.approve(actor=second, proof=proof)
    proofs.approve(actor=second, proof=proof)
    assert (state(row), held(row)) == ("paid", AMOUNT)
    assert is_whole()
    got = owner.get(url("slip", row.public_id, proof.public_id))
    assert b"".join(got.streaming_content).startswith(b"\x89PNG")
    got.close()
    assert got["X-Content-Type-Options"] == "nosniff"


def test_a_slip_that_is_no_picture_is_refused_with_what_was_typed(owner, row):
    begun(row, way="bank")
    wrong = BytesIO(b"MZ not a picture")
    wrong.name = "slip.exe"
    data = {"amount": "five", "paid_on": timezone.localdate().isoformat(), "slip": wrong}
    response = owner.post(url("slip_send", row.public_id, 1), data)
    assert response.status_code == 422
    assert 'value="five"' in response.content.decode()
    assert not Proof.objects.exists()


def test_the_challan_names_firm_account_amount_and_reference_in_both_languages(owner, row):
    type(row.sme).objects.update(name="Karakoram")
    attempt = begun(row, way="bank")
    response = owner.get(url("challan", row.public_id, 1))
    assert response["Content-Type"] == "application/pdf"
    text = pypdfium2.PdfDocument(response.content)[0].get_textpage().get_text_range()
    assert text.count(attempt.reference) >= 3
    assert text.count("PK36 SCBL 0000 0011 2345 6702") == 3
    assert text.count("Karakoram") == 3


def test_receipts_refunds_and_the_statement_are_the_firms(owner, row):
    services.receive(payment=row, incoming=money())
    act = acts.propose(actor=finance_officer(), payment=row, kind=acts.Kind.REFUND, amount=AMOUNT, words="Earned.")
    acts.sign(actor=finance_officer(), act=act)
    page = owner.get(url("payment", row.public_id)).content.decode()
    assert "Earned." in page
    for receipt in Receipt.objects.all():
        assert receipt.number in page
        assert owner.get(url("receipt", receipt.public_id)).content.startswith(b"%PDF")
    assert owner.get(url("statement", row.sme.public_id)).content.startswith(b"%PDF")
    assert (
        owner.get(url("statement", row.sme.public_id), {"first": "2027-05-01", "last": "2027-04-01"}).status_code == 302
    )


def test_whoever_looks_after_the_money_of_the_firm_may_pay(client, row):
    user = UserFactory()
    MemberFactory(sme=row.sme, user=user, role="finance")
    client.force_login(user)
    assert "Choose a way" in client.get(url("payment", row.public_id)).content.decode()


def test_each_page_reads_in_urdu(owner, row):
    begun(row, way="raast")
    owner.cookies["django_language"] = "ur"
    for address in (url("home"), url("payment", row.public_id), url("attempt", row.public_id, 1)):
        response = owner.get(address)
        assert response.status_code == 200
        assert 'dir="rtl"' in response.content.decode()


def told(page):
    """Headings of what is said before a way is chosen."""
    return [one.title for one in page.context["callouts"]]


def headline(page):
    return page.context["headline"]


def folds(page):
    """Whether the ways to pay stand behind a sentence that says that nothing was paid."""
    return "I have not paid: choose a way again" in page.content.decode()


def test_what_is_under_way_is_said_before_a_way_is_chosen(owner, row):
    address = url("payment", row.public_id)
    begun(row, way="bank")
    page = owner.get(address)
    assert headline(page).startswith("Pay ")  # whoever looked at numbers of an account has not paid yet
    assert not folds(page)
    assert "Pay with these numbers" in page.content.decode()
    attempt = begun(row)
    page = owner.get(address)
    assert (headline(page), folds(page)) == ("We are asking the payment company", True)
    Attempt.objects.filter(pk=attempt.pk).update(state="differs")
    page = owner.get(address)
    assert (headline(page), folds(page)) == ("The payment company tells of another currency than rupees", True)
    Attempt.objects.filter(pk=attempt.pk).update(state="failed")
    page = owner.get(address)
    assert headline(page).startswith("Pay ")
    assert not folds(page)
    Proof.objects.create(
        payment=row, attempt=row.attempts.get(number=1), amount=AMOUNT, paid_on=timezone.localdate(), name="s.png", size=1,
        sha256="0" * 64, content_type="image/png", stored_as="none.png", uploaded_by=row.sme.created_by,
    )  # fmt: skip
    page = owner.get(address)
    assert (headline(page), folds(page)) == ("Your slip is being looked at", True)


def test_the_page_looks_again_by_itself_until_the_company_has_answered(owner, row):
    address = url("payment", row.public_id)

    def asked_again():
        return owner.get(address, headers={"HX-Request": "true", "HX-Target": "asked"})

    attempt = begun(row)
    assert 'id="asked"' in owner.get(address).content.decode()
    assert asked_again().status_code == 204  # nothing to show yet
    Attempt.objects.filter(pk=attempt.pk).update(begun_at=timezone.now() - timedelta(hours=1))
    assert 'id="asked"' not in owner.get(address).content.decode()  # nobody sits before it any more
    Attempt.objects.filter(pk=attempt.pk).update(begun_at=timezone.now(), state="paid")
    services.receive(payment=row, incoming=money())
    answer = asked_again()
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")


def test_a_try_of_what_is_paid_leads_to_no_other_way(owner, row):
    attempt = begun(row)
    address = url("attempt", row.public_id, attempt.number)
    assert "Another way" in owner.get(address).content.decode()
    services.receive(payment=row, incoming=money())
    assert "Another way" not in owner.get(address).content.decode()


def test_days_of_a_statement_that_are_wrong_stand_there_again(owner, row):
    address = url("statement", row.sme.public_id)
    page = owner.get(address, {"first": "2026-11-10", "last": "2026-10-01"}, follow=True)
    text = page.content.decode()
    assert 'value="2026-11-10"' in text
    assert page.context["form"].errors


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "PKR\N{NO-BREAK SPACE}500 came, and PKR\N{NO-BREAK SPACE}5,000 were asked"), ("ur", "مانگے گئے تھے")],
)
def test_another_amount_is_shown_with_what_becomes_of_it(owner, row, language, said):
    attempt = begun(row)
    paying.take_paid(
        attempt=attempt,
        amount=AMOUNT // 10,
        currency="PKR",
        provider_reference="1",
        happened_at=timezone.now(),
        fee=None,
    )
    owner.cookies["django_language"] = language
    page = owner.get(url("payment", row.public_id))
    assert said in headline(page)
    assert (told(page), folds(page) or language == "ur") == ([], True)
    acts.sign(
        actor=finance_officer(),
        act=acts.propose(
            actor=finance_officer(), payment=row, kind=PaymentAct.Kind.USE_CREDIT, amount=AMOUNT // 10, words="Theirs."
        ),
    )
    page = owner.get(url("payment", row.public_id))
    assert [one for one in (headline(page), *told(page)) if said in one] == []


def test_what_two_people_let_go_is_shown(owner, row):
    DepositRule.objects.create(since=timezone.localdate(), source="Order", short_up_to=100)
    services.receive(payment=row, incoming=money(AMOUNT - 100))
    assert told(owner.get(url("payment", row.public_id))) == [
        "A part has come", "Only PKR\N{NO-BREAK SPACE}1 are missing",
    ]  # fmt: skip
    act = acts.propose(
        actor=finance_officer(), payment=row, kind=PaymentAct.Kind.TAKE_SHORT, amount=100, words="A rupee."
    )
    acts.sign(actor=finance_officer(), act=act)
    assert told(owner.get(url("payment", row.public_id))) == [
        "PKR\N{NO-BREAK SPACE}1 are missing, and that was accepted"
    ]


def test_late_money_is_shown_with_what_becomes_of_it(owner, row):
    begun(row)
    Attempt.objects.update(state="failed")
    Payment.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    services.expire_payment(payment_id=row.pk)
    services.receive(payment=row, incoming=money())
    page = owner.get(url("payment", row.public_id))
    assert told(page) == ["Do not pay now", "PKR\N{NO-BREAK SPACE}5,000 of yours are here as credit"]
    assert "You can pay another way" not in page.content.decode()


def test_a_paid_payment_begins_with_its_receipt(owner, row):
    services.receive(payment=row, incoming=money())
    page = owner.get(url("payment", row.public_id))
    assert page.context["receipt"] == Receipt.objects.get()
    assert f"Receipt {Receipt.objects.get().number}" in page.content.decode()
