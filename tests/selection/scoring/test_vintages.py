"""Which trade figures a round's files are scored by: those that it opened with, until a director moves it for all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.models import Round, ScoreCard
from selection.rounds import services as rounds_services
from selection.scoring import services as scoring_services
from selection.trade.models import Vintage
from tdap_portal.audit.models import Event
from tests.factories.accounts import director
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.factories.trade import IndicatorFactory, VintageFactory

from .test_rescoring import run_to_the_end

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def published(name):
    """New figures that take the place of those in use."""
    Vintage.objects.filter(state="current").update(state="superseded")
    vintage = VintageFactory(name=name)
    IndicatorFactory(vintage=vintage)
    return vintage


def vintages_of(round_):
    return set(ScoreCard.objects.filter(application__round=round_).values_list("vintage", flat=True))


@pytest.fixture
def opened():
    """A round that opened with the figures "first", after which "second" came into use."""
    published("first")
    now = timezone.now()
    planned = RoundFactory(state="planned", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=9))
    round_ = rounds_services.open_round(actor=director(), round=planned)
    published("second")
    return round_


def test_a_round_keeps_the_figures_that_it_opened_with(opened):
    scoring_services.score_application(application_id=ApplicationFactory(round=opened, submitted=True).pk)
    assert (opened.flows_vintage.name, opened.platform_vintage) == ("first", None)
    assert vintages_of(opened) == {"first"}


def test_a_round_that_keeps_none_is_scored_by_the_figures_in_use(opened):
    Round.objects.update(flows_vintage=None)
    scoring_services.score_application(application_id=ApplicationFactory(round=opened, submitted=True).pk)
    assert vintages_of(opened) == {"second"}


def test_a_director_moves_the_round_to_the_newest_figures_for_all_its_files_at_once(opened):
    rows = [ApplicationFactory(round=opened, scored=True) for _ in range(2)]
    assert vintages_of(opened) == {"first"}
    boss = director()
    job = scoring_services.start_rescoring(actor=boss, round=opened)
    run_to_the_end(job)
    newest = {row.score_cards.order_by("-pk").first().vintage for row in rows}
    opened.refresh_from_db()
    assert (newest, opened.flows_vintage.name) == ({"second"}, "second")
    told = Event.objects.get(name="rescoring.started")
    assert (told.actor, told.data["vintages"]) == (boss, ["second"])


def test_figures_that_come_while_a_round_is_scored_again_do_not_divide_its_files(opened):
    for _ in range(2):
        ApplicationFactory(round=opened, scored=True)
    job = scoring_services.start_rescoring(actor=director(), round=opened)
    published("third")
    scoring_services.start_rescoring(actor=director(), round=opened)
    run_to_the_end(job)
    assert vintages_of(opened) == {"first", "second"}
