"""The style page and the small comforts, in a real browser: accessibility, directions, widths, keyboard, power cuts."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.factories.accounts import officer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}


def in_urdu(page: Page, url: str) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "ur", "url": url}])


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{v['id']}: {n['target'][0]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("en", "dark"), ("ur", "light")])
def test_the_style_page_has_no_barriers(live_portal, page, language, scheme):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    if language == "ur":
        in_urdu(page, live_portal.url)
    page.goto("/style/")
    page.locator(".twin summary").first.click()

    assert violations(page) == []


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/there-is-no-such-page/"]
)
def test_pages_of_the_account_have_no_barriers(live_portal, page, path):
    page.goto(path)

    assert violations(page) == []


def test_of_the_page_of_the_api_only_what_is_built_into_swagger_is_in_the_way(live_portal, page):
    """It opens an entry by a button with buttons inside, has small ones, no heading of the second rank, and a head outside
    its main part. Colours and a second main part were in the way besides."""
    page.goto("/api/v1/docs/")
    page.locator(".opblock").first.wait_for()

    built_in = {"nested-interactive", "target-size", "heading-order", "region"}
    assert {found.split(":")[0] for found in violations(page)} == built_in


def test_axe_would_notice_a_barrier(live_portal, page):
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('label[for=id_login]').remove()")

    assert [found for found in violations(page) if found.startswith("label:")] == ["label: #id_login"]


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("path", ["/style/", "/accounts/login/", "/there-is-no-such-page/"])
def test_nothing_scrolls_sideways_at_360_px(live_portal, page, language, path):
    page.set_viewport_size({"width": 360, "height": 700})
    if language == "ur":
        in_urdu(page, live_portal.url)
    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("who", [None, officer], ids=["visitor", "official"])
def test_the_head_is_one_line_on_a_phone_and_its_menu_opens_without_script(
    live_portal, page, settings, client, language, who
):
    settings.DEMO = True
    page.set_viewport_size({"width": 360, "height": 740})
    page.route("**/*.js", lambda route: route.abort())
    if language == "ur":
        in_urdu(page, live_portal.url)
    if who:
        client.force_login(who(language=language))
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.url}])
    page.goto("/accounts/person/" if who else "/style/")
    masthead, nav = page.locator(".masthead"), page.locator(".masthead__nav")
    top = page.evaluate("document.querySelector('main').getBoundingClientRect().top")

    assert masthead.bounding_box()["height"] < 60
    assert top < 110
    expect(nav).to_be_hidden()
    expect(masthead.get_by_role("link").first).to_have_accessible_name(
        re.compile("Trade Development Authority of Pakistan" if language == "en" else "پاکستان")
    )
    page.locator(".masthead__menu summary").click()
    expect(nav.get_by_role("link").last).to_be_visible()
    expect(nav.locator("a[href='/accounts/logout/']" if who else "a[href='/accounts/login/']")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_on_a_wide_screen_the_head_shows_its_entries_without_a_menu(live_portal, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/style/")

    expect(page.locator(".masthead__nav a").first).to_be_visible()
    expect(page.locator(".masthead__menu")).to_be_hidden()
    expect(page.locator(".masthead__short")).to_be_hidden()


def test_buttons_and_fields_are_large_enough_for_a_thumb(live_portal, page):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/style/")

    small = page.evaluate(
        """() => [...document.querySelectorAll('.btn:not(.btn-s), .form-control, .form-select, .masthead a, .masthead :is(button, summary), .tabs a, .steps a')]
           .filter((e) => e.offsetParent && !e.closest('.file') && e.getBoundingClientRect().height < 43.5).map((e) => e.className)"""
    )
    assert small == []


def test_filters_are_folded_on_a_phone_and_open_on_a_desk(live_portal, page):
    page.set_viewport_size({"width": 360, "height": 700})
    page.goto("/style/")
    expect(page.locator("#id_sector")).to_be_hidden()
    page.get_by_text("Filters", exact=True).click()
    expect(page.locator("#id_sector")).to_be_visible()

    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto("/style/")
    expect(page.locator("#id_sector")).to_be_visible()


def test_the_page_breaks_no_security_policy(live_portal, page):
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/style/")
    page.goto("/accounts/login/")

    assert said == []


def test_the_first_stop_of_the_keyboard_skips_to_the_content(live_portal, page):
    page.goto("/accounts/signup/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"


def test_the_summary_of_mistakes_takes_the_focus_and_leads_to_the_field(live_portal, page):
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".wrongs")).to_be_focused()
    page.locator(".wrongs a").first.click()

    expect(page.locator("#id_login")).to_be_focused()


def press_three_times(page: Page) -> list[str]:
    """How many requests three presses send while the server takes its time."""
    waiting: list[Route] = []
    page.goto("/accounts/login/")
    page.route(re.compile("/accounts/login/"), lambda route: waiting.append(route))  # noqa: PLW0108  a built-in cannot be a handler
    page.evaluate(
        "for (const ms of [0, 200, 400]) setTimeout(() => document.querySelector('main form .btn-primary').click(), ms)"
    )
    page.wait_for_timeout(900)
    sent = [route.request.method for route in waiting]
    for route in waiting:
        route.abort()
    return sent


def test_three_presses_of_a_slow_button_send_one_request(live_portal, page):
    assert press_three_times(page) == ["POST"]


def test_without_the_guard_each_press_would_send_one(live_portal, page):
    page.route(re.compile(r"/portal\.js"), lambda route: route.abort())

    assert press_three_times(page) == ["POST"] * 3


def test_the_page_works_without_javascript(live_portal, browser):
    context = browser.new_context(java_script_enabled=False, base_url=live_portal.url)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in", exact=True).click()

    expect(page.locator(".wrongs")).to_be_visible()
    expect(page.locator("#passkey_login")).to_be_hidden()
    page.goto("/style/")
    expect(page.locator("#id_sector")).to_be_visible()
    context.close()


def test_the_desk_is_walked_with_j_and_k(live_portal, page):
    page.goto("/style/")
    page.keyboard.press("j")
    expect(page.locator("a[data-row]").nth(2)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("a[data-row]").nth(0)).to_be_focused()


FOCUS_RULE = ":is(.btn, .form-control, .form-select, .form-check-input):focus-visible, "


def outline_of(page: Page, control: str) -> tuple[str, str]:
    """Style and width of the outline that the control wears once the keyboard has come to it."""
    page.keyboard.press("Tab")  # from now on the focus is shown
    page.locator(control).first.focus()
    return tuple(
        page.evaluate(
            "(({outlineStyle, outlineWidth}) => [outlineStyle, outlineWidth])(getComputedStyle(document.activeElement))"
        )
    )


CONTROLS = ("main .btn-primary", "main input[type=text].form-control", "main .form-select", "main input[type=radio]")


@pytest.mark.parametrize("control", [*CONTROLS, "main a"])
def test_the_keyboard_s_place_is_seen(live_portal, page, control):
    page.goto("/style/")

    assert outline_of(page, control) == ("solid", "3px")


@pytest.mark.parametrize("control", CONTROLS)
def test_without_our_rule_bootstrap_would_hide_it(live_portal, page, control):
    theme = (Path(settings.BASE_DIR) / "static" / "css" / "theme.css").read_text()
    page.route("**/theme.css", lambda route: route.fulfill(body=theme.replace(FOCUS_RULE, ""), content_type="text/css"))
    page.goto("/style/")

    assert FOCUS_RULE in theme
    assert outline_of(page, control)[0] == "none"


def ink_of_typed_urdu(page: Page, line_height: str = "") -> int:
    """Dark points in a field into which a word is typed that reaches far above and below its line."""
    field = page.locator("#id_login")
    field.fill("گیلری ڈیزائننگ پیچیدہ ٹھٹھہ گجرات")
    field.evaluate(
        """(field, height) => {
             Object.assign(field.style, {borderColor: 'white', background: 'white', outline: 'none', boxShadow: 'none'});
             if (height) field.style.lineHeight = height;
             field.blur();
             return document.fonts.ready; }""",
        line_height,
    )
    return sum(Image.open(BytesIO(field.screenshot())).convert("L").histogram()[:128])


@pytest.mark.nastaliq
def test_typed_urdu_is_not_clipped(live_portal, page):
    page.set_viewport_size({"width": 360, "height": 740})
    in_urdu(page, live_portal.url)
    page.goto("/accounts/login/")
    shown, all_of_it, in_bootstraps_line = (ink_of_typed_urdu(page, height) for height in ("", "8", "1.5"))

    assert shown > 0.98 * all_of_it
    assert in_bootstraps_line < 0.95 * all_of_it  # the word is one that is clipped in a lower line


def test_acts_of_a_row_are_large_enough_for_a_thumb(live_portal, page):
    page.goto("/style/")
    page.evaluate("document.querySelector('main').innerHTML = '<span class=acts><a href=/>Finish</a></span>'")

    assert page.locator("main .acts a").bounding_box()["height"] >= 44


def test_more_opens_by_keyboard_without_a_script_and_closes_by_escape_with_one(live_portal, page, client):
    client.force_login(officer())
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_portal.url}])
    page.set_viewport_size({"width": 1280, "height": 800})
    rest, more = page.locator(".masthead__rest"), page.locator(".masthead__more summary")

    page.route("**/*.js", lambda route: route.abort())
    page.goto("/accounts/person/")
    assert page.locator(".masthead").bounding_box()["height"] < 90
    expect(rest).to_be_hidden()
    more.focus()
    page.keyboard.press("Enter")
    expect(rest).to_be_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.masthead__rest') !== null")

    page.unroute("**/*.js")
    page.goto("/accounts/person/")
    more.click()
    expect(rest).to_be_visible()
    page.keyboard.press("Escape")
    expect(rest).to_be_hidden()
    expect(more).to_be_focused()
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator(".masthead__menu summary").click()
    expect(rest.locator("a").first).to_be_visible()
