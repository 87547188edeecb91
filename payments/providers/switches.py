"""Which ways to pay are switched on, made from the settings.

The list is kept to be short and in the order in which a payer reads it. A way whose settings lack something is a fault
of the installation: production does not start (`PAYMENT_NEEDS`), elsewhere it is told where the way is first asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from smes.vocabulary.identifiers import IdentifierError, parse_iban

from .account import Account
from .alipay import Alipay
from .bank import BankTransfer
from .calling import Caller
from .easypaisa import Easypaisa
from .jazzcash import JazzCash
from .null import Null
from .raast import Raast
from .sandbox.memory import CacheMemory
from .sandbox.provider import Sandbox
from .signing import rsa

if TYPE_CHECKING:
    from collections.abc import Callable

    from .interface import Provider

SANDBOX_PAGE: Final = "/payments/sandbox/"
"""Where the demo's page of the sandbox stands."""
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def providers_on() -> dict[str, Provider]:
    """By code, in the order of PAYMENT_PROVIDERS; `null` alone where none is on. Raises ImproperlyConfigured."""
    return {code: _made(code) for code in settings.PAYMENT_PROVIDERS or ["null"]}


def provider_of(code: str) -> Provider | None:
    """A way that is switched on; None for any other. Raises ImproperlyConfigured."""
    return _made(code) if code in (settings.PAYMENT_PROVIDERS or ["null"]) else None


def _made(code: str) -> Provider:
    missing = [name for name in settings.PAYMENT_NEEDS.get(code, ()) if not getattr(settings, name)]
    if code not in MAKERS:
        raise ImproperlyConfigured(f"PAYMENT_PROVIDERS names {code!r}, which is no way to pay (see docs/settings.md).")
    if missing:
        raise ImproperlyConfigured(f"{', '.join(missing)} must be set: PAYMENT_PROVIDERS switches {code} on.")
    try:
        return MAKERS[code]()
    except (ValueError, ZoneInfoNotFoundError) as fault:
        raise ImproperlyConfigured(f"The settings of {code} cannot be used: {fault}") from None


def _caller(code: str, url: str) -> Caller:
    """Raises ValueError for an address that is not https, but for this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("its address must begin with https://.")
    return Caller(code, url.rstrip("/"), settings.PAYMENT_TIMEOUT_SECONDS)


def _account() -> Account:
    try:
        return Account(parse_iban(settings.PAYMENT_IBAN), settings.PAYMENT_ACCOUNT_TITLE)
    except IdentifierError:
        raise ValueError("PAYMENT_IBAN is no Pakistani IBAN.") from None


def _jazzcash() -> Provider:
    if "&" in settings.JAZZCASH_MERCHANT_ID + settings.JAZZCASH_PASSWORD:
        raise ValueError("the hash joins values with &: neither merchant nor password may hold one.")
    return JazzCash(
        _caller("jazzcash", settings.JAZZCASH_URL),
        merchant_id=settings.JAZZCASH_MERCHANT_ID,
        password=settings.JAZZCASH_PASSWORD,
        salt=settings.JAZZCASH_HASH_KEY,
        mpin=settings.JAZZCASH_SECRET_MPIN,
    )


def _easypaisa() -> Provider:
    ours, theirs = settings.EASYPAISA_PRIVATE_KEY, settings.EASYPAISA_PUBLIC_KEY
    if settings.EASYPAISA_HASH_KEY and len(settings.EASYPAISA_HASH_KEY.encode()) != 16:
        raise ValueError("EASYPAISA_HASH_KEY has 16 characters.")
    return Easypaisa(
        _caller("easypaisa", settings.EASYPAISA_URL),
        store_id=settings.EASYPAISA_STORE_ID,
        account=settings.EASYPAISA_ACCOUNT,
        hash_key=settings.EASYPAISA_HASH_KEY,
        user=settings.EASYPAISA_USER,
        password=settings.EASYPAISA_PASSWORD,
        private_key=rsa.private_key(ours) if ours else None,
        public_key=rsa.public_key(theirs) if theirs else None,
    )


def _alipay() -> Provider:
    return Alipay(
        _caller("alipay", settings.ALIPAY_URL),
        app_id=settings.ALIPAY_APP_ID,
        private_key=rsa.private_key(settings.ALIPAY_PRIVATE_KEY),
        public_key=rsa.public_key(settings.ALIPAY_PUBLIC_KEY),
        currency=settings.ALIPAY_CURRENCY,
        zone=ZoneInfo(settings.ALIPAY_TIME_ZONE),
    )


def _raast() -> Provider:
    made = Raast(
        _account(),
        name_on_code=settings.RAAST_NAME,
        city=settings.RAAST_CITY,
        trade=settings.RAAST_TRADE,
        is_merchant=settings.RAAST_MERCHANT,
    )
    made.sample()
    return made


def _sandbox() -> Provider:
    return Sandbox(
        key=settings.PAYMENT_SANDBOX_KEY, memory=CacheMemory(), page=settings.SITE_URL.rstrip("/") + SANDBOX_PAGE
    )


MAKERS: Final[dict[str, Callable[[], Provider]]] = {
    "null": Null,
    "raast": _raast,
    "jazzcash": _jazzcash,
    "easypaisa": _easypaisa,
    "bank": lambda: BankTransfer(_account()),
    "alipay": _alipay,
    "sandbox": _sandbox,
}
