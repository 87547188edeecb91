"""Sharing out, reading, recommending, returning, deciding: by the acts, on the database."""

from __future__ import annotations

import pytest

from selection.applications import tallies
from selection.correspondence import services as firm_side
from selection.models import NO_DUE_DATE, Conflict, Decision, DeskTally, Reading, Recommendation
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.scoring import services as scoring_services
from selection.states import Outcome, State
from smes.models import Member
from smes.papers import permissions as papers_permissions
from smes.profile import permissions as firm_permissions
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.smes import DocumentFactory, verified_papers
from tests.selection import made

pytestmark = pytest.mark.django_db


def events_of(file) -> list[str]:
    return [event.name for event in review_selectors.history_of(file)]


# ---------------------------------------------------------------------------------------------------------- assigning


def test_a_file_goes_to_two_readers_and_the_first_is_its_officer():
    first, second, boss = officer(), officer(), director()
    file = made.scored()
    review_services.assign_readers(actor=boss, application=file, first=first, second=second)
    file = made.fresh(file)
    assert (file.state, file.officer) == (State.IN_REVIEW, first)
    assert list(file.readings.order_by("place").values_list("place", "reader_id")) == [(1, first.pk), (2, second.pk)]
    assert events_of(file)[-1] == "application.assigned"


@pytest.mark.sqlite_leg
def test_assigning_the_same_two_twice_is_one_act():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    before = events_of(file)
    made.assigned(first, second, file=file)
    assert events_of(file) == before


def test_the_two_readers_are_different_officers():
    one = officer()
    with pytest.raises(DomainError) as refused:
        made.assigned(one, one)
    assert refused.value.code == "same_reader"


@pytest.mark.parametrize("make", [director, UserFactory])
def test_only_officers_read(make):
    with pytest.raises(NotAllowed):
        made.assigned(officer(), make())


def test_a_member_of_the_firm_cannot_read_its_file():
    insider = officer()
    file = made.scored()
    Member.objects.create(sme=file.sme, user=insider, role="trainee")
    with pytest.raises(NotAllowed):
        made.assigned(officer(), insider, file=file)


def test_whoever_declared_a_conflict_cannot_read_any_file_of_that_firm():
    tied = officer()
    file = made.scored()
    review_services.declare_conflict(actor=tied, application=file, words="My brother works there.")
    with pytest.raises(NotAllowed):
        made.assigned(tied, officer(), file=file)


def test_whoever_declared_a_conflict_judges_neither_papers_nor_profile_of_that_firm():
    tied, free = officer(), officer()
    file = made.scored()
    review_services.declare_conflict(actor=tied, application=file, words="My brother works there.")
    paper = DocumentFactory(sme=file.sme)
    for ask, thing in ((papers_permissions.can_judge_paper, paper), (firm_permissions.can_verify_profile, file.sme)):
        assert (bool(ask(tied, thing)), bool(ask(free, thing))) == (False, True)


def test_an_open_reading_can_be_given_to_somebody_else():
    first, second, third = officer(), officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **made.READ)
    made.assigned(first, third, file=file)
    assert {(r.reader_id, r.done_at is None) for r in file.readings.all()} == {(first.pk, False), (third.pk, True)}


def test_a_reading_that_is_in_keeps_its_reader():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **made.READ)
    with pytest.raises(DomainError) as refused:
        made.assigned(officer(), second, file=file)
    assert refused.value.code == "reading_is_in"
    assert set(file.readings.values_list("reader_id", flat=True)) == {first.pk, second.pk}


@pytest.mark.sqlite_leg
def test_readers_can_change_places_while_nothing_is_in():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    made.assigned(second, first, file=file)
    assert list(file.readings.order_by("place").values_list("reader_id", flat=True)) == [second.pk, first.pk]


def test_nobody_chooses_the_readers_of_their_own_firm():
    file, both = made.scored(), officer()
    Member.objects.create(sme=file.sme, user=both, role="owner")
    with pytest.raises(NotAllowed):
        review_services.assign_readers(actor=both, application=file, first=officer(), second=officer())
    assert made.fresh(file).state == State.SCORED


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.OFFICER, Role.APPROVER)])
def test_other_roles_share_nothing_out(role):
    with pytest.raises(NotAllowed):
        review_services.assign_readers(
            actor=UserFactory(roles=(role,)), application=made.scored(), first=officer(), second=officer()
        )


# ------------------------------------------------------------------------------------------------------------ reading


def test_with_the_second_reading_the_file_is_reviewed():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **made.READ)
    assert made.fresh(file).state == State.IN_REVIEW
    review_services.record_reading(actor=second, application=file, **made.READ)
    assert made.fresh(file).state == State.REVIEWED
    assert events_of(file)[-3:] == ["review.recorded", "review.recorded", "application.reviewed"]


