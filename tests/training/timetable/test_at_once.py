"""Two managers who plan at one moment, on a real PostgreSQL."""

from __future__ import annotations

from datetime import date
from threading import Barrier

import pytest

from tests.selection.test_at_once import at_once
from tests.training.made import at, cohort, manager, published, trainer, venue
from training.models import DraftSession
from training.timetable import services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def two_at_once() -> tuple[list[object], int]:
    """Two sessions given one trainer at one time: what each manager is answered, and how many are moved."""
    boss, hira = manager(), trainer()
    rows = []
    for code in ("ONE", "TWO"):
        of = cohort(code=code, starts_on=date(2030, 4, 1), ends_on=date(2030, 6, 5), time_of_day="any")
        room = venue(name=code)
        rows.append(published(of, "2030-04-02 09:30", trainer=trainer(name=code), venue=room))
    when = at("2030-04-09 09:30")

    def move(row):
        return services.move_session(actor=boss, session=row, starts_at=when, trainer=hira, venue=row.venue)

    results = at_once(*[lambda row=row: move(row) for row in rows])
    return [result if isinstance(result, str) else "moved" for result in results], DraftSession.objects.count()


def test_of_two_who_give_one_trainer_two_places_at_once_one_is_told():
    answers, moved = two_at_once()
    assert (sorted(answers), moved) == (["blocks", "moved"], 1)


def test_without_the_lock_both_are_kept(monkeypatch):
    """The control: what the lock is there for. Both read the plan before either has moved."""
    both = Barrier(2, timeout=20)
    reads = services.reading.read_problem

    def read_together(**kwargs):
        found = reads(**kwargs)
        both.wait()
        return found

    monkeypatch.setattr(services, "lock_plan", lambda: None)
    monkeypatch.setattr(services.reading, "read_problem", read_together)
    answers, moved = two_at_once()
    assert (answers, moved) == (["moved", "moved"], 2)
