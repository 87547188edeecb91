"""The key that signs certificates, and the public ones that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.errors import DomainError

from . import sealing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def signing_key() -> tuple[str, Ed25519PrivateKey]:
    """The name of the key and the key. Raises DomainError "no_key" where none is set."""
    if not settings.CERTIFICATE_KEY or not settings.CERTIFICATE_KEY_NAME:
        raise DomainError(
            _("No certificate can be issued: the portal has no key to sign with. Tell an administrator."), code="no_key"
        )
    return settings.CERTIFICATE_KEY_NAME, sealing.private_key(settings.CERTIFICATE_KEY)


def public_keys() -> dict[str, Ed25519PublicKey]:
    """By name: those of earlier keys, and the one that signs today."""
    known = {name: sealing.public_key(text) for name, text in settings.CERTIFICATE_PUBLIC_KEYS.items()}
    if settings.CERTIFICATE_KEY and settings.CERTIFICATE_KEY_NAME:
        name, key = signing_key()
        known[name] = key.public_key()
    return known
