"""What was asked for and paid, the books it stands in, and what the bank says of it: a file a noun."""

from .bank import BankAccount, BankFile, BankLine, BankMatch, BankShare, MatchRule, WalletReport
from .deposits import Attempt, Finding, Notice, Payment, PaymentAct
from .ledger import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter

__all__ = [
    "Account",
    "Attempt",
    "BankAccount",
    "BankFile",
    "BankLine",
    "BankMatch",
    "BankShare",
    "DayClose",
    "Entry",
    "Finding",
    "Line",
    "MatchRule",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "Receipt",
    "ReceiptCounter",
    "WalletReport",
]
