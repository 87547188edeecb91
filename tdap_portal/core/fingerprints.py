"""Keyed hashes of numbers, so that equal numbers can be found without searching the numbers themselves."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings


def fingerprint(kind: str, value: str) -> str:
    """32 hex digits of HMAC-SHA256 over kind and value with settings.FINGERPRINT_KEY.

    The kind is part of it: the same digits as an NTN and as a telephone number give different fingerprints.
    """
    return hmac.new(settings.FINGERPRINT_KEY.encode(), f"{kind}:{value}".encode(), sha256).hexdigest()[:32]
