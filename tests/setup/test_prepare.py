"""A demo whose loading was cut off begins again in its own database; no other database is ever emptied for it."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command

from tdap_portal.core import selectors, services
from tests.factories.accounts import UserFactory
from tests.setup.conftest import clean_environment, hear_ctrl_c

if TYPE_CHECKING:
    from pathlib import Path

DIRECTOR = "from django.contrib.auth import get_user_model as u; u().objects.create(email='a@tdap.gov.pk', name='A')"


class Machine:
    """One folder of data and one copy of the project, with the commands that a person types there."""

    def __init__(self, project: Path, data: Path) -> None:
        self.project, self.data = project, data

    def manage(self, database: str, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=self.project,
            env=clean_environment(DEMO="1", VAR_DIR=str(self.data), DATABASE_URL=database),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hear_ctrl_c,  # noqa: PLW1509  one call
        )

    def cut_off(self, database: str) -> str:
        """Start to load the demo and press Ctrl-C in the middle; what it said until then."""
        loading = self.manage(database, "prepare")
        said = ""
        while "Loading the demo" not in said:
            said += loading.stderr.readline()
            assert loading.poll() is None, said
        loading.send_signal(signal.SIGINT)
        loading.communicate()
        return said


@pytest.fixture
def machine(project_copy: Path, data: Path) -> Machine:
    return Machine(project_copy, data)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, data: Path) -> str:
    return (
        f"sqlite:///{data}/portal.sqlite3" if request.param == "sqlite" else request.getfixturevalue("empty_database")
    )


@pytest.mark.slow
def test_a_demo_that_was_cut_off_begins_again_from_an_empty_database(machine: Machine, database: str):
    assert "emptying" not in machine.cut_off(database)

    said = machine.cut_off(database)
    assert said.index("emptying the database") < said.index("Loading the demo")


@pytest.mark.slow
def test_another_database_is_not_emptied_for_a_demo_that_was_cut_off(machine: Machine):
    other = shutil.copy(machine.data / "portal.sqlite3", machine.data / "other.sqlite3")
    machine.manage(f"sqlite:///{other}", "shell", "-v", "0", "-c", DIRECTOR).communicate()
    machine.cut_off(f"sqlite:///{machine.data}/portal.sqlite3")

    preparing = machine.manage(f"sqlite:///{other}", "prepare")
    said = preparing.communicate()[1]
    with contextlib.closing(sqlite3.connect(other)) as people:
        found = people.execute("SELECT email FROM accounts_user").fetchall()
    assert (preparing.returncode, found) == (0, [("a@tdap.gov.pk",)]), said


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
