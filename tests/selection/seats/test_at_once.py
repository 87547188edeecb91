"""Directors and workers who act on the seats of a round at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from threading import Event as Signal

import pytest
from django.db import IntegrityError

from selection.intake import services as intake_services
from selection.models import Application, Decision, RoundDecision
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.seats.composer import selectors as composer_selectors
from selection.seats.deciding import services
from selection.states import State
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director
from tests.factories.smes import verified_papers
from tests.selection import made
from tests.selection.seats.filled import WORDS, closed_round, composed, reviewed_files, sent
from tests.selection.test_at_once import all_meet_after, at_once, patience, without_the_lock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def composition():
    round_ = closed_round(seats=2)
    reviewed_files(round_, *({"points": str(80 - at)} for at in range(4)))
    return composed(round_)


def unlocked(decision):
    row = RoundDecision.objects.select_related("composition", "round", "sent_by").get(pk=decision.pk)
    return row.round, row


@pytest.mark.parametrize("guarded", [True, False])
def test_of_two_directors_who_sign_at_once_one_signs(composition, monkeypatch, guarded):
    decision, people = sent(composition), [director(), director()]
    all_meet_after(composer_selectors, "part_in", 2, monkeypatch, guarded=guarded)
    if not guarded:
        monkeypatch.setattr(services, "_locked", unlocked)

    with outbox.held_back():
        said = at_once(
            *[(lambda by=by: services.sign(actor=by, decision=decision, basis=decision.basis)) for by in people]
        )

    assert said.count("already_signed") == (1 if guarded else 0)
    assert Event.objects.filter(name="round_decision.signed").count() == (1 if guarded else 2)


@pytest.mark.parametrize("guarded", [True, False])
def test_a_decision_is_signed_or_returned_never_both(composition, monkeypatch, guarded):
    decision = sent(composition)
    signer, other = director(), director()
    all_meet_after(composer_selectors, "part_in", 2, monkeypatch, guarded=guarded)
    if not guarded:
        monkeypatch.setattr(services, "_locked", unlocked)

    with outbox.held_back():
        said = at_once(
            lambda: services.sign(actor=signer, decision=decision, basis=decision.basis),
            lambda: services.return_decision(actor=other, decision=decision, words="Back."),
        )

    decision.refresh_from_db()
    assert said.count("wrong_state") == (1 if guarded else 0)
    assert ((decision.signed_at is None) != (decision.returned_at is None)) is guarded


def test_two_directors_who_send_at_once_leave_one_decision(composition, monkeypatch):
    people = [director(), director()]
    all_meet_after(composer_selectors, "part_in", 2, monkeypatch)

    said = at_once(*[(lambda by=by: sent(composition, by=by)) for by in people])

    assert said.count("waits_already") == 1
    assert RoundDecision.objects.count() == 1


def test_a_double_click_on_sending_is_one_decision(composition, monkeypatch):
    by = director()
    all_meet_after(composer_selectors, "part_in", 2, monkeypatch)

    one, other = at_once(*[lambda: sent(composition, by=by)] * 2)

    assert (one.pk, RoundDecision.objects.count()) == (other.pk, 1)


def test_without_the_lock_the_table_itself_refuses_a_second_decision(composition, monkeypatch):
    people = [director(), director()]
    all_meet_after(composer_selectors, "part_in", 2, monkeypatch, guarded=False)
    monkeypatch.setattr(services, "locked_round", without_the_lock)

    with pytest.raises(IntegrityError, match="one_round_decision_at_a_time"):
        at_once(*[(lambda by=by: sent(composition, by=by)) for by in people])

    assert RoundDecision.objects.count() == 1


class Unlocked:
    """The table of decisions without its lock."""

    class objects:  # noqa: N801  as Django calls it
        select_for_update = staticmethod(lambda **_of: RoundDecision.objects.all())


@pytest.mark.parametrize("guarded", [True, False])
def test_two_workers_at_once_do_each_line_once(composition, monkeypatch, guarded):
    decision = sent(composition)
    with outbox.held_back():
        services.sign(actor=director(), decision=decision, basis=decision.basis)
    monkeypatch.setattr(services, "PIECE", 2)
    barrier, met, real = Barrier(2), Signal(), services._Work.of

    def meets(*args):
        if not met.is_set():
            with suppress(BrokenBarrierError):
                barrier.wait(patience(guarded))
            met.set()
        return real(*args)

    monkeypatch.setattr(services._Work, "of", meets)
    if not guarded:
        monkeypatch.setattr(services, "RoundDecision", Unlocked)

    def works():
        while services.carry_out(decision_id=decision.pk):
            pass

    with outbox.held_back():
        at_once(works, works)

    decision.refresh_from_db()
    assert decision.finished_at is not None
    assert (set(decision.lines.values_list("left_as_was", flat=True)) == {""}) is guarded
    assert decision.done == decision.planned or not guarded
    assert Decision.objects.count() == decision.planned
    assert Event.objects.filter(name="application.selected").count() == 2


@pytest.mark.parametrize(("guarded", "selected"), [(True, 2), (False, 3)])
def test_the_worker_and_a_director_give_no_more_seats_than_there_are(monkeypatch, guarded, selected):
    round_ = closed_round(seats=2)
    late = made.scored(round=round_)
    reviewed_files(round_, {"points": "80"}, {"points": "70"})
    decision = sent(composed(round_))
    with outbox.held_back():
        services.sign(actor=director(), decision=decision, basis=decision.basis)
    late = made.in_state(late, State.RECOMMENDED)
    verified_papers(late.sme)
    boss = director()
    all_meet_after(review_selectors, "free_places", 2, monkeypatch, guarded=guarded)
    if not guarded:
        for module in (services, review_services):
            monkeypatch.setattr(module, "locked_round", without_the_lock)

    with outbox.held_back():
        said = at_once(
            lambda: services.carry_out(decision_id=decision.pk),
            lambda: review_services.decide(
                actor=boss, application=late, basis=review_selectors.basis_of(late), **SELECT
            ),
        )

    assert Application.objects.filter(round=round_, state=State.SELECTED).count() == selected
    left = list(decision.lines.exclude(left_as_was="").values_list("left_as_was", flat=True))
    assert said.count("seats_full") + left.count("seats_full") == 3 - selected


def test_a_file_that_is_withdrawn_while_its_decision_is_signed_has_one_end_and_its_seat_goes_on(
    composition, monkeypatch
):
    decision, boss = sent(composition), director()
    file = Application.objects.order_by("-points").select_related("sme").first()
    all_meet_after(services, "candidates_of", 2, monkeypatch)
    all_meet_after(intake_services, "locked_file", 2, monkeypatch)

    with outbox.held_back():
        at_once(
            lambda: services.sign(actor=boss, decision=decision, basis=decision.basis),
            lambda: intake_services.withdraw_application(actor=file.sme.created_by, application=file),
        )
    outbox.deliver_all()

    assert decision.lines.get(application=file).left_as_was == "withdrawn"
    assert not Decision.objects.filter(application=file).exists()
    held = Application.objects.filter(round=composition.round, state=State.SELECTED)
    assert [str(row.points) for row in held.order_by("-points")] == ["79.00", "78.00"]
    told = Message.objects.filter(to=file.sme.created_by, template__startswith="application.")
    assert not told.filter(template__in=["application.selected", "application.declined"]).exists()


def test_a_second_press_on_signing_waits_for_the_worker_that_carries_it_out(composition, monkeypatch):
    """Each would wait for ever for the lock that the other holds, did they not take them in one order."""
    decision, boss = sent(composition), director()
    with outbox.held_back():
        services.sign(actor=boss, decision=decision, basis=decision.basis)
    barrier, works, locks = Barrier(2), services._Work.of, services.locked_round

    def meets_before(*args):
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=2)
        return works(*args)

    def meets_after(pk):
        round_ = locks(pk)
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=2)
        return round_

    monkeypatch.setattr(services._Work, "of", meets_before)
    monkeypatch.setattr(services, "locked_round", meets_after)

    with outbox.held_back():
        said = at_once(
            lambda: services.carry_out(decision_id=decision.pk),
            lambda: services.sign(actor=boss, decision=decision, basis=decision.basis).pk,
        )

    assert said == [True, decision.pk]
    assert Application.objects.filter(state=State.SELECTED).count() == 2


SELECT = {"outcome": "select", "reason_codes": ["ready_to_sell"], "words": WORDS}


def test_a_file_that_a_director_decides_meanwhile_gets_one_decision(monkeypatch):
    round_ = closed_round(seats=2)
    file, _other = reviewed_files(round_, {"points": "80"}, {"points": "70"})
    decision = sent(composed(round_))
    with outbox.held_back():
        services.sign(actor=director(), decision=decision, basis=decision.basis)
    file, boss = made.in_state(file, State.RECOMMENDED), director()

    with outbox.held_back():
        said = at_once(
            lambda: services.carry_out(decision_id=decision.pk),
            lambda: review_services.decide(
                actor=boss, application=file, basis=review_selectors.basis_of(file), **SELECT
            ),
        )

    assert (said[0], file.decisions.count()) == (True, 1)
    assert Application.objects.filter(round=round_, state=State.SELECTED).count() == 2
