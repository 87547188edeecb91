"""Comparing what was sent with what should have been, and base64 that has one form only. Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import Final

_HEX = re.compile(r"[0-9A-Fa-f]{64}")
MAX_SIGNATURE: Final = 2_000


def is_same_hex(given: str, right: str) -> bool:
    """Whether two texts are the same 64 hexadecimal digits, in any case, in constant time. Anything else is not."""
    if not _HEX.fullmatch(given):
        return False
    return hmac.compare_digest(given.upper().encode("ascii"), right.upper().encode("ascii"))


def read_base64(text: str) -> bytes | None:
    """The bytes of standard base64; None for any text that a second one decodes to the same bytes."""
    if not text.isascii() or len(text) > MAX_SIGNATURE:
        return None
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if base64.b64encode(found).decode("ascii") == text else None
