"""Words of the books' pages, and the columns of what is taken out of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from payments.models.labels import ACCOUNT_KIND_LABELS
from payments.states import AccountKind

from .books import natural

if TYPE_CHECKING:
    from payments.models import Account, Line

CSV_HEAD = ("day", "entry", "kind", "subject", "about", "debit PKR", "credit PKR", "words")
"""In English, since machines read it."""
PAISA = Decimal("0.01")


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


def name_of(account: Account) -> str:
    """What it is, and whose."""
    kind = str(ACCOUNT_KIND_LABELS[AccountKind(account.kind)])
    owner = account.sme.name if account.sme is not None else account.code
    return _("%(what)s: %(whose)s") % {"what": kind, "whose": owner} if owner else kind


def moved(line: Line) -> int:
    """How much more (below 0: less) there is on the account by this line, as people read it."""
    return natural(AccountKind(line.account.kind), line.amount)
