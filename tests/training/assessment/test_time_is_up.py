"""The time is up: what counts is what was saved (the case of ten questions in thirty minutes, with the portal's clock)."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.training_assessment import RIGHT, WRONG, bank, module_of, rules
from tests.training.made import at, cohort, manager, place, programme
from training.assessment import selectors, services, tasks, wording
from training.assessment.services import Page
from training.models import Attempt
from training.states import AttemptState, Happened

pytestmark = pytest.mark.django_db
DAY = "2027-04-08"


def moment(text: str):
    return at(f"{DAY} {text}")


class Sitting:
    """Rabia began at 10:00:00; seven answers were saved at 10:28:40, six of them right."""

    def __init__(self) -> None:
        self.boss = manager()
        self.programme = programme(code="EXP-1", pass_mark=60)
        bank(module_of(self.programme), 12, by=self.boss)
        self.rules = rules(self.programme, by=self.boss)
        self.person = UserFactory(name="Rabia Noor", language="en")
        self.place = place(cohort(programme=self.programme), self.person)
        with time_machine.travel(moment("10:00:00"), tick=False):
            self.attempt = services.begin(actor=self.person, place=self.place)
        self.save("10:28:40", {number: RIGHT if number <= 6 else WRONG for number in range(1, 8)})

    def page(self, answers, *, shown=None, cleared=()) -> Page:
        """answers: by number of the question the option as the question has it, None for an empty field."""
        return Page(
            {number: frozenset() if one is None else frozenset({one}) for number, one in (shown or {}).items()},
            {number: frozenset() if one is None else frozenset({one}) for number, one in answers.items()},
            frozenset(cleared),
        )

    def save(self, time, answers, **kwargs):
        with time_machine.travel(moment(time), tick=False):
            return services.save(actor=self.person, attempt=self.attempt, page=self.page(answers, **kwargs))

    def hand_in(self, time, answers, **kwargs):
        with time_machine.travel(moment(time), tick=False):
            return services.hand_in(actor=self.person, attempt=self.attempt, page=self.page(answers, **kwargs))

    def stands(self) -> tuple[str, int, bool | None]:
        self.attempt.refresh_from_db()
        return self.attempt.state, self.attempt.points, self.attempt.is_passed

    def chosen(self) -> dict[int, list[int]]:
        return {row.position: row.chosen for row in selectors.questions_of(self.attempt) if row.chosen}

    def url(self, name: str, *rest) -> str:
        return reverse(f"training:{name}", args=[self.attempt.public_id, *rest])

    def shown(self, number: int, option: int) -> str:
        """Where an option stands on the page of a question."""
        row = selectors.questions_of(self.attempt)[number - 1]
        return str(wording.order_in(self.attempt, row).index(option))


@pytest.fixture
def sitting() -> Sitting:
    return Sitting()


EIGHT = {number: RIGHT if number <= 6 or number == 8 else WRONG for number in range(1, 9)}


def test_handed_in_within_the_grace_the_eighth_answer_counts(sitting):
    sitting.hand_in("10:30:09", EIGHT)
    assert sitting.stands() == (AttemptState.HANDED_IN, 7, True)


def test_a_second_too_late_what_was_saved_counts_and_the_rest_is_kept_aside(sitting):
    with pytest.raises(DomainError) as refusal:
        sitting.hand_in("10:30:16", EIGHT)
    assert refusal.value.code == "time_is_up"
    assert "8 April 2027, 10:30" in str(refusal.value).replace("\u00a0", " ")
    assert sitting.stands() == (AttemptState.TIME_UP, 6, True)
    assert sitting.attempt.closed_at == moment("10:30:15")
    (late,) = selectors.late_of(sitting.attempt)
    assert (late[0], late[1]) == (moment("10:30:16"), "Rabia Noor")
    assert (8, [RIGHT]) in late[2]
    assert Event.objects.filter(name=Happened.ATTEMPT_LATE).count() == 1
    with pytest.raises(DomainError):  # sent once more it is kept once
        sitting.hand_in("10:30:20", EIGHT)
    assert len(selectors.late_of(sitting.attempt)) == 1


def test_a_form_that_lost_its_fields_takes_no_answer_away(sitting):
    shown = {number: RIGHT if number <= 6 else WRONG for number in range(1, 8)}
    sitting.hand_in("10:30:05", dict.fromkeys(range(1, 11)), shown=shown)
    assert sitting.stands() == (AttemptState.HANDED_IN, 6, True)


def test_only_the_person_takes_an_answer_away(sitting):
    sitting.save("10:29:00", {1: None}, shown={1: RIGHT})
    assert sitting.chosen()[1] == [RIGHT]
    sitting.save("10:29:00", {1: None}, shown={1: RIGHT}, cleared={1})
    assert 1 not in sitting.chosen()


def test_a_browser_that_never_comes_back_is_closed_by_the_clock(sitting):
    with time_machine.travel(moment("10:30:14"), tick=False):
        tasks.close_attempts()
    assert sitting.stands() == (AttemptState.OPEN, 0, None)
    with time_machine.travel(moment("10:47:00"), tick=False):
        assert services.close_over() == [sitting.attempt.pk]
        assert services.close_over() == []
    assert sitting.stands() == (AttemptState.TIME_UP, 6, True)
    assert sitting.attempt.closed_at == moment("10:30:15")
    assert Event.objects.filter(name=Happened.ATTEMPT_CLOSED).count() == 1


def test_a_page_that_is_opened_again_after_the_end_takes_nothing(sitting):
    client = Client()
    with time_machine.travel(moment("11:10:00"), tick=False):
        client.force_login(sitting.person)
        answer = client.get(sitting.url("attempt_question", 8))
        assert answer.url == sitting.url("attempt_result")
        answer = client.post(
            sitting.url("attempt_question", 8), {"answer-8": sitting.shown(8, RIGHT), "shown-8": ""}, follow=True
        )
    assert "The time of this try ended at" in answer.content.decode()
    assert sitting.stands() == (AttemptState.TIME_UP, 6, True)


def test_an_older_tab_keeps_what_the_newer_one_saved(sitting):
    sitting.save("10:29:00", {3: WRONG}, shown={3: RIGHT})
    sitting.save("10:29:30", {3: RIGHT, 9: RIGHT}, shown={3: RIGHT})
    assert (sitting.chosen()[3], sitting.chosen()[9]) == ([WRONG], [RIGHT])


def test_the_order_stays_after_a_reload_and_is_the_marker_s_too(sitting):
    client = Client()
    with time_machine.travel(moment("10:05:00"), tick=False):
        client.force_login(sitting.person)
        pages = [client.get(sitting.url("attempt_question", 4)).context["one"].options for _ in range(2)]
    rows = selectors.questions_of(Attempt.objects.get(pk=sitting.attempt.pk))
    seen = wording.answered_of(sitting.attempt, rows, with_right=True)[3].options
    assert pages[0] == pages[1]
    assert [one.text for one in pages[0]] == [one.text for one in seen]
    other = UserFactory()
    second = place(sitting.place.cohort, other)
    attempt = services.begin(actor=other, place=second)
    assert [row.version_id for row in selectors.questions_of(attempt)] != [row.version_id for row in rows]


@pytest.mark.parametrize("before", [True, False])
def test_more_minutes_move_the_end_for_that_person_only(sitting, before):
    held = sitting.place if not before else place(sitting.place.cohort, UserFactory(name="Asad Raza"))
    with time_machine.travel(moment("10:00:00"), tick=False):
        given = {"actor": sitting.boss, "place": held, "minutes": 10, "tries": 0, "words": "Sees badly"}
        services.give_more(**given)
        services.give_more(**given)
        attempt = services.begin(actor=held.attendee_user, place=held)
    attempt.refresh_from_db()
    assert (selectors.clock_of(attempt).ends_at, attempt.closes_at) == (moment("10:40:00"), moment("10:40:15"))
    event = Event.objects.get(name=Happened.MORE_GIVEN)
    assert "Sees badly" not in str(event.data)
    if before:
        assert selectors.clock_of(sitting.attempt).ends_at == moment("10:30:00")


def test_everybody_may_ask_once_for_the_minutes_that_are_there(sitting):
    with time_machine.travel(moment("10:29:00"), tick=False):
        services.prolong(actor=sitting.person, attempt=sitting.attempt)
        services.prolong(actor=sitting.person, attempt=sitting.attempt)
    sitting.attempt.refresh_from_db()
    assert selectors.clock_of(sitting.attempt).ends_at == moment("10:45:00")
    sitting.hand_in("10:44:00", EIGHT)
    assert sitting.stands()[1] == 7


def test_when_the_time_is_up_none_is_added(sitting):
    with time_machine.travel(moment("10:30:20"), tick=False), pytest.raises(DomainError) as refusal:
        services.prolong(actor=sitting.person, attempt=sitting.attempt)
    assert refusal.value.code == "time_is_up"


def test_a_session_that_ends_leads_to_sign_in_and_back_with_nothing_lost(sitting):
    client = Client()
    with time_machine.travel(moment("10:20:00"), tick=False):
        client.force_login(sitting.person)
        client.get(sitting.url("attempt_question", 9))
        mark = client.cookies["was_signed_in"].value
        client.logout()
        client.cookies["was_signed_in"] = mark
        fields = {"answer-9": sitting.shown(9, RIGHT), "shown-9": ""}
        answer = client.post(sitting.url("attempt_question", 9), fields)
        assert "/login/" in answer.url
        session = client.session
        kept = dict(session.items())
        client.force_login(sitting.person)
        session = client.session
        session.update({key: value for key, value in kept.items() if key not in session})
        session.save()
        page = client.get(sitting.url("attempt_question", 9))
        assert page.context["is_unsaved"]
        assert [str(one.value) for one in page.context["one"].options if one.is_chosen] == [fields["answer-9"]]
        client.post(sitting.url("attempt_question", 9), fields)
    assert sitting.chosen()[9] == [RIGHT]
    assert len(sitting.chosen()) == 8


def test_each_button_saves_without_a_script(sitting):
    client = Client()
    with time_machine.travel(moment("10:20:00"), tick=False):
        client.force_login(sitting.person)
        for number, go, leads in (
            (8, "next", sitting.url("attempt_question", 9)),
            (9, "back", sitting.url("attempt_question", 8)),
            (10, "stay", sitting.url("attempt_question", 10)),
            (10, "next", sitting.url("attempt_hand_in")),
            (8, "3", sitting.url("attempt_question", 3)),
            (8, "999", sitting.url("attempt_question", 10)),
        ):
            fields = {f"answer-{number}": sitting.shown(number, RIGHT), f"shown-{number}": "", "go": go}
            assert client.post(sitting.url("attempt_question", number), fields).url == leads
            assert sitting.chosen()[number] == [RIGHT]


def test_the_script_is_answered_with_the_time_and_a_refusal_with_words(sitting):
    client = Client()
    fields = {"answer-8": sitting.shown(8, RIGHT), "shown-8": ""}
    with time_machine.travel(moment("10:29:00"), tick=False):
        client.force_login(sitting.person)
        answer = client.post(sitting.url("attempt_question", 8), fields, headers={"X-Autosave": "1"})
        assert answer.json() == {"at": "10:29:00", "answered": 8, "left": 60}
    with time_machine.travel(moment("10:31:00"), tick=False):
        answer = client.post(sitting.url("attempt_question", 8), fields, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()["url"]) == (410, sitting.url("attempt_result"))


def test_nobody_else_answers(sitting):
    for other in (UserFactory(), sitting.boss):
        with pytest.raises(NotAllowed):
            services.save(actor=other, attempt=sitting.attempt, page=sitting.page({8: RIGHT}))
    owner = sitting.place.sme.created_by
    client = Client()
    client.force_login(owner)
    assert client.get(sitting.url("attempt_question", 1)).status_code == 403
    client.force_login(UserFactory())
    for name, rest in (("attempt_question", (1,)), ("attempt_result", ()), ("attempt_hand_in", ()), ("attempt", ())):
        assert client.get(sitting.url(name, *rest)).status_code == 404
