"""What was asked for and paid, and the books it stands in: a file a noun."""

from .deposits import Attempt, Finding, Notice, Payment, PaymentAct
from .ledger import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from .proceeds import Allocation, DatedRule, ExchangeRate, ProceedsReceipt, PurposeCode, Shipment, StatementMonth
from .pulse import PulsePoint

__all__ = [
    "Account",
    "Allocation",
    "Attempt",
    "DatedRule",
    "DayClose",
    "Entry",
    "ExchangeRate",
    "Finding",
    "Line",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "ProceedsReceipt",
    "PulsePoint",
    "PurposeCode",
    "Receipt",
    "ReceiptCounter",
    "Shipment",
    "StatementMonth",
]
