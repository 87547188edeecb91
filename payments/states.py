"""Codes of the floor of money: what accounts and entries there are, and what happened. Pure."""

from __future__ import annotations

from enum import StrEnum

from tdap_portal.core.states import Machine, Move


class Happened(StrEnum):
    PAYMENT_ASKED = "payment.asked"
    PAYMENT_BEGUN = "payment.begun"
    PAYMENT_LEFT = "payment.left"
    PAYMENT_PART_PAID = "payment.part_paid"
    PAYMENT_DUE_SOON = "payment.due_soon"
    PAYMENT_SETTLED = "payment.settled"
    PAYMENT_WAITS = "payment.waits_for_bank"
    PAYMENT_EXPIRED = "payment.expired"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_RETURNED = "payment.returned"
    PAYMENT_UNMATCHED = "payment.unmatched"
    PAYMENT_PAID_BACK = "payment.paid_back"
    PAYMENT_KEPT = "payment.kept"
    MONEY_KEPT_AS_CREDIT = "payment.kept_as_credit"
    ACT_PROPOSED = "payment.act_proposed"
    ACT_SIGNED = "payment.act_signed"
    ACT_RETURNED = "payment.act_returned"
    REFUND_DONE = "payment.refund_done"
    REFUND_TOLD = "payment.refund_told"
    REFUND_CAME_BACK = "payment.refund_came_back"
    PROOF_SENT = "payment.proof_sent"
    PROOF_APPROVED = "payment.proof_approved"
    PROOF_REFUSED = "payment.proof_refused"
    DEPOSIT_RULE_SET = "payment.deposit_rule_set"
    FINDING_RAISED = "payment.finding_raised"
    FINDING_SETTLED = "payment.finding_settled"
    FOUND_SENT_BACK = "payment.found_sent_back"
    FOUND_NOT_SENT = "payment.found_not_sent"
    LEDGER_REVERSED = "ledger.reversed"
    DAY_PREPARED = "ledger.day_prepared"
    DAY_CLOSED = "ledger.day_closed"
    BANK_ACCOUNT_SET = "bank.account_set"
    BANK_RULE_SET = "bank.rule_set"
    BANK_FILE_READ = "bank.file_read"
    BANK_FILE_MAPPED = "bank.file_mapped"
    BANK_FILE_DROPPED = "bank.file_dropped"
    BANK_FILE_TAKEN = "bank.file_taken"
    BANK_FILE_CONTINUED = "bank.file_continued"
    BANK_STATEMENT_READ = "bank.statement_read"
    BANK_LINE_MATCHED = "bank.line_matched"
    BANK_MATCH_TAKEN_BACK = "bank.match_taken_back"
    BANK_MATCH_PROPOSED = "bank.match_proposed"
    BANK_MATCH_NOT_SIGNED = "bank.match_not_signed"
    BANK_ASKED = "bank.asked"
    BANK_ANSWERED = "bank.answered"
    BANK_REPORT_READ = "bank.report_read"
    BANK_REPORT_CHANGED = "bank.report_changed"
    READINESS_SENT = "readiness.sent"
    READINESS_ACCEPTED = "readiness.accepted"
    READINESS_RETURNED = "readiness.returned"
    SERVICE_RULE_WRITTEN = "readiness.service_written"
    SCHEME_WRITTEN = "finance.scheme_written"
    CONSENT_GIVEN = "finance.consented"
    CONSENT_PROLONGED = "finance.consent_prolonged"
    CONSENT_REVOKED = "finance.consent_revoked"
    CASE_REFERRED = "finance.referred"
    CASE_VIEWED = "finance.viewed"
    CASE_ASKED = "finance.asked"
    CASE_ANSWERED = "finance.answered"
    CASE_DECIDED = "finance.decided"
    CASE_ACCEPTED = "finance.offer_accepted"
    CASE_DECLINED = "finance.offer_declined"
    CASE_LAPSED = "finance.offer_lapsed"
    CASE_WITHDRAWN = "finance.withdrawn"
    CASE_PAID_OUT = "finance.disbursed"
    CASE_REPAID = "finance.repayment_noted"
    CASE_CLOSED = "finance.closed"
    CASE_WRITTEN_OFF = "finance.written_off"
    CASE_LATE = "finance.late"
    CASE_REDATED = "finance.redated"
    WISH_KEPT = "finance.demand_kept"
    WISH_ENDED = "finance.demand_ended"
    POOL_ANSWERED = "finance.pool_answered"
    POOL_REPLIED = "finance.pool_replied"
    SHIPMENT_RECORDED = "shipment.recorded"
    SHIPMENT_RELEASED = "shipment.released"
    SHIPMENT_REFUSED = "shipment.refused"
    SHIPMENT_PAID = "shipment.paid"
    SHIPMENT_REOPENED = "shipment.reopened"
    SHIPMENT_WITHDRAWN = "shipment.withdrawn"
    SHIPMENT_DUE_SOON = "shipment.due_soon"
    SHIPMENT_LATE = "shipment.late"
    PROCEEDS_RECORDED = "proceeds.recorded"
    PROCEEDS_RELEASED = "proceeds.released"
    PROCEEDS_REFUSED = "proceeds.refused"
    PROCEEDS_CONFIRMED = "proceeds.confirmed"
    PROCEEDS_DISPUTED = "proceeds.disputed"
    PROCEEDS_ASKED_AGAIN = "proceeds.asked_again"
    PROCEEDS_WITHDRAWN = "proceeds.withdrawn"
    PROCEEDS_MATCHED = "proceeds.matched"
    PROCEEDS_UNMATCHED = "proceeds.unmatched"
    PROCEEDS_COMPLETED = "proceeds.completed"
    PROCEEDS_RULE_ADDED = "proceeds.rule_added"
    PROCEEDS_CODE_ADDED = "proceeds.code_added"
    PROCEEDS_RATE_SET = "proceeds.rate_set"
    STATEMENT_PUBLISHED = "proceeds.month_published"
    PULSE_POINT_ADDED = "pulse.point_added"


