"""Seats kept for appeals: twenty seats, seventeen accepted, one offered, two kept, five firms that wait."""

from __future__ import annotations

import pytest

from selection.models import Offer, SeatAct
from selection.seats.offers import selectors, services, signing
from selection.states import OfferState, State
from tdap_portal.core.errors import DomainError, NotAllowed
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director

from . import world

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def round_(module_db):
    return world.composed(seats=20, reserve=2)


@pytest.fixture(scope="module")
def files(round_):
    found = {f"A{n}": row for n, row in enumerate(world.many(round_, State.SELECTED, 90, 17), start=1)}
    found["open"] = world.put(round_, State.SELECTED, 89, papers=False)
    for name, row in found.items():
        world.seat(row, accepted=name != "open")
    found |= {f"W{n}": world.put(round_, State.WAITLISTED, 70 - n) for n in range(1, 6)}
    world.deliver()
    return found


def sums_up(round_):
    round_.refresh_from_db()
    seats = selectors.ledger_of(round_)
    assert seats.accepted + seats.open + seats.unasked + seats.reserved + seats.free == 20
    return seats


def set_reserve(round_, number):
    act = signing.propose_reserve(actor=director(), round=round_, reserve=number, words="Appeals are decided.")
    signing.sign_act(actor=director(), act=act)
    world.deliver()


def test_a_reserve_above_the_house_is_refused_and_nobody_hears_of_it(round_, files):
    before = Message.objects.count()

    with pytest.raises(DomainError) as refusal:
        set_reserve(round_, 5)

    assert refusal.value.code == "more_than_seats"
    assert "3 seats more than there are" in str(refusal.value)
    assert (sums_up(round_).reserved, Message.objects.count()) == (2, before)


def test_what_fell_in_between_proposal_and_signature_is_looked_at_again(round_, files):
    act = signing.propose_reserve(actor=director(), round=round_, reserve=0, words="No appeals came.")
    SeatAct.objects.filter(pk=act.pk).update(value={"reserve": 5})

    with pytest.raises(DomainError) as refusal:
        signing.sign_act(actor=director(), act=SeatAct.objects.get(pk=act.pk))

    assert refusal.value.code == "more_than_seats"
    assert sums_up(round_).reserved == 2


def test_a_reserve_that_is_given_up_goes_to_exactly_as_many_as_wait_first(round_, files):
    assert sums_up(round_).free == 0

    set_reserve(round_, 0)
    assert world.names_with_seats(files) & {"W1", "W2", "W3", "W4", "W5"} == {"W1", "W2"}
    assert (sums_up(round_).free, sums_up(round_).open) == (0, 3)

    world.leave(selectors.seat_of(files["open"]))
    world.deliver()
    assert world.names_with_seats(files) & {"W1", "W2", "W3", "W4", "W5"} == {"W1", "W2", "W3"}
    assert (sums_up(round_).free, sums_up(round_).open, sums_up(round_).accepted) == (0, 3, 17)
    assert Offer.objects.get(application=files["W1"]).instead_of is None
    assert Offer.objects.get(application=files["W3"]).instead_of.application_id == files["open"].pk


def test_two_directors_sign_and_each_once(round_, files):
    first, second, third = director(), director(), director()
    act = signing.propose_reserve(actor=first, round=round_, reserve=1, words="One appeal is left.")
    assert signing.propose_reserve(actor=first, round=round_, reserve=1, words="One appeal is left.") == act
    with pytest.raises(DomainError) as waits:
        signing.propose_reserve(actor=second, round=round_, reserve=0, words="None is left.")
    assert waits.value.code == "waits_already"

    with pytest.raises(NotAllowed):
        signing.sign_act(actor=first, act=act)
    signing.sign_act(actor=second, act=act)
    signing.sign_act(actor=second, act=act)
    with pytest.raises(DomainError) as refusal:
        signing.sign_act(actor=third, act=act)
    assert refusal.value.code == "already_signed"
    assert sums_up(round_).reserved == 1


def test_an_act_that_is_returned_changes_nothing(round_, files):
    first = director()
    act = signing.propose_reserve(actor=first, round=round_, reserve=0, words="No appeals came.")
    signing.return_act(actor=director(), act=act, words="Two appeals are on their way.")
    world.deliver()

    with pytest.raises(DomainError):
        signing.sign_act(actor=director(), act=act)
    assert sums_up(round_).reserved == 2
    assert Message.objects.filter(to=first, template="seat_act.returned").count() == 1


def test_more_time_is_given_by_two_and_never_less(round_, files):
    offer = selectors.seat_of(files["open"])
    with pytest.raises(DomainError) as refusal:
        signing.propose_extension(actor=director(), offer=offer, deadline=offer.created_at, words="A flood.")
    assert refusal.value.code == "not_later"

    later = offer.deadline.replace(year=offer.deadline.year + 1)
    act = signing.propose_extension(actor=director(), offer=offer, deadline=later, words="A flood.")
    signing.sign_act(actor=director(), act=act)

    offer.refresh_from_db()
    assert (offer.deadline, offer.state) == (later, OfferState.OPEN)


def test_a_shortened_offer_needs_a_free_seat_and_states_its_own_deadline(round_, files):
    ends = selectors.seat_of(files["open"]).deadline
    with pytest.raises(DomainError) as refusal:
        signing.propose_short_offer(actor=director(), application=files["W2"], deadline=ends, words="Now or never.")
    assert refusal.value.code == "no_seat"

    services.give_back(actor=files["A1"].sme.created_by, offer=selectors.seat_of(files["A1"]), reason_code="no_time")
    act = signing.propose_short_offer(actor=director(), application=files["W2"], deadline=ends, words="Now or never.")
    signing.sign_act(actor=director(), act=act)
    world.deliver()

    made = selectors.seat_of(files["W2"])
    assert (made.deadline, made.is_short, made.from_place) == (ends, True, 2)
    assert selectors.seat_of(files["W1"]) is None
    assert sums_up(round_).free == 0
