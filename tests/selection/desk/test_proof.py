"""The desk says how well the facts behind each point stand, and leads to the paper, who compared it, and the figures."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from selection.applications.proof_words import FiguresAt, figures_at
from selection.applications.selectors import newest_card
from selection.desk.summary import score_of
from selection.engine.facts import INDICATORS, Evidence, Figure
from selection.engine.policy import Policy
from selection.engine.score import score
from selection.models import ScoreCard
from selection.trade.arithmetic.indicators import UNITS, Name
from tests.factories.accounts import director, officer
from tests.factories.selection import ApplicationFactory, RoundFactory, decided, owner_of
from tests.factories.smes import DocumentFactory, SmeFactory, kept
from tests.factories.trade import IndicatorFactory, VintageFactory
from tests.markup import flat
from tests.selection.engine.situations import ON, evidence, facts

pytestmark = pytest.mark.django_db


def file_with_a_verified_paper(by):
    """A scored file of a firm whose electricity bill that officer compared before it was submitted."""
    sme = SmeFactory(complete=True)
    kept(DocumentFactory(sme=sme, kind="electricity_bill"), by)
    return ApplicationFactory(round=RoundFactory(policy="2026-2"), sme=sme, scored=True)


def test_each_line_of_evidence_leads_an_officer_to_the_paper_and_names_who_compared_it(client):
    by = officer(name="Asad Mahmood")
    row = file_with_a_verified_paper(by)
    paper = row.sme.documents.get(kind="electricity_bill")
    client.force_login(by)

    html = flat(client.get(reverse("selection:desk_file", args=[row.public_id])).content.decode())

    line = html[html.index('<ul class="evidence">') :]
    address = reverse("selection:verify_paper", args=[row.public_id, paper.public_id])
    assert re.search(rf'level--verified.*?href="{address}".*?<bdi>Asad Mahmood</bdi>', line)
    card = newest_card(row)
    assert f"{card.waiting} points wait for proof" in html


def test_points_that_rest_on_figures_lead_to_the_row_of_these_figures():
    policy = Policy.version_of("2026-2")
    card = score(facts(), evidence(), policy, on=ON)
    kept_card = ScoreCard(policy_version=policy.version, card=card.to_json())

    found = {part.name: part.figures_at for part in score_of(kept_card, None, ()).parts}

    assert found["Trade evidence for your product"] == FiguresAt("sports_goods", "hs-9506")
    assert found["Export experience"] is None


def test_points_without_a_figure_lead_to_the_reason_why_there_is_none():
    policy = Policy.version_of("2026-2")
    criterion = next(each for each in policy.criteria if each.label == "Trade evidence for your product")
    found = {}
    for vintage in ("flows-2026-11", ""):
        missing = Figure(None, INDICATORS["rca"], vintage=vintage, missing_reason="No figure.")
        found[vintage] = figures_at(criterion, score(facts(), Evidence({"rca": missing}), policy, on=ON))
    assert found == {"flows-2026-11": FiguresAt("sports_goods", "hs-9506"), "": None}


@pytest.mark.parametrize("figures", ["goods", "platform"])
def test_the_row_that_desk_and_receipt_lead_to_stands_on_the_page(client, figures):
    """Goods have a row a heading; what buyers look for is shown of the sector alone."""
    vintage = VintageFactory() if figures == "goods" else VintageFactory(kind="platform")
    name = "rca" if figures == "goods" else "platform_demand"
    for hs in ("", "9506"):
        IndicatorFactory(vintage=vintage, hs=hs, name=name, unit=UNITS[Name(name)].value)
    row = decided(ApplicationFactory(round=RoundFactory(policy="2026-2"), scored=True))
    address = f"{reverse('trade:sector', args=['sports_goods'])}#{'hs-9506' if figures == 'goods' else name}"
    for person, page in ((director(), "selection:desk_file"), (owner_of(row), "selection:receipt")):
        client.force_login(person)
        assert f'href="{address}"' in client.get(reverse(page, args=[row.public_id])).content.decode()

    html = client.get(address).content.decode()

    assert html.count(f'id="{address.partition("#")[2]}"') == 1


def test_whoever_does_not_judge_papers_is_led_to_the_paper_itself(client):
    row = file_with_a_verified_paper(officer())
    paper = row.sme.documents.get(kind="electricity_bill")
    client.force_login(director())

    html = client.get(reverse("selection:desk_file", args=[row.public_id])).content.decode()

    evidence = html[html.index('<ul class="evidence">') :]
    assert reverse("smes:paper", args=[row.sme.public_id, paper.public_id]) in evidence


def test_the_receipt_leads_the_firm_to_its_paper_and_names_no_officer(client):
    by = officer(name="Asad Mahmood")
    row = file_with_a_verified_paper(by)
    paper = row.sme.documents.get(kind="electricity_bill")
    decided(row)
    client.force_login(owner_of(row))

    html = client.get(reverse("selection:receipt", args=[row.public_id])).content.decode()

    assert reverse("smes:paper", args=[row.sme.public_id, paper.public_id]) in html
    assert "Asad Mahmood" not in html
