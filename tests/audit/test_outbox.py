"""Delivery of what follows from what was delivered, and bulk work that rings nobody."""

import pytest

from tdap_portal.audit import outbox, services
from tdap_portal.audit.models import Delivery, Event
from tests.factories.accounts import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", outbox.defaultdict(dict))
    monkeypatch.setattr(outbox, "_last_of", {})


def test_deliveries_that_follow_from_others_are_counted_with_them():
    @outbox.on("thing.done", name="tests.goes_on")
    def goes_on(event):
        services.record("thing.followed", subject=PartnerFactory(), actor=None)

    @outbox.on("thing.followed", name="tests.ends")
    def ends(event):
        pass

    for _ in range(2):
        services.record("thing.done", subject=PartnerFactory(), actor=None)

    assert outbox.deliver_all() == 4


def test_bulk_work_holds_the_bell_back_until_it_ends_however_it_ends():
    with outbox.held_back():
        assert outbox.is_held() is True
    assert outbox.is_held() is False
    with pytest.raises(OSError, match="full"), outbox.held_back():
        raise OSError("full")
    assert outbox.is_held() is False


def record_three(firm, other):
    for subject in (firm, firm, other):
        services.record("thing.done", subject=subject, actor=None)


def test_a_handler_that_looks_at_how_things_stand_hears_of_the_last_of_what_waits_together():
    firm, other, heard = PartnerFactory(), PartnerFactory(), []

    @outbox.on("thing.done", name="tests.looks", last_of=lambda event: event.subject_id)
    def looks(event):
        heard.append(event)

    @outbox.on("thing.done", name="tests.counts")
    def counts(event):
        pass

    record_three(firm, other)
    _first, second, third = Event.objects.order_by("pk")
    assert outbox.deliver_all() == 6
    assert heard == [second, third]
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DONE}


def test_the_last_of_them_waits_until_it_is_done():
    faults = [OSError("away")]

    @outbox.on("thing.done", name="tests.looks", last_of=lambda event: event.subject_id)
    def looks(event):
        if faults:
            raise faults.pop()

    firm = PartnerFactory()
    record_three(firm, firm)
    assert outbox.deliver_due() == 2
    waiting = Delivery.objects.get(state=Delivery.State.PENDING)
    assert waiting.event == Event.objects.latest("pk")
    assert waiting.attempts == 1
    assert outbox.deliver(waiting.event_id) == 1