class AccountKind(StrEnum):
    """The first four are of one firm each, the others of TDAP."""

    HELD = "held"  # deposits that we hold for the firm
    CREDIT = "credit"  # paid twice, too much or too late: the firm's, until it is used or sent back
    FEES = "fees"  # fees that the firm paid
    KEPT = "kept"  # deposits of the firm that were forfeited
    CLEARING = "clearing"  # taken by a provider, not yet in our bank
    BANK = "bank"
    SUSPENSE = "suspense"  # in the bank, and nobody knows yet whose it is
    CHARGES = "charges"  # what providers and banks take from us


FIRM_KINDS = (AccountKind.HELD, AccountKind.CREDIT, AccountKind.FEES, AccountKind.KEPT)
DEBIT_KINDS = (AccountKind.CLEARING, AccountKind.BANK, AccountKind.CHARGES)
"""Kinds whose balance is a debit, above 0 in the books; of all others it is a credit, below 0."""


class EntryKind(StrEnum):
    DEPOSIT_PAID = "deposit_paid"
    FEE_PAID = "fee_paid"
    KEPT_AS_CREDIT = "kept_as_credit"  # paid a second time, above what was asked, or too late
    CREDIT_USED = "credit_used"  # the credit of a firm pays a deposit or a fee
    RELEASED = "released"  # a deposit becomes credit of its firm
    REFUND = "refund"  # of a deposit or of credit, whole or in part
    FEE_REFUND = "fee_refund"
    FORFEIT = "forfeit"
    PAYMENT_RETURNED = "payment_returned"  # the bank or the provider took a payment back
    REFUND_RETURNED = "refund_returned"  # a refund did not reach the firm and came back
    SETTLEMENT = "settlement"  # a provider pays out what it took, less its fees
    BANK_CHARGE = "bank_charge"
    SUSPENSE_IN = "suspense_in"
    SUSPENSE_OUT = "suspense_out"
    REVERSAL = "reversal"


class ReceiptKind(StrEnum):
    PAYMENT = "payment"  # the firm paid
    REFUND = "refund"  # we paid back
    FORFEIT = "forfeit"  # we kept a deposit


