"""Taking a place, moving, waiting: what is done, and what is refused in words with nothing half done."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from selection.seats.offers import services as offers_services
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.selection import RoundFactory
from tests.factories.training_places import (
    CohortFactory,
    fill,
    member_of,
    move_to,
    owner_of,
    put,
    seated,
    taken_back,
)
from training.models import Place, PlaceReminder
from training.places import giving, permissions, selectors, services
from training.states import CohortState, PlaceState

pytestmark = pytest.mark.django_db


def take(offer, cohort, **kwargs):
    values = {"actor": owner_of(offer), "attendee": "Rabia Noor", **kwargs}
    return services.take_place(application=offer.application, cohort=cohort, **values)


def change(offer, cohort, **kwargs):
    return services.change_cohort(actor=owner_of(offer), application=offer.application, cohort=cohort, **kwargs)


def wait(offer, cohort, **kwargs):
    values = {"actor": owner_of(offer), "attendee": "Rabia Noor", **kwargs}
    return services.wait_for_place(application=offer.application, cohort=cohort, **values)


def stop(offer, cohort):
    services.stop_waiting(actor=owner_of(offer), application=offer.application, cohort=cohort)


def living(offer):
    """What the file holds and waits for: {short name of the cohort: state}."""
    rows = Place.objects.filter(application=offer.application, state__in=["held", "waiting"])
    return dict(rows.values_list("cohort__code", "state"))


def refused(code, act, *args, **kwargs):
    with pytest.raises(DomainError) as refusal:
        act(*args, **kwargs)
    assert (refusal.value.code, bool(str(refusal.value))) == (code, True)
    return refusal.value


def events(name):
    return list(Event.objects.filter(name=name).order_by("pk"))


def letters(offer, template):
    return Message.objects.filter(to=owner_of(offer), template=template)


# ------------------------------------------------------------------------------------------------------------- taking


def test_a_place_that_is_taken_says_who_comes_and_what_deposit_the_terms_ask_for():
    offer, cohort = seated(deposit=500_000), CohortFactory(code="LHR-3")

    row = take(offer, cohort, attendee="  Hamza   Noor ")

    assert (row.state, row.attendee, row.attendee_user, row.sme) == ("held", "Hamza Noor", None, offer.application.sme)
    (event,) = events("place.taken")
    assert (event.subject_id, event.actor) == (str(offer.application_id), owner_of(offer))
    assert event.data == {
        "place": row.public_id,
        "cohort": cohort.public_id,
        "code": "LHR-3",
        "offer": offer.public_id,
        "deposit_paisa": 500_000,
        "elsewhere": False,
        "promoted": False,
    }


def test_one_of_the_firms_people_comes_under_the_name_of_the_account():
    offer, cohort = seated(), CohortFactory()
    person = member_of(offer, "trainee", user__name="Hamza Noor")

    row = take(offer, cohort, attendee="Somebody", attendee_user=person)

    assert (row.attendee, row.attendee_user) == ("Hamza Noor", person)


def test_somebody_of_another_firm_is_not_taken_for_one_of_its_people():
    offer, cohort = seated(), CohortFactory()
    refused("unknown_person", take, offer, cohort, attendee_user=UserFactory())
    refused("no_attendee", take, offer, cohort, attendee="   ")
    assert living(offer) == {}


@pytest.mark.sqlite_leg
def test_a_second_click_is_the_same_place():
    offer, cohort = seated(), CohortFactory()
    assert take(offer, cohort) == take(offer, cohort)
    assert (Place.objects.count(), len(events("place.taken"))) == (1, 1)


@pytest.mark.sqlite_leg
def test_a_second_place_from_another_tab_is_refused_and_the_first_stays():
    offer, first, second = seated(), CohortFactory(code="LHR-1"), CohortFactory(code="LHR-2")
    take(offer, first)
    refusal = refused("wrong_state", take, offer, second)
    assert "a place in LHR-1 already" in str(refusal)
    assert living(offer) == {"LHR-1": "held"}


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (CohortState.PLANNED, "still being planned"),
        (CohortState.RUNNING, "has begun"),
        (CohortState.FINISHED, "is over"),
        (CohortState.CANCELLED, "was called off"),
    ],
)
@pytest.mark.parametrize("act", [take, wait, change])
def test_a_cohort_that_is_not_open_is_refused_in_words(act, state, says):
    offer, cohort = seated(), CohortFactory(code="LHR-2", state=state.value)
    if act is change:
        put(offer, CohortFactory(code="LHR-1"))
    assert says in str(refused("not_open", act, offer, cohort))
    assert living(offer) == ({"LHR-1": "held"} if act is change else {})


@pytest.mark.parametrize("act", [take, wait, change])
def test_a_cohort_of_another_round_is_refused(act):
    offer, cohort = seated(), CohortFactory(round=RoundFactory(), code="LHR-2")
    if act is change:
        put(offer, CohortFactory(code="LHR-1"))
    refused("other_round", act, offer, cohort)
    assert "LHR-2" not in living(offer)


def test_a_cohort_of_the_own_round_is_taken():
    offer = seated()
    assert take(offer, CohortFactory(round=offer.round)).state == PlaceState.HELD


@pytest.mark.parametrize("how", [{"city": "Karachi"}, {"mode": "online", "city": ""}])
def test_another_town_or_way_is_taken_only_where_the_firm_says_that_it_comes(how):
    offer, cohort = seated(), CohortFactory(code="KHI-1", **how)
    refused("elsewhere", take, offer, cohort)
    assert living(offer) == {}

    take(offer, cohort, agrees_elsewhere=True)

    assert living(offer) == {"KHI-1": "held"}
    assert events("place.taken")[0].data["elsewhere"] is True


def test_the_last_place_is_taken_and_the_next_firm_is_told_that_it_can_wait():
    cohort = CohortFactory(places=2)
    fill(cohort, leaving=1)
    take(seated(), cohort)
    late = seated()
    assert "You can wait for one" in str(refused("full", take, late, cohort))
    assert living(late) == {}


@pytest.mark.parametrize("act", [take, wait])
def test_a_file_without_an_accepted_seat_has_no_place(act):
    offer = taken_back(seated())
    refused("no_seat", act, offer, CohortFactory())
    assert Place.objects.count() == 0


def test_a_seat_that_was_given_back_a_moment_ago_has_no_place():
    offer, cohort = seated(), CohortFactory()
    offers_services.give_back(actor=owner_of(offer), offer=offer, reason_code="no_time")
    refused("no_seat", take, offer, cohort)  # with the file as the page had read it


# ---------------------------------------------------------------------------------------------------------------- who


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("preparer", True), ("finance", False), ("trainee", False)])
def test_owners_and_preparers_choose(role, may):
    offer, cohort = seated(), CohortFactory()
    person = owner_of(offer) if role == "owner" else member_of(offer, role)
    answer = permissions.can_choose(person, offer.application)
    assert (bool(answer), bool(str(answer.reason))) == (may, not may)
    if may:
        assert take(offer, cohort, actor=person).asked_by == person
    else:
        with pytest.raises(NotAllowed, match="owner or a preparer"):
            take(offer, cohort, actor=person)
        assert living(offer) == {}


@pytest.mark.parametrize(
    "act",
    [
        lambda **kwargs: services.take_place(attendee="x", **kwargs),
        services.change_cohort,
        lambda **kwargs: services.wait_for_place(attendee="x", **kwargs),
        services.stop_waiting,
        lambda cohort, **kwargs: services.change_attendee(attendee="x", **kwargs),
    ],
)
def test_every_act_asks_who_it_is(act):
    offer, cohort = seated(), CohortFactory()
    put(offer, CohortFactory())
    before = living(offer)
    for person in (member_of(offer, "trainee"), UserFactory()):
        with pytest.raises(NotAllowed):
            act(actor=person, application=offer.application, cohort=cohort)
    assert living(offer) == before
    assert Place.objects.get().attendee == "Rabia Noor"


# ------------------------------------------------------------------------------------------------------------- moving


def test_moving_is_one_act_and_the_same_person_comes():
    offer, first, second = seated(), CohortFactory(code="LHR-1"), CohortFactory(code="LHR-2")
    old = take(offer, first, attendee="Hamza Noor")

    new = change(offer, second)

    old.refresh_from_db()
    assert (old.state, old.ended_at is not None) == (PlaceState.CHANGED, True)
    assert (new.state, new.attendee, new.instead_of) == (PlaceState.HELD, "Hamza Noor", old)
    (event,) = events("place.changed")
    assert (event.data["was"], event.data["code"], event.data["freed"]) == ("LHR-1", "LHR-2", first.public_id)
    assert "deposit_paisa" not in event.data  # the same offer asks once


def test_moving_to_a_full_cohort_leaves_the_firm_where_it_is():
    offer, full = seated(), CohortFactory(places=1, code="LHR-2")
    put(offer, CohortFactory(code="LHR-1"))
    fill(full)
    refused("full", change, offer, full)
    assert living(offer) == {"LHR-1": "held"}


@pytest.mark.sqlite_leg
def test_moving_twice_is_once_and_back_again_is_a_new_place():
    offer, first, second = seated(), CohortFactory(code="LHR-1"), CohortFactory(code="LHR-2")
    take(offer, first)
    assert change(offer, second) == change(offer, second)
    back = change(offer, first)
    assert living(offer) == {"LHR-1": "held"}
    assert back.instead_of.cohort == second
    assert len(events("place.changed")) == 2


def test_there_is_nothing_to_move_without_a_place_or_out_of_a_cohort_that_is_over():
    offer, cohort = seated(), CohortFactory()
    refused("wrong_state", change, offer, cohort)
    put(offer, CohortFactory(code="LHR-1", state="finished"))
    assert "is over" in str(refused("wrong_state", change, offer, cohort))
    assert living(offer) == {"LHR-1": "held"}


def test_a_firm_moves_out_of_a_cohort_that_has_begun_and_its_former_place_stays_as_a_row():
    offer, cohort = seated(), CohortFactory(code="LHR-2")
    old = put(offer, CohortFactory(code="LHR-1", state="running"))
    change(offer, cohort)
    assert living(offer) == {"LHR-2": "held"}
    assert Place.objects.get(pk=old.pk).state == PlaceState.CHANGED


# ------------------------------------------------------------------------------------------------------------ waiting


@pytest.mark.sqlite_leg
def test_a_firm_waits_once_and_stops():
    offer, cohort = seated(), CohortFactory(places=1, code="LHR-1")
    fill(cohort)
    assert wait(offer, cohort) == wait(offer, cohort)
    assert (living(offer), len(events("place.waiting"))) == ({"LHR-1": "waiting"}, 1)

    stop(offer, cohort)
    stop(offer, cohort)

    assert living(offer) == {}
    (event,) = events("place.given_up")
    assert (event.data["why"], event.data["freed"]) == ("stopped", None)


def test_nobody_waits_where_a_place_is_free():
    offer, cohort = seated(), CohortFactory()
    refused("not_full", wait, offer, cohort)
    take(offer, cohort)
    refused("wrong_state", wait, offer, cohort)
    assert list(living(offer).values()) == ["held"]


def test_a_place_that_came_free_is_kept_for_who_waits():
    cohort = CohortFactory(places=1)
    (holder,) = fill(cohort)
    first, newcomer = seated(), seated()
    wait(first, cohort)
    with outbox.held_back():
        offers_services.give_back(actor=owner_of(holder), offer=holder, reason_code="no_time")
        giving.end_places_without_seat(application_id=holder.application_id)

    refused("full", take, newcomer, cohort)  # before any worker came
    wait(newcomer, cohort)
    outbox.deliver_all()

    assert (list(living(first).values()), list(living(newcomer).values())) == (["held"], ["waiting"])
    assert letters(first, "place.promoted").count() == 1
    assert letters(newcomer, "place.promoted").count() == 0


def test_whoever_waits_first_may_take_the_free_place_without_the_worker():
    cohort = CohortFactory(places=2)
    fill(cohort)
    first, second = seated(), seated()
    wait(first, cohort)
    wait(second, cohort)
    Place.objects.filter(cohort=cohort, state="held").first().delete()
    refused("full", take, second, cohort)
    assert take(first, cohort).state == PlaceState.HELD
    assert Place.objects.filter(application=first.application).count() == 1


def test_taking_another_place_ends_the_waiting_unless_the_firm_says_otherwise():
    full, other = CohortFactory(places=1, code="LHR-1"), CohortFactory(code="LHR-2")
    fill(full)
    leaves, stays = seated(), seated()
    for offer in (leaves, stays):
        wait(offer, full)

    take(leaves, other)
    take(stays, other, keeps_waiting=True)

    assert living(leaves) == {"LHR-2": "held"}
    assert living(stays) == {"LHR-2": "held", "LHR-1": "waiting"}


def test_a_firm_that_waits_beside_its_place_is_moved_in_one_act_and_its_place_goes_on():
    wanted, other = CohortFactory(places=1, code="LHR-1"), CohortFactory(places=1, code="LHR-2")
    (holder,) = fill(wanted)
    moves, next_ = seated(), seated()
    take(moves, other, attendee="Hamza Noor")
    wait(moves, wanted, attendee="Somebody")
    wait(next_, other)
    outbox.deliver_all()

    offers_services.give_back(actor=owner_of(holder), offer=holder, reason_code="no_time")
    outbox.deliver_all()

    assert living(moves) == {"LHR-1": "held"}
    row = Place.objects.get(application=moves.application, state="held")
    assert (row.attendee, row.instead_of.cohort, row.instead_of.state) == ("Hamza Noor", other, PlaceState.CHANGED)
    assert living(next_) == {"LHR-2": "held"}
    assert letters(moves, "place.promoted").count() == letters(next_, "place.promoted").count() == 1


def test_a_firm_whose_training_has_begun_is_not_moved_and_does_not_begin_to_wait():
    wanted, own = CohortFactory(places=1, code="LHR-1"), CohortFactory(code="LHR-2")
    (holder,) = fill(wanted)
    offer, next_ = seated(), seated()
    take(offer, own)
    wait(offer, wanted)
    wait(next_, wanted)
    outbox.deliver_all()
    move_to(own, CohortState.RUNNING)

    with outbox.held_back():
        offers_services.give_back(actor=owner_of(holder), offer=holder, reason_code="no_time")
    outbox.deliver_all()

    assert living(offer) == {"LHR-2": "held"}
    assert living(next_) == {"LHR-1": "held"}
    third = CohortFactory(places=1)
    fill(third)
    assert "has begun" in str(refused("wrong_state", wait, offer, third))


@pytest.mark.sqlite_leg
def test_who_waited_longest_is_first():
    cohort = CohortFactory(places=1)
    fill(cohort)
    late, early = seated(), seated()
    put(late, cohort, PlaceState.WAITING, minutes_ago=5)
    row = put(early, cohort, PlaceState.WAITING, minutes_ago=9)
    assert selectors.first_waiting(cohort.pk) == row
    assert selectors.number_on_list(row) == 1
    assert giving.give_free_place(cohort_id=cohort.pk) is None  # nothing is free


# --------------------------------------------------------------------------------------------- the seat or cohort ends


def test_a_seat_that_is_given_back_frees_its_place_and_ends_its_waiting():
    cohort, other = CohortFactory(code="LHR-1"), CohortFactory(places=1, code="LHR-2")
    fill(other)
    offer = seated()
    take(offer, cohort)
    wait(offer, other)

    offers_services.give_back(actor=owner_of(offer), offer=offer, reason_code="no_time")
    outbox.deliver_all()

    assert living(offer) == {}
    ends = {event.data["code"]: (event.data["why"], event.data["freed"]) for event in events("place.given_up")}
    assert ends == {"LHR-1": ("seat_gone", cohort.public_id), "LHR-2": ("seat_gone", None)}


@pytest.mark.sqlite_leg
def test_the_sweep_makes_good_what_lost_events_would_have_done():
    cohort, called_off = CohortFactory(places=1, code="LHR-1"), CohortFactory(code="LHR-2")
    (holder,) = fill(cohort)
    first, held_there, begun = seated(), seated(), CohortFactory(places=1, code="LHR-3")
    wait(first, cohort)
    take(held_there, called_off)
    fill(begun)
    late = seated()
    wait(late, begun)
    taken_back(holder)
    move_to(called_off, CohortState.CANCELLED)
    move_to(begun, CohortState.RUNNING)

    giving.sweep()

    assert (living(holder), living(held_there), living(late)) == ({}, {}, {})
    assert living(first) == {"LHR-1": "held"}
    assert giving.sweep() == 0


def test_a_cohort_that_is_called_off_frees_its_firms_who_are_told_once_and_choose_again(client):
    cohort, other = CohortFactory(places=1, code="LHR-1"), CohortFactory(code="LHR-2")
    holder, waits = seated(), seated()
    take(holder, cohort)
    wait(waits, cohort)
    outbox.deliver_all()
    move_to(cohort, CohortState.CANCELLED)

    giving.end_places_of_cohort(cohort_id=cohort.pk, reason="The hall is flooded.")
    giving.end_places_of_cohort(cohort_id=cohort.pk, reason="The hall is flooded.")
    outbox.deliver_all()

    assert (living(holder), living(waits)) == ({}, {})
    for offer in (holder, waits):
        letter = letters(offer, "place.cancelled").get()
        assert "The hall is flooded." in letter.body
        assert letter.url == f"/training/firm/{offer.application.public_id}/place/"
    assert take(holder, other).state == PlaceState.HELD


def test_a_place_in_a_cohort_that_was_called_off_a_moment_ago_does_not_stand_in_the_way():
    offer, cohort, other = seated(), CohortFactory(code="LHR-1"), CohortFactory(code="LHR-2")
    take(offer, cohort)
    move_to(cohort, CohortState.CANCELLED)

    take(offer, other)

    assert living(offer) == {"LHR-2": "held"}


def test_the_waiting_ends_with_words_when_the_cohort_begins():
    cohort, other = CohortFactory(places=1, code="LHR-1"), CohortFactory(places=1, code="LHR-2")
    (holder,) = fill(cohort)
    fill(other)
    late = seated()
    wait(late, cohort)
    wait(holder, other)
    outbox.deliver_all()
    move_to(cohort, CohortState.RUNNING)

    giving.end_places_of_cohort(cohort_id=cohort.pk)
    outbox.deliver_all()

    assert living(late) == {}
    assert living(holder) == {"LHR-1": "held"}
    assert letters(late, "place.begun").count() == 1


# ------------------------------------------------------------------------------------------------------------ who comes


def test_another_person_comes_to_the_place_and_to_what_is_waited_for():
    offer, cohort = seated(), CohortFactory(places=1, code="LHR-2")
    fill(cohort)
    take(offer, CohortFactory(code="LHR-1"))
    wait(offer, cohort)
    person = member_of(offer, "trainee", user__name="Hamza Noor")

    for _twice in range(2):
        services.change_attendee(
            actor=owner_of(offer), application=offer.application, attendee="", attendee_user=person
        )

    rows = Place.objects.filter(application=offer.application)
    assert {(row.attendee, row.attendee_user) for row in rows} == {("Hamza Noor", person)}
    (event,) = events("place.attendee_changed")
    assert event.data == {"codes": ["LHR-1", "LHR-2"], "begins_anew": False}


def test_nobody_comes_where_there_is_no_place():
    offer = seated()
    with pytest.raises(WrongState):
        services.change_attendee(actor=owner_of(offer), application=offer.application, attendee="Hamza Noor")


# ----------------------------------------------------------------------------------------------------------- reminders


@pytest.mark.sqlite_leg
def test_a_firm_without_a_place_is_reminded_once_after_three_working_days():
    CohortFactory()
    early, fresh, placed, waits = seated(days_ago=9), seated(), seated(days_ago=9), seated(days_ago=9)
    put(placed, CohortFactory())
    full = CohortFactory(places=1)
    fill(full)
    put(waits, full, PlaceState.WAITING)

    assert (giving.remind_firms(), giving.remind_firms()) == (1, 0)
    outbox.deliver_all()

    assert list(PlaceReminder.objects.values_list("application", flat=True)) == [early.application_id]
    assert letters(early, "place.reminded").count() == 1
    assert not any(letters(offer, "place.reminded").exists() for offer in (fresh, placed, waits))


def test_nobody_is_reminded_where_no_open_cohort_fits():
    seated(days_ago=9)
    CohortFactory(city="Karachi")
    CohortFactory(state="planned")
    CohortFactory(round=RoundFactory())
    assert giving.remind_firms() == 0


def test_whoever_chose_before_the_letter_was_written_is_not_reminded():
    cohort, offer = CohortFactory(), seated(days_ago=9)
    with outbox.held_back():
        giving.remind_firms()
        take(offer, cohort)
    outbox.deliver_all()
    assert not letters(offer, "place.reminded").exists()


@pytest.mark.parametrize(
    ("on", "accepted_before"),
    [
        (date(2026, 11, 24), date(2026, 11, 20)),  # Tuesday is the third working day after Thursday
        (date(2026, 11, 25), date(2026, 11, 23)),  # and Wednesday after Friday and the weekend
    ],
)
def test_working_days_are_counted_not_days(monkeypatch, on, accepted_before):
    monkeypatch.setattr(giving, "today", lambda: on)
    assert timezone.localdate(giving._accepted_before()) == accepted_before
