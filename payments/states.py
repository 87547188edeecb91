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
    REFUND_CAME_BACK = "payment.refund_came_back"
    PROOF_SENT = "payment.proof_sent"
    PROOF_APPROVED = "payment.proof_approved"
    PROOF_REFUSED = "payment.proof_refused"
    DEPOSIT_RULE_SET = "payment.deposit_rule_set"
    FINDING_RAISED = "payment.finding_raised"
    FINDING_SETTLED = "payment.finding_settled"
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
    BANK_REPORT_READ = "bank.report_read"
    BANK_REPORT_CHANGED = "bank.report_changed"
    PROOF_SENT = "readiness.sent"
    PROOF_ACCEPTED = "readiness.accepted"
    PROOF_RETURNED = "readiness.returned"
    SERVICE_RULE_WRITTEN = "readiness.service_written"
    SCHEME_WRITTEN = "finance.scheme_written"
    CONSENT_GIVEN = "finance.consented"
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
    CASE_LATE = "finance.late"
    WISH_KEPT = "finance.demand_kept"
    WISH_ENDED = "finance.demand_ended"
    POOL_ANSWERED = "finance.pool_answered"
    POOL_REPLIED = "finance.pool_replied"


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

    DIFFERS = "differs"  # paid with another amount or currency
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


class ProofKind(StrEnum):
    """What a firm shows that it can be paid by."""

    ACCOUNT = "account"  # at a bank or a wallet with an IBAN
    FOREIGN = "foreign"  # in foreign currency
    WALLET = "wallet"
    CARDS = "cards"
    ONLINE = "online"  # an international payment service


class ProofState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REPLACED = "replaced"  # a newer proof of the same kind took its place


PROOF = Machine(
    Move("accept", ProofState.WAITING, ProofState.ACCEPTED, Happened.PROOF_ACCEPTED),
    Move("return", (ProofState.WAITING, ProofState.ACCEPTED), ProofState.RETURNED, Happened.PROOF_RETURNED),
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