class Purpose(StrEnum):
    DEPOSIT = "deposit"  # held, and given back or forfeited by the rule under which it was asked
    FEE = "fee"


class PaymentState(StrEnum):
    ASKED = "asked"
    PART_PAID = "part_paid"  # less than asked has come
    AT_BANK = "at_bank"  # its day is over, and something is under way that is seen later
    PAID = "paid"
    EXPIRED = "expired"
    CANCELLED = "cancelled"  # no longer asked
    RETURNED = "returned"  # the bank took the money back
    PAID_BACK = "paid_back"
    KEPT = "kept"  # the deposit was forfeited


PAYABLE = (PaymentState.ASKED, PaymentState.PART_PAID, PaymentState.AT_BANK, PaymentState.RETURNED)
"""What money in time pays."""
PAYMENT = Machine(
    Move(
        "pay_part",
        (PaymentState.ASKED, PaymentState.PART_PAID, PaymentState.RETURNED),
        PaymentState.PART_PAID,
        Happened.PAYMENT_PART_PAID,
    ),
    Move("pay_part", PaymentState.AT_BANK, PaymentState.AT_BANK, Happened.PAYMENT_PART_PAID),
    Move("settle", PAYABLE, PaymentState.PAID, Happened.PAYMENT_SETTLED),
    Move("apply", PaymentState.EXPIRED, PaymentState.PAID, Happened.PAYMENT_SETTLED),
    Move(
        "wait",
        (PaymentState.ASKED, PaymentState.PART_PAID, PaymentState.RETURNED),
        PaymentState.AT_BANK,
        Happened.PAYMENT_WAITS,
    ),
    Move("expire", PAYABLE, PaymentState.EXPIRED, Happened.PAYMENT_EXPIRED),
    Move("cancel", PAYABLE, PaymentState.CANCELLED, Happened.PAYMENT_CANCELLED),
    Move("return", PaymentState.PAID, PaymentState.RETURNED, Happened.PAYMENT_RETURNED),
    Move("unmatch", (PaymentState.PAID, PaymentState.PART_PAID), PaymentState.ASKED, Happened.PAYMENT_UNMATCHED),
    Move(
        "unmatch_part", (PaymentState.PAID, PaymentState.PART_PAID), PaymentState.PART_PAID, Happened.PAYMENT_UNMATCHED
    ),
    Move("unmatch", PaymentState.AT_BANK, PaymentState.AT_BANK, Happened.PAYMENT_UNMATCHED),
    Move("unmatch_part", PaymentState.AT_BANK, PaymentState.AT_BANK, Happened.PAYMENT_UNMATCHED),
    Move("unreturn", PaymentState.RETURNED, PaymentState.PAID, Happened.PAYMENT_SETTLED),
    Move("pay_back", PaymentState.PAID, PaymentState.PAID_BACK, Happened.PAYMENT_PAID_BACK),
    Move("keep", PaymentState.PAID, PaymentState.KEPT, Happened.PAYMENT_KEPT),
)


class AttemptState(StrEnum):
    """One try to pay, by one way. It only goes forward: what was paid stays paid."""

    PENDING = "pending"
    UNKNOWN = "unknown"  # nobody can say: it may have been paid
    FAILED = "failed"
    PAID = "paid"
    DIFFERS = "differs"  # paid with another amount or currency than asked


UNDER_WAY = (AttemptState.PENDING, AttemptState.UNKNOWN)


class NoticeState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"  # its signature or form is not the provider's
    GIVEN_UP = "given_up"  # a person looks at it


class ProofState(StrEnum):
    """Of a slip that a firm sent."""

    WAITING = "waiting"
    LOOKED_AT = "looked_at"  # one person found it right
    APPROVED = "approved"  # a second one did too: it counts as money
    REFUSED = "refused"


