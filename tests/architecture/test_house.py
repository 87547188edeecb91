"""The rules of the house, kept by tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
APPS = ("tdap_portal", "smes", "selection", "training", "payments")
FLOOR = {"training": 3, "selection": 2, "trade": 2, "payments": 2, "smes": 1}  # everything else is the ground
PURE = (
    "tdap_portal.core.errors", "tdap_portal.core.states", "tdap_portal.core.access", "tdap_portal.core.promise",
    "tdap_portal.core.phones", "tdap_portal.core.pause", "tdap_portal.core.marks", "tdap_portal.charts.tiles", "tdap_portal.charts.lines",
    "tdap_portal.charts.histogram", "tdap_portal.accounts.roles", "tdap_portal.audit.chain",
    "smes.states", "smes.check.eligibility", "smes.duplicates.likeness", "smes.papers.checks", "smes.papers.pdf_reader", "smes.profile.steps",
    "smes.vocabulary.certificates", "smes.vocabulary.hs_search", "smes.vocabulary.identifiers", "smes.vocabulary.markets", "smes.vocabulary.paper_kinds",
    "smes.vocabulary.places", "smes.vocabulary.sectors", "smes.vocabulary.sizes", "smes.vocabulary.tables",
    "selection.states", "selection.applications.askable", "selection.applications.reasons", "selection.bulk.sharing", "selection.desk.filters",
    "selection.policy.plain_words", "selection.results.figures", "selection.rounds.counts",
    "selection.engine.card", "selection.engine.facts", "selection.engine.measures", "selection.engine.points", "selection.engine.policy",
    "selection.engine.score", "selection.engine.explain",
    "selection.trade.analytics", "selection.trade.areas", "selection.trade.baci", "selection.trade.checks", "selection.trade.flows",
    "selection.trade.indicators", "selection.trade.platform_csv", "selection.trade.states",
)  # fmt: skip
FACES = ("views", "api", "tasks", "navigation")
LONGEST_ROOM = 600


def python_files() -> list[Path]:
    return sorted(p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_room_leaves_django_outside(module):
    code = f"import sys, {module}; sys.exit(any(m.split('.')[0] in ('django', 'rest_framework', 'celery') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_page_or_api_pulls_in_pandas():
    code = (
        "import os, sys, django; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'tdap_portal.settings.test'); django.setup();"
        "from django.urls import get_resolver; get_resolver().url_patterns; sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_foreign_keys_point_down_a_floor():
    upward = []
    for model in apps.get_models():
        here = FLOOR.get(model._meta.app_label, 0)
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None)
            if not field.concrete or target is None or not hasattr(target.model, "_meta"):
                continue
            if FLOOR.get(target.model._meta.app_label, 0) > here:
                upward.append(f"{model._meta.label}.{field.name}")
    assert upward == []


def test_no_face_reads_the_database_past_the_selectors():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files()
        if path.stem.split("_")[0] in FACES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\.objects\b", line)
    ]
    assert found == []


def test_rooms_are_of_a_readable_size():
    long = {
        str(p.relative_to(ROOT)): n
        for p in python_files()
        if (n := len(p.read_text("utf-8").splitlines())) > LONGEST_ROOM
    }
    assert long == {}


def test_no_template_carries_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if inline.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_event_has_a_line_in_the_docs():
    named = set()
    for path in python_files():
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == "record"
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    named.add(first.value)
            if isinstance(node, ast.ClassDef) and node.name == "Happened":
                named |= {
                    s.value.value for s in node.body if isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant)
                }
    text = (ROOT / "docs" / "events.md").read_text("utf-8")
    assert sorted(name for name in named if f"`{name}`" not in text) == []


def test_every_setting_of_the_environment_is_documented():
    names = set()
    for path in (ROOT / "tdap_portal" / "settings").glob("*.py"):
        names |= set(re.findall(r'env\.[a-z_]+\(\s*"([A-Z_0-9]+)"', path.read_text("utf-8")))
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert sorted(name for name in names if f"`{name}`" not in text) == []


def test_the_environment_is_read_in_the_settings_alone():
    allowed = {"tdap_portal/bootstrap.py", "tdap_portal/celery.py", "tdap_portal/wsgi.py"}
    found = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"os\.environ|getenv", path.read_text("utf-8"))
        and not str(path.relative_to(ROOT)).startswith(("tdap_portal/settings/", "tdap_portal/runner/"))
        and str(path.relative_to(ROOT)) not in allowed
    ]
    assert [f for f in found if "management/commands" not in f] == []


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path, entry
        else:
            yield from patterns(entry, path)


@pytest.mark.django_db
def test_every_address_is_public_by_intent_or_turns_a_visitor_away(client):
    """An address that answers a visitor with 200 stands in docs/security.md as public."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    open_without_word = []
    for path, _entry in patterns():
        if path.startswith(("admin/", "^")):
            continue
        url = "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: "1" if m[1] == "int" else "abcdefghjkmn", path)
        response = client.get(url)
        if response.status_code == 200 and f"`/{path}`" not in text:
            open_without_word.append(f"/{path}")
    assert sorted(open_without_word) == []
