"""How tasks travel: queues, clock, and what a killed worker or a dead broker leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib import import_module

import pytest
from celery.schedules import crontab
from django.conf import settings
from kombu.exceptions import OperationalError

from tdap_portal import celery
from tdap_portal.celery import app
from tdap_portal.core.pause import Pause


@pytest.mark.unit
def test_a_worker_knows_every_task_that_the_clock_rings():
    """Asked in a process of its own, as a worker is: here other tests have imported every module."""
    code = (
        "import json, django; django.setup(); from tdap_portal import celery; celery.app.loader.import_default_modules();"
        "rung = {bell['task'] for bell in celery.schedule(trade_key='a key').values()};"
        "print(json.dumps([len(rung), sorted(rung - set(celery.app.tasks))]))"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tdap_portal.settings.test"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    number, unknown = json.loads(done.stdout.splitlines()[-1])

    assert number > 10
    assert unknown == []


@pytest.mark.unit
def test_every_task_of_ours_has_a_name_with_a_subject_and_goes_to_a_queue_that_a_worker_reads():
    app.loader.import_default_modules()
    ours = sorted(name for name in app.tasks if not name.startswith("celery."))
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}

    assert [name for name in ours if name.count(".") != 1] == []
    assert {queue for queue in queues.values() if queue not in celery.QUEUES} == set()
    assert {
        name: queue for name, queue in queues.items() if name in ("audit.sweep", "notify.sweep", "trade.refresh")
    } == {
        "audit.sweep": "default",
        "notify.sweep": "notify",
        "trade.refresh": "trade",
    }


@pytest.mark.unit
def test_trade_figures_are_fetched_by_the_clock_only_with_a_key():
    with_key, without = celery.schedule(trade_key="k"), celery.schedule(trade_key="")

    assert set(with_key) - set(without) == {"fetch trade figures"}


@pytest.mark.unit
def test_sweeps_that_piled_up_while_no_worker_ran_expire():
    bells = celery.schedule(trade_key="").values()

    assert [
        bell["task"]
        for bell in bells
        if not isinstance(bell["schedule"], crontab) and bell["options"]["expires"] > max(60, bell["schedule"])
    ] == []
    assert str(app.timezone) == "Asia/Karachi"


@pytest.mark.unit
def test_no_ring_expires_before_a_worker_whose_clock_goes_ahead_has_seen_it():
    bells = celery.schedule(trade_key="k").values()
    assert min(bell["options"]["expires"] for bell in bells if "options" in bell) == 60


@pytest.mark.unit
def test_worker_takes_one_task_at_a_time_and_keeps_it_until_it_is_done():
    conf = {
        name: app.conf[name] for name in ("task_acks_late", "worker_prefetch_multiplier", "task_reject_on_worker_lost")
    }

    assert conf == {"task_acks_late": True, "worker_prefetch_multiplier": 1, "task_reject_on_worker_lost": True}


@pytest.mark.unit
def test_redis_gives_back_the_tasks_of_a_killed_worker_within_seconds_of_the_timeout(tmp_path):
    options = celery.transport_options("redis://127.0.0.1:6379/0", str(tmp_path))

    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] == 2
    assert options["visibility_timeout"] == celery.MAX_TASK_SECONDS
    assert list(tmp_path.iterdir()) == []


@pytest.mark.unit
def test_file_broker_finds_its_folders(tmp_path):
    options = celery.transport_options("filesystem://", str(tmp_path / "broker"))

    assert options["data_folder_in"] == options["data_folder_out"]
    assert sorted(folder.name for folder in (tmp_path / "broker").iterdir()) == ["control", "processed", "queue"]


@pytest.mark.unit
def test_a_task_is_ended_before_redis_gives_it_to_a_second_worker(tmp_path):
    visible = celery.transport_options("redis://127.0.0.1:6379/0", str(tmp_path))["visibility_timeout"]

    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit < visible


@pytest.fixture(params=["dead", "frozen"])
def broker_away(request):
    """A broker that refuses connections, or takes them and never answers."""
    from tests.conftest import broker_switched_to

    url = "redis://127.0.0.1:1/0" if request.param == "dead" else request.getfixturevalue("mute_redis_url")
    with broker_switched_to(url):
        yield


@pytest.mark.slow
def test_broker_that_is_away_costs_a_moment_not_a_hang_and_fifty_rings_no_more_than_one(broker_away):
    began = time.monotonic()
    for _ring in range(50):
        with pytest.raises(OperationalError):
            app.send_task("core.heartbeat")

    assert time.monotonic() - began < 4


@pytest.mark.slow
def test_health_is_told_within_seconds_while_the_broker_is_away(broker_away):
    from tdap_portal.core import selectors

    began = time.monotonic()

    assert selectors._broker().ok is False
    assert time.monotonic() - began < 4


@pytest.mark.redis
@pytest.mark.slow
def test_broker_that_is_back_is_rung_again_after_the_pause(redis_url, monkeypatch):
    from tests.conftest import broker_switched_to

    monkeypatch.setattr(app, "away", Pause(seconds=0.5))
    with broker_switched_to("redis://127.0.0.1:1/0"), pytest.raises(OperationalError):
        app.send_task("core.heartbeat")
    with broker_switched_to(redis_url):
        app.away.begin()
        with pytest.raises(OperationalError, match="not asked again yet"):
            app.send_task("core.heartbeat")
        time.sleep(0.6)
        app.send_task("core.heartbeat")


def ring_the_heartbeat_and_wait_for(worker) -> None:
    from tdap_portal.core.models import Heartbeat

    app.send_task("core.heartbeat")
    if worker.service.process.poll() is not None:
        worker.start()
    assert worker.service.wait_until(Heartbeat.objects.filter(name="worker").exists, seconds=30), worker.tail()


@pytest.mark.redis
@pytest.mark.slow
def test_worker_that_had_nothing_to_do_stayed_connected_and_writes_its_heartbeat(celery_real_worker):
    time.sleep(3 * celery.transport_options("redis://", "")["socket_timeout"])
    ring_the_heartbeat_and_wait_for(celery_real_worker)

    _start, ready, since = celery_real_worker.tail(200).partition("ready.")
    assert (ready, "onnection" in since) == ("ready.", False)


@pytest.mark.redis
@pytest.mark.slow
def test_task_sent_while_no_worker_runs_is_done_by_the_next_one(celery_real_worker):
    celery_real_worker.kill()
    ring_the_heartbeat_and_wait_for(celery_real_worker)


@pytest.mark.unit
def test_the_app_is_loaded_by_the_ground_and_not_by_the_package():
    """tdap_portal/__init__.py stays empty: otherwise every pure file would drag Django and Celery in."""
    assert (settings.BASE_DIR / "tdap_portal" / "__init__.py").read_text() == ""
    assert import_module("celery").current_app.main == "tdap_portal"
