"""What a browser keeps of a form: it survives a power cut, and never wins over something newer by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory, owner_of
from tests.factories.smes import MemberFactory, SmeFactory
from tests.smes.pages import send, step_url

if TYPE_CHECKING:
    from smes.models import Sme

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STANDS = {"postcode": "54000", "turnover_pkr": "45000000", "employees": "24"}  # what the firm has told


@pytest.fixture
def firm(live_portal, page: Page) -> Sme:
    """A firm whose owner is signed in at `page`."""
    sme = SmeFactory(complete=True, **STANDS)
    sign_in(page, live_portal.url, sme.created_by)
    return sme


def sign_in(page: Page, url: str, user) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])


def open_place(page: Page, sme: Sme) -> None:
    page.goto(step_url(sme, "place"))


def type_and_lose_power(page: Page, sme: Sme, **typed: str) -> None:
    open_place(page, sme)
    for name, text in typed.items():
        page.fill(f"#id_{name}", text)
    expect(page.locator("form[data-draft=kept]")).to_be_attached()
    page.goto("about:blank")


def save_on_another_device(sme: Sme, **values: str) -> None:
    """By somebody else of the firm."""
    other = Client()
    other.force_login(MemberFactory(sme=sme).user)
    before = {name: getattr(sme, name) or "" for name in (*STANDS, "province", "city", "address", "activity")}
    more = {"turnover_fiscal_year": sme.turnover_fiscal_year, "women_employees": "0"}
    response = send(other, step_url(sme, "place"), before | more | values)
    assert response.status_code == 302


def shown(page: Page, *names: str) -> list[str]:
    return [page.input_value(f"#id_{name}") for name in names]


def drafts(page: Page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")


def question(page: Page):
    return page.get_by_role("heading", name="You typed something here that was not sent")


def show(page: Page):
    return page.get_by_role("button", name="Show what you typed")


def keep_saved(page: Page):
    return page.get_by_role("button", name="Keep what is saved")


def test_what_was_typed_on_what_is_still_saved_is_brought_back(firm, page: Page):
    type_and_lose_power(page, firm, postcode="54700")

    open_place(page, firm)

    assert shown(page, "postcode", "employees") == ["54700", "24"]
    expect(page.get_by_text("Saved on this device, not sent yet")).to_be_visible()
    expect(question(page)).to_be_hidden()


def test_another_step_saved_meanwhile_is_no_newer_version_of_this_one(firm, page: Page):
    type_and_lose_power(page, firm, postcode="54700")
    other = Client()
    other.force_login(firm.created_by)
    other.post(step_url(firm, "sector"), {"sector": "rice"})

    open_place(page, firm)

    assert shown(page, "postcode") == ["54700"]


def older_draft(page: Page, sme: Sme) -> None:
    """The page of a step with a post code and a turnover of yesterday in the browser, and a newer turnover saved."""
    type_and_lose_power(page, sme, postcode="54700", turnover_pkr="46,000,000")
    save_on_another_device(sme, turnover_pkr="61000000", employees="40")
    open_place(page, sme)


def test_what_was_typed_before_somebody_else_saved_is_not_written_over_it(firm, page: Page):
    older_draft(page, firm)

    expect(question(page)).to_be_visible()
    assert shown(page, "postcode", "turnover_pkr", "employees") == ["54000", "61,000,000", "40"]
    assert len(drafts(page)) == 1, "what was typed is not lost either"


def test_without_its_version_the_older_draft_would_be_written_over_it(firm, page: Page):
    def without_version(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub(r'data-version="\w+"', "", answer.text()))

    page.route(re.compile("/profile/place/"), without_version)
    older_draft(page, firm)

    assert shown(page, "turnover_pkr", "employees") == ["46,000,000", "40"]


def test_what_was_typed_is_shown_when_asked_for_beside_what_is_saved_and_can_be_sent(firm, page: Page):
    older_draft(page, firm)
    show(page).click()

    assert shown(page, "postcode", "turnover_pkr", "employees") == ["54700", "46,000,000", "40"]
    expect(page.locator("#id_postcode, #id_turnover_pkr").and_(page.locator(":focus"))).to_be_attached()
    page.reload()
    assert shown(page, "postcode", "turnover_pkr") == ["54700", "46,000,000"], "it is typed on what is saved by now"
    expect(question(page)).to_be_hidden()
    page.get_by_role("button", name="Save and stop").click()
    page.wait_for_url(re.compile("/profile/$"))
    firm.refresh_from_db()
    assert (firm.postcode, firm.turnover_pkr, firm.employees) == ("54700", 46_000_000, 40)


def test_looking_at_what_was_typed_is_no_choice_yet(firm, page: Page):
    older_draft(page, firm)
    show(page).click()
    keep_saved(page).click()

    assert shown(page, "postcode", "turnover_pkr", "employees") == ["54000", "61,000,000", "40"]
    assert drafts(page) == []


def test_the_question_is_answered_by_keyboard(firm, page: Page):
    older_draft(page, firm)
    show(page).focus()
    page.keyboard.press("Tab")
    expect(keep_saved(page)).to_be_focused()
    page.keyboard.press("Enter")

    expect(question(page)).to_be_hidden()
    expect(page.locator("form[data-keep] :focus")).to_be_attached()
    assert drafts(page) == []
    page.reload()
    expect(question(page)).to_be_hidden()
    assert shown(page, "postcode", "turnover_pkr") == ["54000", "61,000,000"]


def test_what_is_typed_beside_the_open_question_is_kept_too(firm, page: Page):
    older_draft(page, firm)
    page.fill("#id_address", "14 Daska Road")
    expect(page.get_by_text("Saved on this device, not sent yet")).to_be_visible()
    page.goto("about:blank")
    open_place(page, firm)
    show(page).click()

    assert shown(page, "postcode", "address", "employees") == ["54700", "14 Daska Road", "40"]


def test_saving_beside_the_open_question_leaves_it_open(firm, page: Page):
    older_draft(page, firm)
    page.get_by_role("button", name="Save and stop").click()
    page.wait_for_url(re.compile("/profile/$"))
    open_place(page, firm)

    expect(question(page)).to_be_visible()


def test_what_the_portal_has_is_forgotten(firm, page: Page):
    open_place(page, firm)
    page.fill("#id_turnover_pkr", "4,20,00,000")
    expect(page.locator("form[data-draft=kept]")).to_be_attached()
    page.get_by_role("button", name="Save and stop").click()
    page.wait_for_url(re.compile("/profile/$"))

    assert drafts(page) == []


def test_what_did_not_reach_the_portal_is_not_forgotten(firm, page: Page):
    open_place(page, firm)
    page.fill("#id_postcode", "54700")
    page.route(re.compile("/profile/place/"), lambda route: route.abort() if route.request.method == "POST" else None)
    page.get_by_role("button", name="Save and stop").click()
    page.wait_for_url("chrome-error://chromewebdata/")
    page.unroute_all()
    open_place(page, firm)

    assert shown(page, "postcode") == ["54700"]


def test_what_the_portal_refuses_and_does_not_keep_is_not_forgotten(live_portal, page: Page):
    sign_in(page, live_portal.url, UserFactory())
    page.goto("/firm/new/")
    page.check("[value=partnership]")
    page.locator("main form .btn-primary").click()
    expect(page.locator(".wrongs")).to_be_visible()
    page.goto("/firm/new/")

    expect(page.locator("[value=partnership]")).to_be_checked()


def test_wrong_answers_are_kept_by_the_portal_and_no_longer_by_the_browser(firm, page: Page):
    open_place(page, firm)
    page.fill("#id_postcode", "123")
    page.get_by_role("button", name="Save and stop").click()

    expect(page.get_by_text("A post code has 5 digits").first).to_be_visible()
    assert (shown(page, "postcode"), drafts(page)) == (["123"], [])


def test_what_was_typed_when_the_session_ended_is_kept_by_both_until_it_is_saved(firm, live_portal, page: Page):
    open_place(page, firm)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    Session.objects.all().delete()
    page.fill("#id_postcode", "54700")
    page.get_by_role("button", name="Save and stop").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    sign_in(page, live_portal.url, firm.created_by)
    open_place(page, firm)

    assert (shown(page, "postcode"), len(drafts(page))) == (["54700"], 1)
    page.get_by_role("button", name="Save and stop").click()
    page.wait_for_url(re.compile("/profile/$"))
    assert drafts(page) == []


def test_the_text_of_an_application_is_kept_and_the_owners_word_is_not(live_portal, page: Page):
    row = ApplicationFactory()
    sign_in(page, live_portal.url, owner_of(row))
    address = reverse("selection:apply", args=[row.round.code])
    page.goto(address)
    page.fill("#id_motivation", "Sell footballs.")
    page.check("#id_declared")
    expect(page.locator("form[data-draft=kept]")).to_be_attached()
    page.goto("about:blank")
    page.goto(address)

    assert shown(page, "motivation") == ["Sell footballs."]
    expect(page.locator("#id_declared")).not_to_be_checked()
    page.get_by_role("button", name="Save the draft").click()
    expect(page.get_by_text("Saved. You can go on later, on any device.")).to_be_visible()
    assert drafts(page) == []


def test_of_a_visitor_who_registers_nothing_stays_in_the_browser(live_portal, page: Page):
    page.goto("/accounts/signup/")
    page.fill("#id_name", "Noor Jahan")
    page.fill("#id_email", "noor@example.pk")
    page.wait_for_timeout(800)  # a draft is kept 0.4 seconds after the last letter
    assert page.evaluate("localStorage.length") == 0


def test_what_one_person_typed_is_not_shown_to_the_next_one_at_the_same_browser(live_portal, page: Page):
    first, second = UserFactory(), UserFactory()
    sign_in(page, live_portal.url, first)
    page.goto("/firm/new/")
    page.fill("#id_name", "Noor's second firm")
    expect(page.locator("form[data-draft=kept]")).to_be_attached()
    for person, there in ((second, ""), (first, "Noor's second firm")):
        sign_in(page, live_portal.url, person)
        page.goto("about:blank")
        page.goto("/firm/new/")
        assert shown(page, "name") == [there]


def test_signing_out_leaves_nothing_in_the_browser(firm, page: Page):
    type_and_lose_power(page, firm, postcode="54700")
    page.goto("/accounts/logout/")
    assert len(drafts(page)) == 1
    page.locator("main form .btn-primary").click()
    page.wait_for_url(lambda url: "logout" not in url)

    assert drafts(page) == []
