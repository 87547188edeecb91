"""People at browsers, for journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import PASSWORD

from .people import Person

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def person(live_portal, browser) -> Iterator:
    """Makes people with a browser of their own: person(login, width). They are signed in; "" for a visitor."""
    people = []

    def make(login: str, width: int = 1280, **options) -> Person:
        one = Person(browser, base_url=live_portal.url, width=width, height=800, **options)
        people.append(one)
        if login:
            one.sign_in(login, PASSWORD)
        return one

    yield make
    for one in people:
        one.leave()
