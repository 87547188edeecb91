"""What was asked for and paid, and the books it stands in: a file a noun."""

from .deposits import Attempt, Finding, Notice, Payment, PaymentAct
from .ledger import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter

__all__ = [
    "Account",
    "Attempt",
    "DayClose",
    "Entry",
    "Finding",
    "Line",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "Receipt",
    "ReceiptCounter",
]

__all__ = ["Account", "DayClose", "Entry", "Line", "MonthBalance", "Receipt", "ReceiptCounter"]
