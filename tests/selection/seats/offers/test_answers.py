"""Accepting, declining, giving back: by whom, until when, and once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.models import Application, Offer
from selection.seats.offers import overview, selectors, services
from selection.states import OfferState, State
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director
from tests.factories.smes import MemberFactory

from . import world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def round_(module_db):
    return world.composed(seats=3)


@pytest.fixture(scope="module")
def file(round_):
    return world.put(round_, State.SELECTED, 80)


@pytest.fixture
def offer(file):
    return world.seat(file)


def accept(offer, actor=None, **changed):
    actor = actor or offer.application.sme.created_by
    words = {"agreed": True, "typed_name": actor.name, "attendee": "Rabia Noor", **changed}
    return services.accept_offer(actor=actor, offer=offer, **words)


def past(offer):
    Offer.objects.filter(pk=offer.pk).update(deadline=timezone.now() - timedelta(seconds=1))


def test_an_owner_accepts_with_the_commitments_of_the_terms(offer, file):
    name = offer.application.sme.created_by.name

    accept(offer, typed_name=f"  {name.upper()}  ")

    offer.refresh_from_db()
    assert (offer.state, offer.attendee, offer.answered_by_id) == ("accepted", "Rabia Noor", file.sme.created_by_id)
    event = Event.objects.get(name="offer.accepted")
    assert (event.data["terms"], event.data["commitments"], event.data["deposit_paisa"]) == (1, 3, 0)
    assert Application.objects.get(pk=file.pk).state == State.SELECTED


def test_accepting_twice_is_once(offer):
    accept(offer)
    accept(offer, attendee="Somebody else")

    assert Event.objects.filter(name="offer.accepted").count() == 1
    assert Offer.objects.get(pk=offer.pk).attendee == "Rabia Noor"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"agreed": False}, "not_agreed"),
        ({"typed_name": "Somebody Else"}, "name_differs"),
        ({"typed_name": ""}, "name_differs"),
        ({"attendee": "  "}, "no_attendee"),
        ({"mode": "online"}, "unknown_choice"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_kept(offer, changed, code):
    with pytest.raises(DomainError) as refusal:
        accept(offer, **changed)

    assert refusal.value.code == code
    offer.refresh_from_db()
    assert (offer.state, offer.typed_name, offer.attendee) == ("open", "", "")


@pytest.mark.parametrize("role", ["preparer", "finance", None])
@pytest.mark.parametrize("act", ["accept", "decline", "give_back"])
def test_only_an_owner_answers(offer, file, role, act):
    other = MemberFactory(sme=file.sme, role=role).user if role else director()
    acts = {
        "accept": lambda: accept(offer, other),
        "decline": lambda: services.decline_offer(actor=other, offer=offer, reason_code="no_time"),
        "give_back": lambda: services.give_back(actor=other, offer=offer, reason_code="no_time"),
    }

    with pytest.raises(NotAllowed):
        acts[act]()

    assert Offer.objects.get(pk=offer.pk).state == OfferState.OPEN


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_an_answer_after_the_deadline_changes_nothing_and_says_until_when_it_was(offer, file, act):
    past(offer)

    acts = {
        "accept": lambda: accept(offer),
        "decline": lambda: services.decline_offer(actor=file.sme.created_by, offer=offer, reason_code="no_time"),
    }

    with pytest.raises(DomainError) as refusal:
        acts[act]()

    assert refusal.value.code == "too_late"
    assert "nothing was changed" in str(refusal.value)
    assert Offer.objects.get(pk=offer.pk).state == OfferState.OPEN
    assert Application.objects.get(pk=file.pk).state == State.SELECTED


def test_declining_frees_the_seat_for_a_coded_reason(offer, file):
    with pytest.raises(DomainError) as refusal:
        services.decline_offer(actor=file.sme.created_by, offer=offer, reason_code="a whim")
    assert refusal.value.code == "unknown_reason"

    for _twice in range(2):
        services.decline_offer(actor=file.sme.created_by, offer=offer, reason_code="too_far")

    assert Application.objects.get(pk=file.pk).state == State.GIVEN_BACK
    assert Event.objects.filter(name="offer.declined").count() == 1
    assert selectors.reasons_counted(Offer.objects.all()) == {"too_far": 1}


def test_an_accepted_seat_can_be_given_back_and_only_then(offer, file):
    owner = file.sme.created_by
    with pytest.raises(WrongState):
        services.give_back(actor=owner, offer=offer, reason_code="no_time")

    accept(offer)
    services.give_back(actor=owner, offer=offer, reason_code="no_time")
    world.deliver()

    assert Application.objects.get(pk=file.pk).state == State.GIVEN_BACK
    assert Message.objects.filter(template="application.given_back").count() == 1


def test_an_offer_that_was_taken_back_says_so_to_whoever_still_has_its_page_open(offer, file):
    services.take_back(offer=offer, actor=director(), words="The papers were another firm's.")

    with pytest.raises(WrongState) as refusal:
        accept(offer)

    assert "withdrawn on" in str(refusal.value)
    assert Event.objects.filter(name="offer.accepted").count() == 0


# -------------------------------------------------------------------------------------------------------- the clock


def test_an_offer_without_an_answer_ends_once_and_frees_its_seat(offer, file):
    assert services.expire_offers() == 0
    past(offer)

    assert (services.expire_offers(), services.expire_offers()) == (1, 0)

    assert Offer.objects.get(pk=offer.pk).state == OfferState.EXPIRED
    assert Application.objects.get(pk=file.pk).state == State.GIVEN_BACK


def run(offer, *, offered, ends):
    Offer.objects.filter(pk=offer.pk).update(created_at=timezone.now() + offered, deadline=timezone.now() + ends)


def test_a_firm_is_reminded_at_half_time_and_one_working_day_before_the_end_each_once(offer):
    day = timedelta(days=1)
    run(offer, offered=-4 * day, ends=20 * day)
    assert services.remind_of_offers() == 0

    run(offer, offered=-11 * day, ends=10 * day)
    assert (services.remind_of_offers(), services.remind_of_offers()) == (1, 0)
    run(offer, offered=-20 * day, ends=timedelta(hours=5))
    assert (services.remind_of_offers(), services.remind_of_offers()) == (1, 0)

    world.deliver()
    told = Message.objects.filter(template__in=["offer.half_time", "offer.ends_soon"])
    assert sorted(told.values_list("template", flat=True)) == ["offer.ends_soon", "offer.half_time"]


def test_a_reminder_that_was_missed_is_not_sent_beside_the_last_one(offer):
    run(offer, offered=-timedelta(days=20), ends=timedelta(hours=5))

    services.remind_of_offers()
    services.remind_of_offers()

    assert list(
        Event.objects.filter(name__startswith="offer.").exclude(name="offer.made").values_list("name", flat=True)
    ) == ["offer.ends_soon"]


def test_nobody_is_reminded_of_an_offer_that_was_answered_before_the_letter_was_written(offer):
    run(offer, offered=-timedelta(days=20), ends=timedelta(hours=5))
    services.remind_of_offers()
    accept(offer)

    world.deliver()

    assert not Message.objects.filter(template="offer.ends_soon").exists()


def test_a_director_reminds_once_a_day(offer):
    boss = director()
    services.remind_now(actor=boss, offer=offer)

    with pytest.raises(DomainError) as refusal:
        services.remind_now(actor=boss, offer=offer)

    assert refusal.value.code == "reminded_already"


def test_a_day_off_that_comes_up_lengthens_a_running_term_and_one_that_falls_away_does_not_shorten_it(offer):
    from tdap_portal.core.calendar import forget_closed_days
    from tdap_portal.core.models import ClosedDay

    day = timezone.localdate(offer.deadline)
    closed = ClosedDay.objects.create(day=day, is_open=False, name="Eid")
    forget_closed_days()
    assert services.lengthen_after_calendar() == 1
    longer = Offer.objects.get(pk=offer.pk).deadline
    assert longer > offer.deadline

    closed.delete()
    forget_closed_days()
    assert services.lengthen_after_calendar() == 0
    assert Offer.objects.get(pk=offer.pk).deadline == longer


# ----------------------------------------------------------------------------------------------------- making offers


def test_an_offer_is_made_once_for_a_decision(file):
    first, second = world.seat(file), world.seat(file)

    assert first == second
    assert Offer.objects.filter(application=file).count() == 1


def test_a_file_that_is_selected_alone_gets_its_offer_from_the_worker(file):
    assert services.offer_if_selected(application_id=file.pk) is not None
    assert services.offer_if_selected(application_id=file.pk) is None
    assert selectors.seat_of(file).from_place is None


def test_terms_are_versioned_and_an_offer_keeps_its_own(offer, round_):
    values = {
        name: getattr(offer.terms, name)
        for name in ("closing_hour", "last_moment", "short_days", "choices", "includes", "commitments", "deposit_paisa")
    }
    made = services.set_terms(actor=director(), round=round_, **values, term_days=3)

    assert made.version == 2
    assert services.set_terms(actor=director(), round=round_, **values, term_days=3) == made
    assert Offer.objects.get(pk=offer.pk).terms.version == 1


def test_reasons_of_few_firms_are_not_told_apart_in_public(round_, monkeypatch):
    counts = {"too_far": 9, "no_time": 6, "found_a_buyer": 3}
    monkeypatch.setattr(selectors, "reasons_counted", lambda _offers: counts)
    assert overview.reasons_in_public(round_) == [("Too far to travel", 9), ("other reasons", 9)]

    counts.pop("found_a_buyer")
    assert overview.reasons_in_public(round_) == [("Too far to travel", 9), ("No time for the training now", 6)]

    monkeypatch.setattr(selectors, "reasons_counted", lambda _offers: {"too_far": 4})
    assert overview.reasons_in_public(round_) == []
