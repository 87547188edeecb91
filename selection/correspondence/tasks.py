"""Periodic work on questions that wait for a firm."""

from celery import shared_task

from . import services


@shared_task(name="selection.remind_of_questions")
def remind_of_questions() -> None:
    services.remind_of_questions()


@shared_task(name="selection.pass_questions")
def pass_questions() -> None:
    services.pass_questions()
