"""Periodic work on appeals."""

from celery import shared_task

from . import services


@shared_task(name="selection.appeals")
def keep_appeals() -> None:
    services.draw_waiting()
    services.sound_alarms()