def test_history_tells_that_a_reading_is_in_and_nothing_of_what_it_says():
    first = officer()
    file = made.assigned(first)
    review_services.record_reading(actor=first, application=file, **made.READ | {"comment": "SECRETWORD"})
    told = Event.objects.get(name="review.recorded", subject_id=str(file.pk)).data
    assert told == {"place": 1}


@pytest.mark.sqlite_leg
def test_the_same_reading_twice_is_one_reading():
    first = officer()
    file = made.assigned(first)
    for _click in range(2):
        review_services.record_reading(actor=first, application=file, **made.READ)
    assert events_of(file).count("review.recorded") == 1


def test_a_reading_that_is_in_is_not_changed():
    first = officer()
    file = made.assigned(first)
    review_services.record_reading(actor=first, application=file, **made.READ)
    with pytest.raises(DomainError) as refused:
        review_services.record_reading(actor=first, application=file, **made.READ | {"commitment": 1})
    assert refused.value.code == "reading_is_in"


def test_nobody_puts_in_a_reading_that_is_not_theirs():
    with pytest.raises(NotAllowed):
        review_services.record_reading(actor=officer(), application=made.assigned(), **made.READ)


@pytest.mark.parametrize("wrong", [{"commitment": 11}, {"commitment": -1}, {"product_fit": 11}])
def test_a_reading_is_from_0_to_10(wrong):
    first = officer()
    file = made.assigned(first)
    with pytest.raises(DomainError) as refused:
        review_services.record_reading(actor=first, application=file, **made.READ | wrong)
    assert refused.value.code == "out_of_range"


def test_a_conflict_found_while_reading_gives_the_reading_back():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    review_services.record_reading(actor=first, application=file, **made.READ)
    for _click in range(2):
        review_services.declare_conflict(actor=first, application=file, words="We are partners in a shop.")
    file = made.fresh(file)
    assert (file.officer, list(file.readings.values_list("reader_id", flat=True))) == (None, [second.pk])
    assert Conflict.objects.count() == 1
    made.assigned(second, officer(), file=file)
    assert Reading.objects.filter(application=file).count() == 2


# ---------------------------------------------------------------------------------------------- when the facts change


def test_after_new_facts_the_file_goes_back_to_its_readers_and_is_read_again():
    first, second = officer(), officer()
    file = made.reviewed(first, second)
    type(file).objects.filter(pk=file.pk).update(facts_version=2, state=State.SCORED.value)
    assert review_services.resume_reading(application_id=file.pk)
    file = made.fresh(file)
    assert (file.state, file.readings.filter(done_at=None).count()) == (State.IN_REVIEW, 2)
    assert list(file.readings.values_list("commitment", flat=True)) == [8, 8]


def test_after_new_trade_figures_alone_the_readings_stand():
    file = made.in_state(made.reviewed(), State.SCORED)
    assert review_services.resume_reading(application_id=file.pk)
    assert made.fresh(file).state == State.REVIEWED


def test_a_file_without_two_readers_is_left_alone():
    assert not review_services.resume_reading(application_id=made.scored().pk)
    assert not review_services.resume_reading(application_id=made.reviewed().pk)


# ------------------------------------------------------------------------------------------------------- recommending


def test_a_reader_recommends_with_reasons_and_words():
    by = officer()
    file = made.recommended(by)
    made_one = Recommendation.objects.get()
    assert file.state == State.RECOMMENDED
    assert (made_one.officer, made_one.outcome, made_one.reason_codes, made_one.words) == (
        by,
        "select",
        ["ready_to_sell"],
        made.WORDS,
    )


@pytest.mark.sqlite_leg
def test_recommending_the_same_twice_is_one_recommendation():
    by = officer()
    file = made.recommended(by)
    review_services.recommend(
        actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words=made.WORDS
    )
    assert Recommendation.objects.count() == 1


@pytest.mark.parametrize(
    ("codes", "words", "code"),
    [
        ([], "x", "unknown_reason"),
        (["product_not_ready"], "x", "unknown_reason"),
        (["nonsense"], "x", "unknown_reason"),
        (["ready_to_sell"], "  ", "no_words"),
    ],
)
def test_a_recommendation_needs_a_fitting_reason_and_words(codes, words, code):
    by = officer()
    file = made.reviewed(by)
    with pytest.raises(DomainError) as refused:
        review_services.recommend(actor=by, application=file, outcome="select", reason_codes=codes, words=words)
    assert refused.value.code == code
    assert made.fresh(file).state == State.REVIEWED


def test_a_held_file_can_only_be_recommended_to_be_declined_for_a_condition():
    by, file = officer(), made.held()
    with pytest.raises(NotAllowed):
        review_services.recommend(
            actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words="x"
        )
    with pytest.raises(DomainError) as refused:
        review_services.recommend(
            actor=by, application=file, outcome="decline", reason_codes=["product_not_ready"], words="x"
        )
    assert refused.value.code == "unknown_reason"
    review_services.recommend(actor=by, application=file, outcome="decline", reason_codes=["gate_not_met"], words="x")
    file = made.fresh(file)
    assert (file.state, file.officer) == (State.RECOMMENDED, by)


