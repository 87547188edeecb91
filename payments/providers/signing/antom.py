"""The signature in the headers of Antom and Alipay+: RSA256 over method, path, client, time and the raw body. Pure.

`POST <path>\\n<Client-Id>.<Request-Time>.<body>`; the header says `algorithm=RSA256,keyVersion=1,signature=<base64 in
an address's form>`. Source: Antom's documentation of digital signatures. How old a Request-Time may be is not told:
event ids stop replays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from . import rsa

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_PARTS: Final = re.compile(
    r" *algorithm=RSA256 *, *keyVersion=([0-9]{1,6}) *, *signature=([A-Za-z0-9%+/=_.~-]{1,2000}) *"
)


def content(*, method: str, path: str, client_id: str, request_time: str, body: bytes) -> bytes:
    """What is signed. Raises ValueError for half letters."""
    return f"{method.upper()} {path}\n{client_id}.{request_time}.".encode() + body


def signature_header(
    *,
    method: str,
    path: str,
    client_id: str,
    request_time: str,
    body: bytes,
    key: RSAPrivateKey,
    key_version: int = 1,
) -> str:
    """The value of the header `Signature`."""
    signed = content(method=method, path=path, client_id=client_id, request_time=request_time, body=body)
    return f"algorithm=RSA256,keyVersion={key_version},signature={quote(rsa.sign(signed, key), safe='')}"


def is_signed(
    header: str, *, method: str, path: str, client_id: str, request_time: str, body: bytes, key: RSAPublicKey
) -> bool:
    """Whether the header signs this message. Never raises."""
    parts = _PARTS.fullmatch(header)
    if parts is None:
        return False
    try:
        signed = content(method=method, path=path, client_id=client_id, request_time=request_time, body=body)
    except UnicodeEncodeError:
        return False
    return rsa.is_signed(signed, unquote(parts[2]), key)
