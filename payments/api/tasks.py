"""Answers that were kept for programs do not stay."""

from celery import shared_task

from . import idempotency


@shared_task(name="payments.forget_answers")
def forget_answers() -> None:
    idempotency.forget_old()
