"""Periodic work on who falls behind."""

from celery import shared_task

from . import watching


@shared_task(name="training.watch")
def watch() -> None:
    watching.start_night()


@shared_task(name="training.nudge")
def nudge() -> None:
    watching.nudge_those_behind()
