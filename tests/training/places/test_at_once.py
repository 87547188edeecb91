"""Fifty firms and one place: whoever takes, moves, waits, leaves or is promoted at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction

from selection.seats.offers import services as offers_services
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tests.factories.selection import RoundFactory
from tests.factories.training_places import CohortFactory, fill, many_seated, move_to, owner_of, put, seated
from tests.selection.seats.offers.test_at_once import all_meet_after
from tests.selection.test_at_once import at_once
from training.models import Cohort, Place
from training.places import giving, selectors, services
from training.states import CohortState, PlaceState

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLIENTS = 50


def number(cohort, state="held"):
    return Place.objects.filter(cohort=cohort, state=state).count()


def takes(offer, cohort):
    actor, file = owner_of(offer), offer.application
    return lambda: services.take_place(actor=actor, application=file, cohort=cohort, attendee="Rabia Noor")


def moves(offer, cohort):
    actor, file = owner_of(offer), offer.application
    return lambda: services.change_cohort(actor=actor, application=file, cohort=cohort)


def gives_back(offer):
    return lambda: offers_services.give_back(actor=owner_of(offer), offer=offer, reason_code="no_time")


def without_the_lock(ids):
    return {row.pk: row for row in Cohort.objects.filter(pk__in=set(ids))}


@pytest.mark.parametrize("guarded", [True, False])
def test_the_last_place_is_taken_by_one_of_fifty_firms(monkeypatch, guarded):
    cohort = CohortFactory(places=3)
    fill(cohort, leaving=1)
    offers = many_seated(RoundFactory(), CLIENTS)
    all_meet_after(monkeypatch, 5, (selectors, "numbers_of"), timeout=1 if guarded else 30)
    if not guarded:
        monkeypatch.setattr(services, "locked_cohorts", without_the_lock)

    said = at_once(*[takes(offer, cohort) for offer in offers])

    if not guarded:
        assert number(cohort) > 3
        return
    assert number(cohort) == 3
    assert Counter(one for one in said if isinstance(one, str)) == {"full": CLIENTS - 1}
    assert Event.objects.filter(name="place.taken").count() == 1


def test_a_double_click_is_one_place_and_two_tabs_are_one_place():
    offer, first, second = seated(), CohortFactory(), CohortFactory()

    said = at_once(*[takes(offer, first)] * 4, *[takes(offer, second)] * 4)

    assert Place.objects.count() == 1
    assert Counter(one for one in said if isinstance(one, str)) == {"wrong_state": 4}


def test_a_place_is_not_taken_for_a_seat_that_is_given_back_at_the_same_moment():
    cohort = CohortFactory()
    offers = [seated() for _ in range(6)]

    at_once(*[takes(offer, cohort) for offer in offers], *[gives_back(offer) for offer in offers])
    outbox.deliver_all()

    assert Place.objects.filter(state__in=["held", "waiting"]).count() == 0


def test_firms_that_change_places_crosswise_do_not_wait_for_each_other_and_none_is_without_a_place():
    one, other = CohortFactory(places=8), CohortFactory(places=8)
    here, there = [seated() for _ in range(6)], [seated() for _ in range(6)]
    for offer in here:
        put(offer, one)
    for offer in there:
        put(offer, other)

    said = at_once(*[moves(offer, other) for offer in here], *[moves(offer, one) for offer in there])

    assert {one for one in said if isinstance(one, str)} <= {"full"}
    assert number(one) + number(other) == 12
    assert max(number(one), number(other)) <= 8
    held = Place.objects.filter(state="held").values_list("application", flat=True)
    assert set(held) == {offer.application_id for offer in (*here, *there)}


def test_places_that_come_free_at_once_go_to_as_many_firms_in_the_order_of_the_list():
    cohort = CohortFactory(places=6)
    holders = fill(cohort)
    waiting = [seated() for _ in range(8)]
    for at, offer in enumerate(waiting):
        put(offer, cohort, PlaceState.WAITING, minutes_ago=60 - at)
    newcomers = [seated() for _ in range(4)]
    with outbox.held_back():
        said = at_once(*[gives_back(offer) for offer in holders[:3]], *[takes(offer, cohort) for offer in newcomers])
    at_once(*[outbox.deliver_all] * 3)
    outbox.deliver_all()
    giving.sweep()

    assert [one for one in said if isinstance(one, str)] == ["full"] * 4
    assert number(cohort) == 6
    promoted = Place.objects.filter(cohort=cohort, state="held", application__in=[one.application for one in waiting])
    assert set(promoted.values_list("application", flat=True)) == {one.application_id for one in waiting[:3]}


def test_a_cohort_that_is_called_off_while_firms_take_its_places_ends_empty():
    cohort = CohortFactory()
    offers = [seated() for _ in range(8)]

    def calls_off():
        with transaction.atomic():
            row = Cohort.objects.select_for_update().get(pk=cohort.pk)
            move_to(row, CohortState.CANCELLED)
        giving.end_places_of_cohort(cohort_id=cohort.pk)

    at_once(*[takes(offer, cohort) for offer in offers], calls_off)
    giving.sweep()

    assert Place.objects.filter(state__in=["held", "waiting"]).count() == 0
