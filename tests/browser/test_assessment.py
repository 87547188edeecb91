"""A try in a real browser: every change is saved, a broken line and an ended session lose nothing, the time that is left is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from tests.browser.world import session_of
from tests.factories.accounts import UserFactory
from tests.factories.training_assessment import bank, module_of, rules
from tests.training.made import cohort, manager, place, programme
from training.assessment import selectors, services

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sitting(browser: Browser, monkeypatch):
    """A page on the first question of a try."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    boss, course = manager(), programme()
    bank(module_of(course), 4, by=boss)
    rules(course, by=boss, questions_number=4)
    person = UserFactory(language="en")
    held = place(cohort(programme=course), person)
    attempt = services.begin(actor=person, place=held)
    server = LiveServer("localhost")
    context = browser.new_context(base_url=server.url, viewport={"width": 360, "height": 740})
    cookies = {"django_language": "en", "sessionid": session_of(person)}
    context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in cookies.items()])
    page = context.new_page()
    page.goto(reverse("training:attempt_question", args=[attempt.public_id, 1]))
    yield page, context, attempt, person
    context.close()
    server.stop()


def answered(attempt) -> list[int]:
    return [row.position for row in selectors.questions_of(attempt) if row.chosen]


def test_every_change_is_saved_and_a_broken_line_loses_nothing(sitting):
    page, context, attempt, _person = sitting
    assert page.locator("[data-clock]").inner_text().startswith(("29:", "30:"))
    with page.expect_response(lambda answer: answer.request.method == "POST") as saved:
        page.locator('input[name="answer-1"]').nth(1).check()
    assert saved.value.status == 200
    page.locator("[data-first]").wait_for(state="visible")
    assert answered(attempt) == [1]

    context.set_offline(offline=True)
    page.locator('input[name="answer-1"]').nth(2).check()
    page.locator("[data-offline]").wait_for(state="visible")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 200):
        context.set_offline(offline=False)
    page.locator("[data-offline]").wait_for(state="hidden")
    row = selectors.questions_of(attempt)[0]
    page.reload()
    assert page.locator('input[name="answer-1"]').nth(2).is_checked()
    assert len(row.chosen) == 1

    page.get_by_role("button", name="Next question").click()
    page.wait_for_url("**/2/")
    page.get_by_role("button", name="Question before").click()
    page.wait_for_url("**/1/")
    page.get_by_role("button", name="Clear the answer").click()
    page.wait_for_load_state()
    assert answered(attempt) == []


def test_an_ended_session_keeps_the_answer_on_the_device_and_it_is_sent_after_signing_in(sitting):
    page, context, attempt, person = sitting
    context.clear_cookies(name="sessionid")
    page.locator('input[name="answer-1"]').nth(1).check()
    page.locator("[data-signed-out]").wait_for(state="visible")
    assert answered(attempt) == []
    context.add_cookies(
        [{"name": "sessionid", "value": session_of(person), "url": page.url.partition("/training/")[0]}]
    )
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 200):
        page.goto(page.url)
    assert answered(attempt) == [1]
