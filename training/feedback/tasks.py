"""Periodic work on what people say of sessions."""

from celery import shared_task

from . import services


@shared_task(name="training.ask_feedback")
def ask_feedback() -> None:
    services.ask_those_who_came()
