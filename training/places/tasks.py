"""Periodic work on places."""

from celery import shared_task

from . import giving


@shared_task(name="training.give_free_places")
def give_free_places() -> None:
    giving.sweep()


@shared_task(name="training.remind_of_places")
def remind_of_places() -> None:
    giving.remind_firms()
