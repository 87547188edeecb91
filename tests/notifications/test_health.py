"""What the health page says of mails and SMS."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tdap_portal.notifications.models import InboundSms
from tdap_portal.notifications.selectors import health_lines
from tests.factories.notifications import DispatchFactory, MessageFactory

pytestmark = pytest.mark.django_db


def said():
    return [(line.ok, str(line.detail), line.weight) for line in health_lines()]


def test_a_quiet_portal_is_well():
    DispatchFactory(state="sent")
    assert said() == [
        (True, "Nothing waits.", "must"),
        (True, "None has failed.", "should"),
        (True, "None comes in: no provider is set up.", "should"),
    ]


def test_what_waits_too_long_is_seen_even_if_it_is_tried_again_and_again():
    DispatchFactory(
        created_at=timezone.now() - timedelta(minutes=20), next_try_at=timezone.now() + timedelta(minutes=1)
    )
    (waiting, *_others) = said()
    assert waiting == (False, "Waits 20\xa0minutes.", "must")


def test_what_was_given_up_waits_for_a_person_but_codes_do_not():
    DispatchFactory(state="failed")
    DispatchFactory(state="failed", message=MessageFactory())
    assert said()[1] == (False, "1 can be sent again by an administrator.", "should")


@pytest.mark.parametrize(
    ("age", "state", "said_of_it"),
    [
        (timedelta(minutes=1), "waiting", (True, "Waits 1\xa0minute.", "should")),
        (timedelta(minutes=20), "waiting", (False, "Waits 20\xa0minutes.", "should")),
        (timedelta(days=1), "failed", (False, "1 could not be read.", "should")),
        (timedelta(days=8), "failed", (True, "All are read.", "should")),
        (timedelta(days=1), "stranger", (True, "All are read.", "should")),
    ],
)
def test_sms_that_came_in_and_are_not_read_are_seen(settings, age, state, said_of_it):
    settings.SMS_INBOUND_KEY = "k" * 50
    InboundSms.objects.create(provider_id="m-1", body="{}", state=state, received_at=timezone.now() - age)
    assert said()[2] == said_of_it
