"""What stands against selecting a file, each rule with a file that it lets pass; waivers, lines, a third reader; and at once."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.urls import reverse

from selection.applications.reasons import REASONS
from selection.models import Application, Decision, Reading, Recommendation, Round, Waiver
from selection.review import obstacles
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.review.agreement import MARKS_APART, disagree
from selection.states import Outcome, RoundState, State
from smes.duplicates import services as duplicates_services
from smes.evidence import services as evidence_services
from smes.models import Contradiction, Document, DuplicateFlag, Sme
from smes.papers import services as papers_services
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, decided
from tests.factories.smes import SmeFactory, flag_of, kept, verified_papers
from tests.selection import made
from tests.selection.test_at_once import at_once, until_somebody_waits_for_us

pytestmark = pytest.mark.django_db
NEEDED = {"cnic_copy", "tax_return", "bank_certificate", "export_proof"}


def recommend(file, by, outcome="select", code="ready_to_sell") -> Recommendation:
    return review_services.recommend(actor=by, application=file, outcome=outcome, reason_codes=[code], words=made.WORDS)


def decide(file, by=None, outcome="select", code="ready_to_sell") -> Decision:
    return review_services.decide(
        actor=by or director(),
        application=file,
        outcome=outcome,
        reason_codes=[code],
        words=made.WORDS,
        basis=review_selectors.basis_of(file),
    )


def code_of(act, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as refused:
        act(*args, **kwargs)
    return refused.value.code


def codes(file) -> list[str]:
    return [each.code for each in obstacles.obstacles_of(made.fresh(file))]


def without_papers(by, **kwargs) -> Application:
    file = made.reviewed(by, **kwargs)
    Document.objects.filter(sme=file.sme).delete()
    return file


# ------------------------------------------------------------------------------------------------------ papers


def test_a_file_with_its_papers_verified_is_recommended_and_selected():
    by = officer()
    file = made.reviewed(by)
    assert codes(file) == []
    assert recommend(file, by).papers_looked_at
    assert decide(file).outcome == "select"


@pytest.mark.parametrize("state", ["missing", "uploaded", "refused", "over"])
def test_each_needed_paper_must_be_verified_and_in_force(state):
    by = officer()
    file = made.reviewed(by)
    paper = Document.objects.get(sme=file.sme, kind="cnic_copy")
    if state == "missing":
        paper.delete()
    elif state == "over":
        Document.objects.filter(pk=paper.pk).update(expires_on=today() - timedelta(days=1))
    else:
        Document.objects.filter(pk=paper.pk).update(state=state, reason="Cannot be read.")

    assert codes(file) == ["papers_not_verified"]
    assert code_of(recommend, file, by) == "papers_not_verified"
    assert recommend(file, by, "waitlist", "product_not_ready").outcome == "waitlist"  # a seat is what it is about


def test_a_paper_that_says_something_else_than_the_firm_stops_until_the_firm_writes_what_it_says():
    by = officer()
    file = made.reviewed(by)
    paper = Document.objects.get(sme=file.sme, kind="tax_return")
    evidence_services.compare_fact(actor=by, document=paper, fact="turnover_pkr", answer="differs", note="4,100,000")
    assert codes(file) == ["paper_differs"]
    assert code_of(recommend, file, by) == "paper_differs"
    assert "Turnover" in obstacles.obstacles_of(made.fresh(file))[0].text

    evidence_services.compare_fact(actor=by, document=paper, fact="turnover_pkr", answer="same")
    assert codes(file) == []


def test_a_kept_paper_that_cannot_be_read_stops_until_it_can():
    by = officer()
    file = made.reviewed(by)
    paper = Document.objects.get(sme=file.sme, kind="bank_certificate")
    kept(paper, by, iban_held="unreadable")
    assert codes(file) == ["paper_differs"]
    assert code_of(recommend, file, by) == "paper_differs"

    kept(paper, by)
    assert codes(file) == []


@pytest.mark.parametrize("answer", ["same", "differs"])
def test_what_the_firm_wrote_anew_after_a_paper_was_compared_is_compared_again(answer):
    by = officer()
    file = made.reviewed(by)
    paper = Document.objects.get(sme=file.sme, kind="bank_certificate")
    kept(paper, by, iban_held=answer)
    Sme.objects.filter(pk=file.sme_id).update(iban="PK24SCBL0000001171495101")
    assert codes(file) == ["paper_differs"]
    assert code_of(recommend, file, by) == "paper_differs"

    kept(Document.objects.get(pk=paper.pk), by)
    assert codes(file) == []


def test_a_paper_holds_on_its_last_day():
    file = made.reviewed()
    Document.objects.filter(sme=file.sme, kind="cnic_copy").update(expires_on=today())
    assert codes(file) == []


def test_a_paper_that_was_refused_after_the_recommendation_stops_the_decision():
    file = made.recommended()
    paper = Document.objects.get(sme=file.sme, kind="tax_return")
    papers_services.refuse_document(actor=officer(), document=paper, reason="Of another year.")

    assert code_of(decide, file) == "papers_not_verified"
    assert decide(file, outcome="decline", code="papers_missing").outcome == "decline"


def test_a_file_on_the_waiting_list_needs_its_papers_before_it_moves_up():
    file = made.recommended(outcome=Outcome.WAITLIST, codes=["product_not_ready"])
    decide(file, outcome="waitlist", code="product_not_ready")
    Document.objects.filter(sme=file.sme).delete()

    assert code_of(decide, file) == "papers_not_verified"
    verified_papers(file.sme)
    assert decide(file).outcome == "select"


@pytest.mark.parametrize(
    ("policy", "looked_at", "outcome", "refused"),
    [
        ("2026-1", False, "select", False),  # made before the rule, in a round that never asked for proof
        ("2026-1", True, "select", True),
        ("2026-2", False, "select", True),
        ("2026-1", False, "waitlist", True),
    ],
)
def test_what_was_recommended_before_the_rule_is_decided_as_it_was_made(policy, looked_at, outcome, refused):
    file = made.recommended(round=RoundFactory(policy=policy))
    Recommendation.objects.update(papers_looked_at=looked_at, outcome=outcome)
    Document.objects.filter(sme=file.sme).delete()

    assert codes(file) == (["papers_not_verified"] if refused else [])


def test_obstacles_of_many_files_cost_no_more_queries_than_those_of_one(django_assert_num_queries):
    round_ = RoundFactory()
    for number in (1, 3):
        files = [made.reviewed(round=round_) for _each in range(number)]
        rows = list(Application.objects.filter(pk__in=[file.pk for file in files]).select_related("round", "sme"))
        with django_assert_num_queries(6):
            assert all(not found for found in obstacles.obstacles_among(rows).values())
        for file in files:
            kept(Document.objects.get(sme=file.sme, kind="bank_certificate"), officer(), iban_held="unreadable")
        rows = list(Application.objects.filter(pk__in=[row.pk for row in rows]).select_related("round", "sme"))
        with django_assert_num_queries(13):
            assert all(obstacles.obstacles_among(rows).values())


# ------------------------------------------------------------------------------------------------------ waivers


def test_a_waiver_of_two_people_lets_a_file_pass_without_the_papers_it_names():
    by, chief = officer(), director()
    file = without_papers(by)
    waiver = review_services.propose_waiver(
        actor=by, application=file, kinds=sorted(NEEDED - {"cnic_copy"}), words="The offices were flooded."
    )
    assert codes(file) == ["papers_not_verified"]
    review_services.sign_waiver(actor=chief, application=file, waiver=waiver.public_id)

    assert "CNIC" in obstacles.obstacles_of(made.fresh(file))[0].text
    verified_papers(file.sme, without=tuple(NEEDED - {"cnic_copy"}))
    assert codes(file) == []
    assert recommend(file, by).outcome == "select"


def test_who_signs_a_waiver():
    by = officer()
    file = without_papers(by)
    waiver = review_services.propose_waiver(actor=by, application=file, kinds=["tax_return"], words="Flooded.")

    def sign(person):
        return review_services.sign_waiver(actor=person, application=file, waiver=waiver.public_id)

    both = UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    own = review_services.propose_waiver(actor=both, application=file, kinds=["cnic_copy"], words="Lost.")
    with pytest.raises(NotAllowed):
        review_services.sign_waiver(actor=both, application=file, waiver=own.public_id)
    with pytest.raises(NotAllowed):
        review_services.sign_waiver(actor=officer(), application=file, waiver=own.public_id)
    with pytest.raises(NotAllowed):
        review_services.propose_waiver(actor=director(), application=file, kinds=["tax_return"], words="Flooded.")
    with pytest.raises(NotFound):  # another proposal took its place
        sign(director())
    signed = review_services.sign_waiver(actor=director(), application=file, waiver=own.public_id)
    assert (signed.signed_at is not None, Waiver.objects.filter(signed_at__isnull=False).count()) == (True, 1)


def test_who_proposed_a_waiver_does_not_decide_the_file_that_it_lets_pass():
    by, both = officer(), UserFactory(roles=(Role.OFFICER, Role.APPROVER))
    file = without_papers(by)
    made_by_both = review_services.propose_waiver(actor=both, application=file, kinds=sorted(NEEDED), words="Flooded.")
    review_services.sign_waiver(actor=director(), application=file, waiver=made_by_both.public_id)
    recommend(file, by)
    with pytest.raises(NotAllowed):
        decide(file, by=both)
    assert decide(file).outcome == "select"


@pytest.mark.parametrize(
    ("kinds", "words", "code"),
    [
        (["tax_return"], " ", "no_words"),
        ([], "Flooded.", "not_needed"),
        (["electricity_bill"], "Flooded.", "not_needed"),
        (["tax_return", "electricity_bill"], "Flooded.", "not_needed"),
    ],
)
def test_a_waiver_says_why_and_names_papers_that_are_needed(kinds, words, code):
    by = officer()
    file = without_papers(by)
    refused = code_of(review_services.propose_waiver, actor=by, application=file, kinds=kinds, words=words)
    assert (refused, Waiver.objects.count()) == (code, 0)


def test_nothing_is_waived_for_a_closed_file():
    file = without_papers(officer())
    decided(file, Outcome.DECLINE)
    with pytest.raises(WrongState):
        review_services.propose_waiver(actor=officer(), application=file, kinds=["tax_return"], words="Flooded.")


# -------------------------------------------------------------------------------- duplicates and contradictions


def test_a_pair_that_nobody_judged_stops_and_one_that_is_different_does_not():
    by = officer()
    file = made.reviewed(by)
    flag = flag_of(file.sme, SmeFactory(name="Kirthar Towels"))

    assert code_of(recommend, file, by) == "duplicate_open"
    duplicates_services.judge_duplicate(actor=by, flag=flag, same=False)
    assert recommend(file, by).outcome == "select"


def test_the_same_business_stops_as_long_as_it_has_another_file_in_the_round():
    by = officer()
    file = made.reviewed(by)
    other = ApplicationFactory(scored=True, round=file.round)
    flag = flag_of(file.sme, other.sme)
    duplicates_services.judge_duplicate(actor=by, flag=flag, same=True)

    assert code_of(recommend, file, by) == "same_business"
    decided(other, Outcome.DECLINE)
    assert codes(file) == []


def test_the_same_business_in_another_round_does_not_stop():
    file = made.reviewed()
    other = ApplicationFactory(scored=True, round=RoundFactory())
    DuplicateFlag.objects.filter(pk=flag_of(file.sme, other.sme).pk).update(state="same")
    assert codes(file) == []


@pytest.mark.parametrize(
    ("code", "stops"),
    [
        ("exports_above_turnover", True),
        ("exports_before_founding", True),
        ("same_paper", True),
        ("like_paper", True),
        ("output_above_people", False),
        ("city_outside_province", False),
        ("cnic_of_another_province", False),
        ("fact_leaps", False),
    ],
)
def test_which_open_contradictions_stop(code, stops):
    from smes.profile.contradictions import RULES

    file = made.reviewed()
    row = Contradiction.objects.create(sme=file.sme, code=code, digest="1", stops=RULES[code].stops)

    assert codes(file) == (["contradiction_open"] if stops else [])
    row.state, row.explanation = "explained", "Sold from stock."
    row.save()
    assert codes(file) == []


def test_a_contradiction_found_in_the_facts_is_explained_before_the_file_is_selected():
    by = officer()
    file = made.reviewed(by, sme_values={"turnover_pkr": 5_000_000})
    deliver_all()
    assert code_of(recommend, file, by) == "contradiction_open"
    row = Contradiction.objects.get()
    review_services.explain_contradiction(
        actor=by, application=file, contradiction=row.public_id, explanation="Sold from stock."
    )
    assert recommend(file, by).outcome == "select"


def test_a_figure_that_leaps_when_a_file_is_submitted_again_is_named():
    from selection.models import FrozenFacts

    file = made.reviewed()
    FrozenFacts.objects.create(application=file, version=2, facts={**file.facts, "employees": 400})
    review_services.note_contradictions(application_id=file.pk)
    review_services.note_contradictions(application_id=file.pk)
    row = Contradiction.objects.get()
    assert (row.code, row.about, row.data["old"], row.data["new"]) == (
        "fact_leaps",
        f"{file.file_number} employees",
        "40",
        "400",
    )
    evidence_services.look_for_contradictions(sme_id=file.sme_id)
    assert Contradiction.objects.get().state == "open"


# ------------------------------------------------------------------------------------------------- line of a round


def test_the_reasons_that_speak_of_a_line():
    assert {code for code, reason in REASONS.items() if reason.needs_line} == {
        "strong_score",
        "near_the_line",
        "score_too_low",
    }


@pytest.mark.parametrize(
    ("state", "unscored", "has_line"),
    [
        (RoundState.OPEN, False, False),
        (RoundState.IN_REVIEW, True, False),
        (RoundState.IN_REVIEW, False, True),
        (RoundState.DECIDED, False, True),
    ],
)
def test_above_the_line_is_said_only_where_there_is_one(state, unscored, has_line):
    by = officer()
    file = made.reviewed(by)
    if unscored:
        ApplicationFactory(submitted=True, round=file.round)
    Round.objects.update(state=state)
    file = made.fresh(file)

    assert review_selectors.has_line(file.round) == has_line
    if has_line:
        assert recommend(file, by, code="strong_score").reason_codes == ["strong_score"]
    else:
        assert code_of(recommend, file, by, code="strong_score") == "no_line"
        assert code_of(recommend, file, by, "decline", "score_too_low") == "no_line"
        assert recommend(file, by).reason_codes == ["ready_to_sell"]


# --------------------------------------------------------------------------------------------------- third reader


def judged(commitment=6, product_fit=6, outcome="select") -> Reading:
    return Reading(commitment=commitment, product_fit=product_fit, outcome=outcome)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (judged(), judged(), False),
        (judged(), judged(outcome="waitlist"), False),
        (judged(outcome="waitlist"), judged(outcome="decline"), False),
        (judged(), judged(outcome="decline"), True),
        (judged(commitment=MARKS_APART - 1 + 1), judged(commitment=1), False),
        (judged(commitment=MARKS_APART + 1), judged(commitment=1), True),
        (judged(product_fit=0), judged(product_fit=MARKS_APART), True),
    ],
)
def test_when_two_readings_disagree(one, other, apart):
    assert disagree(one, other) == disagree(other, one) == apart


def read(file, by, **said) -> Application:
    review_services.record_reading(actor=by, application=file, **{**made.READ, **said})
    return made.fresh(file)


def test_readings_that_disagree_go_to_a_third_officer_who_reads_alone():
    first, second, busy, third = (officer() for _each in range(4))
    made.assigned(busy, first)
    file = made.assigned(first, second)
    read(file, first)
    file = read(file, second, outcome="decline")
    assert file.state == State.IN_REVIEW
    assert file.readings.get(place=3).reader == third  # the one with nothing to read, by rule
    standing = review_selectors.standing_of(file)
    assert (standing.needs_third, standing.is_read) == (True, False)
    assert [seen.judged for seen in review_selectors.readings_for(third, file, standing)] == [None] * 3
    with pytest.raises(WrongState):
        recommend(file, first, "waitlist", "product_not_ready")

    file = read(file, third)
    assert file.state == State.REVIEWED
    verified_papers(file.sme)
    assert recommend(file, first).outcome == "select"


def reviewed_before_the_rule(*, outcome="decline") -> Application:
    """A file whose two readings disagree although it is reviewed: it was so before a third reading was asked for by rule."""
    file = made.reviewed()
    file.readings.filter(place=2).update(outcome=outcome)
    Application.objects.filter(pk=file.pk).update(readings_differ=outcome == "decline")
    return made.fresh(file)


def test_a_director_calls_a_third_reader_for_a_file_of_before_the_rule_who_is_told(client):
    file, chief, third = reviewed_before_the_rule(), director(), officer()
    client.force_login(chief)
    page = client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode()
    address = reverse("selection:desk_call_third", args=[file.public_id])
    assert f'action="{address}"' in page

    client.post(address)
    deliver_all()

    file = made.fresh(file)
    assert (file.state, file.readings.get(place=3).reader) == (State.IN_REVIEW, third)
    assert Message.objects.get(to=third).template == "review.third_reader"
    assert not Message.objects.filter(template="review.third_reader").exclude(to=third).exists()
    assert file.file_number in Message.objects.get(to=third).subject
    assert address not in client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode()

    file = read(file, third)
    assert file.state == State.REVIEWED
    with pytest.raises(DomainError, match="do not disagree"):
        review_services.call_third_reader(actor=chief, application=file)


def test_nobody_calls_a_third_reader_where_the_readings_agree_nor_who_is_no_director():
    file = reviewed_before_the_rule(outcome="select")
    with pytest.raises(DomainError, match="do not disagree"):
        review_services.call_third_reader(actor=director(), application=file)
    with pytest.raises(NotAllowed):
        review_services.call_third_reader(actor=officer(), application=reviewed_before_the_rule())


def test_readings_that_agree_need_no_third():
    officer()
    file = made.reviewed()
    assert (file.state, file.readings.count()) == (State.REVIEWED, 2)


def test_a_file_reviewed_before_the_rule_whose_readings_disagree_is_not_recommended_on():
    by = officer()
    file = made.reviewed(by)
    file.readings.filter(place=2).update(outcome="decline")
    assert code_of(recommend, file, by, "decline", "product_not_ready") == "readings_differ"


def test_without_a_free_officer_the_third_place_waits_for_somebody():
    first, second = officer(), officer()
    file = made.assigned(first, second)
    read(file, first)
    file = read(file, second, outcome="decline")
    assert (file.state, file.readings.count(), file.nobody_since is not None) == (State.IN_REVIEW, 2, True)
    assert not review_selectors.standing_of(file).is_read


def test_facts_that_change_open_both_readings_and_let_the_third_fall():
    first, second, third = officer(), officer(), officer()
    file = made.assigned(first, second)
    read(file, first)
    read(file, second, outcome="decline")
    assert file.readings.filter(reader=third).exists()
    Application.objects.filter(pk=file.pk).update(facts_version=2)
    made.in_state(file, State.SCORED)

    assert review_services.resume_reading(application_id=file.pk)
    assert sorted(file.readings.values_list("place", "done_at")) == [(1, None), (2, None)]


# --------------------------------------------------------------------------------------------------------- at once

postgres = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def while_held(hold, act):
    """Do `act` in another thread while `hold` is done in a transaction of ours that ends once the other waits for it."""
    answers = []

    def run():
        try:
            answers.append(act())
        except DomainError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    with transaction.atomic():
        hold()
        thread = Thread(target=run)
        thread.start()
        until_somebody_waits_for_us()
    thread.join()
    return answers[0]


class TestAtOnce:
    pytestmark = postgres

    def test_a_paper_that_is_refused_while_a_director_decides_stops_the_decision(self):
        file, by = made.recommended(), officer()
        paper = Document.objects.get(sme=file.sme, kind="tax_return")
        refuse = lambda: papers_services.refuse_document(actor=by, document=paper, reason="Of another year.")  # noqa: E731

        assert while_held(refuse, lambda: decide(file)) == "papers_not_verified"
        assert not Decision.objects.exists()

    def test_a_paper_cannot_be_refused_between_the_look_and_the_decision(self):
        file, by = made.recommended(), officer()
        paper = Document.objects.get(sme=file.sme, kind="tax_return")
        chief = director()

        refused = while_held(
            lambda: decide(file, chief),
            lambda: papers_services.refuse_document(actor=by, document=paper, reason="Of another year."),
        )
        assert (refused.state, Decision.objects.get().outcome) == ("refused", "select")
        assert Decision.objects.get().created_at <= refused.judged_at

    def test_a_duplicate_that_is_found_while_a_director_decides_stops_the_decision(self):
        file, chief = made.recommended(), director()
        duplicates_services.flag_duplicates(sme_id=SmeFactory(complete=True).pk)  # of the same bank account

        look = lambda: duplicates_services.flag_duplicates(sme_id=file.sme_id)  # noqa: E731
        assert while_held(look, lambda: decide(file, chief)) == "duplicate_open"
        assert not Decision.objects.exists()

    def test_two_proposals_of_a_waiver_at_once_leave_one_that_waits(self):
        file = without_papers(officer())
        people = [officer(), officer()]
        at_once(
            *(
                lambda by=by: review_services.propose_waiver(
                    actor=by, application=file, kinds=["tax_return"], words="Flooded."
                )
                for by in people
            )
        )
        assert (Waiver.objects.count(), Waiver.objects.filter(dropped_at=None).count()) == (2, 1)

    def test_two_signatures_at_once_are_one(self):
        file = without_papers(officer())
        waiver = review_services.propose_waiver(
            actor=officer(), application=file, kinds=["tax_return"], words="Flooded."
        )
        chiefs = [director(), director()]
        signed = at_once(
            *(
                lambda by=by: review_services.sign_waiver(actor=by, application=file, waiver=waiver.public_id)
                for by in chiefs
            )
        )
        assert len({one.signed_by_id for one in signed}) == 1
