"""Imports inside an app go down only, and apps are entered by their doors. (The floors themselves: import-linter.)"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit
ROOT = Path(__file__).resolve().parents[2]
APPS = ("smes", "selection", "selection.trade", "training", "payments")
# What a file's name says of its place, top to bottom; a file of another name is pure or knows its own.
ROOMS = {
    **dict.fromkeys(("urls",), 0),
    **dict.fromkeys(("views", "dashboards", "api", "admin", "tasks", "handlers"), 1),
    **dict.fromkeys(("services", "outcomes"), 2),
    **dict.fromkeys(("selectors", "permissions", "forms"), 3),
    **dict.fromkeys(("models", "sources", "providers"), 4),
}
DOORS = {"services", "selectors", "states"}
VOCABULARY = {  # pure, or words for people: other apps speak of firms with it
    "smes": {
        "eligibility", "hs_search", "identifiers", "marks", "papers", "places", "sectors", "sizes", "steps", "tables", "wording",
    },
    "selection.trade": {"indicators"},
}  # fmt: skip


def app_of(module: str) -> str | None:
    return next(
        (app for app in sorted(APPS, key=len, reverse=True) if module == app or module.startswith(f"{app}.")), None
    )


def room_of(module: str) -> str:
    return module.rsplit(".", 1)[-1].split("_", maxsplit=1)[0]


def imports_of(path: Path) -> set[str]:
    """Modules of ours that a file imports while the portal runs, by dotted name."""
    me = path.relative_to(ROOT).with_suffix("").parts
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inside in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*me[: len(me) - node.level], *filter(None, [node.module])]) if node.level else node.module
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                found.add(whole if (ROOT / f"{whole.replace('.', '/')}.py").exists() else base)
    return {module for module in found if app_of(module)}


IMPORTS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): imports_of(path)
    for app in ("smes", "selection", "training", "payments")
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
}


def goes_up(module: str, imported: str) -> bool:
    """A room imports from one above it in its own app."""
    here, there = ROOMS.get(room_of(module)), ROOMS.get(room_of(imported))
    return app_of(module) == app_of(imported) and None not in (here, there) and there < here


def is_past_the_doors(module: str, imported: str) -> bool:
    """An app reaches into another one past its services, selectors, states and vocabulary; demos tell one story together."""
    here, there = app_of(module), app_of(imported)
    if here == there or module.endswith(".demo"):
        return False
    name = imported.removeprefix(f"{there}.")
    return name not in VOCABULARY.get(there, set()) and room_of(imported) not in DOORS


@pytest.mark.parametrize("rule", [goes_up, is_past_the_doors])
def test_imports_keep_the_rules_of_the_house(rule):
    assert [
        f"{module} <- {name}" for module, names in IMPORTS.items() for name in sorted(names) if rule(module, name)
    ] == []


@pytest.mark.parametrize(
    ("rule", "module", "imported", "answer"),
    [
        (goes_up, "selection.services_review", "selection.tasks", True),
        (goes_up, "selection.forms_desk", "selection.services", True),
        (goes_up, "selection.views_desk", "selection.services", False),
        (goes_up, "selection.services", "selection.trade.tasks", False),
        (is_past_the_doors, "selection.services", "smes.models", True),
        (is_past_the_doors, "selection.views_firm", "smes.forms_trade", True),
        (is_past_the_doors, "selection.services_scoring", "selection.trade.selectors", False),
        (is_past_the_doors, "selection.trade.questions", "smes.sectors", False),
    ],
)
def test_a_rule_notices_what_breaks_it(rule, module, imported, answer):
    assert rule(module, imported) is answer
