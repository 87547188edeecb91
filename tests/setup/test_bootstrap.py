"""From a bare Python to an installed portal: manage.py and bootstrap.py in a small tree with packages made on the spot."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tdap_portal import bootstrap
from tests.setup.conftest import hear_ctrl_c
from tests.setup.wheels import FAKE_UV, make_wheel

if TYPE_CHECKING:
    from pathlib import Path

BENCHMARKS = bootstrap.RUNTIME.with_name("bench.txt")
MANAGE = """
import sys
from tdap_portal import bootstrap
bootstrap.enter(sys.argv)
import celery, django
print("ready", sys.prefix, django.__version__)
"""


class Tree:
    """A project of three packages, with a manage.py that says where it arrived and with which Django."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.venv = folder / ".venv"
        self.wheels = folder / "wheels"

    def make(self) -> Tree:
        for part in ("tdap_portal", "requirements"):
            (self.folder / part).mkdir(parents=True)
        shutil.copy(bootstrap.__file__, self.folder / "tdap_portal")
        (self.folder / "manage.py").write_text(MANAGE)
        self.lock("runtime", django="9.0", celery="9.0")
        self.lock("dev", pytest="99.0")
        uv = make_wheel(self.wheels, "uv", "9.0", {"uv/__init__.py": "", "uv/__main__.py": FAKE_UV})
        (self.folder / "requirements" / "uv.txt").write_text(uv)
        return self

    def lock(self, name: str, **pins: str) -> None:
        lines = [
            make_wheel(self.wheels, package, version, {f"{package}/__init__.py": f"__version__ = '{version}'\n"})
            for package, version in pins.items()
        ]
        (self.folder / "requirements" / f"{name}.txt").write_text("".join(lines))

    def begin(self, command: str, **environment: str) -> subprocess.Popen[str]:
        ours = ("PIP_", "UV_", "DJANGO", "SSL_CERT")
        return subprocess.Popen(
            [bootstrap.OUTER_PYTHON, "manage.py", command],
            cwd=self.folder,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
                "PIP_CONFIG_FILE": os.devnull,
                "PIP_NO_INDEX": "1",
                "PIP_FIND_LINKS": str(self.wheels),
                "UV_LOG": str(self.folder / "uv.log"),
                **environment,
            },
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=hear_ctrl_c,  # noqa: PLW1509  one call
        )

    def start(self, command: str, **environment: str) -> tuple[int, str, str]:
        """Its exit code, and what it said on both streams."""
        process = self.begin(command, **environment)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.strip(), err

    def ready(self, version: str = "9.0") -> str:
        """What manage.py says once it has arrived."""
        return f"ready {self.venv} {version}"

    def uv_calls(self) -> list[dict]:
        log = self.folder / "uv.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A project in which nothing was started yet."""
    return Tree(tmp_path / "project").make()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A project after its first start, with settings of pip in a file and in the environment: only to be looked at."""
    tree = Tree(tmp_path_factory.mktemp("installed") / "project").make()
    settings = tree.folder / "pip.conf"
    settings.write_text("[global]\nextra-index-url = https://one.invalid/a https://two.invalid/b\nno-index = 0\n")
    started = tree.start("migrate", PIP_CONFIG_FILE=str(settings), UV_INDEX_STRATEGY="first-index")
    assert started[:2] == (0, tree.ready()), started
    return tree


@pytest.fixture
def copy(installed: Tree, tmp_path: Path) -> Tree:
    """The same, of this test's own."""
    return Tree(shutil.copytree(installed.folder, tmp_path / "project", symlinks=True))


@pytest.mark.slow
def test_first_start_installs_the_lock_and_goes_on_inside_the_venv(installed: Tree):
    assert [call["arguments"] for call in installed.uv_calls()] == [
        [
            *("--quiet", "pip", "install", "--python", str(installed.venv / "bin" / "python"), "--require-hashes"),
            *("-r", str(installed.folder / "requirements" / "runtime.txt")),
        ]
    ]


@pytest.mark.slow
def test_pips_settings_reach_uv_its_environment_wins_over_its_files_and_what_is_set_for_uv_stays(installed: Tree):
    environment = installed.uv_calls()[0]["environment"]

    assert {name: value for name, value in environment.items() if name.startswith("UV_") and name != "UV_LOG"} == {
        "UV_INDEX": "https://one.invalid/a https://two.invalid/b",
        "UV_INDEX_STRATEGY": "first-index",
        "UV_FIND_LINKS": str(installed.wheels),
        "UV_NO_INDEX": "1",
    }


@pytest.mark.slow
def test_second_start_installs_nothing(copy: Tree):
    assert copy.start("migrate") == (0, copy.ready(), "")
    assert len(copy.uv_calls()) == 1


@pytest.mark.slow
def test_changed_lock_is_installed_at_the_next_start(copy: Tree):
    copy.lock("runtime", django="9.1", celery="9.0")

    assert copy.start("migrate")[:2] == (0, copy.ready("9.1"))


@pytest.mark.slow
def test_the_test_command_adds_the_development_set(copy: Tree):
    assert copy.start("test")[:2] == (0, copy.ready())
    assert copy.start("migrate") == (0, copy.ready(), "")
    assert [call["arguments"].count("-r") for call in copy.uv_calls()] == [1, 2]


