"""A person at a browser: opens, fills in, presses. Knows names of fields and addresses, not words, so it walks in any language."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tdap_portal.notifications.models import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page

RELOADS = 60
NAMES = re.compile("\u2068[^\u2069]*\u2069")  # set apart by isolates: of firms and of sources
ENGLISH = re.compile(r"[A-Za-z][a-z’']+(?:[ ,]+[A-Za-z’']+){2,}")


class Person:
    """One person with a browser of their own. options: of its context, such as java_script_enabled=False."""

    def __init__(self, browser: Browser, *, base_url: str, width: int, height: int, **options: object) -> None:
        self.context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height}, **options)
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.login = ""
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def open(self, path: str) -> None:
        self.page.goto(path)

    def find(self, selector: str, *, has_text: str | None = None) -> Locator:
        return self.page.locator(selector, has_text=has_text)

    def at(self, address: str) -> str:
        """Wait until the page at this address (a pattern) is open; gives its first group."""
        self.page.wait_for_url(re.compile(address))
        found = re.search(address, self.page.url)
        return found[1] if found.groups() else found[0]

    def fill(self, within: str = "main", /, **answers: object) -> None:
        """Answer fields by their names ("__" stands for "-"): text is typed, choices are chosen, a list or True is ticked."""
        for name, answer in answers.items():
            field = self.find(f'{within} [name="{name.replace("__", "-")}"]')
            kind = field.first.evaluate("e => e.tagName == 'SELECT' ? 'select' : e.type")
            if answer is True:
                field.check()
            elif kind in ("radio", "checkbox"):
                for value in answer if isinstance(answer, list) else [answer]:
                    field.and_(self.find(f'[value="{value}"]')).check()
            elif kind == "select":
                field.select_option(str(answer))
            else:
                field.fill(str(answer))

    def press(self, within: str = "main form") -> None:
        """The one main button of a form."""
        self.find(f"{within} .btn-primary").click()

    def sign_in(self, login: str, password: str) -> None:
        self.login = login
        self.open("/accounts/login/")
        self.fill(login=login, password=password)
        self.press('main form[action$="/login/"]')
        self.page.wait_for_url(lambda url: "/login/" not in url)

    def wait_for_the_worker(self, selector: str) -> None:
        """Look again, as a person does, until the background work shows on the page."""
        for _look in range(RELOADS):
            if self.find(selector).count():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        expect(self.find(selector)).to_be_visible()

    def leave(self) -> None:
        self.context.close()


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, is_so
        time.sleep(0.2)


def open_message(person: Person, name: str) -> None:
    """The newest message of that kind, from the inbox to the page that it leads to."""
    person.open("/inbox/")
    wait_until(lambda: Message.objects.filter(template=name, to__email=person.login).exists())
    row = Message.objects.filter(template=name, to__email=person.login).latest("pk")
    person.wait_for_the_worker(f"main a[href*='/inbox/{row.public_id}/']")
    person.find(f"main a[href*='/inbox/{row.public_id}/']").first.click()
    person.find("main a.btn-primary").first.click()


def look(person: Person, name: str) -> None:
    """Nothing sticks out at 360 px, and an Urdu page has no English sentence."""
    person.page.wait_for_load_state()
    width = person.page.viewport_size["width"]
    assert person.page.evaluate("document.documentElement.scrollWidth") <= width, name
    if person.find("html").get_attribute("lang") == "ur":
        words = person.page.evaluate(WORDS)
        assert [line.strip() for line in words if ENGLISH.search(NAMES.sub("", line))] == [], name


WORDS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), words = [];
    while (walker.nextNode())
        if (!walker.currentNode.parentElement.closest('script, style, bdi, [lang=en]')) words.push(walker.currentNode.data);
    return words;
}"""
