"""A round decided by two directors and carried out by the worker; decisions changed afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.appeals import selectors as appeals_selectors
from selection.applications import tallies
from selection.firm import selectors as firm_selectors
from selection.models import Appeal, Application, Decision, Offer, OfferTerms, RoundDecision
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.seats.deciding import selectors, services
from selection.seats.deciding.services import Override
from selection.states import AppealOutcome, OfferState, Outcome, RoundState, State
from tdap_portal.accounts.models import RoleGrant
from tdap_portal.accounts.roles import Role
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Delivery, Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Dispatch, Message
from tests.factories.accounts import director, officer
from tests.factories.selection import owner_of
from tests.selection import made
from tests.selection.seats.filled import (
    WOMEN,
    WORDS,
    closed_round,
    composed,
    reviewed_files,
    rule,
    sent,
    signed,
    states,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Two seats, one of them for a woman-led firm; five files that were read and one at a gate."""
    round_ = closed_round(seats=2)
    made.held(round=round_)
    files = reviewed_files(
        round_,
        {"points": "80"},
        {"points": "70"},
        {"points": "60", "women_led": True},
        {"points": "50"},
        {"points": "40"},
    )
    return round_, files


def told(file: Application) -> list[str]:
    names = Message.objects.filter(to=owner_of(file)).order_by("pk").values_list("template", flat=True)
    return [
        name for name in names if name in {"application.selected", "application.waitlisted", "application.declined"}
    ]


def test_a_composition_signed_by_two_decides_every_file_and_tells_each_once(world):
    round_, files = world
    done = signed(sent(composed(round_, rules=[rule(*WOMEN, floor=1)]), waiting=1))
    assert states(*files) == [State.SELECTED, State.WAITLISTED, State.SELECTED, State.DECLINED, State.DECLINED]
    held = Application.objects.get(round=round_, decisions__reason_codes=["gate_not_met"])
    assert held.state == State.DECLINED
    assert (done.planned, done.done, done.finished_at is not None) == (6, 6, True)
    decisions = [made.fresh(file).decisions.get() for file in files]
    assert [(d.reason_codes, d.by_rule) for d in decisions] == [
        (["strong_score"], ""),
        (["passed_over"], "women_led:yes:floor"),
        (["seat_by_rule"], "women_led:yes:floor"),
        (["score_too_low"], ""),
        (["score_too_low"], ""),
    ]
    assert {d.approver for d in decisions} == {done.signed_by}
    assert [told(file) for file in files] == [
        ["application.selected"],
        ["application.waitlisted"],
        ["application.selected"],
        ["application.declined"],
        ["application.declined"],
    ]
    assert sorted(Offer.objects.values_list("application", flat=True)) == sorted([files[0].pk, files[2].pk])
    assert all(made.fresh(file).decided_at and made.fresh(file).days_used is not None for file in files)


def test_the_public_words_stand_in_the_letter_of_a_file_without_words_of_its_own(world):
    round_, files = world
    signed(sent(composed(round_)))
    body = Message.objects.get(to=owner_of(files[0]), template="application.selected").body
    assert WORDS in body
    decision = made.fresh(files[0]).decisions.get()
    assert (decision.words, decision.words_here) == ("", WORDS)


def test_only_who_would_have_a_seat_without_the_rule_reads_that_its_score_is_high_enough():
    round_ = closed_round(seats=2)
    files = reviewed_files(
        round_, *({"points": points} for points in ("80", "70", "65")), {"points": "60", "women_led": True}
    )

    row = signed(sent(composed(round_, rules=[rule(*WOMEN, floor=1)]), waiting=2))

    assert [(line.reason_codes, line.by_rule) for line in row.lines.order_by("pk")] == [
        (["strong_score"], ""),
        (["passed_over"], "women_led:yes:floor"),
        (["seats_taken"], ""),
        (["seat_by_rule"], "women_led:yes:floor"),
    ]
    assert states(*files) == [State.SELECTED, State.WAITLISTED, State.WAITLISTED, State.SELECTED]


