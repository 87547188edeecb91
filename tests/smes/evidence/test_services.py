"""An officer compares facts with papers: what is verified by it, and what takes that back."""

from datetime import date, timedelta

import pytest

from selection.engine.facts import Facts
from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.models import Comparison, Sme
from smes.papers import services as papers_services
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import director, officer
from tests.factories.smes import CertificationFactory, DocumentFactory, MemberFactory, SmeFactory
from tests.selection.test_at_once import at_once

pytestmark = pytest.mark.django_db

BANK = {"iban_held", "bank_account_named"}


def firm(**values):
    return SmeFactory(complete=True, ntn="42176983", **values)


def levels(sme) -> dict[str, str]:
    copy = profile_selectors.frozen_copy(people_selectors.sme_by_id(sme.pk))
    assert Facts.from_frozen(copy).to_frozen()["proofs"] == copy["proofs"]  # the engine reads what is written
    return {proof["fact"]: proof["level"] for proof in copy["proofs"]}


def compare_all(document, by, **answers):
    for line in evidence_selectors.checklist(document):
        evidence_services.compare_fact(
            actor=by, document=document, fact=line.fact, answer=answers.get(line.fact, "same"), seen=line.digest
        )


def refusal(act, **values) -> str:
    with pytest.raises(DomainError) as refused:
        act(**values)
    return refused.value.code


def test_without_papers_a_firm_has_only_its_word():
    assert levels(firm()) == {}


def test_a_paper_backs_what_it_can_show_and_nothing_else():
    sme = firm()
    DocumentFactory(sme=sme, kind="bank_certificate")

    assert levels(sme) == dict.fromkeys(BANK, "backed")


def test_facts_are_verified_once_all_of_a_paper_were_compared_and_it_was_kept():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate", expires_on=date(2030, 1, 1))
    evidence_services.compare_fact(actor=person, document=paper, fact="iban_held", answer="same")
    assert refusal(evidence_services.keep_paper, actor=person, document=paper) == "not_compared"
    evidence_services.compare_fact(actor=person, document=paper, fact="bank_account_named", answer="same")
    assert levels(sme) == dict.fromkeys(BANK, "backed")

    evidence_services.keep_paper(actor=person, document=paper)

    proofs = profile_selectors.frozen_copy(people_selectors.sme_by_id(sme.pk))["proofs"]
    assert proofs[1] == {
        "fact": "iban_held",
        "level": "verified",
        "paper": "bank_certificate",
        "document": paper.public_id,
        "by": person.public_id,
        "on": today().isoformat(),
        "until": "2030-01-01",
    }
    assert levels(sme) == dict.fromkeys(BANK, "verified")


def test_what_differs_or_cannot_be_read_is_not_even_backed_by_that_paper():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    compare_all(paper, person, iban_held="differs")
    evidence_services.keep_paper(actor=person, document=paper)
    assert levels(sme) == {"bank_account_named": "verified"}

    other = DocumentFactory(sme=sme, kind="bank_certificate")

    assert levels(sme) == {"bank_account_named": "verified", "iban_held": "backed"}
    compare_all(other, person)
    evidence_services.keep_paper(actor=person, document=other)
    assert levels(sme) == dict.fromkeys(BANK, "verified")


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"iban": "PK24SCBL0000001171495101"}, {"iban_held": "backed", "bank_account_named": "verified"}),
        ({"iban": ""}, {"bank_account_named": "verified"}),
        ({"bank_account_named": False}, {"iban_held": "verified"}),
        ({"phone": "+923007654321"}, dict.fromkeys(BANK, "verified")),
    ],
)
def test_a_fact_that_changes_is_compared_again(change, left):
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    compare_all(paper, person)
    evidence_services.keep_paper(actor=person, document=paper)

    Sme.objects.filter(pk=sme.pk).update(**change)

    assert levels(sme) == left


def test_another_owner_is_another_fact_about_who_leads():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="cnic_copy")
    compare_all(paper, person)
    evidence_services.keep_paper(actor=person, document=paper)
    assert levels(sme)["women_led"] == "verified"

    sme.owners.update(cnic="3520212345674", name="Somebody Else")

    assert levels(sme)["women_led"] == "backed"


def test_an_end_of_the_paper_is_the_end_of_its_proof():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate", expires_on=today())
    compare_all(paper, person)
    evidence_services.keep_paper(actor=person, document=paper)
    assert set(levels(sme).values()) == {"verified"}

    paper.expires_on = today() - timedelta(days=1)
    paper.save()

    assert levels(sme) == {}


@pytest.mark.parametrize("act", ["refuse", "reopen", "replace", "undo"])
def test_what_takes_a_paper_back_takes_its_proofs_back(act):
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    compare_all(paper, person)
    evidence_services.keep_paper(actor=person, document=paper)
    if act == "refuse":
        papers_services.refuse_document(actor=person, document=paper, reason="forged")
    elif act == "reopen":
        papers_services.reopen_document(actor=person, document=paper)
    elif act == "replace":
        DocumentFactory(sme=sme, kind="bank_certificate", replaces=paper)
        paper.refresh_from_db()
        paper.state = "replaced"
        paper.save()
    else:
        evidence_services.undo_comparison(actor=person, comparison=Comparison.objects.get(fact="iban_held"))

    expected = {
        "refuse": {},
        "reopen": dict.fromkeys(BANK, "backed"),
        "replace": dict.fromkeys(BANK, "backed"),  # by the new one
        "undo": {"iban_held": "backed", "bank_account_named": "verified"},
    }
    assert levels(sme) == expected[act]


