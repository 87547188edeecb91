"""The desk of payments and the books: what officials see and do, and that nobody else finds them."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.deposits import acts, paying, services
from payments.desk import wording
from payments.ledger import books, checking
from payments.ledger import services as ledger
from payments.models import (
    Account,
    BankAccount,
    BooksCheck,
    DayClose,
    DepositRule,
    Entry,
    Finding,
    Payment,
    PaymentAct,
    Proof,
    ReadinessProof,
)
from payments.states import FindingKind
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import director, officer
from tests.factories.payments import finance_officer
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory
from tests.markup import flat
from tests.payments.deposits.made import AMOUNT, asked, begun, credit, held, is_whole, money, state
from tests.payments.deposits.test_proofs import sent

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]
LISTS = ("desk", "desk_payments", "desk_findings", "desk_acts", "desk_proofs", "desk_refunds", "desk_refused", "desk_rules",
         "books", "accounts", "days")  # fmt: skip


@pytest.fixture(autouse=True)
def _ways_to_pay(settings, tmp_path):
    settings.PAYMENT_PROVIDERS = ["raast", "sandbox", "bank"]
    settings.VAULT_ROOT = tmp_path


@pytest.fixture
def finance():
    return finance_officer(name="First Officer")


@pytest.fixture
def desk(client, finance):
    client.force_login(finance)
    return client


def url(name, *args):
    return reverse(f"payments:{name}", args=args)


def paid(**kwargs):
    row = asked(**kwargs)
    services.receive(payment=row, incoming=money())
    return Payment.objects.select_related("sme").get(pk=row.pk)


def proposed(row, by=None, kind=acts.Kind.REFUND):
    return acts.propose(actor=by or finance_officer(), payment=row, kind=kind, amount=AMOUNT, words="By the rule.")


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_there_empty_and_full(desk, name):
    assert desk.get(url(name)).status_code == 200
    row = paid()
    proposed(row)
    services.receive(payment=row, incoming=money())
    sent(asked())
    assert desk.get(url(name)).status_code == 200


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("who", [officer, lambda: SmeFactory().created_by])
def test_nobody_else_finds_the_desk(client, name, who):
    client.force_login(who())
    assert client.get(url(name)).status_code == 404


def test_payments_are_found_by_reference_firm_state_and_way(desk):
    rows = [asked() for _number in range(3)]
    one = paid(sme=SmeFactory(name="Chenab Rugs"))

    def found(**query):
        page = desk.get(url("desk_payments"), query).content.decode()
        return {row.reference for row in [*rows, one] if row.reference in page}

    assert found() == {row.reference for row in [*rows, one]}
    assert found(q=rows[0].reference.replace("-", " ").lower()) == {rows[0].reference}
    assert found(q="chenab") == {one.reference}
    assert found(state="paid") == {one.reference}
    assert found(way="bank") == {one.reference}
    assert found(state="gold") == {row.reference for row in [*rows, one]}


@pytest.mark.parametrize("sort", ["newest", "due", "amount"])
def test_pages_of_the_list_hold_each_payment_once(desk, monkeypatch, sort):
    monkeypatch.setattr("payments.desk.selectors.PAGE", 2)
    rows = {asked(amount=AMOUNT + number % 2).reference for number in range(5)}
    seen, address = [], f"{url('desk_payments')}?sort={sort}"
    while address:
        response = desk.get(address)
        seen += [row.reference for row in response.context["page"].rows]
        after = response.context["page"].next
        address = f"{url('desk_payments')}?sort={sort}&cursor={after}" if after else ""
    assert len(seen) == 5
    assert set(seen) == rows


def test_the_list_goes_out_as_csv_and_workbook_in_which_nothing_runs(desk):
    paid(sme=SmeFactory(name="=HYPERLINK(1)"))
    text = b"".join(desk.get(url("desk_payments_csv")).streaming_content).decode()
    assert "'=HYPERLINK(1)" in text
    assert ",5000.00,5000.00," in text
    assert desk.get(url("desk_payments_xlsx")).content.startswith(b"PK")


def test_a_refund_is_proposed_by_one_and_signed_by_another(desk, client, finance):
    row = paid()
    response = desk.post(
        url("desk_propose", row.public_id), {"kind": "refund", "amount": "5,000", "words": "Came to all sessions."}
    )
    assert response.status_code == 302
    act = PaymentAct.objects.get()
    desk.post(url("desk_sign", act.public_id))
    assert state(row) == "paid"  # not by the same person
    client.force_login(finance_officer())
    for _click in range(2):
        client.post(url("desk_sign", act.public_id))
    assert (state(row), held(row)) == ("paid_back", 0)
    assert is_whole()


def test_bad_input_is_said_and_nothing_is_lost(desk):
    row = paid()
    response = desk.post(
        url("desk_propose", row.public_id), {"kind": "refund", "amount": "9,000", "words": "Too much."}
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "No more than is held" in page
    assert "Too much." in page


def test_a_refund_by_hand_is_noted_by_one_and_borne_out_by_another(desk, client, finance):
    row = paid()
    act = proposed(row)
    acts.sign(actor=finance_officer(), act=act)
    acts.send_refund(act.pk)
    assert row.reference in desk.get(url("desk_refunds")).content.decode()
    desk.post(url("desk_refund_seen", act.public_id))
    desk.post(url("desk_refund_paid", act.public_id), {"bank_reference": "FT99"})
    desk.post(url("desk_refund_seen", act.public_id))
    act.refresh_from_db()
    assert (act.done_at, act.bank_reference) == (None, "FT99")
    client.force_login(director())
    client.post(url("desk_refund_seen", act.public_id))
    act.refresh_from_db()
    assert act.done_at is not None
    assert not Finding.objects.filter(settled_at=None).exists()


def test_a_refund_that_did_not_go_out_is_credit_again_once(desk):
    row = paid()
    act = proposed(row)
    acts.sign(actor=finance_officer(), act=act)
    acts.send_refund(act.pk)
    for _click in range(2):
        desk.post(url("desk_refund_not_gone", act.public_id))
    assert (credit(row), held(row)) == (AMOUNT, 0)
    assert is_whole()


@pytest.mark.parametrize(("days", "is_told"), [(0, False), (1, True), (400, True)])
def test_a_slip_of_a_day_before_the_payment_was_asked_for_is_looked_at_twice(desk, days, is_told):
    sent(asked(), paid_on=today() - timedelta(days=days))
    page = desk.get(url("desk_proofs")).content.decode()
    assert ("The day on the slip lies before this payment was asked for." in page) is is_told


def test_whoever_noted_a_refund_as_paid_does_not_say_that_it_did_not_go_out(desk, client):
    """It would be credit again, and go out a second time."""
    row = paid()
    act = proposed(row)
    acts.sign(actor=finance_officer(), act=act)
    acts.send_refund(act.pk)
    desk.post(url("desk_refund_paid", act.public_id), {"bank_reference": "FT99"})
    assert "It did not go out" not in desk.get(url("desk_refunds")).content.decode()
    desk.post(url("desk_refund_not_gone", act.public_id))
    assert (credit(row), PaymentAct.objects.get(pk=act.pk).came_back) == (0, False)
    client.force_login(finance_officer())
    assert "It did not go out" in client.get(url("desk_refunds")).content.decode()
    client.post(url("desk_refund_not_gone", act.public_id))
    assert (credit(row), PaymentAct.objects.get(pk=act.pk).came_back) == (AMOUNT, True)


def test_credit_of_a_payment_goes_back_and_never_more_than_there_is(desk):
    row = paid()
    services.receive(payment=row, incoming=money())
    act = proposed(row, kind=acts.Kind.PAY_CREDIT)
    acts.sign(actor=finance_officer(), act=act)
    assert (credit(row), held(row)) == (0, AMOUNT)
    response = desk.post(url("desk_propose", row.public_id), {"kind": "pay_credit", "amount": "1", "words": "Again."})
    assert response.status_code == 422
    assert is_whole()


def test_late_money_of_another_payment_is_not_applied(finance):
    sme = SmeFactory()
    late, other = asked(sme), asked(sme)
    Payment.objects.update(due_at=timezone.now() - timedelta(days=9))
    for row in (late, other):
        services.expire_payment(payment_id=row.pk)
    services.receive(payment=other, incoming=money())
    with pytest.raises(acts.DomainError, match="No late money of this payment"):
        acts.propose(actor=finance, payment=late, kind=acts.Kind.APPLY_LATE, amount=AMOUNT, words="Take it.")
    acts.propose(actor=finance, payment=other, kind=acts.Kind.APPLY_LATE, amount=AMOUNT, words="Take it.")


def test_slips_and_findings_are_worked_off_from_their_lists(desk, client):
    proof = sent(asked())
    desk.post(url("desk_proof_refuse", proof.public_id), {"words": ""})
    assert Proof.objects.get().state == "waiting"
    desk.post(url("desk_proof_approve", proof.public_id))
    desk.post(url("desk_proof_approve", proof.public_id))
    assert Proof.objects.get().state == "looked_at"
    client.force_login(finance_officer())
    client.post(url("desk_proof_approve", proof.public_id))
    assert Proof.objects.get().state == "approved"

    services.raise_finding(FindingKind.UNCLEAR, "x", payment=proof.payment)
    finding = Finding.objects.get()
    client.post(url("desk_settle", finding.public_id), {"words": "Asked the company.", "back": "/payments/desk/"})
    finding.refresh_from_db()
    assert finding.words == "Asked the company."


def test_a_slip_that_was_sent_for_another_payment_too_is_told(desk):
    rows = [asked(), asked(), asked()]
    for row, sha256, transfer in zip(rows, ("a" * 64, "a" * 64, "b" * 64), ("FT-1", "", "FT-1"), strict=True):
        attempt = begun(row, way="bank")
        Proof.objects.create(
            payment=row, attempt=attempt, amount=AMOUNT, paid_on=timezone.localdate(), name="s.png", size=1, sha256=sha256,
            content_type="image/png", stored_as="none.png", bank_reference=transfer, uploaded_by=row.sme.created_by,
        )  # fmt: skip
    page = flat(desk.get(url("desk_proofs")).content.decode())
    assert page.count("The same file was sent for") == 2
    assert page.count("The same transfer is named for") == 2
    assert page.count("Look twice") == 4


def test_what_an_open_finding_asks_for_is_chosen_already(desk):
    row = paid()
    assert desk.get(url("desk_payment", row.public_id)).context["form"].initial["kind"] == "refund"
    services.receive(payment=row, incoming=money(100_000))
    initial = desk.get(url("desk_payment", row.public_id)).context["form"].initial
    assert (initial["kind"], initial["amount"]) == ("pay_credit", 100_000)
    services.settle_finding(actor=finance_officer(), finding=Finding.objects.get(), words="Seen.")
    assert desk.get(url("desk_payment", row.public_id)).context["form"].initial["kind"] == "refund"


@pytest.mark.parametrize(
    ("missing", "kinds", "chosen"),
    [
        (100, ["pay_credit", "use_credit", "take_short"], ("take_short", 100)),
        (101, ["pay_credit", "use_credit"], ("use_credit", AMOUNT - 101)),
        (-7, ["pay_credit", "use_credit"], ("use_credit", AMOUNT)),
    ],
)
def test_of_another_amount_what_follows_is_chosen_already(desk, missing, kinds, chosen):
    DepositRule.objects.create(since=today(), source="Order", short_up_to=100)
    row = asked()
    paying.take_paid(
        attempt=begun(row), amount=AMOUNT - missing, currency="PKR", provider_reference="1", happened_at=timezone.now(),
        fee=None,
    )  # fmt: skip
    form = desk.get(url("desk_payment", row.public_id)).context["form"]
    assert [kind for kind, _label in form.fields["kind"].choices] == kinds
    assert (form.initial["kind"], form.initial["amount"]) == chosen
    data = {"kind": chosen[0], "amount": f"{chosen[1] / 100:.2f}", "words": "As agreed."}
    assert desk.post(url("desk_propose", row.public_id), data).status_code == 302
    act = PaymentAct.objects.get()
    assert (act.kind, act.amount, act.is_open) == (*chosen, True)


def test_an_officer_of_the_firm_reads_why_others_act(desk, finance):
    row = asked()
    services.receive(payment=row, incoming=money())
    services.receive(payment=row, incoming=money())
    acts.propose(actor=finance_officer(), payment=row, kind=acts.Kind.REFUND, amount=AMOUNT, words="Earned.")
    for address in (url("desk_findings"), url("desk_acts"), url("desk_payment", row.public_id)):
        assert "This is your own firm" not in desk.get(address).content.decode()
    MemberFactory(sme=row.sme, user=finance, role="trainee")
    for address in (url("desk_findings"), url("desk_acts"), url("desk_payment", row.public_id)):
        assert "This is your own firm" in desk.get(address).content.decode(), address
    assert "act to sign" not in desk.get("/").content.decode()


def test_nobody_is_led_away_from_the_desk(desk):
    row = paid()
    act = proposed(row)
    response = desk.post(url("desk_sign", act.public_id), {"back": "https://elsewhere.example/payments/desk/"})
    assert response["Location"] == url("desk_acts")


def test_a_director_sets_the_rule_and_an_officer_does_not(client, finance):
    data = {
        "since": today().isoformat(),
        "pay_days": 5,
        "again_days": 4,
        "remind_days": 2,
        "keep_days": 0,
        "short_up_to": "0",
        "source": "Finance wing, decision 7",
    }
    client.force_login(finance)
    assert client.post(url("desk_rules"), data).status_code == 403
    client.force_login(director())
    assert client.post(url("desk_rules"), data | {"pay_days": 0}).status_code == 422
    for _click in range(2):
        assert client.post(url("desk_rules"), data).status_code == 302
    assert DepositRule.objects.get().pay_days == 5
    page = client.get(url("desk_rules"))
    assert page.content.decode().count("Finance wing, decision 7") == 1
    assert "There is no other rule." in page.content.decode()


def test_rules_beside_that_of_today_are_paged(desk):
    for days in range(27):
        DepositRule.objects.create(since=today() + timedelta(days=days), source=f"Decision {days}", set_by=director())
    first = desk.get(url("desk_rules")).context["page"]
    second = desk.get(url("desk_rules"), {"cursor": first.next}).context["page"]
    assert [row.source for row in [*first.rows, *second.rows]] == [f"Decision {days}" for days in range(26, 0, -1)]


def test_an_account_shows_its_lines_with_the_balance_of_each_day(desk):
    row = paid()
    account = Account.objects.get(kind="held")
    page = desk.get(url("account", account.pk)).content.decode()
    assert row.sme.name in page
    assert page.count("5,000.00") >= 3
    text = b"".join(desk.get(url("account_csv", account.pk)).streaming_content).decode()
    assert ",0.00,5000.00," in text
    assert desk.get(url("account_xlsx", account.pk)).content.startswith(b"PK")
    assert desk.get(url("entry", Entry.objects.get().pk)).status_code == 200
    assert desk.get(url("account", 999_999)).status_code == 404


def test_a_day_is_prepared_by_one_and_closed_by_another(desk, client):
    paid()
    Entry.objects.all()
    yesterday = today() - timedelta(days=1)
    from payments.ledger import books

    ledger.post(posting=books.bank_charge(100, bank_code="bank"), effect="fee:1", actor=None, on=yesterday)
    assert desk.post(url("day_prepare", "nonsense")).status_code == 404
    desk.post(url("day_prepare", yesterday.isoformat()), {"words": "All there."})
    desk.post(url("day_close", yesterday.isoformat()))
    assert DayClose.objects.get().closed_at is None
    client.force_login(director())
    client.post(url("day_close", yesterday.isoformat()))
    assert DayClose.objects.get().closed_at is not None
    assert "closed up to" in client.get(url("days")).content.decode()


def test_the_nightly_look_stands_on_the_health_page_and_the_desk(desk, monkeypatch):
    from payments.ledger.selectors import health_lines

    monkeypatch.setattr(checking, "guards_off", lambda: iter(()))  # the guards of a test's database are another test's

    assert health_lines()[0].ok
    paid()
    assert not health_lines()[0].ok  # nobody has looked yet
    ledger.check_books()
    assert health_lines()[0].ok
    BooksCheck.objects.update(faults=2, first=["entry 7: 1 of 2 lines"])
    line = health_lines()[0]
    assert (line.ok, line.weight) == (False, "must")
    assert "entry 7" in desk.get(url("desk")).content.decode()


def test_homes_say_what_waits(client, finance):
    proposed(paid())
    client.force_login(finance)
    assert "1 act to sign" in client.get(reverse("selection:finance_home")).content.decode()
    client.force_login(director())
    assert "1 act on money waits to be signed" in client.get(reverse("selection:director_home")).content.decode()


def test_the_trail_shows_tries_notices_entries_and_acts(desk):
    row = asked()
    attempt = begun(row)
    services.receive(payment=row, incoming=money())
    proposed(Payment.objects.get(pk=row.pk))
    page = desk.get(url("desk_payment", row.public_id)).content.decode()
    for words in (attempt.reference, "Deposit paid", "By the rule.", "R-"):
        assert words in page


# ------------------------------------------------------------------------------------------- what an officer does next


def read(response):
    """The page as a reader sees it."""
    return unescape(flat(response.content.decode()))


def test_each_kind_of_finding_says_what_follows_and_leads_to_the_act_where_there_is_one(desk):
    row = paid()
    for kind in FindingKind:
        services.raise_finding(kind, f"of {kind}", payment=row, amount=AMOUNT)
    page = read(desk.get(url("desk_findings")))
    assert set(wording.WHAT_FOLLOWS) == set(FindingKind)
    assert all(str(sentence) in page for sentence in wording.WHAT_FOLLOWS.values())
    leads = {finding for finding in Finding.objects.all() if f"?finding={finding.public_id}#propose" in page}
    assert {FindingKind(finding.kind) for finding in leads} == set(FindingKind) - wording.NO_PROPOSAL


def test_findings_are_narrowed_by_kind(desk):
    first, second = paid(), paid()
    services.raise_finding(FindingKind.LATE, "one", payment=first)
    services.raise_finding(FindingKind.UNCLEAR, "two", payment=second)

    def found(kind):
        page = desk.get(url("desk_findings"), {"kind": kind}).content.decode()
        return {row.reference for row in (first, second) if row.reference in page}

    assert found("") == found("gold") == {first.reference, second.reference}
    assert found("unclear") == {second.reference}
    assert "Nothing of this kind" in read(desk.get(url("desk_findings"), {"kind": "double"}))


IBAN = "PK36SCBL0000001123456702"
GROUPS = "PK36 SCBL 0000 0011 2345 6702"


def by_hand(**of_firm):
    """A signed refund that a person has to send."""
    row = paid(sme=SmeFactory(**of_firm))
    act = proposed(row)
    acts.sign(actor=finance_officer(), act=act)
    acts.send_refund(act.pk)
    return PaymentAct.objects.select_related("payment__sme").get(pk=act.pk)


def test_a_refund_by_hand_says_to_which_account_and_whether_a_paper_shows_it(desk):
    act = by_hand(iban=IBAN)
    page = read(desk.get(url("desk_refunds")))
    assert GROUPS in page
    assert "Not proven" in page
    ReadinessProof.objects.create(
        sme=act.payment.sme, kind="account", iban=IBAN, title="CHENAB RUGS", state="accepted", sent_by=act.payment.sme.created_by,
        document=DocumentFactory(sme=act.payment.sme),
    )  # fmt: skip
    page = read(desk.get(url("desk_refunds")))
    assert "CHENAB RUGS" in page
    assert "Not proven" not in page


def test_a_refund_to_a_firm_without_an_account_says_what_to_ask_for(desk):
    by_hand(iban="")
    assert "The firm has named no account" in read(desk.get(url("desk_refunds")))


def test_the_account_is_read_by_nobody_but_whoever_may_send_the_money_and_only_until_it_is_sent(desk, client, finance):
    act = by_hand(iban=IBAN)
    assert GROUPS in read(desk.get(url("desk_refunds")))  # so that the rest can fail
    own = finance_officer()
    MemberFactory(sme=act.payment.sme, user=own, role="trainee")
    for person in (own, director()):
        client.force_login(person)
        page = read(client.get(url("desk_refunds")))
        assert act.payment.reference in page
        assert GROUPS not in page
        assert IBAN not in page
    client.force_login(finance)
    client.post(url("desk_refund_paid", act.public_id), {"bank_reference": "FT99"})
    assert GROUPS not in read(client.get(url("desk_refunds")))


# ----------------------------------------------------------------------------------------------- what was typed stays


def test_a_reference_that_was_refused_stands_in_its_field_again_and_goes_with_the_one_that_is_taken(desk):
    act = by_hand()
    address = url("desk_refunds")
    long = "FT" + "9" * 60
    desk.post(url("desk_refund_paid", act.public_id), {"bank_reference": long, "back": address})
    assert f'value="{long}"' in desk.get(address).content.decode()
    desk.post(url("desk_refund_paid", act.public_id), {"bank_reference": "FT99", "back": address})
    assert long not in desk.get(address).content.decode()


@pytest.mark.parametrize("where", ["desk_findings", "desk_payment"])
def test_words_about_a_finding_that_were_refused_stand_there_again(desk, monkeypatch, where):
    row = paid()
    for effect in ("one", "two"):
        services.raise_finding(FindingKind.UNCLEAR, effect, payment=row)
    finding, other = Finding.objects.order_by("pk")
    address = url(where, row.public_id) if where == "desk_payment" else url(where)

    def refuses(**_said):
        raise DomainError("Not now.", code="not_now")

    with monkeypatch.context() as away:
        away.setattr(services, "settle_finding", refuses)
        desk.post(url("desk_settle", finding.public_id), {"words": "Asked the company.", "back": address})
    shown = desk.get(address).content.decode()
    assert shown.count("Asked the company.") == 1
    field = shown[: shown.index("Asked the company.")].rpartition("<textarea")[2]
    assert f"words-{finding.public_id}" in field
    desk.post(url("desk_settle", finding.public_id), {"words": "Asked the company.", "back": address})
    assert "Asked the company.</textarea>" not in desk.get(address).content.decode()
    assert other.public_id in desk.get(address).content.decode()


def test_a_field_for_words_is_empty_until_somebody_writes(desk):
    services.raise_finding(FindingKind.UNCLEAR, "one", payment=paid())
    page = desk.get(url("desk_findings")).content.decode()
    assert "></textarea>" in page
    assert not re.search(r"<textarea[^>]*>\s+</textarea>", page)


# ------------------------------------------------------------------------------------------------------- whose it is


def test_accounts_of_the_books_stand_with_names_instead_of_codes(desk):
    row = asked()
    services.receive(payment=row, incoming=money(AMOUNT // 2, into=books.bank("bank")))
    services.receive(payment=row, incoming=money(AMOUNT // 2, into=books.clearing("sandbox")))
    assert "the account to which firms pay" in read(desk.get(url("books")))  # nobody has noted it yet
    BankAccount.objects.create(code="bank", name="National Bank, deposits", iban=IBAN)
    for address in (url("desk"), url("books"), url("accounts")):
        page = read(desk.get(address))
        assert "National Bank, deposits" in page
        assert "Trial payment" in page


def test_the_page_of_a_payment_speaks_of_money_in_urdu(desk):
    row = paid()
    desk.cookies["django_language"] = "ur"
    page = read(desk.get(url("desk_payment", row.public_id)))
    assert "ضبط شدہ" in page
    assert "مان لیا گیا" not in page  # "kept" of an answer
    assert "ہو چکا" not in page  # "held" of a session
