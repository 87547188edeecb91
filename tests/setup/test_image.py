"""The image is built step by step, and the composition runs from it on a real PostgreSQL and Redis, as on a server."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import psycopg2
import pytest
from fontTools.ttLib import TTFont

from tdap_portal.runner.processes import Service, free_port
from tdap_portal.runner.redis import find_redis_server
from tests.servers.plugin import REQUIRE_ALL
from tests.servers.postgres import PostgresServer, find_postgres
from tests.setup.conftest import ROOT
from tests.setup.dockerfile import Image
from tests.setup.test_composition import OURS, SERVICES, environment_of, filled_in

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = (ROOT / "docs" / "deployment.md").read_text()
LASTING = [name for name in OURS if name != "migrate"]

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.redis, pytest.mark.nastaliq]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image, built once."""
    built = Image(ROOT, tmp_path_factory.mktemp("image"))
    try:
        return built.build()
    except subprocess.CalledProcessError as failure:
        if "pip install" in built.steps[-1] and not REQUIRE_ALL:
            pytest.skip(f"The packages could not be fetched: {failure.stderr[-300:]}")
        pytest.fail(f"RUN {built.steps[-1]}\n{failure.stderr[-3000:]}")


def settings_of_the_guide(folder: Path) -> dict[str, str]:
    """The `.env` that the guide has people make, its secrets made by the guide's own command."""
    make_secrets = re.search(r"^    (umask .*)$", GUIDE, flags=re.MULTILINE).group(1)
    subprocess.run(["sh", "-c", make_secrets], cwd=folder, check=True)
    by_hand = re.findall(r"^    ([A-Z_]+=.*)$", GUIDE, flags=re.MULTILINE)
    lines = [*(folder / ".env").read_text().splitlines(), *by_hand]
    return dict(line.split("=", 1) for line in lines)


