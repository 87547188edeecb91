"""Several people at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from threading import Event as Signal
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from selection.applications import selectors as applications_selectors
from selection.applications import tallies
from selection.correspondence import services as correspondence_services
from selection.desk import services as desk_services
from selection.intake import services as intake_services
from selection.models import Application, DeskTally, Letter, Round, SavedView, ScoreCard
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.rounds import services as rounds_services
from selection.scoring import services as scoring_services
from selection.states import State
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, owner_of
from tests.factories.smes import SmeFactory, verified_papers
from tests.selection import made
from tests.smes.pages import hidden_in, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def at_once(*calls):
    """Run all calls at the same moment, each on its own connection; gives results and refusals."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=20)
            return call()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_members_who_start_at_once_get_one_application():
    round_, sme = RoundFactory(), SmeFactory(complete=True)

    rows = at_once(*[lambda: intake_services.start_application(actor=sme.created_by, round=round_, sme=sme)] * 4)

    assert len({row.pk for row in rows}) == Application.objects.count() == 1


def test_a_double_click_submits_once():
    row = ApplicationFactory()
    owner = owner_of(row)

    at_once(*[lambda: intake_services.submit_application(actor=owner, application=row, declared=True)] * 4)

    row.refresh_from_db()
    assert (row.facts_version, row.round.applications.count()) == (1, 1)
    assert Event.objects.filter(name="application.submitted").count() == 1


def until_somebody_waits_for_us():
    """Asked of pg_locks: pg_stat_activity shows a transaction for ever what it first looked like."""
    with connection.cursor() as cursor:
        for _try in range(2000):
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
            sleep(0.01)
    pytest.fail("Nobody waited for the lock.")


def test_a_press_that_comes_while_another_submits_is_led_to_the_submitted_file(client):
    row = ApplicationFactory()
    owner = owner_of(row)
    client.force_login(owner)
    held = Signal()
    typed = {"track": "general", "motivation": "Sell.", "commitment_name": "Saima", "declared": "on", "submit": "1"}
    typed |= hidden_in(text_of(client.get(f"/apply/{row.round.code}/")))

    def submits():
        with transaction.atomic():
            intake_services.submit_application(actor=owner, application=row, declared=True)
            held.set()
            until_somebody_waits_for_us()

    def presses():
        held.wait(timeout=20)
        answer = client.post(f"/apply/{row.round.code}/", typed)
        return answer.status_code, answer.get("Location")

    assert at_once(submits, presses) == [None, (302, f"/file/{row.public_id}/submitted/")]
    row.refresh_from_db()
    assert (row.state in ("submitted", "scored"), row.facts_version, row.round.applications.count()) == (True, 1, 1)
    assert Event.objects.filter(name="application.submitted").count() == 1


def test_files_submitted_at_once_are_numbered_without_gaps_or_doubles():
    round_ = RoundFactory(number=4)
    rows = [ApplicationFactory(round=round_) for _ in range(8)]

    at_once(
        *[
            (lambda row=row: intake_services.submit_application(actor=owner_of(row), application=row, declared=True))
            for row in rows
        ]
    )

    numbers = sorted(Application.objects.values_list("file_number", flat=True))
    assert numbers == [f"R4-{n:04d}" for n in range(1, 9)]


