"""What the demo shows of the training."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tdap_portal.accounts import demo as accounts_demo
from tdap_portal.core.calendar import today
from tdap_portal.core.demo import clock_at, moment
from training import demo
from training.models import Cohort, MaterialVersion, PracticalTask, Programme, QuestionVersion, Trainer, Venue

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_the_demo_plans_six_cohorts_that_trainers_and_rooms_can_be_found_for():
    people = accounts_demo.build()
    assert people.programme_manager
    day = today()
    with clock_at(moment(day - timedelta(days=demo.SET_UP), 10)):
        demo.set_up(people.programme_manager, day)

    cohorts = list(Cohort.objects.order_by("code"))
    assert [(row.code, row.state, row.sessions.count()) for row in cohorts] == [
        ("KHI-1", "open", 8),
        ("LHR-1", "open", 8),
        ("ONL-1", "open", 8),
        ("PEW-1", "open", 8),
        ("SKT-1", "open", 8),
        ("UET-1", "planned", 8),
    ]
    assert MaterialVersion.objects.count() == 2
    assert Programme.objects.get().assessment.questions_number == 5
    assert QuestionVersion.objects.count() == 8
    assert PracticalTask.objects.count() == 1
    trainers = list(Trainer.objects.all())
    for row in cohorts:
        room = Venue.objects.get(city=row.city)
        able = [one for one in trainers if row.language in one.languages and (not row.city or row.city in one.cities)]
        taught = {skill for one in able for skill in one.skills}
        for session in row.sessions.all():
            assert session.skill in taught, f"{row.code}: nobody teaches {session.title}"
            assert set(session.equipment) <= set(room.equipment)
        assert room.seats >= row.places