def test_from_the_signature_on_receipts_and_appeals_know_the_line_of_who_came_in_by_score(world):
    round_, files = world
    assert firm_selectors.place_of(files[1]).seats_from is None

    signed(sent(composed(round_, rules=[rule(*WOMEN, floor=1)])))

    assert appeals_selectors.line_of(round_) == 80
    assert firm_selectors.place_of(made.fresh(files[1])).seats_from == 80


def test_the_free_seats_are_looked_at_once_for_the_round_and_not_for_each_file(world):
    round_, _files = world

    signed(sent(composed(round_)))

    rung = list(Delivery.objects.filter(handler__startswith="selection.fill_free").values_list("handler", flat=True))
    assert rung == ["selection.fill_free_seats_of_round"]


def test_the_desks_counts_follow(world):
    round_, _files = world
    signed(sent(composed(round_)))
    assert tallies.check(round_)
    assert not tallies.rebuild(round_)


def test_nothing_happens_before_the_second_signature(world):
    round_, files = world
    sent(composed(round_))
    outbox.deliver_all()
    assert set(states(*files)) == {State.REVIEWED}
    assert not Decision.objects.exists()
    assert [told(file) for file in files] == [[]] * 5


def test_whoever_made_or_sent_it_does_not_sign_it(world):
    round_, _files = world
    maker, sender = director(), director()
    decision = sent(composed(round_, by=maker), by=sender)
    for person in (maker, sender):
        with pytest.raises(NotAllowed, match="a second director signs it"):
            signed(decision, by=person)
    assert signed(decision).finished_at is not None


def test_who_read_a_file_or_is_tied_does_not_sign(world):
    round_, files = world
    decision = sent(composed(round_))
    reader = files[3].readings.first().reader
    RoleGrant.objects.create(user=reader, role=Role.APPROVER.value)
    with pytest.raises(NotAllowed, match="You read a file"):
        signed(decision, by=type(reader).objects.get(pk=reader.pk))
    tied = director()
    review_services.declare_conflict(actor=tied, application=files[4], words="My brother owns it.")
    with pytest.raises(NotAllowed, match="tied to a firm"):
        signed(decision, by=tied)
    with pytest.raises(NotAllowed, match="Only a director"):
        signed(decision, by=officer())


def test_who_read_a_file_before_an_appeal_sent_it_to_others_does_not_sign_either(world):
    round_, files = world
    decision, before = sent(composed(round_)), director()
    appeal = Appeal.objects.create(application=files[3], round=round_, written_by=owner_of(files[3]))
    readings = [{"place": 1, "reader_id": before.pk}]
    Appeal.objects.filter(pk=appeal.pk).update(outcome=AppealOutcome.REREAD.value, earlier_readings=readings)

    with pytest.raises(NotAllowed, match="You read a file"):
        signed(decision, by=before)


def test_signing_twice_is_once_and_a_second_director_hears_who_was_first(world):
    round_, _files = world
    decision, first = sent(composed(round_)), director()
    signed(decision, by=first)
    assert services.sign(actor=first, decision=decision, basis=decision.basis).signed_by == first
    with pytest.raises(DomainError) as refusal:
        services.sign(actor=director(), decision=decision, basis=decision.basis)
    assert refusal.value.code == "already_signed"
    assert Event.objects.filter(name="round_decision.signed").count() == 1


def test_a_decision_is_not_signed_unread_or_after_it_went_back(world):
    round_, files = world
    decision = sent(composed(round_))
    with pytest.raises(DomainError) as refusal:
        services.sign(actor=director(), decision=decision, basis="another")
    assert refusal.value.code == "changed"
    services.return_decision(actor=director(), decision=decision, words="Balochistan is missing.")
    with pytest.raises(WrongState):
        signed(decision)
    assert set(states(*files)) == {State.REVIEWED}
    assert sent(composed(round_)).pk != decision.pk


def test_a_file_that_changed_since_stops_the_signature(world):
    round_, files = world
    decision = sent(composed(round_))
    Application.objects.filter(pk=files[4].pk).update(points="99")
    with pytest.raises(DomainError) as refusal:
        signed(decision)
    assert refusal.value.code == "moved"
    composition = decision.composition
    services.return_decision(actor=director(), decision=decision, words="The points moved.")
    with pytest.raises(DomainError) as refusal:
        sent(composition)
    assert refusal.value.code == "moved"


