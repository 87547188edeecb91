"""Papers about money: the numbered receipt, in both languages on one sheet and from its stored facts alone, and the
statement of a firm."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.models.labels import ENTRY_KIND_LABELS, RECEIPT_KIND_LABELS
from payments.money import exact_figures, shown
from payments.states import EntryKind, ReceiptKind
from smes.vocabulary.places import CITIES
from tdap_portal.core.days import day_words
from tdap_portal.web.documents import Block, pdf_of
from tdap_portal.web.printing import GREEN, LINE, QUIET, PrintedPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django_stubs_ext import StrOrPromise

    from payments.models import Receipt
    from smes.models import Sme

    from .selectors import FirmMoney, Statement, StatementRow

LANGUAGES = ("en", "ur")
WIDTH, EDGE = 210.0, 20.0  # mm
HALF = WIDTH / 2 - EDGE - 4
RIGHT = WIDTH - EDGE - HALF
ROW = 15.0
BRICK = (166, 61, 47)
URDU_LETTER = re.compile("[\u0600-\u06ff]")
LATIN_GAP = re.compile("(?<=[A-Za-z0-9.,)]) (?=[A-Za-z0-9(])")
FITS_A_LINE = 32  # letters
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"


def in_both(words: StrOrPromise) -> dict[str, str]:
    """Words marked for translation, as they read today in both languages."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = str(words)
    return found


def receipt_facts(
    *,
    sme: Sme,
    amount: int,
    currency: str,
    reference: str,
    purpose: StrOrPromise,
    method: StrOrPromise,
    on: date,
) -> dict[str, Any]:
    """All that stands on a receipt beside its number, JSON-able. Raises ValueError for an amount not above 0."""
    if type(amount) is not int or amount <= 0:
        raise ValueError("A receipt is about an amount above 0, in paisa.")
    return {
        "firm": sme.name,
        "city": sme.city,
        "amount": amount,
        "currency": currency,
        "reference": reference,
        "purpose": in_both(purpose),
        "method": in_both(method),
        "on": on.isoformat(),
    }


# -------------------------------------------------------------------------------------------------------------- receipt


def receipt_pdf(receipt: Receipt) -> bytes:
    """One sheet with English on the left and Urdu on the right. The same row gives the same picture, cancelled or
    not."""
    heading = in_both(RECEIPT_KIND_LABELS[ReceiptKind(receipt.kind)])
    page = PrintedPage(f"{heading['en']} {receipt.number}")
    page.pdf.set_fill_color(*GREEN)
    page.pdf.rect(0, 0, WIDTH, 6, style="F")
    _head(page, heading, receipt)
    y = 76.0
    if receipt.cancelled_at is not None:
        y = _cancelled(page, y, receipt)
    y = _amount(page, y, receipt)
    for label, value in _rows(receipt):
        y = _row(page, y, label, value)
    _rule(page, y)
    foot = _(
        "Made by the portal from the books of TDAP. It holds without a signature; the number tells it from every other."
    )
    _in_both_columns(page, y + 5, in_both(foot), size=8.5, ink=QUIET)
    return page.output()


def _head(page: PrintedPage, heading: dict[str, str], receipt: Receipt) -> None:
    page.star(WIDTH / 2, 27, 10)
    _in_both_columns(
        page, 22, in_both(_("Trade Development Authority of Pakistan")), size=11, bold=True, width=HALF - 8
    )
    _rule(page, 42)
    _in_both_columns(page, 50, heading, size=15, bold=True, ink=GREEN)
    page.text(receipt.number, EDGE, 66, HALF, size=13, bold=True)


def _amount(page: PrintedPage, y: float, receipt: Receipt) -> float:
    """The same letters for both languages."""
    text = f"{receipt.facts['currency']} {exact_figures(receipt.facts['amount'])}"
    return page.text(text, EDGE, y, WIDTH - 2 * EDGE, size=26, bold=True) + 6


