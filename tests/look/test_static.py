"""What is served: our own files and named ones of packages, nothing from elsewhere, nothing heavy."""

from __future__ import annotations

import gzip
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tdap_portal.web import packaged
from tdap_portal.web.finders import PackagedFinder

pytestmark = pytest.mark.unit

ROOT = Path(settings.BASE_DIR)
THEME = (ROOT / "static" / "css" / "theme.css").read_text()
SCRIPT = (ROOT / "static" / "js" / "portal.js").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("name", packaged.NAMED)
def test_a_named_file_of_a_package_is_found_and_not_empty(name):
    assert Path(finders.find(name)).stat().st_size > 1000


def test_only_named_files_of_packages_are_served():
    finder = PackagedFinder()

    assert finder.find("bootstrap/bootstrap.css") == []
    assert finder.find("fonts/inter.ttf", find_all=True) == [str(packaged.packaged_files()["fonts/inter.ttf"])]
    assert [name for name, _ in finder.list(None)] == list(packaged.NAMED)
    assert finder.check() == []
    assert finders.find("bootstrap/bootstrap.bundle.js") is None


def test_collectstatic_reads_a_named_file_from_its_package():
    names = dict(PackagedFinder().list(None))
    with names["fonts/inter.ttf"].open("fonts/inter.ttf") as font:
        assert font.read(4) == b"\x00\x01\x00\x00"


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda _name: None)
    packaged.packaged_files.cache_clear()

    with pytest.raises(ModuleNotFoundError, match="bootstrap_wrapper is not installed"):
        packaged.packaged_files()
    packaged.packaged_files.cache_clear()


def test_every_file_the_theme_names_is_served():
    urls = re.findall(r"url\(\"\.\./([^\"]+)\"\)", THEME)

    assert urls == ["fonts/inter.ttf", "fonts/noto-sans-arabic.ttf"]
    assert [url for url in urls if finders.find(url) is None] == []


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