def test_a_returned_file_is_recommended_again():
    by, boss = officer(), director()
    file = made.recommended(by)
    with pytest.raises(DomainError):
        review_services.return_to_officer(
            actor=boss, application=file, words=" ", basis=review_selectors.basis_of(file)
        )
    review_services.return_to_officer(
        actor=boss, application=file, words="Look at the price again.", basis=review_selectors.basis_of(file)
    )
    assert made.fresh(file).state == State.REVIEWED
    review_services.recommend(
        actor=by, application=file, outcome="waitlist", reason_codes=["product_not_ready"], words="Price."
    )
    assert list(Recommendation.objects.order_by("pk").values_list("outcome", "returned_words")) == [
        ("select", "Look at the price again."),
        ("waitlist", ""),
    ]
    assert review_selectors.newest_recommendation(file).outcome == "waitlist"


# ------------------------------------------------------------------------------------------------------------ deciding


def decide(file, by, outcome="select", codes=("ready_to_sell",), *, basis=None) -> Decision:
    return review_services.decide(
        actor=by,
        application=file,
        outcome=outcome,
        reason_codes=list(codes),
        words="We look forward to it.",
        basis=basis or review_selectors.basis_of(file),
    )


def test_a_director_decides_and_the_clock_stops():
    file = made.recommended()
    decision = decide(file, director())
    file = made.fresh(file)
    assert (file.state, file.due_on, file.days_used) == (State.SELECTED, NO_DUE_DATE, 0)
    assert file.decided_at is not None
    assert decision.score_card == file.score_cards.get()
    assert decision.recommendation == file.recommendations.get()


@pytest.mark.sqlite_leg
def test_the_same_decision_twice_is_one_decision():
    file, boss = made.recommended(), director()
    assert decide(file, boss) == decide(file, boss)
    assert Decision.objects.count() == 1


def test_who_recommended_does_not_decide():
    both = UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    file = made.recommended(both)
    with pytest.raises(NotAllowed):
        decide(file, both)
    assert Decision.objects.count() == 0


def test_who_read_does_not_decide_what_another_recommended():
    both, reader = UserFactory(roles=(Role.OFFICER, Role.APPROVER)), officer()
    file = made.reviewed(reader, both)
    review_services.recommend(
        actor=reader, application=file, outcome="select", reason_codes=["ready_to_sell"], words=made.WORDS
    )
    with pytest.raises(NotAllowed):
        decide(file, both)
    assert made.fresh(file).state == State.RECOMMENDED


def test_who_recommended_does_not_decide_after_the_file_was_returned_and_recommended_by_another():
    both, reader = UserFactory(roles=(Role.OFFICER, Role.APPROVER)), officer()
    file = made.held()
    decline = {"outcome": "decline", "reason_codes": ["gate_not_met"], "words": "A condition is not met."}
    review_services.recommend(actor=both, application=file, **decline)
    review_services.return_to_officer(
        actor=director(), application=file, words="Look again.", basis=review_selectors.basis_of(file)
    )
    review_services.recommend(actor=reader, application=file, **decline)
    with pytest.raises(NotAllowed):
        decide(file, both, outcome="decline", codes=["gate_not_met"])
    assert made.fresh(file).state == State.RECOMMENDED


def test_an_officer_does_not_decide():
    with pytest.raises(NotAllowed):
        decide(made.recommended(), officer())


def test_a_file_that_failed_a_gate_is_declined_and_nothing_else():
    file, boss = made.held(), director()
    review_services.recommend(
        actor=officer(), application=file, outcome="decline", reason_codes=["not_an_sme"], words="x"
    )
    for outcome, code in (("select", "ready_to_sell"), ("waitlist", "seats_full")):
        with pytest.raises(NotAllowed):
            decide(file, boss, outcome, (code,))
    decide(file, boss, "decline", ("not_an_sme",))
    assert made.fresh(file).state == State.DECLINED


@pytest.mark.sqlite_leg
def test_what_was_recommended_anew_since_the_page_was_opened_is_neither_decided_nor_returned_unread():
    by, boss = officer(), director()
    file = made.recommended(by)
    opened = review_selectors.basis_of(file)
    review_services.return_to_officer(actor=director(), application=file, words="Look again.", basis=opened)
    decline = {"outcome": "decline", "reason_codes": ["product_not_ready"], "words": "The price is too high."}
    review_services.recommend(actor=by, application=file, **decline)
    acts = [
        lambda: decide(file, boss, basis=opened),
        lambda: review_services.return_to_officer(actor=boss, application=file, words="Again.", basis=opened),
    ]
    for act in acts:
        with pytest.raises(DomainError) as refusal:
            act()
        assert refusal.value.code == "changed"
    assert (made.fresh(file).state, Decision.objects.count()) == (State.RECOMMENDED, 0)
    decide(file, boss, "decline", ["product_not_ready"])
    assert made.fresh(file).state == State.DECLINED


