"""`manage.py run`: web, worker and beat as one group, with a broker of their own where none is given."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .processes import Service, answers, die_with_parent, port_is_free
from .redis import RedisServer, find_redis_server

if TYPE_CHECKING:
    from types import FrameType

ROOT = Path(__file__).resolve().parent.parent.parent
QUEUES = "default,trade,notify,scoring"
SECONDS_TO_START = 90
ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  whoever serves on all is asked on this one


class CannotRun(Exception):
    """The portal cannot start or go on; the text says why and what to do."""


class Stopped(Exception):
    """Somebody asked the portal to stop."""


def main(arguments: list[str]) -> int:
    """Run the portal until somebody stops it. Returns 0 after a clean stop, 1 when it could not start or go on."""
    words = argparse.ArgumentParser(prog="manage.py run", description=__doc__)
    words.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="also as PORT=9000")
    words.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="also as HOST=0.0.0.0")
    told = words.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    portal = Portal(host=told.host, port=told.port)
    try:
        with portal.alone_in_this_folder():
            portal.start()
            portal.watch()
    except CannotRun as reason:
        portal.stop()
        print(f"\n{reason}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        print("\nStopping …", flush=True)
        portal.stop()
        print("Stopped. All data is kept; the next start takes seconds.", flush=True)
        return 0
    return 0


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut the clean stop short, nor raise inside it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


class Portal:
    """The group of processes: redis (where needed), web, worker, beat, in the order of their start."""

    def __init__(self, *, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.folder = Path(os.environ.get("VAR_DIR") or ROOT / "var")
        self.environment = {"HEALTH_KEY": secrets.token_urlsafe(), **os.environ, **self._own_address()}
        self.services: list[Service] = []

    @property
    def address(self) -> str:
        """What a person types into the browser."""
        return f"http://{_in_url(ALL_ADDRESSES.get(self.host, self.host))}:{self.port}/"

    def _own_address(self) -> dict[str, str]:
        """What the portal must be told of where it is served, beside what the environment says: links, and its host names."""
        served = [_in_url(ALL_ADDRESSES.get(self.host, self.host))]
        if self.host in ALL_ADDRESSES:
            served += [socket.gethostname(), *_addresses_of(socket.gethostname())]
        hosts = os.environ.get("ALLOWED_HOSTS") or "127.0.0.1,localhost,[::1]"
        return {
            "SITE_URL": os.environ.get("SITE_URL") or self.address.rstrip("/"),
            "ALLOWED_HOSTS": ",".join(dict.fromkeys([*hosts.split(","), *served])),
        }

    @contextlib.contextmanager
    def alone_in_this_folder(self) -> Any:
        """Hold var/ against a second start: two beats on one database would ring everything twice."""
        (self.folder / "static").mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing one
        with (self.folder / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise CannotRun(f"The portal already runs from this folder: {lock.read().strip()}") from None
            lock.truncate(0)
            lock.write(self.address)
            lock.flush()
            yield

    def start(self) -> None:
        """Start everything, wait until a page is served and the worker has answered beat, then say so."""
        try:
            is_free = port_is_free(self.host, self.port)
        except socket.gaierror:
            raise CannotRun(f"HOST={self.host} is neither an address nor a name that this machine knows.") from None
        if not is_free:
            raise CannotRun(
                f"Port {self.port} is taken by another program. Choose another one:\n\n"
                f"    PORT={self.port + 1000 if self.port < 64000 else 9000} python3 manage.py run\n"
            )
        broker = self._choose_broker()
        accounts = self._prepare()
        self._launch("web", *self._web_command())
        self._launch("worker", *_celery("worker"), "-Q", QUEUES, "-c", "2", "-n", "portal@%h", "--without-gossip")
        self._launch("beat", *_celery("beat"), "--pidfile=")
        print("Starting web, worker and beat …", flush=True)
        self._wait_until("serves a page", self._serves_a_page)
        self._wait_until("has a worker that answers beat", self._worker_beats)
        self._greet(broker, accounts)

    def watch(self) -> None:
        """Look after the processes; returns never. Raises CannotRun with the log's tail when one dies."""
        while True:
            self._all_alive()
            time.sleep(0.5)

    def stop(self) -> None:
        """End the processes in the reverse order of their start."""
        while self.services:
            self.services.pop().stop(seconds=15)

    def _choose_broker(self) -> str:
        """Make sure that there is a broker, tell it to the children, and name it in words."""
        given = self.environment.get("CELERY_BROKER_URL") or self.environment.get("REDIS_URL")
        if given:
            place = urlsplit(given)
            if place.hostname and not answers(place.port or 6379, host=place.hostname):
                raise CannotRun(f"REDIS_URL names {place.hostname}:{place.port or 6379}, and nothing answers there.")
            return f"Redis at {place.hostname}" if place.hostname else f"{place.scheme} as told"
        program = find_redis_server()
        if program is None:
            return "files in var/broker (no redis-server on this machine; slower, but nothing is lost)"
        try:
            redis = RedisServer(program, self.folder / "redis", log=self._log("redis"), keep_data=True)
        except RuntimeError as reason:
            raise CannotRun(str(reason)) from None
        self.services.append(redis)
        self.environment["REDIS_URL"] = redis.url
        return f"{program} on port {redis.port}"

    def _prepare(self) -> list[dict[str, str]]:
        """Migrate and so on in a child of its own; returns the demo's accounts."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "prepare"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        if done.returncode:
            raise CannotRun("The database could not be prepared; the reason stands above.")
        return list(json.loads(done.stdout.strip().splitlines()[-1]))

    def _web_command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "tdap_portal.wsgi:application"),
            *("--bind", f"{_in_url(self.host)}:{self.port}"),
            *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload", "--no-control-socket"),
            *("--graceful-timeout", "5"),
        ]

    def _launch(self, name: str, *command: str) -> None:
        self.services.append(Service(name, command, log=self._log(name), env=self.environment, cwd=ROOT))

    def _log(self, name: str) -> Path:
        """A fresh log file; the one of the last start stays beside it."""
        log = self.folder / "log" / f"{name}.log"
        if log.exists():
            log.replace(log.with_name(f"{name}.previous.log"))
        return log

    def _wait_until(self, what: str, holds: Any) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while not holds():
            self._all_alive()
            if time.monotonic() > until:
                tails = "\n\n".join(f"{service.log}:\n{service.tail(15)}" for service in self.services)
                raise CannotRun(f"After {SECONDS_TO_START} s the portal still not {what}.\n\n{tails}")
            time.sleep(0.3)

    def _all_alive(self) -> None:
        for service in self.services:
            if not service.is_alive:
                raise CannotRun(
                    f"The {service.name} died (exit code {service.process.returncode}), so everything is stopped. "
                    f"The end of {service.log}:\n\n{service.tail()}"
                )

    def _serves_a_page(self) -> bool:
        return self._get("", "text/html") is not None

    def _worker_beats(self) -> bool:
        told = self._get("health/", "application/json")
        return told is not None and any(line["name"] == "Worker" and line["ok"] for line in json.loads(told)["lines"])

    def _get(self, path: str, kind: str) -> str | None:
        headers = {"Accept": kind, "X-Health-Key": self.environment["HEALTH_KEY"]}
        request = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310  our own address
        with contextlib.suppress(OSError):
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                    return str(answer.read().decode())
            except urllib.error.HTTPError as problem:
                if problem.code == 503:  # the health page while something is still missing
                    return problem.read().decode()
                if problem.code >= 500:
                    raise CannotRun(
                        f"{request.full_url} answers {problem.code}. The end of its log:\n\n{self._named('web').tail()}"
                    ) from None
        return None

    def _named(self, name: str) -> Service:
        return next(service for service in self.services if service.name == name)

    def _greet(self, broker: str, accounts: list[dict[str, str]]) -> None:
        given = self.environment.get("DATABASE_URL")
        database = (
            urlsplit(given)._replace(netloc=urlsplit(given).hostname or "").geturl() if given else "SQLite in var/"
        )
        print(f"\nThe portal is ready:  {self.address}\n")
        print(f"    database  {database}")
        print(f"    broker    {broker}")
        print(f"    logs      {self.folder / 'log'}")
        if accounts:
            wide = max(len(account["role"]) for account in accounts)
            long = max(len(account["login"]) for account in accounts)
            print("\nWho can sign in (demo):\n")
            for account in accounts:
                print(f"    {account['role']:<{wide}}  {account['login']:<{long}}  {account['password']}")
        print("\nStop with Ctrl-C.", flush=True)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _addresses_of(name: str) -> list[str]:
    """All addresses of a name, as they stand in a URL; none where nobody knows it."""
    with contextlib.suppress(OSError):
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        return [_in_url(str(address[0]).partition("%")[0]) for *_kind, address in found]
    return []


def _celery(part: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-A", "tdap_portal.celery", part, "--loglevel", "INFO"]
