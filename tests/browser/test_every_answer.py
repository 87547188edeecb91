"""Every page answers on the database of the leg, SQLite's too: no browser here, so nothing has to be committed for it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.test import Client

from .test_every_page import PAGES
from .world import World


@pytest.mark.sqlite_leg
@pytest.mark.django_db
def test_every_page_answers():
    world = World()
    faults = []
    for who, paths in PAGES.items():
        client = Client()
        if who != "nobody":
            client.cookies["sessionid"] = world.sessions[who]
        for path in paths:
            wanted = path.format(**world.ids)
            answer = client.get(wanted, follow=True)
            if answer.status_code != 200 or answer.request["PATH_INFO"] != urlsplit(wanted).path:
                faults.append((who, path, answer.status_code, answer.request["PATH_INFO"]))
    assert faults == []
