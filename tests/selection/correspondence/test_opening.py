"""What a question can open: every fact that carries points, lists too, in the profile and in the frozen copy at once."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from selection.applications import selectors as applications_selectors
from selection.applications.freezing import FOLLOWS
from selection.correspondence import services as correspondence_services
from selection.engine.measures import MEASURES
from selection.engine.policy import FOLDER
from selection.intake import services as intake_services
from selection.models import FrozenFacts
from smes.models import Certification, ExportYear, Owner, Product, Sme
from smes.profile.facts import ASKABLE, opened_by
from tdap_portal.core.errors import DomainError
from tests.factories.accounts import officer
from tests.factories.selection import ask, owner_of
from tests.factories.smes import DocumentFactory
from tests.selection import made

NEVER_ASKED = {
    "tax_registered": "A number that is held is not asked for again; its certificate is.",
    "bank_account_verified": "An officer sets it, by the bank's certificate.",
}
"""Facts that a policy reads and no question opens, each with the reason."""


@pytest.mark.unit
@pytest.mark.parametrize("policy", sorted(path.stem for path in FOLDER.glob("*.toml")))
def test_every_fact_that_carries_points_can_be_asked_for(policy):
    text = (FOLDER / f"{policy}.toml").read_text()
    used = set(re.findall(r'measure = "(\w+)"', text))  # of criteria, gates and ties alike
    facts = {fact for code in used for fact in MEASURES[code].rests_on}
    opened = set(ASKABLE) | {follower for key in ASKABLE for follower in FOLLOWS.get(key, ())}
    assert len(facts) > 20
    assert facts - opened - set(NEVER_ASKED) == set()
    assert not opened & set(NEVER_ASKED)


@pytest.mark.unit
def test_what_stands_or_falls_together_is_opened_together():
    exports = ("export_route", "export_house", "export_history", "export_markets")
    assert opened_by(["export_history"]) == opened_by(["export_route"]) == exports
    assert opened_by(["owners", "women_led", "city"]) == ("owners", "city")
    assert opened_by(["city"]) == ("city",)


pytestmark = pytest.mark.django_db


def answer(client, file, data, **more):
    question = file.questions.get(answered_at=None, cancelled_at=None)
    client.force_login(owner_of(file))
    url = reverse("selection:question", args=[file.public_id])
    return client.post(url, {"question": question.public_id} | data, follow=True, **more)


EXPORTS = {
    "export_route": "direct",
    "export_house": "",
    "year-0-fiscal_year": "2026",
    "year-0-value_usd": "45,000",
    "year-0-route": "direct",
    "market_0": "Germany",
}


def test_exports_are_answered_in_the_rows_of_the_profile_and_frozen_anew(client):
    file = made.scored()
    ask(file, fields=["export_history"])

    assert "Your answer is with us" in answer(client, file, EXPORTS).content.decode()

    file = made.fresh(file)
    assert file.facts["export_history"] == [{"fiscal_year": 2026, "value_usd": 45000.0, "route": "direct"}]
    assert (file.facts["export_route"], file.facts["export_markets"]) == ("direct", ["DEU"])
    assert ExportYear.objects.get(sme=file.sme).value_usd == Decimal(45000)
    assert Sme.objects.get(pk=file.sme_id).export_markets == ["DEU"]
    assert FrozenFacts.objects.filter(application=file).count() == 2


def test_the_checks_are_those_of_the_profile_and_nothing_is_taken_while_something_is_wrong(client):
    file = made.scored()
    ask(file, fields=["export_history"])
    html = answer(client, file, EXPORTS | {"export_route": "none", "market_0": "Atlantis"}).content.decode()
    assert "You wrote exports below. Choose how you exported." in html
    assert "We do not know this country." in html
    assert 'value="45,000"' in html
    assert made.fresh(file).facts_version == 1


def test_one_more_row_and_a_search_send_no_answer(client):
    file = made.scored()
    ask(file, fields=["certifications", "products"])
    sent = {"certificate-0-kind": "iso_9001", "hs": ["950662"]}
    more = answer(client, file, sent | {"more": "1"}).content.decode()
    assert more.count('name="certificate-') > answer(client, file, sent).content.decode().count('name="certificate-')
    assert "Basmati" in answer(client, file, sent | {"find": "1", "q": "basmati rice"}).content.decode().title()
    assert file.questions.get().answered_at is None


def test_only_what_was_asked_for_is_open_in_a_step(client):
    file = made.scored()
    ask(file, fields=["certifications"])
    client.force_login(owner_of(file))
    html = client.get(reverse("selection:question", args=[file.public_id])).content.decode()
    assert 'name="certificate-0-kind"' in html
    assert 'name="capacity_per_month"' not in html
    capacity = file.facts["capacity_per_month"]
    sent = {"certificate-0-kind": "iso_9001", "certificate-0-expires_on": "2030-01-01", "capacity_per_month": "1"}
    answer(client, file, sent)
    file = made.fresh(file)
    assert [row["kind"] for row in file.facts["certifications"]] == ["iso_9001"]
    assert Certification.objects.get(sme=file.sme).kind == "iso_9001"
    assert (file.facts["capacity_per_month"], Sme.objects.get(pk=file.sme_id).capacity_per_month) == (
        capacity,
        capacity,
    )


def test_another_main_product_brings_its_sector_along(client):
    file = made.scored()
    ask(file, fields=["products"])
    sent = {"hs": ["570110"], "main": "570110", "570110-share_pct": "100", "570110-price_pkr": "9000"}
    answer(client, file, sent)
    file = made.fresh(file)
    assert (file.facts["main_hs6"], file.facts["sector"], file.sector) == ("570110", "carpets", "carpets")
    assert [row.hs6 for row in Product.objects.filter(sme=file.sme)] == ["570110"]


def test_owners_tell_who_leads(client):
    file = made.scored()
    ask(file, fields=["owners"])
    owner = Owner.objects.filter(sme=file.sme).first()
    leads = not file.facts["women_led"]
    sent = {
        "owner-0-id": owner.pk,
        "owner-0-name": owner.name,
        "owner-0-share_pct": "100",
        "owner-0-gender": "female" if leads else "male",
    }
    answer(client, file, sent)
    assert made.fresh(file).facts["women_led"] is leads


@pytest.mark.parametrize(
    ("fields", "sent", "fact", "expected"),
    [
        (["target_markets"], {"target_0": "Germany", "target_1": "Japan"}, "target_markets", ["DEU", "JPN"]),
        (["channels"], {"channels": ["amazon"]}, "channels", ["amazon"]),
        (["province", "city"], {"city": "Quetta", "province": "PK-BA"}, "province", "PK-BA"),
        (
            ["declared_sector", "services"],
            {"declared_sector": "ict", "services": ["SI1"]},
            "services",
            ["SI1"],
        ),
    ],
)
def test_lists_of_codes_and_places(client, fields, sent, fact, expected):
    file = made.scored()
    ask(file, fields=fields)
    answer(client, file, sent)
    assert made.fresh(file).facts[fact] == expected


def test_a_figure_that_was_verified_is_not_verified_once_an_answer_changed_it(client):
    file = made.scored()
    kept = {"fact": "export_history/2026/direct", "level": "verified", "paper": "form_e", "document": "aaaaaaaaaaaa"}
    row = {"fiscal_year": 2026, "value_usd": 10.0, "route": "direct"}
    file.facts |= {
        "export_history": [row],
        "proofs": [kept | {"by": "bbbbbbbbbbbb", "on": "2026-11-01", "until": None}],
    }
    file.save(update_fields=["facts"])
    ask(file, fields=["export_history"])
    answer(client, file, EXPORTS)
    proofs = made.fresh(file).facts["proofs"]
    assert [proof for proof in proofs if proof["level"] == "verified"] == []


# ------------------------------------------------------------------------------------------------------------- papers


def test_each_paper_that_was_asked_for_is_required_or_its_absence_explained():
    file = made.scored()
    question = ask(file, fields=[], document_kinds=["electricity_bill", "tax_return"])
    DocumentFactory(sme=file.sme, kind="electricity_bill")  # came by the page of papers
    with pytest.raises(DomainError) as refused:
        correspondence_services.answer_question(actor=owner_of(file), question=question, answer="Here it is.")
    assert refused.value.code == "no_answer"
    assert "tax return" in str(refused.value).lower()
    assert "lectricity" not in str(refused.value)
    correspondence_services.answer_question(
        actor=owner_of(file), question=question, answer="We began this year.", cannot_send=True
    )
    question.refresh_from_db()
    assert question.papers_not_sent == ["tax_return"]


def test_the_officer_sees_what_was_not_sent_and_why(client):
    file, by = made.assigned(reader := officer()), reader
    question = ask(file, fields=[], document_kinds=["tax_return"], by=by)
    correspondence_services.answer_question(
        actor=owner_of(file), question=question, answer="We began this year.", cannot_send=True
    )
    client.force_login(by)
    html = client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode()
    assert "Not sent:" in html
    assert "We began this year." in html


# ------------------------------------------------------------------------------------------------------- what changed


def test_the_desk_shows_what_an_answer_changed_with_its_jump(client):
    file, by = made.assigned(reader := officer()), reader
    ask(file, fields=["capacity_per_month"], by=by)
    was = file.facts["capacity_per_month"]
    question = file.questions.get()
    correspondence_services.answer_question(
        actor=owner_of(file), question=question, values={"capacity_per_month": was * 3}
    )
    (version,) = [row for row in applications_selectors.versions_of(made.fresh(file)) if row.changes]
    (change,) = version.changes
    assert (change.jump, change.is_large) == ("+200 %", True)
    assert change.before.startswith(f"{was:,}")
    assert change.after.startswith(f"{was * 3:,}")
    client.force_login(by)
    html = client.get(reverse("selection:desk_file", args=[file.public_id])).content.decode()
    assert "What version 2 changed" in html
    assert "+200 %" in html


def test_what_a_firm_corrected_and_submitted_again_is_compared_in_the_same_view():
    file = made.held()
    intake_services.reopen_application(actor=owner_of(file), application=file)
    ExportYear.objects.filter(sme=file.sme).delete()
    for year, value in ((2025, 90_000), (2026, 1_300_000)):
        ExportYear.objects.create(sme=file.sme, fiscal_year=year, value_usd=value, route="direct")
    intake_services.submit_application(actor=owner_of(file), application=made.fresh(file), declared=True)
    version = applications_selectors.versions_of(made.fresh(file))[-1]
    values = [change.after for change in version.changes if change.label == "Exports of the last years"]
    assert any("1,300,000" in value for value in values)
    assert FrozenFacts.objects.get(application=file, version=2).changed_fields == []  # nobody wrote down what differs
