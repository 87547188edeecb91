"""A deposit from the place that asks for it to the bank's own line: the firm in Urdu on a telephone without JavaScript, two finance
officers, a payment company and a real worker between them. And one by a slip that two officers find right.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from payments.deposits import tasks
from payments.ledger import books
from payments.ledger import selectors as ledger
from payments.models import Attempt, BankFile, BankLine, Finding, Payment, PaymentAct, Proof, Receipt
from payments.money import rupees
from payments.reconciliation import services as bank
from tdap_portal.accounts.models import User
from tdap_portal.notifications.models import Message
from tests.factories.payments import finance_officer
from tests.factories.smes import SmeFactory
from tests.factories.training_places import CohortFactory, owner_of, seated
from tests.payments.deposits.made import asked, is_whole, money
from tests.payments.reconciliation.made import IBAN
from training.models import Deposit
from training.places import services as places

from .people import look, open_message, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from .people import Person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.journey,
    pytest.mark.redis,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]

DEPOSIT = rupees(25_000)
FEE = rupees(300)  # what the sandbox keeps of it, 1.2 %
WHY = "The round was called off, so the deposit goes back whole."
COLUMNS = {"day": "0", "text": "1", "amount": "2", "order": "dmy", "decimal": "."}


class Play(NamedTuple):
    """The firm with a place, and who looks after the money."""

    payment: Payment
    owner: User
    first: User
    second: User


@pytest.fixture
def play(celery_real_worker, real_broker, live_server, settings) -> Play:
    """A firm that took its place; the sandbox stands open, and web and worker share its memory."""
    settings.DEMO, settings.SITE_URL = True, live_server.url
    shared = {"LOCATION": real_broker, "OPTIONS": {"socket_timeout": 5}}
    settings.CACHES = {
        "default": {"BACKEND": "tdap_portal.core.caches.SteadyRedisCache", **shared},
        "sessions": {"BACKEND": "tdap_portal.core.caches.SessionRedisCache", **shared},
    }
    first, second = finance_officer(name="Saima Akhtar"), finance_officer(name="Bilal Ahmed")
    offer = seated(deposit=DEPOSIT)
    owner = owner_of(offer)
    User.objects.filter(pk=owner.pk).update(language="ur")
    places.take_place(actor=owner, application=offer.application, cohort=CohortFactory(), attendee="Rabia Noor")
    wait_until(Deposit.objects.filter(offer=offer).exists)
    return Play(Deposit.objects.get(offer=offer).payment, owner, first, second)


def test_a_deposit_is_asked_paid_receipted_paid_back_and_borne_out_by_the_bank(play, person):
    firm = person(play.owner.email, 360, java_script_enabled=False)
    pays_at_the_company(firm, play)
    number = reads_that_it_is_paid(firm, play)
    assert (held(play), ledger.balance(books.clearing("sandbox"))) == (DEPOSIT, DEPOSIT)
    paper(firm, "a[href*='/payments/receipts/']", number, "PKR 25,000")

    first, second = person(play.first.email), person(play.second.email)
    act = proposes_to_pay_back(first, play)
    signs(second, play, act)
    reads_that_it_went_back(firm, play)
    assert (held(play), ledger.balance(books.clearing("sandbox"))) == (0, 0)

    another_firm_paid_the_same()
    hand_in_what_the_bank_says(first, second)
    hands_in_the_report(first, play)
    assert ledger.balance(books.clearing("sandbox")) == 0
    assert ledger.balance(books.bank("bank")) == DEPOSIT - 2 * FEE
    assert ledger.balance(books.charges("sandbox")) == 2 * FEE
    assert ledger.balance(books.suspense("bank")) == 0
    nothing_is_left_over(play)
    assert messages(play.owner) == ["payment.asked", "payment.refund_done", "payment.settled"]
    assert [one.complaints for one in (firm, first, second)] == [[], [], []]


def test_a_deposit_by_a_slip_counts_when_two_officers_found_it_right(play, person, tmp_path):
    firm = person(play.owner.email, 360, java_script_enabled=False)
    choose(firm, play, "bank")
    firm.at(r"/tries/1/$")
    look(firm, "how to pay")
    assert IBAN[-4:] in firm.find("main dl.copy").inner_text()
    reference = Attempt.objects.get().reference
    paper(firm, "a[href$='/challan.pdf']", reference, "PKR 25,000")
    sends_the_slip(firm, play, tmp_path)

    first, second = person(play.first.email), person(play.second.email)
    finds_right(first, play)
    assert (fresh(play).state, held(play)) == ("asked", 0)
    expect(first.find("main form[action$='/approve/']")).to_have_count(0)  # one person is not two
    finds_right(second, play)
    number = reads_that_it_is_paid(firm, play)
    assert (held(play), ledger.balance(books.clearing("bank"))) == (DEPOSIT, DEPOSIT)
    paper(firm, "a[href*='/payments/receipts/']", number, "PKR 25,000")

    hand_in_what_the_bank_says(first, second, (f"TRANSFER {fresh(play).reference} NOOR", "25,000.00"))
    wait_until(lambda: BankLine.objects.get().state == "matched")  # by itself: reference, amount and day are the slip's
    assert (held(play), ledger.balance(books.clearing("bank"))) == (DEPOSIT, 0)
    assert ledger.balance(books.bank("bank")) == DEPOSIT
    nothing_is_left_over(play)
    assert messages(play.owner) == ["payment.asked", "payment.settled"]
    assert [one.complaints for one in (firm, first, second)] == [[], [], []]


# ----------------------------------------------------------------------------------------------------------- the firm


def choose(firm: Person, play: Play, way: str) -> None:
    """From the message that asks, to the way it takes."""
    open_message(firm, "payment.asked")
    firm.at(rf"/payments/{play.payment.public_id}/$")
    expect(firm.find("html")).to_have_attribute("dir", "rtl")
    look(firm, "to be paid")
    expect(firm.find("main .big-sum")).to_contain_text("25,000")
    firm.fill(way=way)
    firm.press("main form[action$='/pay/']")


def pays_at_the_company(firm: Person, play: Play) -> None:
    """Over the page that leads there, its own page, and back."""
    choose(firm, play, "sandbox")
    look(firm, "leads on")
    firm.press()
    firm.at(r"/payments/sandbox/$")
    look(firm, "the company's page")
    assert Attempt.objects.get().state == "pending"
    firm.find("main button[value=paid]").click()
    look(firm, "the company's answer")
    firm.find("main form .btn-primary").click()
    firm.at(rf"/payments/back/{play.payment.public_id}/$")
    look(firm, "back")
    assert fresh(play).state == "asked"  # who comes back proves nothing
    firm.find("main a.btn-primary").click()
    tasks.work_off_notices.delay()  # as the clock rings


def reads_that_it_is_paid(firm: Person, play: Play) -> str:
    """The number of the receipt."""
    wait_until(lambda: fresh(play).state == "paid")
    open_message(firm, "payment.settled")
    firm.at(rf"/payments/{play.payment.public_id}/$")
    expect(firm.find("main form[action$='/pay/']")).to_have_count(0)
    look(firm, "paid")
    row = Receipt.objects.get(kind="payment")
    assert row.number.endswith("-00001")
    expect(firm.find("main")).to_contain_text(row.number)
    return row.number


def paper(firm: Person, link: str, *words: str) -> None:
    """A PDF behind a link says this in its own letters."""
    answer = firm.page.request.get(firm.find(f"main {link}").first.get_attribute("href"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    pages = pypdfium2.PdfDocument(io.BytesIO(answer.body()))
    text = "\n".join(page.get_textpage().get_text_range() for page in pages).replace("\N{NO-BREAK SPACE}", " ")
    assert [each for each in words if each not in text] == []


def reads_that_it_went_back(firm: Person, play: Play) -> None:
    open_message(firm, "payment.refund_done")
    firm.at(rf"/payments/{play.payment.public_id}/$")
    look(firm, "paid back")
    expect(firm.find("main [aria-labelledby=back-h]")).to_contain_text("25,000")
    expect(firm.find("main [aria-labelledby=back-h]")).to_contain_text(WHY)
    assert [row.number[-5:] for row in Receipt.objects.order_by("pk")] == ["00001", "00002"]
    firm.open("/payments/")
    look(firm, "all payments")
    lines = firm.find("main [aria-labelledby=booked-h] tbody tr")
    expect(lines).to_have_count(2)
    expect(firm.find("main .money-sums .is-sum")).to_contain_text("0")
    firm.find("main form[action$='statement.pdf'] button").click(trial=True)
    answer = firm.page.request.get(firm.find("main form[action$='statement.pdf']").get_attribute("action"))
    assert answer.body().startswith(b"%PDF")


def sends_the_slip(firm: Person, play: Play, folder: Path) -> None:
    from PIL import Image

    slip = folder / "slip.png"
    Image.new("RGB", (400, 300), "white").save(slip)
    firm.fill(amount="25,000", paid_on=timezone.localdate().isoformat(), bank_reference="FT-77120")
    firm.find("main [name=slip]").set_input_files(slip)
    firm.press("main form[action$='/slip/']")
    firm.at(r"/tries/1/$")
    look(firm, "slip sent")
    assert (Proof.objects.get().state, Proof.objects.get().amount) == ("waiting", DEPOSIT)


# ------------------------------------------------------------------------------------------------------- the officers


def proposes_to_pay_back(officer: Person, play: Play) -> PaymentAct:
    officer.open(f"/payments/desk/payments/{play.payment.public_id}/")
    officer.fill(kind="refund", amount="25,000", words=WHY)
    officer.press("main form[action$='/propose/']")
    act = PaymentAct.objects.get()
    officer.open("/payments/desk/acts/")
    expect(officer.find("main")).to_contain_text("25,000")
    expect(officer.find("main form[action$='/sign/']")).to_have_count(0)  # nobody signs what they proposed
    assert (act.proposed_by_id, act.signed_at, held(play)) == (play.first.pk, None, DEPOSIT)
    return act


def signs(officer: Person, play: Play, act: PaymentAct) -> None:
    officer.open("/home/finance/")
    officer.find("main a[href$='/payments/desk/acts/']").first.click()
    officer.find("main form[action$='/sign/'] button").click()
    officer.at(r"/payments/desk/acts/$")
    act.refresh_from_db()
    assert (act.signed_by_id, held(play)) == (play.second.pk, 0)
    tasks.send_refunds.delay()
    wait_until(lambda: PaymentAct.objects.get(pk=act.pk).done_at is not None)
    assert fresh(play).state == "paid_back"


def finds_right(officer: Person, play: Play) -> None:
    officer.open("/payments/desk/proofs/")
    expect(officer.find("main")).to_contain_text("25,000")
    officer.find("main form[action$='/approve/'] button").click()
    officer.at(r"/payments/desk/proofs/$")


def another_firm_paid_the_same() -> None:
    """On the same day, by the same company."""
    row = asked(SmeFactory(), amount=DEPOSIT)
    from payments.deposits import services

    services.receive(payment=row, incoming=money(DEPOSIT, into=books.clearing("sandbox")))


def hand_in_what_the_bank_says(
    officer: Person, second: Person, line: tuple[str, str] = ("SANDBOX PAYOUT", "24,400.00")
) -> None:
    """One line of today; its columns are said once. It names no balances, so another person takes it."""
    account = bank.set_account(actor=finance_officer(), name="National Bank, deposits", iban=IBAN)
    words, amount = line
    content = f'Date,Narrative,Amount\n{timezone.localdate():%d/%m/%Y},{words},"{amount}"\n'
    officer.open("/payments/bank/")
    officer.find("main a[href$='/upload/']").first.click()
    officer.fill(account=account.public_id)
    hand_over(officer, "bank.csv", content)
    officer.at(r"/columns/$")
    officer.fill(**COLUMNS)
    officer.find("main [name=has_head]").check()
    officer.press()
    expect(officer.find("main")).to_contain_text("Another person takes this file")
    expect(officer.find("main button[name=take]")).to_have_count(0)
    second.open(f"/payments/bank/files/{BankFile.objects.get().public_id}/")
    second.find("main button[name=take]").click()
    wait_until(lambda: BankFile.objects.get().state == "taken")


def hands_in_the_report(officer: Person, play: Play) -> None:
    """50,000.00 paid, 25,000.00 paid back, 600.00 kept by the company: 24,400.00 in one sum."""
    other = Payment.objects.exclude(pk=play.payment.pk).get()
    rows = (
        f'payment,{fresh(play).reference},"25,000.00",09:10',
        f'payment,{other.reference},"25,000.00",11:40',
        f'refund,{fresh(play).reference},"-25,000.00",15:05',
        "fee and tax,,-600.00,",
    )
    officer.open("/payments/bank/reports/")
    officer.fill(provider="sandbox", day=timezone.localdate().isoformat())
    hand_over(officer, "report.csv", "\n".join(("Type,Reference,Gross,Time", *rows, "")))
    officer.at(r"/payments/bank/reports/([a-z0-9]{12})/$")
    expect(officer.find("main .callout.tone-done")).to_be_visible()


def hand_over(officer: Person, name: str, content: str) -> None:
    officer.find("main input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    )
    officer.press()


# ------------------------------------------------------------------------------------------------------------ the books


def fresh(play: Play) -> Payment:
    return Payment.objects.get(pk=play.payment.pk)


def held(play: Play) -> int:
    return ledger.money_of(play.payment.sme).held


def messages(user: User) -> list[str]:
    """Each that the floor of money sent, once."""
    rows = Message.objects.filter(to=user, template__startswith="payment.")
    return sorted(rows.values_list("template", flat=True))


def nothing_is_left_over(play: Play) -> None:
    assert is_whole()
    assert not BankLine.objects.exclude(state="matched").exists()
    assert not Finding.objects.filter(settled_at=None).exists()
    assert ledger.money_of(play.payment.sme).credit == 0
