"""A firm acts on its place while something else of its cohort is written, on a real PostgreSQL: nobody waits for each other."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import OperationalError

from selection.models import Application
from selection.seats.offers import services as offers_services
from tests.factories.training_assessment import bank, module_of, rules, task
from tests.factories.training_places import owner_of, seated
from tests.selection.test_at_once import at_once
from tests.training.made import at, cohort, manager, place, programme, published
from training.assessment import services as assessment_services
from training.attendance import services as attendance_services
from training.certificates import services as certificates_services
from training.models import Attempt, Certificate, Place
from training.places import services
from training.practice import services as practice_services
from training.states import AttendanceStatus as Status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def whole_lock(pk: int) -> Application:
    """The lock of a file under which nothing can refer to it either."""
    return Application.objects.select_for_update(of=("self",)).select_related("round", "sme").get(pk=pk)


def answered(act):
    """What the act gives, or that the database ended it."""
    try:
        return act()
    except OperationalError:
        return "deadlock"


class Held:
    """A firm with an accepted seat and a place in a cohort whose only session is over and was attended."""

    def __init__(self) -> None:
        self.boss, self.offer = manager(), seated()
        course = programme()
        bank(module_of(course), 12, by=self.boss)
        self.cohort = cohort(programme=course)
        self.place = place(
            self.cohort, owner_of(self.offer), application=self.offer.application, asked_at=at("2026-03-01 09:00")
        )
        session = published(self.cohort, "2026-03-03 10:00")
        attendance_services.correct(
            actor=self.boss, session=session, place=self.place, status=Status.PRESENT, words="As on the roll"
        )

    def another_comes(self):
        return services.change_attendee(
            actor=owner_of(self.offer), application=self.offer.application, attendee="Asad Raza"
        )


def meet(monkeypatch, *at_them: tuple[object, str]) -> None:
    """The first call of each of these functions waits for the first of the others."""
    barrier = Barrier(len(at_them), timeout=20)
    for owner, name in at_them:
        real, waits = getattr(owner, name), iter([barrier.wait])

        def together(*args, real=real, waits=waits, **kwargs):
            if (wait := next(waits, None)) is not None:
                wait()
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, together)


@pytest.mark.parametrize("guarded", [True, False])
def test_another_person_is_named_while_certificates_are_issued(monkeypatch, guarded):
    held = Held()
    if not guarded:
        monkeypatch.setattr(offers_services, "locked_file", whole_lock)
    meet(monkeypatch, (services, "_locked"), (certificates_services, "_earned"))
    said = at_once(
        lambda: answered(held.another_comes),
        lambda: answered(lambda: certificates_services.issue_next(cohort_id=held.cohort.pk, actor=None)),
    )
    if not guarded:
        assert "deadlock" in said
        return
    assert said == [None, 1]
    assert (Place.objects.get().attendee, Certificate.objects.count()) == ("Asad Raza", 1)


@pytest.mark.parametrize("guarded", [True, False])
def test_another_person_is_named_while_a_try_is_begun(monkeypatch, guarded):
    held = Held()
    rules(held.cohort.programme, by=held.boss)
    if not guarded:
        monkeypatch.setattr(offers_services, "locked_file", whole_lock)
    meet(monkeypatch, (services, "_locked"), (assessment_services.selectors, "standing_of"))
    said = at_once(
        lambda: answered(held.another_comes),
        lambda: answered(lambda: assessment_services.begin(actor=owner_of(held.offer), place=held.place)),
    )
    if not guarded:
        assert "deadlock" in said
        return
    assert "deadlock" not in said
    assert (Place.objects.get().attendee, Attempt.objects.count()) == ("Asad Raza", 1)


def test_another_person_is_named_while_a_work_is_handed_in(monkeypatch):
    held = Held()
    asked = task(held.cohort.programme, by=held.boss)
    meet(monkeypatch, (services, "_locked"), (practice_services.selectors, "asked_of"))
    said = at_once(
        lambda: answered(held.another_comes),
        lambda: answered(
            lambda: practice_services.hand_in(actor=owner_of(held.offer), place=held.place, task=asked, text="Here.")
        ),
    )
    assert "deadlock" not in said
