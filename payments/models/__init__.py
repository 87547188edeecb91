"""What was asked for and paid, and the books it stands in: a file a noun."""

from .deposits import Attempt, DepositRule, Finding, KeptAnswer, Notice, Payment, PaymentAct, Proof
from .ledger import Account, BooksCheck, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter

__all__ = [
    "Account",
    "Attempt",
    "BooksCheck",
    "DayClose",
    "DepositRule",
    "Entry",
    "Finding",
    "KeptAnswer",
    "Line",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "Proof",
    "Receipt",
    "ReceiptCounter",
]
