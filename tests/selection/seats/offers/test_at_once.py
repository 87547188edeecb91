"""Fifty firms and twenty seats: whoever answers, signs, selects or gives on at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, local
from threading import Event as Signal

import pytest
from django.utils import timezone

from selection.models import Application, Offer, Round
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.seats.offers import promoting, selectors, services, signing
from selection.states import SEAT_HOLDING, OfferState, State
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Delivery, Event
from tests.factories.accounts import director
from tests.factories.selection import ApplicationFactory
from tests.factories.smes import verified_papers
from tests.selection import made
from tests.selection.test_at_once import at_once, until_somebody_waits_for_us

from . import world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
HOLDING = [state.value for state in SEAT_HOLDING]


def held(round_):
    return Application.objects.filter(round=round_, state=State.SELECTED).count()


def offers_held(round_):
    return Offer.objects.filter(round=round_, state__in=HOLDING).count()


def all_meet_after(monkeypatch, number, *functions, timeout):
    """Whoever has called one of these first waits for the others, as far as a lock lets them come; once."""
    barrier, met = Barrier(number), Signal()

    def meeting(call):
        def calls(*args, **kwargs):
            found = call(*args, **kwargs)
            if not met.is_set():
                with suppress(BrokenBarrierError):
                    barrier.wait(timeout)
                met.set()
            return found

        return calls

    for module, name in functions:
        monkeypatch.setattr(module, name, meeting(getattr(module, name)))


def without_the_lock(pk):
    return Round.objects.get(pk=pk)


def late_selection(file):
    words = {"outcome": "select", "reason_codes": ["ready_to_sell"], "words": "A strong file."}
    boss, basis = director(), review_selectors.basis_of(file)
    return lambda: review_services.decide(actor=boss, application=file, basis=basis, **words)


@pytest.mark.parametrize("guarded", [True, False])
def test_fifty_firms_that_race_for_twenty_seats_get_twenty(monkeypatch, guarded):
    round_ = world.composed(seats=20)
    taken = world.many(round_, State.SELECTED, 90, 20)
    offers = [world.seat(row, accepted=at < 10) for at, row in enumerate(taken)]
    waiting = [world.put(round_, State.WAITLISTED, 80 - at) for at in range(7)]
    waiting += world.many(round_, State.WAITLISTED, 60, 17)
    late = [made.in_state(ApplicationFactory(round=round_, scored=True), State.RECOMMENDED) for _ in range(6)]
    for file in late:
        verified_papers(file.sme)
    assert len(taken) + len(waiting) + len(late) == 50
    with outbox.held_back():  # four seats are free, and no worker has come yet
        for offer in offers[10:14]:
            world.leave(offer)
    owner = {offer.pk: offer.application.sme.created_by for offer in offers}

    def accepts(offer):
        actor = owner[offer.pk]
        return lambda: services.accept_offer(
            actor=actor, offer=offer, agreed=True, typed_name=actor.name, attendee="Rabia"
        )

    calls = [accepts(offer) for offer in offers[14:18]]
    calls += [lambda offer=offer: world.leave(offer) for offer in offers[18:]]
    calls += [late_selection(file) for file in late]
    calls += [lambda: promoting.fill_free_seats(round_id=round_.pk)] * 2
    monkeypatch.setattr(promoting, "_may_have_to", lambda _round: True)  # all count where the lock is
    counts = (selectors, "ledger_of"), (review_selectors, "free_places")
    all_meet_after(monkeypatch, len(late) + 1, *counts, timeout=1 if guarded else 30)
    if not guarded:
        monkeypatch.setattr(promoting, "locked_round", without_the_lock)
        monkeypatch.setattr(review_services, "locked_round", without_the_lock)

    at_once(*calls)
    if not guarded:
        assert held(round_) > 20
        return
    monkeypatch.undo()
    world.deliver()

    assert (held(round_), offers_held(round_)) == (20, 20)
    assert Offer.objects.filter(round=round_, state=OfferState.ACCEPTED).count() == 14
    assert Offer.objects.filter(round=round_, state=OfferState.DECLINED).count() == 6


def test_a_reserve_that_two_directors_sign_while_an_offer_is_declined_makes_three_offers_never_four():
    round_ = world.composed(seats=20, reserve=2)
    files = {f"A{n}": row for n, row in enumerate(world.many(round_, State.SELECTED, 90, 18))}
    offers = {name: world.seat(row, accepted=name != "A0") for name, row in files.items()}
    files |= {f"W{n}": world.put(round_, State.WAITLISTED, 70 - n) for n in range(1, 6)}
    act = signing.propose_reserve(actor=director(), round=round_, reserve=0, words="No appeals came.")
    bosses = [director(), director()]

    said = at_once(
        *[(lambda boss=boss: signing.sign_act(actor=boss, act=act)) for boss in bosses],
        lambda: world.leave(offers["A0"]),
        *[lambda: promoting.fill_free_seats(round_id=round_.pk)] * 2,
    )
    world.deliver()

    assert said.count("already_signed") == 1
    assert world.names_with_seats(files) >= {"W1", "W2", "W3"}
    assert world.waiting_names(round_, files) == ["W4", "W5"]
    assert (held(round_), Offer.objects.filter(round=round_, state=OfferState.OPEN).count()) == (20, 3)


def test_an_offer_that_is_accepted_declined_and_ended_at_once_has_one_end():
    round_ = world.composed(seats=1)
    row = world.put(round_, State.SELECTED, 90, papers=False)
    offer = world.seat(row)
    owner = row.sme.created_by
    accept = lambda: services.accept_offer(  # noqa: E731
        actor=owner, offer=offer, agreed=True, typed_name=owner.name, attendee="Rabia"
    )
    decline = lambda: services.decline_offer(actor=owner, offer=offer, reason_code="no_time")  # noqa: E731

    at_once(accept, decline, accept, decline)

    offer.refresh_from_db()
    ends = Event.objects.filter(name__in=["offer.accepted", "offer.declined"])
    assert [event.name for event in ends] == [f"offer.{offer.state}"]
    row.refresh_from_db()
    assert row.state == (State.SELECTED if offer.state == OfferState.ACCEPTED else State.GIVEN_BACK)


@pytest.mark.parametrize("guarded", [True, False])
def test_an_acceptance_in_time_is_not_ended_by_the_clock_that_runs_out_meanwhile(monkeypatch, guarded):
    """The worker finds the offer over while the answer of its owner, who was in time, is not kept yet."""
    row = world.put(world.composed(seats=1), State.SELECTED, 90, papers=False)
    offer, owner, clock = world.seat(row), row.sme.created_by, local()
    found_in_time, ended, requires_open = Signal(), Signal(), services._require_open
    moment = lambda: offer.deadline + timezone.timedelta(seconds=getattr(clock, "ahead", -1))  # noqa: E731
    monkeypatch.setattr(selectors, "database_now", moment)

    def stays_at_it(locked):
        requires_open(locked)
        found_in_time.set()
        until_somebody_waits_for_us() if guarded else ended.wait(timeout=20)

    def expires():
        clock.ahead = 1
        found_in_time.wait(timeout=20)
        try:
            return services._expire(offer.pk)
        finally:
            ended.set()

    monkeypatch.setattr(services, "_require_open", stays_at_it)
    if not guarded:
        monkeypatch.setattr(services, "locked_offer", offer_without_the_lock)
    accept = {"agreed": True, "typed_name": owner.name, "attendee": "Rabia"}

    said = at_once(lambda: services.accept_offer(actor=owner, offer=offer, **accept).state, expires)

    assert said == [OfferState.ACCEPTED, not guarded]
    ends = Event.objects.filter(name__in=["offer.accepted", "offer.expired"])
    assert ends.count() == (1 if guarded else 2)
    assert made.fresh(row).state == (State.SELECTED if guarded else State.GIVEN_BACK)


def offer_without_the_lock(offer):
    return Offer.objects.select_related("application__round", "application__sme", "terms", "round").get(pk=offer.pk)


def test_two_workers_end_and_remind_of_an_offer_once():
    round_ = world.composed(seats=2)
    ended, runs = (world.seat(world.put(round_, State.SELECTED, 90, papers=False)) for _ in range(2))
    moment = timezone.now()
    Offer.objects.filter(pk=ended.pk).update(deadline=moment)
    Offer.objects.filter(pk=runs.pk).update(
        created_at=moment - timezone.timedelta(days=9), deadline=moment + timezone.timedelta(hours=2)
    )

    done = at_once(*[services.expire_offers] * 2, *[services.remind_of_offers] * 2)

    assert sum(done) == 2
    assert Event.objects.filter(name="offer.expired").count() == 1
    assert Event.objects.filter(name="offer.ends_soon").count() == 1


def test_two_declines_worked_off_by_two_workers_give_the_best_pair():
    rules = [world.rule("province", "PK-BA", 1), world.rule("women_led", "yes", 1)]
    round_ = world.composed(seats=2, rules=rules)
    files = {
        "A": world.put(round_, State.SELECTED, 88, province="PK-BA", women_led=False, papers=False),
        "B": world.put(round_, State.SELECTED, 86, province="PK-PB", women_led=True, papers=False),
    }
    offers = [world.seat(row) for row in files.values()]
    for name, points, province, women_led in (
        ("W1", 78, "PK-PB", False),
        ("W2", 77, "PK-PB", True),
        ("W3", 70, "PK-BA", False),
        ("W4", 60, "PK-BA", True),
    ):
        files[name] = world.put(round_, State.WAITLISTED, points, province=province, women_led=women_led)

    with outbox.held_back():
        at_once(*[(lambda offer=offer: world.leave(offer)) for offer in offers])
    at_once(*[lambda: promoting.fill_free_seats(round_id=round_.pk)] * 2)

    assert world.names_with_seats(files) == {"W2", "W3"}


def test_a_worker_that_dies_leaves_nothing_half_done_and_a_lost_event_is_made_good(monkeypatch):
    round_ = world.composed(seats=2)
    files = {f"A{n}": world.put(round_, State.SELECTED, 90, papers=False) for n in range(2)}
    offers = [world.seat(row) for row in files.values()]
    files |= {f"W{n}": world.put(round_, State.WAITLISTED, 70 - n) for n in range(1, 4)}
    with outbox.held_back():
        for offer in offers:
            world.leave(offer)
    make, calls = services.make_offer, []

    def dies_at_the_second(**kwargs):
        calls.append(kwargs)
        if len(calls) == 2:
            raise SystemExit
        return make(**kwargs)

    monkeypatch.setattr(services, "make_offer", dies_at_the_second)
    with pytest.raises(SystemExit):
        promoting.fill_free_seats(round_id=round_.pk)
    assert (held(round_), offers_held(round_)) == (0, 0)
    monkeypatch.undo()

    Delivery.objects.all().delete()  # whatever the broker and the outbox held is gone
    promoting.sweep()
    promoting.sweep()

    assert world.names_with_seats(files) == {"W1", "W2"}
    assert (held(round_), offers_held(round_)) == (2, 2)
