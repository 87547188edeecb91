"""What a firm's telephone loads: Urdu on a screen of 360 px, in Chromium, from the portal as `manage.py run` serves it.

Run by `make bench BENCH=weight`; there are no rows to choose. It fills a SQLite of its own with one firm and its
scored file, starts gunicorn on it, and signs in with an empty cache. One JSON object, in KB (1,000 bytes) as they came
over the line, heads included:

- first_kb: the page to sign in and the firm's home, with sheets, scripts and pictures, without fonts;
- repeat_kb: the heaviest of the pages after those, without fonts;
- font_kb: all fonts, loaded once;
- pages: each further page, by its address.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tdap_portal.runner.processes import Service, answers, free_port
from tests.servers.chromium import FLAGS, find_chromium, libraries_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent


def main(rows: int | None = None) -> dict[str, Any]:
    """Fill, serve, look. Raises ValueError for a number of rows, RuntimeError where there is no Chromium."""
    if rows is not None:
        raise ValueError("One firm's telephone is weighed: leave ROWS out.")
    chromium = find_chromium()
    if chromium is None:
        raise RuntimeError("This benchmark needs Chromium on this machine.")
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        (Path(name) / "static").mkdir()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.dev",
            "DEMO": "0",
            "DATABASE_URL": f"sqlite:///{name}/db.sqlite3",
            "VAR_DIR": name,
            "LOG_LEVEL": "ERROR",
        }
        fill = subprocess.run(
            [sys.executable, "-m", "tests.bench.weight"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        port = free_port()
        command = (sys.executable, "-m", "gunicorn", "tdap_portal.wsgi:application", "--bind", f"127.0.0.1:{port}")
        web = Service("gunicorn", [*command, "--preload"], log=Path(name) / "web.log", env=environment, cwd=ROOT)
        try:
            if not web.wait_until(lambda: answers(port), seconds=60):
                raise RuntimeError(web.tail())
            return weighed(f"http://127.0.0.1:{port}", json.loads(fill.stdout), chromium)
        finally:
            web.stop()


def weighed(address: str, firm: dict[str, str], chromium: Path) -> dict[str, Any]:
    """The figures, as a browser with an empty cache counts them. firm: login, password and addresses of pages."""
    from playwright.sync_api import sync_playwright

    environment = {**os.environ, **libraries_of(chromium)}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=FLAGS, env=environment)
        context = browser.new_context(base_url=address, viewport={"width": 360, "height": 740}, locale="ur")
        context.add_cookies([{"name": "django_language", "value": "ur", "url": address}])
        page = context.new_page()
        scale = Scale(page)
        page.goto("/accounts/login/", wait_until="networkidle")
        page.fill("#id_login", firm["login"])
        page.fill("#id_password", firm["password"])
        page.locator("main form .btn-primary").first.click()
        page.wait_for_url("**/file/**")
        page.wait_for_load_state("networkidle")
        first, fonts = scale.read()
        pages = {}
        for path in firm["pages"]:
            if page.goto(path, wait_until="networkidle").status != 200:
                raise RuntimeError(f"{path} was not shown.")
            pages[path], more_fonts = scale.read()
            fonts += more_fonts
        browser.close()
    return {"first_kb": first, "repeat_kb": max(pages.values()), "font_kb": round(fonts, 1), "pages": pages}


class Scale:
    """Counts what a page's browser receives, by its own measure; what comes from the cache weighs nothing."""

    def __init__(self, page: Page) -> None:
        self._fonts: set[str] = set()
        self._bytes: dict[str, float] = {}
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.on("Network.requestWillBeSent", self._asked)
        line.on("Network.loadingFinished", lambda told: self._add(told["requestId"], told["encodedDataLength"]))

    def read(self) -> tuple[float, float]:
        """KB since the last reading: of all but the fonts, and of the fonts."""
        fonts = sum(size for request, size in self._bytes.items() if request in self._fonts)
        others = sum(self._bytes.values()) - fonts
        self._bytes.clear()
        return round(others / 1000, 1), round(fonts / 1000, 1)

    def _asked(self, told: dict[str, Any]) -> None:
        if told["request"]["url"].endswith(".woff2"):
            self._fonts.add(told["requestId"])
        if "redirectResponse" in told:
            self._add(told["requestId"], told["redirectResponse"]["encodedDataLength"])

    def _add(self, request: str, size: float) -> None:
        self._bytes[request] = self._bytes.get(request, 0) + size


def fill() -> dict[str, Any]:
    """Migrate, register one firm with a complete profile and a scored file; how it signs in and what it looks at."""
    import django

    django.setup()
    from django.core.management import call_command

    from tests.factories.accounts import PASSWORD, UserFactory
    from tests.factories.selection import ApplicationFactory

    call_command("prepare", stdout=sys.stderr)
    owner = UserFactory(name="Saima Akhtar", email="saima@example.pk", language="ur")
    file = ApplicationFactory(scored=True, sme_values={"created_by": owner, "city": "Sialkot"})
    firm = f"/firm/{file.sme.public_id}"
    steps = ("identity", "owners", "products", "exports")
    return {
        "login": owner.email,
        "password": PASSWORD,
        "pages": [
            *(f"{firm}/profile/", *(f"{firm}/profile/{step}/" for step in steps), f"{firm}/papers/"),
            *(f"/file/{file.public_id}/", f"/file/{file.public_id}/receipt/", "/inbox/"),
        ],
    }


if __name__ == "__main__":
    print(json.dumps(fill()))
