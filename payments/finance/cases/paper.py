"""The readiness pack as one PDF: English first, then the same in Urdu."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
from django.utils import translation
from django.utils.translation import gettext as _

from payments.money import shown
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.web.documents import Block, pdf_of

from .pack import LANGUAGES, pack_of, pack_of_case
from .selectors import decided_pack_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from payments.models import FinanceCase
    from smes.models import Sme

    from .frozen import Pack

URDU_LETTER = re.compile("[\u0600-\u06ff]")
LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"


def case_pdf(case: FinanceCase) -> bytes:
    """What the lender reads of a case."""
    return _in_both(lambda language: _case_blocks(case, pack_of_case(case), language), foot=case.code)


def own_pdf(sme: Sme) -> bytes:
    """The pack of a firm for its own people, about no loan."""
    return _in_both(lambda _language: _blocks(pack_of(sme, on=today()), sme.name), foot=sme.public_id)


def _in_both(blocks: Callable[[str], Iterator[Block]], *, foot: str) -> bytes:
    whole, target = pikepdf.new(), BytesIO()
    for language in LANGUAGES:
        with translation.override(language):
            sheets = pdf_of(list(blocks(language)), language=language, title=_("Readiness pack"), foot=foot)
        with pikepdf.open(BytesIO(sheets)) as part:
            whole.pages.extend(part.pages)
    whole.docinfo["/Title"] = f"TDAP {foot}"
    whole.save(target, deterministic_id=True)
    return target.getvalue()


def _case_blocks(case: FinanceCase, pack: Pack, language: str) -> Iterator[Block]:
    yield from _blocks(pack, case.sme.name, case=case, language=language)


def _blocks(pack: Pack, firm: str, *, case: FinanceCase | None = None, language: str = "en") -> Iterator[Block]:
    yield Block("text", _("Trade Development Authority of Pakistan"))
    yield Block("h1", _("Readiness pack"))
    yield Block("text", f"{firm}\n{day_words(pack.on)}")
    if case is not None:
        yield Block("h2", _("What is asked for"))
        yield Block("row", cells=(_("Amount"), shown(case.amount, language=language)))
        yield Block("row", cells=(_("For how many days"), str(case.days)))
        yield Block("text", case.use)
        for day, paisa in case.expected:
            name = _("The firm expects on %(day)s") % {"day": day_words(date.fromisoformat(day))}
            yield Block("row", cells=(name, shown(paisa, language=language)))
    yield Block("h2", _("The firm"))
    for name, value in pack.facts:
        yield Block("row", cells=(name, _as_written(value)))
    yield Block("h2", _("What is known, and what it rests on"))
    for line in pack.lines:
        small = " · ".join(filter(None, (_as_written(line.says), line.rests_on)))
        yield Block("row", cells=(f"{line.name}\n{small}", line.state))
    kept = decided_pack_of(case) if case is not None else None
    if kept is not None:
        words = _("As decided on: kept on %(day)s, and never changed since.")
        yield Block("text", words % {"day": day_words(kept.made_at, "DATETIME_FORMAT")})
        yield Block("row", cells=(_("Fingerprint:"), _as_written(kept.digest[:32])))
    yield Block(
        "text",
        _(
            "Made by the portal from what the firm said and what TDAP compared. It is no promise that a loan is paid back."
        ),
    )


def _as_written(text: str) -> str:
    """Numbers and masked numbers without an Urdu letter keep their order on the Urdu sheet."""
    return text if URDU_LETTER.search(text) else LEFT_TO_RIGHT + text
