"""Delivery of what follows from what was delivered, and bulk work that rings nobody."""

import pytest

from tdap_portal.audit import outbox, services
from tests.factories.accounts import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    monkeypatch.setattr(outbox, "_handlers", outbox.defaultdict(dict))


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
