"""`manage.py run`: web, worker and beat as one group, with a broker of their own where none is given."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .processes import CannotRun, Service, answers, die_with_parent
from .redis import RedisServer, find_redis_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

ROOT = Path(__file__).resolve().parent.parent.parent
QUEUES = "default,trade,notify,scoring"
SECONDS_TO_START = 90
ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  whoever serves on all is asked on this one
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    """Run the portal until somebody stops it. Returns 0 after a clean stop, 1 when it could not start or go on."""
    parser = argparse.ArgumentParser(prog="manage.py run", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="also as PORT=9000")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="also as HOST=0.0.0.0")
    options = parser.parse_args(arguments)
    for number in STOP_SIGNALS:
        signal.signal(number, _ask_to_stop)
    portal = Portal(host=options.host, port=options.port)
    try:
        with portal.alone_in_this_folder():
            portal.start()
            portal.watch()
    except CannotRun as reason:
        portal.stop()
        print(f"\n{reason}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        portal.stop()
        print("Stopped. All data is kept; the next start takes seconds.", flush=True)
    return 0


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut the clean stop short, nor raise inside it.
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


class Portal:
    """The group of processes: redis (where needed), web, worker, beat, in the order of their start."""

    def __init__(self, *, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self.folder = Path(os.environ.get("VAR_DIR") or ROOT / "var")
        self.services: list[Service] = []
        name = _in_url(ALL_ADDRESSES.get(host, host))
        self.address = f"http://{name}:{port}/"  # what a person types into the browser
        # Whoever serves on all addresses is asked by names that nobody here can list.
        local = "127.0.0.1,localhost,[::1],*" if host in ALL_ADDRESSES else "127.0.0.1,localhost,[::1]"
        self.environment = {
            "HEALTH_KEY": secrets.token_urlsafe(),
            **os.environ,
            "SITE_URL": os.environ.get("SITE_URL") or self.address.rstrip("/"),
            "ALLOWED_HOSTS": f"{os.environ.get('ALLOWED_HOSTS') or local},{name}",
        }

    @contextlib.contextmanager
    def alone_in_this_folder(self) -> Iterator[None]:
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
        self._look_at_port()
        broker = self._choose_broker()
        accounts = self._prepare()
        self._launch("web", *self._web_command())
        celery = (sys.executable, "-m", "celery", "-A", "tdap_portal.celery")
        worker = ("worker", "--loglevel", "INFO", "-Q", QUEUES, "-c", "2", "-n", "portal@%h", "--without-gossip")
        self._launch("worker", *celery, *worker)
        self._launch("beat", *celery, "beat", "--loglevel", "INFO", "--pidfile=")
        print("Starting web, worker and beat …", flush=True)
        self._wait_until("serves a page", self._serves_a_page)
        self._wait_until("has a worker that answers beat", self._worker_beats)
        self._greet(broker, accounts)

    def watch(self) -> None:
        """Look after the processes; returns never. Raises CannotRun with the log's tail when one dies."""
        while True:
            self._check_alive()
            time.sleep(0.5)

    def stop(self) -> None:
        """End the processes in the reverse order of their start."""
        while self.services:
            self.services.pop().stop(seconds=15)

    def _look_at_port(self) -> None:
        """Raises CannotRun where nobody could listen, before anything is started."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            socket.create_server((self.host, self.port), family=family).close()
        except OSError as reason:
            raise CannotRun(
                f"Port {self.port} of {self.host} cannot be used: {str(reason.strerror).partition(' (')[0]}. "
                "Choose another one:\n\n"
                f"    PORT={self.port + 1000 if self.port < 64000 else 9000} python3 manage.py run\n"
            ) from None

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
        redis = RedisServer(program, self.folder / "redis", log=self._log("redis"), keep_data=True)
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
        return self.folder / "log" / f"{name}.log"

    def _wait_until(self, what: str, holds: Callable[[], bool]) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while not holds():
            self._check_alive()
            if time.monotonic() > until:
                raise CannotRun(f"After {SECONDS_TO_START} s the portal still not {what}.\n\n{self._tails()}")
            time.sleep(0.3)

    def _check_alive(self) -> None:
        for service in self.services:
            if not service.is_alive:
                raise CannotRun(
                    f"The {service.name} died (exit code {service.process.returncode}), so everything is stopped. "
                    f"The end of {service.log}:\n\n{service.tail()}"
                )

    def _tails(self) -> str:
        return "\n\n".join(f"{service.log}:\n{service.tail(15)}" for service in self.services)

    def _serves_a_page(self) -> bool:
        status, _text = self._get("/", "text/html")
        if status >= 500:
            raise CannotRun(f"{self.address} answers {status}.\n\n{self._tails()}")
        return 200 <= status < 400

    def _worker_beats(self) -> bool:
        status, text = self._get("/health/", "application/json")  # 503 while something is still missing
        lines = json.loads(text)["lines"] if status in (200, 503) else []
        return any(line["name"] == "Worker" and line["ok"] for line in lines)

    def _get(self, path: str, kind: str) -> tuple[int, str]:
        """Status and text of a page of our own, asked for past any proxy; (0, "") while nobody answers."""
        line = http.client.HTTPConnection(ALL_ADDRESSES.get(self.host, self.host), self.port, timeout=20)
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(line):
            line.request("GET", path, headers={"Accept": kind, "X-Health-Key": self.environment["HEALTH_KEY"]})
            answer = line.getresponse()
            return answer.status, answer.read().decode()
        return 0, ""

    def _greet(self, broker: str, accounts: list[dict[str, str]]) -> None:
        given = urlsplit(self.environment.get("DATABASE_URL", ""))
        database = given._replace(netloc=given.hostname or "").geturl() or "SQLite in var/"  # without its password
        print(f"\nThe portal is ready:  {self.address}\n")
        print(f"    database  {database}")
        print(f"    broker    {broker}")
        print(f"    logs      {self.folder / 'log'}")
        if accounts:
            role, login = (max(len(account[column]) for account in accounts) for column in ("role", "login"))
            print("\nWho can sign in (demo):\n")
            for account in accounts:
                print(f"    {account['role']:<{role}}  {account['login']:<{login}}  {account['password']}")
        print("\nStop with Ctrl-C.", flush=True)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