@pytest.mark.slow
def test_installation_that_was_cut_off_is_made_anew(tree: Tree):
    code, out, err = tree.start("migrate", UV_ENDS_WITH=str(int(signal.SIGINT)))
    assert (code, out, "Traceback" in err) == (130, "", False)
    assert "Stopped. The next start goes on from here." in err

    assert tree.start("migrate", UV_ENDS_WITH=str(int(signal.SIGKILL)))[0] == -signal.SIGKILL
    # The control: a package is recorded as installed, and its code is not there.
    assert [path.name for path in tree.venv.glob("lib/*/site-packages/django*")] == ["django-9.0.dist-info"]

    assert tree.start("migrate")[:2] == (0, tree.ready())


@pytest.mark.slow
def test_venv_whose_python_is_gone_is_made_anew(copy: Tree):
    python = copy.venv / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    assert copy.start("migrate")[:2] == (0, copy.ready())


@pytest.mark.slow
def test_two_first_starts_at_once_install_once_and_both_go_on(tree: Tree):
    both = [tree.begin("migrate") for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in both]

    assert [out.strip() for out, _err in answers] == [tree.ready()] * 2, answers
    assert len(tree.uv_calls()) == 1
    assert sum("waiting for it" in err for _out, err in answers) == 1


@pytest.mark.slow
def test_pip_installs_the_same_lock_where_uv_fails_and_refuses_what_does_not_match_its_hash(copy: Tree):
    copy.lock("runtime", django="9.1", celery="9.0")
    locked = (copy.wheels / "django-9.1-py3-none-any.whl").read_bytes()
    make_wheel(copy.wheels, "django", "9.1", {"django/__init__.py": "print('not what was locked')\n"})

    code, out, err = copy.start("migrate", UV_FAILS="1")
    assert (code, out) == (1, "")
    assert "THESE PACKAGES DO NOT MATCH THE HASHES" in err

    (copy.wheels / "django-9.1-py3-none-any.whl").write_bytes(locked)
    code, out, err = copy.start("migrate", UV_FAILS="1")
    assert (code, out) == (0, copy.ready("9.1"))
    assert "Installing with pip instead of uv" in err


@pytest.mark.slow
def test_pip_installs_the_same_lock_where_uv_cannot_be_had(tree: Tree):
    (tree.folder / "requirements" / "uv.txt").write_text(f"uv==9.1 --hash=sha256:{'0' * 64}\n")

    assert tree.start("migrate")[:2] == (0, tree.ready())
    assert tree.uv_calls() == []


@pytest.mark.slow
def test_without_a_registry_the_message_says_what_to_do_and_the_start_after_it_came_back_goes_on(tree: Tree):
    away = tree.wheels.rename(tree.folder / "away")

    code, out, err = tree.start("run")
    assert (code, out) == (1, "")
    assert "The packages could not be fetched. Is the package registry within reach" in err
    assert "Traceback" not in err

    away.rename(tree.wheels)
    assert tree.start("run")[:2] == (0, tree.ready())


@pytest.mark.unit
def test_answer_of_pip_is_read_in_uvs_words(tmp_path: Path):
    listing = f""":env:.index-url='https://env.invalid/packages'
        global.cert='/the file/of the machine.pem'
        global.index-url='https://file.invalid/packages'
        global.find-links='/c'
        global.timeout='60'
        install.find-links='{tmp_path}\\n/no/such/folder\\nhttps://links.invalid/'
        install.trusted-host='a.invalid b.invalid'
        freeze.timeout='10'
        a line of something else"""

    assert bootstrap.uv_environment("\n".join(line.strip() for line in listing.splitlines())) == {
        "UV_DEFAULT_INDEX": "https://env.invalid/packages",
        "SSL_CERT_FILE": "/the file/of the machine.pem",
        "UV_FIND_LINKS": f"{tmp_path},https://links.invalid/",
        "UV_HTTP_TIMEOUT": "60",
        "UV_INSECURE_HOST": "a.invalid b.invalid",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


@pytest.mark.unit
def test_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        bootstrap.enter(["manage.py", "run"])


@pytest.mark.unit
def test_bootstrap_imports_nothing_but_the_standard_library():
    def without_packages(code: str) -> int:
        return subprocess.run([sys.executable, "-S", "-c", code], cwd=bootstrap.ROOT, check=False).returncode

    assert (without_packages("from tdap_portal import bootstrap"), without_packages("import django")) == (0, 1)


@pytest.mark.unit
@pytest.mark.parametrize(
    "lock",
    [bootstrap.RUNTIME, bootstrap.DEVELOPMENT, BENCHMARKS, bootstrap.UV],
    ids=lambda lock: lock.name,
)
def test_every_pin_of_a_lock_has_a_hash_and_no_host_is_named(lock: Path):
    text = lock.read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert [pin for pin in pins if "--hash=sha256:" not in pin or "==" not in pin] == []
    assert "://" not in text
    assert pins


@pytest.mark.unit
def test_locks_that_share_an_environment_pin_each_package_alike():
    def pins_of(lock: Path) -> dict[str, set[str]]:
        pins: dict[str, set[str]] = {}
        for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(), flags=re.MULTILINE):
            pins.setdefault(name, set()).add(version)
        return pins

    below = pins_of(bootstrap.RUNTIME)
    for pins in (pins_of(bootstrap.DEVELOPMENT), pins_of(BENCHMARKS)):
        assert pins.keys() & below.keys()
        assert {name: found for name, found in pins.items() if not found <= below.get(name, found)} == {}
        below |= pins
