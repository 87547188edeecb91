"""A refusal reads in the language of the page: each sentence of one is marked for the translators where it is written."""

from __future__ import annotations

import ast

import pytest
from django.utils import translation

from tdap_portal.core.errors import DomainError, NotFound, WrongState
from tdap_portal.core.states import WRONG_STATE_TEXT
from tests.architecture.test_house import module_of, python_files


def kinds(kind=DomainError) -> set[str]:
    return {kind.__name__}.union(*(kinds(child) for child in kind.__subclasses__()))


def unmarked(source: str) -> list[int]:
    """Lines where a refusal is given a bare sentence, or one glued together outside the mark."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        text = node.args[0]
        if name in {*kinds(), "denied"} and isinstance(text, ast.Constant | ast.JoinedStr):
            lines.append(node.lineno)
    return lines


@pytest.mark.unit
def test_every_refusal_is_marked_where_it_is_raised():
    found = {module_of(path): unmarked(path.read_text("utf-8")) for path in python_files()}
    assert {module: lines for module, lines in found.items() if lines} == {}


@pytest.mark.unit
@pytest.mark.parametrize("text", ['"No."', 'f"No {x}."', '_("No.")', "NO_TEXT"])
def test_a_bare_sentence_is_noticed(text):
    assert bool(unmarked(f"raise DomainError({text}, code='x')")) == ("_(" not in text and "NO_" not in text)
    assert bool(unmarked(f"denied({text})")) == ("_(" not in text and "NO_" not in text)


@pytest.mark.unit
@pytest.mark.parametrize("refusal", [NotFound(), WrongState(WRONG_STATE_TEXT)])
def test_the_commonest_refusals_speak_urdu(refusal):
    english = str(refusal)
    with translation.override("ur"):
        assert str(refusal) != english