def test_what_another_director_put_on_the_waiting_list_since_is_not_selected_unread():
    file = made.recommended()
    opened = review_selectors.basis_of(file)
    decide(file, director(), "waitlist", ("seats_full",))
    with pytest.raises(DomainError) as refusal:
        decide(file, director(), basis=opened)
    assert (refusal.value.code, made.fresh(file).state) == ("changed", State.WAITLISTED)


@pytest.mark.sqlite_leg
def test_a_file_on_the_waiting_list_is_decided_again_with_a_second_row():
    file, boss = made.recommended(outcome="waitlist", codes=["seats_full"]), director()
    decide(file, boss, "waitlist", ("seats_full",))
    decide(file, boss)
    assert made.fresh(file).state == State.SELECTED
    assert list(Decision.objects.order_by("pk").values_list("outcome", flat=True)) == ["waitlist", "select"]


# ------------------------------------------------------------------------------------- every state, every act, counts


def _acts(file, reader, boss):
    return {
        "assign": lambda: review_services.assign_readers(
            actor=boss, application=file, first=officer(), second=officer()
        ),
        "recommend": lambda: review_services.recommend(
            actor=reader, application=file, outcome="select", reason_codes=["ready_to_sell"], words="x"
        ),
        "return": lambda: review_services.return_to_officer(
            actor=boss, application=file, words="x", basis=review_selectors.basis_of(file)
        ),
        **{
            outcome.value: (
                lambda outcome=outcome, code=code: review_services.decide(
                    actor=boss,
                    application=file,
                    outcome=outcome,
                    reason_codes=[code],
                    words="x",
                    basis=review_selectors.basis_of(file),
                )
            )
            for outcome, code in (
                (Outcome.SELECT, "ready_to_sell"),
                (Outcome.WAITLIST, "seats_full"),
                (Outcome.DECLINE, "product_not_ready"),
            )
        },
    }


DONE_IN = {  # act -> state before -> state after; refused in every other
    "assign": {"scored": "in_review", "in_review": "in_review"},
    "recommend": {"reviewed": "recommended", "held": "recommended"},
    "return": {"recommended": "reviewed"},
    "select": {"recommended": "selected", "waitlisted": "selected"},
    "waitlist": {"recommended": "waitlisted"},
    "decline": {"recommended": "declined", "waitlisted": "declined"},
}


@pytest.mark.parametrize("action", DONE_IN)
def test_each_act_is_done_in_just_the_states_of_the_table(action):
    done = {}
    reader, boss, adviser = officer(), director(), officer()
    file = made.scored()
    verified_papers(file.sme)
    Recommendation.objects.create(application=file, officer=adviser, outcome="select", words="x")
    for state in State:
        file = made.in_state(file, state)
        file.readings.all().delete()
        Decision.objects.all().delete()
        file.recommendations.exclude(officer=adviser).delete()
        file.recommendations.update(returned_at=None)
        try:
            _acts(file, reader, boss)[action]()
        except WrongState:
            assert made.fresh(file).state == state
        else:
            done[state.value] = made.fresh(file).state
            file.recommendations.filter(officer=reader).delete()  # else the next one would be the same said twice
    assert done == DONE_IN[action]


@pytest.mark.sqlite_leg
def test_kept_counts_follow_every_act():
    by, boss = officer(), director()
    file = made.recommended(by)
    decide(file, boss)
    tallies.fold()
    assert set(DeskTally.objects.exclude(number=0).values_list("state", "number")) == {("selected", 1)}


def test_reading_is_only_done_while_the_file_is_in_review():
    first, second = officer(), officer()
    for state in State:
        file = made.in_state(made.assigned(first, second), state)
        if state == State.IN_REVIEW:
            review_services.record_reading(actor=first, application=file, **made.READ)
            continue
        with pytest.raises(WrongState):
            review_services.record_reading(actor=first, application=file, **made.READ)


def test_a_question_to_the_firm_holds_a_recommendation_back():
    by = officer()
    file = made.reviewed(by)
    from tests.factories.selection import ask, owner_of

    question = ask(file, by=by)
    with pytest.raises(DomainError) as refused:
        review_services.recommend(
            actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words="x"
        )
    assert refused.value.code == "waits_for_firm"
    firm_side.answer_question(actor=owner_of(file), question=question, answer="As written.")
    scoring_services.score_application(application_id=file.pk)
    review_services.recommend(actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words="x")
