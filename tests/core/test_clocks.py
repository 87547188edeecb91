"""Every process goes by its own clock; the health page says where one does not agree with the database's."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tdap_portal.core.models import Heartbeat
from tdap_portal.core.selectors import HealthLine, health
from tdap_portal.core.services import beat

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def line() -> HealthLine:
    return next(line for line in health() if str(line.name) == "Clocks")


def test_clocks_that_agree_are_well():
    beat("worker")
    assert (line().ok, str(line().detail)) == (True, "All agree with the database's.")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (8, "The clock of worker is 8 seconds ahead of the database's."),
        (-30, "The clock of worker is 30 seconds behind the database's."),
    ],
)
def test_a_worker_whose_clock_goes_wrong_is_named(seconds, words):
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds + (0.5 if seconds > 0 else -0.5))):
        beat("worker")
    assert abs(Heartbeat.objects.get().ahead_seconds - seconds) < 3
    assert (line().ok, line().weight) == (False, "should")
    assert str(line().detail)[:20] == words[:20]
    assert ("ahead" in str(line().detail)) == (seconds > 0)


def test_a_web_process_whose_clock_goes_wrong_is_named_too():
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert str(line().detail).startswith("The clock of web is ")
