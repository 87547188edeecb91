"""RSA2 of Alipay's old gateway: what is signed in a request, and what in its notices. Pure.

Both are `name=value` of the decoded values, sorted by name, joined with &. A request leaves out `sign` and fields
without a value; sign_type stays in. A notice leaves out `sign` and `sign_type`; blank ones stay. Sources: Antom's
documentation of asynchronous notices; python-alipay-sdk 3.4.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import rsa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

THANKS: Final = "success"
"""The only word that stops Alipay from sending a notice again (2, 10, 10 minutes, 1, 2, 6, 15 hours)."""
SIGN, SIGN_TYPE, RSA2 = "sign", "sign_type", "RSA2"


def request_text(fields: Mapping[str, str]) -> str:
    """What is signed of a request."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != SIGN and fields[name])


def notice_text(fields: Mapping[str, str]) -> str:
    """What is signed of a notice."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name not in {SIGN, SIGN_TYPE})


def signed_request(fields: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
    """The fields that have a value, sign_type and the signature with them. Raises ValueError for half letters."""
    given = {name: value for name, value in fields.items() if value and name != SIGN} | {SIGN_TYPE: RSA2}
    return given | {SIGN: rsa.sign(request_text(given).encode(), key)}


def is_signed_notice(fields: Mapping[str, str], key: RSAPublicKey) -> bool:
    """Whether a notice is Alipay's. Never raises."""
    if fields.get(SIGN_TYPE, RSA2) != RSA2:
        return False
    try:
        text = notice_text(fields).encode()
    except UnicodeEncodeError:
        return False
    return rsa.is_signed(text, fields.get(SIGN, ""), key)
