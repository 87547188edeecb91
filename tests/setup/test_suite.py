"""The test command itself: it comes to an end, whatever a test does to its process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tdap_portal.runner.suite import IN_PARALLEL, ROOT

pytestmark = [pytest.mark.unit, pytest.mark.slow]


def test_a_test_that_kills_its_process_ends_the_run_as_failed(tmp_path):
    (tmp_path / "test_dies.py").write_text("import os\n\n\ndef test_dies():\n    os._exit(1)\n", "utf-8")
    (tmp_path / "test_lives.py").write_text("def test_lives():\n    pass\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "xdist.plugin", "-q", *IN_PARALLEL, str(tmp_path)]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 1
    assert "crashed while running 'test_dies.py::test_dies'" in ran.stdout
    assert "1 passed" in ran.stdout


ASKS = """
from datetime import timedelta

import pytest
from django.utils import timezone

from tdap_portal.core.calendar import today

KEPT = timezone.now


{decorator}
def test_asks({name}):
    assert KEPT() <= timezone.now()
    assert {expression} == today() + timedelta(days=1)
"""


@pytest.mark.parametrize(
    ("decorator", "name", "expression", "outcome"),
    [
        ('@pytest.mark.parametrize("day", [today() + timedelta(days=1)])', "day", "day", "AskedTooEarly"),
        ("", "", "today() + timedelta(days=1)", "1 passed"),
    ],
)
def test_a_module_that_asks_the_time_while_it_is_read_is_refused(tmp_path, decorator, name, expression, outcome):
    (tmp_path / "conftest.py").write_text(
        "from tests.conftest import pytest_collection\n\n__all__ = ['pytest_collection']\n", "utf-8"
    )
    (tmp_path / "test_asks.py").write_text(ASKS.format(decorator=decorator, name=name, expression=expression), "utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "pytest_django.plugin",
        "-q",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    environment = os.environ | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test",
    }
    ran = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert outcome in ran.stdout
