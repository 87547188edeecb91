"""What a firm's home says of the appeal of its file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from selection.appeals import services
from selection.models import Appeal, Round
from selection.states import AppealOutcome, Outcome, State, Verdict
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tests.factories.accounts import officer
from tests.factories.selection import owner_of
from tests.selection import made as files
from tests.selection.appeals import made
from tests.smes.pages import text_of

pytestmark = pytest.mark.django_db
BETTER = {"quality_control": "third_party", "ecommerce_staff": 6, "catalogue_products": 400}


@pytest.fixture
def home(client):
    """Of a file, as its owner reads it at either address."""

    def read(file) -> str:
        client.force_login(owner_of(file))
        text = text_of(client.get(f"/file/{file.public_id}/"))
        assert text_of(client.get("/firm/", follow=True)).count('id="appeal-h"') == text.count('id="appeal-h"')
        return text

    return read


@pytest.mark.parametrize("outcome", [Outcome.WAITLIST, Outcome.DECLINE])
def test_it_says_until_when_and_leads_there(home, outcome):
    file = made.decided_file(outcome)

    text = home(file)

    assert "Did we get something wrong?" in text
    assert f"/file/{file.public_id}/appeal/" in text
    made.decided_days_ago(file, 60)
    assert "appeal-h" not in home(file)


def test_a_selected_file_has_no_appeal_on_it(home):
    assert "appeal-h" not in home(made.decided_file(Outcome.SELECT))


def test_a_draft_is_named_as_not_sent(home):
    file = made.decided_file()
    services.keep_draft(actor=owner_of(file), application=file, points=[made.point("Half a")])

    assert "Go on with the appeal" in home(file)


def test_one_that_waits_names_its_day_and_its_director_and_says_when_it_is_late(home):
    file = made.decided_file()
    appeal = made.drawn(file)

    text = home(file)
    assert f"Your appeal {appeal.code} is answered by {day_words(appeal.due_on)}" in text
    assert appeal.director.name in text
    assert "That day has passed" not in text
    Appeal.objects.filter(pk=appeal.pk).update(due_on=today() - timedelta(days=1))
    assert "That day has passed" in home(file)


def test_upheld_with_a_seat(home):
    file = made.decided_file()
    Round.objects.filter(pk=file.round_id).update(appeal_reserve=1)
    appeal = made.answered(made.drawn(file), AppealOutcome.UPHELD, made.finding(**BETTER))
    assert appeal.from_reserve

    text = home(file)
    assert f"you have a seat, with {appeal.points_after} points" in text
    assert f"{appeal.points_after} points instead of {appeal.points}" in text


def test_upheld_with_a_place_on_the_list(home):
    file = made.decided_file(Outcome.DECLINE)
    appeal = made.answered(made.drawn(file), AppealOutcome.UPHELD, made.finding(**BETTER))
    assert not appeal.from_reserve

    assert f"{appeal.points_after} points, and their place on the waiting list" in home(file)
    files.in_state(file, State.SELECTED)
    assert "appeal-h" not in home(file), "it has a seat by another way since"


def test_rejected_says_why_and_what_comes_next(home):
    file = made.decided_file(Outcome.DECLINE)
    made.answered(made.drawn(file), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))

    text = home(file)
    assert made.REASON in text
    assert "you can apply again in the next round" in text
    assert "keeps its place" not in text


def test_rejected_on_the_waiting_list_keeps_its_place(home):
    file = made.decided_file(Outcome.WAITLIST)
    made.answered(made.drawn(file), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))

    assert "The file keeps its place on the waiting list." in home(file)


def test_sent_back_to_reading(home):
    file = made.decided_file()
    officer(), officer()
    made.answered(made.drawn(file), AppealOutcome.REREAD, made.finding(Verdict.UNCLEAR))

    assert "Two new officers read your file" in home(file)
