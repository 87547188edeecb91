"""Who comes is a mere name until the training begins; from then on nobody takes over what another attended and tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import director
from tests.factories.training_assessment import bank, module_of, rules
from tests.factories.training_places import CohortFactory, owner_of, programme_manager, put, seated
from tests.training.made import manager
from training.assessment import selectors as assessment_selectors
from training.attendance import selectors as attendance_selectors
from training.attendance import services as attendance_services
from training.models import Attempt, Place, Session
from training.places import services
from training.states import AttendanceStatus as Status
from training.states import CohortState

pytestmark = pytest.mark.django_db


class Course:
    """A firm whose Rabia Noor has a place in a cohort with sessions that begin so many minutes from now."""

    def __init__(self, *begins: int) -> None:
        self.cohort = CohortFactory(code="LHR-1")
        self.offer = seated(attendee="Rabia Noor")
        self.file = self.offer.application
        self.owner = owner_of(self.offer)
        self.place = put(self.offer, self.cohort, minutes_ago=90_000)
        self.sessions = [self._session(number, begin) for number, begin in enumerate(begins)]

    def _session(self, number: int, begin: int) -> Session:
        starts_at = timezone.now() + timedelta(minutes=begin)
        return Session.objects.create(
            cohort=self.cohort, position=number + 1, title="A", minutes=60, skill="markets",
            starts_at=starts_at, ends_at=starts_at + timedelta(minutes=60),
        )  # fmt: skip

    def attended(self, number: int) -> None:
        attendance_services.correct(
            actor=manager(), session=self.sessions[number], place=self.place, status=Status.PRESENT, words="On the roll"
        )

    def name(self, attendee: str, **kwargs: bool) -> None:
        services.change_attendee(actor=self.owner, application=self.file, attendee=attendee, **kwargs)

    def hours(self, days: int = 0) -> tuple[int, int]:
        found = attendance_selectors.hours_of_files([self.file.pk], now=timezone.now() + timedelta(days=days))
        return int(found[self.file.pk].there), int(found[self.file.pk].held)


def test_before_the_training_begins_another_name_is_only_a_name():
    course = Course(31)
    course.name("Hamza Noor")
    course.place.refresh_from_db()
    assert (course.place.attendee, course.place.comes_since) == ("Hamza Noor", None)


def test_once_signs_can_be_taken_another_person_begins_anew_and_the_firm_is_told_first():
    course = Course(29)
    with pytest.raises(DomainError, match="What Rabia Noor attended and tried does not count") as refused:
        course.name("Hamza Noor")
    assert refused.value.code == "begins_anew"
    course.place.refresh_from_db()
    assert course.place.attendee == "Rabia Noor"


def test_what_somebody_else_attended_counts_for_nobody_and_what_follows_counts():
    course = Course(-3000, -1500, 1500)
    course.attended(0)
    course.attended(1)
    assert course.hours() == (120, 120)

    course.name("Hamza Noor", begins_anew=True)

    assert course.hours() == (0, 120)
    course.attended(2)
    assert course.hours(days=3) == (60, 180)
    (event,) = Event.objects.filter(name="place.attendee_changed")
    assert event.data == {"codes": ["LHR-1"], "begins_anew": True}


def test_the_same_name_written_otherwise_is_the_same_person():
    course = Course(-3000)
    course.attended(0)
    course.name("  RABIA   noor ")
    assert course.hours() == (60, 60)
    course.place.refresh_from_db()
    assert course.place.comes_since is None


def test_going_back_to_who_came_first_gives_nothing_back():
    course = Course(-3000)
    course.attended(0)
    course.name("Hamza Noor", begins_anew=True)
    course.name("Rabia Noor", begins_anew=True)
    assert course.hours() == (0, 60)


def test_a_firm_that_moves_takes_the_rule_along():
    course = Course(-3000)
    course.attended(0)
    course.name("Hamza Noor", begins_anew=True)
    other = CohortFactory(code="LHR-2")
    services.change_cohort(actor=course.owner, application=course.file, cohort=other)
    assert Place.objects.get(cohort=other).comes_since is not None
    assert course.hours() == (0, 60)


def test_a_cohort_that_is_called_off_is_no_way_round_it():
    course = Course(-3000)
    course.attended(0)
    course.cohort.state = CohortState.CANCELLED.value
    course.cohort.save()
    other = CohortFactory(code="LHR-2")
    services.take_place(actor=course.owner, application=course.file, cohort=other, attendee="Hamza Noor")
    assert course.hours() == (0, 60)


def test_tries_of_somebody_else_count_for_nobody():
    course = Course(-3000)
    bank(module_of(course.cohort.programme), 12)
    assessment = rules(course.cohort.programme)
    first = Attempt.objects.create(
        assessment=assessment, place=course.place, application=course.file, person=course.owner, number=1, seed=1,
        begun_at=timezone.now() - timedelta(hours=2), minutes=45, pass_mark=60, closes_at=timezone.now(),
        state="handed_in", closed_at=timezone.now(), points=9, possible=10, percent=90, is_passed=True,
    )  # fmt: skip
    assert assessment_selectors.standing_of_files([course.file.pk])[course.file.pk].result is not None
    assert assessment_selectors.standing_of(course.place).tries == [first]

    course.name("Hamza Noor", begins_anew=True)

    place = Place.objects.select_related("cohort__programme").get()
    assert assessment_selectors.standing_of_files([course.file.pk])[course.file.pk].result is None
    assert assessment_selectors.standing_of(place).tries == []


def test_a_name_that_was_written_wrongly_is_corrected_by_the_programme_manager_with_a_reason():
    course = Course(-3000)
    course.attended(0)
    for actor in (course.owner, director()):
        with pytest.raises(NotAllowed):
            services.correct_attendee(actor=actor, place=course.place, attendee="Rabea Noor", words="CNIC seen")
    with pytest.raises(DomainError, match="Write how you know"):
        services.correct_attendee(actor=programme_manager(), place=course.place, attendee="Rabea Noor", words=" ")
    for _twice in range(2):
        services.correct_attendee(
            actor=programme_manager(), place=course.place, attendee="Rabea Noor", words="CNIC seen"
        )
    course.place.refresh_from_db()
    assert course.place.attendee == "Rabea Noor"
    assert course.hours() == (60, 60)
    (event,) = Event.objects.filter(name="place.attendee_corrected")
    assert event.data == {"codes": ["LHR-1"], "words": "CNIC seen"}
    Place.objects.update(state="given_up")
    with pytest.raises(WrongState):
        services.correct_attendee(actor=programme_manager(), place=course.place, attendee="R", words="CNIC seen")


def test_the_firm_s_page_asks_for_the_tick_and_keeps_what_was_typed(client):
    course = Course(-3000)
    client.force_login(course.owner)
    url = f"/training/firm/{course.file.public_id}/place/"
    text = client.get(url).content.decode()
    assert "what Rabia Noor attended and tried does not count for them" in text
    answer = client.post(f"{url}attendee/", {"who": "other", "attendee": "Hamza Noor"})
    assert answer.status_code == 422
    assert 'value="Hamza Noor"' in answer.content.decode()
    answer = client.post(f"{url}attendee/", {"who": "other", "attendee": "Hamza Noor", "begins_anew": "on"})
    assert answer.status_code == 302
    course.place.refresh_from_db()
    assert course.place.attendee == "Hamza Noor"


def test_the_manager_corrects_on_the_roster_and_others_find_no_way(client):
    course = Course(-3000)
    url = f"/training/places/{course.cohort.public_id}/"
    client.force_login(director())
    assert "/name/" not in client.get(url).content.decode()
    assert client.get(f"{url}{course.place.public_id}/name/").status_code == 403
    client.force_login(programme_manager())
    assert f"{url}{course.place.public_id}/name/" in client.get(url).content.decode()
    answer = client.post(f"{url}{course.place.public_id}/name/", {"attendee": "Rabea Noor", "words": ""})
    assert answer.status_code == 422
    assert 'value="Rabea Noor"' in answer.content.decode()
    client.post(f"{url}{course.place.public_id}/name/", {"attendee": "Rabea Noor", "words": "CNIC seen"})
    assert "Rabea Noor" in client.get(url).content.decode()
    other = CohortFactory(code="KHI-1")
    assert client.get(f"/training/places/{other.public_id}/{course.place.public_id}/name/").status_code == 404
