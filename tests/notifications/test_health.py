"""What the health page says of mails and SMS."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tdap_portal.notifications.selectors import health_lines
from tests.factories.notifications import DispatchFactory, MessageFactory

pytestmark = pytest.mark.django_db


def said():
    return [(line.ok, str(line.detail), line.weight) for line in health_lines()]


def test_a_quiet_portal_is_well():
    DispatchFactory(state="sent")
    assert said() == [(True, "Nothing waits.", "must"), (True, "None has failed.", "should")]


def test_what_waits_too_long_is_seen_even_if_it_is_tried_again_and_again():
    DispatchFactory(
        created_at=timezone.now() - timedelta(minutes=20), next_try_at=timezone.now() + timedelta(minutes=1)
    )
    (waiting, _failed) = said()
    assert waiting == (False, "Waits 20\xa0minutes.", "must")


def test_what_was_given_up_waits_for_a_person_but_codes_do_not():
    DispatchFactory(state="failed")
    DispatchFactory(state="failed", message=MessageFactory())
    assert said()[1] == (False, "1 can be sent again by an administrator.", "should")
