"""A round is scored again by the worker, piece by piece, and its director watches."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db.models.signals import pre_save
from django.urls import reverse
from django.utils import timezone

from selection.models import Application, Rescoring, RescoringPiece, Round, ScoreCard
from selection.scoring import services as scoring_services
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all, deliver_due, held_back
from tdap_portal.core.errors import NotAllowed
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def round_4(module_db):
    """The key of a round of five files with scores of older trade figures, and a draft."""
    row = RoundFactory(number=4)
    for _file in range(5):
        ApplicationFactory(round=row, scored=True)
    ScoreCard.objects.update(vintage="an older one")
    ApplicationFactory(round=row)
    return row.pk


@pytest.fixture
def round_(round_4):
    return Round.objects.get(pk=round_4)


@pytest.fixture
def pieces_of_two(monkeypatch):
    monkeypatch.setattr(scoring_services, "PIECE", 2)


def start(round_, by=None) -> Rescoring:
    with held_back():
        return scoring_services.start_rescoring(actor=by or director(), round=round_)


def run_to_the_end(job: Rescoring) -> Rescoring:
    while scoring_services.run_rescoring(rescoring_id=job.pk):
        pass
    job.refresh_from_db()
    return job


def ends() -> list[dict]:
    return list(Event.objects.filter(name="round.rescored").order_by("pk").values_list("data", flat=True))


def digest_of(round_) -> str:
    """The digest of all results, in the order of the files' ids."""
    seals = [
        f"{row.public_id}:{row.score_cards.order_by('-pk').first().seal}\n"
        for row in Application.objects.filter(round=round_, state="scored").order_by("pk")
    ]
    return hashlib.sha256("".join(seals).encode()).hexdigest()


# ---------------------------------------------------------------------------------------------------------- the act


@pytest.mark.sqlite_leg
@pytest.mark.parametrize("piece", [1, 2, 5, 100])
def test_however_it_is_cut_a_rescoring_is_one_history_row_with_the_same_digest(round_, piece, monkeypatch):
    monkeypatch.setattr(scoring_services, "PIECE", piece)
    by = director()

    job = run_to_the_end(start(round_, by))

    expected = {"scored": 5, "changed": 0, "gate_changed": 0, "failed": 0, "digest": digest_of(round_)}
    assert ends() == [expected]
    assert (job.planned, job.so_far, job.failed, job.finished_at is not None) == (5, 5, [], True)
    assert (ScoreCard.objects.count(), RescoringPiece.objects.count()) == (10, 0)
    assert Event.objects.get(name="round.rescored").actor == by


def test_rescoring_again_with_the_same_figures_gives_the_same_digest_and_no_new_card(round_):
    for _time in range(2):
        run_to_the_end(start(round_))

    digests = {told["digest"] for told in ends()}
    assert (len(ends()), len(digests), ScoreCard.objects.count()) == (2, 1, 10)


def test_points_that_differ_are_put_right_and_counted(round_):
    wrong = Application.objects.filter(round=round_, state="scored").first()
    Application.objects.filter(pk=wrong.pk).update(points=1)

    job = run_to_the_end(start(round_))

    assert job.changed == 1
    assert Application.objects.get(pk=wrong.pk).points == wrong.points


def test_a_file_whose_gates_would_now_say_otherwise_is_left_to_a_person(round_):
    row = Application.objects.filter(round=round_, state="scored").first()
    Application.objects.filter(pk=row.pk).update(facts=row.facts | {"size_class": "too_large"})

    job = run_to_the_end(start(round_))

    assert (job.scored, job.gate_changed) == (4, 1)
    assert Application.objects.get(pk=row.pk).state == "scored"


def test_the_worker_does_a_piece_a_delivery(round_, pieces_of_two):
    job = start(round_)
    deliver_due()
    job.refresh_from_db()
    assert (job.scored, job.finished_at) == (2, None)

    deliver_all()

    job.refresh_from_db()
    assert (job.scored, job.finished_at is not None, len(ends())) == (5, True, 1)


