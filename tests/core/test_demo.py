"""The clock of the demo's replay: of this process and of the database, which decides deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tdap_portal.accounts.models import User
from tdap_portal.core.demo import clock_at
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 3, 4, 5, 6, 7, 891000, tzinfo=UTC)


def database_now() -> datetime:
    return User.objects.values_list(Now(), flat=True)[:1].get()


def test_both_clocks_stand_at_the_moment_that_is_replayed():
    UserFactory(last_login=LONG_AGO)
    with clock_at(LONG_AGO):
        assert timezone.now() == database_now() == LONG_AGO
        assert User.objects.filter(last_login__lte=Now()).exists()
        assert not User.objects.filter(last_login__lt=Now()).exists()
        with clock_at(LONG_AGO + timedelta(days=1)):
            assert User.objects.filter(last_login__lt=Now()).exists()
        assert database_now() == LONG_AGO


def test_both_clocks_go_on_afterwards_also_after_a_fault():
    UserFactory()
    with pytest.raises(KeyError), clock_at(LONG_AGO):
        raise KeyError
    assert database_now() > LONG_AGO
    assert timezone.now() > LONG_AGO