class Deployment:
    """The composition on this machine: its hosts are free ports here, its folders lie below the image's."""

    def __init__(self, image: Image, folder: Path) -> None:
        self.image = image
        self.settings = settings_of_the_guide(folder)
        self.web_port = free_port()
        self.running: dict[str, Service] = {}
        self._folder = folder
        self._redis_port = free_port()
        self._postgres: PostgresServer | None = None

    def start_postgres(self) -> None:
        """As its image does: an owner, a database, and passwords asked of everybody."""
        asked = environment_of(SERVICES["postgres"], self.settings)
        self._postgres = PostgresServer(find_postgres(), superuser=asked["POSTGRES_USER"])
        self._as_superuser(f"CREATE DATABASE {asked['POSTGRES_DB']}")
        self._as_superuser(f"ALTER ROLE {asked['POSTGRES_USER']} PASSWORD '{asked['POSTGRES_PASSWORD']}'")
        (self._postgres.cluster / "pg_hba.conf").write_text("host all all 127.0.0.1/32 scram-sha-256\n")
        self._as_superuser("SELECT pg_reload_conf()")

    def _as_superuser(self, statement: str) -> None:
        line = psycopg2.connect(self._postgres.url)
        line.autocommit = True
        line.cursor().execute(statement)
        line.close()

    def _here(self, text: str) -> str:
        text = self.image.below(text)
        redis = f"exec {find_redis_server()} --port {self._redis_port} --bind 127.0.0.1 --dir {self._folder} "
        for there, here in {
            "@postgres:5432": f"@127.0.0.1:{self._postgres.port}",
            "@redis:6379": f"@127.0.0.1:{self._redis_port}",
            "@mail.example:587": "@127.0.0.1:9",
            "exec redis-server ": redis,
            "0.0.0.0:8000": f"127.0.0.1:{self.web_port}",
            "127.0.0.1:8000": f"127.0.0.1:{self.web_port}",
        }.items():
            text = text.replace(there, here)
        return text

    def environment(self, name: str) -> dict[str, str]:
        """What the container has: the image's names, the composition's, and two that every engine sets."""
        ours = {key: self._here(value) for key, value in environment_of(SERVICES[name], self.settings).items()}
        programs = {"PATH": f"{find_postgres()}:/usr/bin:/bin"}  # of the images that are not ours
        engine = {"HOME": self.image.below("/var/lib/portal"), "HOSTNAME": socket.gethostname()}
        return {**engine, **(self.image.environment if name in OURS else programs), **ours}

    def command(self, name: str) -> list[str]:
        """The service's command, or the image's."""
        return [
            self._here(filled_in(word, self.settings)) for word in SERVICES[name].get("command", self.image.command)
        ]

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """`docker compose run --rm`: the service's own command or this one, to its end."""
        return subprocess.run(
            command or self.command(name),
            env=self.environment(name),
            cwd=self.image.workdir,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, name: str) -> None:
        log = self._folder / f"{name}.log"
        self.running[name] = Service(
            name, self.command(name), log=log, env=self.environment(name), cwd=self.image.workdir
        )

    def is_healthy(self, name: str) -> bool:
        """What the service's own health check says."""
        kind, *check = (self._here(filled_in(word, self.settings)) for word in SERVICES[name]["healthcheck"]["test"])
        return self.run(name, *(check if kind == "CMD" else ["sh", "-c", *check])).returncode == 0

    def ask(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of a page, asked for as the proxy in front would."""
        headers = {"Host": "portal.example", "X-Forwarded-Proto": "https", **headers}
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def query(self, statement: str, name: str = "web") -> list[tuple]:
        """Rows, as the role that a service signs in as; nothing is kept."""
        line = psycopg2.connect(self.environment(name)["DATABASE_URL"])
        try:
            cursor = line.cursor()
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
        finally:
            line.close()

    def stop(self) -> None:
        """End whatever still runs."""
        for service in self.running.values():
            service.stop()
        if self._postgres:
            self._postgres.stop()


def until(holds, *, seconds: float = 60) -> bool:
    """True once it holds, False when it does not within that time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def deployment(image: Image, tmp_path_factory: pytest.TempPathFactory):
    """Every service of the composition, started in the order that `depends_on` asks for."""
    portal = Deployment(image, tmp_path_factory.mktemp("deployment"))
    try:
        portal.start_postgres()
        portal.start("redis")
        for name in ("database-roles", "migrate"):
            done = portal.run(name)
            assert done.returncode == 0, f"{name}: {done.stderr}"
        for name in LASTING:
            portal.start(name)
        yield portal
    finally:
        portal.stop()


def test_the_image_holds_the_portal_and_nothing_that_the_ignore_file_keeps_out(image: Image):
    portal = image.root / "srv" / "portal"

    assert {path.name for path in portal.iterdir()} == {
        *("manage.py", "__pycache__", "requirements", "staticfiles", "static", "templates", "locale"),
        *("tdap_portal", "smes", "selection", "training", "payments"),
    }
    assert (portal / "locale" / "ur" / "LC_MESSAGES" / "django.mo").is_file()
    assert list((portal / "tdap_portal" / "__pycache__").glob("urls.*.pyc"))
    assert not list((image.root / "opt" / "portal").rglob("uv"))


def test_the_image_s_urdu_is_nastaliq(image: Image):
    served = TTFont(image.workdir / "staticfiles" / "fonts" / "urdu.woff2")

    assert served["name"].getBestFamilyName() == "Noto Nastaliq Urdu"


def test_the_image_runs_as_a_person_who_owns_its_volumes_alone(image: Image):
    assert image.user == "portal"
    assert image.as_root.splitlines() == [
        "useradd --system --uid 10001 --home-dir /var/lib/portal --no-create-home portal",
        "chown portal:portal /var/lib/portal /var/lib/anchor",
    ]
    volumes = {volume.split(":")[1] for name in OURS for volume in SERVICES[name]["volumes"]}
    assert volumes == set(image.as_root.split()[-2:])


@pytest.mark.parametrize("name", ["FINGERPRINT_KEY", "AUDIT_KEY", "EMAIL_URL", "TRUSTED_PROXY_COUNT"])
def test_the_build_fails_without_one_of_the_names_that_production_demands(image: Image, name: str):
    settings, _, collect = image.steps[-1].partition("python manage.py compile_catalogues")
    step = f"{settings[settings.index('key()') :]} true {collect} --dry-run"

    without = image.run(re.sub(rf"\b{name}=\S+", "", step))

    assert (without.returncode, f"{name} is not set" in without.stderr) == (1, True), without.stderr


def test_the_build_fails_without_the_locks_that_manage_py_reads(image: Image):
    locks = image.workdir / "requirements"
    aside = locks.rename(image.root / "tmp" / "requirements")
    try:
        without = image.run("python manage.py compile_catalogues")
    finally:
        aside.rename(locks)

    assert (without.returncode, "requirements/runtime.txt" in without.stderr) == (1, True), without.stderr


def test_web_is_well_once_a_worker_has_done_what_beat_rang(deployment: Deployment):
    key = deployment.settings["HEALTH_KEY"]
    logs = lambda: "\n".join(f"{name}\n{service.tail()}" for name, service in deployment.running.items())  # noqa: E731

    assert until(lambda: "Listening at" in deployment.running["web"].tail(100)), logs()
    assert until(lambda: deployment.ask("/health/", **{"X-Health-Key": key})[0] == 200), logs()
    lines = json.loads(deployment.ask("/health/", **{"X-Health-Key": key})[1])["lines"]
    assert {"name": "Worker", "ok": True} in lines
    assert deployment.ask("/health/")[0] == 404
    assert deployment.ask("/alive/", Host="somebody.else")[0] == 400


def test_web_serves_pages_in_both_languages_and_its_static_files(deployment: Deployment):
    manifest = json.loads((deployment.image.workdir / "staticfiles" / "staticfiles.json").read_text())
    styles = re.search(r'href="(/static/css/[^"]+)"', deployment.ask("/")[1]).group(1)

    assert styles.removeprefix("/static/") in manifest["paths"].values()
    assert deployment.ask(styles)[0] == 200
    assert 'lang="ur"' in deployment.ask("/", **{"Accept-Language": "ur"})[1]


@pytest.mark.parametrize("name", LASTING)
def test_every_service_passes_its_own_health_check(deployment: Deployment, name: str):
    assert until(lambda: deployment.is_healthy(name)), deployment.running[name].tail()


def test_the_commands_of_the_guide_do_what_it_says(deployment: Deployment):
    commands = re.findall(r"^    docker compose run --rm (\S+) (.+)$", GUIDE, flags=re.MULTILINE)
    assert [shlex.split(command)[2] for _, command in commands] == [
        *["create_administrator"] * 2,
        "check",
        *["verify_audit"] * 2,
        "redeliver",
        "rebuild_tallies",
        "check_ledger",
    ]

    for name, command in commands:
        done = deployment.run(name, *shlex.split(command))
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_the_worker_seals_the_history_and_notes_its_end_on_the_volume_that_it_alone_may_write(deployment: Deployment):
    anchor = deployment.image.root / "var" / "lib" / "anchor" / "audit-anchor.txt"

    assert until(lambda: re.fullmatch(r"(\d+ [0-9a-f]{64}\n)+", anchor.read_text())), deployment.running[
        "worker-default"
    ].tail()
    mounts = {name: [volume for volume in SERVICES[name]["volumes"] if "anchor" in volume] for name in OURS}
    assert mounts.pop("worker-default") == ["anchor:/var/lib/anchor"]
    assert {volume for volumes in mounts.values() for volume in volumes} == {"anchor:/var/lib/anchor:ro"}


@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE core_heartbeat",
        "ALTER TABLE audit_event DISABLE TRIGGER audit_event_no_change",
        "DROP TABLE audit_event CASCADE",
        "CREATE TABLE one_more (number int)",
        "SET session_replication_role = replica",
    ],
)
def test_the_portal_cannot_do_to_its_tables_what_their_owner_can(deployment: Deployment, statement: str):
    assert deployment.query(statement, name="migrate") == []
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        deployment.query(statement)


def test_the_owners_password_reaches_only_who_changes_tables(deployment: Deployment):
    password = deployment.settings["DATABASE_OWNER_PASSWORD"]

    holders = {name for name in SERVICES if password in str(environment_of(SERVICES[name], deployment.settings))}
    assert holders == {"postgres", "database-roles", "migrate"}


def test_roles_and_tables_are_given_again_with_each_new_version(deployment: Deployment):
    assert [deployment.run(name).returncode for name in ("database-roles", "migrate")] == [0, 0]


def test_every_service_ends_by_itself_when_it_is_asked_to_and_has_written_to_its_volumes_alone(deployment: Deployment):
    ours = {name: deployment.running[name] for name in LASTING}
    for service in ours.values():
        service.process.send_signal(signal.SIGTERM)

    ended = {}
    for name, service in ours.items():
        with contextlib.suppress(subprocess.TimeoutExpired):
            ended[name] = service.process.wait(timeout=40)
    assert ended == dict.fromkeys(ours, 0), "\n".join(service.tail() for service in ours.values())
    assert deployment.image.files() == deployment.image.built_files
