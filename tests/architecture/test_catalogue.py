"""Every sentence that a person reads is there in Urdu, with the same placeholders."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path("locale") / "ur" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]+\}")
READ = ("tdap_portal", "smes", "selection", "training", "payments", "templates", "locale")


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> polib.POFile:
    """The catalogue as `make messages` would leave it, in a copy of the tree."""
    copy = tmp_path_factory.mktemp("tree")
    for name in READ:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "manage.py", copy)
    words = ["makemessages", "--locale", "ur", "--no-obsolete", "--no-location", "--extension", "html,txt,py,jinja"]
    subprocess.run([sys.executable, "-m", "django", *words], cwd=copy, check=True, capture_output=True, timeout=120)
    return polib.pofile(str(copy / CATALOGUE))


@pytest.mark.slow
def test_every_marked_sentence_is_translated(collected):
    assert [entry.msgid for entry in collected if not entry.translated() or entry.fuzzy] == []


@pytest.mark.unit
def test_a_translation_keeps_its_placeholders():
    wrong = []
    for entry in polib.pofile(str(ROOT / CATALOGUE)):
        forms = [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        if any(set(PLACEHOLDER.findall(form)) - wanted for form in forms) or not wanted <= set(
            PLACEHOLDER.findall(forms[-1])
        ):
            wrong.append(entry.msgid)
    assert wrong == []


@pytest.mark.unit
def test_figures_in_urdu_are_latin():
    text = (ROOT / CATALOGUE).read_text("utf-8")
    assert re.findall(r"[۰-۹٠-٩]", text) == []
