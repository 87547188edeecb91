"""Appeals sent and answered at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, local
from threading import Event as Signal

import pytest
from django.db import IntegrityError, transaction

from selection.appeals import services
from selection.models import Appeal, Application, Decision, Offer, Round
from selection.seats.offers import promoting
from selection.states import AppealOutcome, State, Verdict
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Message
from tests.selection import made as files
from tests.selection.appeals import made
from tests.selection.seats.offers import world
from tests.selection.test_at_once import all_meet_after, at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BETTER = {"ecommerce_staff": 6, "catalogue_products": 400}


def test_two_tabs_that_send_at_once_are_one_appeal():
    file = made.decided_file()

    at_once(*[lambda: made.sent(file)] * 4)

    assert Appeal.objects.count() == 1
    assert Event.objects.filter(name="appeal.sent").count() == 1
    assert Appeal.objects.get().points_made.count() == 1


def test_two_tabs_with_different_words_are_one_appeal():
    file = made.decided_file()

    found = at_once(*[lambda words=words: made.sent(file, made.point(words)) for words in ("One.", "Two.", "Three.")])

    assert sorted(map(str, found)).count("already_sent") == 2
    assert Event.objects.filter(name="appeal.sent").count() == 1


def test_appeals_of_a_round_sent_at_once_are_numbered_without_doubles():
    first = made.decided_file()
    others = [made.decided_file(round=first.round) for _number in range(3)]

    found = at_once(*[lambda file=file: made.sent(file) for file in (first, *others)])

    assert sorted(appeal.number for appeal in found) == [1, 2, 3, 4]


def test_two_answers_at_once_are_one():
    file = made.decided_file()
    appeal = made.drawn(file)
    rejected, reread = [made.finding(Verdict.WRONG)], [made.finding(Verdict.UNCLEAR)]
    [files.officer() for _number in range(2)]

    at_once(
        lambda: made.answered(appeal, AppealOutcome.REJECTED, *rejected),
        lambda: made.answered(appeal, AppealOutcome.REREAD, *reread),
    )

    assert Event.objects.filter(name="appeal.answered").count() == 1
    state = State.WAITLISTED if made.fresh(appeal).outcome == AppealOutcome.REJECTED else State.IN_REVIEW
    assert files.fresh(file).state == state


def test_a_draw_waits_for_the_answer_that_is_being_given(monkeypatch):
    """As above with two locks: each would wait for ever for the one that the other holds, did they not take the file's first."""
    appeal = made.drawn(made.decided_file())
    barrier, locks, drawing = Barrier(2), services.locked_file, local()

    def meets(pk):
        file = None if hasattr(drawing, "now") else locks(pk)
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=2)
        return file or locks(pk)

    def draws():
        drawing.now = True
        return services.draw(appeal_id=appeal.pk)

    monkeypatch.setattr(services, "locked_file", meets)

    _answered, drawn = at_once(
        lambda: made.answered(appeal, AppealOutcome.REJECTED, made.finding(Verdict.WRONG)), draws
    )

    assert drawn in (None, appeal.director)
    assert made.fresh(appeal).outcome == AppealOutcome.REJECTED


class MovesUp:
    """A round with one free seat and one of the reserve, and the head of its list, whose appeal is right."""

    def __init__(self) -> None:
        self.round = world.composed(seats=2, reserve=1)
        self.head = world.put(self.round, State.WAITLISTED, 80)
        self.appeal = made.drawn(self.head)
        self.findings = [made.finding(**BETTER)]
        self.basis = made.basis_of(self.appeal, AppealOutcome.UPHELD, self.findings)

    def upholds(self):
        return made.answered(self.appeal, AppealOutcome.UPHELD, *self.findings, basis=self.basis).outcome

    def moves_up(self):
        return len(promoting.fill_free_seats(round_id=self.round.pk))


def test_a_firm_that_moves_up_while_its_appeal_is_upheld_gets_one_seat_and_one_letter(monkeypatch):
    case = MovesUp()
    all_meet_after(services, "locked_file", 2, monkeypatch)
    all_meet_after(promoting, "_locked_waiting", 2, monkeypatch)

    with outbox.held_back():
        said = at_once(case.upholds, case.moves_up)
    outbox.deliver_all()

    assert said in (["wrong_state", 1], [AppealOutcome.UPHELD, 0])
    assert Offer.objects.filter(application=case.head).count() == 1
    assert Decision.objects.filter(application=case.head, outcome="select").count() == 1
    letters = ["application.selected", "appeal.answered"]
    assert Message.objects.filter(to=case.head.sme.created_by, template__in=letters).count() == 1


def test_without_the_lock_of_the_file_the_table_itself_refuses_its_second_seat(monkeypatch):
    """The positive control: the director reads the file before it moves up, and answers after that."""
    case, moved_up = MovesUp(), Signal()

    def stale(pk):
        file = Application.objects.select_related("round", "sme").get(pk=pk)
        moved_up.wait(timeout=20)
        return file

    def moves_up():
        try:
            return case.moves_up()
        finally:
            moved_up.set()

    monkeypatch.setattr(services, "locked_file", stale)

    with outbox.held_back(), pytest.raises(IntegrityError, match="one_seat_a_file"):
        at_once(case.upholds, moves_up)

    assert Offer.objects.filter(application=case.head).count() == 1


def _two_for_the_last_seat() -> tuple[Round, list]:
    first = made.decided_file()
    second = made.decided_file(round=first.round)
    Round.objects.filter(pk=first.round_id).update(appeal_reserve=1)
    appeals = [made.drawn(file) for file in (first, second)]
    findings = [made.finding(**BETTER)]
    read = [made.basis_of(appeal, AppealOutcome.UPHELD, findings) for appeal in appeals]

    found = at_once(
        *[
            lambda appeal=appeal, basis=basis: made.answered(appeal, AppealOutcome.UPHELD, *findings, basis=basis)
            for appeal, basis in zip(appeals, read, strict=True)
        ]
    )
    return Round.objects.get(pk=first.round_id), found


def test_the_last_seat_of_the_reserve_is_given_once():
    """The second director is told that what would happen has changed, reads it again and puts the file on the list."""
    round_, found = _two_for_the_last_seat()

    assert found.count("changed") == 1
    assert round_.appeal_reserve == 0
    assert Application.objects.filter(round=round_, state=State.SELECTED).count() == 1
    assert Offer.objects.count() == Decision.objects.filter(outcome="select").count() == 1


def test_without_the_lock_of_the_round_it_would_be_given_twice(monkeypatch):
    """The positive control: the same two directors, with the round read and not locked."""
    monkeypatch.setattr(services, "locked_round", lambda pk: Round.objects.get(pk=pk))
    slow = services.check_answer

    def slowly(*args):
        slow(*args)
        transaction.get_connection().cursor().execute("SELECT pg_sleep(1)")

    monkeypatch.setattr(services, "check_answer", slowly)
    round_, found = _two_for_the_last_seat()

    assert "changed" not in found
    assert Application.objects.filter(round=round_, state=State.SELECTED).count() == 2
