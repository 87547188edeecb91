"""What the application page says of the gates before anything is submitted."""

from __future__ import annotations

import pytest
from django.urls import reverse

from selection.engine import words
from selection.firm.gates import STEP_OF, gates_by_track, levels_of, waiting_before
from selection.intake import services as intake_services
from selection.scoring import services as scoring_services
from selection.states import State
from smes.profile import selectors as profile_selectors
from smes.profile.steps import STEP_BY_CODE
from tdap_portal.core.calendar import today
from tests.factories.selection import ApplicationFactory, RoundFactory, owner_of
from tests.factories.smes import DocumentFactory
from tests.markup import flat

pytestmark = pytest.mark.django_db
UNNAMED_HOUSE = {"export_route": "export_house", "export_house": ""}
TOO_LARGE = {"turnover_pkr": 5_000_000_000}


def drafted(**sme_values):
    return ApplicationFactory(round=RoundFactory(policy="2026-2"), sme_values=sme_values)


def frozen(row):
    return profile_selectors.frozen_copy(profile_selectors.read_facts(row.sme))


def tracks_of(row):
    return gates_by_track(row.round, row.sme, frozen(row), on=today())


def page(client, row) -> str:
    client.force_login(owner_of(row))
    return flat(client.get(reverse("selection:apply", args=[row.round.code])).content.decode())


def test_the_page_says_which_gate_is_shut_why_and_what_would_open_it(client):
    row = drafted(**UNNAMED_HOUSE)
    row.sme.export_years.all().delete()
    html = page(client, row)
    assert "One gate is shut: an application sent like this is held" in html
    assert "General track: one gate is shut" in html
    shut = html[html.index('<li class="tone-no is-shut">') :].partition("</li>")[0]
    assert words.GATES["export_presence"] in shut
    assert "You have not named the export house that you supply." in shut
    assert "Name the export house that you supply, and send its letter." in shut
    assert f'href="{reverse("smes:step", args=[row.sme.public_id, "exports"])}"' in shut
    assert "so we will hold the application" in html


def test_with_all_gates_open_nothing_is_shut(client):
    html = page(client, drafted())
    assert "General track: all gates are open" in html
    assert "is-shut" not in html
    assert "we will hold the application" not in html


def test_the_other_tracks_stand_in_a_line_each(client):
    html = page(client, drafted())
    others = html[html.index("The other tracks of this round") :].partition("</ul>")[0]
    assert others.count("<li>") == 3
    assert f"“{words.GATES['carpets']}” is shut." in others
    assert "General" not in others


def test_a_track_that_was_chosen_and_not_saved_yet_is_the_one_that_is_shown(client):
    row = drafted()
    client.force_login(owner_of(row))
    sent = {"track": "startup", "motivation": "x" * 2000, "commitment_name": "Saima"}
    html = flat(client.post(reverse("selection:apply", args=[row.round.code]), sent).content.decode())
    assert "Start-up track: one gate is shut" in html


@pytest.mark.parametrize("sme_values", [{}, TOO_LARGE], ids=["an SME", "too large"])
@pytest.mark.parametrize("track", ["general", "carpet_revival", "startup", "services"])
def test_the_page_says_what_the_card_says_once_it_is_submitted(sme_values, track):
    row = drafted(**sme_values)
    owner = owner_of(row)
    said = tracks_of(row)[track]
    intake_services.save_application_draft(
        actor=owner, application=row, track=track, motivation="We want to sell footballs.", commitment_name="Saima"
    )
    intake_services.submit_application(actor=owner, application=row, declared=True)
    card = scoring_services.score_application(application_id=row.pk).card
    assert {gate.name for gate in said.shut} == {gate["label"] for gate in card["gates"] if not gate["passed"]}
    row.refresh_from_db()
    assert (row.state == State.HELD) is bool(said.shut)


def test_every_answer_has_its_level_of_evidence(client):
    row = drafted()
    DocumentFactory(sme=row.sme, kind="export_proof")
    levels = levels_of(frozen(row), on=today())
    assert levels["export_route"] == (("backed", 0),)
    assert levels["employees"] == (("said", 0),)
    assert levels["export_history"] == (("backed", row.sme.export_years.count()),)
    html = page(client, row)
    assert html.count("level--backed") >= 2
    assert html.count("level--said") >= 5


def test_what_was_not_told_has_no_level():
    row = drafted(employees=None)
    assert levels_of(frozen(row), on=today())["employees"] == ()


def test_every_fact_of_a_step_leads_to_a_step_that_there_is():
    assert set(STEP_OF.values()) <= set(STEP_BY_CODE)


def test_before_submit_the_page_says_which_points_wait_and_which_paper_lifts_them(client):
    row = drafted()
    DocumentFactory(sme=row.sme, kind="electricity_bill")
    waiting = waiting_before(row.round, frozen(row), on=today())
    html = page(client, row)
    box = html[html.index("Proof that lifts these points") :]
    assert f"{waiting.points} points wait for proof; {waiting.for_us} of them for us" in box
    assert waiting.for_us > 0
    assert [paper.name in box for paper in waiting.papers] == [True] * len(waiting.papers)
    assert {paper.kind: paper.is_sent for paper in waiting.papers}["electricity_bill"]


def test_what_waits_before_submit_is_what_the_card_says_afterwards():
    row = drafted()
    before = waiting_before(row.round, frozen(row), on=today())
    intake_services.submit_application(actor=owner_of(row), application=row, declared=True)
    card = scoring_services.score_application(application_id=row.pk)
    assert sum(float(part["waiting"]) for part in card.card["parts"]) == pytest.approx(float(before.points))


def test_under_a_policy_that_asks_for_no_proof_no_points_wait(client):
    row = ApplicationFactory(round=RoundFactory(policy="2026-1"))
    assert waiting_before(row.round, frozen(row), on=today()) is None
    assert "Proof that lifts these points" not in page(client, row)