class FindingKind(StrEnum):
    """What a person has to look at."""

    DIFFERS = "differs"  # paid with another amount, which is credit until two people decide, or in another currency
    SHORT = "short"  # so little is missing that two people may accept it
    DOUBLE = "double"  # paid a second time, or more than asked
    LATE = "late"  # after its day
    SEEN_TOO_LATE = "seen_too_late"  # paid in time, seen when it had ended
    ENDED = "ended"  # nothing was asked for any more
    UNKNOWN_PAYMENT = "unknown_payment"  # a notice of an attempt that we never made
    UNCLEAR = "unclear"  # the provider says two things, or nothing
    NOT_PAID_BACK = "not_paid_back"  # a refund did not go out
    TAKEN_BACK = "taken_back"  # the bank took the payment back, and the firm has a new day to pay by
    LEFT_BACK = "left_back"  # the firm left, and its deposit goes back by the rule
    LEFT_KEEP = "left_keep"  # the firm left, and its deposit is kept by the rule
    EARNED = "earned"  # the firm did what the deposit stands for, and it goes back
    SEAT_UNPAID = "seat_unpaid"  # a payment that was taken back was not paid again: a person decides about the seat


class BankFileState(StrEnum):
    """The way of a bank's file. Only what was taken is in the books."""

    READ = "read"  # looked at, and nothing is taken
    TAKING = "taking"  # the worker books its lines
    TAKEN = "taken"
    DROPPED = "dropped"


BANK_FILE = Machine(
    Move("take", BankFileState.READ, BankFileState.TAKING, Happened.BANK_FILE_TAKEN),
    Move("finish", BankFileState.TAKING, BankFileState.TAKEN, Happened.BANK_STATEMENT_READ),
    Move("drop", BankFileState.READ, BankFileState.DROPPED, Happened.BANK_FILE_DROPPED),
)


class BankLineState(StrEnum):
    NEW = "new"  # not in the books yet
    OPEN = "open"  # in the books, and nobody knows whose it is
    MATCHED = "matched"
    NOTHING = "nothing"  # of 0: kept, booked nowhere


# ------------------------------------------------------------------------------------------------------ readiness


class ReadinessKind(StrEnum):
    """What a firm shows that it can be paid by."""

    ACCOUNT = "account"  # at a bank or a wallet with an IBAN
    FOREIGN = "foreign"  # in foreign currency
    WALLET = "wallet"
    CARDS = "cards"
    ONLINE = "online"  # an international payment service


class ReadinessState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"  # a newer proof of the same kind took its place


PROOF = Machine(
    Move("accept", ReadinessState.WAITING, ReadinessState.ACCEPTED, Happened.READINESS_ACCEPTED),
    Move(
        "return",
        (ReadinessState.WAITING, ReadinessState.ACCEPTED),
        ReadinessState.RETURNED,
        Happened.READINESS_RETURNED,
    ),
)


# -------------------------------------------------------------------------------------------------------- finance


class Exporting(StrEnum):
    """What a scheme asks about exports."""

    NOT_ASKED = "not_asked"
    ANY = "any"  # directly or through an export house
    DIRECT = "direct"


class ConsentFor(StrEnum):
    """What a lender may do with what it reads of a firm."""

    DECIDE = "decide"  # decide on what this firm asked this lender for
    POOL = "pool"  # the same, after the firm opened its name to an answer for a whole pool


class CaseState(StrEnum):
    WITH_LENDER = "with_lender"
    ASKED = "asked"  # the lender asked the firm; the clock stands still
    OFFERED = "offered"
    REFUSED = "refused"
    ACCEPTED = "accepted"  # the firm took the offer
    DECLINED = "declined"  # the firm did not take it
    LAPSED = "lapsed"  # nobody of the firm answered the offer in time
    PAID_OUT = "paid_out"
    CLOSED = "closed"  # paid back
    WRITTEN_OFF = "written_off"  # the lender does not expect the rest any more
    WITHDRAWN = "withdrawn"  # the consent ended before the money was paid out


