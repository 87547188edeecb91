"""Reading messages and what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from tdap_portal.core.days import span_words
from tdap_portal.core.errors import NotFound
from tdap_portal.core.selectors import HealthLine

from . import permissions
from .models import Channel, Dispatch, InboundSms, Message, Preference

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

COUNTED_UP_TO = 99
OLDEST_MAY_WAIT = timedelta(minutes=15)
INBOUND_LOOKED_BACK = timedelta(days=7)  # whoever wrote an SMS that was given up was told nothing since
STATES = {  # what staff can ask for: two states of the row are one to them
    "waiting": (Dispatch.State.WAITING, Dispatch.State.LEASED),
    "sent": (Dispatch.State.SENT,),
    "failed": (Dispatch.State.FAILED,),
    "skipped": (Dispatch.State.SKIPPED,),
}


def messages_for(user: User) -> QuerySet[Message]:
    """This person's own messages, newest first."""
    return Message.objects.filter(to=user).order_by("-pk")


def message_for(user: User, public_id: str) -> Message:
    """One of this person's own messages; raises NotFound."""
    message = Message.objects.filter(to=user, public_id=public_id).first()
    if message is None:
        raise NotFound
    return message


def existing_message(to: User, template: str, key: str) -> Message | None:
    return Message.objects.filter(to=to, template=template, key=key).first()


def message_behind(dispatch: Dispatch) -> Message | None:
    """The message with its person; None for a text that went to an address alone."""
    return Message.objects.select_related("to").filter(dispatches=dispatch.pk).first()


def unread_count(user: User) -> int:
    """How many messages are new, counted no further than one past COUNTED_UP_TO: the page of a full inbox costs no more."""
    # Ids instead of COUNT(*) over a slice: every page asks, and this statement is put together in half the time.
    return len(Message.objects.filter(to=user, read_at=None).values_list("pk")[: COUNTED_UP_TO + 1])


def preferences_of(user: User) -> dict[Channel, bool]:
    """Wanted or not, for every channel; one that was never touched is wanted."""
    wanted_by_channel = dict(Preference.objects.filter(user=user).values_list("channel", "wanted"))
    return {channel: wanted_by_channel.get(channel.value, True) for channel in Channel}


def dispatches_visible_to(user: User | AnonymousUser, *, channel: str = "", state: str = "") -> QuerySet[Dispatch]:
    """What left or waits to leave, newest first. channel, state: "" for all; state is a key of STATES.

    Raises NotFound for whoever may not see it.
    """
    if not permissions.can_see_sent(user):
        raise NotFound
    rows = Dispatch.objects.order_by("-pk")
    if channel:
        rows = rows.filter(channel=channel)
    return rows.filter(state__in=STATES[state]) if state else rows


def dispatch_for(user: User | AnonymousUser, public_id: str) -> Dispatch:
    row = dispatches_visible_to(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


NEWEST_DISPATCHES = 1_000
NEWEST_INBOUND = 5
SHOWN_FAILED = 3


@dataclass(frozen=True, slots=True)
class LastDay:
    """What became of the newest NEWEST_DISPATCHES mails and SMS of the last 24 hours. failed_rows: the newest of these."""

    arrived: int
    waiting: int
    failed: int
    failed_rows: tuple[Dispatch, ...]

    @property
    def total(self) -> int:
        return self.arrived + self.waiting + self.failed


def last_day_visible_to(user: User) -> LastDay:
    """Raises NotFound for whoever may not see what left. Two queries; neither grows with what was ever sent."""
    rows = dispatches_visible_to(user)
    since = timezone.now() - timedelta(days=1)
    newest = rows.values_list("state", "created_at")[:NEWEST_DISPATCHES]
    counts = Counter(state for state, at in newest if at >= since)
    failed = rows.filter(state=Dispatch.State.FAILED)[:SHOWN_FAILED] if counts["failed"] else ()
    return LastDay(counts["sent"], counts["waiting"] + counts["leased"], counts["failed"], tuple(failed))


def last_sms_of(people: Iterable[int]) -> dict[int, datetime]:
    """By id of the person when an SMS of theirs came in last; who never sent one is left out."""
    rows = InboundSms.objects.filter(person__in=list(people)).order_by()
    return dict(rows.values_list("person").annotate(last=Max("received_at")))


def inbound_visible_to(user: User | AnonymousUser) -> list[InboundSms]:
    """The newest SMS that came in, without what they said. Raises NotFound for whoever may not see what left."""
    if not permissions.can_see_sent(user):
        raise NotFound
    return list(InboundSms.objects.order_by("-pk")[:NEWEST_INBOUND])


def something_is_due() -> bool:
    return Dispatch.objects.filter(state=Dispatch.State.WAITING, next_try_at__lte=timezone.now()).exists()


def health_lines() -> list[HealthLine]:
    oldest = (
        Dispatch.objects.filter(state__in=(Dispatch.State.WAITING, Dispatch.State.LEASED))
        .order_by("created_at")
        .first()
    )
    age = timezone.now() - oldest.created_at if oldest else timedelta(0)
    failed = Dispatch.objects.filter(state=Dispatch.State.FAILED, message__isnull=False)[: COUNTED_UP_TO + 1].count()
    return [
        HealthLine(
            _("Oldest mail or SMS that waits"),
            ok=age < OLDEST_MAY_WAIT,
            detail=_("Waits %(span)s.") % {"span": span_words(age)} if oldest else _("Nothing waits."),
        ),
        HealthLine(
            _("Failed mails and SMS"),
            ok=failed == 0,
            detail=_("%(number)d can be sent again by an administrator.") % {"number": failed}
            if failed
            else _("None has failed."),
            weight="should",
        ),
        _inbound_line(),
    ]


def _inbound_line() -> HealthLine:
    """What waits too long or was given up says that the worker does not read what came in."""
    rows = InboundSms.objects.order_by()
    oldest = rows.filter(state=InboundSms.State.WAITING).aggregate(at=Min("received_at"))["at"]
    age = timezone.now() - oldest if oldest else timedelta(0)
    lately = timezone.now() - INBOUND_LOOKED_BACK
    failed = rows.filter(state=InboundSms.State.FAILED, received_at__gte=lately)[: COUNTED_UP_TO + 1].count()
    if failed:
        detail = _("%(number)d could not be read.") % {"number": failed}
    elif oldest:
        detail = _("Waits %(span)s.") % {"span": span_words(age)}
    elif not (settings.SMS_INBOUND_KEY or settings.DEMO):
        detail = _("None comes in: no provider is set up.")
    else:
        detail = _("All are read.")
    return HealthLine(_("SMS that came in"), ok=age < OLDEST_MAY_WAIT and not failed, detail=detail, weight="should")
