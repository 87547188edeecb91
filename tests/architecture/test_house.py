"""The rules of the house, kept by tests."""

from __future__ import annotations

import ast
import os
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
    "tdap_portal.accounts.roles", "tdap_portal.audit.chain", "tdap_portal.charts.columns",
    "tdap_portal.charts.histogram", "tdap_portal.charts.lines", "tdap_portal.charts.squares", "tdap_portal.charts.staircase",
    "tdap_portal.charts.tiles",
    "tdap_portal.core.access",
    "tdap_portal.core.errors", "tdap_portal.core.folding", "tdap_portal.core.marks", "tdap_portal.core.pause",
    "tdap_portal.core.phones", "tdap_portal.core.promise", "tdap_portal.core.sheet", "tdap_portal.core.states",
    "tdap_portal.core.xlsx_text",
    "smes.check.eligibility", "smes.duplicates.likeness", "smes.duplicates.names", "smes.papers.checks",
    "smes.papers.drawing", "smes.papers.pages", "smes.papers.pdf_drawer", "smes.papers.pdf_reader",
    "smes.papers.reasons", "smes.profile.facts", "smes.profile.steps", "smes.states", "smes.vocabulary.certificates",
    "smes.vocabulary.codes", "smes.vocabulary.hs_search", "smes.vocabulary.identifiers", "smes.vocabulary.markets",
    "smes.vocabulary.paper_kinds", "smes.vocabulary.places", "smes.vocabulary.sectors", "smes.vocabulary.sizes",
    "smes.vocabulary.tables",
    "selection.applications.reasons", "selection.bulk.sharing", "selection.check.eligibility", "selection.desk.filters",
    "selection.engine.again", "selection.engine.card", "selection.engine.compose_prices",
    "selection.engine.compose_proof", "selection.engine.explain", "selection.engine.facts", "selection.engine.measures",
    "selection.engine.points", "selection.engine.policy", "selection.engine.score", "selection.home.pace",
    "selection.policy.plain_words", "selection.results.figures", "selection.rounds.counts", "selection.states",
    "selection.trade.areas", "selection.trade.arithmetic.analytics", "selection.trade.arithmetic.checks",
    "selection.trade.arithmetic.indicators", "selection.trade.flows", "selection.trade.sources.baci",
    "selection.trade.sources.platform_csv", "selection.trade.states",
    "payments.finance.cases.frozen", "payments.finance.cases.plan", "payments.finance.cases.reasons", "payments.finance.counting", "payments.finance.schemes.fitting",
    "payments.ledger.books", "payments.money", "payments.readiness.kinds", "payments.references", "payments.states",
    "payments.ledger.books", "payments.money", "payments.references", "payments.states",
    "payments.proceeds.ageing", "payments.proceeds.due", "payments.proceeds.matching", "payments.proceeds.realisation",
    "payments.pulse.growth", "payments.statement.suppress",
    "payments.iban", "payments.providers.account", "payments.providers.alipay", "payments.providers.bank",
    "payments.providers.calling", "payments.providers.easypaisa", "payments.providers.emv",
    "payments.providers.interface", "payments.providers.jazzcash", "payments.providers.null",
    "payments.providers.raast", "payments.providers.reading", "payments.providers.sandbox.provider",
    "payments.providers.sandbox.script", "payments.providers.signing.alipay", "payments.providers.signing.antom",
    "payments.providers.signing.comparing", "payments.providers.signing.easypaisa",
    "payments.providers.signing.jazzcash", "payments.providers.signing.rsa", "payments.providers.signing.webhook",
    "payments.reconciliation.files.amounts", "payments.reconciliation.files.camt", "payments.reconciliation.files.days",
    "payments.reconciliation.files.mt940", "payments.reconciliation.files.reading",
    "payments.reconciliation.files.report", "payments.reconciliation.files.statement",
    "payments.reconciliation.files.table", "payments.reconciliation.likeness", "payments.reconciliation.matching",
    "payments.reconciliation.sure",
    "training.assessment.attempts", "training.assessment.drawing", "training.assessment.opening",
    "training.attendance.codes", "training.attendance.hours", "training.attendance.meeting", "training.attendance.roll",
    "training.board.figures", "training.board.suppress", "training.calendars.feed", "training.certificates.earning",
    "training.certificates.numbers", "training.certificates.reasons", "training.certificates.sealing", "training.codes",
    "training.engagement.rules", "training.engagement.watch", "training.feedback.counting", "training.feedback.replies",
    "training.places.fitting", "training.practice.rubric", "training.questions.checks", "training.states",
    "training.timetable.solver.bound", "training.timetable.solver.clash", "training.timetable.solver.precheck",
    "training.timetable.solver.repair", "training.timetable.solver.rules",
)  # fmt: skip
FACES = ("views", "api", "tasks", "navigation")
MAX_MODULE_LINES = 600


