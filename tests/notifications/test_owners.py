"""The sign of life of whoever leases rows: it ends with the sender, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection, connections

from tdap_portal.notifications import owners
from tests.conftest import database_url

ROOT = Path(__file__).resolve().parent.parent.parent
ON_DUTY = """
import django; django.setup()
from tdap_portal.notifications import owners
with owners.on_duty() as owner:
    print(owner, flush=True)
    input()
"""
HERE = f"{socket.gethostname()[:40]}:{os.getpid()}"


@pytest.fixture
def child(tmp_path):
    """A process on duty on this test's database: its name, and the process."""
    told = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", ON_DUTY],
        cwd=ROOT,
        env=told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().strip(), process
    process.kill()
    process.communicate()


@pytest.mark.django_db
@pytest.mark.sqlite_leg
@pytest.mark.slow
def test_a_sender_is_gone_as_soon_as_it_was_killed_and_not_before(child):
    name, process = child
    assert owners.gone([name]) == []
    process.send_signal(signal.SIGKILL)
    if connection.vendor == "sqlite":
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, although nobody has asked for its exit code
        assert owners.gone([name]) == [name]
    process.wait()
    until = 200
    while owners.gone([name]) != [name]:
        until -= 1
        assert until
        threading.Event().wait(0.05)


@pytest.mark.django_db
@pytest.mark.sqlite_leg
def test_who_is_on_duty_is_not_gone_even_if_asked_by_itself():
    with owners.on_duty() as first, owners.on_duty() as second:
        assert first != second
        assert owners.gone([first, second]) == []


@pytest.mark.django_db
@pytest.mark.sqlite_leg
@pytest.mark.parametrize("name", ["", "dead", "host:12:cafe1234", "another-host:1/since:1:cafe1234"])
def test_of_whom_nothing_can_be_told_the_lease_decides(name):
    assert owners.gone([name]) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_end_of_duty_or_of_the_session_is_the_end_of_the_sign():
    with owners.on_duty() as name:
        pass
    assert owners.gone([name]) == [name]
    with owners.on_duty() as name:
        connection.close()
        assert owners.gone([name]) == [name]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_sender_in_another_session_is_seen():
    names, seen, over = [], threading.Event(), threading.Event()

    def work():
        with owners.on_duty() as name:
            names.append(name)
            seen.set()
            over.wait(10)
        connections.close_all()

    sender = threading.Thread(target=work)
    sender.start()
    seen.wait(10)
    assert owners.gone(names) == []
    over.set()
    sender.join()
    assert owners.gone(names) == names


def test_a_process_of_the_same_number_that_began_later_is_another_one():
    began = owners._began(os.getpid())
    assert owners._is_over(HERE.partition(":")[0], str(os.getpid()), str(began)) is False
    assert owners._is_over(HERE.partition(":")[0], str(os.getpid()), str(began - 1)) is True
