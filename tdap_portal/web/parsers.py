"""What programs send. Apart from rest.py, since DRF's views import it while they are being imported themselves."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from tdap_portal.core.cleaning import clean

MAX_DEPTH = 20


class PlainJSONParser(JSONParser):
    """JSON with its texts cleaned, without what no database keeps (NUL, half of a character pair) and towers of brackets."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            found = super().parse(*args, **kwargs)
        except (RecursionError, LookupError) as error:  # too deep; a charset that nobody knows
            raise ParseError from error
        return _cleaned(found, MAX_DEPTH)


def _cleaned(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ParseError("This text holds characters that cannot be kept.")
        return clean(value)
    if isinstance(value, dict | list) and not depth:
        raise ParseError("This is nested too deeply.")
    if isinstance(value, dict):
        return {_cleaned(name, depth - 1): _cleaned(part, depth - 1) for name, part in value.items()}
    return [_cleaned(part, depth - 1) for part in value] if isinstance(value, list) else value
