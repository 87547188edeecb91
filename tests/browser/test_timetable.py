"""A session dragged over the week: what would block is said before it is dropped, and nothing is lost by the drop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from tests.browser.world import session_of
from tests.training.made import manager
from tests.training.timetable.planned import planned
from training.models import DraftSession, Session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def week(browser: Browser, monkeypatch):
    """The board of the week, opened by a programme manager on a wide screen; ids of what stands on it."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    boss = manager()
    ids = planned(boss)
    server = LiveServer("localhost")
    context = browser.new_context(base_url=server.url, viewport={"width": 1400, "height": 900})
    cookies = {"django_language": "en", "sessionid": session_of(boss)}
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"/training/timetable/?week={ids['week']}")
    yield page, ids, said
    context.close()
    server.stop()


def drag(page: Page, session: Session, cell: str) -> None:
    """Picks a session up and holds it over a cell."""
    page.locator(f'.week a[href*="{session.public_id}"]').hover()
    page.mouse.down()
    over(page, cell)


def over(page: Page, cell: str) -> None:
    box = page.locator(cell).bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)


def test_a_drag_says_what_would_block_before_the_drop_and_keeps_what_fits(week):
    page, ids, said = week
    row = Session.objects.get(public_id=ids["planned_session"])
    small, hall = row.draft.venue_id, row.venue_id
    before = row.draft.starts_at
    thursday = page.locator(".week thead th").nth(4).inner_text()
    assert thursday.startswith("Thu")
    day = page.locator(f'td[data-room="{hall}"]').nth(3).get_attribute("data-day")
    drag(page, row, f'td[data-room="{small}"][data-day="{day}"]')
    note = page.locator("[data-drop-note]")
    note.wait_for(state="visible")
    assert "has 8 seats, the cohort 20 people." in note.inner_text()
    assert DraftSession.objects.get(session=row).starts_at == before  # asked, not moved
    over(page, f'td[data-room="{hall}"][data-day="{day}"]')
    page.wait_for_function("() => !document.querySelector('[data-drop-note]').textContent.includes('8 seats')")
    with page.expect_navigation():
        page.mouse.up()
    moved = DraftSession.objects.get(session=row)
    assert (moved.venue_id, moved.starts_at.date().isoformat()) == (hall, day)
    assert "It is moved. Nobody is told before you publish." in page.locator("main").inner_text()
    assert said == []


def test_a_drop_on_what_blocks_comes_back_in_words_with_what_was_chosen(week):
    page, ids, _said = week
    row = Session.objects.get(public_id=ids["planned_session"])
    small, day = row.draft.venue_id, page.locator("td[data-day]").nth(3).get_attribute("data-day")
    drag(page, row, f'td[data-room="{small}"][data-day="{day}"]')
    page.locator("[data-drop-note]").wait_for(state="visible")
    with page.expect_navigation():
        page.mouse.up()
    assert "has 8 seats, the cohort 20 people." in page.locator("#refusal").inner_text()
    assert page.locator('[name="starts_at"]').input_value().startswith(day)
    page.locator("#id_reason").fill("Eight of them come.")
    page.get_by_role("button", name="Keep it there all the same").click()
    page.wait_for_load_state()
    moved = DraftSession.objects.get(session=row)
    assert (moved.reason, moved.starts_at.date().isoformat()) == ("Eight of them come.", day)