def _rows(receipt: Receipt) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The name and the value of each line, in both languages; a line without a value is left out."""
    facts = receipt.facts
    city = CITIES.get(facts["city"])
    firm = {
        language: _listed(language, facts["firm"], city.label(language) if city else facts["city"])
        for language in LANGUAGES
    }
    found = (
        (in_both(_("Firm")), firm),
        (in_both(_("What for")), facts["purpose"]),
        (in_both(_("Way of payment")), facts["method"]),
        (in_both(_("Payment reference")), _same(facts["reference"])),
        (in_both(_("Day of the payment")), _day(date.fromisoformat(facts["on"]))),
        (in_both(_("Paper made on")), _day(receipt.issued_on)),
    )
    return (row for row in found if row[1]["en"])


def _row(page: PrintedPage, y: float, label: dict[str, str], value: dict[str, str]) -> float:
    """A line of its own in each column; longer values make the line higher."""
    _rule(page, y)
    left = page.text(label["en"], EDGE, y + 2.2, HALF, size=8, ink=QUIET)
    left = page.text(value["en"], EDGE, left + 0.6, HALF, size=11)
    right = page.urdu(label["ur"], RIGHT, y + 0.4, HALF, size=8, ink=QUIET)
    right = page.urdu(_spaced(value["ur"]), RIGHT, right - 0.8, HALF, size=11)
    return max(y + ROW, left + 2, right + 0.5)


def _cancelled(page: PrintedPage, y: float, receipt: Receipt) -> float:
    """What everybody must see first on a paper that no longer holds."""
    end = _in_both_columns(
        page, y + 4, in_both(_("Cancelled: this paper no longer holds")), size=12, bold=True, ink=BRICK
    )
    end = _in_both_columns(page, end, _day(receipt.cancelled_at), size=10, ink=BRICK)
    write = page.urdu if URDU_LETTER.search(receipt.cancel_words) else page.text
    end = write(receipt.cancel_words, EDGE, end, WIDTH - 2 * EDGE, size=10, ink=BRICK)
    page.pdf.set_draw_color(*BRICK)
    page.pdf.set_line_width(0.8)
    page.pdf.rect(EDGE - 4, y, WIDTH - 2 * EDGE + 8, end + 3 - y)
    return end + 8


def _in_both_columns(page: PrintedPage, y: float, words: dict[str, str], *, width: float = HALF, **look: Any) -> float:
    """English on the left, Urdu on the right; where the longer of both ends."""
    size = look["size"]
    left = page.text(words["en"], EDGE, y, width, **look)
    right = page.urdu(words["ur"], WIDTH - EDGE - width, y - size * 0.18, width, **look)
    return max(left, right)


def _rule(page: PrintedPage, y: float) -> None:
    page.pdf.set_draw_color(*LINE)
    page.pdf.set_line_width(0.2)
    page.pdf.line(EDGE, y, WIDTH - EDGE, y)


def _spaced(text: str) -> str:
    """Latin words of a short Urdu line, set apart by the space of the Latin font: that of Nastaliq is too narrow for
    them."""
    return LATIN_GAP.sub("\N{NO-BREAK SPACE}", text) if len(text) <= FITS_A_LINE else text


def _listed(language: str, *words: str) -> str:
    with translation.override(language):
        return gettext(", ").join(filter(None, words))


def _same(text: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, text)


def _day(day: date | datetime | None) -> dict[str, str]:
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = day_words(day) if day else ""
    return found


# ------------------------------------------------------------------------------------------------------------ statement


def statement_pdf(statement: Statement, *, language: str) -> bytes:
    """What a firm paid and got back between two days, the oldest first, in one language."""
    with translation.override(language):
        days = gettext("%(first)s to %(last)s") % {
            "first": day_words(statement.first),
            "last": day_words(statement.last),
        }
        title = gettext("Statement of account")
        return pdf_of(list(_blocks(statement, days)), language=language, title=title, foot=statement.sme.name)


def _blocks(statement: Statement, days: str) -> Iterator[Block]:
    yield Block("text", gettext("Trade Development Authority of Pakistan"))
    yield Block("h1", gettext("Statement of account"))
    yield Block("text", f"{_spaced(statement.sme.name)}\n{days}")
    yield from _standing(gettext("At the beginning"), statement.before)
    yield Block("h2", gettext("Payments of your firm"))
    if not statement.rows:
        yield Block("text", gettext("Nothing was paid or paid back between these days."))
    for row in statement.rows:
        yield Block("row", cells=(_what_happened(row), _moved(row)))
    yield from _standing(gettext("At the end"), statement.after)


def _standing(heading: str, money: FirmMoney) -> Iterator[Block]:
    yield Block("h2", heading)
    for name, paisa in (
        (gettext("Deposits held; they come back as your offer says"), money.held),
        (gettext("Credit: paid twice, too much or too late"), money.credit),
        (gettext("Fees paid"), money.fees),
        (gettext("Deposits kept"), money.kept),
        (gettext("Paid back"), money.paid_back),
    ):
        yield Block("row", cells=(name, shown(paisa)))


def _what_happened(row: StatementRow) -> str:
    """The kind of the entry, and below it the day, the reference and the receipts."""
    kind = ENTRY_KIND_LABELS[EntryKind(row.entry.kind)]
    words = str(kind)
    if row.entry.reverses is not None:
        words = gettext("%(what)s: %(which)s") % {
            "what": kind,
            "which": ENTRY_KIND_LABELS[EntryKind(row.entry.reverses.kind)],
        }
    numbers = (
        gettext("%(number)s, cancelled") % {"number": paper.number} if paper.cancelled_at else paper.number
        for paper in row.receipts
    )
    return f"{words}\n{' · '.join(filter(None, (day_words(row.entry.booked_on), row.entry.subject, *numbers)))}"


def _moved(row: StatementRow) -> str:
    """Figures for what came from the firm or went back to it; where its money only changed its name, how much of it."""
    if row.paid:
        return LEFT_TO_RIGHT + exact_figures(row.paid)  # else the sign of what went back stands behind it in Urdu
    return f"({exact_figures(max(row.held, row.credit, row.fees, row.kept))})"
