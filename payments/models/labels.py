"""What codes of the books are called on pages and papers. Each code has its words here and nowhere else."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _

from payments.states import AccountKind, EntryKind, ReceiptKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

Code = TypeVar("Code", bound=StrEnum)

ACCOUNT_KIND_LABELS: Mapping[AccountKind, StrOrPromise] = {
    AccountKind.HELD: _("Deposits that we hold"),
    AccountKind.CREDIT: _("Credit of firms"),
    AccountKind.FEES: _("Fees paid by firms"),
    AccountKind.KEPT: _("Deposits that were kept"),
    AccountKind.CLEARING: _("With the payment company"),
    AccountKind.BANK: _("In the bank"),
    AccountKind.SUSPENSE: _("Not yet matched"),
    AccountKind.CHARGES: _("Charges of banks and payment companies"),
}
ENTRY_KIND_LABELS: Mapping[EntryKind, StrOrPromise] = {
    EntryKind.DEPOSIT_PAID: _("Deposit paid"),
    EntryKind.FEE_PAID: _("Fee paid"),
    EntryKind.KEPT_AS_CREDIT: _("Payment kept as credit"),
    EntryKind.CREDIT_USED: _("Credit used"),
    EntryKind.RELEASED: _("Deposit turned into credit"),
    EntryKind.REFUND: _("Paid back"),
    EntryKind.FEE_REFUND: _("Fee paid back"),
    EntryKind.FORFEIT: _("Deposit kept"),
    EntryKind.PAYMENT_RETURNED: _("Payment returned by the bank"),
    EntryKind.REFUND_RETURNED: _("Money paid back that was returned to us"),
    EntryKind.SETTLEMENT: _("Paid out by the payment company"),
    EntryKind.BANK_CHARGE: _("Charge of the bank"),
    EntryKind.SUSPENSE_IN: _("Received, not yet matched"),
    EntryKind.SUSPENSE_OUT: _("Payment matched"),
    EntryKind.REVERSAL: _("Entry taken back"),
}
RECEIPT_KIND_LABELS: Mapping[ReceiptKind, StrOrPromise] = {
    ReceiptKind.PAYMENT: _("Receipt of payment"),
    ReceiptKind.REFUND: _("Receipt of money paid back"),
    ReceiptKind.FORFEIT: _("Notice of a deposit kept"),
}


def choices_of(labels: Mapping[Code, StrOrPromise]) -> list[tuple[str, StrOrPromise]]:
    """For a model's column."""
    return [(code.value, label) for code, label in labels.items()]