def test_one_decision_of_a_round_waits_at_a_time(world):
    round_, _files = world
    by = director()
    first = composed(round_, by=by)
    decision = sent(first)
    assert sent(first) == decision
    with pytest.raises(DomainError) as refusal:
        sent(composed(round_, by=by, rules=[rule(*WOMEN, floor=1)]))
    assert refusal.value.code == "waits_already"
    assert RoundDecision.objects.count() == 1


def test_a_worker_that_is_killed_goes_on_where_it_was(world, monkeypatch):
    round_, files = world
    monkeypatch.setattr(services, "PIECE", 2)
    decision = sent(composed(round_))
    with outbox.held_back():
        services.sign(actor=director(), decision=decision, basis=decision.basis)
        services.carry_out(decision_id=decision.pk)
    assert sum(state == State.REVIEWED for state in states(*files)) == 3
    Delivery.objects.all().delete()  # the broker and its bells are gone
    while services.carry_out(decision_id=decision.pk):
        pass
    outbox.deliver_all()
    assert states(*files)[:2] == [State.SELECTED, State.SELECTED]
    assert Decision.objects.filter(application__in=files).count() == 5
    assert RoundDecision.objects.get().done == 6


def test_a_fault_in_one_file_leaves_the_others_done(world, monkeypatch, caplog):
    round_, files = world
    decision = sent(composed(round_))
    real = services.record

    def record(name, *, subject, **facts):
        if subject == files[1] and name == "application.selected":
            raise ZeroDivisionError
        return real(name, subject=subject, **facts)

    monkeypatch.setattr(services, "record", record)
    done = signed(decision)
    assert states(*files)[:2] == [State.SELECTED, State.REVIEWED]
    assert list(done.lines.exclude(left_as_was="").values_list("application", "left_as_was")) == [
        (files[1].pk, "fault")
    ]
    assert not files[1].decisions.exists()


def test_a_file_decided_by_itself_or_withdrawn_meanwhile_is_left_as_it_is(world):
    round_, files = world
    decision = sent(composed(round_, rules=[rule(*WOMEN, floor=1)]), waiting=2)
    services.sign(actor=director(), decision=decision, basis=decision.basis)
    Application.objects.filter(pk=files[0].pk).update(state=State.WITHDRAWN)
    Application.objects.filter(pk=files[1].pk).update(state=State.DECLINED)
    outbox.deliver_all()
    left = dict(RoundDecision.objects.get().lines.exclude(left_as_was="").values_list("application", "left_as_was"))
    assert left == {files[0].pk: "withdrawn", files[1].pk: "decided"}
    assert not Decision.objects.filter(application__in=files[:2]).exists()


def test_a_seat_given_meanwhile_is_not_given_twice(world):
    round_, files = world
    decision = sent(composed(round_))
    services.sign(actor=director(), decision=decision, basis=decision.basis)
    other = made.in_state(made.scored(round=closed_round()), State.SELECTED)
    Application.objects.filter(pk=other.pk).update(round=round_)
    outbox.deliver_all()
    assert states(*files)[:2] == [State.SELECTED, State.REVIEWED]
    assert RoundDecision.objects.get().lines.get(application=files[1]).left_as_was == "seats_full"
    assert Application.objects.filter(round=round_, state=State.SELECTED).count() == round_.seats


def seat_given_by_itself(round_) -> None:
    """To a file that no composition can choose, as an appeal or a decision of a single file gives one."""
    other = made.in_state(made.scored(round=closed_round()), State.SELECTED)
    Application.objects.filter(pk=other.pk).update(round=round_)


@pytest.mark.parametrize("when", ["before it is sent", "before it is signed"])
def test_no_composition_is_decided_whose_seats_and_reserve_were_given_otherwise(world, when):
    round_, files = world
    composition = composed(round_, seats=1, reserve=1)
    decision = sent(composition) if when == "before it is signed" else None
    seat_given_by_itself(round_)

    with pytest.raises(DomainError) as refusal:
        signed(decision) if decision else sent(composition)

    assert refusal.value.code == "seats_exceed"
    round_.refresh_from_db()
    assert (round_.appeal_reserve, set(states(*files))) == (0, {State.REVIEWED})


