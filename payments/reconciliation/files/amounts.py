"""Amounts as banks write them, read one way for a whole column. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from payments.money import MAX_PAISA, RUPEE

POINT, COMMA = ".", ","
CURRENCY: Final = re.compile(r"^(?:PKR|Rs\.?)\s*|\s*(?:PKR|Rs\.?)$", re.IGNORECASE)
SIDE: Final = re.compile(r"\s*(CR|DR|C|D)\.?$", re.IGNORECASE)
MINUS: Final = "\u2212\u2013\u2012\ufe63\uff0d"
GROUP_SIGNS: Final = " \u00a0\u202f\u2009'\u2019"


class AmountFault(StrEnum):
    MISSING = "no_amount"
    NOT_ONE = "not_an_amount"
    COMMA_AFTER_POINT = "comma_after_point"
    POINT_AFTER_COMMA = "point_after_comma"
    PLACES = "three_places"
    GROUPS = "odd_groups"
    TWO_SIGNS = "two_signs"
    TOO_LARGE = "too_large"


class BadAmount(ValueError):
    def __init__(self, fault: AmountFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_amount(text: str, *, decimal: str = POINT) -> int:
    """Paisa; below 0 for what left the account: "-5,000.00", "(5,000.00)", "5,000.00-", "5,000.00 DR".

    decimal: the sign before the hundredths; the other one, spaces and apostrophes part groups, in the Pakistani way
    (1,25,000) or by thousands. "Rs. 7,500/-" is a whole amount. Nothing is guessed: raises BadAmount.
    """
    plain = re.sub(f"[{MINUS}]", "-", text.strip())
    if not plain:
        raise BadAmount(AmountFault.MISSING)
    plain, signs = _unsigned(plain)
    if len(signs) > 1:
        raise BadAmount(AmountFault.TWO_SIGNS)
    paisa = _whole(plain, decimal)
    if paisa > MAX_PAISA:
        raise BadAmount(AmountFault.TOO_LARGE)
    return -paisa if signs == ["-"] else paisa


def _unsigned(text: str) -> tuple[str, list[str]]:
    """The figures alone, and what was said about their side: "-" or "+"."""
    signs: list[str] = []
    if side := SIDE.search(text):
        signs.append("-" if side[1][0] in "Dd" else "+")
        text = text[: side.start()].strip()
    text = CURRENCY.sub("", text).strip()
    if text.startswith("(") and text.endswith(")"):
        signs.append("-")
        text = text[1:-1].strip()
    if text.endswith("/-"):
        text = text[:-2].strip()
    for sign in "-+":
        if text.startswith(sign):
            signs.append(sign)
            text = text[1:].strip()
        elif text.endswith(sign):
            signs.append(sign)
            text = text[:-1].strip()
    return CURRENCY.sub("", text).strip(), signs


def _whole(text: str, decimal: str) -> int:
    other = COMMA if decimal == POINT else POINT
    if not re.fullmatch(rf"[0-9.,{GROUP_SIGNS}]+", text) or not text[0].isascii() or not any(c.isdigit() for c in text):
        raise BadAmount(AmountFault.NOT_ONE)
    whole, sign, rest = text.partition(decimal)
    if other in rest:
        raise BadAmount(AmountFault.COMMA_AFTER_POINT if decimal == POINT else AmountFault.POINT_AFTER_COMMA)
    if decimal in rest:
        raise BadAmount(AmountFault.NOT_ONE)
    if sign and not re.fullmatch("[0-9]{1,2}", rest):
        raise BadAmount(AmountFault.PLACES if re.fullmatch("[0-9]{3,}", rest) else AmountFault.NOT_ONE)
    groups = re.split(rf"[{re.escape(other)}{GROUP_SIGNS}]", whole)
    if not all(group.isascii() and group.isdigit() for group in groups):
        raise BadAmount(AmountFault.NOT_ONE)
    if len(groups) > 1 and not (
        1 <= len(groups[0]) <= 3 and len(groups[-1]) == 3 and all(len(group) in {2, 3} for group in groups[1:-1])
    ):
        raise BadAmount(AmountFault.GROUPS)
    return int("".join(groups)) * RUPEE + int(rest.ljust(2, "0") if rest else 0)
