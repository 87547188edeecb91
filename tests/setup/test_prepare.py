"""A demo whose loading was cut off begins again in its own database; no other database is ever emptied for it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from tdap_portal.core import selectors, services
from tests.factories.accounts import UserFactory
from tests.setup.conftest import clean_environment

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = """
    import django; django.setup()
    from django.contrib.auth import get_user_model
    people = get_user_model().objects
"""


def hear_ctrl_c() -> None:
    """A shell that starts tests in the background lets them ignore Ctrl-C, and what they start inherits that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Machine:
    """One folder of data and one copy of the project, with the commands that a person types there."""

    def __init__(self, project: Path, data: Path) -> None:
        self.project, self.data = project, data

    def environment(self, database: str, **told: str) -> dict[str, str]:
        settings = {"DJANGO_SETTINGS_MODULE": "tdap_portal.settings.dev", "VAR_DIR": str(self.data)}
        return clean_environment(**settings, DATABASE_URL=database, **told)

    def prepare(self, database: str, **told: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "prepare"],
            cwd=self.project,
            env=self.environment(database, **told),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_ctrl_c,  # noqa: PLW1509  one call
        )

    def people(self, database: str, code: str) -> str:
        words = [sys.executable, "-W", "ignore", "-c", f"{textwrap.dedent(PEOPLE)}{code}"]
        ran = subprocess.run(
            words, cwd=self.project, env=self.environment(database), capture_output=True, text=True, check=True
        )
        return ran.stdout.strip()

    def cut_off(self, database: str) -> str:
        """Start to load the demo and press Ctrl-C in the middle; what it said until then."""
        loading = self.prepare(database, DEMO="1")
        said = ""
        while "Loading the demo" not in said:
            said += loading.stderr.readline()
            assert loading.poll() is None, said
        loading.send_signal(signal.SIGINT)
        loading.communicate()
        return said


@pytest.fixture(scope="module")
def first_tables(project_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables and nobody in it: to be copied, since making one takes seconds."""
    folder = tmp_path_factory.mktemp("tables")
    Machine(project_copy, folder).prepare(f"sqlite:///{folder / 'first'}", DEMO="0").communicate()
    return folder / "first"


@pytest.fixture
def machine(project_copy: Path, data: Path) -> Machine:
    data.mkdir()
    return Machine(project_copy, data)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('first_tables'), tmp_path / 'a.sqlite3')}"
    return request.getfixturevalue("empty_database")


@pytest.mark.slow
def test_a_demo_that_was_cut_off_begins_again_from_an_empty_database(machine: Machine, database: str):
    assert "emptying" not in machine.cut_off(database)

    said = machine.cut_off(database)
    assert said.index("emptying the database") < said.index("Loading the demo")


@pytest.mark.slow
def test_another_database_is_not_emptied_for_a_demo_that_was_cut_off(
    machine: Machine, first_tables: Path, tmp_path: Path
):
    begun, other = (f"sqlite:///{shutil.copy(first_tables, tmp_path / name)}" for name in ("a.sqlite3", "b.sqlite3"))
    machine.people(other, "people.create(email='director@tdap.gov.pk', name='A director')")
    machine.cut_off(begun)

    for demo in ("0", "1"):
        preparing = machine.prepare(other, DEMO=demo)
        preparing.communicate()
        assert (preparing.returncode, machine.people(other, "print(people.get().email)")) == (0, "director@tdap.gov.pk")


@pytest.fixture
def half_a_demo(db):
    def cut_off():
        with services.demo_being_loaded():
            UserFactory(is_demo=True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cut_off()


@pytest.mark.django_db
def test_a_demo_that_was_loaded_leaves_no_mark():
    with services.demo_being_loaded():
        assert selectors.holds_half_a_demo()
    assert not selectors.holds_half_a_demo()


def test_half_a_demo_is_refused_where_demo_is_off(half_a_demo, settings):
    settings.DEMO = False
    with pytest.raises(SystemExit, match="holds half a demo: its loading was cut off"):
        call_command("prepare")


def test_half_a_demo_in_which_a_person_has_registered_is_not_emptied(half_a_demo, settings):
    settings.DEMO = True
    person = UserFactory()
    with pytest.raises(SystemExit, match="people who are not of the demo: it is not emptied"):
        call_command("prepare")
    person.refresh_from_db()