@pytest.mark.parametrize("act", ["submit", "close"])
def test_acts_in_a_round_do_not_wait_for_whoever_numbers_a_file_or_closes_it(act):
    round_, boss = RoundFactory(), director()
    mine, other = ApplicationFactory(round=round_), ApplicationFactory(round=round_, submitted=True)
    held, done = Signal(), Signal()

    def holds_the_round():
        with transaction.atomic():
            if act == "submit":
                intake_services.submit_application(actor=owner_of(mine), application=mine, declared=True)
            else:
                rounds_services.close_round(actor=boss, round=round_)
            held.set()
            return done.wait(timeout=20)

    def withdraws():
        held.wait(timeout=20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        try:
            intake_services.withdraw_application(actor=owner_of(other), application=other)
            return True
        finally:
            done.set()

    assert at_once(holds_the_round, withdraws) == [True, True]


def patience(guarded):
    """Seconds to wait for the others: behind a lock they cannot come; without it they do, on a busy machine late."""
    return 1 if guarded else 30


def all_meet_after(module, name, number, monkeypatch, *, guarded=True):
    """Whoever has called this function first waits for the others, as far as a lock lets them come; once."""
    barrier, met, call = Barrier(number), Signal(), getattr(module, name)

    def calls(*args, **kwargs):
        found = call(*args, **kwargs)
        if not met.is_set():
            with suppress(BrokenBarrierError):
                barrier.wait(patience(guarded))
            met.set()
        return found

    monkeypatch.setattr(module, name, calls)


def without_the_lock(pk):
    return Round.objects.get(pk=pk)


@pytest.mark.parametrize(("guarded", "selected"), [(True, 2), (False, 8)])
def test_eight_directors_at_once_give_no_more_seats_than_there_are(monkeypatch, guarded, selected):
    round_ = RoundFactory(seats=2)
    files = [made.in_state(ApplicationFactory(round=round_, scored=True), State.RECOMMENDED) for _ in range(8)]
    for file in files:
        verified_papers(file.sme)
    bosses = [director() for _ in files]
    all_meet_after(review_selectors, "free_places", len(files), monkeypatch, guarded=guarded)
    if not guarded:
        monkeypatch.setattr(review_services, "locked_round", without_the_lock)

    words = {"outcome": "select", "reason_codes": ["ready_to_sell"], "words": "A strong file."}
    said = at_once(
        *[
            (
                lambda file=file, boss=boss: review_services.decide(
                    actor=boss, application=file, basis=review_selectors.basis_of(file), **words
                )
            )
            for file, boss in zip(files, bosses, strict=True)
        ]
    )

    assert Application.objects.filter(state=State.SELECTED).count() == selected
    assert said.count("seats_full") == 8 - selected


@pytest.mark.parametrize(("guarded", "state"), [(True, "draft"), (False, "submitted")])
def test_eight_firms_that_submit_while_the_round_closes_are_not_in_it(monkeypatch, guarded, state):
    round_, boss = RoundFactory(), director()
    files = [ApplicationFactory(round=round_) for _ in range(8)]
    closed, checked = Signal(), intake_services.profile_selectors.frozen_copy

    def reads_while_the_round_closes(sme):
        closed.wait(timeout=20)
        return checked(sme)

    def closes():
        sleep(0.5)  # all have looked whether the round is open
        rounds_services.close_round(actor=boss, round=round_)
        closed.set()

    monkeypatch.setattr(intake_services.profile_selectors, "frozen_copy", reads_while_the_round_closes)
    if not guarded:
        monkeypatch.setattr(
            intake_services, "_locked_open_round", lambda round_: intake_services.locked_round(round_.pk)
        )

    with outbox.held_back():
        said = at_once(
            closes,
            *[
                (
                    lambda row=row: intake_services.submit_application(
                        actor=owner_of(row), application=row, declared=True
                    )
                )
                for row in files
            ],
        )

    assert set(Application.objects.values_list("state", flat=True)) == {state}
    assert said.count("round_closed") == (8 if guarded else 0)


def test_a_round_waits_with_its_closing_for_a_submission_that_is_nearly_done():
    round_, boss = RoundFactory(), director()
    row = ApplicationFactory(round=round_)
    held = Signal()

    def submits():
        with transaction.atomic():
            intake_services.submit_application(actor=owner_of(row), application=row, declared=True)
            held.set()
            until_somebody_waits_for_us()

    def closes():
        held.wait(timeout=20)
        return rounds_services.close_round(actor=boss, round=round_).state

    assert at_once(submits, closes) == [None, "in_review"]
    row.refresh_from_db()
    assert row.submitted_at < Round.objects.get(pk=round_.pk).closes_at


def test_two_workers_who_score_one_file_keep_one_card():
    with outbox.held_back():
        row = ApplicationFactory(submitted=True)

    at_once(*[lambda: scoring_services.score_application(application_id=row.pk)] * 4)

    assert ScoreCard.objects.count() == 1
    assert Event.objects.filter(name="application.scored").count() == 1


def test_of_two_answers_at_once_one_counts():
    row = ApplicationFactory(scored=True)
    question = ask(row)
    owner = owner_of(row)

    said = at_once(
        *[
            (
                lambda n=n: correspondence_services.answer_question(
                    actor=owner, question=question, values={"capacity_per_month": n}
                )
            )
            for n in (7000, 8000, 9000)
        ]
    )

    assert sorted(code for code in said if isinstance(code, str)) == ["not_allowed", "not_allowed"]
    row.refresh_from_db()
    assert row.facts_version == 2


def past_its_day(row):
    """A question that was asked twenty days ago and not answered, found by nobody yet."""
    question = ask(row)
    row.questions.update(answer_by=today() - timedelta(days=6))
    Application.objects.filter(pk=row.pk).update(
        clock_pauses=[[(today() - timedelta(days=20)).isoformat(), None]],
        clock_started_on=today() - timedelta(days=20),
    )
    return question


def test_two_sweepers_end_a_question_once():
    row = ApplicationFactory(scored=True)
    past_its_day(row)

    assert sum(at_once(*[correspondence_services.pass_questions] * 4)) == 1

    assert Event.objects.filter(name="question.passed").count() == 1
    row.refresh_from_db()
    assert row.clock_pauses[0][1] == (today() - timedelta(days=5)).isoformat()
    assert not sum(DeskTally.objects.filter(awaiting_firm=True).values_list("number", flat=True))


def test_two_sweepers_remind_of_a_question_once():
    row = ApplicationFactory(scored=True)
    ask(row)
    long_ago = timezone.now() - timedelta(days=9)
    row.questions.update(answer_by=add_working_days(today(), 1), asked_at=long_ago)

    assert sum(at_once(*[correspondence_services.remind_of_questions] * 4)) == 1

    assert Event.objects.filter(name="question.due_soon").count() == 1


def test_an_answer_while_the_question_ends_counts_either_way():
    row = ApplicationFactory(scored=True)
    question = past_its_day(row)

    at_once(
        lambda: correspondence_services.answer_question(
            actor=owner_of(row), question=question, values={"capacity_per_month": 7000}
        ),
        correspondence_services.pass_questions,
        correspondence_services.pass_questions,
    )

    row.refresh_from_db()
    question.refresh_from_db()
    assert question.answered_at is not None
    assert (row.facts["capacity_per_month"], row.awaiting_firm, row.unanswered_since) == (7000, False, None)
    assert [end is not None for _start, end in row.clock_pauses] == [True]
    assert not sum(DeskTally.objects.filter(awaiting_firm=True).values_list("number", flat=True))


def test_a_letter_sent_twice_at_once_is_one_letter():
    row = ApplicationFactory(submitted=True)

    at_once(
        *[
            lambda: correspondence_services.write_letter(
                actor=owner_of(row), application=row, words="Hello", token="t" * 32
            )
        ]
        * 4
    )

    assert Letter.objects.count() == 1


def test_withdrawing_while_the_worker_scores_ends_withdrawn_with_right_counts():
    with outbox.held_back():
        row = ApplicationFactory(submitted=True)

    at_once(
        lambda: scoring_services.score_application(application_id=row.pk),
        lambda: intake_services.withdraw_application(actor=owner_of(row), application=row),
    )

    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert applications_selectors.numbers_of_states([row.round_id]) == {row.round_id: {"withdrawn": 1}}


def test_two_workers_who_fold_at_once_lose_and_double_nothing():
    round_ = RoundFactory()
    for _ in range(5):
        ApplicationFactory(round=round_, submitted=True)

    at_once(*[tallies.fold] * 3)
    while tallies.fold():
        pass

    assert applications_selectors.numbers_of_states([round_.pk]) == {round_.pk: {"scored": 5}}


def test_two_directors_and_two_workers_at_once_rescore_a_round_once(monkeypatch):
    monkeypatch.setattr(scoring_services, "PIECE", 2)
    round_, boss = RoundFactory(), director()
    for _file in range(5):
        ApplicationFactory(round=round_, scored=True)

    with outbox.held_back():
        jobs = at_once(*[lambda: scoring_services.start_rescoring(actor=boss, round=round_)] * 3)

        def works():
            while scoring_services.run_rescoring(rescoring_id=jobs[0].pk):
                pass

        at_once(works, works)

    assert len({job.pk for job in jobs}) == 1
    assert [event.data["scored"] for event in Event.objects.filter(name="round.rescored")] == [5]


def test_a_rebuilding_amid_acts_and_folds_loses_and_doubles_nothing():
    round_ = RoundFactory()
    rows = [ApplicationFactory(round=round_, submitted=True) for _ in range(4)]

    at_once(
        *[(lambda row=row: intake_services.withdraw_application(actor=owner_of(row), application=row)) for row in rows],
        *[lambda: tallies.rebuild(round_)] * 3,
        *[tallies.fold] * 4,
    )

    assert applications_selectors.numbers_of_states([round_.pk]) == {round_.pk: {"withdrawn": 4}}
    assert tallies.check(round_) is True


def test_two_beats_sound_one_alarm():
    ApplicationFactory(scored=True)
    Application.objects.update(clock_started_on="2019-12-02", due_on="2019-12-23")

    at_once(*[rounds_services.sound_promise_alarms] * 3)

    assert Event.objects.filter(name="promise.broken").count() == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_views_saved_at_once_stay_within_the_limit(monkeypatch, guarded):
    me, together = officer(), Barrier(16)
    for number in range(11):
        desk_services.save_view(actor=me, name=f"Kept {number}", query="tab=all")
    if not guarded:
        monkeypatch.setattr(desk_services, "_lock", lambda _actor: together.wait(timeout=20))

    at_once(*[(lambda n=n: desk_services.save_view(actor=me, name=f"View {n}", query="tab=all")) for n in range(16)])

    assert (SavedView.objects.filter(user=me).count() == desk_services.MAX_VIEWS) == guarded
