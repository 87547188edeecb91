"""No more firms are selected than a round has seats, and after its end only a place that fell free is given again."""

from __future__ import annotations

import pytest

from selection.bulk import selectors as bulk_selectors
from selection.models import Application, Round
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.rounds import services as rounds_services
from selection.states import Outcome, State
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, decided
from tests.factories.smes import verified_papers
from tests.selection import made

pytestmark = pytest.mark.django_db
SELECT = {"outcome": "select", "reason_codes": ["ready_to_sell"], "words": "A strong file."}


def waiting(round_):
    file = ApplicationFactory(round=round_, scored=True)
    verified_papers(file.sme)
    return made.in_state(file, State.RECOMMENDED)


def refusal(file) -> str:
    with pytest.raises(DomainError) as said:
        review_services.decide(actor=director(), application=file, basis=review_selectors.basis_of(file), **SELECT)
    return said.value.code


def test_the_last_seat_is_given_and_no_further_one():
    round_ = RoundFactory(seats=2)
    first, second, third = (waiting(round_) for _file in range(3))
    for file in (first, second):
        review_services.decide(actor=director(), application=file, basis=review_selectors.basis_of(file), **SELECT)
    with pytest.raises(DomainError) as said:
        review_services.decide(actor=director(), application=third, basis=review_selectors.basis_of(third), **SELECT)
    assert (said.value.code, str(said.value)) == (
        "seats_full",
        "All 2 seats of this round are given. Put the file on the waiting list, or decline it.",
    )
    waitlist = SELECT | {"outcome": "waitlist", "reason_codes": ["seats_full"]}
    review_services.decide(actor=director(), application=third, basis=review_selectors.basis_of(third), **waitlist)
    assert [made.fresh(file).state for file in (first, second, third)] == ["selected", "selected", "waitlisted"]


def test_seats_of_another_round_do_not_count():
    decided(ApplicationFactory(round=RoundFactory(seats=1), scored=True))
    file = waiting(RoundFactory(seats=1))
    review_services.decide(actor=director(), application=file, basis=review_selectors.basis_of(file), **SELECT)
    assert made.fresh(file).state == "selected"


def finished(*, seats):
    """A decided round in which two firms have a place and one waits."""
    round_ = RoundFactory(seats=seats)
    chosen = [decided(ApplicationFactory(round=round_, scored=True)) for _file in range(2)]
    file = decided(ApplicationFactory(round=round_, scored=True), Outcome.WAITLIST)
    verified_papers(file.sme)
    rounds_services.close_round(actor=director(), round=round_)
    rounds_services.finish_round(actor=director(), round=round_)
    return chosen, file


@pytest.mark.parametrize("seats", [2, 5])
def test_after_the_end_only_a_place_that_fell_free_is_given(seats):
    chosen, file = finished(seats=seats)
    assert (Round.objects.get().seats_given, refusal(file)) == (2, "round_final")
    Application.objects.filter(pk=chosen[0].pk).update(state=State.WITHDRAWN)
    review_services.decide(actor=director(), application=file, basis=review_selectors.basis_of(file), **SELECT)
    assert made.fresh(file).state == "selected"
    another = made.in_state(ApplicationFactory(round=RoundFactory(), scored=True), State.WAITLISTED)
    verified_papers(another.sme)
    Application.objects.filter(pk=another.pk).update(round=file.round)
    assert refusal(another) == "round_final"


def test_a_bulk_plan_selects_nobody_where_more_are_proposed_than_seats_are_free():
    boss, by = director(), officer()
    round_ = RoundFactory(seats=2)
    select = [made.recommended(by, round=round_) for _file in range(3)]
    decline = made.recommended(by, round=round_, outcome=Outcome.DECLINE, codes=("product_not_ready",))

    def plan(files):
        ids = [file.public_id for file in files]
        return bulk_selectors.plan_for(boss, kind="decide", round_=round_, files=ids, choices={})

    found = plan([*select, decline])
    assert ([row.pk for row in found.will], dict(found.outcomes)) == ([decline.pk], {"decline": 1})
    assert {str(why) for _row, why in found.left_out} == {
        "More files would be selected than seats are free (2). Choose fewer."
    }
    assert plan([*select[:2], decline]).number == 3
