"""Forms, JSON, amounts and moments as providers write them, read strictly. Pure.

Each `read_…` gives None for what cannot be read or could be read in two ways: repeated names, NaN, halves of letters,
numbers of five thousand digits, hours that do not exist. Nothing raises.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

KARACHI: Final = ZoneInfo("Asia/Karachi")
MAX_BYTES: Final = 65_536
MAX_FIELDS: Final = 100
_RUPEES = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2})0{0,4})?")
_PAISA = re.compile(r"[0-9]{1,14}")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Number(str):
    """A number of JSON as it was written: no digit is lost on the way through a float."""

    __slots__ = ()


def read_form(body: bytes) -> dict[str, str] | None:
    """The fields of a posted form, blank ones kept."""
    if len(body) > MAX_BYTES or not body.isascii():
        return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:  # a broken letter is one too
        return None
    fields = dict(pairs)
    if len(fields) != len(pairs) or not all(is_text(text) for pair in pairs for text in pair):
        return None
    return fields


def form(fields: dict[str, str]) -> bytes:
    """The same the other way."""
    return urlencode(fields).encode("ascii")


def read_json(body: bytes) -> dict[str, Any] | None:
    """A JSON object; its numbers as Number."""
    if len(body) > MAX_BYTES:
        return None
    try:
        found = json.loads(
            body.decode("utf-8"),
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
        return found if isinstance(found, dict) and _all_text(found) else None
    except (ValueError, RecursionError):
        return None


def raw_member(body: bytes, name: str) -> bytes | None:
    """The bytes of one member of a JSON object, as they were written: signatures are of these. None where it is not
    there.

    body: one that read_json could read, so that no name stands twice.
    """
    text = body.decode("utf-8", errors="replace")
    reader = json.JSONDecoder()
    at = _skip(text, 0) + 1
    try:
        while text[at := _skip(text, at)] != "}":
            key, at = reader.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # over the colon
            begin = at
            _value, at = reader.raw_decode(text, at)
            if key == name:
                return text[begin:at].encode("utf-8", errors="replace")
            at = _skip(text, at)
            at += text[at] == ","
    except (ValueError, IndexError, RecursionError):
        return None
    return None


def is_text(text: str) -> bool:
    """Whether it can be stored: no NUL, no half of a letter."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def text_of(fields: dict[str, Any] | dict[str, str], name: str) -> str:
    """A field as text, "" where it is missing or no text."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def read_reference(text: str) -> str | None:
    """A reference of ours or of theirs: up to 64 plain characters."""
    return text if _PLAIN.fullmatch(text) else None


def read_currency(text: str) -> str | None:
    return text if _CURRENCY.fullmatch(text) else None


def read_rupees(text: str) -> int | None:
    """ "1500", "1500.5" or "1500.50" as 150000 or 150050 hundredths. No sign, no commas, no exponent."""
    match = _RUPEES.fullmatch(text)
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None


def read_paisa(text: str) -> int | None:
    """ "150000": whole hundredths."""
    return int(text) if _PAISA.fullmatch(text) else None


def rupees(paisa: int) -> str:
    """ "1500.00", for a provider."""
    return f"{paisa // 100}.{paisa % 100:02}"


def read_local(text: str, pattern: str, *, zone: ZoneInfo = KARACHI) -> datetime | None:
    """A moment, in UTC, that a clock of `zone` showed; of an hour that came twice the first. pattern: of strptime."""
    if not text.isascii() or len(text) > 40:
        return None
    try:
        there = datetime.strptime(text, pattern).replace(tzinfo=zone)
        moment = there.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.astimezone(zone).replace(tzinfo=None) == there.replace(tzinfo=None) else None


def read_stamp(text: str) -> datetime | None:
    """ "20240418145702" on a clock in Karachi."""
    return read_local(text, "%Y%m%d%H%M%S") if re.fullmatch(r"[0-9]{14}", text) else None


def write_local(moment: datetime, pattern: str, *, zone: ZoneInfo = KARACHI) -> str:
    """The same the other way, as a provider wants it; what people read is written by tdap_portal.core.days."""
    return moment.astimezone(zone).strftime(pattern)


def stamp(moment: datetime) -> str:
    """A moment as read_stamp reads it."""
    return write_local(moment, "%Y%m%d%H%M%S")


def read_iso(text: str) -> datetime | None:
    """A moment in ISO 8601 that names its zone."""
    if not text.isascii() or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def header(headers: Any, name: str) -> str:
    """A header by its name in any case, "" where it is missing or there twice in different cases."""
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    return found[0] if len(found) == 1 and isinstance(found[0], str) else ""


def _refuse(text: str) -> None:
    raise ValueError(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name stands twice.")
    return found


def _all_text(value: Any) -> bool:
    if isinstance(value, str):
        return is_text(value)
    if isinstance(value, dict):
        return all(is_text(name) and _all_text(each) for name, each in value.items())
    return all(_all_text(each) for each in value) if isinstance(value, list) else True


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
