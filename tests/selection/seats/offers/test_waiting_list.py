"""A seat comes free under rules: who gets it, who hears of it, and what the others read."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from selection.intake import services as intake_services
from selection.models import Application, Decision, Offer, PromotionHalt, RoundDecision
from selection.rounds import services as rounds_services
from selection.seats.deciding import services as deciding_services
from selection.seats.offers import promoting, selectors, services, wording
from selection.states import OfferState, State
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director
from tests.factories.selection import RoundFactory

from . import world

pytestmark = pytest.mark.django_db

RULES = (
    world.rule("province", "PK-BA", 1),
    world.rule("women_led", "yes", 2),
    world.rule("sector", "surgical", 2, is_floor=False),
)
SEATS = (
    ("F01", 88, "Punjab", False, "surgical"),
    ("F02", 86, "Punjab", True, "textiles"),
    ("F03", 84, "Sindh", False, "surgical"),
    ("F05", 80, "Sindh", False, "sports_goods"),
    ("F06", 79, "KP", False, "gems_jewellery"),
    ("F04", 71, "Balochistan", True, "carpets"),
)
WAITING = (
    ("W1", 78, "Punjab", False, "surgical"),
    ("W2", 77, "Punjab", True, "textiles"),
    ("W3", 75, "Balochistan", False, "surgical"),
    ("W4", 70, "Balochistan", False, "carpets"),
    ("W5", 69, "Balochistan", True, "textiles"),
    ("W6", 66, "Balochistan", True, "gems_jewellery"),
)


@pytest.fixture(scope="module")
def round_(module_db):
    return world.composed(seats=6, rules=RULES)


@pytest.fixture(scope="module")
def files(round_):
    found = {}
    for state, rows in ((State.SELECTED, SEATS), (State.WAITLISTED, WAITING)):
        for name, points, province, women_led, sector in rows:
            columns = {"province": world.PROVINCES[province], "women_led": women_led, "sector": sector}
            found[name] = world.put(round_, state, points, **columns)
            if state == State.SELECTED:
                world.seat(found[name])
    world.deliver()
    return found


def decline(*rows):
    for row in rows:
        world.leave(selectors.seat_of(row))


def told_of_a_seat():
    return set(Message.objects.filter(template="application.selected").values_list("to", flat=True))


def test_the_next_in_line_is_who_keeps_the_rules_and_the_others_read_which_one_passed_them_over(round_, files):
    before = told_of_a_seat()

    decline(files["F04"])
    world.deliver()

    offer = selectors.seat_of(files["W5"])
    assert offer is not None
    assert (offer.from_place, offer.instead_of.application_id) == (5, files["F04"].pk)
    assert Decision.objects.filter(application=files["W5"]).latest("pk").reason_codes == ["moved_up"]
    assert world.waiting_names(round_, files) == ["W1", "W2", "W3", "W4", "W6"]
    assert told_of_a_seat() - before == {files["W5"].sme.created_by_id}
    found = selectors.why_passed_over(round_, [row.pk for row in files.values()])
    codes = {name: found[files[name].pk] for name in ("W1", "W2", "W3", "W4", "W6")}
    assert codes == {
        "W1": "province:PK-BA:floor",
        "W2": "province:PK-BA:floor",
        "W3": "sector:surgical:cap",
        "W4": "women_led:yes:floor",
        "W6": "",
    }
    assert "Balochistan" in wording.why_passed_over(round_, codes["W1"])
    assert "no more seats" in wording.why_passed_over(round_, codes["W3"])
    assert PromotionHalt.objects.count() == 0


@pytest.mark.parametrize("order", [("F04", "F02"), ("F02", "F04")])
@pytest.mark.parametrize("at_once", [True, False])
def test_two_declines_in_either_order_give_the_same_two_the_seats(round_, files, order, at_once):
    for name in order:
        decline(files[name])
        if not at_once:
            world.deliver()
    world.deliver()

    assert {"W5", "W2"} < world.names_with_seats(files)
    assert world.waiting_names(round_, files) == ["W1", "W3", "W4", "W6"]


def test_a_seat_that_nobody_fits_stays_open_and_directors_read_which_rules_keep_it(round_, files):
    boss = director()
    for name in ("W5", "W6"):
        intake_services.withdraw_application(actor=files[name].sme.created_by, application=files[name])

    decline(files["F04"])
    world.deliver()

    assert selectors.ledger_of(round_).free == 1
    assert world.waiting_names(round_, files) == ["W1", "W2", "W3", "W4"]
    halt = selectors.halt_of(round_)
    assert (halt.reason, halt.seats) == ("rules", 1)
    text = Message.objects.get(to=boss, template="waiting_list.halted").body
    assert "Balochistan, at least 1" in text
    assert "Women-led, at least 2" in text
    assert "Women-led: 1 instead of 2" in text
    promoting.sweep()
    assert Message.objects.filter(to=boss, template="waiting_list.halted").count() == 1


def test_who_declined_does_not_come_back_and_has_no_place(round_, files):
    decline(files["F04"])
    world.deliver()
    decline(files["W5"])
    world.deliver()

    assert Application.objects.get(pk=files["F04"].pk).state == State.GIVEN_BACK
    assert {"W6"} < world.names_with_seats(files)
    assert "F04" not in world.waiting_names(round_, files)


def test_nobody_moves_up_while_a_decision_of_the_round_is_being_carried_out(round_, files):
    first, second = director(), director()
    RoundDecision.objects.create(
        round=round_, sent_by=first, words="x", basis="1" * 64, signed_by=second, signed_at=round_.created_at
    )

    decline(files["F04"])
    world.deliver()

    assert selectors.ledger_of(round_).free == 1
    assert PromotionHalt.objects.count() == 0


def test_files_decided_one_by_one_wait_until_the_round_is_final():
    round_ = RoundFactory(seats=2)
    files = {"A": world.put(round_, State.SELECTED, 80), "B": world.put(round_, State.WAITLISTED, 70)}
    files["C"] = world.put(round_, State.SELECTED, 60)
    world.in_review(round_)
    decline_of = world.seat(files["A"])
    world.leave(decline_of)
    world.deliver()
    assert world.waiting_names(round_, files) == ["B"]

    rounds_services.finish_round(actor=director(), round=round_)
    world.deliver()

    assert world.names_with_seats(files) == {"B", "C"}


def test_a_waiting_file_that_something_stands_against_is_passed_by(round_, files):
    from smes.models import Document

    Document.objects.filter(sme=files["W5"].sme).delete()

    decline(files["F04"])
    world.deliver()

    assert {"W6"} < world.names_with_seats(files)


def test_a_file_whose_seat_two_directors_took_back_does_not_get_it_again_by_itself(round_, files):
    deciding_services.carry_out(decision_id=_signed_change(round_, files["F04"], files["F02"]).pk)
    world.deliver()

    assert world.names_with_seats(files) == {"F01", "F03", "F05", "F06", "W5", "W2"}
    assert {"F02", "F04"} < set(world.waiting_names(round_, files))
    row = Application.objects.get(pk=files["F02"].pk)
    assert selectors.place_of(row) == 1
    assert "by a decision of theirs" in wording.why_passed_over(
        round_, selectors.why_passed_over(round_, [row.pk])[row.pk]
    )


def _signed_change(round_, *files):
    sent = deciding_services.send_change(
        actor=director(),
        round=round_,
        files=files,
        outcome="waitlist",
        reason_code="product_not_ready",
        words="The labels are missing.",
    )
    return deciding_services.sign(actor=director(), decision=sent, basis=sent.basis)


# ------------------------------------------------------------------------------------------------- too late to say yes

KARACHI = ZoneInfo("Asia/Karachi")
LAST = datetime(2027, 3, 24, 17, tzinfo=KARACHI)


def at(day, hour, minute=0):
    return datetime(2027, 3, day, hour, minute, tzinfo=KARACHI)


@pytest.fixture
def late_round():
    round_ = world.composed(seats=1)
    services.set_terms(
        actor=director(),
        round=round_,
        term_days=5,
        closing_hour=17,
        last_moment=LAST,
        short_days=None,
        commitments=[{"en": "Come.", "ur": ""}],
        includes=[],
        choices=[],
        deposit_paisa=0,
    )
    return round_


@pytest.fixture
def clock(monkeypatch):
    def stands(moment):
        monkeypatch.setattr(selectors, "database_now", lambda: moment)

    return stands


@pytest.mark.parametrize(
    ("freed", "deadline", "reason"),
    [
        (at(16, 16), LAST, None),
        (at(17, 10), None, "too_late"),
        (at(26, 11), None, "too_late"),
        (at(29, 9, 15), None, "too_late"),
    ],
)
def test_a_seat_that_is_free_too_late_is_not_offered_by_itself(late_round, clock, freed, deadline, reason):
    clock(at(10, 9))
    files = {"A": world.put(late_round, State.SELECTED, 80), "B": world.put(late_round, State.WAITLISTED, 70)}
    offer = world.seat(files["A"], accepted=True)

    clock(freed)
    world.leave(offer)
    world.deliver()

    made = selectors.seat_of(files["B"])
    assert (made and made.deadline) == deadline
    halt = selectors.halt_of(late_round)
    assert (halt and halt.reason) == reason
    if reason:
        text = wording.halt_words(halt)
        assert files["B"].file_number in text
        assert ("hours are left" in text) == (freed < LAST)


def test_a_worker_that_stood_still_never_sends_less_than_the_full_term(late_round, clock):
    clock(at(10, 9))
    files = {"A": world.put(late_round, State.SELECTED, 80), "B": world.put(late_round, State.WAITLISTED, 70)}
    offer = world.seat(files["A"], accepted=True)
    clock(at(16, 16))
    world.leave(offer)  # the worker is away until the 18th

    clock(at(18, 9))
    world.deliver()

    assert selectors.seat_of(files["B"]) is None
    assert selectors.halt_of(late_round).reason == "too_late"


def test_a_short_term_of_the_terms_lets_a_shortened_offer_go_out_by_itself(late_round, clock):
    clock(at(10, 9))
    files = {"A": world.put(late_round, State.SELECTED, 80), "B": world.put(late_round, State.WAITLISTED, 70)}
    offer = world.seat(files["A"], accepted=True)
    values = {name: getattr(offer.terms, name) for name in ("term_days", "closing_hour", "last_moment", "commitments")}
    services.set_terms(
        actor=director(), round=late_round, **values, short_days=2, includes=[], choices=[], deposit_paisa=0
    )

    clock(at(17, 10))
    world.leave(offer)
    world.deliver()

    made = selectors.seat_of(files["B"])
    assert (made.deadline, made.is_short) == (LAST, True)
    world.leave(made)
    assert selectors.reasons_counted(Offer.objects.filter(state=OfferState.DECLINED)) == {"not_in_time": 1}
