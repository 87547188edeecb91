"""SMS that come in: kept whole the moment the provider hands them over, read by the worker afterwards.

The provider posts JSON {"id", "from", "text"} with the header X-Signature, the HMAC-SHA256 of the body in hexadecimal. The floors above
say in settings.SMS_READERS who reads; the first that knows what an SMS is about takes it. Whoever writes something that nobody
understands is told so, once a day; strangers are never answered. No number and no text stands in a log line.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from tdap_portal.core.calendar import today
from tdap_portal.core.cleaning import clean
from tdap_portal.core.phones import NotAMobileNumber, parse_mobile
from tdap_portal.core.sweeping import one_by_one

from . import services
from .models import Channel, InboundSms
from .texts import masked

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

logger = logging.getLogger(__name__)
MAX_BYTES = 16_384
MAX_TEXT = 2_000
MAX_ID = 80
MAX_ATTEMPTS = 8
AT_ONCE = 200
KEPT = timedelta(days=30)  # for which the body is there, to settle what was meant
STOP = frozenset({"stop", "stop all", "unsubscribe", "بند", "بند کریں", "روکیں", "اسٹاپ", "سٹاپ"})
START = frozenset({"start", "شروع", "شروع کریں", "اسٹارٹ"})
SMS_ALONE = frozenset({Channel.SMS.value})


class Unreadable(ValueError):
    """No JSON object with the id of a message: a fault of the provider, which is told so."""


def is_signed(body: bytes, signature: str) -> bool:
    """Whether the provider that knows our key has sent these bytes."""
    right = hmac.new(settings.SMS_INBOUND_KEY.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), signature.strip().lower().encode())


@transaction.atomic
def keep(body: bytes) -> InboundSms:
    """Keep what was sent; what was sent before gives the row that is there. Raises Unreadable where it names no message."""
    sent = _json_of(body)
    number = sent.get("id")
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    if not isinstance(number, str) or not number or len(number) > MAX_ID or not number.isprintable():
        raise Unreadable
    row, is_new = InboundSms.objects.get_or_create(provider_id=number, defaults={"body": body.decode()})
    if is_new:
        transaction.on_commit(lambda: ring(), robust=True)  # noqa: PLW0108  see services.notify()
    return row


def _json_of(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unreadable
    return found


def ring() -> None:
    current_app.signature("notify.read_inbound").apply_async(retry=False)


def read_due() -> int:
    """Read what waits, each in a transaction of its own; returns how many were read."""
    due = InboundSms.objects.filter(state=InboundSms.State.WAITING, next_try_at__lte=timezone.now())
    return sum(one_by_one(_read_one, list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:AT_ONCE])))


def _read_one(pk: int) -> bool:
    try:
        return _read(pk)
    except Exception as fault:  # noqa: BLE001  the trace holds the number and the words
        logger.error("inbound SMS %s: %s", pk, type(fault).__name__)  # noqa: TRY400
        _put_off(pk)
        return False


@transaction.atomic
def _read(pk: int) -> bool:
    """Under its lock, so that what follows from it happens once."""
    row = InboundSms.objects.select_for_update(skip_locked=True).filter(pk=pk, state=InboundSms.State.WAITING).first()
    if row is None:
        return False
    sent = _json_of(row.body.encode())
    sender, text = str(sent.get("from", ""))[:40], clean(str(sent.get("text", ""))[:MAX_TEXT].replace("\0", "")).strip()
    row.hint, row.person = masked(sender)[:24], _person_of(sender)
    row.state = InboundSms.State.STRANGER if row.person is None else _understood(row.person, text, row)
    row.read_at = timezone.now()
    row.save(update_fields=["hint", "person", "state", "read_at"])
    return True


def _person_of(sender: str) -> User | None:
    """Whose number it is, shown to be theirs."""
    try:
        mobile = parse_mobile(sender)
    except NotAMobileNumber:
        return None
    people: Any = get_user_model()
    found: User | None = people.objects.filter(mobile=mobile, mobile_verified=True, is_active=True).first()
    return found


def _understood(person: User, text: str, row: InboundSms) -> InboundSms.State:
    word = " ".join(text.casefold().split()).strip(" .!۔")
    if word in STOP or word in START:
        services.set_preferences(user=person, wanted={Channel.SMS: word in START})
        services.notify(
            to=person, template="sms.started" if word in START else "sms.stopped", key=row.public_id, leaves=False
        )
        return InboundSms.State.READ
    readers = (import_module(name).read_sms for name in settings.SMS_READERS)
    if any(read(person=person, text=text) for read in readers):
        return InboundSms.State.READ
    services.notify(
        to=person,
        template="sms.not_understood",
        key=today().isoformat(),
        channels=SMS_ALONE,
        phone=settings.CONTACT_PHONE,
    )
    return InboundSms.State.UNREAD


def _put_off(pk: int) -> None:
    row = InboundSms.objects.filter(pk=pk, state=InboundSms.State.WAITING).first()
    if row is None:
        return
    row.attempts += 1
    row.next_try_at = timezone.now() + timedelta(seconds=min(1800, 30 * 2**row.attempts))
    if row.attempts >= MAX_ATTEMPTS:
        row.state = InboundSms.State.FAILED
    row.save(update_fields=["attempts", "next_try_at", "state"])


def blank_old() -> int:
    """Take out what was sent some weeks ago; that it came, and from whom, stays."""
    old = InboundSms.objects.filter(received_at__lt=timezone.now() - KEPT).exclude(body="")
    return old.exclude(state=InboundSms.State.WAITING).update(body="")
