"""The three questions as a page, and what the trainer and the manager read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories.accounts import UserFactory, director, officer
from tests.queries import queries_of, repeated
from tests.smes.pages import text_of
from tests.training import made
from training.models import FeedbackCount, SessionFeedback

from .test_services import came, ended, say

pytestmark = pytest.mark.django_db


def page(session, rest=""):
    return f"/training/feedback/{session.public_id}/{rest}"


@pytest.fixture
def trainer():
    return made.trainer(user=UserFactory())


def answered(number, **values):
    session = ended(**values)
    for mark in range(number):
        say(came(session), session, useful=1 + mark % 5, words=f"word{mark}")
    return session


def test_who_came_answers_without_javascript_and_changes_it(client):
    session = ended()
    place = came(session)
    client.force_login(place.attendee_user)
    text = text_of(client.get(page(session)))
    assert ("How useful was the session for your firm?" in text, "Send my answer" in text) == (True, True)
    for useful in ("5", "5", "2"):
        answer = client.post(page(session), {"useful": useful, "clear": "4", "words": "Good."})
        assert (answer.status_code, answer["Location"]) == (302, page(session))
    assert SessionFeedback.objects.get().useful == 2
    text = text_of(client.get(page(session)))
    assert ("Your answer is noted." in text, "Change my answer" in text) == (True, True)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"useful": "6", "clear": "1"},
        {"useful": "x", "clear": "9" * 5000},
        {"useful": "5", "clear": "5", "words": "x" * 501},
    ],
)
def test_half_an_answer_comes_back_with_words(client, data):
    session = ended()
    client.force_login(came(session).attendee_user)
    assert client.post(page(session), data).status_code == 422
    assert not SessionFeedback.objects.exists()
    kept = client.get(page(session)).content.decode()
    assert ("x" * 501 in kept) is (len(data.get("words", "")) > 500)


def test_after_seven_days_the_answer_is_only_read(client):
    session = ended(24 * 6)
    place = came(session)
    say(place, session, words="All good")
    session.ends_at -= timedelta(days=2)
    session.starts_at -= timedelta(days=2)
    session.save()
    client.force_login(place.attendee_user)
    text = text_of(client.get(page(session)))
    assert ("All good" in text, "Send my answer" in text, "Change my answer" in text) == (True, False, False)
    assert client.post(page(session), {"useful": "1", "clear": "1"}).status_code == 422
    assert SessionFeedback.objects.get().useful == 5


@pytest.mark.parametrize(("status", "hours_ago"), [("absent", 2), ("", 2), ("present", -2), ("present", 24 * 8)])
def test_who_cannot_answer_reads_why(client, status, hours_ago):
    session = ended(hours_ago)
    client.force_login(came(session, status=status).attendee_user)
    answer = client.get(page(session))
    assert answer.status_code == 200
    assert "Send my answer" not in text_of(answer)
    assert client.post(page(session), {"useful": "1", "clear": "1"}).status_code == 422


def test_others_find_no_page(client):
    session = ended()
    came(session)
    for person in (UserFactory(), officer(), made.manager(), came(ended()).attendee_user):
        client.force_login(person)
        assert client.get(page(session)).status_code == 404
        assert client.post(page(session), {"useful": "1", "clear": "1"}).status_code == 404
    client.logout()
    assert client.get(page(session)).status_code == 302


def test_nobody_reads_results_but_the_own_trainer_and_managers(client, trainer):
    session = answered(5, trainer=trainer)
    other = made.trainer(user=UserFactory(), name="Ali")
    for person, status in (
        (trainer.user, 200),
        (made.manager(), 200),
        (other.user, 404),
        (officer(), 404),
        (director(), 404),
    ):
        client.force_login(person)
        assert client.get(page(session, "results/")).status_code == status
        listed = client.get("/training/feedback/")
        assert listed.status_code == (404 if status == 404 and person != other.user else 200)
        assert (session.title_here in text_of(listed)) is (status == 200)


def test_four_answers_are_hidden_and_five_shown_without_names(client, trainer):
    session = answered(4, trainer=trainer)
    client.force_login(trainer.user)
    text = text_of(client.get(page(session, "results/")))
    assert ("Not enough answers yet" in text, "word1" in text) == (True, False)
    place = came(session, person=UserFactory(name="Rabia Noor"))
    say(place, session, words="Call me 0300-1234567")
    text = text_of(client.get(page(session, "results/")))
    assert all(word in text for word in ("word1", "Call me •••", "5 answers are counted"))
    assert "Rabia" not in text
    before = client.get(page(session, "results/")).content.partition(b"<main")[2]
    say(came(session), session, useful=1, words="newest")
    after = client.get(page(session, "results/")).content.partition(b"<main")[2]
    assert before == after


def test_the_list_is_filtered_sorted_and_paged(client, trainer, monkeypatch):
    monkeypatch.setattr("training.feedback.views.PAGE", 2)
    cohort = made.cohort(code="KHI-7")
    rows = [answered(5, trainer=trainer, cohort=cohort), answered(5), answered(5)]
    FeedbackCount.objects.filter(session=rows[1]).update(useful_mean="1.50")
    client.force_login(made.manager())
    first = text_of(client.get("/training/feedback/?order=useful"))
    assert ("1.5" in first, "Next" in first) == (True, True)
    only = client.get("/training/feedback/?cohort=KHI-7")
    assert ("KHI-7" in text_of(only), page(rows[1], "results/") in only.content.decode()) == (True, False)
    by_trainer = client.get(f"/training/feedback/?trainer={trainer.public_id}").content.decode()
    assert (page(rows[0], "results/") in by_trainer, page(rows[2], "results/") in by_trainer) == (True, False)
    for junk in ("?cohort=%00", "?order=x", "?cohort=" + "9" * 5000, "?cursor=x", "?trainer=NaN"):
        assert client.get("/training/feedback/" + junk).status_code in (200, 400)


def test_the_list_costs_the_same_for_one_and_for_many(client, trainer):
    client.force_login(made.manager())
    answered(5, trainer=trainer)
    one = queries_of(client, "/training/feedback/")
    for _ in range(3):
        answered(5, trainer=trainer)
    assert len(queries_of(client, "/training/feedback/")) == len(one)
    assert repeated(one) == []


def test_an_empty_list_says_what_will_be_there(client):
    client.force_login(made.manager())
    assert "Nothing to show yet" in text_of(client.get("/training/feedback/"))
