"""Periodic work on who falls behind."""

from celery import shared_task

from . import reaching, watching


@shared_task(name="training.watch")
def watch() -> None:
    watching.start_night()


@shared_task(name="training.nudge")
def nudge() -> None:
    watching.nudge_those_behind()


@shared_task(name="training.say_out_of_reach")
def say_out_of_reach() -> None:
    reaching.look_at_ended()