def test_a_paper_of_a_certificate_proves_that_certificate_alone_and_an_officer_may_correct_its_day():
    sme, person = firm(), officer()
    CertificationFactory(sme=sme, kind="iso_9001", expires_on=date(2031, 1, 1))
    CertificationFactory(sme=sme, kind="haccp", expires_on=date(2031, 1, 1))
    paper = DocumentFactory(sme=sme, kind="quality_certificate", certificate="iso_9001", expires_on=date(2031, 1, 1))
    assert [line.fact for line in evidence_selectors.checklist(paper)] == ["certifications/iso_9001"]
    compare_all(paper, person)

    evidence_services.keep_paper(actor=person, document=paper, expires_on=date(2029, 6, 30))

    copy = profile_selectors.frozen_copy(people_selectors.sme_by_id(sme.pk))
    (proof,) = copy["proofs"]
    assert (proof["fact"], proof["level"], proof["until"]) == ("certifications/iso_9001", "verified", "2029-06-30")
    assert {row["kind"]: row["expires_on"] for row in copy["certifications"]}["iso_9001"] == "2029-06-30"


def test_the_checklist_stands_in_the_order_of_the_paper_and_each_market_is_a_line():
    paper = DocumentFactory(sme=firm(), kind="export_proof")

    assert [line.fact for line in evidence_selectors.checklist(paper)] == [
        "export_route",
        "export_history/2026/direct",
        "export_markets/DEU",
        "export_markets/ESP",
    ]


def test_an_answer_can_be_changed_and_both_stay_in_the_history():
    person, paper = officer(), DocumentFactory(sme=firm(), kind="bank_certificate")
    for answer in ("same", "same", "differs"):
        evidence_services.compare_fact(actor=person, document=paper, fact="iban_held", answer=answer)

    rows = list(Comparison.objects.values_list("answer", "undone_by"))
    assert rows == [("same", person.pk), ("differs", None)]
    assert [event.data["answer"] for event in Event.objects.filter(name="fact.compared")] == ["same", "differs"]


def test_no_private_number_reaches_history_or_comparison():
    sme, person = firm(), officer()
    for kind in ("bank_certificate", "ntn_certificate", "cnic_copy"):
        compare_all(DocumentFactory(sme=sme, kind=kind), person)

    kept = str([event.data for event in Event.objects.all()]) + str(list(Comparison.objects.values()))
    numbers = [sme.iban, sme.ntn, sme.owners.get().cnic, sme.address]
    assert [number for number in numbers if number in kept] == []


def test_a_page_that_shows_an_older_value_is_refused():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    (line, *_rest) = evidence_selectors.checklist(paper)
    Sme.objects.update(iban="PK24SCBL0000001171495101")

    values = {"actor": person, "document": paper, "fact": "iban_held", "answer": "same", "seen": line.digest}
    assert refusal(evidence_services.compare_fact, **values) == "fact_changed"


@pytest.mark.parametrize("fact", ["province", "export_markets/DEU", "certifications/iso_9001", "iban", ""])
def test_a_paper_is_not_compared_with_what_it_cannot_show(fact):
    paper = DocumentFactory(sme=firm(), kind="bank_certificate")

    values = {"actor": officer(), "document": paper, "fact": fact, "answer": "same"}
    assert refusal(evidence_services.compare_fact, **values) == "not_shown"


@pytest.mark.parametrize("state", ["refused", "replaced"])
def test_a_paper_that_counts_no_more_is_compared_with_nothing(state):
    paper = DocumentFactory(sme=firm(), kind="bank_certificate", state=state, reason="gone")

    values = {"actor": officer(), "document": paper, "fact": "iban_held", "answer": "same"}
    assert refusal(evidence_services.compare_fact, **values) == "paper_gone"


def test_only_officers_who_are_not_tied_to_the_firm_compare():
    sme = firm()
    paper, tied = DocumentFactory(sme=sme, kind="bank_certificate"), officer()
    MemberFactory(sme=sme, user=tied)
    for person in (sme.created_by, director(), tied):
        with pytest.raises(NotAllowed):
            evidence_services.compare_fact(actor=person, document=paper, fact="iban_held", answer="same")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_leave_one_answer():
    paper = DocumentFactory(sme=firm(), kind="bank_certificate")
    people = [officer() for _ in range(6)]

    at_once(
        *[
            (
                lambda n=n: evidence_services.compare_fact(
                    actor=people[n], document=paper, fact="iban_held", answer=("same", "differs")[n % 2]
                )
            )
            for n in range(6)
        ]
    )

    assert Comparison.objects.filter(undone_at=None).count() == 1
