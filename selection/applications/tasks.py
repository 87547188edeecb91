"""Periodic work on the counts of files."""

from celery import shared_task

from . import tallies


@shared_task(name="selection.fold_tallies")
def fold_tallies() -> None:
    while tallies.fold():
        pass


@shared_task(name="selection.check_tallies")
def check_tallies() -> None:
    tallies.check_all()
