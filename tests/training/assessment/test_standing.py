"""Who may begin a try and when, what counts of several, and what certificates, pages and dashboards read of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.smes import MemberFactory
from tests.factories.training_assessment import RIGHT, WRONG, bank, module_of, rules, task
from tests.training.made import at, cohort, manager, place, programme, published
from training.assessment import handlers, selectors, services
from training.assessment.drawing import drawn
from training.assessment.opening import Opening, Stage, Tried, opening_of, stand_of
from training.assessment.services import Page
from training.certificates import selectors as certificates_selectors
from training.certificates.earning import Lack, lacking
from training.models import Attempt, Programme
from training.practice import services as practice_services
from training.questions import services as questions_services

pytestmark = pytest.mark.django_db
NOW = at("2027-04-08 10:00")


def end(text):
    return at(f"2027-{text}")


@pytest.mark.parametrize(
    ("ends", "percent", "expected"),
    [
        (["04-01 12:00", "04-02 12:00", "04-09 12:00", "04-10 12:00"], 50, Opening(2, 2, 4, end("04-02 12:00"))),
        (["04-01 12:00", "04-02 12:00", "04-09 12:00", "04-10 12:00"], 51, Opening(2, 3, 4, end("04-09 12:00"))),
        (["04-08 10:00", None], 100, Opening(1, 2, 2, None)),
        ([None, None], 0, Opening(0, 0, 2, None)),
        ([], 0, Opening(0, 0, 0, None)),
        ([], 80, Opening(0, 1, 0, None)),
    ],
)
def test_it_opens_once_the_share_of_the_sessions_is_over(ends, percent, expected):
    found = opening_of([one and end(one) for one in ends], percent=percent, now=NOW)
    assert found == expected
    assert found.is_open is (expected.held >= expected.needed)


OPEN, SHUT = Opening(2, 2, 4, None), Opening(1, 2, 4, None)
FAILED, PASSED = Tried(NOW - timedelta(hours=2), is_passed=False), Tried(NOW, is_passed=True)


@pytest.mark.parametrize(
    ("opening", "tried", "under_way", "stage", "left"),
    [
        (SHUT, [], False, Stage.TO_COME, 2),
        (OPEN, [], False, Stage.OPEN, 2),
        (OPEN, [FAILED], False, Stage.PAUSED, 1),
        (OPEN, [FAILED, FAILED], False, Stage.USED_UP, 0),
        (OPEN, [FAILED, PASSED], False, Stage.PASSED, 0),
        (OPEN, [PASSED], False, Stage.PASSED, 0),
        (SHUT, [FAILED], True, Stage.UNDER_WAY, 0),
        (SHUT, [PASSED], False, Stage.PASSED, 0),
    ],
)
def test_what_somebody_can_do_now(opening, tried, under_way, stage, left):
    stand = stand_of(opening, tried, is_under_way=under_way, tries=2, pause_hours=24, now=NOW)
    assert (stand.stage, stand.left) == (stage, left)
    assert stand.is_final is (stage in (Stage.PASSED, Stage.USED_UP))


def test_the_pause_ends_to_the_minute():
    tried = [Tried(NOW - timedelta(hours=24), is_passed=False)]
    given = {"is_under_way": False, "tries": 2, "pause_hours": 24}
    assert stand_of(OPEN, tried, now=NOW, **given).stage == Stage.OPEN
    before = stand_of(OPEN, tried, now=NOW - timedelta(seconds=1), **given)
    assert (before.stage, before.next_at) == (Stage.PAUSED, NOW)


def test_each_module_gives_its_share_and_what_was_seen_comes_last():
    pool = {1: list(range(10)), 2: list(range(100, 110)), 3: [200]}
    found = drawn(pool, 7, seed=5)
    assert found == drawn(pool, 7, seed=5)
    assert sorted(len([one for one in found if one // 100 == module]) for module in (0, 1, 2)) == [1, 3, 3]
    assert len({tuple(drawn(pool, 7, seed=seed)) for seed in range(20)}) > 15
    again = drawn(pool, 7, seed=6, seen=found)
    assert set(again) & set(found) == set()
    assert set(drawn(pool, 21, seed=7, seen=found)) == {*pool[1], *pool[2], *pool[3]}
    assert drawn({}, 5, seed=1) == []


class Course:
    """A programme with an assessment, a cohort of two sessions of which one is over, and Rabia."""

    def __init__(self, **values) -> None:
        self.boss = manager()
        self.programme = programme(pass_mark=60)
        self.module = module_of(self.programme)
        bank(self.module, 12, by=self.boss)
        self.cohort = cohort(programme=self.programme)
        for day in ("2027-04-01", "2027-04-20"):
            published(self.cohort, f"{day} 10:00")
        self.person = UserFactory(name="Rabia Noor", language="en")
        self.place = place(self.cohort, self.person, asked_at=at("2027-03-01 09:00"))
        self.rules = rules(self.programme, by=self.boss, **{"questions_number": 5, "opens_percent": 50, **values})

    def begin(self, time="2027-04-08 10:00") -> Attempt:
        with time_machine.travel(at(time), tick=False):
            return services.begin(actor=self.person, place=self.place)

    def sit(self, right: int, time="2027-04-08 10:00") -> Attempt:
        """A whole try with so many right answers of five."""
        attempt = self.begin(time)
        answers = {number: frozenset({RIGHT if number <= right else WRONG}) for number in range(1, 6)}
        with time_machine.travel(at(time) + timedelta(minutes=5), tick=False):
            return services.hand_in(actor=self.person, attempt=attempt, page=Page({}, answers))

    def code_of(self, time) -> str:
        with pytest.raises(DomainError) as refusal:
            self.begin(time)
        return refusal.value.code


@pytest.fixture
def course() -> Course:
    return Course()


@pytest.mark.sqlite_leg
def test_a_try_begins_once_and_only_when_it_is_open(course):
    assert course.code_of("2027-04-01 11:59") == "not_open"
    first = course.begin("2027-04-01 12:00")
    assert course.begin("2027-04-01 12:01") == first
    assert (first.number, first.questions.count(), first.pass_mark) == (1, 5, 60)


def test_the_tries_their_pause_and_the_end(course):
    course.sit(2)
    assert course.code_of("2027-04-08 12:00") == "paused"
    second = course.sit(2, "2027-04-09 10:05")
    assert second.number == 2
    seen = {row.version_id for row in Attempt.objects.get(number=1).questions.all()}
    assert seen & {row.version_id for row in second.questions.all()} == set()
    assert course.code_of("2027-04-12 10:00") == "used_up"
    services.give_more(actor=course.boss, place=course.place, minutes=0, tries=1, words="The light went out")
    assert course.sit(5, "2027-04-13 10:00").is_passed
    assert course.code_of("2027-04-15 10:00") == "passed"


def test_nobody_else_begins_and_only_a_manager_gives_more(course):
    owner = course.place.sme.created_by
    for actor in (owner, UserFactory(), course.boss):
        with pytest.raises(NotAllowed):
            services.begin(actor=actor, place=course.place)
    for actor in (owner, course.person, officer(), director()):
        with pytest.raises(NotAllowed):
            services.give_more(actor=actor, place=course.place, minutes=9, tries=0, words="x")
    unnamed = place(course.cohort)
    trainee = MemberFactory(sme=unnamed.sme, role="trainee").user
    with time_machine.travel(NOW, tick=False):
        assert services.begin(actor=trainee, place=unnamed).person == trainee


def lacks(row) -> tuple[Lack, ...]:
    return lacking(certificates_selectors.standings_of([row.place])[row.place.application_id])


@pytest.mark.sqlite_leg
def test_the_certificate_asks_for_the_assessment_and_the_task(course):
    set_task = task(course.programme, by=course.boss)
    with time_machine.travel(at("2027-05-01 10:00"), tick=False):
        assert {Lack.ASSESSMENT, Lack.TASK} <= set(lacks(course))
    course.sit(2)
    assert Lack.NOT_PASSED in lacks(course)
    course.sit(3, "2027-04-09 11:00")
    assert not {Lack.ASSESSMENT, Lack.NOT_PASSED} & set(lacks(course))
    work = practice_services.hand_in(actor=course.person, place=course.place, task=set_task, text="Here it is.")
    for _ in range(2):
        practice_services.mark(actor=manager(), work=work, levels=[2, 1], words="Well done.")
    assert not {Lack.ASSESSMENT, Lack.NOT_PASSED, Lack.TASK} & set(lacks(course))


def test_a_cohort_that_began_before_is_asked_for_nothing(course):
    later = course.cohort.starts_on + timedelta(days=1)
    rules(course.programme, by=course.boss, questions_number=5, since=later)
    task(course.programme, by=course.boss, since=later)
    assert not {Lack.ASSESSMENT, Lack.TASK} & set(lacks(course))
    assert course.code_of("2027-04-08 10:00") == "not_asked"


def test_a_mark_that_was_raised_takes_no_pass_away(course):
    course.sit(3)
    Programme.objects.update(pass_mark=90)
    assert not {Lack.ASSESSMENT, Lack.NOT_PASSED} & set(lacks(course))
    found = selectors.standing_of_files([course.place.application_id])[course.place.application_id]
    assert (found.result.percent, found.pass_mark) == (60, 60)


@pytest.mark.sqlite_leg
def test_a_change_of_the_rules_leaves_a_try_as_it_began(course):
    attempt = course.begin()
    rules(course.programme, by=course.boss, questions_number=3, minutes=5, spare_minutes=0)
    question = attempt.questions.first()
    newest = questions_services.change_question(
        actor=course.boss, question=question.version.question, kind="single", text="Another wording?",
        text_ur="اور الفاظ؟", options=question.version.options, right=[0], points=1, explanation="", explanation_ur="",
    )  # fmt: skip
    attempt.refresh_from_db()
    question.refresh_from_db()
    assert (attempt.minutes, attempt.questions.count(), newest.number) == (30, 5, 2)
    assert (question.version.number, question.version.right) == (1, [RIGHT])


def test_a_thousand_files_cost_as_many_queries_as_one(course):
    course.sit(3)
    others = [place(course.cohort) for _ in range(3)]
    with CaptureQueriesContext(connection) as one:
        selectors.standing_of_files([course.place.application_id])
    files = [course.place.application_id, *(row.application_id for row in others)]
    with CaptureQueriesContext(connection) as many:
        found = selectors.standing_of_files(files)
    assert len(one) == len(many) == 5
    assert [found[file].result is not None for file in files] == [True, False, False, False]
    assert selectors.standing_of_files([]) == {}


def test_the_person_is_told_once(course):

    course.sit(3)
    for event in [*Event.objects.filter(name="attempt.closed")] * 2:
        handlers.tell_attempt(event)
    (message,) = Message.objects.filter(to=course.person, template="attempt.passed")
    assert "60 of 100" in message.body


# ---------------------------------------------------------------------------------------------------------------- pages


def test_nothing_of_the_right_answers_is_on_a_page_before_no_try_is_left(client, course):
    with time_machine.travel(NOW, tick=False):
        client.force_login(course.person)
        attempt = services.begin(actor=course.person, place=course.place)
        for number in range(1, 6):
            html = client.get(reverse("training:attempt_question", args=[attempt.public_id, number])).content.decode()
            assert "Who pays the way to Hamburg?" in html
            assert "EXW: the buyer" not in html
            assert "is-right" not in html
        row = selectors.questions_of(attempt)[0]
        page = client.get(reverse("training:attempt_question", args=[attempt.public_id, 1]))
        values = [option.value for option in page.context["one"].options]
        assert values == [0, 1, 2, 3], "a value says where an option is shown, not where it stands in the question"
        answers = {row.position: frozenset({WRONG})}
        services.hand_in(actor=course.person, attempt=attempt, page=Page({}, answers))
        html = client.get(reverse("training:attempt_result", args=[attempt.public_id])).content.decode()
    assert "is-right" not in html
    assert "Right answers are shown once no further try comes" in html
    assert "EXW: the buyer" in html
    last = course.sit(1, "2027-04-09 11:00")
    with time_machine.travel(at("2027-04-09 12:00"), tick=False):
        client.force_login(course.person)
        html = client.get(reverse("training:attempt_result", args=[last.public_id])).content.decode()
    assert "is-right" in html


def test_the_entry_page_says_what_is_open_to_come_and_done(client, course):
    task(course.programme, by=course.boss)
    client.force_login(course.person)
    for time, words in (
        ("2027-03-20 10:00", "It opens once 1 of 2 sessions are over; 0 are."),
        ("2027-04-08 10:00", "2 tries are left."),
    ):
        with time_machine.travel(at(time), tick=False):
            client.force_login(course.person)
            html = client.get("/training/assessment/").content.decode()
        assert words in html
        assert "To be handed in" in html
    course.sit(3)
    client.force_login(course.person)
    assert "60 of 100, and 60 are needed." in client.get("/training/assessment/").content.decode()
    client.force_login(UserFactory(language="en"))
    assert "Nothing here yet" in client.get("/training/assessment/").content.decode()


def test_the_entry_page_costs_the_same_for_more_places(client, course):
    client.force_login(course.person)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/training/assessment/")
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
        place(course.cohort, course.person)
    assert counts[1] <= counts[0] + 2  # closing what is over is asked for each place


@pytest.mark.parametrize("junk", ["9" * 5000, "NaN", "-1", "1.5", "ü", ""])
def test_junk_in_a_try_is_no_fault(client, course, junk):
    with time_machine.travel(NOW, tick=False):
        attempt = services.begin(actor=course.person, place=course.place)
        client.force_login(course.person)
        url = reverse("training:attempt_question", args=[attempt.public_id, 1])
        fields = {
            f"answer-{junk[:50]}": "1",
            "answer-1": junk,
            "shown-1": junk,
            "clear-1": junk,
            "flag-1": junk,
            "go": junk,
        }
        assert client.post(url, fields).status_code == 302
        assert (
            client.post(reverse("training:attempt_prolong", args=[attempt.public_id]), {"number": junk}).status_code
            == 302
        )
    assert attempt.questions.exclude(chosen=[]).count() == 0


def test_a_cohort_is_seen_by_programme_managers_alone(client, course):
    attempt = course.sit(3)
    urls = [
        reverse("training:cohort_assessment", args=[course.cohort.public_id]),
        reverse("training:cohort_attempt", args=[course.cohort.public_id, attempt.public_id]),
        reverse("training:assessment_more", args=[course.cohort.public_id, course.place.public_id]),
    ]
    for actor, status in ((course.boss, 200), (officer(), 403), (course.person, 404)):
        client.force_login(actor)
        assert {client.get(url).status_code for url in urls} == {status}
    client.force_login(course.boss)
    other = cohort(programme=course.programme)
    assert client.get(reverse("training:cohort_attempt", args=[other.public_id, attempt.public_id])).status_code == 404
    assert (
        client.get(reverse("training:assessment_more", args=[other.public_id, course.place.public_id])).status_code
        == 404
    )
    answer = client.post(urls[2], {"minutes": "10", "tries": "1", "words": "Sees badly"})
    assert answer.url == urls[0]
    assert "10 minutes, 1 tries more" in client.get(urls[0]).content.decode()
    assert "Nobody fits" in client.get(urls[0], {"q": "xyzzy"}).content.decode()
    assert "Rabia Noor" in client.get(urls[0], {"show": "passed"}).content.decode()


def test_a_place_that_asks_for_nothing_shows_no_right_answers_of_another(client, course):
    """The firm moved from a cohort that is not asked; a try is left where it is now."""
    attempt = course.sit(1)
    old = cohort(programme=course.programme, starts_on=course.rules.since - timedelta(days=9))
    Attempt.objects.update(place=place(old, course.person))
    client.force_login(course.person)
    html = client.get(reverse("training:attempt_result", args=[attempt.public_id])).content.decode()
    assert "What was not right" in html
    assert "is-right" not in html


def test_nobody_gives_more_to_their_own_firm(client, course):
    given = {"place": course.place, "minutes": 10, "tries": 1, "words": "The light went out"}
    MemberFactory(sme=course.place.sme, user=course.boss)
    with pytest.raises(NotAllowed, match="tied to this firm"):
        services.give_more(actor=course.boss, **given)
    client.force_login(course.boss)
    url = reverse("training:assessment_more", args=[course.cohort.public_id, course.place.public_id])
    assert client.get(url).status_code == 403
    assert services.give_more(actor=manager(), **given).minutes == 10
