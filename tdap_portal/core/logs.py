"""Log lines: one event per line, with the request's id, without numbers of people, taxes, banks and telephones."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_GAP = r"(?:[ -]|%20|%2D|\+)?"  # as people and addresses write them
PRIVATE_NUMBERS = re.compile(
    rf"(?<!\d)\d{{5}}{_GAP}\d{{7}}{_GAP}\d(?!\d)"  # CNIC
    rf"|(?<![a-z0-9])PK{_GAP}\d\d(?:{_GAP}[a-z]){{4}}(?:{_GAP}[a-z0-9]){{16}}(?![a-z0-9])"  # IBAN
    rf"|(?:\+|%2B|(?<!\d))(?:(?:00)?92|0){_GAP}3(?:{_GAP}\d){{9}}(?!\d)"  # mobile number
    rf"|(?<!\d)\d{{7}}-\d(?!\d)|NTN[\W_]{{0,3}}\d{{7}}(?:{_GAP}\d)?(?!\d)"  # NTN
    r"|(?<=/)[\w:-]{20,}(?=/)",  # a key that stands in an address, as in an invitation
    re.IGNORECASE,
)
DIGEST = re.compile(r"[0-9a-f]{32,}")


def without_private_numbers(text: str) -> str:
    return PRIVATE_NUMBERS.sub("[private]", text)


def cleaned(data: object) -> Any:
    """The same for every text in plain data, however deep. Digests are no numbers and stay as they are."""
    if isinstance(data, str):
        return data if DIGEST.fullmatch(data) else without_private_numbers(data)
    if isinstance(data, dict):
        return {name: cleaned(value) for name, value in data.items()}
    return [cleaned(value) for value in data] if isinstance(data, list) else data


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
