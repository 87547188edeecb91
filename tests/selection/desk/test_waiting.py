"""Whom a file waits for, at every stop of its way, and what is left out."""

from __future__ import annotations

from datetime import date

import pytest

from selection.correspondence import services as correspondence_services
from selection.desk.waiting import Need, Other, waiting_of
from selection.models import Letter, Reading
from selection.review import selectors as review_selectors
from selection.review import services as review_services
from selection.states import State
from smes.models import Document
from tdap_portal.core.calendar import today
from tests.factories.accounts import director, officer
from tests.factories.selection import RoundFactory, ask, owner_of
from tests.factories.smes import DocumentFactory, MemberFactory
from tests.selection import made
from tests.selection.desk.test_queue import altered

pytestmark = pytest.mark.django_db


@pytest.fixture
def me():
    return officer(name="Ayesha Karim")


def of(user) -> tuple[dict[int, Need], dict[int, Other]]:
    found = waiting_of(user)
    return {row.id: need for need, row in found.needs}, {row.id: other for other, row in found.others}


def read(file, reader):
    review_services.record_reading(actor=reader, application=file, **made.READ)
    return made.fresh(file)


def written(file):
    """A letter of the firm that nobody opened."""
    correspondence_services.write_letter(actor=owner_of(file), application=file, words="When is the training?")
    return file


@pytest.mark.sqlite_leg
def test_at_each_stop_a_file_waits_for_one(me):
    other, round_ = officer(), RoundFactory()
    to_read = made.assigned(me, other, round=round_)
    second = made.assigned(other, me, round=round_)
    half = read(made.assigned(me, other, round=round_), me)
    reviewed = made.reviewed(me, other, round=round_)
    sent = made.recommended(me, round=round_)
    held = altered(made.held(round=round_), officer_id=me.pk)
    scored = altered(made.scored(round=round_), officer_id=me.pk)
    asked = made.assigned(me, other, round=round_)
    ask(asked, by=me)
    made.assigned(other, officer(), round=round_)  # nothing of mine
    made.scored(round=round_)

    assert of(me) == (
        {to_read.pk: Need.READ, second.pk: Need.READ, reviewed.pk: Need.RECOMMEND, held.pk: Need.HELD},
        {half.pk: Other.READER, sent.pk: Other.DIRECTOR, scored.pk: Other.PORTAL, asked.pk: Other.FIRM},
    )
    found = waiting_of(me)
    assert (found.own, found.second, found.read) == (7, 1, 3)


def test_a_file_of_the_second_reader_leaves_with_the_reading(me):
    file = made.assigned(officer(), me)
    read(file, me)
    assert of(me) == ({}, {})


def test_a_letter_and_papers_need_the_officer_of_the_file_where_nothing_else_does(me):
    other = officer()
    half, letter = (read(made.assigned(me, other), me) for _ in range(2))
    DocumentFactory(sme=half.sme)
    written(letter)
    assert of(me) == ({half.pk: Need.PAPERS, letter.pk: Need.LETTER}, {})
    assert of(other) == ({half.pk: Need.READ, letter.pk: Need.READ}, {})

    Document.objects.update(state="verified")
    Letter.objects.update(read_at=letter.created_at)
    assert of(me) == ({}, {half.pk: Other.READER, letter.pk: Other.READER})


def test_a_question_that_ran_out_without_an_answer_needs_the_officer_of_the_file(me):
    file = read(made.assigned(me, officer()), me)
    altered(file, unanswered_since=today())
    assert of(me) == ({file.pk: Need.UNANSWERED}, {})
    altered(file, unanswered_since=None)
    assert of(me) == ({}, {file.pk: Other.READER})


def test_papers_do_not_hold_a_file_that_the_director_or_the_firm_has(me):
    sent, asked = made.recommended(me), made.assigned(me)
    for file in (sent, asked):
        DocumentFactory(sme=file.sme)
    ask(asked, by=me)
    assert of(me) == ({}, {sent.pk: Other.DIRECTOR, asked.pk: Other.FIRM})


