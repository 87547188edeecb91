"""Messages and what leaves, for tests."""

from __future__ import annotations

import factory

from tdap_portal.notifications.models import Dispatch, Message
from tests.factories.accounts import UserFactory


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    to = factory.SubFactory(UserFactory)
    template = "test.told"
    key = factory.Sequence(str)
    language = "en"
    subject = factory.Sequence(lambda n: f"Subject {n}")
    body = "What happened."


class DispatchFactory(factory.django.DjangoModelFactory):
    """An SMS that waits and belongs to no message; give message=MessageFactory() for one that does."""

    class Meta:
        model = Dispatch

    template = "test.told"
    channel = "sms"
    language = "en"
    address = "+923001234567"
    address_hint = "+92•••567"
    text = "What happened."
