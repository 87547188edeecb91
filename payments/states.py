"""Codes of the floor of money: what accounts and entries there are, and what happened. Pure."""

from __future__ import annotations

from enum import StrEnum


class Happened(StrEnum):
    LEDGER_REVERSED = "ledger.reversed"
    DAY_PREPARED = "ledger.day_prepared"
    DAY_CLOSED = "ledger.day_closed"


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
