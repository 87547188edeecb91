"""What is served: our own files and named ones of packages, nothing from elsewhere, nothing heavy."""

from __future__ import annotations

import gzip
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from tdap_portal.web import fonts, packaged
from tdap_portal.web.finders import PackagedFinder

pytestmark = pytest.mark.unit

ROOT = Path(settings.BASE_DIR)
THEME = (ROOT / "static" / "css" / "theme.css").read_text()
SCRIPT = (ROOT / "static" / "js" / "portal.js").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("name", packaged.packaged_files())
def test_a_named_file_of_a_package_is_found_and_not_empty(name):
    assert Path(finders.find(name)).stat().st_size > 1000


def test_only_named_files_of_packages_are_served():
    finder = PackagedFinder()

    assert finder.find("bootstrap/bootstrap.css") == []
    assert finder.find("fonts/inter.woff2", find_all=True) == [str(packaged.packaged_files()["fonts/inter.woff2"])]
    assert [name for name, _ in finder.list(None)] == list(packaged.packaged_files())
    assert finder.check() == []
    assert finders.find("bootstrap/bootstrap.bundle.js") is None


def test_collectstatic_reads_a_named_file_from_its_package():
    names = dict(PackagedFinder().list(None))
    with names["fonts/inter.woff2"].open("fonts/inter.woff2") as font:
        assert font.read(4) == b"wOF2"


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda _name: None)
    packaged.packaged_files.cache_clear()

    with pytest.raises(ModuleNotFoundError, match="bootstrap_wrapper is not installed"):
        packaged.packaged_files()
    packaged.packaged_files.cache_clear()


def test_every_file_the_theme_names_is_served():
    urls = re.findall(r"url\(\"\.\./([^\"]+)\"\)", THEME)

    assert urls == [f"fonts/{name}.woff2" for name in ("inter", "urdu", "urdu-bold", "urdu-name")]
    assert [url for url in urls if finders.find(url) is None] == []


def asked_for(family: str) -> set[str]:
    """The characters for which a browser would load this face, as the theme's unicode-range says."""
    rules = [rule for rule in re.findall(r"@font-face \{.*?\}", THEME, flags=re.DOTALL) if f'"{family}"' in rule]
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", rules[0].partition("unicode-range")[2])
    return {chr(code) for first, last in ranges for code in range(int(first, 16), int(last or first, 16) + 1)}


@pytest.mark.parametrize(
    ("family", "characters"),
    [("Inter", fonts.LATIN), ("Urdu", fonts.URDU - {" "}), ("Urdu's own name", fonts.URDU_NAME)],
)
def test_the_theme_asks_a_face_for_all_that_was_cut_into_it(family, characters):
    assert characters - asked_for(family) == set()
    assert asked_for(family)


@pytest.mark.parametrize(("language", "named"), [("en", ["fonts/inter.woff2"]), ("ur", ["fonts/urdu.woff2"])])
def test_a_page_loads_only_the_face_of_its_language_ahead(language, named):
    with translation.override(language):
        page = render_to_string("400.html")

    assert re.findall(r'rel="preload" href="/static/([^"]+)"', page) == named


def test_no_font_or_third_party_file_lies_in_the_tree():
    kinds = {path.suffix for path in (ROOT / "static").rglob("*") if path.is_file()}

    assert kinds <= {".css", ".js", ".svg"}


def test_the_theme_needs_no_second_sheet_for_right_to_left():
    sided = re.findall(
        r"(?<![-\w])(?:margin|padding|border)-(?:left|right)\b|(?<![-\w])(?:left|right)\s*:|float:\s*(?:left|right)",
        THEME,
    )

    assert sided == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_page_asks_no_other_host_for_anything(path):
    text = path.read_text()

    assert re.findall(r"(?:src|href|action)=[\"']https?://", text) == []
    assert re.findall(r"\son[a-z]+=[\"']", text) == []


def test_theme_and_script_ask_no_other_host():
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", THEME + SCRIPT) == []


def test_the_script_runs_under_a_strict_policy():
    assert re.findall(r"\beval\(|new Function|\.innerHTML|document\.write|\.style\b", SCRIPT) == []


def test_brotli_is_not_installed_beside_whitenoise():
    """With it collectstatic takes minutes instead of seconds."""
    assert find_spec("brotli") is None


def weight(*names: str) -> int:
    return sum(len(gzip.compress(Path(finders.find(name)).read_bytes(), 9)) for name in names)


def test_the_files_of_a_first_visit_leave_room_for_the_page():
    assert (
        weight(
            "bootstrap/bootstrap.min.css", "css/theme.css", "js/portal.js", "django_htmx/htmx-2.min.js", "img/mark.svg"
        )
        < 70_000
    )
    assert weight("bootstrap/bootstrap.rtl.min.css") < 32_000
    assert weight("js/portal.js") < 4_000
