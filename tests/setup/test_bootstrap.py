"""From a bare Python to an installed portal: manage.py and bootstrap.py in a small tree with packages made on the spot."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tdap_portal import bootstrap
from tests.setup.wheels import FAKE_UV, make_wheel

ROOT = Path(bootstrap.__file__).resolve().parent.parent
OUTER = bootstrap.outer_python()

MANAGE = """
import sys
from tdap_portal import bootstrap
bootstrap.enter(sys.argv)
import celery, django
print("ready", sys.prefix, django.__file__)
"""


class Tree:
    """A project of three packages, with a manage.py that says where it arrived."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wheels = folder / "wheels"
        (folder / "tdap_portal").mkdir(parents=True)
        (folder / "requirements").mkdir()
        (folder / "tdap_portal" / "__init__.py").touch()
        shutil.copy(ROOT / "tdap_portal" / "bootstrap.py", folder / "tdap_portal")
        (folder / "manage.py").write_text(MANAGE)
        self.lock("runtime", Django="9.0", celery="9.0")
        self.lock("dev", pytest="99.0")
        uv = make_wheel(self.wheels, "uv", "9.0", {"uv-9.0.data/scripts/uv": FAKE_UV})
        (folder / "requirements" / "uv.txt").write_text(uv)
        self.log = folder / "uv.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "DJANGO"))},
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "UV_LOG": str(self.log),
            "OUTER_PYTHON": OUTER,
        }

    def lock(self, name: str, **pins: str) -> None:
        lines = [
            make_wheel(
                self.wheels, package, version, {f"{package.lower()}/__init__.py": f"__version__ = '{version}'\n"}
            )
            for package, version in pins.items()
        ]
        (self.folder / "requirements" / f"{name}.txt").write_text("".join(lines))

    def start(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [OUTER, "manage.py", *words],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def uv_calls(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "project")


@pytest.mark.slow
def test_first_start_installs_the_lock_and_goes_on_inside_the_venv(tree: Tree):
    first = tree.start("migrate")

    assert first.stdout.split()[:2] == ["ready", str(tree.venv)], first.stderr
    assert [call["arguments"] for call in tree.uv_calls()] == [
        [
            *("--quiet", "pip", "install", "--python", str(tree.venv / "bin" / "python"), "--require-hashes"),
            *("-r", str(tree.folder / "requirements" / "runtime.txt")),
        ]
    ]
    assert not (tree.venv / ".uv").exists()


@pytest.mark.slow
def test_second_start_installs_nothing(tree: Tree):
    tree.start("migrate")
    began = time.monotonic()
    second = tree.start("migrate")

    assert (second.returncode, second.stderr, len(tree.uv_calls())) == (0, "", 1)
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_changed_lock_is_installed_at_the_next_start(tree: Tree):
    tree.start("migrate")
    tree.lock("runtime", Django="9.1", celery="9.0")

    assert tree.start("migrate").returncode == 0
    installed = {path.name for path in (tree.venv / "lib").glob("python*/site-packages/*.dist-info")}
    assert installed == {"Django-9.1.dist-info", "celery-9.0.dist-info"}


@pytest.mark.slow
def test_the_test_command_adds_the_development_set(tree: Tree):
    tree.start("migrate")
    tested = tree.start("test")

    assert tested.returncode == 0
    assert [call["arguments"].count("-r") for call in tree.uv_calls()] == [1, 2]


@pytest.mark.slow
def test_installation_cut_off_half_way_is_made_anew(tree: Tree):
    tree.start("migrate")
    # As kill -9 leaves it: the marker lies there, a package is recorded as installed, and its code is gone.
    (tree.venv / ".installing").touch()
    (tree.venv / ".installed-runtime").unlink()
    shutil.rmtree(next((tree.venv / "lib").glob("python*/site-packages/django")))

    again = tree.start("migrate")

    assert again.stdout.startswith("ready"), again.stderr
    assert not (tree.venv / ".installing").exists()


@pytest.mark.slow
def test_half_an_installation_without_the_repair_would_not_start(tree: Tree):
    """The control of the test above: without the marker nobody would notice."""
    tree.start("migrate")
    shutil.rmtree(next((tree.venv / "lib").glob("python*/site-packages/django")))

    assert "ModuleNotFoundError" in tree.start("migrate").stderr


@pytest.mark.slow
def test_venv_whose_python_is_gone_is_made_anew(tree: Tree):
    tree.start("migrate")
    python = tree.venv / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    assert tree.start("migrate").stdout.startswith("ready")


@pytest.mark.slow
def test_two_first_starts_at_once_install_once_and_both_go_on(tree: Tree):
    both = [
        subprocess.Popen(
            [OUTER, "manage.py", "migrate"],
            cwd=tree.folder,
            env=tree.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120) for process in both]

    assert [out.split()[0] for out, _err in answers] == ["ready", "ready"], answers
    assert len(tree.uv_calls()) == 1
    assert sum("waiting for it" in err for _out, err in answers) == 1


@pytest.mark.slow
def test_pip_installs_the_same_lock_where_uv_fails(tree: Tree):
    started = tree.start("migrate", UV_FAILS="1")

    assert started.stdout.startswith("ready"), started.stderr
    assert "Installing with pip instead of uv" in started.stderr


@pytest.mark.slow
def test_pip_installs_the_same_lock_where_uv_cannot_be_had(tree: Tree):
    (tree.folder / "requirements" / "uv.txt").write_text(f"uv==9.1 --hash=sha256:{'0' * 64}\n")

    started = tree.start("migrate")

    assert started.stdout.startswith("ready"), started.stderr
    assert tree.uv_calls() == []


@pytest.mark.slow
def test_package_that_does_not_match_its_hash_is_refused(tree: Tree):
    make_wheel(tree.wheels, "Django", "9.0", {"django/__init__.py": "print('not what was locked')\n"})

    started = tree.start("migrate")

    assert (started.returncode, started.stdout) == (1, "")
    assert "hash" in started.stderr.lower()


@pytest.mark.slow
def test_without_a_registry_the_message_says_what_to_do(tree: Tree):
    shutil.rmtree(tree.wheels)
    tree.wheels.mkdir()

    started = tree.start("run")

    assert started.returncode == 1
    assert "The packages could not be fetched. Is the package registry within reach" in started.stderr
    assert "Traceback" not in started.stderr
    assert tree.start("run").returncode == 1  # and again, not an odd half state


@pytest.mark.slow
def test_start_after_the_registry_came_back_goes_on(tree: Tree):
    away = tree.wheels.rename(tree.folder / "away")
    tree.start("run")
    away.rename(tree.wheels)

    assert tree.start("run").stdout.startswith("ready")


@pytest.mark.slow
def test_pips_settings_reach_uv(tree: Tree, tmp_path: Path):
    settings = tmp_path / "pip.conf"
    certificate = tmp_path / "cert.pem"
    shutil.copy(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"), certificate)
    settings.write_text(
        f"[global]\nextra-index-url = https://one.invalid/packages https://two.invalid/packages\ncert = {certificate}\n"
    )
    without = {
        name: value for name, value in tree.environment.items() if name not in ("SSL_CERT_FILE", "PIP_CONFIG_FILE")
    }
    tree.environment = without

    tree.start("migrate", PIP_CONFIG_FILE=str(settings))

    told = tree.uv_calls()[0]["environment"]
    assert {name: told.get(name) for name in ("UV_INDEX", "UV_NO_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE")} == {
        "UV_INDEX": "https://one.invalid/packages https://two.invalid/packages",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(tree.wheels),
        "SSL_CERT_FILE": str(certificate),
    }


@pytest.mark.unit
def test_environment_wins_over_pips_files():
    listing = ":env:.index-url='https://env.invalid/packages'\nglobal.index-url='https://file.invalid/packages'\ninstall.find-links='/a\\n/b'\nglobal.find-links='/c'\nglobal.timeout='60'\nfreeze.timeout='10'\na line of something else"

    assert bootstrap.parse_pip_options(listing) == {
        "index-url": ["https://env.invalid/packages"],
        "find-links": ["/a", "/b"],
        "timeout": ["60"],
    }


@pytest.mark.unit
def test_what_is_set_for_uv_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in list(os.environ):
        if name.startswith("UV_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mine.invalid/packages")

    told = bootstrap.uv_environment(
        {
            "index-url": ["https://pip.invalid/packages"],
            "find-links": [str(tmp_path), "/no/such/folder", "https://links.invalid/"],
            "trusted-host": ["a.invalid", "b.invalid"],
        }
    )

    assert told == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_NO_PROGRESS": "1",
        "UV_FIND_LINKS": f"{tmp_path},https://links.invalid/",
        "UV_INSECURE_HOST": "a.invalid b.invalid",
    }


@pytest.mark.unit
def test_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        bootstrap.enter(["manage.py", "run"])


@pytest.mark.unit
def test_bootstrap_imports_nothing_but_the_standard_library():
    loaded = subprocess.run(
        [sys.executable, "-S", "-c", "import sys; from tdap_portal import bootstrap; print(*sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    outside = {name.split(".")[0] for name in loaded} - set(sys.stdlib_module_names) - {"__main__", "tdap_portal"}

    assert {name for name in outside if not name.startswith("_")} == set()


BENCHMARKS = bootstrap.RUNTIME.with_name("bench.txt")
LOCKS = [bootstrap.RUNTIME, bootstrap.DEVELOPMENT, BENCHMARKS, bootstrap.UV]


@pytest.mark.unit
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_of_a_lock_has_a_hash_and_no_host_is_named(lock: Path):
    text = lock.read_text().replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert [pin for pin in pins if "--hash=sha256:" not in pin or "==" not in pin] == []
    assert "://" not in text
    assert pins


def test_locks_that_share_an_environment_pin_each_package_alike():
    pins = bootstrap.locked_versions([bootstrap.RUNTIME, bootstrap.DEVELOPMENT, BENCHMARKS])
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}