UNDECIDED = (CaseState.WITH_LENDER, CaseState.ASKED)
BEFORE_MONEY = (*UNDECIDED, CaseState.OFFERED, CaseState.ACCEPTED)
"""States that end with the consent."""
CASE = Machine(
    Move("ask", CaseState.WITH_LENDER, CaseState.ASKED, Happened.CASE_ASKED),
    Move("answer", CaseState.ASKED, CaseState.WITH_LENDER, Happened.CASE_ANSWERED),
    Move("offer", UNDECIDED, CaseState.OFFERED, Happened.CASE_DECIDED),
    Move("refuse", UNDECIDED, CaseState.REFUSED, Happened.CASE_DECIDED),
    Move("accept", CaseState.OFFERED, CaseState.ACCEPTED, Happened.CASE_ACCEPTED),
    Move("decline", CaseState.OFFERED, CaseState.DECLINED, Happened.CASE_DECLINED),
    Move("lapse", CaseState.OFFERED, CaseState.LAPSED, Happened.CASE_LAPSED),
    Move("pay_out", CaseState.ACCEPTED, CaseState.PAID_OUT, Happened.CASE_PAID_OUT),
    Move("repay", CaseState.PAID_OUT, CaseState.PAID_OUT, Happened.CASE_REPAID),
    Move("close", CaseState.PAID_OUT, CaseState.CLOSED, Happened.CASE_CLOSED),
    Move("write_off", CaseState.PAID_OUT, CaseState.WRITTEN_OFF, Happened.CASE_WRITTEN_OFF),
    Move("recover", CaseState.WRITTEN_OFF, CaseState.WRITTEN_OFF, Happened.CASE_REPAID),
    Move("withdraw", BEFORE_MONEY, CaseState.WITHDRAWN, Happened.CASE_WITHDRAWN),
)


class Repaying(StrEnum):
    """How a loan is paid back, as its lender says."""

    ON_TIME = "on_time"
    LATE = "late"


class Look(StrEnum):
    """By which way somebody of a lender looked at a case."""

    PAGE = "page"
    PDF = "pdf"
    API = "api"


class ReplyState(StrEnum):
    """What a firm said to an answer for its whole pool."""

    WAITING = "waiting"
    YES = "yes"
    NO = "no"


# ------------------------------------------------------------------------------------------------------ export proceeds


class ShipmentKind(StrEnum):
    GOODS = "goods"  # with a financial instrument or a form
    PARCEL = "parcel"  # sent to a consumer by courier, with the courier's number
    SERVICE = "service"


class Terms(StrEnum):
    """How the buyer pays: it decides which rule gives the last day."""

    OPEN_ACCOUNT = "open_account"
    ADVANCE = "advance"  # paid before shipment
    SIGHT = "sight"  # documents against payment, cash against documents
    LC_120 = "lc_120"  # a letter of credit with 120 days usance
    SOLD_FORWARD = "sold_forward"  # the bill is discounted and sold forward
    COURIER = "courier"
    SERVICE = "service"


TERMS_OF: dict[ShipmentKind, tuple[Terms, ...]] = {
    ShipmentKind.GOODS: (Terms.OPEN_ACCOUNT, Terms.ADVANCE, Terms.SIGHT, Terms.LC_120, Terms.SOLD_FORWARD),
    ShipmentKind.PARCEL: (Terms.COURIER,),
    ShipmentKind.SERVICE: (Terms.SERVICE,),
}


class RuleCode(StrEnum):
    """What the dated rules of export proceeds say. The first five give days."""

    GOODS_DEFAULT = "goods_default"
    GOODS_SIGHT = "goods_sight"
    GOODS_LC_120 = "goods_lc_120_usance"
    GOODS_SOLD_FORWARD = "goods_discounted_forward"
    PARCEL = "b2c_ecommerce"
    PARCEL_LIMIT = "b2c_limit"  # USD, the most that a parcel may be worth
    FORM_R = "form_r"  # USD, above which a receipt for services needs Form R
    KEEP_SHARE = "keep_share"  # per cent of receipts for services that may stay in foreign currency
    KEEP_MONTH = "keep_month"  # USD a month that may stay in any case
    LATE = "late"  # 1: the better rate of a late day is not paid out
    WARN_DAYS = "warn_days"  # our own: so many days before the last one the firm is told
    STATEMENT_DAYS = "statement_days"  # our own: so many days after its end a month is published at the earliest


