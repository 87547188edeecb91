"""The challan: a paying-in slip in three copies on one sheet, each in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from payments.ledger.receipts import LANGUAGES, in_both
from tdap_portal.core.days import day_words
from tdap_portal.core.marks import gettext_noop
from tdap_portal.web.printing import GREEN, LINE, QUIET, PrintedPage

if TYPE_CHECKING:
    from payments.providers.bank import Challan

WIDTH, EDGE = 210.0, 14.0  # mm
COPY = 99.0  # height of one copy
LABEL, VALUE = 38.0, 106.0
ROW = 8.2
PAYER = gettext_noop("Paid in by")
UNTIL = gettext_noop("To be paid by")
TITLE = gettext_noop("Challan")
SIGNED = gettext_noop("Stamp and signature of the bank")


def challan_pdf(challan: Challan, reference: str, payer: str) -> bytes:
    """reference: for the title of the file. payer: the firm, which the bank's clerk asks for."""
    page = PrintedPage(f"Challan {reference}")
    lines = [(in_both(_(PAYER)), payer), *((in_both(_(line.label)), line.value) for line in challan.lines)]
    day = _day(challan)
    for number, copy in enumerate(challan.copies):
        top = number * COPY
        if number:
            page.pdf.set_draw_color(*LINE)
            page.pdf.set_dash_pattern(dash=2, gap=2)
            page.pdf.line(0, top, WIDTH, top)
            page.pdf.set_dash_pattern()
        _copy(page, top, in_both(_(copy)), lines, (in_both(_(UNTIL)), day))
    return page.output()


def _day(challan: Challan) -> dict[str, str]:
    """The last day, in each language."""
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            found[language] = day_words(timezone.localtime(challan.until))
    return found


def _copy(
    page: PrintedPage,
    top: float,
    heading: dict[str, str],
    lines: list[tuple[dict[str, str], str]],
    until: tuple[dict[str, str], dict[str, str]],
) -> None:
    title, signed = in_both(_(TITLE)), in_both(_(SIGNED))
    page.text(f"{title['en']} · {heading['en']}", EDGE, top + 8, 110, size=11, bold=True, ink=GREEN)
    page.urdu(f"{title['ur']} · {heading['ur']}", WIDTH - EDGE - 90, top + 5, 90, size=10, bold=True, ink=GREEN)
    y = top + 18
    for label, value in lines:
        page.pdf.set_draw_color(*LINE)
        page.pdf.line(EDGE, y - 1, WIDTH - EDGE, y - 1)
        page.text(label["en"], EDGE, y + 1, LABEL, size=8, ink=QUIET)
        end = page.text(value, EDGE + LABEL, y + 0.6, VALUE, size=9.5, bold=True)
        page.urdu(label["ur"], WIDTH - EDGE - LABEL, y - 1, LABEL, size=8, ink=QUIET)
        y = max(y + ROW, end + 1.6)
    page.pdf.line(EDGE, y - 1, WIDTH - EDGE, y - 1)
    page.text(until[0]["en"], EDGE, y + 1, LABEL, size=8, ink=QUIET)
    page.text(until[1]["en"], EDGE + LABEL, y + 0.6, 50, size=9.5, bold=True)
    page.urdu(until[1]["ur"], EDGE + LABEL + 50, y - 1, 54, size=9.5, bold=True)
    page.urdu(until[0]["ur"], WIDTH - EDGE - LABEL, y - 1, LABEL, size=8, ink=QUIET)
    page.text(signed["en"], EDGE, top + COPY - 8, 80, size=7.5, ink=QUIET)
    page.urdu(signed["ur"], WIDTH - EDGE - 80, top + COPY - 10, 80, size=7.5, ink=QUIET)
