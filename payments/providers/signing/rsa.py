"""SHA256withRSA (PKCS #1 v1.5), which Alipay calls RSA2 and Antom RSA256, and its keys. Pure."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from .comparing import read_base64

if TYPE_CHECKING:
    from collections.abc import Callable

SMALLEST_BITS: Final = 2048


def private_key(text: str) -> RSAPrivateKey:
    """The key of a setting: PEM, or its DER (PKCS #8 or PKCS #1) as base64 on one line. Raises ValueError."""
    key = _read(
        text,
        lambda raw: serialization.load_pem_private_key(raw, password=None),
        lambda raw: serialization.load_der_private_key(raw, password=None),
    )
    if not isinstance(key, RSAPrivateKey) or key.key_size < SMALLEST_BITS:
        raise ValueError("The private key must be one of RSA, of 2048 bits or more.")
    return key


def public_key(text: str) -> RSAPublicKey:
    """The same of a public key."""
    key = _read(text, serialization.load_pem_public_key, serialization.load_der_public_key)
    if not isinstance(key, RSAPublicKey) or key.key_size < SMALLEST_BITS:
        raise ValueError("The public key must be one of RSA, of 2048 bits or more.")
    return key


def sign(message: bytes, key: RSAPrivateKey) -> str:
    """The signature in base64."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode("ascii")


def is_signed(message: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether the signature, in base64, is of this message. Never raises."""
    raw = read_base64(signature)
    if raw is None:
        return False
    try:
        key.verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _read(text: str, pem: Callable[[bytes], object], der: Callable[[bytes], object]) -> object:
    """Whatever key stands there. The text of a key is never part of an error."""
    try:
        if "-----BEGIN" in text:
            return pem(text.replace("\\n", "\n").encode("ascii"))
        return der(base64.b64decode(text, validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        return None
