"""Questions that stop the clock, and papers that are verified or refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from selection.correspondence import services as correspondence_services
from selection.models import NO_DUE_DATE, DeskTally, Question
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import State
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tdap_portal.notifications.models import Dispatch
from tests.factories.accounts import director, officer
from tests.factories.selection import RoundFactory, owner_of
from tests.factories.smes import DocumentFactory, SmeFactory
from tests.selection import made

pytestmark = pytest.mark.django_db
QUESTION = {
    "title": "How many footballs could you make in a month?",
    "words": "The electricity bill points to about 7,000.",
    "fields": ["employees", "capacity_per_month"],
    "document_kinds": ["electricity_bill"],
}


def ask(file, by=None, **changes) -> Question:
    return correspondence_services.ask_question(actor=by or officer(), application=file, **QUESTION | changes)


def test_a_question_opens_just_its_fields_and_stops_the_clock():
    file = made.scored()
    question = ask(file)
    file = made.fresh(file)
    assert (question.fields, question.document_kinds) == (["employees", "capacity_per_month"], ["electricity_bill"])
    assert question.answer_by == add_working_days(today(), 10)
    assert (file.awaiting_firm, file.due_on, file.clock_pauses) == (True, NO_DUE_DATE, [[today().isoformat(), None]])
    assert review_selectors.history_of(file).last().name == "question.asked"
    assert sum(DeskTally.objects.filter(awaiting_firm=True).values_list("number", flat=True)) == 1


@pytest.mark.sqlite_leg
def test_the_same_question_twice_is_one_and_another_has_to_wait():
    file, by = made.scored(), officer()
    assert ask(file, by) == ask(file, by)
    with pytest.raises(DomainError) as refused:
        ask(file, by, title="Another one?")
    assert refused.value.code == "question_open"
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": " "}, "no_words"),
        ({"words": ""}, "no_words"),
        ({"fields": [], "document_kinds": []}, "nothing_asked"),
        ({"fields": ["ntn"]}, "unknown_field"),
        ({"document_kinds": ["passport"]}, "unknown_field"),
        ({"answer_days": 0}, "out_of_range"),
        ({"answer_days": 41}, "out_of_range"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_and_the_clock_runs_on(changes, code):
    file = made.scored()
    with pytest.raises(DomainError) as refused:
        ask(file, **changes)
    assert refused.value.code == code
    assert not made.fresh(file).awaiting_firm


@pytest.mark.parametrize("changes", [{"fields": []}, {"document_kinds": []}, {"answer_days": 1}, {"answer_days": 40}])
def test_a_fact_or_a_paper_is_enough_to_ask_for(changes):
    question = ask(made.scored(), **changes)

    assert (question.fields, question.document_kinds) == (
        changes.get("fields", ["employees", "capacity_per_month"]),
        changes.get("document_kinds", ["electricity_bill"]),
    )
    assert question.answer_by == add_working_days(today(), changes.get("answer_days", 10))


def test_a_question_is_asked_in_just_the_askable_states():
    asked = set()
    for state in State:
        file = made.in_state(made.scored(), state)
        try:
            ask(file)
        except WrongState:
            continue
        asked.add(state)
    assert asked == {"held", "scored", "in_review", "reviewed"}


def test_only_an_officer_without_ties_asks():
    file, tied = made.scored(), officer()
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    for person in (tied, director()):
        with pytest.raises(NotAllowed):
            ask(file, person)


@pytest.mark.sqlite_leg
def test_a_question_that_is_taken_back_gives_the_days_back():
    round_ = RoundFactory()  # open by the database's clock, which does not travel
    with time_machine.travel("2027-03-01 09:00+05:00", tick=False):
        file = made.scored(round=round_)
        due = file.due_on
        question = ask(file)
    with time_machine.travel("2027-03-04 09:00+05:00", tick=False):
        for _click in range(2):
            correspondence_services.cancel_question(actor=officer(), application=file, question=question.public_id)
    file = made.fresh(file)
    assert (file.awaiting_firm, file.due_on) == (False, add_working_days(due, 2))  # the 2nd and the 3rd
    assert [event.name for event in review_selectors.history_of(file)].count("question.cancelled") == 1
    assert sum(DeskTally.objects.filter(awaiting_firm=True).values_list("number", flat=True)) == 0


def test_a_question_of_another_file_is_not_there():
    question = ask(made.scored())
    with pytest.raises(NotFound):
        correspondence_services.cancel_question(actor=officer(), application=made.scored(), question=question.public_id)


def test_a_question_that_asks_for_a_paper_is_not_answered_with_nothing():
    file = made.scored()
    owner = file.sme.created_by
    DocumentFactory(sme=file.sme, kind="electricity_bill")  # from before the question
    question = ask(file, fields=["employees"])
    for said in ({}, {"answer": "It comes."}, {"cannot_send": True}):
        with pytest.raises(DomainError) as refused:
            correspondence_services.answer_question(actor=owner, question=question, values={"employees": 40}, **said)
        assert refused.value.code == "no_answer"
    DocumentFactory(sme=file.sme, kind="electricity_bill")
    correspondence_services.answer_question(actor=owner, question=question, values={"employees": 40})
    question.refresh_from_db()
    assert question.answered_at


def test_an_empty_fact_is_no_answer():
    file = made.scored()
    question = ask(file, fields=["ecommerce_staff"], document_kinds=[])
    for values in ({}, {"ecommerce_staff": None}):
        with pytest.raises(DomainError) as refused:
            correspondence_services.answer_question(actor=owner_of(file), question=question, values=values)
        assert refused.value.code == "no_answer"
    correspondence_services.answer_question(actor=owner_of(file), question=question, values={"ecommerce_staff": 0})
    assert Question.objects.get().answered_at


# ---------------------------------------------------------------------------------------------------------- letters


def test_a_letter_has_its_side_its_words_and_its_line_in_the_history():
    file, desk = made.scored(), officer()
    asked = correspondence_services.write_letter(actor=owner_of(file), application=file, words="  When?  ")
    told = correspondence_services.write_letter(actor=desk, application=file, words="On Friday.")

    assert [(one.author, one.from_firm, one.words) for one in (asked, told)] == [
        (owner_of(file), True, "When?"),
        (desk, False, "On Friday."),
    ]
    assert [
        (event.actor, event.data) for event in review_selectors.history_of(file) if event.name == "letter.written"
    ] == [
        (owner_of(file), {"letter": asked.public_id, "from_firm": True}),
        (desk, {"letter": told.public_id, "from_firm": False}),
    ]


def test_one_form_sent_twice_is_one_letter_and_an_empty_one_is_none():
    file = made.scored()
    letters = [
        correspondence_services.write_letter(actor=owner_of(file), application=file, words="When?", token=token)
        for token in ("a" * 32, "a" * 32, "b" * 32, "", "")
    ]
    assert len({letter.pk for letter in letters}) == 4
    with pytest.raises(DomainError) as refused:
        correspondence_services.write_letter(actor=owner_of(file), application=file, words=" ")
    assert refused.value.code == "empty"


def test_reading_marks_the_letters_of_the_other_side_once():
    file, desk = made.scored(), officer()
    for person, words in ((owner_of(file), "When?"), (owner_of(file), "Please."), (desk, "On Friday.")):
        correspondence_services.write_letter(actor=person, application=file, words=words)
    correspondence_services.write_letter(actor=desk, application=made.scored(), words="Of another file.")

    read = correspondence_services.mark_letters_read
    assert [read(actor=desk, application=file) for _ in range(2)] == [2, 0]
    assert [read(actor=owner_of(file), application=file) for _ in range(2)] == [1, 0]


def test_strangers_neither_write_nor_read_letters():
    file, stranger = made.scored(), SmeFactory().created_by
    with pytest.raises(NotAllowed):
        correspondence_services.write_letter(actor=stranger, application=file, words="Me too.")
    with pytest.raises(NotAllowed):
        correspondence_services.mark_letters_read(actor=stranger, application=file)


def test_one_person_writes_so_many_letters_on_one_file_in_an_hour(settings, client, time_machine):
    settings.LETTERS_PER_HOUR = 2
    file, other, desk = made.scored(), made.scored(), officer()

    def write(person, on=file, token=""):
        return correspondence_services.write_letter(actor=person, application=on, words="When?", token=token)

    first = write(owner_of(file), token="t" * 32)
    write(owner_of(file))
    with pytest.raises(DomainError) as refusal:
        write(owner_of(file))
    assert refusal.value.code == "too_many_letters"
    assert write(owner_of(file), token="t" * 32) == first  # the second click
    write(owner_of(other), on=other)
    write(desk)

    client.force_login(owner_of(file))
    page = client.post(f"/file/{file.public_id}/letters/", {"words": "Typed words", "token": "u" * 32}).content.decode()
    assert "You have written 2 letters on this file within an hour." in page
    assert "Typed words" in page

    time_machine.move_to(timezone.now() + timedelta(minutes=61))
    write(owner_of(file))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "TDAP: we have a question on your application {file}. Please sign in and answer it by {day}."),
        ("ur", "درخواست {file} پر ایک سوال ہے۔ {day} تک TDAP پورٹل پر جواب دیں۔"),
    ],
)
def test_the_sms_of_a_question_names_the_day_by_which_it_is_answered(language, words):
    file = made.scored()
    owner = file.sme.created_by
    owner.mobile, owner.mobile_verified, owner.language = "+923001234567", True, language
    owner.save()
    question = ask(file)
    deliver_all()
    with translation.override(language):
        day = day_words(question.answer_by, "j F")
    if language == "en":
        day = day.replace("\xa0", " ")  # which is not of the cheaper alphabet
    sms = Dispatch.objects.get(channel="sms", template="question.asked")
    assert sms.text.splitlines()[0] == words.format(file=file.file_number, day=day)
    assert sms.parts == 1
