"""JazzCash's secure hash: HMAC-SHA256 over the values, keyed by the salt. Pure.

Kept are the names that begin with pp_ or ppmpf_, but for pp_SecureHash, and of them those with a value; their values in the order
of the names (ASCII), joined with &, stand behind the salt. Names are not signed: a value with & in it could be read as two.
Sources: JazzCash's API reference 4.2 and published vectors.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from .comparing import is_same_hex

if TYPE_CHECKING:
    from collections.abc import Mapping

HASH: Final = "pp_SecureHash"
NAMES: Final = ("pp_", "ppmpf_")


def signed_fields(fields: Mapping[str, str | None]) -> dict[str, str]:
    """The fields that the hash is over, in its order."""
    return {
        name: value for name in sorted(fields) if name.startswith(NAMES) and name != HASH and (value := fields[name])
    }


def message(fields: Mapping[str, str | None], salt: str) -> str:
    """The text that the hash is over."""
    return "&".join([salt, *signed_fields(fields).values()])


def secure_hash(fields: Mapping[str, str | None], salt: str) -> str:
    """64 hexadecimal digits in capitals. Raises ValueError for an empty salt and for half letters."""
    if not salt:
        raise ValueError("There is no salt to sign with.")
    return hmac.new(salt.encode(), message(fields, salt).encode(), hashlib.sha256).hexdigest().upper()


def is_signed(fields: Mapping[str, str | None], salt: str) -> bool:
    """Whether pp_SecureHash is that of the other fields. Never raises; without a salt nothing is signed."""
    try:
        right = secure_hash(fields, salt)
    except ValueError:
        return False
    return is_same_hex(fields.get(HASH) or "", right)


def is_ambiguous(fields: Mapping[str, str | None]) -> bool:
    """Whether a value holds the sign that joins them, so that the same hash fits other names too."""
    return any("&" in value for value in signed_fields(fields).values())