def test_letter_and_papers_of_a_file_that_the_firm_has_are_the_affair_of_its_officer_alone(me):
    other = officer()
    file = written(made.assigned(other, me))
    DocumentFactory(sme=file.sme)
    ask(file, by=other)
    assert of(me) == ({}, {file.pk: Other.FIRM})
    assert of(other) == ({file.pk: Need.LETTER}, {})


def test_a_row_knows_what_stands_beside_it_and_not_what_was_judged(me):
    other = officer()
    file = made.assigned(me, other, sme_values={"created_by": officer(language="ur")})
    read(written(file), other)
    DocumentFactory(sme=file.sme)
    DocumentFactory(sme=file.sme, state="verified", kind="cnic_copy")
    ((need, row),) = waiting_of(me).needs
    assert (need, row.other_is_in, row.has_read, row.papers, row.language) == (Need.READ, True, False, 1, "ur")
    assert row.letter_at is not None
    assert not {"outcome", "commitment", "product_fit", "comment"} & set(row._fields)


def test_an_answer_and_a_return_are_told(me):
    file = made.assigned(me)
    question = ask(file, by=me)
    ((_other, row),) = waiting_of(me).others
    assert (row.asked_at, row.answered_at) == (question.asked_at, None)
    correspondence_services.answer_question(actor=owner_of(file), question=question, answer="12,000.")
    ((need, row),) = waiting_of(me).needs
    assert (need, row.asked_at, row.answered_at is None) == (Need.READ, None, False)

    sent = made.recommended(me)
    review_services.return_to_officer(
        actor=director(), application=sent, words="Look at the capacity again.", basis=review_selectors.basis_of(sent)
    )
    assert {row.id: row.returned_at is None for _need, row in waiting_of(me).needs}[sent.pk] is False


@pytest.mark.parametrize("tie", ["conflict", "member"])
def test_a_file_of_a_firm_the_officer_is_tied_to_is_left_out(me, tie):
    free, tied = made.assigned(me), made.assigned(me)
    assert set(of(me)[0]) == {free.pk, tied.pk}
    if tie == "conflict":
        review_services.declare_conflict(actor=me, application=tied, words="My brother owns it.")
        altered(tied, officer_id=me.pk)  # whoever gave it to me again
    else:
        MemberFactory(sme=tied.sme, user=me)
    found = waiting_of(me)
    assert (set(of(me)[0]), of(me)[1], found.own) == ({free.pk}, {}, 1)


def test_the_nearest_date_comes_first_and_what_is_past_is_late(me):
    files = [made.assigned(me) for _ in range(3)]
    for file, due in zip(files, ("2026-12-01", "2026-11-20", "2026-11-23"), strict=True):
        altered(file, due_on=due)
    found = waiting_of(me)
    assert [row.id for _need, row in found.needs] == [files[1].pk, files[2].pk, files[0].pk]
    assert [row.id for row in found.late(date(2026, 11, 23))] == [files[1].pk]


def test_the_cost_does_not_grow_with_the_files(me, django_assert_num_queries):
    assert me.roles  # read once a request
    for files in (2, 6):
        while Reading.objects.filter(reader=me).count() < files:
            made.assigned(me)
            made.assigned(officer(), me)
        with django_assert_num_queries(2):
            assert len(waiting_of(me).needs) == files


def test_no_more_is_read_than_is_counted(me, monkeypatch):
    monkeypatch.setattr("selection.desk.waiting.COUNT_UP_TO", 2)
    for _ in range(3):
        made.assigned(me)
        made.assigned(officer(), me)
    found = waiting_of(me)
    assert (found.own, found.second, len(found.needs)) == (2, 2, 4)


def test_somebody_who_is_no_officer_has_no_files(me):
    made.assigned(me)
    me.role_grants.all().delete()
    del me.roles
    assert of(me) == ({}, {})


def test_a_draft_that_was_taken_back_is_the_firms_affair(me):
    file = altered(made.held(), officer_id=me.pk)
    assert of(me)[0] == {file.pk: Need.HELD}
    made.in_state(file, State.DRAFT)
    assert of(me) == ({}, {})
