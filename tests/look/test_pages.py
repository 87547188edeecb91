"""The frame around every page, the style page, and pages that say what went wrong."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.test import Client
from django.utils import translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def style(client: Client) -> str:
    return client.get("/style/").content.decode()


def test_the_style_page_shows_every_component(style):
    for words in ("State badge", "Promise clock", "Stage path", "Callout", "File panel", "Score receipt", "Fact row"):
        assert f">{words}</h2>" in style
    assert "{%" not in style
    assert "{#" not in style


def test_an_urdu_page_is_written_from_the_right_with_the_right_sheet(client):
    client.cookies["django_language"] = "ur"
    html = client.get("/style/").content.decode()

    assert '<html lang="ur" dir="rtl">' in html
    assert "bootstrap.rtl.min.css" in html
    assert "bootstrap.min.css" not in html
    assert '<button class="masthead__lang" name="language" value="en" lang="en">English</button>' in html


def test_an_english_page_offers_urdu_by_its_own_name_and_returns_here(client):
    html = client.get("/style/?part=2").content.decode()

    assert '<html lang="en" dir="ltr">' in html
    assert '<button class="masthead__lang" name="language" value="ur" lang="ur">اردو</button>' in html
    assert '<input type="hidden" name="next" value="/style/?part=2">' in html


def test_switching_the_language_comes_back_in_it(client):
    html = client.post("/language/", {"language": "ur", "next": "/style/"}, follow=True).content.decode()

    assert '<html lang="ur" dir="rtl">' in html


def test_every_page_can_be_skipped_to_its_content(style):
    assert style.index('<a class="skip" href="#main">') < style.index("<header>")
    assert '<main id="main" tabindex="-1">' in style


def test_the_demo_says_that_it_is_one(client, settings):
    settings.DEMO = True
    assert "all of this is invented." in client.get("/style/").content.decode()
    settings.DEMO = False
    assert "is invented." not in client.get("/style/").content.decode()


def test_no_page_carries_ids_twice(style):
    ids = re.findall(r'\sid="([^"]+)"', style)

    assert sorted({i for i in ids if ids.count(i) > 1}) == []


def test_scripts_are_deferred_so_that_the_page_paints_first(style):
    scripts = re.findall(r"<script[^>]*>", style)

    assert scripts
    assert [script for script in scripts if "defer" not in script] == []


def gz(data: bytes) -> int:
    return len(gzip.compress(data, 9))


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/signup/", "/style/"])
def test_a_first_visit_weighs_less_than_100_kb_without_fonts_and_a_later_one_less_than_30(client, path):
    html = client.get(path).content
    names = {name for name in re.findall(r'(?:src|href)="/static/([^"?]+)"', html.decode()) if "fonts/" not in name}
    assets = sum(gz(Path(finders.find(name)).read_bytes()) for name in names)

    assert names
    assert gz(html) < 30_000
    assert gz(html) + assets < 100_000


@pytest.mark.parametrize(
    ("code", "words"),
    [(400, "could not be read"), (403, "not yours to do"), (404, "Not found"), (500, "broke on our side")],
)
def test_an_error_page_says_what_happened_and_what_to_do(code, words):
    html = get_template(f"{code}.html").render({"request_id": "1a2b3c4d"})

    assert words in html
    assert '<a class="btn btn-primary" href="/">' in html
    assert '<span class="code">1a2b3c4d</span>' in html


def test_the_page_of_a_fault_needs_neither_request_nor_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        html = get_template("500.html").render()

    assert "Something broke on our side" in html
    assert "masthead__lang" not in html


def test_an_error_page_speaks_urdu_from_the_right():
    with translation.override("ur"):
        assert '<html lang="ur" dir="rtl">' in get_template("500.html").render()


def test_a_missing_page_looks_like_ours(client):
    answer = client.get("/there-is-no-such-page/")

    assert answer.status_code == 404
    assert "There is no such page, or it is not yours to see." in answer.content.decode()


def test_a_form_sent_too_late_is_told_that_nothing_was_changed():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/language/", {"language": "ur"})

    assert answer.status_code == 403
    assert "This form is too old to be sent" in answer.content.decode()


CONFIRM = {
    "title": "Decline 3 applications",
    "rows": [{"label": "Noor Sports Works", "note": "R3-0412"}],
    "skipped": [{"label": "Chenab Carpets", "why": "It is decided already."}],
    "hidden": [("ids", "abc")],
    "submit": "Decline 3",
    "danger": True,
    "back_url": "/desk/",
}


@pytest.fixture
def visit(rf):
    request = rf.get("/style/")
    request.user = AnonymousUser()
    return request


def test_a_bulk_act_is_confirmed_with_what_it_touches_and_what_it_leaves_out(visit):
    html = render_to_string("web/confirm.html", CONFIRM, visit)

    for words in (
        "Noor Sports Works",
        "One is left out",
        "It is decided already.",
        '<button class="btn btn-refuse">Decline 3</button>',
    ):
        assert words in html
    assert '<input type="hidden" name="ids" value="abc">' in html


def test_a_bulk_act_that_touches_nothing_cannot_be_sent(visit):
    html = render_to_string("web/confirm.html", CONFIRM | {"rows": []}, visit)

    assert "Decline 3</button>" not in html
    assert "Cancel" in html
