"""What was asked for and paid, the books it stands in, what the bank says of it, loans and what came from abroad: a file a noun."""

from .bank import BankAccount, BankFile, BankLine, BankMatch, BankShare, MatchProposal, MatchRule, WalletReport
from .deposits import Attempt, DepositRule, Finding, KeptAnswer, Notice, Payment, PaymentAct, Proof
from .finance import CaseQuestion, CaseView, Consent, DecidedPack, FinanceCase, LendingTerms, Repayment, Scheme
from .ledger import Account, BooksCheck, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter
from .pools import FinanceWish, PoolAnswer, PoolReply
from .proceeds import Allocation, DatedRule, ExchangeRate, ProceedsReceipt, PurposeCode, Shipment, StatementMonth
from .pulse import PulsePoint
from .readiness import ReadinessProof, ServiceRule

__all__ = [
    "Account",
    "Allocation",
    "Attempt",
    "BankAccount",
    "BankFile",
    "BankLine",
    "BankMatch",
    "BankShare",
    "BooksCheck",
    "CaseQuestion",
    "CaseView",
    "Consent",
    "DatedRule",
    "DayClose",
    "DecidedPack",
    "DepositRule",
    "Entry",
    "ExchangeRate",
    "FinanceCase",
    "FinanceWish",
    "Finding",
    "KeptAnswer",
    "LendingTerms",
    "Line",
    "MatchProposal",
    "MatchRule",
    "MonthBalance",
    "Notice",
    "Payment",
    "PaymentAct",
    "PoolAnswer",
    "PoolReply",
    "ProceedsReceipt",
    "Proof",
    "PulsePoint",
    "PurposeCode",
    "ReadinessProof",
    "Receipt",
    "ReceiptCounter",
    "Repayment",
    "Scheme",
    "ServiceRule",
    "Shipment",
    "StatementMonth",
    "WalletReport",
]
