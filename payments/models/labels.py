"""What codes of the books are called on pages and papers. Each code has its words here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.states import (
    AccountKind,
    AttemptState,
    BankFileState,
    BankLineState,
    CaseState,
    ConsentFor,
    Disagreement,
    DueReason,
    EntryKind,
    Exporting,
    FindingKind,
    Held,
    Indicator,
    Look,
    NoticeState,
    PaymentState,
    ProceedsState,
    ProofState,
    Purpose,
    ReadinessKind,
    ReadinessState,
    ReceiptKind,
    Repaying,
    ReplyState,
    RuleCode,
    Shift,
    ShipmentKind,
    ShipmentState,
    Terms,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

Code = TypeVar("Code", bound=str)

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
PAYMENT_STATE_TONES = {
    PaymentState.ASKED: "you",
    PaymentState.PART_PAID: "you",
    PaymentState.RETURNED: "you",
    PaymentState.AT_BANK: "us",
    PaymentState.PAID: "done",
    PaymentState.PAID_BACK: "done",
    PaymentState.KEPT: "no",
    PaymentState.EXPIRED: "no",
    PaymentState.CANCELLED: "rest",
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
    FindingKind.SHORT: _("A little less than asked came"),
    FindingKind.DOUBLE: _("Paid twice"),
    FindingKind.LATE: _("Paid after its day"),
    FindingKind.SEEN_TOO_LATE: _("Paid in time, seen too late"),
    FindingKind.ENDED: _("Paid, and no longer asked for"),
    FindingKind.UNKNOWN_PAYMENT: _("A payment that we do not know"),
    FindingKind.UNCLEAR: _("The payment company is not clear"),
    FindingKind.NOT_PAID_BACK: _("A refund did not go out"),
    FindingKind.TAKEN_BACK: _("The bank took a payment back"),
    FindingKind.LEFT_BACK: _("The firm left: the deposit goes back"),
    FindingKind.LEFT_KEEP: _("The firm left: the deposit is kept"),
    FindingKind.EARNED: _("Certified: the deposit goes back"),
    FindingKind.SEAT_UNPAID: _("Not paid again: decide about the seat"),
}
PROOF_STATE_LABELS: Mapping[ProofState, StrOrPromise] = {
    ProofState.WAITING: _("To be looked at"),
    ProofState.LOOKED_AT: _("Waits for a second person"),
    ProofState.APPROVED: _("Found right"),
    ProofState.REFUSED: _("Not accepted"),
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
WAY_LABELS: Mapping[str, StrOrPromise] = {
    "raast": _("Raast QR"),
    "jazzcash": _("JazzCash"),
    "easypaisa": _("Easypaisa"),
    "alipay": _("Alipay"),
    "sandbox": _("Trial payment"),
    "bank": _("Slips that two officers took"),
}
"""Ways to pay by the code under which the books keep what is still with a company; of the bank it is what slips showed."""
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
    EntryKind.SUSPENSE_IN: _("Seen at the bank, not yet matched"),
    EntryKind.SUSPENSE_OUT: _("Line of the bank matched"),
    EntryKind.REVERSAL: _("Entry taken back"),
}
BANK_FILE_STATE_LABELS: Mapping[BankFileState, StrOrPromise] = {
    BankFileState.READ: _("Not taken yet"),
    BankFileState.TAKING: _("Being booked"),
    BankFileState.TAKEN: _("Taken"),
    BankFileState.DROPPED: _("Put away, nothing taken"),
}
BANK_LINE_STATE_LABELS: Mapping[BankLineState, StrOrPromise] = {
    BankLineState.NEW: _("Being booked"),
    BankLineState.OPEN: _("Not matched"),
    BankLineState.MATCHED: _("Matched"),
    BankLineState.NOTHING: _("Nothing moved"),
}
BANK_MATCH_KIND_LABELS: Mapping[str, StrOrPromise] = {
    "payment": _("Payment of a firm"),
    "return": _("Payment that the bank took back"),
    "refund": _("Money that we sent back"),
    "charge": _("Charge of the bank"),
    "settlement": _("Paid out by a payment company"),
    "pair": _("Undone by another line"),
}
RECEIPT_KIND_LABELS: Mapping[ReceiptKind, StrOrPromise] = {
    ReceiptKind.PAYMENT: _("Receipt of payment"),
    ReceiptKind.REFUND: _("Receipt of money paid back"),
    ReceiptKind.FORFEIT: _("Notice of a deposit kept"),
}
READINESS_KIND_LABELS: Mapping[ReadinessKind, StrOrPromise] = {
    ReadinessKind.ACCOUNT: _("Account for payments"),
    ReadinessKind.FOREIGN: _("Foreign currency account"),
    ReadinessKind.WALLET: _("Mobile wallet"),
    ReadinessKind.CARDS: _("Card payments"),
    ReadinessKind.ONLINE: _("International payment service"),
}
READINESS_STATE_LABELS: Mapping[ReadinessState, StrOrPromise] = {
    ReadinessState.WAITING: _("An officer of TDAP looks at it"),
    ReadinessState.ACCEPTED: _("Shown and accepted"),
    ReadinessState.RETURNED: _("Came back with a reason"),
    ReadinessState.REPLACED: _("A newer proof took its place"),
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
    CaseState.WRITTEN_OFF: _("Written off by the lender"),
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
SHIPMENT_KIND_LABELS: Mapping[ShipmentKind, StrOrPromise] = {
    ShipmentKind.GOODS: _("Goods"),
    ShipmentKind.PARCEL: _("Parcel to a consumer"),
    ShipmentKind.SERVICE: pgettext_lazy("that is exported", "Service"),
}
TERMS_LABELS: Mapping[Terms, StrOrPromise] = {
    Terms.OPEN_ACCOUNT: _("On open account"),
    Terms.ADVANCE: _("Paid before shipment"),
    Terms.SIGHT: _("At sight, or cash against documents"),
    Terms.LC_120: _("Letter of credit, 120 days usance"),
    Terms.SOLD_FORWARD: _("Bill discounted and sold forward"),
    Terms.COURIER: _("By courier to a consumer"),
    Terms.SERVICE: _("As the contract says"),
}
RULE_LABELS: Mapping[RuleCode, StrOrPromise] = {
    RuleCode.GOODS_DEFAULT: _("Goods on open account"),
    RuleCode.GOODS_SIGHT: _("Goods at sight, or cash against documents"),
    RuleCode.GOODS_LC_120: _("Goods by letter of credit, 120 days usance"),
    RuleCode.GOODS_SOLD_FORWARD: _("Goods, bill sold forward"),
    RuleCode.PARCEL: _("Parcel by courier to a consumer"),
    RuleCode.PARCEL_LIMIT: _("Most that a parcel may be worth"),
    RuleCode.FORM_R: _("Services: Form R above"),
    RuleCode.KEEP_SHARE: _("Services: share that may stay in foreign currency"),
    RuleCode.KEEP_MONTH: _("Services: may stay in any case, a month"),
    RuleCode.LATE: _("Better rate of a late day is held back"),
    RuleCode.WARN_DAYS: _("Firms are warned before the last day"),
    RuleCode.STATEMENT_DAYS: _("Days from the end of a month to its statement"),
}
SHIFT_LABELS: Mapping[Shift, StrOrPromise] = {
    Shift.NONE: _("the calendar day counts"),
    Shift.PRECEDING: _("the bank day before counts"),
    Shift.FOLLOWING: _("the bank day after counts"),
}
DUE_REASON_LABELS: Mapping[DueReason, StrOrPromise] = {
    DueReason.RULE: _("by the rule"),
    DueReason.CONTRACT: _("by the contract"),
    DueReason.NO_RULE: _("no rule was in force"),
    DueReason.NO_DAY: _("the contract names no day"),
}
HELD_LABELS: Mapping[Held, StrOrPromise] = {
    Held.SAME_NUMBER: _("Another firm wrote the same number"),
    Held.LIMIT_UNKNOWN: _("No rate says whether the parcel is within the limit"),
}
SHIPMENT_STATE_LABELS: Mapping[ShipmentState, StrOrPromise] = {
    ShipmentState.HELD: _("TDAP looks at it first"),
    ShipmentState.OPEN: _("Money still to come"),
    ShipmentState.PAID: _("Paid in full"),
    ShipmentState.REFUSED: _("Not taken by TDAP"),
    ShipmentState.WITHDRAWN: _("Withdrawn by the firm"),
}
PROCEEDS_STATE_LABELS: Mapping[ProceedsState, StrOrPromise] = {
    ProceedsState.HELD: _("TDAP looks at it first"),
    ProceedsState.SAID: _("Said by the firm, the bank has not confirmed"),
    ProceedsState.CONFIRMED: _("Confirmed by the bank"),
    ProceedsState.DISPUTED: _("The bank does not agree"),
    ProceedsState.REFUSED: _("Not taken by TDAP"),
    ProceedsState.WITHDRAWN: _("Withdrawn by the firm"),
}
DISAGREEMENT_LABELS: Mapping[Disagreement, StrOrPromise] = {
    Disagreement.NOT_COME: _("No such money came"),
    Disagreement.OTHER_AMOUNT: _("Another amount came"),
    Disagreement.OTHER_DAY: _("It came on another day"),
    Disagreement.REMITTANCE: _("It is booked as money from family"),
    Disagreement.OTHER_FIRM: _("It came for another firm"),
    Disagreement.OTHER: _("Another reason"),
}
INDICATOR_LABELS: Mapping[Indicator, StrOrPromise] = {
    Indicator.OUTSTANDING: _("SME financing outstanding, Rs billion"),
    Indicator.PRIVATE_SHARE: _("Share of the financing of the private sector, %"),
    Indicator.GDP_SHARE: _("Share of GDP, %"),
    Indicator.GDP: _("GDP of the fiscal year at current prices, Rs billion"),
    Indicator.BORROWERS: _("SME borrowers"),
    Indicator.BAD_LOANS: _("SME loans that are not repaid, %"),
    Indicator.QUARTER_GROWTH: _("Growth in the quarter, %"),
    Indicator.QUARTER_CHANGE: _("Change in the quarter, Rs billion"),
}


def choices_of(labels: Mapping[Code, StrOrPromise]) -> list[tuple[str, StrOrPromise]]:
    """For a model's column."""
    return [(str(code), label) for code, label in labels.items()]
