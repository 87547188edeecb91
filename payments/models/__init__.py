"""What was asked for and paid, the books it stands in, and the loans that firms ask for: a file a noun."""

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

__all__ = [
    "Account",
    "Attempt",
    "CaseQuestion",
    "CaseView",
    "Consent",
    "DayClose",
    "Entry",
    "FinanceCase",
    "FinanceWish",
    "Finding",
    "LendingTerms",
    "Line",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "PoolAnswer",
    "PoolReply",
    "ReadinessProof",
    "Receipt",
    "ReceiptCounter",
    "Repayment",
    "Scheme",
    "ServiceRule",
]
