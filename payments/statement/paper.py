"""The statement as machines read it and on paper."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from smes.vocabulary.codes import SECTORS
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.xlsx_text import Sheet, as_xlsx
from tdap_portal.web.documents import blocks_of, pdf_of

from . import overview
from .suppress import LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .selectors import Published

HEAD = ("month", "kind", "sectors", "sector_names", "firms", "amount_pkr", "shown")


def csv_of(months: Sequence[Published]) -> str:
    """Codes and English names, since machines read it. amount_pkr: rupees; empty where a kind is hidden."""
    return as_csv(HEAD, _lines(months))


def _lines(months: Sequence[Published]) -> list[list[object]]:
    found: list[list[object]] = []
    for one in months:
        month = one.month.isoformat()[:7]
        for kind, shown in one.kinds:
            found += [
                [
                    month,
                    kind,
                    ";".join(line.sectors),
                    "; ".join(SECTORS.get(code, "Other goods") for code in line.sectors),
                    line.firms,
                    Decimal(line.paisa).scaleb(-2),
                    "yes",
                ]
                for line in shown.lines
            ]
            if shown.is_hidden:
                found.append([month, kind, "", "", "", "", f"no: fewer than {LEAST} firms, or one with nearly all"])
    return found


def xlsx_of(months: Sequence[Published]) -> bytes:
    """In the language that is active: a sheet to read, and one for machines."""
    rows: list[list[object]] = [[_("Month"), _("Goods or services"), _("Sector"), _("Firms"), _("PKR million")]]
    rows += [
        [
            overview.month_words(row.month),
            overview.kind_words(row.kind),
            row.sectors,
            overview.HIDDEN if row.firms is None else row.firms,
            row.millions,
        ]
        for row in overview.rows_of(months)
    ]
    sheets = [
        Sheet(_("Statement"), rows, widths=(18, 18, 40)),
        Sheet("data", [list(HEAD), *_lines(months)], widths=(10, 10, 24, 40)),
    ]
    return as_xlsx(sheets, title=_("Export proceeds of the programme"), rtl=get_language_bidi())


def pdf_of_months(months: Sequence[Published], address: str) -> bytes:
    """The same as the page, on A4, in the language that is active. address: where the page is found, in its foot."""
    language = get_language() or "en"
    title = _("Export proceeds of the programme")
    context = {"months": page_months(months), "finding": overview.finding(months), "least": LEAST, "title": title}
    html = render_to_string("payments/statement/paper.html", context)
    return pdf_of(blocks_of(html), language="ur" if language.startswith("ur") else "en", title=title, foot=address)


def page_months(months: Sequence[Published]) -> list[dict[str, object]]:
    """What page and paper show of each month."""
    return [
        {
            "month": overview.month_words(one.month),
            "key": one.month.isoformat()[:7],
            "rows": [(overview.kind_words(row.kind), row) for row in overview.rows_of([one])],
            "total": overview.millions(overview.month_total(one)),
            "has_total": overview.month_total(one) is not None,
            "source": overview.source_words(one),
        }
        for one in months
    ]
