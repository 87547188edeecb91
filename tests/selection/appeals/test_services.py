"""Appeals from the first word to what they change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from selection.appeals import selectors, services
from selection.appeals.correcting import Proven, corrected, keys_that_carry_points
from selection.engine.policy import Policy
from selection.models import (
    Appeal,
    Application,
    Composition,
    Conflict,
    Decision,
    DecisionLine,
    Offer,
    Reading,
    Round,
    RoundDecision,
    Waiver,
)
from selection.review import services as review_services
from selection.states import AppealOutcome, AppealState, Outcome, State, Verdict
from smes.models import Document
from tdap_portal.accounts.models import RoleGrant
from tdap_portal.audit import outbox
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, administrator, director, officer
from tests.factories.selection import owner_of
from tests.factories.smes import DocumentFactory, MemberFactory
from tests.selection import made as files
from tests.selection.appeals import made

pytestmark = pytest.mark.django_db

BETTER = {"quality_control": "third_party", "ecommerce_staff": 6, "catalogue_products": 400}


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


# ------------------------------------------------------------------------------------------------------- the firm


@pytest.mark.parametrize("outcome", [Outcome.WAITLIST, Outcome.DECLINE])
def test_the_owner_appeals_once(outcome):
    file = made.decided_file(outcome)

    appeal = made.sent(file)

    assert (appeal.state, appeal.code) == (AppealState.SENT, f"A{file.round.number}-001")
    assert (appeal.due_on, appeal.typed_name) == (add_working_days(today(), 15), "Saima Akhtar")
    assert made.sent(file) == appeal, "a second press is the same appeal"
    with refused("already_sent"):
        made.sent(file, made.point("Something else."))
    assert [row.words for row in appeal.points_made.all()] == [made.WORDS]


def test_the_database_keeps_one_appeal_a_file():
    appeal = made.sent(made.decided_file())

    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(round=appeal.round, application=appeal.application, written_by=appeal.written_by)


@pytest.mark.parametrize("role", ["preparer", "finance", "trainee"])
def test_only_the_owner_appeals(role):
    file = made.decided_file()
    member = MemberFactory(sme=file.sme, role=role).user

    for act in (services.keep_draft, lambda **kwargs: services.send(name="A", **kwargs)):
        with pytest.raises(NotAllowed):
            act(actor=member, application=file, points=[made.point()])
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("state", [state for state in State if state not in (State.DECLINED, State.WAITLISTED)])
def test_nothing_else_can_be_appealed_against(state):
    file = files.in_state(made.decided_file(), state)

    with pytest.raises(WrongState):
        made.sent(file)


def test_an_appeal_after_the_window_is_kept_and_not_sent():
    file = made.decided_file()
    owner = owner_of(file)
    services.keep_draft(actor=owner, application=file, points=[made.point("Half a")])
    made.decided_days_ago(file, 60)

    with refused("window_over"):
        made.sent(file)

    kept = services.keep_draft(actor=owner, application=file, points=[made.point()])
    assert (kept.state, [row.words for row in kept.points_made.all()]) == (AppealState.DRAFT, [made.WORDS])


def test_the_window_ends_at_five_on_its_last_working_day():
    file = made.decided_file()
    decision = Decision.objects.get(application=file)

    ends = timezone.localtime(selectors.window_ends(decision))

    assert (ends.date(), ends.hour, ends.minute) == (add_working_days(today(), 15), 17, 0)
    assert selectors.window_of(file, now=ends).is_open
    assert not selectors.window_of(file, now=ends + timedelta(seconds=1)).is_open


def test_the_database_says_what_time_it_is(monkeypatch):
    """A web process whose clock is weeks slow takes no late appeal."""
    file = made.decided_file()
    made.decided_days_ago(file, 60)
    slow = timezone.now() - timedelta(days=59)
    monkeypatch.setattr(timezone, "now", lambda: slow)

    with refused("window_over"):
        made.sent(file)


def test_later_papers_are_neither_offered_nor_taken():
    file = made.decided_file()
    late = DocumentFactory(sme=file.sme, kind="ntn_certificate")
    early = DocumentFactory(sme=file.sme, kind="tax_return")
    Document.objects.filter(sme=file.sme).update(created_at=file.submitted_at + timedelta(days=1))
    Document.objects.filter(pk=early.pk).update(created_at=file.submitted_at - timedelta(days=1))

    assert selectors.papers_there(file) == [early]
    with refused("unknown_paper"):
        made.sent(file, made.point(papers=[late.public_id]))
    assert made.sent(file, made.point(papers=[early.public_id])).state == AppealState.SENT


def test_a_paper_of_another_firm_is_not_taken():
    file, other = made.decided_file(), made.decided_file()
    paper = DocumentFactory(sme=other.sme)
    Document.objects.filter(pk=paper.pk).update(created_at=file.submitted_at - timedelta(days=1))

    with refused("unknown_paper"):
        made.sent(file, made.point(papers=[paper.public_id]))


@pytest.mark.parametrize(
    ("points", "name", "code"),
    [
        ([made.point(" ")], "Saima", "no_words"),
        ([], "Saima", "no_words"),
        ([made.point()], " ", "no_name"),
        ([made.point(ground="A9")], "Saima", "unknown_ground"),
        ([made.point("x" * 1501)], "Saima", "too_long"),
        ([made.point()] * 6, "Saima", "too_many"),
    ],
)
def test_what_is_lacking_is_said(points, name, code):
    file = made.decided_file()

    with refused(code):
        services.send(actor=owner_of(file), application=file, points=points, name=name)
    assert not Appeal.objects.filter(state=AppealState.SENT).exists()


# ------------------------------------------------------------------------------------------------------ the lot


def test_a_director_without_a_part_is_drawn():
    file = made.decided_file()
    free = [director(), *selectors.free_directors(file)]
    appeal = made.sent(file)

    outbox.deliver_all()

    appeal.refresh_from_db()
    assert appeal.director in free
    assert appeal.drawn_of == len(set(free))
    assert Message.objects.filter(to=appeal.director, template="appeal.drawn").count() == 1
    assert Message.objects.filter(to=owner_of(file), template="appeal.sent").count() == 1


def _of_the_firm(file, person):
    MemberFactory(sme=file.sme, user=person)


def _tied(file, person):
    Conflict.objects.create(official=person, sme=file.sme, words="A cousin.")


def _read(file, person):
    RoleGrant.objects.create(user=person, role="officer")
    Reading.objects.create(application=file, place=3, reader=person)


def _waived(file, person):
    Waiver.objects.create(application=file, kinds=["tax_return"], words="Flooded.", proposed_by=person)


def _signed_waiver(file, person):
    Waiver.objects.create(
        application=file, kinds=["tax_return"], words="Flooded.", proposed_by=officer(), signed_by=person
    )


def _decided(file, person):
    Decision.objects.filter(application=file).update(approver=person)


def _in_the_round(file, **part):
    moment = timezone.now()
    people = {"made_by": director(), "sent_by": director(), "signed_by": director()} | part
    composition = Composition.objects.create(round=file.round, number=1, seats=1, made_by=people.pop("made_by"))
    decision = RoundDecision.objects.create(
        round=file.round, composition=composition, basis="0" * 64, signed_at=moment, finished_at=moment, **people
    )
    DecisionLine.objects.create(round_decision=decision, application=file, outcome=Outcome.WAITLIST.value)


def _composed(file, person):
    _in_the_round(file, made_by=person)


def _sent_the_round(file, person):
    _in_the_round(file, sent_by=person)


def _signed_the_round(file, person):
    _in_the_round(file, signed_by=person)


IN_DECISIONS = [_decided, _composed, _sent_the_round, _signed_the_round]


@pytest.mark.parametrize("part", [_of_the_firm, _tied, _read, _waived, _signed_waiver, *IN_DECISIONS])
def test_whoever_had_a_part_is_not_drawn(part):
    file = made.decided_file()
    barred, free = director(), director()
    part(file, barred)
    appeal = made.sent(file)

    able = selectors.free_directors(file)
    assert (free in able, barred in able) == (True, False)
    assert services.draw(appeal_id=appeal.pk) in able


def test_without_a_free_director_it_waits_and_who_can_help_is_told():
    file = made.decided_file()
    admin = administrator()
    decider = Decision.objects.get(application=file).approver
    RoleGrant.objects.filter(role="approver").exclude(user=decider).delete()
    appeal = made.sent(file)
    outbox.deliver_all()

    appeal.refresh_from_db()
    assert (appeal.state, appeal.director) == (AppealState.SENT, None)
    told = Message.objects.filter(template="appeal.without_director")
    assert {message.to for message in told} == {admin, decider}

    late = director()
    assert services.draw_waiting() == 1
    appeal.refresh_from_db()
    assert appeal.director == late


@pytest.mark.parametrize("part", [_of_the_firm, _tied, *IN_DECISIONS])
def test_for_a_director_who_cannot_decide_any_more_another_is_drawn(part):
    file = made.decided_file()
    appeal = made.drawn(file, among=2)
    first = appeal.director
    assert services.draw_waiting() == 0
    part(file, first)

    assert services.draw_waiting() == 1
    assert made.fresh(appeal).director not in (first, None)


# ----------------------------------------------------------------------------------------------------- the answer


def test_the_old_score_comes_out_again_and_corrections_move_their_lines_alone():
    appeal = made.drawn(made.decided_file())
    outlook = made.Outlook(appeal, [made.finding(**BETTER)])

    assert outlook.comes_out_again
    assert outlook.points == appeal.score_card.points
    assert outlook.points_after > outlook.points
    assert sum(line.moved for line in outlook.lines) == outlook.points_after - outlook.points
    assert {line.code for line in outlook.lines} - {line.code for line in outlook.moved}


def test_upheld_with_a_seat_of_the_reserve():
    file = made.decided_file(Outcome.DECLINE)
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=2)
    appeal = made.drawn(file)
    before = files.fresh(file)

    done = made.answered(appeal, AppealOutcome.UPHELD, made.finding(**BETTER))
    outbox.deliver_all()

    after = files.fresh(file)
    assert (after.state, after.round.appeal_reserve, done.from_reserve) == (State.SELECTED, 1, True)
    assert (after.facts_version, after.points) == (before.facts_version + 1, done.points_after)
    assert after.points > before.points
    assert after.score_cards.count() == 2
    assert Offer.objects.get(application=file).decision == done.decision_after
    owner = owner_of(file)
    assert Message.objects.filter(to=owner, template="appeal.answered").count() == 1
    assert not Message.objects.filter(to=owner, template="application.selected").exists()
    assert f"/file/{file.public_id}/offer/" in Message.objects.get(to=owner, template="appeal.answered").url
    assert made.REASON in Message.objects.get(to=owner, template="appeal.answered").body


def test_upheld_without_a_reserve_goes_to_its_place_with_its_new_points():
    file = made.decided_file(Outcome.DECLINE)
    better, worse = (made.decided_file(round=file.round) for _ in range(2))
    appeal = made.drawn(file)
    points = made.Outlook(appeal, [made.finding(**BETTER)]).points_after
    Application.objects.filter(pk=better.pk).update(points=points + 1)
    Application.objects.filter(pk=worse.pk).update(points=points - 1)

    done = made.answered(appeal, AppealOutcome.UPHELD, made.finding(**BETTER))

    after = files.fresh(file)
    assert (after.state, done.from_reserve, after.points) == (State.WAITLISTED, False, points)
    assert selectors.place_with(after, after.points) == 2
    assert not Offer.objects.exists()


def test_a_seat_of_the_reserve_that_does_not_exist_is_not_given():
    """However it came to be that more seats are kept than the round has."""
    file, other = made.decided_file(), made.decided_file(Outcome.SELECT)
    Application.objects.filter(pk=other.pk).update(round=file.round)
    Round.objects.filter(pk=file.round_id).update(seats=2, appeal_reserve=2)
    appeals = [made.drawn(one) for one in (file, made.decided_file(round=file.round))]

    answers = [made.answered(appeal, AppealOutcome.UPHELD, made.finding(**BETTER)) for appeal in appeals]

    assert [done.from_reserve for done in answers] == [True, False]
    assert Application.objects.filter(round=file.round, state=State.SELECTED).count() == 2


def test_under_the_line_no_seat_of_the_reserve_is_given():
    file = made.decided_file()
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=2, line_points=Decimal("99.00"))
    appeal = made.drawn(file)

    made.answered(appeal, AppealOutcome.UPHELD, made.finding(**BETTER))

    after = files.fresh(file)
    assert (after.state, after.round.appeal_reserve) == (State.WAITLISTED, 2)


def test_nobody_loses_a_seat_by_it():
    file = made.decided_file()
    round_ = file.round
    seated = [made.decided_file(Outcome.SELECT, round=round_) for _ in range(2)]
    Round.objects.filter(pk=round_.pk).update(seats=3, appeal_reserve=1)

    made.answered(made.drawn(file), AppealOutcome.UPHELD, made.finding(**BETTER))

    assert [files.fresh(one).state for one in (file, *seated)] == [State.SELECTED] * 3


def test_rejected_stays_with_the_reason():
    file = made.decided_file()
    before = files.fresh(file)

    done = made.answered(made.drawn(file), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))

    after = files.fresh(file)
    assert (after.state, after.points, after.facts_version) == (before.state, before.points, before.facts_version)
    assert (done.outcome, done.words, done.decision_after) == (AppealOutcome.REJECTED, made.REASON, None)
    assert done.points_made.get().verdict == Verdict.WRONG


def test_back_to_reading_with_two_new_officers():
    file = made.decided_file()
    earlier = set(file.readings.values_list("reader_id", flat=True))
    new = {officer().pk, officer().pk}

    done = made.answered(made.drawn(file), AppealOutcome.REREAD, made.finding(Verdict.UNCLEAR))

    after = files.fresh(file)
    assert (after.state, set(after.readings.values_list("reader_id", flat=True))) == (State.IN_REVIEW, new)
    assert (after.clock_started_on, after.due_on) == (today(), add_working_days(today(), after.round.promise_days))
    assert {one["reader_id"] for one in done.earlier_readings} == earlier
    for reading in after.readings.select_related("reader"):
        review_services.record_reading(actor=reading.reader, application=after, **files.READ)
    assert files.fresh(file).state == State.REVIEWED


def test_with_fewer_than_two_free_officers_it_does_not_go_back():
    file = made.decided_file()
    appeal = made.drawn(file)

    with refused("no_readers"):
        made.answered(appeal, AppealOutcome.REREAD, made.finding(Verdict.UNCLEAR))
    assert files.fresh(file).state == State.WAITLISTED


def test_only_the_drawn_director_decides():
    appeal = made.drawn(made.decided_file())
    decider = Decision.objects.get(application=appeal.application).approver

    for person in (director(), officer(), administrator(), decider, owner_of(appeal.application), UserFactory()):
        with pytest.raises(NotAllowed):
            made.answered(appeal, AppealOutcome.REJECTED, made.finding(Verdict.WRONG), by=person)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (AppealOutcome.UPHELD, Verdict.WRONG),
        (AppealOutcome.UPHELD, Verdict.UNCLEAR),
        (AppealOutcome.REJECTED, Verdict.RIGHT),
        (AppealOutcome.REJECTED, Verdict.UNCLEAR),
        (AppealOutcome.REREAD, Verdict.WRONG),
    ],
)
def test_the_outcome_follows_from_the_points(outcome, verdict):
    appeal = made.drawn(made.decided_file())

    with refused("outcome"):
        made.answered(appeal, outcome, made.finding(verdict))


def test_each_point_is_answered():
    appeal = made.drawn(made.decided_file(), made.point(), made.point("The bank’s second page."))

    with refused("outcome"):
        made.answered(appeal, AppealOutcome.REJECTED, made.finding(Verdict.WRONG))


def test_what_changed_since_it_was_read_is_not_signed():
    file = made.decided_file()
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=1)
    appeal = made.drawn(file)
    findings = [made.finding(**BETTER)]
    read = made.basis_of(appeal, AppealOutcome.UPHELD, findings)
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=0)

    with refused("changed"):
        made.answered(appeal, AppealOutcome.UPHELD, *findings, basis=read)
    assert files.fresh(file).state == State.WAITLISTED


def test_an_appeal_costs_no_points():
    appeal = made.drawn(made.decided_file())

    with refused("lower"):
        made.answered(appeal, AppealOutcome.UPHELD, made.finding(english_staff=False, website=False))


@pytest.mark.parametrize("key", ["name", "employees", "proofs", "women_led", "nothing"])
def test_only_facts_that_carry_points_are_corrected(key):
    appeal = made.drawn(made.decided_file())

    with refused("unknown_fact"):
        made.answered(appeal, AppealOutcome.UPHELD, made.finding(**{key: 1}), basis="any")
    assert made.fresh(appeal).state == AppealState.SENT


def test_answering_twice_is_once():
    file = made.decided_file()
    appeal = made.drawn(file)
    findings = [made.finding(Verdict.WRONG)]
    basis = made.basis_of(appeal, AppealOutcome.REJECTED, findings)

    for _press in range(2):
        made.answered(appeal, AppealOutcome.REJECTED, *findings, basis=basis)

    assert Event.objects.filter(name="appeal.answered").count() == 1
    with refused("already_answered"):
        made.answered(appeal, AppealOutcome.REREAD, made.finding(Verdict.UNCLEAR))


def test_a_correction_that_a_paper_shows_counts_as_verified():
    facts = {"english_staff": False, "proofs": []}
    proof = Proven("by", today(), "tax_return", "paper")

    after = corrected(facts, {"english_staff": True}, {"english_staff": proof})

    assert after["english_staff"] is True
    assert [(row["fact"], row["level"], row["document"]) for row in after["proofs"]] == [
        ("english_staff", "verified", "paper")
    ]
    assert facts["proofs"] == []


def test_a_year_of_exports_is_corrected_alone():
    facts = {
        "export_history": [
            {"fiscal_year": 2026, "value_usd": "61000.00", "route": "direct"},
            {"fiscal_year": 2025, "value_usd": "100.00", "route": "direct"},
        ],
        "proofs": [],
    }
    policy = Policy.version_of("2026-1")

    assert keys_that_carry_points(policy, facts)[-2:] == ["export_history/2026/direct", "export_history/2025/direct"]
    after = corrected(facts, {"export_history/2026/direct": 70_300})
    assert [row["value_usd"] for row in after["export_history"]] == [70_300, "100.00"]
    assert facts["export_history"][0]["value_usd"] == "61000.00"


# --------------------------------------------------------------------------------------------- the rest of the way


def test_an_appeal_closes_where_the_file_gets_its_seat_otherwise():
    file = made.decided_file()
    appeal = made.drawn(file)
    files.in_state(file, State.SELECTED)

    assert services.close(application_id=file.pk)
    assert not services.close(application_id=file.pk)
    assert made.fresh(appeal).state == AppealState.CLOSED


def test_a_draft_is_kept_where_the_file_got_its_seat_and_was_decided_anew():
    file = made.decided_file()
    services.keep_draft(actor=owner_of(file), application=file, points=[made.point()])
    files.in_state(file, State.SELECTED)

    assert not services.close(application_id=file.pk)
    files.in_state(file, State.DECLINED)
    assert made.sent(file).state == AppealState.SENT


def test_a_firm_whose_seat_is_taken_back_still_has_the_appeal_that_was_closed_for_it():
    file = made.decided_file()
    appeal = made.drawn(file)
    files.in_state(file, State.SELECTED)
    services.close(application_id=file.pk)
    with pytest.raises(WrongState):
        made.sent(file)
    files.in_state(file, State.DECLINED)

    again = made.sent(file, made.point("And now declined."))

    assert (again.pk, again.state, again.director) == (appeal.pk, AppealState.SENT, None)
    assert [row.words for row in again.points_made.all()] == ["And now declined."]
    assert services.draw(appeal_id=again.pk) in selectors.free_directors(file)
    made.answered(again, AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    with refused("already_sent"):
        made.sent(file, made.point("Once more."))


def test_the_director_is_warned_before_and_after_the_day_once_each():
    appeal = made.drawn(made.decided_file())
    for due_on, expected in ((add_working_days(today(), 1), (1, 0)), (today() - timedelta(days=1), (0, 1))):
        Appeal.objects.filter(pk=appeal.pk).update(due_on=due_on)
        assert services.sound_alarms() == expected
        assert services.sound_alarms() == (0, 0)
    outbox.deliver_all()
    for template in ("appeal.due_soon", "appeal.late"):
        assert Message.objects.filter(to=appeal.director, template=template).count() == 1


def test_the_public_counts_by_round():
    files_ = [made.decided_file() for _ in range(2)]
    made.answered(made.drawn(files_[0]), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    made.sent(files_[1])

    of_first, of_all = selectors.counts_of(files_[0].round), selectors.counts_of()

    assert (of_first.sent, of_first.rejected, of_first.waiting) == (1, 1, 0)
    assert (of_all.sent, of_all.rejected, of_all.waiting) == (2, 1, 1)