@pytest.mark.sqlite_leg
def test_a_worker_that_is_killed_leaves_nothing_half_done_and_the_next_goes_on_from_there(round_, pieces_of_two):
    job = start(round_)
    scoring_services.run_rescoring(rescoring_id=job.pk)

    def kills(**_kwargs):
        if ScoreCard.objects.count() == 8:
            raise KeyboardInterrupt

    pre_save.connect(kills, sender=ScoreCard)
    try:
        with pytest.raises(KeyboardInterrupt):
            scoring_services.run_rescoring(rescoring_id=job.pk)
    finally:
        pre_save.disconnect(kills, sender=ScoreCard)
    job.refresh_from_db()
    assert (job.scored, ScoreCard.objects.count(), RescoringPiece.objects.count()) == (2, 7, 1)

    run_to_the_end(job)

    assert [told["digest"] for told in ends()] == [digest_of(round_)]


def test_a_file_with_a_fault_is_named_and_the_others_are_scored(round_, caplog):
    bad = Application.objects.filter(round=round_, state="scored").first()
    Application.objects.filter(pk=bad.pk).update(facts={"no": "facts"})

    job = run_to_the_end(start(round_))

    assert (job.scored, job.failed, job.finished_at is not None) == (4, [bad.file_number], True)
    assert f"failed for {bad.file_number}" in caplog.text


def test_running_a_finished_rescoring_again_changes_nothing(round_):
    job = run_to_the_end(start(round_))

    assert scoring_services.run_rescoring(rescoring_id=job.pk) is False
    assert scoring_services.run_rescoring(rescoring_id=0) is False
    assert len(ends()) == 1


@pytest.mark.sqlite_leg
def test_starting_again_while_it_runs_gives_the_same_one_and_rings_once(round_):
    assert start(round_) == start(round_)
    assert Event.objects.filter(name="rescoring.started").count() == 1


def test_starting_again_wakes_one_that_stood_still_and_begins_a_new_one_after_its_end(round_):
    job = start(round_)
    Rescoring.objects.update(updated_at=timezone.now() - timedelta(hours=1))
    assert (start(round_), start(round_)) == (job, job)
    assert Event.objects.filter(name="rescoring.started").count() == 2

    deliver_all()

    assert (len(ends()), start(round_) == job) == (1, False)


def test_only_a_director_rescores_a_round():
    with pytest.raises(NotAllowed):
        scoring_services.start_rescoring(actor=officer(), round=RoundFactory())


# --------------------------------------------------------------------------------------------------------- the page


def test_the_director_starts_it_watches_it_and_reads_how_it_went(client, round_, pieces_of_two):
    client.force_login(director())
    ask_first = reverse("selection:round_act", args=["R4", "rescore"])
    with held_back():
        page = client.post(ask_first).url
        assert client.post(ask_first).url == page, "starting again leads to the one that runs"
    deliver_due()

    running = flat(client.get(page).content.decode())
    assert "2 of 5 files so far." in running
    assert f'hx-get="{page}" hx-trigger="every 3s"' in running
    assert f'<a href="{page}">Refresh</a>' in running, "without a script"
    assert "see how far it is" in client.get(ask_first).content.decode()
    deliver_all()

    done = flat(client.get(page, headers={"hx-request": "true"}).content.decode())
    assert "Scored again: 5 files. 0 of them have other points now." in done
    assert ("hx-get" in done, "<html" in done) == (False, False)
    assert "Result of the last run" in client.get(ask_first).content.decode()


def test_the_page_names_what_was_left_out_in_urdu_too(client, round_):
    boss = director(language="ur")
    first, second = Application.objects.filter(round=round_, state="scored")[:2]
    Application.objects.filter(pk=first.pk).update(facts={"no": "facts"})
    Application.objects.filter(pk=second.pk).update(facts=second.facts | {"size_class": "too_large"})
    job = run_to_the_end(start(round_, boss))
    client.force_login(boss)
    client.cookies["django_language"] = "ur"

    page = client.get(reverse("selection:rescoring", args=[job.public_id])).content.decode()
    page = page.replace("\u2068", "").replace("\u2069", "")  # what isolates numbers and names

    assert "مرحلہ R4: اسکور دوبارہ نکالنا" in page
    assert "اسکور دوبارہ نکالا گیا: 3 فائلیں۔" in page
    assert "1 فائل جوں کی توں رہی" in page
    assert first.file_number in page


def test_the_page_is_the_directors_alone(client, round_):
    address = reverse("selection:rescoring", args=[start(round_).public_id])
    for person, expected in ((officer(), 403), (director(), 200)):
        client.force_login(person)
        assert client.get(address).status_code == expected
    assert client.get(reverse("selection:rescoring", args=["aaaaaaaaaaaa"])).status_code == 404
