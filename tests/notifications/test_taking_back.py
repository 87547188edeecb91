"""A message that is no longer true does not leave."""

import pytest
from django.utils import timezone

from tdap_portal.notifications.models import Dispatch, Message
from tdap_portal.notifications.services import take_back_unsent
from tests.factories.notifications import DispatchFactory, MessageFactory

pytestmark = pytest.mark.django_db


def message(*states: str, **kwargs) -> Message:
    """With a text in each of these states."""
    row = MessageFactory(**{"key": "7", **kwargs})
    for channel, state in zip(("sms", "mail"), states, strict=False):
        DispatchFactory(message=row, channel=channel, state=state)
    return row


def left() -> tuple[list[int], list[str]]:
    """Messages, and the states of the texts that are there."""
    texts = Dispatch.objects.order_by("pk").values_list("state", flat=True)
    return list(Message.objects.order_by("pk").values_list("pk", flat=True)), list(texts)


def test_what_waits_is_taken_out_with_its_message():
    message("waiting", "waiting")
    assert take_back_unsent(template="test.told", keys=["7"]) == 2
    assert left() == ([], [])


@pytest.mark.parametrize("state", ["sent", "leased"])
def test_what_was_sent_or_is_on_its_way_stays_and_the_rest_does_not_follow(state):
    row = message(state, "waiting")
    assert take_back_unsent(template="test.told", keys=["7"]) == 1
    assert left() == ([row.pk], [state])


def test_what_was_read_in_the_portal_stays_in_the_inbox_and_no_text_follows():
    row = message("waiting", read_at=timezone.now())
    assert take_back_unsent(template="test.told", keys=["7"]) == 1
    assert left() == ([row.pk], [])


@pytest.mark.parametrize("state", ["failed", "skipped"])
def test_what_never_reached_anybody_disappears(state):
    message(state)
    assert take_back_unsent(template="test.told", keys=["7"]) == 0
    assert left() == ([], [])


def test_other_events_other_templates_and_texts_without_a_message_are_left_alone():
    others = [message("waiting", key="8"), message("waiting", template="test.quiet")]
    DispatchFactory()
    assert take_back_unsent(template="test.told", keys=["7"]) == 0
    assert take_back_unsent(template="test.told", keys=[]) == 0
    assert left() == ([row.pk for row in others], ["waiting"] * 3)


def test_each_person_who_was_told_of_the_event_is_taken_back():
    message("waiting")
    told = message("sent")
    assert take_back_unsent(template="test.told", keys=["7", "9"]) == 1
    assert left() == ([told.pk], ["sent"])
