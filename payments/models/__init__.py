"""What was asked for and paid, and the books it stands in: a file a noun."""

from .ledger import Account, DayClose, Entry, Line, MonthBalance, Receipt, ReceiptCounter

__all__ = ["Account", "DayClose", "Entry", "Line", "MonthBalance", "Receipt", "ReceiptCounter"]
