"""Words of the books' pages, and the columns of what is taken out of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from payments.models.labels import ACCOUNT_KIND_LABELS, WAY_LABELS
from payments.states import AccountKind

from .books import natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django_stubs_ext import StrOrPromise

    from payments.models import Account, Line

    from .selectors import TrialLine

CSV_HEAD = ("day", "entry", "kind", "subject", "about", "debit PKR", "credit PKR", "words")
"""In English, since machines read it."""
PAISA = Decimal("0.01")
OUR_BANK: Mapping[str, StrOrPromise] = {"bank": _lazy("the account to which firms pay")}
"""Until a finance officer has noted it with a name."""


def rupees_of(paisa: int) -> Decimal:
    """Rupees with two decimals, for a spreadsheet."""
    return (Decimal(paisa) / 100).quantize(PAISA)


def csv_row(line: Line) -> tuple[Any, ...]:
    return (
        line.day.isoformat(),
        line.entry_id,
        line.entry.kind,
        line.entry.subject,
        line.about,
        rupees_of(max(line.amount, 0)),
        rupees_of(max(-line.amount, 0)),
        line.entry.words,
    )


def name_of(account: Account, banks: Mapping[str, str]) -> str:
    """What it is, and whose. banks: names of TDAP's accounts by their code."""
    kind = str(ACCOUNT_KIND_LABELS[AccountKind(account.kind)])
    owner = account.sme.name if account.sme is not None else whose(AccountKind(account.kind), account.code, banks)
    return _("%(what)s: %(whose)s") % {"what": kind, "whose": owner} if owner else kind


def whose(kind: AccountKind, code: str, banks: Mapping[str, str]) -> str:
    """The company or the account behind a code of the books; the code itself where nobody named it."""
    known: Mapping[str, StrOrPromise] = (
        WAY_LABELS if kind == AccountKind.CLEARING else {**WAY_LABELS, **OUR_BANK, **banks}
    )
    return str(known.get(code, code))


def with_names(lines: Iterable[TrialLine], banks: Mapping[str, str]) -> list[tuple[TrialLine, str]]:
    """Each with whose it is; "" for what is of firms."""
    return [(line, whose(line.kind, line.code, banks) if line.code else "") for line in lines]


def moved(line: Line) -> int:
    """How much more (below 0: less) there is on the account by this line, as people read it."""
    return natural(AccountKind(line.account.kind), line.amount)