DAY_RULES = (
    RuleCode.GOODS_DEFAULT, RuleCode.GOODS_SIGHT, RuleCode.GOODS_LC_120, RuleCode.GOODS_SOLD_FORWARD, RuleCode.PARCEL,
)  # fmt: skip


class Shift(StrEnum):
    """What becomes of a last day that is no bank day."""

    NONE = "none"
    PRECEDING = "preceding"
    FOLLOWING = "following"


class DueReason(StrEnum):
    RULE = "rule"
    CONTRACT = "contract"  # the day of the contract, earlier than the rule's, or the only one
    NO_RULE = "no_rule"  # none was in force on the day of shipment
    NO_DAY = "no_day"  # services without a day in the contract


class Held(StrEnum):
    """Why an official looks first."""

    SAME_NUMBER = "same_number"  # another firm wrote the same number
    LIMIT_UNKNOWN = "limit_unknown"  # a parcel in a currency without a rate


class ShipmentState(StrEnum):
    HELD = "held"  # an official looks first
    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


SHIPMENT = Machine(
    Move("release", ShipmentState.HELD, ShipmentState.OPEN, Happened.SHIPMENT_RELEASED),
    Move("refuse", ShipmentState.HELD, ShipmentState.REFUSED, Happened.SHIPMENT_REFUSED),
    Move("pay", ShipmentState.OPEN, ShipmentState.PAID, Happened.SHIPMENT_PAID),
    Move("reopen", ShipmentState.PAID, ShipmentState.OPEN, Happened.SHIPMENT_REOPENED),
    Move(
        "withdraw",
        (ShipmentState.HELD, ShipmentState.OPEN),
        ShipmentState.WITHDRAWN,
        Happened.SHIPMENT_WITHDRAWN,
    ),
)


class ProceedsState(StrEnum):
    HELD = "held"  # an official looks first
    SAID = "said"  # by the firm alone
    CONFIRMED = "confirmed"  # by the bank
    DISPUTED = "disputed"  # the bank does not agree
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


COUNTING = (ProceedsState.SAID, ProceedsState.CONFIRMED)
"""What may be matched to shipments."""
PROCEEDS = Machine(
    Move("release", ProceedsState.HELD, ProceedsState.SAID, Happened.PROCEEDS_RELEASED),
    Move("refuse", ProceedsState.HELD, ProceedsState.REFUSED, Happened.PROCEEDS_REFUSED),
    Move("confirm", ProceedsState.SAID, ProceedsState.CONFIRMED, Happened.PROCEEDS_CONFIRMED),
    Move(
        "disagree",
        (ProceedsState.SAID, ProceedsState.CONFIRMED),
        ProceedsState.DISPUTED,
        Happened.PROCEEDS_DISPUTED,
    ),
    Move("ask_again", ProceedsState.DISPUTED, ProceedsState.SAID, Happened.PROCEEDS_ASKED_AGAIN),
    Move(
        "withdraw",
        (ProceedsState.HELD, ProceedsState.SAID, ProceedsState.DISPUTED),
        ProceedsState.WITHDRAWN,
        Happened.PROCEEDS_WITHDRAWN,
    ),
)


class Disagreement(StrEnum):
    """Why a bank does not confirm."""

    NOT_COME = "not_come"
    OTHER_AMOUNT = "other_amount"
    OTHER_DAY = "other_day"
    REMITTANCE = "remittance"  # booked as money from family
    OTHER_FIRM = "other_firm"
    OTHER = "other"


class Indicator(StrEnum):
    """What the series of SME finance measure."""

    OUTSTANDING = "outstanding"  # Rs billion
    PRIVATE_SHARE = "private_share"  # per cent of the financing of the private sector
    GDP_SHARE = "gdp_share"  # per cent
    GDP = "gdp"  # Rs billion a fiscal year, at current prices
    BORROWERS = "borrowers"
    BAD_LOANS = "bad_loans"  # per cent
    QUARTER_GROWTH = "quarter_growth"  # per cent
    QUARTER_CHANGE = "quarter_change"  # Rs billion
