"""Two tabs, two devices, two markers at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from collections import Counter

import pytest

from tdap_portal.audit.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.training_assessment import RIGHT, bank, module_of, rules, task
from tests.selection.test_at_once import at_once
from tests.training.made import cohort, manager, place, programme
from training.assessment import selectors, services
from training.assessment.services import Page
from training.models import Attempt, Marking, Place, Work
from training.practice import services as practice_services
from training.states import WorkState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def made() -> tuple[Place, list]:
    boss, course = manager(), programme()
    bank(module_of(course), 12, by=boss)
    rules(course, by=boss)
    task(course, by=boss)
    person = UserFactory()
    return place(cohort(programme=course), person), [boss, manager(), manager()]


def test_a_try_is_begun_once_however_often_it_is_clicked():
    held, _bosses = made()
    at_once(*[lambda: services.begin(actor=held.attendee_user, place=held)] * 8)
    assert Attempt.objects.count() == 1
    assert Attempt.objects.get().questions.count() == 10


def test_two_tabs_that_save_at_once_lose_no_answer():
    held, _bosses = made()
    attempt = services.begin(actor=held.attendee_user, place=held)

    def saves(number):
        page = Page({}, {number: frozenset({RIGHT})})
        return lambda: services.save(actor=held.attendee_user, attempt=attempt, page=page)

    at_once(*[saves(number) for number in range(1, 9)])
    assert sum(bool(row.chosen) for row in selectors.questions_of(attempt)) == 8


def test_handing_in_and_the_clock_close_a_try_once():
    held, _bosses = made()
    attempt = services.begin(actor=held.attendee_user, place=held)
    said = at_once(*[lambda: services.hand_in(actor=held.attendee_user, attempt=attempt)] * 6)
    assert Counter(type(one).__name__ for one in said) == {"Attempt": 6}
    assert Event.objects.filter(name="attempt.closed").count() == 1


def test_three_who_mark_at_once_are_two_marks_and_one_result():
    held, bosses = made()
    work = practice_services.hand_in(
        actor=held.sme.created_by, place=held, task=held.cohort.programme.practical_tasks.get(), text="Here."
    )

    def marks(boss):
        return lambda: practice_services.mark(actor=boss, work=work, levels=[2, 2], words="Good.")

    said = at_once(*[marks(boss) for boss in bosses])
    assert Counter(one for one in said if isinstance(one, str)) == {"wrong_state": 1}
    assert Marking.objects.count() == 2
    assert Work.objects.get().state == WorkState.ACCEPTED


def test_a_work_that_is_handed_in_twice_at_once_is_one():
    held, _bosses = made()
    asked = held.cohort.programme.practical_tasks.get()
    act = {"actor": held.sme.created_by, "place": held, "task": asked, "text": "Here."}
    at_once(*[lambda: practice_services.hand_in(**act)] * 6)
    assert Work.objects.count() == 1
