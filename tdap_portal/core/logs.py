"""Log lines: one event a line, with the request's id, without CNIC, bank and phone numbers."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")

PRIVATE_NUMBERS = re.compile(
    r"\b\d{5}-?\d{7}-?\d\b"  # CNIC
    r"|\bPK\d{2}[A-Za-z]{4}[A-Za-z0-9]{16}\b"  # IBAN
    r"|(?:\+92|\b0092|\b0)[ -]?3\d{2}[ -]?\d{7}\b"  # mobile number
)


def without_private_numbers(text: str) -> str:
    return PRIVATE_NUMBERS.sub("[private]", text)


class PrivateNumbersFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = without_private_numbers(record.getMessage())
        record.args = None
        return True


class LineFormatter(logging.Formatter):
    """`time level logger [request] message`; a stack trace is kept, cleaned, on the lines below."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id.get()
        return without_private_numbers(super().format(record))
