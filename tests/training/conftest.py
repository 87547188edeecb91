"""Hours, the Friday prayer and roads stand in the database from a migration; a test with real transactions empties it for all after."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from training.models import TeachingHours


@pytest.fixture(autouse=True)
def _hours_and_roads(request):
    if request.node.get_closest_marker("django_db") and not TeachingHours.objects.exists():
        import_module("training.migrations.0005_hours_and_roads").fill(apps, None)
