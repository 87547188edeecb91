"""Publishing, moving, calling off and asking for a proposal at one moment, on a real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError

from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.selection.test_at_once import at_once
from tests.training.made import at, cohort, manager, published, trainer, venue
from training.cohorts import services as cohorts_services
from training.cohorts import versions
from training.models import DraftSession, Session, SessionChange, TimetableProposal, TimetableVersion
from training.states import Happened
from training.timetable import proposals, selectors, services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


class Plan:
    """Two cohorts with a session each; that of the first is planned a week later."""

    def __init__(self) -> None:
        self.bosses = [manager(), manager()]
        self.teacher = UserFactory(language="en")
        self.hira = trainer(user=self.teacher)
        self.cohorts = [
            cohort(code=code, starts_on=date(2030, 4, 1), ends_on=date(2030, 6, 5), time_of_day="any")
            for code in ("ONE", "TWO")
        ]
        self.sessions = [
            published(row, f"2030-04-0{number} 09:30", trainer=self.hira, venue=venue(name=row.code))
            for number, row in enumerate(self.cohorts, 2)
        ]
        self.move(0, "2030-04-09 09:30")

    def move(self, number: int, when: str, *, boss: int = 0, seen: str | None = None) -> DraftSession:
        row = Session.objects.get(pk=self.sessions[number].pk)
        return services.move_session(
            actor=self.bosses[boss], session=row, starts_at=at(when), trainer=self.hira, venue=row.venue, seen=seen
        )

    def publish(self, boss: int = 0, expected: int | None = 0) -> TimetableVersion:
        return services.publish(actor=self.bosses[boss], expected=expected)

    def call_off(self, number: int) -> object:
        return cohorts_services.cancel_cohort(
            actor=self.bosses[1], cohort=self.cohorts[number], reason="The hall was flooded."
        )


def words(results: list[object]) -> Counter[str]:
    return Counter(one if isinstance(one, str) else type(one).__name__ for one in results)


def test_of_two_who_publish_at_once_one_is_told_and_everybody_hears_once():
    plan = Plan()
    with outbox.held_back():
        said = at_once(*[lambda boss=boss: plan.publish(boss) for boss in (0, 1, 0, 1)])
    assert words(said) == {"TimetableVersion": 1, "published_meanwhile": 3}
    at_once(*[outbox.deliver_all] * 3)
    assert TimetableVersion.objects.count() == SessionChange.objects.count() == 1
    assert Session.objects.get(pk=plan.sessions[0].pk).sequence == 1
    assert Message.objects.filter(template="timetable.published").count() == 1


def test_two_browsers_move_one_session_and_the_second_is_told():
    plan = Plan()
    seen = selectors.mark_of(selectors.board().get(pk=plan.sessions[0].pk))
    said = at_once(
        lambda: plan.move(0, "2030-04-10 09:30", seen=seen), lambda: plan.move(0, "2030-04-11 09:30", boss=1, seen=seen)
    )
    assert words(said) == {"DraftSession": 1, "moved_meanwhile": 1}


@pytest.mark.parametrize("guarded", [True, False])
def test_a_cohort_is_called_off_while_somebody_publishes(monkeypatch, guarded):
    """Each has a version of its own; without the lock of the plan both write the same number, and one act is lost."""
    plan = Plan()
    if not guarded:
        both, last = Barrier(2, timeout=20), versions.last_number

        def together() -> int:
            found = last()
            both.wait()
            return found

        for module in (services, versions):
            monkeypatch.setattr(module, "lock_plan", lambda: None)
        monkeypatch.setattr(services, "last_number", lambda: 0)
        monkeypatch.setattr(versions, "last_number", together)
    said = at_once(
        *[lambda act=act: kept(act) for act in (lambda: plan.publish(expected=None), lambda: plan.call_off(1))]
    )
    if not guarded:
        assert words(said)["IntegrityError"] == 1
        return
    assert "IntegrityError" not in words(said)
    assert list(TimetableVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
    assert Session.objects.filter(cancelled_at__isnull=False).get() == plan.sessions[1]


def test_a_cohort_that_is_called_off_twice_at_once_is_one_version_and_one_letter():
    plan = Plan()
    with outbox.held_back():
        at_once(*[lambda: plan.call_off(0)] * 4)
    outbox.deliver_all()
    assert (TimetableVersion.objects.count(), DraftSession.objects.count()) == (1, 0)
    assert Event.objects.filter(name=Happened.COHORT_CANCELLED).count() == 1
    assert Message.objects.filter(to=plan.teacher, template="timetable.published").count() == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_a_proposal_that_two_ask_for_at_once_is_worked_out_once(monkeypatch, guarded):
    plan = Plan()
    if not guarded:
        both, reads = Barrier(4, timeout=20), proposals.reading.read_problem

        def together():
            both.wait()
            return reads()

        monkeypatch.setattr(proposals, "lock_plan", lambda: None)
        monkeypatch.setattr(proposals.reading, "read_problem", together)
    with outbox.held_back():
        said = at_once(
            *[lambda boss=boss: proposals.ask_proposal(actor=boss, keeps_plan=True) for boss in plan.bosses * 2]
        )
    assert words(said) == {"TimetableProposal": 4}
    assert TimetableProposal.objects.count() == (1 if guarded else 4)


def kept(act):
    """What the database refuses, by its name."""
    try:
        return act()
    except IntegrityError as fault:
        return type(fault).__name__
