"""A paper that was not counted: what it shows stands as verified by an upheld appeal, and no value changes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from selection.models import FrozenFacts
from selection.states import AppealOutcome, Verdict
from smes.models import Document
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError
from tests.factories.selection import RoundFactory, owner_of
from tests.selection import made as files
from tests.selection.appeals import made
from tests.smes.pages import text_of

pytestmark = pytest.mark.django_db
MARKET, EXPORTS = "proofs/export_markets/DEU", "proofs/export_history/2026/direct"


def declined(policy: str = "2026-2"):
    file = made.decided_file(round=RoundFactory(policy=policy))
    Document.objects.filter(sme=file.sme).update(created_at=file.submitted_at - timedelta(days=1))
    return file


def paper_of(file, kind: str = "export_proof") -> Document:
    return Document.objects.get(sme=file.sme, kind=kind)


def naming(file, kind: str = "export_proof"):
    return made.drawn(file, made.point(papers=[paper_of(file, kind).public_id]))


def test_what_the_named_paper_shows_counts_as_verified_and_no_value_changes():
    file = declined()
    appeal, paper = naming(file), paper_of(file)
    before = files.fresh(file)

    done = made.answered(appeal, AppealOutcome.UPHELD, made.finding(**{MARKET: paper.public_id}))

    after = files.fresh(file)
    assert after.points == done.points_after > before.points
    proof = {
        "fact": "export_markets/DEU",
        "level": "verified",
        "paper": "export_proof",
        "document": paper.public_id,
        "by": appeal.director.public_id,
        "on": today().isoformat(),
        "until": None,
    }
    kept = FrozenFacts.objects.get(application=file, version=after.facts_version).facts
    assert kept == before.facts | {"proofs": [*before.facts["proofs"], proof]}
    assert done.points_made.get().corrections == {MARKET: paper.public_id}


def test_only_what_the_papers_of_the_point_can_show_is_offered():
    file = declined()
    first, second = made.point(papers=[paper_of(file).public_id]), made.point(papers=[])
    countable = made.Outlook(made.drawn(file, first, second)).countable

    assert {MARKET, EXPORTS, "proofs/export_route"} <= set(countable[1])
    assert not {"proofs/bank_account_named", "proofs/employees"} & set(countable[1])
    assert countable[2] == {}


def test_the_paper_of_an_owner_shows_who_leads_the_firm():
    assert "proofs/women_led" in made.Outlook(naming(declined(), "cnic_copy")).countable[1]


def test_what_stands_as_verified_is_not_offered_again():
    file = declined()
    appeal = naming(file)
    facts = made.Outlook(appeal).facts
    facts["proofs"] = [
        {"fact": "export_markets/DEU", "level": "verified", "paper": None, "document": None, "by": None, "on": None}
        | {"until": None}
    ]
    FrozenFacts.objects.filter(application=file).update(facts=facts)

    countable = made.Outlook(appeal).countable[1]
    assert (MARKET in countable, EXPORTS in countable) == (False, True)


def test_a_paper_that_had_run_out_shows_nothing():
    file = declined()
    Document.objects.filter(pk=paper_of(file).pk).update(expires_on=today() - timedelta(days=400))

    assert made.Outlook(naming(file)).countable[1] == {}


def test_a_policy_that_asks_for_no_proof_has_nothing_to_count():
    assert made.Outlook(naming(declined("2026-1"))).countable[1] == {}


def test_a_paper_of_another_point_or_of_another_kind_is_refused():
    file = declined()
    paper, bank = paper_of(file), paper_of(file, "bank_certificate")
    appeal = made.drawn(file, made.point(), made.point(papers=[paper.public_id]))
    for given in ({MARKET: paper.public_id}, {MARKET: bank.public_id}, {"proofs/employees": paper.public_id}):
        with pytest.raises(DomainError, check=lambda error: error.code == "unknown_fact"):
            made.answered(appeal, AppealOutcome.UPHELD, made.finding(**given), made.finding(Verdict.WRONG, position=2))
    done = made.answered(
        appeal,
        AppealOutcome.UPHELD,
        made.finding(Verdict.WRONG),
        made.finding(position=2, **{MARKET: paper.public_id}),
    )
    assert done.points_after > done.points


def test_the_director_ticks_it_and_the_firm_reads_it(client):
    file = declined()
    appeal, paper = naming(file), paper_of(file)
    client.force_login(appeal.director)
    url = f"/desk/appeals/{appeal.public_id}/"
    typed = {
        "p1-verdict": "right",
        "p1-answer": made.REASON,
        "p1-proofs": [MARKET],
        "outcome": "upheld",
        "words": made.REASON,
    }

    text = text_of(client.get(url))
    assert f'value="{MARKET}"' in text
    assert "send the file back to reading: there the desk asks the firm" in text
    assert "instead of" in text_of(client.post(url, typed | {"again": "1"}))
    sure = client.post(f"{url}decide/", typed)
    assert client.post(f"{url}decide/", typed | {"sure": "1", "basis": sure.context["basis"]}).status_code == 302

    client.force_login(owner_of(file))
    text = text_of(client.get(f"/file/{file.public_id}/appeal/"))
    assert "Germany</b>: <bdi>verified by the paper “Proof of an export”" in text
    assert made.fresh(appeal).points_made.get().corrections == {MARKET: paper.public_id}
