"""A firm acts on its place while something else of its cohort is written, on a real PostgreSQL: nobody waits for each other."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import OperationalError

from selection.models import Application
from selection.seats.offers import services as offers_services
from tdap_portal.audit import outbox
from tdap_portal.notifications.models import Message
from tests.factories.training_assessment import bank, module_of, rules, task
from tests.factories.training_places import CohortFactory, owner_of, put, seated
from tests.selection.test_at_once import at_once
from tests.training.made import at, cohort, manager, place, programme, published
from training.assessment import services as assessment_services
from training.attendance import services as attendance_services
from training.certificates import services as certificates_services
from training.cohorts import services as cohorts_services
from training.models import Attempt, Certificate, Place
from training.places import giving, services
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
            actor=owner_of(self.offer), application=self.offer.application, attendee="Asad Raza", begins_anew=True
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


def test_firms_move_in_and_out_of_a_cohort_while_it_is_called_off():
    """By the act itself, which holds the whole plan: whoever was quicker, nobody keeps a place in it, and nobody waits crosswise."""
    boss, gone, stays = manager(), CohortFactory(), CohortFactory()
    inside, outside = [seated() for _ in range(4)], [seated() for _ in range(4)]
    for offer in inside:
        put(offer, gone)
    for offer in outside:
        put(offer, stays)

    def moves(offer, to):
        return lambda: answered(
            lambda: services.change_cohort(actor=owner_of(offer), application=offer.application, cohort=to)
        )

    with outbox.held_back():
        said = at_once(
            *[moves(offer, stays) for offer in inside],
            lambda: answered(
                lambda: cohorts_services.cancel_cohort(actor=boss, cohort=gone, reason="The hall was flooded.")
            ),
            *[moves(offer, gone) for offer in outside],
        )
    assert "deadlock" not in said
    outbox.deliver_all()
    giving.sweep()
    living = Place.objects.filter(state__in=["held", "waiting"])
    assert living.filter(cohort=gone).count() == 0
    assert living.filter(application__in=[offer.application for offer in outside]).exclude(cohort=stays).count() == 0


def test_certificates_that_two_ask_for_and_three_workers_issue_are_one_each():
    held = Held()
    with outbox.held_back():
        said = at_once(
            *[lambda: certificates_services.issue_for_cohort(actor=held.boss, cohort=held.cohort)] * 2,
            *[lambda: certificates_services.issue_next(cohort_id=held.cohort.pk, actor=held.boss)] * 3,
        )
    outbox.deliver_all()
    assert sum(one for one in said[2:] if isinstance(one, int)) == 1
    assert Certificate.objects.count() == 1
    assert Message.objects.filter(template="certificate.issued").count() == 1
