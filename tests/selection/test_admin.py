"""The administrator looks at rounds and files and changes none."""

from __future__ import annotations

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory, ask, decided

pytestmark = pytest.mark.django_db


def test_every_list_opens_and_nothing_can_be_added(client):
    ask(ApplicationFactory(scored=True))
    decided(ApplicationFactory(scored=True))
    client.force_login(UserFactory(is_staff=True, is_superuser=True))

    for name in ("round", "application", "scorecard", "decision", "question"):
        assert client.get(f"/admin/selection/{name}/").status_code == 200
        assert client.get(f"/admin/selection/{name}/add/").status_code == 403
