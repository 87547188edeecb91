"""The administrator looks at rounds and changes none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.factories.accounts import administrator
from tests.factories.selection import RoundFactory

pytestmark = pytest.mark.django_db


def test_rounds_are_looked_at_without_the_points_of_the_last_seat(client):
    round_ = RoundFactory(line_points=Decimal("63.47"))
    client.force_login(administrator())
    for address in ("", f"{round_.pk}/change/"):
        page = client.get(f"/admin/selection/round/{address}").content.decode()
        assert (round_.policy in page, "63.47" in page) == (True, False)
    assert client.get("/admin/selection/round/add/").status_code == 403
