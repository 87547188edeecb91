"""The same act by two hands at one moment, on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tests.factories.training import CohortFactory, ProgrammeFactory, TrainerFactory, programme_manager
from tests.selection.test_at_once import at_once
from training.cohorts import services as cohorts_services
from training.models import Absence, Cohort, Trainer
from training.programmes import selectors, services
from training.resources import services as resources_services

from .test_services import hours, trainer_values, values_of_cohort

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_a_plan_that_is_clicked_twice_at_once_is_one_cohort():
    programme, manager = ProgrammeFactory(modules=3), programme_manager()

    at_once(*[lambda: cohorts_services.create_cohort(actor=manager, programme=programme, **values_of_cohort())] * 4)

    assert list(Cohort.objects.values_list("code", flat=True)) == ["LHR-1"]
    assert Cohort.objects.get().sessions.count() == 3
    assert Event.objects.filter(name="cohort.created").count() == 1


def test_two_managers_who_plan_at_once_get_two_short_names():
    programme, people = ProgrammeFactory(modules=1), [programme_manager() for _person in range(2)]

    at_once(
        *[
            lambda who=who: cohorts_services.create_cohort(actor=who, programme=programme, **values_of_cohort())
            for who in people
        ]
    )

    assert set(Cohort.objects.values_list("code", flat=True)) == {"LHR-1", "LHR-2"}


def test_a_trainer_who_is_sent_twice_at_once_stands_once_in_the_list():
    manager = programme_manager()

    at_once(*[lambda: resources_services.create_trainer(actor=manager, **trainer_values())] * 4)

    assert Trainer.objects.count() == 1


def test_of_two_times_away_that_overlap_one_is_noted():
    manager, trainer = programme_manager(), TrainerFactory()
    times = [hours(10, 20), hours(15, 25)]

    found = at_once(
        *[lambda time=time: resources_services.note_absence(actor=manager, trainer=trainer, **time) for time in times]
    )

    assert Absence.objects.count() == 1
    assert found.count("overlaps") == 1


def test_modules_that_are_moved_at_once_keep_an_order():
    programme, manager = ProgrammeFactory(modules=3), programme_manager()
    first, _second, third = selectors.modules_of(programme)

    at_once(
        lambda: services.move_module(actor=manager, module=first, up=False, position=1),
        lambda: services.move_module(actor=manager, module=third, up=True, position=3),
    )

    assert [one.position for one in selectors.modules_of(programme)] == [1, 2, 3]


def test_a_cohort_that_is_opened_while_it_is_changed_stays_as_it_was_opened():
    manager, cohort = programme_manager(), CohortFactory()

    at_once(
        lambda: cohorts_services.open_cohort(actor=manager, cohort=cohort),
        lambda: cohorts_services.change_cohort(
            actor=manager, cohort=cohort, **values_of_cohort(ends_on=today() + timedelta(days=50))
        ),
    )

    names = list(Event.objects.filter(name__startswith="cohort.").order_by("pk").values_list("name", flat=True))
    assert names in (
        ["cohort.created", "cohort.opened"],
        ["cohort.created", "cohort.changed", "cohort.opened"],
    )
