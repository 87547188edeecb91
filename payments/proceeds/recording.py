"""How a shipment and a receipt are judged when they are written down: numbers compared, days counted, rates looked up."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from payments.models import ProceedsReceipt, Shipment
from payments.states import Held, RuleCode, ShipmentKind
from smes.vocabulary.identifiers import plain_digits
from smes.vocabulary.sectors import SECTORS, sector_of

from . import selectors
from .matching import Side
from .realisation import PKR, in_dollars, in_paisa

if TYPE_CHECKING:
    from datetime import date

    from payments.states import Terms
    from smes.models import Sme

    from .realisation import Rate


def number_key(text: str) -> str:
    """A number as it is compared: large letters and figures only, so that "PSW-FI 27-004417" and "pswfi27004417" are one, and so are
    figures of any script."""
    return re.sub(r"[^A-Z0-9]", "", _plain(text).upper())[:40]


def has_other_letters(text: str) -> bool:
    """Letters that only look like ours would make two numbers of one."""
    return any(char.isalnum() and not char.isascii() for char in _plain(text))


def invoice_key(text: str) -> str:
    """The firm's own number of an invoice for a service, which may be in any script; never equal to the key of a form."""
    kept = "".join(char for char in _plain(text).casefold() if char.isalnum())
    return f"S:{kept[:38]}"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", plain_digits(text))


def one_at_a_time(name: str) -> None:
    """Until the transaction ends, nobody else passes here with this name. On PostgreSQL; SQLite writes one after the other."""
    if connection.vendor == "postgresql":
        number = int.from_bytes(hashlib.sha256(f"proceeds {name}".encode()).digest()[:8], signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def sector_for(kind: ShipmentKind, hs6: str, service: str, sme: Sme) -> str:
    """The priority sector of what was sold; of a service that several sectors sell the firm's own, else the first."""
    if kind != ShipmentKind.SERVICE:
        return sector_of(hs6) or ""
    sells = [code for code, sector in SECTORS.items() if service in sector.services]
    if sme.sector in sells or not sells:
        return sme.sector if sells else ""
    return "ict" if "ict" in sells else sells[0]


@dataclass(frozen=True, slots=True)
class Worth:
    """rate: the row it rests on. paisa, cents: None where no rate is known."""

    rate: Rate | None
    paisa: int | None
    cents: int | None


def worth_of(amount: int, currency: str, day: date) -> Worth:
    """So many hundredths in paisa and in US cents, by the rates of a day."""
    rate = selectors.rate_on(currency, day) if currency != PKR else None
    dollar = rate if currency == "USD" else selectors.rate_on("USD", day)
    paisa = amount if currency == PKR else in_paisa(amount, rate.rate) if rate else None
    cents = in_dollars(amount, currency, rate.rate if rate else None, dollar.rate if dollar else None)
    return Worth(rate, paisa, cents)


def above_parcel_limit(amount: int, currency: str, day: date) -> bool | None:
    """Whether a parcel is worth more than one may be; None where no rate tells. No limit in force: False."""
    limit = selectors.value_on(RuleCode.PARCEL_LIMIT, day)
    if limit is None:
        return False
    cents = worth_of(amount, currency, day).cents
    return None if cents is None else cents > limit * 100


def needs_form_r(cents: int | None, day: date) -> bool | None:
    """None where no rate tells."""
    limit = selectors.value_on(RuleCode.FORM_R, day)
    if limit is None:
        return False
    return None if cents is None else cents > limit * 100


def held_for_number(*, sme: Sme, key: str) -> str:
    """Another firm wrote the same number of a form: an official looks."""
    rows = Shipment.objects.filter(number_key=key).exclude(sme=sme).exclude(state__in=selectors.OVER)
    return Held.SAME_NUMBER.value if key and rows.exists() else ""


def held_for_reference(*, sme: Sme, bank_id: int, key: str) -> str:
    rows = ProceedsReceipt.objects.filter(bank=bank_id, reference_key=key).exclude(sme=sme)
    return Held.SAME_NUMBER.value if rows.exclude(state__in=selectors.OVER).exists() else ""


def side_of_shipment(row: Shipment) -> Side:
    return Side(
        number=row.pk,
        firm=row.sme_id,
        amount=row.amount,
        matched=row.matched,
        currency=row.currency,
        day=row.shipped_on,
        is_service=row.is_service,
        may_precede=row.terms in PRECEDES,
    )


def side_of_receipt(row: ProceedsReceipt) -> Side:
    return Side(
        number=row.pk,
        firm=row.sme_id,
        amount=row.amount,
        matched=row.matched,
        currency=row.currency,
        day=row.came_on,
        is_service=row.is_service,
    )


PRECEDES: tuple[Terms | str, ...] = ("advance",)
"""Terms under which money may come before the shipment."""
