"""The kept counts of the desk can be checked against the files, and put right."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command

from selection.applications import selectors as applications_selectors
from selection.applications import tallies
from selection.applications import tasks as applications_tasks
from selection.intake import services as intake_services
from selection.models import Application, DeskTally
from tests.factories.selection import ApplicationFactory, RoundFactory, ask, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]


@pytest.fixture
def round_():
    """A draft, a file that waits for the firm, one that was withdrawn and one that is scored; some counts folded."""
    row = RoundFactory(number=4)
    ApplicationFactory(round=row)
    ask(ApplicationFactory(round=row, scored=True))
    tallies.fold()
    gone = ApplicationFactory(round=row, scored=True)
    intake_services.withdraw_application(actor=owner_of(gone), application=gone)
    ApplicationFactory(round=row, scored=True)
    return row


def numbers(round_) -> dict[str, int]:
    return applications_selectors.numbers_of_states([round_.pk])[round_.pk]


def test_counts_that_are_right_are_left_alone(round_):
    assert tallies.check(round_) is True
    assert DeskTally.objects.filter(round=round_, folded=False).exists()


def test_a_rebuilding_of_right_counts_changes_no_number(round_):
    before = numbers(round_)

    assert tallies.rebuild(round_) == {}
    assert numbers(round_) == before == {"draft": 1, "scored": 2, "withdrawn": 1}


def test_counts_that_went_wrong_are_logged_and_mended_by_night(round_, caplog):
    other = RoundFactory(number=5)
    ApplicationFactory(round=other, scored=True)
    DeskTally.objects.filter(round=round_, state="withdrawn").delete()
    Application.objects.filter(round=round_, state="draft").update(track="startup")

    applications_tasks.check_tallies()

    assert numbers(round_) == {"draft": 1, "scored": 2, "withdrawn": 1}
    assert tallies.check(round_) is True
    assert caplog.text.count("tally of") == 3
    assert numbers(other) == {"scored": 1}


def test_a_night_after_acts_alone_finds_nothing_wrong(round_, caplog):
    applications_tasks.check_tallies()

    assert "tally of" not in caplog.text


def test_acts_and_folds_go_on_from_the_rebuilt_counts(round_):
    tallies.rebuild(round_)
    gone = Application.objects.get(round=round_, awaiting_firm=True)
    intake_services.withdraw_application(actor=owner_of(gone), application=gone)
    while tallies.fold():
        pass

    assert numbers(round_) == {"draft": 1, "scored": 1, "withdrawn": 2}
    assert tallies.check(round_) is True


def test_the_command_rebuilds_the_rounds_it_is_given_and_says_what_was_wrong(round_):
    other = RoundFactory(number=5)
    DeskTally.objects.filter(state="withdrawn").delete()
    said = StringIO()

    call_command("rebuild_tallies", "R4", stdout=said)
    assert said.getvalue().startswith("R4: 1 counts were wrong.\n  withdrawn, sports_goods, ")
    assert other.code not in said.getvalue()
    call_command("rebuild_tallies", stdout=(again := StringIO()))
    assert again.getvalue() == "R5: 0 counts were wrong.\nR4: 0 counts were wrong.\n"
