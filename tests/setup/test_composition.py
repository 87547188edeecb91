"""The composition and the Dockerfile as they are written; test_image.py builds and starts them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tdap_portal import celery
from tests.setup.conftest import ROOT
from tests.setup.dockerfile import ignore_rules, is_let_in

COMPOSITION = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSITION["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("tdap-portal")}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = "\n".join(path.read_text() for path in sorted((ROOT / "tdap_portal" / "settings").glob("*.py")))
SECRETS = {
    "SECRET_KEY": "a-secret-of-this-test-0123456789-0123456789-0123456789",
    "FINGERPRINT_KEY": "a-fingerprint-of-this-test-0123456789-0123456789-0123",
    "AUDIT_KEY": "an-audit-key-of-this-test-0123456789-0123456789-0123456",
    "DATABASE_PASSWORD": "database",
    "DATABASE_OWNER_PASSWORD": "owner",
    "REDIS_PASSWORD": "redis",
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "EMAIL_URL": "smtp+tls://portal:word@mail.example:587",
}

pytestmark = pytest.mark.unit


def filled_in(value: str, told: dict[str, str]) -> str:
    """${NAME:-default} and ${NAME:?message} as the composer reads them; an unset required name is a KeyError."""

    def fill(match: re.Match[str]) -> str:
        name, kind, default = match.groups()
        if kind == ":?" and not told.get(name):
            raise KeyError(name)
        return told.get(name) or (default if kind == ":-" else "")

    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", fill, value).replace("$$", "$")


def environment_of(service: dict, told: dict[str, str]) -> dict[str, str]:
    return {name: filled_in(str(value), told) for name, value in service["environment"].items()}


def test_there_is_a_web_a_worker_for_each_queue_and_one_beat():
    workers = {name.removeprefix("worker-") for name in SERVICES if name.startswith("worker-")}

    assert workers == set(celery.QUEUES)
    assert set(SERVICES) - {f"worker-{queue}" for queue in workers} == {
        *("database-roles", "migrate", "web", "beat", "postgres", "redis"),
    }


def test_images_of_others_are_named_by_exact_version():
    ours = {service["image"] for service in OURS.values()}
    named = {service["image"] for service in SERVICES.values()} - ours
    named |= set(re.findall(r"^FROM (\S+)", DOCKERFILE, flags=re.MULTILINE))

    assert {name.partition(":")[0] for name in named} == {"postgres", "redis", "python"}
    for name in named:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*(@sha256:[0-9a-f]{64})?", name)
    assert SERVICES["postgres"]["image"] == SERVICES["database-roles"]["image"]


def test_tables_are_brought_up_to_date_before_anything_of_ours_starts():
    assert set(SERVICES["migrate"]["depends_on"]) == {"database-roles"}
    for name in set(OURS) - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_what_runs_gets_the_time_to_end():
    workers = [name for name in SERVICES if name.startswith("worker-")]

    assert {SERVICES[name]["stop_grace_period"] for name in workers} == {"2m"}
    assert SERVICES["web"]["stop_grace_period"] == "40s"  # more than the 30 s that gunicorn waits


def test_each_worker_reads_its_own_queue_under_its_own_name():
    for queue in celery.QUEUES:
        service = SERVICES[f"worker-{queue}"]
        words = service["command"]
        assert (words[:4], words[words.index("-Q") + 1]) == (["celery", "-A", "tdap_portal.celery", "worker"], queue)
        assert words[words.index("-n") + 1] == f"{queue}@%h"
        assert service["environment"]["QUEUE"] == queue


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_locked_down(name: str):
    service = SERVICES[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("database-roles", "migrate")])
def test_every_lasting_container_has_a_health_check_and_comes_back(name: str):
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_the_check_of_beat_looks_at_the_data_folder_itself_and_not_through_the_vault(tmp_path: Path):
    check = SERVICES["beat"]["healthcheck"]["test"][1].replace("$$", "$")

    def is_healthy() -> bool:
        told = {**os.environ, "VAR_DIR": str(tmp_path)}
        return subprocess.run(["sh", "-c", check], env=told, check=False).returncode == 0

    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "beat-schedule").touch()
    assert not is_healthy()
    (tmp_path / "beat-schedule.db").touch()
    assert is_healthy()


def test_only_the_web_has_a_door_to_the_outside_and_only_to_this_machine():
    doors = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert doors == {"web": ["${WEB_ADDRESS:-127.0.0.1:8000}:8000"]}


def test_the_settings_read_every_name_that_is_handed_in():
    known = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', SETTINGS)) | {"DJANGO_SETTINGS_MODULE", "QUEUE"}

    assert {name for service in OURS.values() for name in service["environment"]} - known == set()


def test_every_name_that_production_demands_is_handed_in_and_must_be_set():
    demanded = set(re.findall(r'"([A-Z_]+)"', re.search(r"for _name in \(([^)]*)\)", SETTINGS).group(1)))

    for service in OURS.values():
        assert demanded - set(environment_of(service, SECRETS)) == set()
    for name in SECRETS:
        service = SERVICES["migrate" if name == "DATABASE_OWNER_PASSWORD" else "web"]
        with pytest.raises(KeyError, match=name):
            environment_of(service, {**SECRETS, name: ""})


def test_no_secret_stands_in_the_files():
    text = (ROOT / "docker-compose.yml").read_text()

    for name in (*(key for key in SECRETS if key.endswith(("_KEY", "_PASSWORD"))), "EMAIL_URL"):
        assert f"${{{name}:?" in text
    assert not re.search(r"^ENV [^#]*(SECRET|PASSWORD|_KEY)=", DOCKERFILE, flags=re.MULTILINE)


def test_image_holds_every_package_of_ours_and_nothing_of_the_tests():
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, flags=re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert copied == packages | {"templates", "static", "locale", "requirements"}


@pytest.mark.parametrize(
    ("path", "let_in"),
    [
        ("manage.py", True),
        ("smes/profile/facts.py", True),
        ("requirements/runtime.txt", True),
        ("requirements/runtime.in", False),
        ("smes/profile/__pycache__/facts.cpython-311.pyc", False),
        ("locale/ur/LC_MESSAGES/django.po", True),
        ("locale/ur/LC_MESSAGES/django.mo", False),
        (".env", False),
        (".git/config", False),
        ("var/portal.sqlite3", False),
        ("tests/conftest.py", False),
        (".venv/bin/python", False),
    ],
)
def test_the_ignore_file_lets_in_what_the_image_needs_alone(path: str, *, let_in: bool):
    assert is_let_in(Path(path), ignore_rules(ROOT)) is let_in


def test_image_runs_as_a_person_without_rights():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, flags=re.MULTILINE)

    assert users == ["portal"]
    assert DOCKERFILE.index("USER portal") < DOCKERFILE.index("\nCMD ")
    assert "--require-hashes" in DOCKERFILE
