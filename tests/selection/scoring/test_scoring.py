"""Scoring in the worker, the messages that follow, and the papers that officers verify meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from selection.appeals import handlers as appeals_handlers
from selection.applications import handlers as applications_handlers
from selection.applications import selectors as applications_selectors
from selection.applications import tasks as applications_tasks
from selection.correspondence import services as correspondence_services
from selection.engine.score import replay
from selection.intake import services as intake_services
from selection.models import Application, DeskTally, FrozenFacts, Round, ScoreCard
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.rounds import tasks as rounds_tasks
from selection.scoring import selectors as scoring_selectors
from selection.scoring import services as scoring_services
from selection.scoring import tasks as scoring_tasks
from selection.scoring.services import with_verdicts
from selection.states import Outcome
from smes.models import Sme
from smes.papers import services as firm_services
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.audit.selectors import timeline
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, decided, owner_of
from tests.factories.smes import CertificationFactory, DocumentFactory, MemberFactory, SmeFactory
from tests.factories.trade import IndicatorFactory, VintageFactory
from tests.selection import made

pytestmark = pytest.mark.django_db
TOO_LARGE = {"turnover_pkr": 5_000_000_000}


def fresh(row: Application) -> Application:
    return Application.objects.select_related("round", "sme").get(pk=row.pk)


def told(person) -> list[str]:
    return list(Message.objects.filter(to=person).order_by("pk").values_list("template", flat=True))


# ---------------------------------------------------------------------------------------------------------- scoring


@pytest.mark.sqlite_leg
def test_a_submitted_file_is_scored_with_a_card_that_can_be_computed_again():
    row = ApplicationFactory(submitted=True)

    kept = scoring_services.score_application(application_id=row.pk)

    row = fresh(row)
    assert (row.state, row.has_score, row.points) == ("scored", True, kept.points)
    assert (kept.facts_version, kept.policy_version, kept.engine_version, kept.gates_passed) == (
        1,
        "2026-1",
        "1.0",
        True,
    )
    assert replay(kept.card).seal == kept.seal
    assert len(row.tie_key) == 20


@pytest.mark.sqlite_leg
def test_scoring_twice_keeps_one_card_and_one_event():
    row = ApplicationFactory(submitted=True)

    first = scoring_services.score_application(application_id=row.pk)
    second = scoring_services.score_application(application_id=row.pk)

    assert (second.pk, ScoreCard.objects.count()) == (first.pk, 1)
    assert [e.name for e in timeline(row)].count("application.scored") == 1


def test_a_file_at_a_shut_gate_is_held_without_points_on_the_desk():
    row = ApplicationFactory(scored=True, sme_values=TOO_LARGE)

    card = applications_selectors.newest_card(row)

    assert (row.state, row.has_score, row.points) == ("held", False, Decimal(0))
    assert [gate.code for gate in card.refusals] == ["size"]
    assert card.total > 0


@pytest.mark.parametrize("state", ["draft", "decided", "gone"])
def test_what_is_not_to_be_scored_is_left_alone(state):
    row = ApplicationFactory() if state == "draft" else decided(ApplicationFactory(scored=True))
    pk = 0 if state == "gone" else row.pk

    assert scoring_services.score_application(application_id=pk) is None


def test_a_score_names_the_day_of_submission_and_not_of_the_worker():
    row = ApplicationFactory(submitted=True)
    Application.objects.update(submitted_at="2026-03-02T06:00:00Z")

    kept = scoring_services.score_application(application_id=row.pk)

    assert kept.scored_on == date(2026, 3, 2)


@pytest.mark.parametrize(("closed_for_days", "counts"), [(-1, "new"), (1, "new"), (2, "old")])
def test_a_file_scored_after_the_closing_rests_on_the_trade_figures_in_use_when_the_round_closed(
    closed_for_days, counts
):
    now = timezone.now()
    for name, days in (("old", 9), ("new", 1)):
        vintage = VintageFactory(name=name, published_at=now - timedelta(days=days), state="superseded")
        IndicatorFactory(vintage=vintage)
    row = ApplicationFactory(submitted=True)
    Round.objects.update(opens_at=now - timedelta(days=8), closes_at=now - timedelta(days=closed_for_days))

    kept = scoring_services.score_application(application_id=row.pk)

    assert kept.vintage == counts


def test_an_answer_that_opens_the_gate_lets_a_held_file_go_on():
    row = ApplicationFactory(scored=True, sme_values=TOO_LARGE)
    question = ask(row, fields=["turnover_pkr"])
    correspondence_services.answer_question(actor=owner_of(row), question=question, values={"turnover_pkr": 42_000_000})

    scoring_services.score_application(application_id=row.pk)

    assert (fresh(row).state, ScoreCard.objects.count()) == ("scored", 2)


def test_an_answer_that_leaves_the_gate_shut_keeps_the_file_held_and_says_nothing_new():
    row = ApplicationFactory(scored=True, sme_values=TOO_LARGE)
    question = ask(row, fields=["employees"])
    correspondence_services.answer_question(actor=owner_of(row), question=question, values={"employees": 50})

    scoring_services.score_application(application_id=row.pk)

    assert fresh(row).state == "held"
    assert [e.name for e in timeline(row)].count("application.held") == 1


def test_an_answer_that_shuts_a_gate_takes_the_file_out_of_review():
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=["turnover_pkr"])
    correspondence_services.answer_question(
        actor=owner_of(row), question=question, values={"turnover_pkr": 5_000_000_000}
    )

    scoring_services.score_application(application_id=row.pk)

    row = fresh(row)
    assert (row.state, row.has_score) == ("held", False)


def test_a_file_in_review_is_scored_anew_and_goes_back_to_its_readers():
    row = ApplicationFactory(scored=True)
    points = row.points
    first, second = officer(), officer()
    review_services.assign_readers(actor=director(), application=row, first=first, second=second)
    question = ask(row, fields=["website", "catalogue_products"], by=first)
    correspondence_services.answer_question(
        actor=owner_of(row), question=question, values={"website": False, "catalogue_products": 0}
    )

    deliver_all()

    row = fresh(row)
    assert (row.state, row.points < points) == ("in_review", True)
    assert set(row.readings.values_list("reader_id", flat=True)) == {first.pk, second.pk}


# ----------------------------------------------------------------------------------------------- papers meanwhile


def test_a_certificate_verified_in_review_counts_for_the_file():
    sme = SmeFactory(complete=True)
    CertificationFactory(sme=sme, kind="iso_9001")
    row = ApplicationFactory(sme=sme, scored=True)
    before = row.points
    paper = DocumentFactory(sme=sme, kind="quality_certificate", certificate="iso_9001", expires_on=date(2030, 1, 1))

    firm_services.verify_document(actor=officer(), document=paper)
    deliver_all()

    row = fresh(row)
    assert (row.facts["certifications"][0]["verified"], row.facts_version, row.points > before) == (True, 2, True)
    assert set(FrozenFacts.objects.get(version=2).changed_fields) == {"certifications", "documents_verified", "proofs"}


def test_papers_judged_one_after_the_other_are_taken_up_once_and_all_of_them():
    sme, person = SmeFactory(complete=True), officer()
    row, asked = ApplicationFactory(sme=sme, scored=True), []
    deliver_all()
    for kinds in (("tax_return",), ("ntn_certificate", "bank_certificate", "export_proof")):
        for kind in kinds:
            firm_services.verify_document(actor=person, document=DocumentFactory(sme=sme, kind=kind))
        with CaptureQueriesContext(connection) as queries:
            deliver_all()
        asked.append(len([query for query in queries if 'FROM "smes_certification"' in query["sql"]]))

    assert asked[0] == asked[1] > 0
    assert fresh(row).facts["documents_verified"] == [
        "bank_certificate",
        "export_proof",
        "ntn_certificate",
        "tax_return",
    ]
    assert fresh(row).facts_version == 3


def test_what_the_firm_changed_by_itself_is_not_taken_along():
    sme = SmeFactory(complete=True)
    row = ApplicationFactory(sme=sme, scored=True)
    CertificationFactory(sme=sme, kind="iso_9001")
    Sme.objects.update(employees=20, bank_account_named=False)

    assert scoring_services.take_up_papers(application_id=row.pk) is False
    assert fresh(row).facts_version == 1


@pytest.mark.parametrize(
    ("frozen", "now", "merged"),
    [
        (None, None, None),
        (None, [{"kind": "a", "expires_on": None, "verified": False}], None),
        (
            None,
            [{"kind": "a", "expires_on": None, "verified": True}],
            [{"kind": "a", "expires_on": None, "verified": True}],
        ),
        (
            [{"kind": "a", "expires_on": "2027-01-01", "verified": False}],
            [{"kind": "a", "expires_on": "2029-01-01", "verified": True}],
            [{"kind": "a", "expires_on": "2029-01-01", "verified": True}],
        ),
        (
            [{"kind": "a", "expires_on": "2027-01-01", "verified": True}],
            [{"kind": "a", "expires_on": "2029-01-01", "verified": False}],
            [{"kind": "a", "expires_on": "2027-01-01", "verified": False}],
        ),
        (
            [{"kind": "a", "expires_on": "2027-01-01", "verified": True}],
            [],
            [{"kind": "a", "expires_on": "2027-01-01", "verified": True}],
        ),
    ],
)
def test_frozen_certificates_take_officers_verdicts_and_nothing_else(frozen, now, merged):
    assert with_verdicts(frozen, now) == merged


# ---------------------------------------------------------------------------------------------------- what is told


@pytest.mark.sqlite_leg
def test_the_firms_people_hear_of_each_step_once():
    row = ApplicationFactory(submitted=True)
    preparer = MemberFactory(sme=row.sme).user
    deliver_all()
    deliver_all()

    assert fresh(row).state == "scored"
    for person in (owner_of(row), preparer):
        assert told(person) == ["application.submitted", "application.scored"]


def test_ringing_the_same_event_again_tells_nobody_twice():
    row = ApplicationFactory(submitted=True)
    event = Event.objects.get(name="application.submitted")

    applications_handlers.tell_of_file(event)
    applications_handlers.tell_of_file(event)

    assert told(owner_of(row)) == ["application.submitted"]


def test_giving_up_a_draft_is_nobodys_news():
    row = ApplicationFactory()
    intake_services.withdraw_application(actor=owner_of(row), application=row)
    deliver_all()

    assert told(owner_of(row)) == []


def test_a_withdrawn_application_is_told():
    row = ApplicationFactory(submitted=True)
    intake_services.withdraw_application(actor=owner_of(row), application=row)
    applications_handlers.tell_of_file(Event.objects.get(name="application.withdrawn"))

    assert told(owner_of(row)) == ["application.withdrawn"]


def test_a_held_firm_reads_which_condition_and_what_would_meet_it():
    row = ApplicationFactory(scored=True, sme_values=TOO_LARGE)
    deliver_all()

    body = Message.objects.get(to=owner_of(row), template="application.held").body
    assert "A small or medium firm by the rule in force: Your sales are above the limit" in body


@pytest.mark.parametrize("outcome", [Outcome.WAITLIST, Outcome.DECLINE])  # a selection is told with its offer
def test_a_decision_is_told_with_its_words_and_reasons(outcome):
    row = decided(ApplicationFactory(scored=True), outcome, words="Because we say so & so.")
    told_of = {"decision": row.decisions.get().public_id}
    event = Event(name=f"application.{row.state}", subject_id=str(row.pk), pk=77, data=told_of)

    appeals_handlers.tell_decision(event)

    message = Message.objects.get(to=owner_of(row))
    assert message.template == f"application.{row.state}"
    assert "Because we say so & so." in message.body
    assert message.url == f"/file/{row.public_id}/receipt/"


def test_a_decision_that_was_changed_before_its_letter_was_written_is_not_told():
    """The firm never gets two letters at once that contradict each other: of this pair only the newest leaves."""
    with outbox.held_back():
        row, boss = made.recommended(outcome=Outcome.WAITLIST, codes=["seats_full"]), director()
        for outcome, code, words in (
            (Outcome.WAITLIST, "seats_full", "The seats are full."),
            (Outcome.SELECT, "ready_to_sell", "A seat is free."),
        ):
            review_services.decide(
                actor=boss,
                application=row,
                outcome=outcome,
                reason_codes=[code],
                words=words,
                basis=review_selectors.basis_of(row),
            )
    deliver_all()

    bodies = dict(Message.objects.filter(to=owner_of(row)).values_list("template", "body"))
    assert "application.waitlisted" not in bodies
    assert "A seat is free." in bodies["application.selected"]


def test_a_question_told_late_is_not_told_in_the_words_of_the_next_one():
    row, desk = ApplicationFactory(scored=True), officer()
    deliver_all()
    with outbox.held_back():
        first = ask(row, by=desk)
        correspondence_services.cancel_question(actor=desk, application=row, question=first.public_id)
        ask(row, fields=["employees"], by=desk)
    deliver_all()

    assert told(owner_of(row)).count("question.asked") == 1


def test_a_question_its_answer_and_its_letters_are_told_to_the_other_side():
    row = ApplicationFactory(scored=True)
    desk = officer()
    Application.objects.update(officer=desk)
    question = ask(row, by=desk)
    deliver_all()
    correspondence_services.write_letter(actor=owner_of(row), application=row, words="What do you mean?")
    correspondence_services.write_letter(actor=desk, application=row, words="Count the looms.")
    correspondence_services.answer_question(actor=owner_of(row), question=question, answer="Seven.")
    deliver_all()

    assert told(owner_of(row)) == [
        "application.submitted", "application.scored", "question.asked", "letter.written", "question.answered",
    ]  # fmt: skip
    assert told(desk) == ["letter.written_desk", "question.answered_desk"]


def test_messages_are_written_in_the_persons_language_and_fit_an_sms():
    row = ApplicationFactory(submitted=True)
    owner = owner_of(row)
    owner.mobile, owner.mobile_verified = "+923001234567", True
    owner.save()
    deliver_all()

    from tdap_portal.notifications.models import Dispatch
    from tdap_portal.notifications.texts import sms_length

    texts = list(Dispatch.objects.filter(channel="sms").values_list("text", flat=True))
    assert texts
    assert {sms_length(text).parts for text in texts} == {1}


# ---------------------------------------------------------------------------------------------------- bad days


def test_a_dead_broker_does_not_stop_a_submission(monkeypatch, django_capture_on_commit_callbacks):
    from kombu.exceptions import OperationalError

    rings = []

    def dead(signature, *_args, **_kwargs):
        rings.append(signature.task)
        raise OperationalError("no broker")

    monkeypatch.setattr("celery.canvas.Signature.apply_async", dead)
    with django_capture_on_commit_callbacks(execute=True):
        row = ApplicationFactory(submitted=True)

    assert "audit.deliver" in rings
    assert fresh(row).state == "submitted"
    assert scoring_selectors.waiting_for_score() == [row.pk]


@pytest.mark.sqlite_leg
def test_the_sweep_scores_what_was_never_rung():
    row = ApplicationFactory(submitted=True)

    scoring_tasks.sweep_scoring()

    assert fresh(row).state == "scored"


def test_the_sweep_scores_corrected_facts_although_the_bell_was_lost_after_its_delivery(monkeypatch):
    row, first, second = ApplicationFactory(scored=True), officer(), officer()
    review_services.assign_readers(actor=director(), application=row, first=first, second=second)
    question = ask(row, fields=["website", "catalogue_products"], by=first)
    monkeypatch.setattr("celery.canvas.Signature.apply_async", lambda *_args, **_kwargs: None)
    correspondence_services.answer_question(
        actor=owner_of(row), question=question, values={"website": False, "catalogue_products": 0}
    )
    deliver_all()
    assert applications_selectors.newest_score(row).facts_version == 1

    scoring_tasks.sweep_scoring()
    deliver_all()

    row = fresh(row)
    assert (row.facts_version, applications_selectors.newest_score(row).facts_version, row.state) == (2, 2, "in_review")
    assert scoring_selectors.waiting_for_score() == []


def test_facts_that_a_rescoring_of_the_round_came_upon_first_still_take_the_file_back_to_its_readers(monkeypatch):
    row, first, second = ApplicationFactory(scored=True), officer(), officer()
    review_services.assign_readers(actor=director(), application=row, first=first, second=second)
    question = ask(row, fields=["website"], by=first)
    monkeypatch.setattr("celery.canvas.Signature.apply_async", lambda *_args, **_kwargs: None)
    correspondence_services.answer_question(actor=owner_of(row), question=question, values={"website": False})
    deliver_all()
    scoring_services.start_rescoring(actor=director(), round=row.round)
    deliver_all()

    scoring_tasks.sweep_scoring()

    assert [event.name for event in timeline(row)].count("application.rescored") == 1


@pytest.mark.sqlite_leg
def test_the_migration_counts_as_scored_what_has_a_card_of_its_facts():
    scored, waiting, stale = (
        ApplicationFactory(scored=True), ApplicationFactory(scored=True), ApplicationFactory(scored=True)
    )  # fmt: skip
    Application.objects.update(scored_version=0)
    Application.objects.filter(pk=waiting.pk).update(state="submitted")
    Application.objects.filter(pk=stale.pk).update(facts_version=2)

    import_module("selection.migrations.0008_fill_scored_version").fill(apps, None)

    versions = dict(Application.objects.values_list("pk", "scored_version"))
    assert versions == {scored.pk: 1, waiting.pk: 0, stale.pk: 0}


def test_a_file_that_cannot_be_scored_does_not_stop_the_sweep(caplog):
    with outbox.held_back():
        bad, good = (ApplicationFactory(submitted=True) for _ in range(2))
    Application.objects.filter(pk=bad.pk).update(facts={"no": "facts"})

    scoring_tasks.sweep_scoring()

    assert [fresh(row).state for row in (bad, good)] == ["submitted", "scored"]
    assert f"failed for {bad.pk}" in caplog.text


def test_a_process_that_holds_its_bells_scores_by_itself():
    row = ApplicationFactory(submitted=True)

    with outbox.held_back():
        deliver_all()

    assert fresh(row).state == "scored"


def test_the_tasks_of_the_clockwork_do_their_one_call():
    planned = RoundFactory(planned=True)
    Round.objects.filter(pk=planned.pk).update(opens_at=timezone.now() - timedelta(minutes=1))
    row = ApplicationFactory(submitted=True)
    Application.objects.filter(pk=row.pk).update(clock_started_on=date(2026, 3, 2), due_on=date(2026, 3, 3))

    applications_tasks.fold_tallies()
    rounds_tasks.keep_calendar()
    rounds_tasks.promise_alarms()

    assert DeskTally.objects.filter(folded=False).count() == 0
    assert Round.objects.get(pk=planned.pk).state == "open"
    assert "promise.broken" in [event.name for event in timeline(row)]


def test_the_history_names_the_gates_that_held_a_file():
    event = timeline(made.held()).get(name="application.held")

    assert (event.data["passed"], event.data["gates"]) == (False, ["size"])
