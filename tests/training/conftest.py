"""Hours, the Friday prayer and roads stand in the database from a migration; a test with real transactions empties it for all after."""

from __future__ import annotations

import pytest

from .made import hours_and_roads


@pytest.fixture(autouse=True)
def _hours_and_roads(request):
    if request.node.get_closest_marker("django_db"):
        hours_and_roads()
