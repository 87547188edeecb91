"""What a firm does with its application."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.applications import selectors as applications_selectors
from selection.applications import tallies
from selection.correspondence import services as correspondence_services
from selection.intake import services as intake_services
from selection.models import NO_DUE_DATE, Application, DeskTally, FrozenFacts, Letter, Round
from selection.rounds import selectors as rounds_selectors
from selection.seats.offers import selectors as offers_selectors
from selection.states import State
from smes.models import Sme
from tdap_portal.audit.selectors import timeline
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tests.factories.accounts import UserFactory, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, decided, owner_of
from tests.factories.smes import MemberFactory, SmeFactory

pytestmark = pytest.mark.django_db


def events_of(row: Application) -> list[str]:
    return [event.name for event in timeline(row)]


def code_of(call, **kwargs) -> str:
    with pytest.raises(DomainError) as refusal:
        call(**kwargs)
    return refusal.value.code


# ------------------------------------------------------------------------------------------------------------ start


@pytest.mark.sqlite_leg
def test_a_second_start_gives_the_first_application_back():
    round_, sme = RoundFactory(), SmeFactory(complete=True)

    first = intake_services.start_application(actor=sme.created_by, round=round_, sme=sme)
    second = intake_services.start_application(actor=sme.created_by, round=round_, sme=sme, track="startup")

    assert second == first
    assert (first.state, first.file_number, first.track) == ("draft", first.public_id, "general")
    assert events_of(first) == ["application.started"]


def test_only_people_who_write_for_the_firm_start_an_application():
    round_, sme = RoundFactory(), SmeFactory(complete=True)
    trainee = MemberFactory(sme=sme, role="trainee").user
    preparer = MemberFactory(sme=sme, role="preparer").user

    for stranger in (UserFactory(), officer(), trainee, SmeFactory().created_by):
        assert code_of(intake_services.start_application, actor=stranger, round=round_, sme=sme) == "not_allowed"
    assert intake_services.start_application(actor=preparer, round=round_, sme=sme).state == "draft"


@pytest.mark.parametrize("kind", ["planned", "closed"])
def test_nothing_starts_in_a_round_that_is_not_open(kind):
    sme = SmeFactory(complete=True)
    round_ = RoundFactory(**{kind: True})

    assert code_of(intake_services.start_application, actor=sme.created_by, round=round_, sme=sme) == "round_closed"


@pytest.mark.sqlite_leg
def test_a_round_that_beat_has_not_closed_yet_is_closed_by_the_clock_of_the_database():
    round_ = RoundFactory(closes_at=timezone.now() - timedelta(seconds=1))

    assert rounds_selectors.is_open_now(round_) is False


def test_an_unknown_track_is_refused():
    round_, sme = RoundFactory(tracks=["general"]), SmeFactory(complete=True)

    assert (
        code_of(intake_services.start_application, actor=sme.created_by, round=round_, sme=sme, track="startup")
        == "unknown_track"
    )


# ----------------------------------------------------------------------------------------------------------- submit


@pytest.mark.sqlite_leg
def test_submitting_freezes_the_facts_numbers_the_file_and_starts_the_clock():
    round_ = RoundFactory(number=4)
    row = ApplicationFactory(round=round_, submitted=True)

    assert (row.state, row.file_number, row.facts_version) == ("submitted", "R4-0001", 1)
    assert (row.sme_name, row.city, row.province, row.sector, row.main_hs6, row.women_led) == (
        row.sme.name, "Sialkot", "PK-PB", "sports_goods", "950662", True,
    )  # fmt: skip
    assert row.due_on == add_working_days(today(), 15)
    assert row.facts["sme"] == row.sme.public_id
    assert list(FrozenFacts.objects.values_list("application_id", "version")) == [(row.pk, 1)]
    assert events_of(row) == ["application.started", "application.submitted"]


@pytest.mark.sqlite_leg
def test_files_are_numbered_in_the_order_of_submission_without_gaps():
    round_ = RoundFactory(number=7)
    ApplicationFactory(round=round_)
    numbers = [ApplicationFactory(round=round_, submitted=True).file_number for _ in range(3)]

    assert numbers == ["R7-0001", "R7-0002", "R7-0003"]


@pytest.mark.sqlite_leg
def test_a_double_submit_gives_one_application():
    row = ApplicationFactory(submitted=True)

    again = intake_services.submit_application(actor=owner_of(row), application=row, declared=True)

    assert (again.pk, again.facts_version) == (row.pk, 1)
    assert events_of(row).count("application.submitted") == 1
    assert Round.objects.get().last_file_number == 1


def test_only_the_owner_submits():
    row = ApplicationFactory()
    preparer = MemberFactory(sme=row.sme, role="preparer").user

    assert code_of(intake_services.submit_application, actor=preparer, application=row, declared=True) == "not_allowed"
    assert Application.objects.get().state == "draft"


def test_submitting_needs_the_owners_word():
    row = ApplicationFactory()

    assert (
        code_of(intake_services.submit_application, actor=owner_of(row), application=row, declared=False)
        == "not_declared"
    )


def test_an_incomplete_profile_is_named_step_by_step():
    sme = SmeFactory(name="Half a profile")
    row = intake_services.start_application(actor=sme.created_by, round=RoundFactory(), sme=sme)

    with pytest.raises(DomainError) as refusal:
        intake_services.submit_application(actor=sme.created_by, application=row, declared=True)

    assert refusal.value.code == "incomplete"
    assert refusal.value.data["missing"][:2] == ["identity", "owners"]
    assert refusal.value.data["missing"][-2:] == ["motivation", "commitment_name"]


def test_nothing_is_submitted_after_the_round_has_closed():
    row = ApplicationFactory()
    Round.objects.update(closes_at=timezone.now() - timedelta(seconds=1))

    assert (
        code_of(intake_services.submit_application, actor=owner_of(row), application=row, declared=True)
        == "round_closed"
    )


def test_a_submitted_application_is_not_edited():
    row = ApplicationFactory(submitted=True)

    assert (
        code_of(intake_services.save_application_draft, actor=owner_of(row), application=row, track="general")
        == "not_allowed"
    )


def test_no_number_of_a_person_or_an_account_is_frozen():
    row = ApplicationFactory(submitted=True)
    secret = (row.sme.iban, row.sme.phone, row.sme.owners.get().cnic)

    assert all(number and number not in str(row.facts) for number in secret)


# ------------------------------------------------------------------------------------------------- answers and clock


def test_an_answer_changes_the_named_fact_alone_and_the_clock_runs_again():
    row = ApplicationFactory(scored=True)
    question = ask(row)
    Sme.objects.update(employees=999)  # the profile went on living; the frozen copy must not take this along

    correspondence_services.answer_question(
        actor=owner_of(row), question=question, values={"capacity_per_month": 7000}, answer="Sorry."
    )

    row = Application.objects.get(pk=row.pk)
    assert (row.facts["capacity_per_month"], row.facts["employees"], row.facts_version) == (7000, 40, 2)
    assert (row.awaiting_firm, row.due_on) == (False, add_working_days(today(), 15))
    assert row.clock_pauses == [[today().isoformat(), today().isoformat()]]
    assert list(FrozenFacts.objects.values_list("version", "changed_fields")) == [(1, []), (2, ["capacity_per_month"])]
    question.refresh_from_db()
    assert (question.answered_by, question.answer) == (owner_of(row), "Sorry.")


def test_a_fact_that_was_not_asked_for_stays_shut():
    row = ApplicationFactory(scored=True)
    question = ask(row)

    assert (
        code_of(
            correspondence_services.answer_question, actor=owner_of(row), question=question, values={"employees": 1}
        )
        == "not_asked"
    )


@pytest.mark.sqlite_leg
def test_a_value_that_cannot_be_is_refused_and_nothing_changes():
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=["women_employees"])

    with pytest.raises(DomainError) as refusal:
        correspondence_services.answer_question(actor=owner_of(row), question=question, values={"women_employees": 90})

    assert list(refusal.value.data["fields"]) == ["women_employees"]
    row.refresh_from_db()
    question.refresh_from_db()
    assert (row.facts_version, row.awaiting_firm, question.answered_at) == (1, True, None)


@pytest.mark.parametrize(
    ("key", "value", "size_class", "size_rule", "province"),
    [
        ("turnover_pkr", 5_000_000_000, "too_large", "SBP-IHSMEFD-5-2022", "PK-IS"),
        ("turnover_fiscal_year", 2025, "small", "SBP-IHSMEFD-5-2022", "PK-IS"),
        ("employees", 60, "small", "SBP-IHSMEFD-5-2022", "PK-IS"),
        ("founded_on", "today", "startup_small", "SBP-IHSMEFD-5-2022", "PK-IS"),
        ("city", "Karachi", "unknown", "an older rule", "PK-SD"),
    ],
)
def test_what_is_computed_from_an_answer_goes_with_it_and_nothing_else(key, value, size_class, size_rule, province):
    row = ApplicationFactory(scored=True)
    computed_before = {"size_class": "unknown", "size_rule": "an older rule", "province": "PK-IS"}
    value = today().isoformat() if value == "today" else value
    Application.objects.update(facts=row.facts | computed_before)
    question = ask(row, fields=[key])

    correspondence_services.answer_question(actor=owner_of(row), question=question, values={key: value})

    facts = Application.objects.get().facts
    assert facts[key] == value
    assert (facts["size_class"], facts["size_rule"], facts["province"]) == (size_class, size_rule, province)


def test_a_question_is_answered_once_and_by_the_firm_alone():
    row = ApplicationFactory(scored=True)
    question = ask(row)
    stranger = SmeFactory().created_by

    assert (
        code_of(correspondence_services.answer_question, actor=stranger, question=question, answer="x") == "not_allowed"
    )
    correspondence_services.answer_question(actor=owner_of(row), question=question, answer="It is right as it is.")
    assert (
        code_of(correspondence_services.answer_question, actor=owner_of(row), question=question, answer="again")
        == "not_allowed"
    )


def test_an_answer_says_something():
    question = ask(ApplicationFactory(scored=True))

    assert (
        code_of(correspondence_services.answer_question, actor=owner_of(question.application), question=question)
        == "no_answer"
    )


# --------------------------------------------------------------------------------------- reopen, withdraw, letters


def test_a_held_file_is_taken_back_corrected_and_submitted_again():
    row = ApplicationFactory(scored=True, sme_values={"turnover_pkr": 5_000_000_000})
    assert row.state == "held"

    intake_services.reopen_application(actor=owner_of(row), application=row)
    row.refresh_from_db()
    assert (row.state, row.due_on, row.clock_started_on) == ("draft", NO_DUE_DATE, None)

    Sme.objects.update(turnover_pkr=42_000_000)
    again = intake_services.submit_application(actor=owner_of(row), application=row, declared=True)
    assert (again.state, again.file_number, again.facts_version) == ("submitted", row.file_number, 2)


def test_a_file_in_review_is_not_taken_back():
    row = ApplicationFactory(scored=True)

    with pytest.raises(WrongState):
        intake_services.reopen_application(actor=owner_of(row), application=row)


def test_a_held_file_with_an_open_question_is_answered_first():
    row = ApplicationFactory(scored=True, sme_values={"turnover_pkr": 5_000_000_000})
    ask(row, fields=["turnover_pkr"])

    assert code_of(intake_services.reopen_application, actor=owner_of(row), application=row) == "question_open"


def test_withdrawing_ends_the_file_its_question_and_its_clock():
    row = ApplicationFactory(scored=True)
    question = ask(row)

    intake_services.withdraw_application(actor=owner_of(row), application=row, reason="We moved abroad.")

    row.refresh_from_db()
    question.refresh_from_db()
    assert (row.state, row.due_on, row.awaiting_firm) == ("withdrawn", NO_DUE_DATE, False)
    assert question.cancelled_at is not None


@pytest.mark.sqlite_leg
def test_after_withdrawing_the_firm_can_apply_again():
    row = ApplicationFactory(submitted=True)
    intake_services.withdraw_application(actor=owner_of(row), application=row)

    again = intake_services.start_application(actor=owner_of(row), round=row.round, sme=row.sme)

    assert (again.pk != row.pk, again.state) == (True, "draft")


def test_a_decided_file_is_not_withdrawn():
    row = decided(ApplicationFactory(scored=True))

    with pytest.raises(WrongState):
        intake_services.withdraw_application(actor=owner_of(row), application=row)


def test_only_the_owner_withdraws():
    row = ApplicationFactory(submitted=True)
    preparer = MemberFactory(sme=row.sme).user

    with pytest.raises(NotAllowed):
        intake_services.withdraw_application(actor=preparer, application=row)


@pytest.mark.sqlite_leg
def test_the_same_form_sent_twice_is_one_letter():
    row = ApplicationFactory(submitted=True)

    first = correspondence_services.write_letter(actor=owner_of(row), application=row, words="Hello", token="a" * 32)
    second = correspondence_services.write_letter(actor=owner_of(row), application=row, words="Hello", token="a" * 32)

    assert (second, Letter.objects.count(), first.from_firm) == (first, 1, True)


def test_letters_of_the_desk_are_read_by_the_firm_and_not_by_the_desk():
    row = ApplicationFactory(submitted=True)
    desk = officer()
    correspondence_services.write_letter(actor=desk, application=row, words="Welcome")

    assert correspondence_services.mark_letters_read(actor=desk, application=row) == 0
    assert correspondence_services.mark_letters_read(actor=owner_of(row), application=row) == 1
    assert correspondence_services.mark_letters_read(actor=owner_of(row), application=row) == 0


def test_another_firm_cannot_write_into_a_file():
    row = ApplicationFactory(submitted=True)

    assert (
        code_of(correspondence_services.write_letter, actor=SmeFactory().created_by, application=row, words="x")
        == "not_allowed"
    )


# ----------------------------------------------------------------------------------------------- reads and tallies


def test_another_firms_application_reads_as_not_there():
    row = ApplicationFactory(submitted=True)

    for stranger in (SmeFactory().created_by, UserFactory(), officer()):
        with pytest.raises(NotFound):
            applications_selectors.application_for(stranger, row.public_id)
    assert applications_selectors.application_for(owner_of(row), row.public_id) == row


def test_places_on_the_waiting_list_go_by_points_and_then_by_the_tie_break():
    round_ = RoundFactory()
    rows = []
    for points, tie_key in ((61, "1"), (60, "1"), (60, "2"), (60, "3"), (59, "1")):
        row = ApplicationFactory(round=round_, submitted=True)
        row.points, row.tie_key, row.state = points, tie_key, State.WAITLISTED.value
        row.save()
        rows.append(row)

    assert [offers_selectors.place_of(row) for row in rows] == [1, 2, 3, 4, 5]


@pytest.mark.sqlite_leg
def test_counts_are_right_before_and_after_folding():
    row = ApplicationFactory(scored=True)
    ApplicationFactory(round=row.round)
    expected = {row.round_id: {"scored": 1, "draft": 1}}

    assert applications_selectors.numbers_of_states([row.round_id]) == expected
    assert tallies.fold() > 0
    assert applications_selectors.numbers_of_states([row.round_id]) == expected
    assert tallies.fold() == 0
    assert DeskTally.objects.filter(folded=False).count() == 0


@pytest.mark.sqlite_leg
def test_folding_again_adds_to_the_same_cell():
    round_ = RoundFactory()
    ApplicationFactory(round=round_, submitted=True)
    tallies.fold()
    ApplicationFactory(round=round_, submitted=True)
    tallies.fold()

    cells = DeskTally.objects.filter(state=State.SUBMITTED).values_list("number", "folded")
    assert list(cells) == [(2, True)]


def test_a_draft_is_given_back_though_its_round_has_closed():
    row = ApplicationFactory()
    Round.objects.filter(pk=row.round_id).update(state="in_review")

    again = intake_services.start_application(actor=owner_of(row), round=Round.objects.get(), sme=row.sme)

    assert again == row


def test_a_withdrawal_tells_where_the_file_stood_and_why():
    row = ApplicationFactory(scored=True)
    intake_services.withdraw_application(actor=owner_of(row), application=row, reason=" We moved abroad. ")

    assert timeline(row).order_by("pk").last().data == {"was": "scored", "reason": "We moved abroad."}
