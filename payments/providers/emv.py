"""The text of a Raast QR code: written, read and checked. Pure.

A row of tag, length and value, two digits each for the first two; the last value is the CRC (CCITT-FALSE) of all
before it, its own tag and length with it. Between persons: 00=02, 01=11 static or 12 dynamic, 02 scheme (apps use 00),
04 IBAN, 05 amount, 06 what for, 07 until when (DDMMYYYYhhmm in Karachi), 10 CRC. To a merchant: EMVCo's layout, 28 the
account, 52 trade, 53 currency (586), 54 amount, 58 country, 59 name, 60 town, 62 reference, 63 CRC. Source: Annex I of
SBP's DI&SD Circular Letter 1 of 2022, as kept by a public package. Not confirmed: how the amount between persons is
written where it has paisa.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from smes.vocabulary.identifiers import IdentifierError, parse_iban

from .interface import LARGEST_PAISA, Refused
from .reading import read_local, read_rupees, rupees, write_local

if TYPE_CHECKING:
    from datetime import datetime

RAAST: Final = "A000000736"
"""The identifier of the scheme in a merchant's account, as in published codes."""
RUPEE_CODE: Final = "586"
COUNTRY: Final = "PK"
MAX_TEXT: Final = 512
MAX_NAME, MAX_CITY, MAX_VALUE = 25, 15, 99
_PRINTED = re.compile(r"[ -~]*")
_NOT_PRINTED = re.compile(r"[^ -~]+")
_SHORT_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,2})?")
_MERCHANT_ACCOUNTS = ("28", "29", "30")


@dataclass(frozen=True, slots=True)
class Code:
    """What a code asks for. is_merchant: the merchant's layout; is_dynamic: for one payment. amount_paisa, expires_at:
    None where the payer chooses, or it never ends."""

    is_merchant: bool
    is_dynamic: bool
    iban: str = field(repr=False)
    amount_paisa: int | None = None
    purpose: str = ""
    expires_at: datetime | None = None
    name: str = ""
    city: str = ""
    reference: str = ""


def crc(text: str) -> str:
    """ "29B1" of "123456789". text: ASCII."""
    return f"{binascii.crc_hqx(text.encode('ascii'), 0xFFFF):04X}"


def person_code(
    iban: str, *, amount_paisa: int | None = None, purpose: str = "", expires_at: datetime | None = None
) -> str:
    """A code between persons: static without an amount, dynamic with one. ValueError for what none can hold."""
    fields = [("00", "02"), ("01", "11" if amount_paisa is None else "12"), ("02", "00"), ("04", _checked(iban))]
    if amount_paisa is not None:
        amount = _amount(amount_paisa)
        fields.append(("05", amount.removesuffix(".00")))
    if purpose:
        fields.append(("06", printable(purpose)[:MAX_VALUE].strip()))
    if expires_at is not None:
        fields.append(("07", write_local(expires_at, "%d%m%Y%H%M")))
    return _closed(fields, "10")


def merchant_code(
    iban: str, *, name: str, city: str, trade: str, reference: str = "", amount_paisa: int | None = None
) -> str:
    """A merchant's code. trade: four digits of ISO 18245. Raises ValueError as person_code does."""
    if not re.fullmatch(r"[0-9]{4}", trade):
        raise ValueError("The trade of a merchant is a code of four digits.")
    fields = [
        ("00", "01"),
        ("01", "11" if amount_paisa is None else "12"),
        ("28", _row([("00", RAAST), ("01", _checked(iban))])),
        ("52", trade),
        ("53", RUPEE_CODE),
        *([] if amount_paisa is None else [("54", _amount(amount_paisa))]),
        ("58", COUNTRY),
        ("59", _needed(printable(name)[:MAX_NAME].strip())),
        ("60", _needed(printable(city)[:MAX_CITY].strip())),
        *([("62", _row([("01", printable(reference)[:25].strip())]))] if reference else []),
    ]
    return _closed(fields, "63")


