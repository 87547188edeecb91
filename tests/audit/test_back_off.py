"""When a delivery that failed is tried again: later each time, and not before its time."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tdap_portal.audit import outbox, services
from tdap_portal.audit.models import Delivery
from tests.factories.accounts import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2027, 3, 1, 9, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def delivery(monkeypatch, clock):
    """A delivery whose handler never succeeds; the registry is as before afterwards."""
    monkeypatch.setattr(outbox, "_handlers", outbox.defaultdict(dict))

    @outbox.on("thing.done", name="tests.fails")
    def fails(event):
        raise OSError

    services.record("thing.done", subject=PartnerFactory(), actor=None)
    return Delivery.objects.get()


def test_each_failure_doubles_the_wait_up_to_an_hour(delivery, clock, monkeypatch):
    monkeypatch.setattr(outbox, "MAX_ATTEMPTS", 14)
    waits = []
    for _ in range(13):
        outbox.deliver_due()
        delivery.refresh_from_db()
        waits.append((delivery.next_try_at - datetime.now(UTC)).total_seconds())
        clock.move_to(delivery.next_try_at)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]


def test_the_sweeper_leaves_a_delivery_alone_until_its_next_try(delivery, clock):
    attempts = []
    outbox.deliver_due()
    for seconds in (0, 1, 1):  # the second try is due two seconds after the first
        clock.shift(timedelta(seconds=seconds))
        outbox.deliver_due()
        delivery.refresh_from_db()
        attempts.append(delivery.attempts)
    assert attempts == [1, 1, 2]
