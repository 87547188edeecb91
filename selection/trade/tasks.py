"""Imports of trade figures, as tasks of the queue "trade"."""

from celery import shared_task

from . import services


@shared_task(name="trade.work_off")
def work_off(*, run_id: int) -> None:
    services.work_off(run_id=run_id)


@shared_task(name="trade.refresh")
def refresh() -> None:
    """Called by beat each night where there is a key."""
    services.pull_comtrade(actor=None)


@shared_task(name="trade.sweep")
def sweep() -> None:
    services.sweep_runs()
