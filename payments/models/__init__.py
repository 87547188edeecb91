"""What was asked for and paid, the books it stands in, and what the bank says of it: a file a noun."""
"""What was asked for and paid, the books it stands in, and the loans that firms ask for: a file a noun."""

from .deposits import Attempt, DepositRule, Finding, KeptAnswer, Notice, Payment, PaymentAct, Proof
from .ledger import Account, BooksCheck, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from .bank import BankAccount, BankFile, BankLine, BankMatch, BankShare, MatchRule, WalletReport
from .deposits import Attempt, Finding, Notice, Payment, PaymentAct
from .finance import (
    CaseQuestion,
    CaseView,
    Consent,
    FinanceCase,
    LendingTerms,
    Repayment,
    Scheme,
)
from .ledger import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from .pools import FinanceWish, PoolAnswer, PoolReply
from .readiness import ReadinessProof, ServiceRule
from .proceeds import Allocation, DatedRule, ExchangeRate, ProceedsReceipt, PurposeCode, Shipment, StatementMonth
from .pulse import PulsePoint

__all__ = [
    "Account",
    "Allocation",
    "Attempt",
    "BooksCheck",
    "BankAccount",
    "BankFile",
    "BankLine",
    "BankMatch",
    "BankShare",
    "CaseQuestion",
    "CaseView",
    "Consent",
    "DatedRule",
    "DayClose",
    "DepositRule",
    "Entry",
    "FinanceCase",
    "FinanceWish",
    "ExchangeRate",
    "Finding",
    "KeptAnswer",
    "LendingTerms",
    "Line",
    "MatchRule",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "Proof",
    "Receipt",
    "ReceiptCounter",
    "WalletReport",
    "PoolAnswer",
    "PoolReply",
    "ReadinessProof",
    "Receipt",
    "ReceiptCounter",
    "Repayment",
    "Scheme",
    "ServiceRule",
    "ProceedsReceipt",
    "PulsePoint",
    "PurposeCode",
    "Receipt",
    "ReceiptCounter",
    "Shipment",
    "StatementMonth",
]