def test_something_found_against_a_file_meanwhile_keeps_it_from_its_seat(world):
    from tests.factories.smes import flag_of

    round_, files = world
    decision = sent(composed(round_))
    services.sign(actor=director(), decision=decision, basis=decision.basis)
    flag_of(files[0].sme, files[4].sme)
    outbox.deliver_all()
    assert states(files[0]) == [State.REVIEWED]
    assert RoundDecision.objects.get().lines.get(application=files[0]).left_as_was == "obstacle"


def test_an_override_carries_its_reason_and_needs_its_seat(world):
    round_, files = world
    composition = composed(round_)
    out = Override(files[0].pk, Outcome.WAITLIST, "product_not_ready", "Packaging first.")
    into = Override(files[2].pk, Outcome.SELECT, "ready_to_sell", "Found ready at the visit.")
    with pytest.raises(DomainError) as refusal:
        sent(composition, overrides=[into])
    assert refusal.value.code == "seats_full"
    for wrong, code in (
        (Override(files[0].pk, Outcome.WAITLIST, "strong_score", "Why?"), "unknown_reason"),
        (Override(files[0].pk, Outcome.WAITLIST, "product_not_ready", " "), "no_words"),
        (Override(0, Outcome.WAITLIST, "product_not_ready", "Who?"), "unknown_file"),
    ):
        with pytest.raises(DomainError) as refusal:
            sent(composition, overrides=[wrong])
        assert refusal.value.code == code
    done = signed(sent(composition, overrides=[out, into]))
    assert states(*files)[:3] == [State.WAITLISTED, State.SELECTED, State.SELECTED]
    assert [line.application_id for line in done.lines.filter(is_override=True)] == [files[0].pk, files[2].pk]
    assert made.fresh(files[2]).decisions.get().words == "Found ready at the visit."


def test_the_reserve_of_the_composition_is_kept_from_then_on(world):
    round_, _files = world
    signed(sent(composed(round_, seats=1, reserve=1)))
    round_.refresh_from_db()
    assert (round_.appeal_reserve, review_selectors.free_places(round_)) == (1, 0)


def test_what_the_second_director_reads_as_different(world):
    round_, files = world
    by = files[1].readings.first().reader
    review_services.recommend(
        actor=by, application=files[1], outcome="decline", reason_codes=["second_file"], words="Another file goes on."
    )
    other = files[2].readings.first().reader
    review_services.recommend(
        actor=other,
        application=files[2],
        outcome="decline",
        reason_codes=["second_file"],
        words="Another file goes on.",
    )
    before = composed(round_)
    by_hand = Override(files[3].pk, Outcome.DECLINE, "second_file", "Another file goes on.")
    decision = sent(composed(round_, rules=[rule(*WOMEN, floor=1)]), waiting=1, overrides=[by_hand])
    found = selectors.differences_of(decision, before)
    assert (found.in_by_rule, found.out_by_rule) == ([files[2].pk], [files[1].pk])
    assert (found.only_now, found.only_before) == ([files[2].pk], [files[1].pk])
    apart = {file: (recommended, decided) for file, recommended, decided in found.against_officers}
    # Not the one that its officer declined too, nor the one that readers would select and that found no seat.
    assert apart == {files[2].pk: ("decline", "select"), files[3].pk: ("select", "decline")}
    assert selectors.counts_of(decision) == {"select": 2, "waitlist": 1, "decline": 3}


# ----------------------------------------------------------------------------------------------- decisions changed


def change(round_, files, *, by=None, outcome=Outcome.WAITLIST, code="product_not_ready"):
    return services.send_change(
        actor=by or director(), round=round_, files=files, outcome=outcome, reason_code=code, words="Looked at again."
    )


