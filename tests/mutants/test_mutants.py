"""The run on faults itself: it notices what a test notices, and reports what none does."""

from __future__ import annotations

import pytest

from tests.mutants import __main__ as run
from tests.mutants.making import mutants_of

pytestmark = pytest.mark.unit

RULE = """\
OPEN = {"draft", "sent"}


def is_late(days):
    return days > 30


def is_forgotten(days):
    return days > 300
"""
TESTS = """\
from room.rules import OPEN, is_late


def test_late_after_thirty_days():
    assert (is_late(30), is_late(31)) == (False, True)


def test_sent_files_are_open():
    assert "sent" in OPEN
"""


def test_what_a_test_guards_is_noticed_and_what_none_guards_is_reported(tmp_path):
    tree = tmp_path / "tree"
    for name, text in {"room/__init__.py": "", "room/rules.py": RULE, "tests/test_rules.py": TESTS}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)

    found = run.try_group(tree, ["tests/test_rules.py"], mutants_of("room/rules.py", RULE), plugins=(), database="")

    assert {mutant.key(RULE)[2:]: outcome for mutant, outcome in found.items()} == {
        ('OPEN = {"draft", "sent"}', "OPEN = None"): "noticed",
        ('OPEN = {"draft", "sent"}', 'OPEN = {"sent"}'): "survived",
        ('OPEN = {"draft", "sent"}', 'OPEN = {"draft", }'): "noticed",
        ('OPEN = {"draft", "sent"}', 'OPEN = {"XXdraftXX", "sent"}'): "survived",
        ('OPEN = {"draft", "sent"}', 'OPEN = {"draft", "XXsentXX"}'): "noticed",
        ("return days > 30", "return days >= 30"): "noticed",
        ("return days > 30", "return days > 31"): "noticed",
        ("return days > 300", "return days >= 300"): "not reached",
        ("return days > 300", "return days > 301"): "not reached",
    }
    assert (tree / "room/rules.py").read_text() == RULE


def test_a_test_that_fails_without_any_fault_stops_the_count(tmp_path, capfd):
    (tmp_path / "rules.py").write_text(RULE)
    (tmp_path / "test_rules.py").write_text("def test_nothing():\n    assert not 'broken before'\n")

    assert run.try_group(tmp_path, ["test_rules.py"], mutants_of("rules.py", RULE), plugins=(), database="") == {}
    assert "broken before" in capfd.readouterr().out


def test_files_are_found_and_each_has_guards():
    found = run.limit_by_path(rules=60, services=40)

    assert found["selection/states.py"] == 60
    assert found["selection/review/services.py"] == 40
    assert [path for path in found if not run.guards_of(path)] == []
    assert run.guards_of("tdap_portal/core/promise.py")[0].startswith("tests/core/")


def test_a_pattern_that_names_no_file_is_an_error(monkeypatch):
    monkeypatch.setattr(run, "read_config", lambda name: {"rules": ["moved/away.py"], "services": [], "left_out": []})

    with pytest.raises(ValueError, match="moved/away"):
        run.limit_by_path(rules=1, services=1)


def test_a_fault_that_changes_nothing_is_left_out_until_its_line_changes(monkeypatch):
    path = "selection/rounds/permissions.py"
    every = run.faults_of(path)
    row = dict(zip(("path", "place", "before", "after"), run.key_of(every[0]), strict=True), why="said twice")

    monkeypatch.setattr(run, "read_config", lambda name: {"fault": [row]})
    assert {*run.faults_of(path)} == {*every[1:]}

    monkeypatch.setattr(run, "read_config", lambda name: {"fault": [{**row, "before": "another line"}]})
    with pytest.raises(ValueError, match="cannot be made any more"):
        run.faults_of(path)