def read_code(text: str) -> Code | Refused:
    """What a code asks for. Refused: "form" (no such row), "crc", "layout", "iban", "amount", "time". Never raises."""
    fields = read_row(text) if 0 < len(text) <= MAX_TEXT and _PRINTED.fullmatch(text) else None
    if fields is None:
        return Refused("form")
    last, given = list(fields.items())[-1]
    if last not in {"10", "63"} or given != crc(text[:-4]):
        return Refused("crc")
    if fields.get("01") in {"11", "12"}:
        if (last, fields.get("00")) == ("10", "02"):
            return _person(fields)
        if (last, fields.get("00")) == ("63", "01"):
            return _merchant(fields)
    return Refused("layout")


def read_row(text: str) -> dict[str, str] | None:
    """The values by their tags, in their order; None for a row that is cut off or holds a tag twice. Never raises."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not head.isascii() or not head.isdigit() or head[:2] in found:
            return None
        length = int(head[2:])
        value = text[at + 4 : at + 4 + length]
        if len(value) != length:
            return None
        found[head[:2]] = value
        at += 4 + length
    return found


def printable(text: str) -> str:
    """A text as a code can hold it: other letters than those of ASCII give way to a space."""
    return re.sub(r" +", " ", _NOT_PRINTED.sub(" ", text)).strip()


def _person(fields: dict[str, str]) -> Code | Refused:
    iban = _read_iban(fields.get("04", ""))
    if iban is None:
        return Refused("iban")
    amount = _read_amount(fields["05"]) if "05" in fields else None
    if amount is None and ("05" in fields or fields["01"] == "12"):
        return Refused("amount")
    until = read_local(fields["07"], "%d%m%Y%H%M") if re.fullmatch(r"[0-9]{12}", fields.get("07", "")) else None
    if until is None and "07" in fields:
        return Refused("time")
    return Code(
        is_merchant=False,
        is_dynamic=fields["01"] == "12",
        iban=iban,
        amount_paisa=amount,
        purpose=fields.get("06", ""),
        expires_at=until,
    )


def _merchant(fields: dict[str, str]) -> Code | Refused:
    accounts = [read_row(fields[tag]) for tag in _MERCHANT_ACCOUNTS if tag in fields]
    if len(accounts) != 1 or accounts[0] is None or fields.get("53") != RUPEE_CODE or fields.get("58") != COUNTRY:
        return Refused("layout")
    iban = _read_iban(accounts[0].get("01", ""))
    if iban is None:
        return Refused("iban")
    amount = _read_amount(fields["54"]) if "54" in fields else None
    if amount is None and ("54" in fields or fields["01"] == "12"):
        return Refused("amount")
    more = read_row(fields.get("62", ""))
    if more is None:
        return Refused("layout")
    return Code(
        is_merchant=True,
        is_dynamic=fields["01"] == "12",
        iban=iban,
        amount_paisa=amount,
        name=fields.get("59", ""),
        city=fields.get("60", ""),
        reference=more.get("01", ""),
    )


def _read_iban(text: str) -> str | None:
    try:
        return text if parse_iban(text) == text else None
    except IdentifierError:
        return None


def _read_amount(text: str) -> int | None:
    paisa = read_rupees(text) if _SHORT_AMOUNT.fullmatch(text) else None
    return paisa if paisa is not None and 0 < paisa <= LARGEST_PAISA else None


def _checked(iban: str) -> str:
    if _read_iban(iban) is None:
        raise ValueError("The account of a code is a Pakistani IBAN.")
    return iban


def _amount(paisa: int) -> str:
    if not 0 < paisa <= LARGEST_PAISA:
        raise ValueError("No such amount can be asked for.")
    return rupees(paisa)


def _needed(text: str) -> str:
    if not text:
        raise ValueError("A merchant's code needs a name and a town in Latin letters.")
    return text


def _row(fields: list[tuple[str, str]]) -> str:
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in fields)


def _closed(fields: list[tuple[str, str]], tag: str) -> str:
    text = f"{_row(fields)}{tag}04"
    return text + crc(text)
