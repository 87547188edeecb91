"""Periodic work on rounds and promised dates."""

from celery import shared_task

from . import services


@shared_task(name="selection.keep_calendar")
def keep_calendar() -> None:
    services.keep_calendar()


@shared_task(name="selection.redate")
def redate_open_files() -> None:
    services.redate_open_files()


@shared_task(name="selection.promise_alarms")
def promise_alarms() -> None:
    services.sound_promise_alarms()