@pytest.fixture
def six():
    """A: selected, its letter not sent. B: letter sent, offer open. C: accepted. D: seat given back. E: withdrawn. F: waits, and
    a full offer no longer fits before the round's last moment."""
    round_ = closed_round(seats=5)
    OfferTerms.objects.create(round=round_, version=1, last_moment=timezone.now() + timedelta(days=2))
    files = reviewed_files(round_, *({"points": str(80 - at)} for at in range(6)))
    with outbox.held_back():
        decision = sent(composed(round_, seats=5), waiting=1)
        services.sign(actor=director(), decision=decision, basis=decision.basis)
        services.carry_out(decision_id=decision.pk)
    a, _b, c, d, e, _f = files
    for event in Event.objects.filter(name="offer.made").exclude(subject_id=str(a.pk)):
        outbox.deliver(event.pk)
    Dispatch.objects.filter(state=Dispatch.State.WAITING).update(state=Dispatch.State.SENT)
    Offer.objects.filter(application=c).update(state=OfferState.ACCEPTED)
    Offer.objects.filter(application=d).update(state=OfferState.DECLINED)
    Application.objects.filter(pk=d.pk).update(state=State.GIVEN_BACK)
    Application.objects.filter(pk=e.pk).update(state=State.WITHDRAWN)
    return round_, files


def test_a_change_of_decisions_names_what_was_not_done(six):
    round_, files = six
    done = signed(change(round_, files))
    lines = {line.application_id: line.left_as_was for line in done.lines.all()}
    assert [lines[file.pk] for file in files] == ["", "", "accepted", "given_back", "withdrawn", "same"]
    assert (done.done, done.planned) == (2, 6)
    a, b, c, d, e, f = states(*files)
    assert [a, b] == [State.WAITLISTED, State.WAITLISTED]
    assert [c, d, e, f] == [State.SELECTED, State.GIVEN_BACK, State.WITHDRAWN, State.WAITLISTED]


def test_a_letter_that_was_not_sent_is_never_sent_and_each_changed_file_gets_one(six):
    round_, files = six
    a, b, *others = files
    signed(change(round_, files))
    assert told(a) == ["application.waitlisted"]
    assert told(b) == ["application.selected", "application.waitlisted"]
    body = Message.objects.get(to=owner_of(b), template="application.waitlisted").body
    assert "The offer of a seat that we sent you before is withdrawn." in body
    assert "Looked at again." in body
    assert not any("application.waitlisted" in told(file) for file in others[:3])
    of_files = Dispatch.objects.filter(state=Dispatch.State.WAITING, template__startswith="application.")
    waiting = of_files.values_list("message__to", flat=True)
    assert len(set(waiting)) == len(waiting) == 3  # A, B, and F of the decision before


def test_a_letter_that_waits_for_the_sender_is_taken_out(six):
    round_, (_a, b, *_rest) = six
    Dispatch.objects.filter(message__to=owner_of(b)).update(state=Dispatch.State.WAITING)
    signed(change(round_, [b]))
    assert told(b) == ["application.waitlisted"]


def test_a_file_that_directors_put_back_does_not_come_back_by_itself(world):
    round_, files = world
    signed(sent(composed(round_), waiting=1))
    signed(change(round_, files[:1]))
    assert states(*files)[:3] == [State.WAITLISTED, State.SELECTED, State.SELECTED]


def test_the_open_offer_of_a_changed_file_is_taken_back(six):
    round_, (_a, b, *_rest) = six
    signed(change(round_, [b]))
    assert Offer.objects.get(application=b).state == OfferState.TAKEN_BACK


def test_a_firm_that_accepts_between_sending_and_signing_keeps_its_seat(six):
    round_, (_a, b, *_rest) = six
    decision = change(round_, [b])
    Offer.objects.filter(application=b).update(state=OfferState.ACCEPTED)
    signed(decision)
    assert states(b) == [State.SELECTED]
    assert RoundDecision.objects.get(pk=decision.pk).lines.get().left_as_was == "accepted"


def test_a_change_is_refused_for_nothing_or_for_an_unfit_reason(six):
    round_, files = six
    for kwargs, code in (
        ({"files": []}, "nothing_to_do"),
        ({"files": files, "code": "strong_score"}, "unknown_reason"),
    ):
        with pytest.raises(DomainError) as refusal:
            change(round_, **kwargs)
        assert refusal.value.code == code


def test_a_round_that_is_final_is_not_decided_again(world):
    round_, _files = world
    composition = composed(round_)
    round_.state = RoundState.DECIDED
    round_.save()
    with pytest.raises(WrongState):
        sent(composition)
