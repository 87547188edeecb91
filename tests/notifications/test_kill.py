"""A worker that is killed in the middle: nothing is lost, and nothing comes twice where the provider knows the key."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tdap_portal.notifications import sending
from tdap_portal.notifications.models import Dispatch
from tests.conftest import database_url
from tests.factories.notifications import DispatchFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.slow]
ROWS = 300
ROOT = Path(__file__).resolve().parent.parent.parent
SENDER = "import django; django.setup(); from tdap_portal.notifications import sending; print(sending.send_due())"


@pytest.fixture
def sender(tmp_path, settings):
    """Starts a process that sends what is due, as a worker does, from this test's own database."""
    children = []

    def start(**environment):
        told = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(tmp_path),
            "CELERY_TASK_ALWAYS_EAGER": "0",
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "tdap_portal.settings.test"),
            **environment,
        }
        child = subprocess.Popen([sys.executable, "-W", "ignore", "-c", SENDER], cwd=ROOT, env=told)
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.wait()


def seed(count=ROWS, **kwargs):
    rows = Dispatch.objects.bulk_create(DispatchFactory.build_batch(count, **kwargs))
    return {row.public_id for row in rows}


def kill_at_a_third(child, count, rows=ROWS):
    """SIGKILL as soon as a third of the rows has arrived at the provider."""
    until = time.monotonic() + 60
    while count() < rows / 3:
        assert child.poll() is None, "the sender ended before it could be killed"
        assert time.monotonic() < until, "the sender is too slow"
        time.sleep(0.002)
    child.send_signal(signal.SIGKILL)
    child.wait()


def offered_again():
    """What the sweeper offers as soon as the server has seen that the sender is gone; no lease has run out."""
    until = time.monotonic() + 10
    while not (count := sending.sweep()):
        assert time.monotonic() < until, "the sweeper still waits for a dead sender"
        time.sleep(0.02)
    return count


def states():
    return Counter(Dispatch.objects.values_list("state", flat=True))


@pytest.fixture(autouse=True)
def _sweeps_only_offer(monkeypatch):
    """The second sender is a process of its own, too: rings of this process go nowhere."""
    monkeypatch.setattr(sending.services, "ring", lambda **_told: None)


def test_files_hold_every_sms_once_after_a_kill(sender, tmp_path):
    rows = 6450  # files are quick: a third of these is in the midst of a chunk
    keys = seed(rows)
    drop = tmp_path / "sent" / "sms"
    drop.mkdir(parents=True)
    kill_at_a_third(sender(), lambda: sum(1 for _file in drop.iterdir()), rows)
    assert keys > {file.stem for file in drop.glob("*.json")}, "the kill came too late to prove anything"
    assert 0 < offered_again() <= sending.CHUNK
    assert sender().wait() == 0
    assert {file.stem for file in drop.glob("*.json")} == keys
    assert states() == {"sent": rows}


def test_a_gateway_that_honours_keys_delivers_every_sms_once_after_a_kill(sender, gateway):
    gateway.seconds_each = 0.008
    keys = seed()
    told = {"SMS_GATEWAY_URL": gateway.url, "SMS_GATEWAY_TOKEN": "t"}
    kill_at_a_third(sender(**told), lambda: len(gateway.requests))
    assert offered_again() > 0
    assert sender(**told).wait() == 0
    assert set(gateway.delivered) == keys
    assert states() == {"sent": ROWS}
    # The control: without the key at the provider, people would have got these twice.
    assert len(gateway.requests) > ROWS


def test_a_mail_comes_at_most_once_too_often_for_each_kill(sender, smtp):
    smtp.seconds_each = 0.005
    keys = seed(channel="mail", address="fatima@example.pk", subject="S")
    told = {"EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}", "DJANGO_SETTINGS_MODULE": "tests.notifications.settings_smtp"}
    for times in (1, 2):
        kill_at_a_third(sender(**told), lambda times=times: len(smtp.mails) / times)
        offered_again()
    assert sender(**told).wait() == 0
    assert {name.partition("@")[0].strip("<") for name in smtp.mails} == keys
    assert len(smtp.mails) <= ROWS + 2
    assert states() == {"sent": ROWS}


def test_the_rows_of_a_living_sender_are_not_offered_to_others(sender, gateway):
    gateway.seconds_each = 0.02
    seed(100)
    child = sender(SMS_GATEWAY_URL=gateway.url, SMS_GATEWAY_TOKEN="t")
    swept = []
    while child.poll() is None:
        swept.append(sending.sweep())
    assert (sum(swept), states(), len(gateway.requests)) == (0, {"sent": 100}, 100)
    assert len(swept) > 10
