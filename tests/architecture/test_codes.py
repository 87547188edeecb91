"""What a code is called stands in one table; everything else derives from it."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from django.utils import translation

from selection.models import BulkAct, labels
from selection.trade import labels as trade_labels
from smes.vocabulary import codes, wording
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.accounts.models import PARTNER_KIND_LABELS, REFUSAL_LABELS, REQUEST_STATE_LABELS, ROLE_LABELS
from tdap_portal.notifications.models import Channel, Dispatch

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
TABLES = {
    "smes/vocabulary/codes.py": (
        codes.YES_NO, codes.SECTORS, codes.PROVINCES, codes.LEGAL_FORMS, codes.ACTIVITIES, codes.QUALITY_CONTROLS, codes.EXPORT_ROUTES, codes.INTERNET,
        codes.SIZE_CLASSES, {name: name for track in codes.TRACKS.values() for name in track},
    ),
    "smes/vocabulary/paper_kinds.py": ({code: kind.name for code, kind in KINDS.items()},),
    "smes/vocabulary/wording.py": (
        wording.GENDERS, wording.MEMBER_ROLES, wording.LIKENESS_REASONS,
        *({state: name for state, (name, _tone) in states.items()} for states in (wording.PROFILE_STATES, wording.PAPER_STATES, wording.FLAG_STATES)),
    ),
    "selection/models/labels.py": (labels.STATE_LABELS, labels.ROUND_STATE_LABELS, labels.OUTCOME_LABELS),
    "selection/models/bulk.py": (dict(BulkAct.Kind.choices),),
    "selection/trade/labels.py": (dict(trade_labels.RUN_STATES), dict(trade_labels.VINTAGE_STATES), dict(trade_labels.INDICATOR_NAMES)),
    "tdap_portal/accounts/models.py": (ROLE_LABELS, PARTNER_KIND_LABELS, REQUEST_STATE_LABELS, REFUSAL_LABELS),
    "tdap_portal/notifications/models.py": (dict(Channel.choices), dict(Dispatch.State.choices)),
}  # fmt: skip
"""Where each list of codes has its words."""
SAMPLES = "tdap_portal/web/specimens.py"  # the style page invents what it shows: the ground knows no firm
NAMESAKES = {
    ("Decided", "selection/firm/journey.py"),  # of a file; the code is a round's
    ("Decided", "selection/home/wording.py"),  # stages of a funnel
    ("Decided", "training/board/wording.py"),
    ("Partner", "training/board/overview.py"),  # a column of organisations; the code is a role
    ("On the waiting list", "selection/home/wording.py"),
    ("Selected", "selection/home/wording.py"),
    ("Verified", "smes/vocabulary/evidence.py"),  # a fact; the code is a paper's
    ("E-mail", "smes/duplicates/views.py"),  # the address; the code is a channel
    ("E-mail", "smes/people/forms.py"),
    ("E-mail", "tdap_portal/accounts/registration.py"),
    ("Put on the waiting list", "selection/desk/summary.py"),  # what was done; the code says what to do
    ("Selected", "selection/results/views.py"),  # a column of figures
    ("Services", "selection/desk/summary.py"),  # what the firm sells; the code is a track
    ("Services", "selection/results/views.py"),
    ("Owner", "payments/finance/cases/pack.py"),  # who owns the firm; the code is a role in it
    ("Services", "payments/statement/overview.py"),  # a kind of the statement
    ("Planned", "training/models/labels.py"),  # of a cohort; the code is a round's
    ("waiting", "tdap_portal/audit/models.py"),  # a delivery of the outbox; the codes are a run's
    ("failed", "tdap_portal/audit/models.py"),
}
"""Words that are written like a code's but name another thing."""


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def marked_texts(source: str) -> set[str]:
    """The texts that a module hands to the translators."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in MARKERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def homes() -> dict[str, set[str]]:
    """Each label with the modules that hold a table with it."""
    found = defaultdict(set)
    for module, tables in TABLES.items():
        for table in tables:
            for label in table.values():
                found[str(label)].add(module)
    return found


def written_elsewhere(modules: dict[str, str]) -> set[tuple[str, str]]:
    """Labels that a module marks though their table stands in another: (label, module)."""
    labels_of = homes()
    return {
        (text, module)
        for module, source in modules.items()
        for text in marked_texts(source) & labels_of.keys()
        if module not in labels_of[text]
    }


@pytest.fixture(scope="module")
def modules() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for app in ("tdap_portal", "smes", "selection", "training", "payments")
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    }


def test_what_a_code_is_called_is_written_in_its_table_alone(modules):
    del modules[SAMPLES]
    assert written_elsewhere(modules) == NAMESAKES


def test_the_tables_are_where_they_are_said_to_be(modules):
    for module, tables in TABLES.items():
        missing = {str(label) for table in tables for label in table.values()} - marked_texts(modules[module])
        assert missing == set(), module


def test_no_label_stands_in_the_tables_of_two_modules():
    assert {label: holders for label, holders in homes().items() if len(holders) > 1} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('NAMES = {"PK-SD": _("Sindh")}', {("Sindh", "selection/engine/words.py")}),
        ('NAMES = {"startup": gettext_noop("Start-up track")}', {("Start-up track", "selection/engine/words.py")}),
        ('NAMES = {"sindh": "Sindh"}', set()),
        ("NAMES = {code: _(name) for code, name in PROVINCES.items()}", set()),
    ],
)
def test_a_second_table_is_noticed(source, found):
    assert written_elsewhere({"selection/engine/words.py": source}) == found
