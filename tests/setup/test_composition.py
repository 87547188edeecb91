"""Image and composition: no engine runs here, so their commands and environment are read and really started."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
import yaml

from tdap_portal import celery
from tdap_portal.runner.processes import Service, free_port
from tests.setup.conftest import ROOT, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

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
    assert set(SERVICES) - {f"worker-{queue}" for queue in workers} == {"migrate", "web", "beat", "postgres", "redis"}
    assert (SERVICES["postgres"]["image"], SERVICES["redis"]["image"]) == ("postgres:15", "redis:7")


def test_each_worker_reads_its_own_queue_under_its_own_name():
    for queue in celery.QUEUES:
        service = SERVICES[f"worker-{queue}"]
        words = service["command"]
        assert (words[:4], words[words.index("-Q") + 1]) == (["celery", "-A", "tdap_portal.celery", "worker"], queue)
        assert words[words.index("-n") + 1] == f"{queue}@%h"
        assert service["environment"]["QUEUE"] == queue


@pytest.mark.parametrize("name", [*OURS, "postgres", "redis"])
def test_every_container_is_locked_down(name: str):
    service = SERVICES[name]

    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
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
        with pytest.raises(KeyError, match=name):
            environment_of(SERVICES["web"], {**SECRETS, name: ""})


def test_no_secret_stands_in_the_files():
    text = (ROOT / "docker-compose.yml").read_text()

    for name in ("SECRET_KEY", "FINGERPRINT_KEY", "AUDIT_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD", "EMAIL_URL"):
        assert f"${{{name}:?" in text
    assert not re.search(r"^ENV [^#]*(SECRET|PASSWORD|_KEY)=", DOCKERFILE, flags=re.MULTILINE)


def test_image_holds_every_package_of_ours_and_nothing_of_the_tests():
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, flags=re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    let_in = {
        line[1:].split("/")[0] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }

    assert copied == packages | {"templates", "static", "locale"}
    assert let_in == copied | {"manage.py", "requirements"}


def test_image_runs_as_a_person_without_rights():
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, flags=re.MULTILINE)

    assert users == ["portal"]
    assert DOCKERFILE.index("USER portal") < DOCKERFILE.index("\nCMD ")
    assert "--require-hashes" in DOCKERFILE


def image_command() -> list[str]:
    """The CMD of the image."""
    written = DOCKERFILE.split("\nCMD ")[1].replace("\\\n", " ")
    return list(yaml.safe_load(written))


def here(words: list[str]) -> list[str]:
    """A command of the image with this interpreter's programs."""
    return [sys.executable, "-m", words[0], *words[1:]] if words[0] != "python" else [sys.executable, *words[1:]]


@pytest.fixture
def production(redis_url: str, tmp_path: Path) -> dict[str, str]:
    """The environment of the composition, on the tests' own servers."""
    told = environment_of(SERVICES["web"], SECRETS)
    assert re.fullmatch(r"postgres://portal:database@postgres:5432/portal", told["DATABASE_URL"])
    assert re.fullmatch(r"redis://:redis@redis:6379/0", told["REDIS_URL"])
    static = tmp_path / "static"
    static.mkdir()
    told |= {"DATABASE_URL": os.environ["DATABASE_URL"].replace("/portal", "/postgres"), "REDIS_URL": redis_url}
    return clean_environment(**told, VAR_DIR=str(tmp_path), STATIC_ROOT=str(static))


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.redis
def test_the_image_collects_its_static_files_and_the_web_answers_its_health_check(production, tmp_path: Path):
    steps = {"compile_catalogues": [], "collectstatic": ["--noinput", "--verbosity", "0"]}
    for step, words in steps.items():
        assert f"python manage.py {' '.join([step, *words])}" in DOCKERFILE
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", *steps["collectstatic"]], cwd=ROOT, env=production, check=True
    )
    port = free_port()
    words = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in image_command()]
    web = Service("web", here(words), log=tmp_path / "web.log", env=production, cwd=ROOT)
    check = [word.replace(":8000", f":{port}") for word in SERVICES["web"]["healthcheck"]["test"][1:]]

    listens = web.wait_until(lambda: "Listening at" in web.tail(), seconds=60)
    healthy = listens and subprocess.run(here(check), env=production, capture_output=True, check=False).returncode == 0
    said = web.tail()
    answer = _refused(f"http://127.0.0.1:{port}/alive/", Host="somebody.else")
    web.stop()

    assert healthy, said
    assert answer == 400  # a host that is not ours
    assert (tmp_path / "static" / "staticfiles.json").is_file()


def _refused(address: str, **headers: str) -> int:
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https", **headers})  # noqa: S310  our own
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.redis
def test_worker_and_beat_of_the_composition_start_in_production_and_are_healthy(production, tmp_path: Path):
    worker_service = SERVICES["worker-default"]
    environment = {**production, "QUEUE": "default"}
    worker = Service("worker", here(worker_service["command"]), log=tmp_path / "worker.log", env=environment, cwd=ROOT)
    beat = Service("beat", here(SERVICES["beat"]["command"]), log=tmp_path / "beat.log", env=production, cwd=ROOT)
    try:
        assert worker.wait_until(lambda: "ready." in worker.tail(200), seconds=60), worker.tail()
        assert beat.wait_until(
            lambda: "core.heartbeat" in beat.tail(200) or list(tmp_path.glob("beat-schedule*")), seconds=60
        )
        ping = shlex.split(worker_service["healthcheck"]["test"][1].replace("$$", "$"))
        host = subprocess.run(["hostname"], capture_output=True, text=True, check=True).stdout.strip()
        ping = [word.replace("$QUEUE", "default").replace("$HOSTNAME", host) for word in ping]
        asked = subprocess.run(here(ping), env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert (asked.returncode, f"default@{host}: OK" in asked.stdout) == (0, True), asked.stdout + asked.stderr
        recent = SERVICES["beat"]["healthcheck"]["test"][1].replace("$$", "$")
        until = time.monotonic() + 20
        while subprocess.run(["sh", "-c", recent], env=production, capture_output=True, check=False).returncode:
            assert time.monotonic() < until, beat.tail()
            time.sleep(0.2)
    finally:
        beat.stop()
        worker.stop()
