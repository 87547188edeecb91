"""What was asked for and paid, the books it stands in, and what the bank says of it: a file a noun."""

from .deposits import Attempt, DepositRule, Finding, KeptAnswer, Notice, Payment, PaymentAct, Proof
from .ledger import Account, BooksCheck, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from .bank import BankAccount, BankFile, BankLine, BankMatch, BankShare, MatchRule, WalletReport
from .deposits import Attempt, Finding, Notice, Payment, PaymentAct
from .ledger import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter

__all__ = [
    "Account",
    "Attempt",
    "BooksCheck",
    "BankAccount",
    "BankFile",
    "BankLine",
    "BankMatch",
    "BankShare",
    "DayClose",
    "DepositRule",
    "Entry",
    "Finding",
    "KeptAnswer",
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
]
