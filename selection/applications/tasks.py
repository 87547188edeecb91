"""Periodic work on what is kept of files: their counts, and how far their papers have come."""

from celery import shared_task

from tdap_portal.core.sweeping import one_by_one

from . import freezing, tallies


@shared_task(name="selection.fold_tallies")
def fold_tallies() -> None:
    while tallies.fold():
        pass


@shared_task(name="selection.check_tallies")
def check_tallies() -> None:
    tallies.check_all()


@shared_task(name="selection.note_papers_past_their_day")
def note_papers_past_their_day() -> None:
    """Every morning: a paper that ran out is missing from now on."""
    one_by_one(freezing.note_papers, freezing.firms_with_papers_past_their_day().iterator())
