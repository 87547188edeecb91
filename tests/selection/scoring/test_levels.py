"""What a policy makes of a round at each level of evidence, counted by the worker from kept cards."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from django.urls import reverse

from selection.applications.selectors import newest_card
from selection.engine.score import score
from selection.models import Application, LevelStudy, Round, ScoreCard
from selection.policy.selectors import policy_of
from selection.scoring import selectors as scoring_selectors
from selection.scoring import services as scoring_services
from selection.scoring.levels import Counted, Standing, facts_as
from tdap_portal.audit.outbox import deliver_due, held_back
from tdap_portal.core.errors import NotAllowed
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def round_4(module_db):
    """The key of a round of five scored files, a draft and a file taken back."""
    row = RoundFactory(number=4, seats=2)
    for _file in range(5):
        ApplicationFactory(round=row, scored=True)
    ApplicationFactory(round=row)
    gone = ApplicationFactory(round=row, scored=True)
    Application.objects.filter(pk=gone.pk).update(state="withdrawn")
    return row.pk


@pytest.fixture
def round_(round_4):
    return Round.objects.get(pk=round_4)


def start(round_, policy="2026-2") -> LevelStudy:
    with held_back():
        return scoring_services.start_level_study(actor=director(), round=round_, policy=policy)


def run_to_the_end(study: LevelStudy) -> LevelStudy:
    while scoring_services.run_level_study(study_id=study.pk):
        pass
    study.refresh_from_db()
    return study


def scored(round_, standing: Standing, policy="2026-2") -> Counter[int]:
    """The hundredths of each file, one by one by the engine's own scoring."""
    found: Counter[int] = Counter()
    for row in Application.objects.filter(round=round_, state="scored"):
        card = newest_card(row)
        again = score(facts_as(card.facts, standing), card.evidence, policy_of(policy), on=card.on, track=card.track)
        found[int(again.total * 100)] += 1
    return found


@pytest.mark.parametrize("piece", [1, 2, 5, 100])
def test_however_it_is_cut_each_standing_counts_what_the_engine_scores(round_, piece, monkeypatch):
    monkeypatch.setattr(scoring_services, "PIECE", piece)

    study = run_to_the_end(start(round_))

    counted = scoring_selectors.counted_in(study)
    assert {standing: here.points for standing, here in counted.items()} == {
        standing: scored(round_, standing) for standing in Standing
    }
    assert (study.planned, study.done, study.left_out) == (5, 5, 0)
    for here in counted.values():
        assert sum(here.sums) == sum(hundredths * number for hundredths, number in here.points.items())


def test_today_counts_what_the_cards_say_and_more_proof_never_counts_less(round_):
    counted = scoring_selectors.counted_in(run_to_the_end(start(round_, round_.policy)))

    kept = [newest_card(row).total for row in Application.objects.filter(round=round_, state="scored")]
    assert counted[Standing.TODAY].points == Counter(int(total * 100) for total in kept)
    under_2026_2 = scoring_selectors.counted_in(run_to_the_end(start(round_, "2026-2")))
    means = [under_2026_2[standing].mean() for standing in (Standing.SAID, Standing.BACKED, Standing.VERIFIED)]
    assert means == sorted(means)
    assert means[0] < means[2]


def test_a_policy_that_asks_for_no_proof_counts_the_same_at_each_level(round_):
    counted = scoring_selectors.counted_in(run_to_the_end(start(round_, "2026-1")))

    assert len({frozenset(here.points.items()) for here in counted.values()}) == 1


def test_a_study_changes_no_file(round_):
    before = list(Application.objects.order_by("pk").values("points", "state", "updated_at"))
    cards = ScoreCard.objects.count()

    run_to_the_end(start(round_))

    assert list(Application.objects.order_by("pk").values("points", "state", "updated_at")) == before
    assert ScoreCard.objects.count() == cards


def test_the_worker_does_a_piece_a_delivery_and_a_file_without_a_card_is_left_out(round_, monkeypatch):
    monkeypatch.setattr(scoring_services, "PIECE", 2)
    study = start(round_)

    deliver_due()
    study.refresh_from_db()
    assert (study.done, study.left_out, study.finished_at) == (2, 0, None)

    row = Application.objects.filter(round=round_, state="scored").last()
    ScoreCard.objects.filter(application=row).delete()
    run_to_the_end(study)
    assert (study.done, study.left_out) == (5, 1)
    assert scoring_services.run_level_study(study_id=study.pk) is False


def test_starting_again_while_one_runs_gives_that_one_and_afterwards_a_new_one(round_):
    first = start(round_)
    assert start(round_) == first
    run_to_the_end(first)
    second = run_to_the_end(start(round_))

    assert second != first
    assert second.counted == first.counted
    assert scoring_selectors.level_studies_of(round_) == [second]


def test_only_a_director_begins_a_study(round_):
    with pytest.raises(NotAllowed):
        scoring_services.start_level_study(actor=officer(), round=round_, policy="2026-2")


def test_the_last_seat_the_median_and_the_mean_of_counted_points():
    counted = Counted(points=Counter({9000: 1, 5000: 2, 1000: 1}), sums=[20000])

    assert [counted.last_seat(seats) for seats in (1, 2, 3, 4, 5)] == [90, 50, 50, 10, None]
    assert (counted.median(), counted.mean(), counted.at_least(Decimal(50))) == (50, 50, 3)


# ---------------------------------------------------------------------------------------------------------- the pages


def test_the_director_chooses_a_policy_watches_and_reads_what_it_makes_of_the_round(round_, client):
    client.force_login(director())
    address = reverse("selection:round_levels", args=[round_.code])
    with held_back():
        answer = client.post(address, {"policy": "2026-2"})
    study = LevelStudy.objects.get()
    shown = reverse("selection:level_study", args=[study.public_id])
    assert answer.url == shown
    assert "0 of 5 files so far" in flat(client.get(shown).content.decode())

    run_to_the_end(study)

    page = flat(client.get(shown, headers={"HX-Request": "true"}).content.decode())
    line = scoring_selectors.studied_line(study, scoring_selectors.counted_in(study))
    assert f"The line is taken at {line} points: the last of 2 seats" in page
    assert page.count("<svg") >= 4
    assert 'hx-trigger="every 3s"' not in page
    assert shown in client.get(address).content.decode()
    for where in (reverse("selection:rounds"), reverse("round", args=[round_.code])):
        assert address in client.get(where).content.decode()


def test_an_unknown_policy_starts_nothing(round_, client):
    client.force_login(director())

    answer = client.post(reverse("selection:round_levels", args=[round_.code]), {"policy": "../2026-2"})

    assert answer.status_code == 200
    assert not LevelStudy.objects.exists()


def test_the_rules_of_a_round_lead_nobody_else_there(round_, client):
    address = reverse("selection:round_levels", args=[round_.code])

    assert address not in client.get(reverse("round", args=[round_.code])).content.decode()
