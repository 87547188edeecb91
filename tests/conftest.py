"""Fixtures for every room. The servers behind them are started by tests/servers."""

from __future__ import annotations

import contextlib
import gc
import os
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from kombu import pools

from tdap_portal.runner.redis import RedisServer, find_redis_server
from tests.clock import no_clock
from tests.servers.chromium import FLAGS, find_chromium, libraries_of
from tests.servers.plugin import HOW_TO_GET
from tests.servers.sockets import close_sockets_to_the_world
from tests.servers.worker import RealWorker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# Files with such tests, and the walks over all addresses, take longest. They start first, so that both workers are busy
# to the end: by their names the walks would come last.
LONG = ("browser", "slow", "redis")
WALKS = ("test_matrix.py", "test_who_learns_what.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    long = {
        item.path for item in items if item.path.name in WALKS or any(item.get_closest_marker(mark) for mark in LONG)
    }
    items.sort(key=lambda item: item.path not in long)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session):
    """What day it is is asked by a test that runs, not by its module: between the two it may become midnight."""
    with no_clock():
        return (yield)


def pytest_collection_finish() -> None:
    """All tests stay to the end: what they hold need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine():
    with pytest.MonkeyPatch.context() as patch:
        close_sockets_to_the_world(patch)
        yield


@pytest.fixture(autouse=True)
def _in_english():
    """A page that was asked for in Urdu leaves its thread in Urdu; the next test starts in English."""
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _fresh_folders(settings, tmp_path: Path):
    """Files that a test writes land in its own temporary folder; the cache starts empty."""
    from django.core.cache import cache

    settings.VAR_DIR = tmp_path
    settings.VAULT_ROOT = tmp_path / "vault"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.SMS_DROP_FOLDER = str(tmp_path / "sent" / "sms")
    settings.EMAIL_FILE_PATH = str(tmp_path / "sent" / "mail")
    cache.clear()


PUT_BACK = pytest.StashKey["Callable[[], None]"]()
UNGUARDED = pytest.StashKey["Callable[[], AbstractContextManager[None]]"]()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, pytestconfig: pytest.Config):
    """A test that commits ends by emptying all tables, which PostgreSQL would refuse for history and the books. The rows that migrations made are
    kept: they are put back afterwards."""
    from django.core import serializers
    from django.db import connection

    def put_back() -> None:
        """Each under a number that the database gives, so that it counts on from there. A test that was skipped has emptied nothing."""
        with django_db_blocker.unblock():
            back = list(serializers.deserialize("json", rows))
            emptied = {model for model in {type(row.object) for row in back} if not model._base_manager.exists()}
            for row in back:
                if type(row.object) in emptied:
                    row.object.pk = None
                    row.save(force_insert=True)

    @contextmanager
    def unguarded() -> Iterator[None]:
        """SQLite empties a table row by row, which its guards refuse for the rules that migrations made: they are laid again afterwards."""
        if connection.vendor != "sqlite":
            yield
            return
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'payments_*_no_delete'"
            )
            guards = cursor.fetchall()
            for name, _sql in guards:
                cursor.execute(f"DROP TRIGGER {name}")
        yield
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            for _name, sql in guards:
                cursor.execute(sql)

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        rows = migrated_rows()
        pytestconfig.stash[PUT_BACK] = put_back
        pytestconfig.stash[UNGUARDED] = unguarded
        if connection.vendor == "postgresql":
            # a run without migrations has no triggers
            cursor.execute(
                r"SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE '%\_no\_truncate'"
            )
            for table, trigger in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def migrated_rows() -> str:
    """The portal's own rows of a database just migrated; Django makes those of its own apps again by itself."""
    from django.apps import apps
    from django.core import serializers

    models = [model for model in apps.get_models() if not model.__module__.startswith("django.")]
    return serializers.serialize("json", [row for model in models for row in model._base_manager.order_by("pk")])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    """Where a test that commits has emptied all tables, the next one finds what a new database holds. After the last one the
    database is gone."""
    if PUT_BACK not in item.config.stash or not commits(item):
        return (yield)
    with item.config.stash[UNGUARDED]():
        torn_down = yield
    if nextitem is not None:
        item.config.stash[PUT_BACK]()
    return torn_down


def commits(item: pytest.Item) -> bool:
    mark = item.get_closest_marker("django_db")
    asked = bool(mark and mark.kwargs.get("transaction"))
    return asked or not {"transactional_db", "live_server"}.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """For a fixture of scope="module" that builds rows: they stand until the file of tests ends.

    Each test works on them inside a savepoint of its own, so it may change them; it only has to read them anew (a row
    that another test changed in memory stays changed). Not for files with a transactional test: its end empties all.
    """
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory):
    """A real Redis with throw-away data, one a test process."""
    program = find_redis_server()
    if program is None:
        pytest.fail(f"not on this machine: {HOW_TO_GET['redis']}")
    folder = tmp_path_factory.mktemp("redis")
    server = RedisServer(program, folder, log=folder / "redis.log", keep_data=False)
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of a real, empty Redis."""
    import redis

    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture
def mute_redis_url():
    """The address of a Redis that takes connections and never answers, as one does that is frozen."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:  # the kernel takes them; nobody reads
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def real_broker(redis_url: str):
    """Tasks rung in this process go to the real Redis instead of running at once; gives its address."""
    with broker_switched_to(redis_url):
        yield redis_url


@contextlib.contextmanager
def broker_switched_to(url: str):
    """For a while tasks are not run at once but sent to this broker."""
    from tdap_portal.celery import app, transport_options

    wanted = {"broker_url": url, "broker_transport_options": transport_options(url, ""), "task_always_eager": False}
    before = {name: app.conf[name] for name in wanted}
    _switch(app, wanted)
    try:
        yield
    finally:
        _switch(app, before)


def _switch(app, conf: dict) -> None:
    pools.reset()  # kombu keeps them by address, the closed ones too
    app._pool = None
    app.amqp._producer_pool = None
    app.away.end()
    app.conf.update(conf)


@pytest.fixture
def celery_real_worker(real_broker: str, transactional_db, tmp_path: Path):
    """A real worker process on the real Redis and this test's database: .kill() .start() .stop() .tail()."""
    worker = RealWorker(
        environment={
            "DATABASE_URL": database_url(),
            "REDIS_URL": real_broker,
            "CELERY_TASK_ALWAYS_EAGER": "0",
            "VAR_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test",
        },
        log=tmp_path / "worker.log",
    ).start()
    yield worker
    worker.stop()


def database_url() -> str:
    """The address of the database that this test uses, for child processes."""
    from django.db import connection

    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    return f"postgres://{told['USER']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, playwright):
    """Playwright starts this machine's Chromium instead of looking for its own."""
    from django.db import connections

    program = find_chromium()
    if program is None:
        pytest.fail(f"not on this machine: {HOW_TO_GET['browser']}")
    environment = {**os.environ, **libraries_of(program)}
    yield {**browser_type_launch_args, "executable_path": str(program), "args": FLAGS, "env": environment}
    connections.close_all()  # beside the browser's event loop Django keeps connections of its own, closed by nobody else


@pytest.fixture(scope="session")
def base_url() -> str:
    """Empty: pytest-django's own fixture of this name is written in a way that pytest 9 warns of."""
    return ""


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict, live_server) -> dict:
    """Pages open paths of the running portal: page.goto("/check/")."""
    return {**browser_context_args, "base_url": live_server.url}


@pytest.fixture
def live_portal(live_server, page):
    """The portal on a free port, to be opened in Chromium: live_portal.url, with `page` beside it."""
    page.set_default_timeout(15_000)
    return live_server
