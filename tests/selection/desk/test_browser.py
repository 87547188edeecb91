"""The desk in a real browser: the panel beside the queue, the keys, and what happens when the line breaks."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from selection.models import Reading, Round
from tests.factories.accounts import officer
from tests.factories.selection import RoundFactory
from tests.selection import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def me(live_portal, page: Page):
    """An officer who is signed in, with three files to read."""
    user, other, round_ = officer(), officer(), RoundFactory()
    for _file in range(3):
        made.assigned(user, other, round=round_)
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_portal.url,
            }
        ]
    )
    page.set_viewport_size({"width": 1400, "height": 900})
    return user


def rows(page: Page):
    return page.locator("a[data-row]")


def test_keys_walk_the_queue_open_a_file_beside_it_and_come_back(me, page: Page):
    page.goto("/desk/")
    page.keyboard.press("j")
    expect(rows(page).nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    name = rows(page).nth(1).inner_text()
    expect(page.locator("[data-panel] h2").first).to_have_text(name)
    expect(page).to_have_url(re.compile(r"/desk/\?open=[0-9a-z]{12}$"))
    expect(rows(page)).to_have_count(3)
    expect(page.locator("tr[aria-current]")).to_contain_text(name)
    page.keyboard.press("Escape")
    expect(page.locator("[data-panel]")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/desk/$"))
    expect(rows(page).nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#f-q")).to_be_focused()


def test_a_reading_is_put_in_without_leaving_the_queue(me, page: Page):
    page.goto("/desk/")
    rows(page).first.click()
    panel = page.locator("[data-panel]")
    panel.get_by_role("button", name="Put in the reading").click()
    expect(panel.locator(".wrongs")).to_be_visible()
    panel.locator("[name=commitment]").select_option("8")
    panel.locator("[name=product_fit]").select_option("6")
    panel.locator("[name=outcome][value=select]").check()
    panel.get_by_role("button", name="Put in the reading").click()
    expect(panel.locator("#file-h")).to_be_focused()
    expect(panel).to_contain_text("Once it is in it can no longer be changed.")
    panel.get_by_role("button", name="Change it").click()
    expect(panel.locator("select[name=commitment]")).to_have_value("8")
    panel.get_by_role("button", name="Put in the reading").click()
    panel.locator("[name=confirmed]").click()
    expect(panel).to_contain_text("The file waits for the other reader.")
    expect(rows(page)).to_have_count(3)
    assert Reading.objects.filter(reader=me, done_at__isnull=False).count() == 1


def test_the_letter_a_leads_from_the_open_file_to_the_question(me, page: Page):
    page.goto("/desk/")
    rows(page).first.click()
    expect(page.locator("[data-panel] [data-key=a]")).to_be_visible()
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile(r"/desk/[0-9a-z]{12}/ask/$"))


def test_a_reload_keeps_the_open_file_and_the_place(me, page: Page):
    page.goto("/desk/?tab=all&order=submitted")
    rows(page).nth(2).click()
    name = rows(page).nth(2).inner_text()
    expect(page.locator("[data-panel] h2").first).to_have_text(name)
    page.reload()
    expect(page.locator("[data-panel] h2").first).to_have_text(name)
    expect(page.locator("tr[aria-current]")).to_contain_text(name)


def test_on_a_narrow_screen_a_file_is_a_page_of_its_own(me, page: Page):
    page.set_viewport_size({"width": 800, "height": 900})
    page.goto("/desk/")
    rows(page).first.click()
    expect(page).to_have_url(re.compile(r"/desk/[0-9a-z]{12}/$"))


def test_without_script_a_file_is_a_page_of_its_own(me, page: Page):
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/desk/")
    rows(page).first.click()
    expect(page).to_have_url(re.compile(r"/desk/[0-9a-z]{12}/$"))


def test_a_broken_line_is_said_in_the_panel_and_the_queue_stays(me, page: Page):
    page.goto("/desk/")
    page.route(re.compile(r"/desk/[0-9a-z]{12}/$"), lambda route: route.abort())
    rows(page).first.click()
    expect(page.locator("[data-panel]")).to_contain_text("The file could not be opened")
    expect(rows(page)).to_have_count(3)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_file_far_down_the_list_opens_at_its_name_with_what_is_to_be_done_in_sight(
    me, live_portal, page: Page, language
):
    for _file in range(17):
        made.assigned(me, officer(), round=Round.objects.get())
    page.context.add_cookies([{"name": "django_language", "value": language, "url": live_portal.url}])
    page.goto("/desk/")
    row = rows(page).nth(18)
    row.scroll_into_view_if_needed()
    row.click()
    panel = page.locator("[data-panel]")
    expect(panel.locator("h2").first).to_have_text(row.inner_text())
    expect(panel.locator("h2").first).to_be_in_viewport(ratio=1)
    expect(panel.locator(".file__foot .btn-primary")).to_be_in_viewport(ratio=1)
    panel.locator(".file__body").evaluate("body => { body.scrollTop = body.scrollHeight }")
    expect(panel.locator("h2").first).to_be_in_viewport(ratio=1)
    expect(panel.locator(".file__foot .btn-primary")).to_be_in_viewport(ratio=1)
    assert panel.locator(".file__body").evaluate("body => body.scrollTop") > 100
    expect(row).to_be_in_viewport()


def test_two_presses_of_tab_lead_past_head_and_filters_to_the_list(me, page: Page):
    page.goto("/desk/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(rows(page).first).to_be_focused()


def test_between_the_two_widths_an_open_file_stands_alone_so_that_focus_goes_as_the_eye_does(me, page: Page):
    page.goto("/desk/")
    rows(page).first.click()
    expect(page.locator("[data-panel] h2").first).to_be_visible()
    page.set_viewport_size({"width": 1000, "height": 900})

    expect(page.locator(".desk-table")).to_be_hidden()
    expect(page.locator("[data-panel] h2").first).to_be_visible()


def test_no_key_sends_anything_it_only_leads_there(me, page: Page):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto("/desk/")
    rows(page).first.click()
    panel = page.locator("[data-panel]")
    panel.locator("[name=commitment]").select_option("8")
    panel.locator("[name=product_fit]").select_option("6")
    panel.locator("[name=outcome][value=select]").check()
    panel.locator("[data-file] h2").focus()
    page.keyboard.press("r")
    expect(panel.locator("[data-key=r]")).to_be_focused()
    for key in "rabcdefghilmnopqstuvwxyz?":
        page.keyboard.press(key)
        page.keyboard.press(f"Shift+{key}")
    assert sent == []
    assert Reading.objects.filter(done_at__isnull=False).count() == 0


def test_keys_that_are_turned_off_do_nothing(me, page: Page):
    me.shortcuts = False
    me.save()
    page.goto("/desk/")
    page.keyboard.press("j")
    page.keyboard.press("/")

    expect(page.locator("body")).to_be_focused()
    expect(page.locator("kbd").first).to_be_hidden()
