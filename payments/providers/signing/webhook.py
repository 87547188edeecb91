"""Signature of our own webhooks, in the form that Stripe made common: `t=<seconds>,v1=<hex>`. Pure.

v1 is HMAC-SHA256 over `<t>.<raw body>`. Several v1 may stand there while a secret is being changed. A notice whose t
is more than 300 seconds away is not believed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

from .comparing import is_same_hex

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

TOLERANCE_SECONDS: Final = 300
MAX_SIGNATURES: Final = 10
_TIME = re.compile(r"[0-9]{1,12}")
_MAX_HEADER = 2_000


def signature(body: bytes, secret: str, at: int) -> str:
    """v1 of a body at a second since 1970. Raises ValueError for an empty secret."""
    if not secret:
        raise ValueError("There is no secret to sign with.")
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def signature_header(body: bytes, *secrets: str, at: datetime) -> str:
    """The header's value, with a v1 for each secret."""
    second = int(at.timestamp())
    return ",".join([f"t={second}", *(f"v1={signature(body, secret, second)}" for secret in secrets)])


def fault(header: str, body: bytes, *, secrets: Iterable[str], now: datetime) -> str:
    """Why the header does not sign this body: "unsigned", "malformed", "too_old", "too_new", "forged"; "" if it does.

    The signature is looked at before the time, so that only who has the secret learns what our clock says. Never
    raises.
    """
    if not header:
        return "unsigned"
    if len(header) > _MAX_HEADER or not header.isascii():
        return "malformed"
    pairs = [(name.strip(), value.strip()) for name, _is, value in (part.partition("=") for part in header.split(","))]
    times = [value for name, value in pairs if name == "t"]
    given = [value for name, value in pairs if name == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 0 < len(given) <= MAX_SIGNATURES:
        return "malformed"
    at = int(times[0])
    right = [_right(body, secret, times[0]) for secret in secrets if secret]
    if not any([is_same_hex(one, other) for one in given for other in right]):  # noqa: C419  all are compared
        return "forged"
    age = now.timestamp() - at
    if age > TOLERANCE_SECONDS:
        return "too_old"
    return "too_new" if age < -TOLERANCE_SECONDS else ""


def _right(body: bytes, secret: str, written: str) -> str:
    """v1 over the time as it was written: 0600 is not 600."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), f"{written}.".encode() + body, hashlib.sha256).hexdigest()
