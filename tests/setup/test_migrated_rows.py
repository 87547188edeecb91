"""A test that commits empties all tables when it ends; the test after it finds the rows that migrations made all the same."""

from __future__ import annotations

import pytest

from training.models import Road, TeachingHours

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("time", ["first", "second"])
def test_the_rows_of_migrations_are_there(time):
    assert TeachingHours.objects.count() == 4
    assert Road.objects.count() == 10
    Road.objects.create(one="Gilgit", other="Hunza", minutes=120)  # its number is free
