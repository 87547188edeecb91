"""Papers about money: drawn from stored facts, in both languages, and looked at as pictures."""

from __future__ import annotations

import re
from datetime import date

import pypdfium2
import pytest
import time_machine
from django.utils.translation import gettext_lazy

from payments.ledger import books, receipts, selectors, services
from payments.models import Receipt
from payments.states import ReceiptKind
from tests.factories.payments import BANK, booked, deposit, finance_officer, refunded
from tests.factories.smes import SmeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sme():
    return SmeFactory(name="Noor Sports Works", city="Sialkot")


@pytest.fixture
def paper(sme):
    with time_machine.travel("2027-04-15T13:13:00+05:00", tick=False):
        return services.issue_receipt(
            entry=deposit(sme, 2_500_000, subject="DEP-0000412-K"),
            kind=ReceiptKind.PAYMENT,
            sme=sme,
            amount=2_500_000,
            reference="DEP-0000412-K",
            purpose=gettext_lazy("Deposit"),
            method="Raast QR",
        )


def words_in(pdf):
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join(re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in pages)


def picture(pdf, page=0):
    return pypdfium2.PdfDocument(pdf)[page].render(scale=1).to_pil().convert("L")


def dark(picture, box):
    return sum(value < 128 for value in picture.crop(box).tobytes())


def test_a_receipt_says_what_was_stored(paper, sme):
    sme.name = "Another Firm"
    sme.save()
    words = words_in(receipts.receipt_pdf(Receipt.objects.get()))
    for text in ("R-2027-00001", "25,000.00", "Noor Sports Works", "DEP-0000412-K", "Raast QR", "15 April 2027"):
        assert text in words or "-".join(reversed(text.split("-"))) in words, text  # read from the right
    assert "Another Firm" not in words
    assert "no longer holds" not in words


def test_both_languages_stand_side_by_side(paper):
    """Urdu on the right, with its Latin letters: without the fallback fonts they would vanish."""
    drawn = picture(receipts.receipt_pdf(paper))
    width, height = drawn.size
    left, right = dark(drawn, (40, 200, width // 2, height)), dark(drawn, (width // 2, 200, width - 40, height))
    assert min(left, right) > 300
    assert max(left, right) < 5 * min(left, right)


def test_the_same_row_gives_the_same_picture_whatever_language_is_active(paper):
    from django.utils import translation

    english = picture(receipts.receipt_pdf(paper)).tobytes()
    with translation.override("ur"):
        assert picture(receipts.receipt_pdf(paper)).tobytes() == english


def test_a_cancelled_receipt_says_so_first(paper):
    services.reverse(actor=finance_officer(), entry=paper.entry, words="Paid by mistake")
    words = words_in(receipts.receipt_pdf(Receipt.objects.get()))
    assert {"no", "longer", "holds"} <= set(
        words.split()
    )  # in which order depends on how a line of both languages is read
    assert words.index("longer") < words.index("25,000.00")
    assert "Paid by mistake" in words


@pytest.mark.parametrize("kind", ReceiptKind)
def test_every_kind_is_drawn_with_long_names_too(kind):
    sme = SmeFactory(
        name="Sialkot International Surgical Instruments and Sports Goods Manufacturing Company (Pvt.) Ltd. " * 2,
        city="Nowhere",
    )
    paper = services.issue_receipt(
        entry=deposit(sme, 1), kind=kind, sme=sme, amount=1, reference="", purpose="زرِ ضمانت " * 10, method=""
    )
    words = words_in(receipts.receipt_pdf(paper))
    assert "0.01" in words
    assert "Payment reference" not in words


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_statement_has_every_payment_of_its_days(sme, language):
    with time_machine.travel("2027-04-15T13:13:00+05:00", tick=False):
        deposit(sme, 2_500_000, subject="DEP-0000412-K")
        refunded(sme, 1_000_001)
        booked(books.fee_paid(sme.pk, 350_000, into=books.bank(BANK)))
        booked(books.forfeit(sme.pk, 50_000))
        for number in range(40):
            deposit(sme, 100 + number)
    found = selectors.statement(sme, date(2027, 4, 1), date(2027, 4, 30))
    words = words_in(receipts.statement_pdf(found, language=language))
    for text in ("25,000.00", "10,000.01", "3,500.00", "500.00", "1.39", "Noor Sports Works", "0000412"):
        assert text in words, text
    assert len(pypdfium2.PdfDocument(receipts.statement_pdf(found, language=language))) > 1


def test_an_empty_statement_says_so(sme):
    found = selectors.statement(sme, date(2027, 4, 1), date(2027, 4, 30))
    assert "Nothing was paid" in words_in(receipts.statement_pdf(found, language="en"))
