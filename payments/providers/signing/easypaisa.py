"""How Easypaisa wants its hosted form hashed and its newer JSON signed. Pure.

merchantHashedReq is AES-128-ECB with PKCS #5 padding of the sorted `name=value&…`, in base64, under the store's key of
16 characters: it hides nothing that is not in the form itself, it only shows that the store's key was there. The newer
interface carries {"request": …, "signature": …}: SHA256withRSA over the request as it is written. Sources: Easypay
guides 4.1 and 6.1; that its answers are signed the same way is not confirmed.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

from payments.providers.reading import raw_member, read_json, text_of

from . import rsa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

HASH: Final = "merchantHashedReq"
KEY_BYTES: Final = 16
BLOCK_BITS: Final = 128


def hashed_text(fields: Mapping[str, str]) -> str:
    """The text that is enciphered: all but the hash, sorted by name, blank ones left out."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != HASH and fields[name])


def hashed_request(fields: Mapping[str, str], key: str) -> str:
    """merchantHashedReq of these fields. Raises ValueError for a key that is not of 16 bytes and for half letters."""
    raw = key.encode()
    if len(raw) != KEY_BYTES:
        raise ValueError("Easypaisa's hash key has 16 characters.")
    padder = PKCS7(BLOCK_BITS).padder()
    padded = padder.update(hashed_text(fields).encode()) + padder.finalize()
    locked = Cipher(algorithms.AES128(raw), modes.ECB()).encryptor()  # noqa: S305  their choice, not ours
    return base64.b64encode(locked.update(padded) + locked.finalize()).decode("ascii")


def signed_request(request: Mapping[str, str], key: RSAPrivateKey) -> bytes:
    """The body to send: the request and the signature of exactly these bytes of it."""
    written = json.dumps(dict(request), ensure_ascii=True, separators=(",", ":"))
    return f'{{"request":{written},"signature":"{rsa.sign(written.encode("ascii"), key)}"}}'.encode("ascii")


def read_signed(body: bytes, key: RSAPublicKey, *, member: str = "response") -> dict[str, Any] | None:
    """What stands in `member` of a signed body; None for one that is not signed by this key, or cannot be read."""
    envelope = read_json(body)
    if envelope is None or not isinstance(envelope.get(member), dict):
        return None
    written = raw_member(body, member)
    if written is None or not rsa.is_signed(written, text_of(envelope, "signature"), key):
        return None
    found: dict[str, Any] = envelope[member]
    return found
