"""Answers that come by SMS: read for the session of which the person was asked last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from tdap_portal.core.errors import DomainError
from tdap_portal.notifications.models import Channel
from tdap_portal.notifications.services import notify
from training.states import FeedbackVia

from . import selectors, services
from .replies import read_reply

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def read_sms(*, person: User, text: str) -> bool:
    """Whether the SMS of this person was about a session: an answer, or words of somebody who was asked and whose answer cannot be read.
    Such a person is told once a session how to write it."""
    ask = selectors.last_ask(person, now=timezone.now())
    if ask is None:
        return False
    reply = read_reply(text)
    if reply is None:
        notify(
            to=person,
            template="feedback.unclear",
            key=str(ask.pk),
            channels={Channel.SMS.value},
            url=reverse("training:feedback", args=[ask.session.public_id]),
        )
        return True
    try:
        services.give_feedback(
            actor=person,
            session=ask.session,
            place=ask.place,
            useful=reply.useful,
            clear=reply.clear,
            words=reply.words,
            via=FeedbackVia.SMS,
        )
    except DomainError:
        return False  # it is closed by now, or the mark was taken back
    return True
