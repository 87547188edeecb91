"""The timetable stands in the masthead of whoever plans it."""

from __future__ import annotations

import pytest

from tests.factories.accounts import UserFactory, officer
from tests.training.made import manager

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("person", "is_there"), [(manager, True), (officer, False), (UserFactory, False)])
def test_the_timetable_is_in_the_masthead_of_programme_managers(client, person, is_there):
    client.force_login(person())
    page = client.get("/inbox/").content.decode()
    assert ('href="/training/timetable/"' in page) is is_there
