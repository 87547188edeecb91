"""Delivering events and sealing history, as tasks of the worker."""

from celery import shared_task

from . import outbox, services


@shared_task(name="audit.deliver")
def deliver(*, event_id: int) -> None:
    outbox.deliver(event_id)


@shared_task(name="audit.sweep")
def sweep() -> None:
    outbox.deliver_due()


@shared_task(name="audit.seal")
def seal() -> None:
    while services.seal() == services.SEAL_CHUNK:
        pass
