"""Telling people: rows first, in the transaction of whoever tells; a worker sends them (see sending.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.errors import DomainError

from . import permissions, selectors
from .models import Channel, Dispatch, Message, Preference
from .texts import masked, one_line, sms_length, sms_text, with_telephone

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tdap_portal.accounts.models import User

RUNG = "notify.rung"
RING_AGAIN_AFTER_SECONDS = 5
PRIORITY_URGENT, PRIORITY_NORMAL = 0, 6  # of the broker: Redis takes the smaller number first


@transaction.atomic
def notify(
    *,
    to: User,
    template: str,
    key: str,
    url: str = "",
    always: bool = False,
    leaves: bool = True,
    channels: Collection[str] | None = None,
    **facts: object,
) -> Message:
    """Tell one person something, in the person's language; commits with the caller's transaction.

    template: texts `templates/messages/<template>.subject.txt`, `.txt` (inbox and mail) and, where an SMS is worth its
    price, `.sms.txt`. key: what this is about (an event's id): the same person, template and key is told once, a repeat
    gives the first message back. url: path to go on at. always: the law or safety asks for it, so preferences do not
    count. leaves: False keeps it to the inbox, without mail and SMS. channels: those on which it leaves at most, of Channel;
    None for all. facts: the words of the templates, kept nowhere else.
    """
    existing = selectors.existing_message(to, template, key)
    if existing is not None:
        return existing
    context = {"person": to, **facts, "url": f"{settings.SITE_URL}{url}" if url else ""}
    with translation.override(to.language):
        subject = one_line(_render(template, "subject.txt", context))
        body = _render(template, "txt", context)
        message = Message(
            to=to,
            template=template,
            key=key,
            language=to.language,
            subject=subject,
            body=body,
            url=url,
            created_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                message.save(force_insert=True)
        except IntegrityError:  # another worker has created it meanwhile
            if (existing := selectors.existing_message(to, template, key)) is None:
                raise
            return existing
        rows = _dispatches(message, to, context, always=always) if leaves else []
        rows = [row for row in rows if channels is None or row.channel in channels]
    Dispatch.objects.bulk_create(rows)
    if any(row.state == Dispatch.State.WAITING for row in rows):
        # A lambda: since Django 5.2 a failing functools.partial raises AttributeError while it is being logged.
        transaction.on_commit(lambda: ring(), robust=True)  # noqa: PLW0108  see above
    return message


def written(*, template: str, language: str, **facts: object) -> tuple[str, str]:
    """Subject and words of a message in a language, as notify would write it; nothing is sent."""
    with translation.override(language):
        return one_line(_render(template, "subject.txt", facts)), _render(template, "txt", facts)


def _dispatches(message: Message, to: User, context: Mapping[str, Any], *, always: bool) -> list[Dispatch]:
    """The rows that leave the portal: a channel that the person switched off gets a row that says so."""
    wanted = selectors.preferences_of(to)
    texts = {
        Channel.MAIL: mail_text(message.body, context["url"]),
        Channel.SMS: _render_if_there(message.template, "sms.txt", context),
    }
    rows = []
    for channel, address in addresses_of(to).items():
        text = texts[channel]
        if not address or text is None:
            continue
        if channel == Channel.SMS:
            text = with_telephone(sms_text(text), settings.CONTACT_PHONE)
        row = _row(
            channel=channel,
            address=address,
            template=message.template,
            language=message.language,
            subject=message.subject if channel == Channel.MAIL else "",
            text=text,
        )
        row.message = message
        if not (always or wanted[channel]):
            row.state, row.error, row.address, row.text = Dispatch.State.SKIPPED, "switched_off", "", ""
        rows.append(row)
    return rows


@transaction.atomic
def send_now(*, address: str, channel: str, template: str, language: str, **facts: object) -> Dispatch:
    """A text for an address that may belong to nobody yet: a code to sign in with. A row first, too; sent before others.

    Preferences do not count; nothing of it is in an inbox; address and text are blanked as soon as it left or failed.
    """
    with translation.override(language):
        subject = one_line(_render(template, "subject.txt", facts)) if channel == Channel.MAIL else ""
        text = _render(template, "txt" if channel == Channel.MAIL else "sms.txt", facts)
    row = _row(channel=channel, address=address, template=template, language=language, subject=subject, text=text)
    row.urgent = True
    row.save(force_insert=True)
    transaction.on_commit(lambda: ring(urgent=True), robust=True)
    return row


def _row(*, channel: str, address: str, template: str, language: str, subject: str, text: str) -> Dispatch:
    now = timezone.now()
    if channel == Channel.SMS:
        text = sms_text(text)
    return Dispatch(
        created_at=now,
        next_try_at=now,
        channel=channel,
        address=address,
        address_hint=masked(address),
        template=template,
        language=language,
        subject=subject,
        text=text,
        parts=sms_length(text).parts if channel == Channel.SMS else 1,
    )


def addresses_of(user: User) -> dict[Channel, str]:
    """Where this person is reached: "" where there is no address, none at all for somebody who may not sign in."""
    return {
        Channel.MAIL: (user.email or "") if user.is_active else "",
        Channel.SMS: (user.mobile or "") if user.is_active and user.mobile_verified else "",
    }


def ring(*, urgent: bool = False) -> None:
    """Wake a worker. Many messages in a few seconds ring once: a worker that wakes takes all that waits.

    A ring that is lost (broker down or flushed) costs some seconds: the sweeper finds what was not sent.
    """
    if urgent:
        current_app.signature("notify.send_due").apply_async(priority=PRIORITY_URGENT, retry=False)
    elif cache.add(RUNG, 1, timeout=RING_AGAIN_AFTER_SECONDS):
        current_app.signature("notify.send_due").apply_async(priority=PRIORITY_NORMAL, retry=False)


@transaction.atomic
def take_back_unsent(*, template: str, keys: Collection[str]) -> int:
    """What is no longer true does not leave: texts of these messages that still wait are taken out, and messages of which
    nothing left and that nobody opened disappear from the inbox. Returns how many texts were taken out.

    What is on its way or was sent stays, since it was said.
    """
    about = Message.objects.filter(template=template, key__in=keys)
    taken, _rows = Dispatch.objects.filter(message__in=about, state=Dispatch.State.WAITING).delete()
    left = Dispatch.objects.filter(message=OuterRef("pk"), state__in=[Dispatch.State.LEASED, Dispatch.State.SENT])
    about.filter(~Exists(left), read_at=None).delete()
    return taken


def mark_read(*, message: Message) -> None:
    """The person has opened it; opening it again keeps the first time."""
    Message.objects.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, user: User) -> int:
    """All of this person's messages are read now; returns how many were new."""
    return Message.objects.filter(to=user, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def set_preferences(*, user: User, wanted: Mapping[str, bool]) -> None:
    """Which channels this person wants messages on; a channel that is not named stays as it is."""
    for channel in Channel:
        if channel in wanted:
            Preference.objects.update_or_create(user=user, channel=channel.value, defaults={"wanted": wanted[channel]})


@transaction.atomic
def send_again(*, actor: User, dispatch: Dispatch) -> Dispatch:
    """Put a message that failed back in the row, to the address its person has now, with all its attempts.

    Raises NotAllowed, or DomainError: "still_on_its_way", "already_sent", "nothing_to_send" (a code, which is worth
    nothing by now), "no_address".
    """
    permissions.can_send_again(actor).require()
    row = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    if row.state == Dispatch.State.SENT:
        raise DomainError(_("This message has been sent already."), code="already_sent")
    if row.state in {Dispatch.State.WAITING, Dispatch.State.LEASED}:
        raise DomainError(
            _("This message is still on its way. Wait until it is sent or has failed."), code="still_on_its_way"
        )
    message = selectors.message_behind(row)
    if message is None or not row.text:
        raise DomainError(
            _(
                "There is nothing left to send: codes are not kept, and messages that a person switched off are not sent."
            ),
            code="nothing_to_send",
        )
    address = addresses_of(message.to)[Channel(row.channel)]
    if not address:
        raise DomainError(_("This person has no address for this channel any more."), code="no_address")
    row.state, row.attempts, row.error, row.next_try_at = Dispatch.State.WAITING, 0, "", timezone.now()
    row.address, row.address_hint = address, masked(address)
    row.save(update_fields=["state", "attempts", "error", "next_try_at", "address", "address_hint"])
    transaction.on_commit(lambda: ring(), robust=True)  # noqa: PLW0108  see notify()
    return row


def mail_text(body: str, url: str) -> str:
    """The message as a mail: its words, the address to go on at, why it came. In the language that is active."""
    return (
        _engine()
        .get_template("notifications/mail.txt")
        .render(Context({"body": body, "url": url}, autoescape=False))
        .strip()
    )


def _render(template: str, part: str, context: Mapping[str, object]) -> str:
    """Plain text: nothing is escaped here, pages escape it when they show it."""
    name = f"messages/{template}.{part}"
    return _engine().get_template(name).render(Context(dict(context), autoescape=False)).strip()


def _render_if_there(template: str, part: str, context: Mapping[str, object]) -> str | None:
    try:
        return _render(template, part, context)
    except TemplateDoesNotExist:
        return None


def _engine() -> Engine:
    return Engine.get_default()
