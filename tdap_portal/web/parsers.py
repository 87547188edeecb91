"""What programs send. Apart from rest.py, since DRF's views import it while they are being imported themselves."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_DEPTH = 20


class PlainJSONParser(JSONParser):
    """JSON without what no database keeps (NUL, half of a character pair) and without towers of brackets."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        try:
            found = super().parse(*args, **kwargs)
        except (RecursionError, LookupError) as error:  # too deep; a charset that nobody knows
            raise ParseError from error
        _refuse_strange(found, MAX_DEPTH)
        return found


def _refuse_strange(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ParseError("This text holds characters that cannot be kept.")
    elif isinstance(value, dict | list):
        if not depth:
            raise ParseError("This is nested too deeply.")
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            _refuse_strange(part, depth - 1)
