"""A page that looks at a composition while the worker holds it, on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from selection.models import Composition
from selection.seats.composer import services
from tests.factories.accounts import director
from tests.factories.selection import RoundFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def stood_still() -> Composition:
    row = Composition.objects.create(round=RoundFactory(), number=1, seats=1, made_by=director())
    Composition.objects.update(updated_at=timezone.now() - 2 * services.STOOD_STILL)
    return row


@pytest.mark.parametrize("is_held", [True, False])
def test_a_page_does_not_wait_for_the_worker(stood_still, is_held):
    held, done = Signal(), Signal()

    def works():
        try:
            with transaction.atomic():
                list(Composition.objects.select_for_update())
                held.set()
                done.wait(20)
        finally:
            connection.close()

    worker = Thread(target=works)
    if is_held:
        worker.start()
        assert held.wait(20)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            assert services.wake(composition=stood_still) is not is_held
    finally:
        done.set()
        if is_held:
            worker.join()
    assert services.wake(composition=stood_still) is is_held  # the first has rung, where nobody held it


def test_one_at_work_is_not_rung_for(stood_still):
    Composition.objects.update(updated_at=timezone.now() - timedelta(seconds=1))
    assert services.wake(composition=stood_still) is False
