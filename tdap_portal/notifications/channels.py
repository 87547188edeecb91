"""The ways out: mail, SMS by a gateway, files for a machine without either, and the channel that goes nowhere.

A channel takes one row at a time and answers with the provider's reference, or raises one of four errors. `honours_key`
tells whether a second hand-over of the same row is swallowed: a file of the same name is the same file, and a gateway
gets the row's id as Idempotency-Key. SMTP knows no such key. Errors carry a short code, never an address or a text.
"""

from __future__ import annotations

import json
import os
import smtplib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import httpx
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage

from .models import Channel as Kind

if TYPE_CHECKING:
    from types import TracebackType

    from django.core.mail.backends.base import BaseEmailBackend

    from .models import Dispatch

NO_MAIL_BACKENDS = ("dummy",)
FILE_MAIL_BACKEND = "filebased"
LONGEST_PAUSE = 3600  # seconds for which a provider may ask


class SendError(Exception):
    """code: short and stable, kept in the row and shown to staff."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:40]


class GiveUp(SendError):
    """The provider will never take this one: a wrong number, a refused address."""


class TryLater(SendError):
    """This one did not go now."""


class Skip(SendError):
    """There is no way out on this machine."""


class Unreachable(SendError):
    """Nothing goes now: the provider is down, busy, or does not know us. after: seconds to wait, None if it did not say."""

    def __init__(self, code: str, after: int | None = None) -> None:
        super().__init__(code)
        self.after = after


class Channel(Protocol):
    honours_key: bool

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def send(self, row: Dispatch) -> str:
        """Hand over one row; returns the provider's reference, "" where it has none. Raises SendError."""


class _NothingToClose:
    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        return None


class NullChannel(_NothingToClose):
    honours_key = True

    def send(self, row: Dispatch) -> str:
        raise Skip("no_way_out")


class SmsFileDrop(_NothingToClose):
    """One JSON file a message, named by the row's key and put in place whole: a second write is the same file."""

    honours_key = True

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, row: Dispatch) -> str:
        text = {"key": row.public_id, "to": row.address, "language": row.language, "parts": row.parts, "text": row.text}
        _put(self.folder, f"{row.public_id}.json", json.dumps(text, ensure_ascii=False).encode())
        return ""


class MailFileDrop(_NothingToClose):
    """One .eml file a message, for the demo: opens in any mail program."""

    honours_key = True

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        folder.mkdir(parents=True, exist_ok=True)

    def send(self, row: Dispatch) -> str:
        _put(self.folder, f"{row.public_id}.eml", letter(row).message().as_bytes())
        return ""


class MailChannel:
    """Django's mail backend over one connection a chunk. SMTP has no key: a row that was sent in the moment of a kill
    goes out a second time, at most one a kill; its Message-ID is the same, by which many mailboxes show it once.
    """

    honours_key = False

    def __init__(self) -> None:
        self.connection = mail.get_connection()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        try:
            self.connection.close()
        except (smtplib.SMTPException, OSError):
            return

    def send(self, row: Dispatch) -> str:
        try:
            self.connection.open()
            letter(row, self.connection).send()
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = [code for code, _words in refusal.recipients.values()]
            raise _by_smtp_code(max(codes, default=550)) from None
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused) as refusal:
            raise Unreachable(f"smtp_{refusal.smtp_code}") from None
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as refusal:
            raise Unreachable(f"smtp_{refusal.smtp_code}") from None
        except smtplib.SMTPResponseException as refusal:
            raise _by_smtp_code(refusal.smtp_code) from None
        except (smtplib.SMTPException, OSError) as fault:
            self.connection.close()
            raise Unreachable(type(fault).__name__) from None
        return ""


def _by_smtp_code(code: int) -> SendError:
    return GiveUp(f"smtp_{code}") if code >= 500 else TryLater(f"smtp_{code}")


class HttpGateway:
    """An SMS provider behind one address: POST {"to", "text", "reference"}, bearer token, Idempotency-Key.

    2xx is taken (its JSON may name an "id"). 400-499 is for ever, but 401 and 403 (our token, not this message), and 408,
    409, 425, 429 (too early, too many) are not. 429, 502, 503, 504 and a silent line stop the whole chunk.
    """

    honours_key = True

    def __init__(self, *, url: str, token: str, timeout_seconds: int) -> None:
        self.url = url
        self.client = httpx.Client(
            timeout=timeout_seconds,
            headers={"Authorization": f"Bearer {token}"},
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.client.close()

    def send(self, row: Dispatch) -> str:
        body = {"to": row.address, "text": row.text, "reference": row.public_id}
        try:
            answer = self.client.post(self.url, json=body, headers={"Idempotency-Key": row.public_id})
        except httpx.HTTPError as fault:
            raise Unreachable(type(fault).__name__) from None
        if answer.is_success:
            return _reference(answer)
        code = f"http_{answer.status_code}"
        if answer.status_code in {401, 403, 429, 502, 503, 504}:
            raise Unreachable(code, _seconds(answer.headers.get("Retry-After", "")))
        if answer.status_code in {408, 409, 425} or answer.status_code >= 500:
            raise TryLater(code)
        raise GiveUp(code)


def _reference(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return ""
    return str(body.get("id", ""))[:80] if isinstance(body, dict) else ""


def _seconds(header: str) -> int | None:
    """Of a Retry-After, at most an hour; None where it is no number of seconds. It may be as long as its sender likes."""
    if not (header.isascii() and header.isdecimal()):
        return None
    digits = header.lstrip("0")
    return min(int(digits or 0), LONGEST_PAUSE) if len(digits) <= len(str(LONGEST_PAUSE)) else LONGEST_PAUSE


def letter(row: Dispatch, connection: BaseEmailBackend | None = None) -> EmailMessage:
    """The row as a mail; its Message-ID is made of the row's key, the same at every try."""
    sender = settings.DEFAULT_FROM_EMAIL
    domain = sender.rpartition("@")[2].strip(" >") or "localhost"
    headers = {
        "Message-ID": f"<{row.public_id}@{domain}>",
        "Content-Language": row.language,
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(row.subject, row.text, sender, [row.address], connection=connection, headers=headers)


def _put(folder: str, name: str, content: bytes) -> None:
    """In place whole or not at all, for the portal's own user only. No pathlib: the inner loop of a large sending."""
    half = f"{folder}/.{os.getpid()}.half"
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    os.replace(half, f"{folder}/{name}")  # noqa: PTH105


def channel_for(kind: str) -> Channel:
    """The way out that the settings name: gateway or mail server, else files, else nowhere."""
    if kind == Kind.SMS:
        if settings.SMS_GATEWAY_URL:
            return HttpGateway(
                url=settings.SMS_GATEWAY_URL,
                token=settings.SMS_GATEWAY_TOKEN,
                timeout_seconds=settings.SMS_GATEWAY_TIMEOUT_SECONDS,
            )
        return SmsFileDrop(Path(settings.SMS_DROP_FOLDER)) if settings.SMS_DROP_FOLDER else NullChannel()
    backend = settings.EMAIL_BACKEND.split(".")
    if FILE_MAIL_BACKEND in backend:
        return MailFileDrop(Path(settings.EMAIL_FILE_PATH))
    return NullChannel() if any(name in backend for name in NO_MAIL_BACKENDS) else MailChannel()
