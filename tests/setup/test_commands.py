"""Short names, benchmarks, translations, the suite itself and the check of a clean machine."""

from __future__ import annotations

import gettext
import json
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
import yaml

from tdap_portal.core.catalogues import compile_catalogues
from tdap_portal.runner import suite
from tests.setup.conftest import ROOT, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "firm"
msgstr "ادارہ"

#, fuzzy
msgid "guess"
msgstr "اندازہ"

msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] "%(n)d دن"
msgstr[1] "%(n)d دنوں"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    folder = tmp_path / "ur" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")
    return folder / "django.po"


@pytest.mark.unit
def test_catalogue_is_compiled_without_guesses(catalogue: Path, tmp_path: Path):
    assert compile_catalogues(tmp_path) == [catalogue.with_suffix(".mo")]

    with catalogue.with_suffix(".mo").open("rb") as compiled:
        urdu = gettext.GNUTranslations(compiled)
    assert (urdu.gettext("firm"), urdu.gettext("guess")) == ("ادارہ", "guess")
    assert urdu.ngettext("%(n)d day", "%(n)d days", 2) == "%(n)d دنوں"
    assert sorted(path.name for path in catalogue.parent.iterdir()) == ["django.mo", "django.po"]


@pytest.mark.unit
def test_catalogue_is_compiled_again_only_when_its_source_is_newer(catalogue: Path, tmp_path: Path):
    compile_catalogues(tmp_path)
    assert compile_catalogues(tmp_path) == []

    os.utime(catalogue, (catalogue.stat().st_mtime + 10,) * 2)
    assert compile_catalogues(tmp_path) == [catalogue.with_suffix(".mo")]


@pytest.mark.unit
def test_compiled_catalogues_are_not_kept_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "locale"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert listed.splitlines() == ["locale/ur/LC_MESSAGES/django.po"]


@pytest.mark.slow
def test_make_help_names_every_target_that_people_use():
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {line.split()[1] for line in told.splitlines()} >= {
        "run",
        "test",
        "check",
        "bench",
        "help",
        "lock",
        "messages",
    }


@pytest.mark.slow
def test_benchmark_prints_one_json_object_a_line(tmp_path: Path):
    package = tmp_path / "tests" / "bench"
    package.mkdir(parents=True)
    (tmp_path / "tests" / "__init__.py").touch()
    for name in ("__init__.py", "__main__.py"):
        (package / name).write_text((ROOT / "tests" / "bench" / name).read_text())
    (package / "counting.py").write_text(
        textwrap.dedent("""
            def main(rows=10):
                yield {"name": "counting", "rows": rows, "seconds": 0.5, "peak_mb": 1.0, "ratio": sum(range(rows))}
                yield {"ratio": 2}
        """)
    )

    def bench(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tests.bench", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    first, second = map(json.loads, bench("counting", "--rows", "4").stdout.splitlines())
    assert first == {"name": "counting", "rows": 4, "seconds": 0.5, "peak_mb": 1.0, "ratio": 6}
    assert (second["name"], second["rows"], second["ratio"], set(second)) == ("counting", 4, 2, set(first))
    assert json.loads(bench("counting").stdout.splitlines()[0])["ratio"] == 45
    unknown = bench("nothing")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "Choose a benchmark: counting" in unknown.stderr


@pytest.mark.unit
def test_every_benchmark_can_be_started_by_its_name():
    texts = {file.stem: file.read_text() for file in (ROOT / "tests" / "bench").glob("[a-z]*.py")}

    assert "scoring" in texts
    assert [name for name, text in texts.items() if "def main(rows" not in text] == []


@pytest.mark.slow
def test_check_of_a_clean_machine_is_a_valid_script_and_requires_all():
    script = ROOT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "REQUIRE_ALL=1" in script.read_text()
    assert "python3 manage.py test" in script.read_text()


@pytest.mark.unit
def test_readmes_test_command_is_the_one_that_ci_runs():
    assert "python3 manage.py test" in (ROOT / "README.md").read_text()


@pytest.mark.unit
def test_pre_commit_hooks_start_programs_of_the_lock():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert [repo["repo"] for repo in hooks] == ["local"]
    assert {hook["id"] for hook in hooks[0]["hooks"]} >= {
        "ruff-format",
        "ruff-check",
        "djlint",
        "imports",
        "migrations",
    }


@pytest.mark.unit
def test_all_tests_run_on_postgresql_and_then_the_marked_ones_on_sqlite(monkeypatch: pytest.MonkeyPatch):
    legs = []
    monkeypatch.setattr(suite, "_pytest", lambda words, **environment: legs.append((words, environment)) or 0)

    assert suite.main([]) == 0
    assert legs == [
        ([*suite.IN_PARALLEL], {}),
        (
            [*suite.IN_PARALLEL, "-m", "sqlite_leg and not postgres", *suite.files_of_tests_that_name("sqlite_leg")],
            {"DATABASE_URL": "sqlite://:memory:"},
        ),
    ]


@pytest.mark.unit
def test_words_of_the_test_command_go_to_pytest_alone(monkeypatch: pytest.MonkeyPatch):
    legs = []
    monkeypatch.setattr(suite, "_pytest", lambda words, **environment: legs.append((words, environment)) or 3)

    assert suite.main(["tests/smes", "-x"]) == 3
    assert legs == [(["tests/smes", "-x"], {})]


def test_the_short_leg_reads_every_file_that_carries_its_mark(request: pytest.FixtureRequest):
    """By what pytest collected, so that a mark which a file has from elsewhere would be seen; a part of the suite, too."""
    carry = {
        item.path.relative_to(ROOT).as_posix()
        for item in request.session.items
        if item.get_closest_marker("sqlite_leg")
    }
    found = suite.files_of_tests_that_name("sqlite_leg")
    assert carry <= set(found)
    assert "tests/audit/test_audit.py" in found
    assert "tests/web/test_fonts.py" not in found


@pytest.mark.unit
@pytest.mark.parametrize(("main_leg", "sqlite_leg", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (2, 1, 2), (0, 5, 5)])
def test_either_leg_can_fail_the_suite(monkeypatch: pytest.MonkeyPatch, main_leg: int, sqlite_leg: int, code: int):
    outcomes = iter([main_leg, sqlite_leg])
    monkeypatch.setattr(suite, "_pytest", lambda *_words, **_environment: next(outcomes))

    assert suite.main([]) == code


@pytest.mark.slow
def test_test_command_runs_pytest_with_the_tests_settings():
    """The whole way: manage.py, the suite, pytest, PostgreSQL."""
    run = subprocess.run(
        [sys.executable, "manage.py", "test", "-q", "--nomigrations", __file__, "-k", "database_of_the_tests"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout


@pytest.mark.sqlite_leg
@pytest.mark.django_db
def test_database_of_the_tests_is_the_one_that_was_asked_for():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    wanted = "sqlite" if os.environ.get("DATABASE_URL", "sqlite").startswith("sqlite") else "postgresql"
    assert (connection.vendor, os.environ["DJANGO_SETTINGS_MODULE"]) == (wanted, "tdap_portal.settings.test")