def python_files() -> list[Path]:
    return sorted(p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_room_leaves_django_outside(module):
    code = f"import sys, {module}; sys.exit(any(m.split('.')[0] in ('django', 'rest_framework', 'celery') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def loads_pandas(folder: Path, addresses: str) -> bool:
    """Whether a fresh process has pandas once it knows all addresses of a module; `folder` is searched for modules too.

    An empty stand-in is found in place of pandas, so that the rule is kept before the library is installed, and after.
    """
    (folder / "pandas.py").touch()
    code = (
        "import sys, django; django.setup(); from django.urls import get_resolver;"
        f"get_resolver({addresses!r}).url_patterns; print('pandas' in sys.modules)"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test", "PYTHONPATH": f"{ROOT}:{folder}"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout == "True\n"


def test_no_page_or_api_pulls_in_pandas(tmp_path):
    assert loads_pandas(tmp_path, "tdap_portal.urls") is False


def test_a_page_that_pulls_in_pandas_is_noticed(tmp_path):
    (tmp_path / "views_of_figures.py").write_text("import pandas\n\n\ndef page(request): ...\n")
    (tmp_path / "urls_of_figures.py").write_text(
        "from django.urls import include, path\n\nimport views_of_figures\n\n"
        "urlpatterns = [path('', include('tdap_portal.urls')), path('figures/', views_of_figures.page)]\n"
    )
    assert loads_pandas(tmp_path, "urls_of_figures") is True


def test_foreign_keys_point_down_a_floor():
    steps = {}
    for model in apps.get_models():
        here = FLOOR.get(model._meta.app_label, 0)
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None)
            if not field.concrete or target is None or not hasattr(target.model, "_meta"):
                continue
            steps[f"{model._meta.label}.{field.name}"] = FLOOR.get(target.model._meta.app_label, 0) - here
    assert (steps["selection.Application.sme"], steps["selection.Application.round"]) == (-1, 0)
    assert [name for name, step in steps.items() if step > 0] == []


def reads_past_the_selectors(path: Path, line: str) -> bool:
    return path.stem.split("_")[0] in FACES and re.search(r"\.objects\b", line) is not None


def test_no_face_reads_the_database_past_the_selectors():
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in python_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if reads_past_the_selectors(path, line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("path", "line", "answer"),
    [
        ("smes/views.py", "row = Sme.objects.get(pk=1)", True),
        ("selection/tasks.py", "Round.objects.all()", True),
        ("smes/selectors.py", "row = Sme.objects.get(pk=1)", False),
        ("smes/views.py", "row = selectors.sme_for(user, pk)", False),
    ],
)
def test_a_face_that_reads_past_the_selectors_is_noticed(path, line, answer):
    assert reads_past_the_selectors(Path(path), line) is answer


def test_rooms_are_of_a_readable_size():
    lengths = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in python_files()}
    assert lengths["selection/states.py"] > 0
    assert {name: length for name, length in lengths.items() if length > MAX_MODULE_LINES} == {}


INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)


def test_no_template_carries_inline_script_or_style():
    texts = {str(p.relative_to(ROOT)): p.read_text("utf-8") for p in sorted((ROOT / "templates").rglob("*.html"))}
    assert "<script src=" in texts["templates/base.html"]
    assert [name for name, text in texts.items() if INLINE.search(text)] == []


BROKEN_VALUE = re.compile(r"\{\{[^}]*$|\{%[^%]*$", re.MULTILINE)


def test_no_value_of_a_template_is_broken_over_two_lines():
    """Django prints such a one as it stands."""
    texts = {str(p.relative_to(ROOT)): p.read_text("utf-8") for p in sorted((ROOT / "templates").rglob("*.html"))}
    assert [name for name, text in texts.items() if BROKEN_VALUE.search(text)] == []


@pytest.mark.parametrize(
    ("text", "broken"), [("{{ a|\nb }}", True), ("{% if\nx %}", True), ("{{ a }}\n{{ b }}", False)]
)
def test_a_broken_value_is_noticed(text, broken):
    assert bool(BROKEN_VALUE.search(text)) is broken


@pytest.mark.parametrize(
    "text", ["<script>x()</script>", "<style>", '<p style="color:red">', '<a onclick="x()">', "<SCRIPT defer>"]
)
def test_inline_script_and_style_are_noticed(text):
    assert INLINE.search(text)


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
    assert {"application.submitted", "rescoring.started"} <= named  # of a list of names, and of a call
    text = (ROOT / "docs" / "events.md").read_text("utf-8")
    assert sorted(name for name in named if f"`{name}`" not in text) == []


def test_every_setting_of_the_environment_is_documented():
    names = set()
    for path in (ROOT / "tdap_portal" / "settings").glob("*.py"):
        names |= set(re.findall(r'env\.[a-z_]+\(\s*"([A-Z_0-9]+)"', path.read_text("utf-8")))
    assert {"DATABASE_URL", "SECRET_KEY"} <= names
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


SAMPLES = {"letter": "A", "int": "1", "round": "R4", "token": "a" * 43}


@pytest.mark.django_db
def test_every_address_is_public_by_intent_or_turns_a_visitor_away(client):
    """A visitor is sent to sign in before anything is looked up; whatever answers otherwise, also with "not found" for a
    thing that is not there, stands in docs/security.md as public."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    open_without_word, turned_away = [], 0
    for path, _entry in patterns():
        if path.startswith(("admin/", "^")):
            continue
        url = "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: SAMPLES.get(m[1], "abcdefghjkmn"), path)
        response = client.get(url)
        if response.status_code in (302, 401):
            turned_away += 1
        elif f"`/{path}`" not in text:
            open_without_word.append(f"/{path}")
    assert turned_away > 50
    assert sorted(open_without_word) == []
