"""A PDF that carries its facts and a signature over every byte before it (Ed25519, RFC 8032). Pure.

The seal is one comment line behind the end of the PDF, where readers do not look: `%TDAP-CERTIFICATE-1 <facts> <signature>`, both in
base64. Facts are JSON with its keys in order. A changed letter anywhere, in the paper or in the facts, breaks it; so whoever
has the public key can check the file alone, without asking anybody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK = b"\n%TDAP-CERTIFICATE-1 "
MAX_BYTES = 5_000_000


class NotSealed(ValueError):
    """A file without a seal, or with one that cannot be read. code: "no_seal", "too_large" or "broken_seal"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Seal:
    """What a file says of itself. is_whole: the signature fits the file and the key. key: the name of the key."""

    facts: dict[str, Any]
    key: str
    is_whole: bool


def private_key(seed: str) -> Ed25519PrivateKey:
    """The key of a setting: 32 bytes in base64. Raises ValueError for anything else."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError("The signing key must be 32 bytes in base64.") from error


def public_text(key: Ed25519PublicKey) -> str:
    """The public key as it is published: 32 bytes in base64."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def fingerprint(key: Ed25519PublicKey) -> str:
    """ "c41e 09b7 55da": the beginning of its SHA-256, for people to compare."""
    digest = hashlib.sha256(key.public_bytes_raw()).hexdigest()[:12]
    return " ".join(digest[at : at + 4] for at in range(0, 12, 4))


def seal(pdf: bytes, facts: Mapping[str, Any], *, key: Ed25519PrivateKey, key_name: str) -> bytes:
    """The PDF with its seal. facts: JSON-able. Raises ValueError for a PDF that is sealed already."""
    if MARK in pdf:
        raise ValueError("The file has a seal already.")
    text = json.dumps({"facts": facts, "key": key_name}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    signed = pdf + MARK + base64.b64encode(text.encode())
    return signed + b" " + base64.b64encode(key.sign(signed)) + b"\n"


def read_seal(content: bytes, *, keys: Mapping[str, Ed25519PublicKey]) -> Seal:
    """What a file says of itself, and whether that holds. keys: by name. Raises NotSealed."""
    if len(content) > MAX_BYTES:
        raise NotSealed("too_large")
    at = content.find(MARK)
    if at < 0:
        raise NotSealed("no_seal")
    line = content[at + len(MARK) :]
    try:
        given, signature_text = line.rstrip(b"\n").split(b" ")
        said = json.loads(base64.b64decode(given, validate=True))
        signature = base64.b64decode(signature_text, validate=True)
        facts, name = dict(said["facts"]), str(said["key"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotSealed("broken_seal") from error
    if base64.b64encode(signature) != signature_text:  # another spelling of the same bytes is a change too
        raise NotSealed("broken_seal")
    known = keys.get(name)
    if known is None:
        return Seal(facts, name, is_whole=False)
    try:
        known.verify(signature, content[: at + len(MARK)] + given)
    except InvalidSignature:
        return Seal(facts, name, is_whole=False)
    return Seal(facts, name, is_whole=content.endswith(b"\n") and content.count(b"\n", at + 1) == 1)
