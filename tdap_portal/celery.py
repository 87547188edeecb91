"""The Celery app: how tasks travel, on which queue, and what rings by the clock. Tasks are named here, never imported."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init
from django.conf import settings
from kombu.exceptions import OperationalError
from kombu.transport import TRANSPORT_ALIASES

from tdap_portal.core.pause import Pause

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tdap_portal.settings.dev")

QUEUES = ("default", "trade", "notify", "scoring")
MAX_TASK_SECONDS = 60 * 60
MIN_EXPIRY_SECONDS = 60


# By its alias, since a broker's URL cannot name a class.
TRANSPORT_ALIASES["filesystem"] = "tdap_portal.core.file_broker:Transport"


class Portal(Celery):
    """Rings once at a broker that is away, then leaves it alone for some seconds: an act with fifty events, or a process
    with as many acts, waits for it once. Who rings sees the same error as from the broker; sweepers find what was not rung.
    """

    away = Pause(seconds=5)

    def send_task(self, *args: object, **kwargs: object) -> Any:
        if self.away.is_on:
            raise OperationalError(
                f"The broker did not answer within the last {self.away.seconds} s: not asked again yet."
            )
        try:
            return super().send_task(*args, **kwargs)
        except OperationalError:
            self.away.begin()
            raise


app = Portal("tdap_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def transport_options(broker_url: str, folder: str) -> dict[str, object]:
    """What kombu must be told about a broker.

    Redis gives the tasks of a killed worker to the next one within seconds of the visibility timeout (its own defaults
    sweep about every 100 s), and a Redis that is dead or frozen costs a request a moment, not a hang. `socket_timeout`
    is longer than the second for which a waiting worker asks at a time, so that idle workers stay connected. The file
    broker (`folder`) polls quickly, since with one task in hand at a time its default of a second a task would crawl.
    """
    if broker_url.startswith("filesystem"):
        for name in ("queue", "control", "processed"):
            (Path(folder) / name).mkdir(parents=True, exist_ok=True)
        return {
            "data_folder_in": str(Path(folder) / "queue"),
            "data_folder_out": str(Path(folder) / "queue"),
            "control_folder": str(Path(folder) / "control"),
            "processed_folder": str(Path(folder) / "processed"),
            "polling_interval": 0.05,
        }
    return {
        "visibility_timeout": MAX_TASK_SECONDS,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_timeout": 2,
        "socket_keepalive": True,
        "max_retries": 1,
        "interval_start": 0.1,
    }


def schedule(*, trade_key: str) -> dict[str, dict[str, object]]:
    """What beat rings. The sweeps carry an expiry: rings that piled up while no worker ran are not answered one by one.

    It is a minute at least: a worker compares it with its own clock, and one that goes a few seconds ahead of beat's
    would find every ring too old.
    """

    def every(seconds: int, task: str) -> dict[str, Any]:
        return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, MIN_EXPIRY_SECONDS)}}

    bells: dict[str, dict[str, object]] = {
        "note that the worker lives": every(10, "core.heartbeat"),
        "deliver lost events": every(5, "audit.sweep"),
        "seal the audit trail": every(5, "audit.seal"),
        "send waiting messages": every(5, "notify.sweep"),
        "read SMS that came in": every(30, "notify.read_inbound"),
        "blank SMS of weeks ago": {"task": "notify.blank_inbound", "schedule": crontab(hour=4, minute=35)},
        "go on with trade runs that were cut off": every(30, "trade.sweep"),
        "remind of papers that expire": {"task": "smes.remind_expiries", "schedule": crontab(hour=8, minute=0)},
        "end verifications with the papers they rest on": {
            "task": "smes.end_verifications",
            "schedule": crontab(hour=8, minute=5),
        },
        "look for doubled firms again": {
            "task": "smes.look_for_duplicates_again",
            "schedule": crontab(hour=2, minute=10),
        },
        "score what was not rung": every(60, "scoring.sweep"),
        "open and close rounds": every(30, "selection.keep_calendar"),
        "remind firms that a round closes": {
            "task": "selection.remind_of_closing",
            "schedule": crontab(hour="8-20", minute=20),
        },
        "remind firms of questions": {
            "task": "selection.remind_of_questions",
            "schedule": crontab(hour="8-20", minute=10),
        },
        "end offers whose day has passed": every(60, "selection.expire_offers"),
        "give on seats that are free": every(60, "selection.fill_free_seats"),
        "remind firms of offers": {"task": "selection.remind_of_offers", "schedule": crontab(hour="8-20", minute=40)},
        "give on places that are free": every(60, "training.give_free_places"),
        "ask for deposits that were not asked for": every(300, "training.ask_for_deposits"),
        "remind firms to choose a cohort": {
            "task": "training.remind_of_places",
            "schedule": crontab(hour=9, minute=15),
        },
        "ask how sessions were": {"task": "training.ask_feedback", "schedule": crontab(minute="*/5", hour="8-20")},
        "look who falls behind": {"task": "training.watch", "schedule": crontab(hour="2-6", minute=40)},
        "write to who falls behind": {"task": "training.nudge", "schedule": crontab(minute=50)},
        "say that the hours are out of reach": {
            "task": "training.say_out_of_reach",
            "schedule": crontab(minute="*/15"),
        },
        "let the clock go on after a question": {"task": "selection.pass_questions", "schedule": crontab(minute=15)},
        "restore files whose correction came too late": every(300, "selection.restore_submitted"),
        "fold the counts of the desk": every(15, "selection.fold_tallies"),
        "check the counts of the desk": {"task": "selection.check_tallies", "schedule": crontab(hour=1, minute=40)},
        "note papers that ran out": {
            "task": "selection.note_papers_past_their_day",
            "schedule": crontab(hour=0, minute=20),
        },
        "start and finish cohorts": every(60, "training.keep_cohorts"),
        "close tries whose time is up": every(60, "training.close_attempts"),
        "write the digests of partners": {
            "task": "training.write_board_digests",
            "schedule": crontab(hour="8-18", minute=45),
        },
        "work off notices of payments": every(5, "payments.work_off_notices"),
        "ask how payments stand": every(30, "payments.ask_providers"),
        "end payments whose day has passed": every(60, "payments.end_payments"),
        "send refunds": every(30, "payments.send_refunds"),
        "remind firms to pay": {"task": "payments.remind_of_payments", "schedule": crontab(hour="8-20", minute=5)},
        "look through the books": {"task": "payments.check_ledger", "schedule": crontab(hour=3, minute=20)},
        "forget what programs were answered": {
            "task": "payments.forget_answers",
            "schedule": crontab(hour=4, minute=15),
        },
        "end what lenders and firms let pass": {
            "task": "payments.look_at_cases",
            "schedule": crontab(hour="6-20", minute=35),
        },
        "warn firms of the last days of their proceeds": {
            "task": "payments.warn_of_last_days",
            "schedule": crontab(hour="9-17", minute=25),
        },
        "let nominations lapse": {"task": "selection.end_nominations", "schedule": crontab(minute=5)},
        "remind firms that were nominated": {
            "task": "selection.remind_nominees",
            "schedule": crontab(hour="8-20", minute=30),
        },
        "put promised dates right after a change of the calendar": every(300, "selection.redate"),
        "free addresses that nobody confirmed": {
            "task": "accounts.purge_unfinished",
            "schedule": crontab(hour=3, minute=15),
        },
        "let requests for roles lapse": {
            "task": "accounts.lapse_role_requests",
            "schedule": crontab(hour=5, minute=30),
        },
        "sweep halves of papers away": {"task": "smes.sweep_vault", "schedule": crontab(hour=4, minute=15)},
        "clear sessions that ran out": {"task": "accounts.clear_sessions", "schedule": crontab(hour=3, minute=45)},
        "warn of promises near their date": {"task": "selection.promise_alarms", "schedule": crontab(minute=5)},
        "draw directors for appeals, warn of their answers": {
            "task": "selection.appeals",
            "schedule": crontab(minute=20),
        },
    }
    if trade_key:
        bells["fetch trade figures"] = {"task": "trade.refresh", "schedule": crontab(hour=2, minute=30)}
    return bells


app.conf.update(
    broker_transport_options=transport_options(settings.CELERY_BROKER_URL, settings.CELERY_BROKER_FOLDER),
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2,
    # A broken broker must not hold a request: the sweeper sends again what could not be rung.
    task_publish_retry=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # Ended before Redis gives the task to somebody else as well; the soft one lets it clean up.
    task_soft_time_limit=MAX_TASK_SECONDS - 10 * 60,
    task_time_limit=MAX_TASK_SECONDS - 5 * 60,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_default_queue="default",
    task_routes={f"{name}.*": {"queue": name} for name in QUEUES if name != "default"},
    timezone=settings.TIME_ZONE,
    enable_utc=True,
    beat_schedule=schedule(trade_key=settings.COMTRADE_KEY),
    beat_schedule_filename=str(settings.VAR_DIR / "beat-schedule"),
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
)


@beat_init.connect
def ring_the_heartbeat_at_once(**_kwargs: object) -> None:
    """Who starts the portal learns in a second, not in ten, that beat reaches a worker."""
    app.send_task("core.heartbeat", queue="default")
