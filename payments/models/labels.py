"""What codes of the books are called on pages and papers. Each code has its words here and nowhere else."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _

from payments.states import (
    AccountKind,
    AttemptState,
    CaseState,
    ConsentFor,
    EntryKind,
    Exporting,
    FindingKind,
    Look,
    NoticeState,
    PaymentState,
    ProofKind,
    ProofState,
    Purpose,
    ReceiptKind,
    Repaying,
    ReplyState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

Code = TypeVar("Code", bound=StrEnum)

PURPOSE_LABELS: Mapping[Purpose, StrOrPromise] = {
    Purpose.DEPOSIT: _("Commitment deposit"),
    Purpose.FEE: _("Fee"),
}
PAYMENT_STATE_LABELS: Mapping[PaymentState, StrOrPromise] = {
    PaymentState.ASKED: _("To be paid"),
    PaymentState.PART_PAID: _("Paid in part"),
    PaymentState.AT_BANK: _("Waiting for the bank"),
    PaymentState.PAID: _("Paid"),
    PaymentState.EXPIRED: _("Its day has passed"),
    PaymentState.CANCELLED: _("Cancelled, not paid"),
    PaymentState.RETURNED: _("Returned by the bank"),
    PaymentState.PAID_BACK: _("Paid back"),
    PaymentState.KEPT: _("Kept by TDAP"),
}
ATTEMPT_STATE_LABELS: Mapping[AttemptState, StrOrPromise] = {
    AttemptState.PENDING: _("On its way"),
    AttemptState.UNKNOWN: _("Not known yet"),
    AttemptState.FAILED: _("Not paid"),
    AttemptState.PAID: _("Money came"),
    AttemptState.DIFFERS: _("Another amount came"),
}
NOTICE_STATE_LABELS: Mapping[NoticeState, StrOrPromise] = {
    NoticeState.WAITING: _("To be worked off"),
    NoticeState.DONE: _("Worked off"),
    NoticeState.REFUSED: _("Not believed"),
    NoticeState.GIVEN_UP: _("A person looks at it"),
}
FINDING_KIND_LABELS: Mapping[FindingKind, StrOrPromise] = {
    FindingKind.DIFFERS: _("Another amount or currency than asked"),
    FindingKind.DOUBLE: _("Paid twice"),
    FindingKind.LATE: _("Paid after its day"),
    FindingKind.SEEN_TOO_LATE: _("Paid in time, seen too late"),
    FindingKind.ENDED: _("Paid, and no longer asked for"),
    FindingKind.UNKNOWN_PAYMENT: _("A payment that we do not know"),
    FindingKind.UNCLEAR: _("The payment company is not clear"),
    FindingKind.NOT_PAID_BACK: _("A refund did not go out"),
}
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
PROOF_KIND_LABELS: Mapping[ProofKind, StrOrPromise] = {
    ProofKind.ACCOUNT: _("Account for payments"),
    ProofKind.FOREIGN: _("Foreign currency account"),
    ProofKind.WALLET: _("Mobile wallet"),
    ProofKind.CARDS: _("Card payments"),
    ProofKind.ONLINE: _("International payment service"),
}
PROOF_STATE_LABELS: Mapping[ProofState, StrOrPromise] = {
    ProofState.WAITING: _("An officer of TDAP looks at it"),
    ProofState.ACCEPTED: _("Shown and accepted"),
    ProofState.RETURNED: _("Came back with a reason"),
    ProofState.REPLACED: _("A newer proof took its place"),
}
EXPORTING_LABELS: Mapping[Exporting, StrOrPromise] = {
    Exporting.NOT_ASKED: _("Exports are not asked for"),
    Exporting.ANY: _("Exports, directly or through an export house"),
    Exporting.DIRECT: _("Direct exports"),
}
CONSENT_LABELS: Mapping[ConsentFor, StrOrPromise] = {
    ConsentFor.DECIDE: _("To decide on what you asked this lender for"),
    ConsentFor.POOL: _("To decide on your part of a pool that this lender answered"),
}
CASE_STATE_LABELS: Mapping[CaseState, StrOrPromise] = {
    CaseState.WITH_LENDER: _("With the lender"),
    CaseState.ASKED: _("The lender asked the firm"),
    CaseState.OFFERED: _("Offer made"),
    CaseState.REFUSED: _("Refused by the lender"),
    CaseState.ACCEPTED: _("Offer taken"),
    CaseState.DECLINED: _("Offer not taken"),
    CaseState.LAPSED: _("Offer ran out"),
    CaseState.PAID_OUT: _("Money paid out"),
    CaseState.CLOSED: _("Loan paid back"),
    CaseState.WITHDRAWN: _("Ended by the firm"),
}
REPAYING_LABELS: Mapping[Repaying, StrOrPromise] = {
    Repaying.ON_TIME: _("Paid back as agreed"),
    Repaying.LATE: _("A repayment is late"),
}
LOOK_LABELS: Mapping[Look, StrOrPromise] = {
    Look.PAGE: _("on its page"),
    Look.PDF: _("as PDF"),
    Look.API: _("by a program"),
}
REPLY_LABELS: Mapping[ReplyState, StrOrPromise] = {
    ReplyState.WAITING: _("Waits for your answer"),
    ReplyState.YES: _("You opened your name"),
    ReplyState.NO: _("You stayed without a name"),
}


def choices_of(labels: Mapping[Code, StrOrPromise]) -> list[tuple[str, StrOrPromise]]:
    """For a model's column."""
    return [(code.value, label) for code, label in labels.items()]
