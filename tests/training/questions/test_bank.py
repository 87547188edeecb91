"""The question bank: versions, what is drawn, and the rules of the assessment."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.training_assessment import RIGHT, bank, module_of, question, rules
from tests.queries import queries_of, repeated
from tests.training.made import manager, programme
from training.models import Question, QuestionVersion
from training.questions import checks, selectors, services

pytestmark = pytest.mark.django_db
NO_FILTER = dict.fromkeys(("module", "kind", "state", "q", "order"), "")


@pytest.fixture
def boss():
    return manager()


@pytest.fixture
def course():
    return programme()


def options(*texts):
    return [{"en": text, "ur": f"{text} اردو"} for text in texts]


@pytest.mark.parametrize(
    ("kind", "texts", "right", "wrong"),
    [
        ("single", "AB", [0], ""),
        ("single", "A", [0], checks.FEW),
        ("single", "AB", [], checks.ONE),
        ("single", "ABC", [0, 1], checks.ONE),
        ("single", "AAB", [0], checks.TWICE),
        ("single", "AaB", [0], checks.TWICE),
        ("multiple", "ABC", [0, 1], ""),
        ("multiple", "ABC", [0], checks.SOME),
        ("multiple", "AB", [0, 1], checks.ALL),
    ],
)
def test_what_a_question_must_be(kind, texts, right, wrong):
    assert checks.wrong_with(kind, options(*texts), right) == wrong


def test_an_answer_is_written_in_both_languages():
    assert checks.wrong_with("single", [{"en": "A", "ur": "الف"}, {"en": "B", "ur": ""}], [0]) == checks.HALF


def as_values(version: QuestionVersion, **changed):
    return {name: getattr(version, name) for name in services.COLUMNS} | changed


@pytest.mark.sqlite_leg
def test_a_change_makes_a_version_and_nothing_else_does(boss, course):
    row = question(module_of(course), by=boss)
    first = row.versions.get()
    same = services.change_question(actor=boss, question=row, **as_values(first))
    assert same == first
    second = services.change_question(actor=boss, question=row, **as_values(first, text="Who pays?"))
    first.refresh_from_db()
    assert (first.is_newest, second.number, second.is_newest) == (False, 2, True)
    assert first.text != "Who pays?"
    assert [version.number for version in selectors.versions_of(row)] == [2, 1]


@pytest.mark.sqlite_leg
def test_a_second_click_writes_no_second_question(boss, course):
    module = module_of(course)
    assert question(module, by=boss) == question(module, by=boss)
    assert question(module, 2, by=boss) != question(module, by=boss)
    assert Question.objects.count() == 2


def test_what_is_no_question_is_refused_however_it_is_sent(boss, course):
    with pytest.raises(DomainError) as refusal:
        question(module_of(course), by=boss, right=[0, 1])
    assert refusal.value.code == "not_a_question"


def test_only_a_programme_manager_writes(course, boss):
    module = module_of(course)
    row = question(module, by=boss)
    for actor in (officer(), director(), partner_person(), UserFactory()):
        for act in (
            lambda actor: question(module, 5, by=actor),
            lambda actor: services.change_question(actor=actor, question=row, **as_values(row.versions.get())),
            lambda actor: services.retire_question(actor=actor, question=row),
            lambda actor: services.take_up_question(actor=actor, question=row),
            lambda actor: rules(course, by=actor),
        ):
            with pytest.raises(NotAllowed):
                act(actor)


def test_the_bank_stays_large_enough_for_a_try(boss, course):
    module = module_of(course)
    versions = bank(module, 3, by=boss)
    with pytest.raises(DomainError) as refusal:
        rules(course, by=boss, questions_number=4)
    assert refusal.value.code == "too_few_questions"
    rules(course, by=boss, questions_number=3)
    with pytest.raises(DomainError) as refusal:
        services.retire_question(actor=boss, question=versions[0].question)
    assert refusal.value.code == "too_few_questions"
    rules(course, by=boss, questions_number=3, is_active=False)
    row = services.retire_question(actor=boss, question=versions[0].question)
    assert row.retired_at is not None
    assert selectors.in_use(course).count() == 2
    services.take_up_question(actor=boss, question=row)
    assert selectors.in_use(course).count() == 3


def test_only_the_chosen_modules_are_drawn_from(boss, course):
    first, second = module_of(course, "One"), module_of(course, "Two")
    bank(first, 2, by=boss)
    bank(second, 4, by=boss)
    row = rules(course, by=boss, modules=[second], questions_number=4)
    assert list(selectors.pool_of(row)) == [second.pk]
    row = rules(course, by=boss, questions_number=4)
    assert set(selectors.pool_of(row)) == {first.pk, second.pk}
    with pytest.raises(DomainError):
        rules(course, by=boss, modules=[first], questions_number=4)


@pytest.mark.sqlite_leg
def test_the_list_is_filtered_and_ordered(boss, course):
    first, second = module_of(course, "One"), module_of(course, "Two")
    bank(first, 2, by=boss)
    rare = question(second, 9, by=boss, points=5, kind="multiple", right=[0, RIGHT], text="Which papers?")
    services.retire_question(actor=boss, question=Question.objects.first())
    question(module_of(programme()), 1, by=boss)
    for filters, number in (
        ({}, 3), ({"module": second.public_id}, 1), ({"module": "zzzzzzzzzzzz"}, 0), ({"kind": "multiple"}, 1),
        ({"state": "retired"}, 1), ({"state": "in_use"}, 2), ({"q": "papers"}, 1), ({"q": "xyzzy"}, 0),
    ):  # fmt: skip
        assert len(selectors.questions_page(course, NO_FILTER | filters, None).rows) == number, filters
    rows = selectors.questions_page(course, NO_FILTER | {"order": "points"}, None).rows
    assert rows[0].question == rare


def test_the_list_costs_the_same_for_more_rows(client, boss, course):
    module = module_of(course)
    client.force_login(boss)
    url = reverse("training:questions", args=[course.public_id])
    bank(module, 1, by=boss)
    one = queries_of(client, url)
    bank(module, 6, by=boss)
    many = queries_of(client, url)
    assert len(one) == len(many)
    assert repeated(many) == []


def fields(of, **changed):
    found = {
        "module": of.public_id, "kind": "single", "text": "Who pays?", "text_ur": "کون دیتا ہے؟", "points": "1",
        "explanation": "", "explanation_ur": "", "en_0": "You", "ur_0": "آپ", "en_1": "The buyer", "ur_1": "خریدار",
        "right_1": "on",
    }  # fmt: skip
    return found | changed


def test_a_question_is_written_and_changed_on_its_pages(client, boss, course):
    module = module_of(course)
    client.force_login(boss)
    new = reverse("training:question_new", args=[course.public_id])
    answer = client.post(new, fields(module))
    assert answer.url == f"{new}?module={module.public_id}"
    row = Question.objects.get()
    assert row.versions.get().right == [1]
    edit = reverse("training:question_edit", args=[course.public_id, row.public_id])
    html = client.get(edit).content.decode()
    assert "The buyer" in html
    client.post(edit, fields(module, text="Who pays for it?"))
    assert selectors.newest_of(row).number == 2
    retire = reverse("training:question_retire", args=[course.public_id, row.public_id])
    client.post(retire)
    row.refresh_from_db()
    assert row.retired_at is not None
    client.post(retire, {"act": "take_up"})
    row.refresh_from_db()
    assert row.retired_at is None
    other = programme()
    for name in ("question", "question_edit"):
        assert client.get(reverse(f"training:{name}", args=[other.public_id, row.public_id])).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [{"right_1": ""}, {"ur_1": ""}, {"en_1": "You", "ur_1": "آپ"}, {"points": "9" * 5000}, {"points": "NaN"}, {"module": "x"},
     {"kind": "x"}, {"text": " "}, {"right_5": "on"}],
)  # fmt: skip
def test_what_is_not_whole_is_told_and_kept(client, boss, course, changed):
    module = module_of(course)
    client.force_login(boss)
    answer = client.post(reverse("training:question_new", args=[course.public_id]), fields(module, **changed))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Question.objects.exists()


def test_the_rules_are_set_on_their_page(client, boss, course):
    module = module_of(course)
    bank(module, 3, by=boss)
    client.force_login(boss)
    url = reverse("training:assessment_rules", args=[course.public_id])
    given = {
        "is_active": "on", "since": "2026-01-01", "modules": [module.public_id], "questions_number": "3", "minutes": "45",
        "spare_minutes": "15", "tries": "2", "pause_hours": "24", "opens_percent": "80",
    }  # fmt: skip
    assert client.post(url, given | {"questions_number": "4"}).context["form"].errors
    assert client.post(url, given).status_code == 302
    row = selectors.assessment_of(course)
    assert (row.questions_number, list(row.modules.all())) == (3, [module])
    assert client.post(url, given | {"minutes": "9" * 5000, "since": "x"}).context["form"].errors
