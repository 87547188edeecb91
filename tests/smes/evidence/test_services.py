"""An officer compares facts with papers: what is verified by it, and what takes that back."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from selection.engine.facts import Facts
from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.evidence.tasks import end_verifications
from smes.models import Comparison, Document, Sme
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.papers.checks import CheckedPaper
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.profile import services as profile_services
from tdap_portal.audit.models import Delivery, Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed
from tdap_portal.notifications.models import Message
from tests.factories.accounts import director, officer
from tests.factories.smes import (
    CertificationFactory,
    DocumentFactory,
    MemberFactory,
    SmeFactory,
    compare_all,
    flag_of,
    kept,
)
from tests.selection.test_at_once import at_once

pytestmark = pytest.mark.django_db

BANK = {"iban_held", "bank_account_named"}


def firm(**values):
    return SmeFactory(complete=True, ntn="42176983", **values)


def levels(sme) -> dict[str, str]:
    copy = profile_selectors.frozen_copy(people_selectors.sme_by_id(sme.pk))
    assert Facts.from_frozen(copy).to_frozen()["proofs"] == copy["proofs"]  # the engine reads what is written
    return {proof["fact"]: proof["level"] for proof in copy["proofs"]}


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


def test_a_paper_that_runs_out_shows_nothing_while_its_last_day_is_not_known():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="cnic_copy", expires_on=None)
    assert levels(sme) == {}
    kept(paper, person)
    assert levels(sme) == {}

    evidence_services.keep_paper(actor=person, document=paper, expires_on=date(2040, 1, 1))

    assert levels(sme)["owner_cnic_held"] == "verified"


def test_a_firm_waits_for_the_last_day_of_a_paper_that_runs_out():
    sme, person = firm(), officer()
    for kind in NEEDED:
        kept(DocumentFactory(sme=sme, kind=kind, **({"expires_on": None} if kind == "cnic_copy" else {})), person)
    assert papers_selectors.unverified_papers(sme) == ("cnic_copy",)
    assert [row.document.kind for row in left(sme).papers] == ["cnic_copy"]
    assert Sme.objects.get(pk=sme.pk).profile_state == "open"

    evidence_services.keep_paper(
        actor=person, document=sme.documents.get(kind="cnic_copy"), expires_on=date(2040, 1, 1)
    )

    assert papers_selectors.unverified_papers(people_selectors.sme_by_id(sme.pk)) == ()
    assert Sme.objects.get(pk=sme.pk).profile_state == "verified"


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


# ------------------------------------------------------------------------------------------------- the firm as a whole

NEEDED = ("ntn_certificate", "cnic_copy", "tax_return", "bank_certificate", "export_proof")


def verified(by, **values):
    """A firm of which every needed paper was compared and kept."""
    sme = firm(**values)
    for kind in NEEDED:
        kept(DocumentFactory(sme=sme, kind=kind), by)
    return Sme.objects.get(pk=sme.pk)


def left(sme):
    return evidence_selectors.what_is_left(people_selectors.sme_by_id(sme.pk))


def told(sme, template):
    deliver_all()
    return Message.objects.filter(template=template, to=sme.created_by).count()


def test_what_is_left_names_papers_facts_and_open_matters():
    sme, person = firm(), officer()
    kept(DocumentFactory(sme=sme, kind="cnic_copy"), person)
    bank = DocumentFactory(sme=sme, kind="bank_certificate")
    tax = DocumentFactory(sme=sme, kind="tax_return")
    compare_all(tax, person)
    DocumentFactory(sme=sme, kind="ntn_certificate", state="refused", reason="unreadable")
    pair = flag_of(sme, SmeFactory())

    found = left(sme)

    assert [(paper.document, paper.number) for paper in found.papers] == [(tax, 0), (bank, 2)]
    assert found.missing == ("ntn_certificate", "export_proof")
    assert list(found.duplicates) == [pair]
    assert not found.is_nothing


def test_a_needed_paper_that_says_something_else_is_left_until_another_says_the_same():
    sme, person = verified(officer()), officer()
    kept(DocumentFactory(sme=sme, kind="bank_certificate"), person, iban_held="differs")
    assert left(sme).is_nothing  # the older one says the same

    papers_services.refuse_document(
        actor=person, document=sme.documents.filter(kind="bank_certificate").earliest("pk"), reason="x"
    )

    assert left(sme).differing == ("iban_held",)


def test_a_firm_whose_papers_cannot_be_read_is_not_verified():
    sme, person = firm(), officer()
    papers = [DocumentFactory(sme=sme, kind=kind, expires_on=date(2040, 1, 1)) for kind in NEEDED]
    for paper in papers:
        kept(paper, person, **{line.fact: "unreadable" for line in evidence_selectors.checklist(paper)})

    assert "iban_held" in left(sme).differing
    assert refusal(evidence_services.verify_firm, actor=person, sme=sme) == "something_is_left"
    for paper in papers:
        kept(Document.objects.get(pk=paper.pk), person)
    assert Sme.objects.get(pk=sme.pk).profile_state == "verified"


def test_the_last_keep_verifies_the_firm_until_its_first_paper_ends_and_the_firm_is_told():
    sme, person = firm(), officer()
    ends = {"cnic_copy": today() + timedelta(days=200), "bank_certificate": today() + timedelta(days=90)}
    for kind in NEEDED:
        assert Sme.objects.get(pk=sme.pk).profile_state == "open"
        kept(DocumentFactory(sme=sme, kind=kind, expires_on=ends.get(kind)), person)

    sme = Sme.objects.get(pk=sme.pk)
    assert (sme.profile_state, sme.verified_until) == ("verified", ends["bank_certificate"])
    assert [event.actor for event in Event.objects.filter(name="sme.verified")] == [person]
    assert told(sme, "sme.verified") == 1


def test_a_firm_is_not_verified_by_hand_while_something_is_left():
    sme, person = firm(), officer()
    assert refusal(evidence_services.verify_firm, actor=person, sme=sme) == "something_is_left"
    with pytest.raises(NotAllowed):
        evidence_services.verify_firm(actor=director(), sme=verified(person))


def test_keeping_twice_is_once():
    person, paper = officer(), DocumentFactory(sme=firm(), kind="bank_certificate")
    for _click in range(2):
        kept(paper, person)
    assert Event.objects.filter(name="document.verified").count() == 1


def test_a_kept_paper_gets_another_day_or_another_answer():
    sme, person = firm(), officer()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    kept(paper, person)
    evidence_services.keep_paper(actor=person, document=paper, expires_on=date(2031, 5, 1))
    paper.refresh_from_db()
    assert (paper.state, paper.expires_on) == ("verified", date(2031, 5, 1))

    kept(paper, person, iban_held="differs")

    assert levels(sme) == {"bank_account_named": "verified"}
    assert Event.objects.filter(name="document.verified").count() == 3


@pytest.mark.parametrize("act", ["fact", "who", "refuse", "replace", "reopen", "undo", "runs out"])
def test_what_takes_the_verification_back_is_told_with_its_reason(act):
    person = officer()
    sme = verified(person)
    assert (sme.profile_state, told(sme, "sme.reopened")) == ("verified", 0)
    paper = sme.documents.get(kind="tax_return")
    if act == "fact":
        profile_services.save_step(actor=sme.created_by, sme=sme, step="place", values={"turnover_pkr": 43_000_000})
    elif act == "who":
        profile_services.save_step(actor=sme.created_by, sme=sme, step="identity", values={"name": "Another Name"})
    elif act == "refuse":
        evidence_services.refuse_paper(actor=person, document=paper, code="P15")
    elif act == "replace":
        content = CheckedPaper(b"%PDF-1.7 new", "application/pdf", "pdf", "new.pdf", 1, "0" * 64)
        papers_services.upload_document(actor=sme.created_by, sme=sme, kind="tax_return", paper=content, replaces=paper)
    elif act == "reopen":
        papers_services.reopen_document(actor=person, document=paper)
    elif act == "undo":
        evidence_services.undo_comparison(actor=person, comparison=paper.comparisons.first())
    else:
        Document.objects.filter(pk=paper.pk).update(expires_on=today() - timedelta(days=1))
        Sme.objects.filter(pk=sme.pk).update(verified_until=today() - timedelta(days=1))
        end_verifications()

    assert told(sme, "sme.reopened") == 1
    sme.refresh_from_db()
    assert (sme.profile_state, sme.verified_at, sme.verified_until) == ("open", None, None)
    because = {"who": "who", "refuse": "paper", "runs out": "paper"}.get(act, "fact")
    assert [event.data["because"] for event in Event.objects.filter(name="sme.reopened")] == [because]


@pytest.mark.parametrize("values", [{"lead_time_days": 12}, {"capacity_per_month": 500}])
def test_a_fact_that_no_needed_paper_shows_takes_nothing_back(values):
    sme = verified(officer())
    profile_services.save_step(actor=sme.created_by, sme=sme, step="capacity", values=values)
    assert told(sme, "sme.reopened") == 0
    assert Sme.objects.get(pk=sme.pk).profile_state == "verified"


def queries_about(table: str, act, **values) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        act(**values)
    return [query["sql"] for query in queries if f'FROM "{table}"' in query["sql"]]


def test_a_verified_firm_that_saves_step_after_step_is_looked_through_once():
    sme, asked = verified(officer()), []
    deliver_all()
    for steps in (1, 4):
        for days in range(steps):
            values = {"lead_time_days": 10 * steps + days}
            profile_services.save_step(actor=sme.created_by, sme=sme, step="capacity", values=values)
        asked.append(len(queries_about("smes_comparison", deliver_all)))
    assert asked[0] == asked[1] > 0


def test_a_firm_that_saves_a_step_and_sends_a_paper_is_looked_over_once():
    sme, asked = firm(), []
    for papers in (0, 1):
        profile_services.save_step(
            actor=sme.created_by, sme=sme, step="capacity", values={"lead_time_days": 20 + papers}
        )
        for _paper in range(papers):
            content = CheckedPaper(b"%PDF-1.7 new", "application/pdf", "pdf", "new.pdf", 1, "0" * 64)
            papers_services.upload_document(actor=sme.created_by, sme=sme, kind="tax_return", paper=content)
        asked.append(len(queries_about("smes_contradiction", deliver_all)))
    assert asked[0] == asked[1] > 0


def test_a_fact_found_the_same_calls_nobody():
    sme, person = firm(), officer()
    kept(DocumentFactory(sme=sme, kind="bank_certificate"), person, iban_held="differs")
    waiting = Delivery.objects.filter(event__name="fact.compared").values_list("event__data__answer", flat=True)
    assert set(Event.objects.filter(name="fact.compared").values_list("data__answer", flat=True)) == {"same", "differs"}
    assert list(waiting) == ["differs"]


def test_keeping_a_paper_that_a_verified_firm_need_not_have_does_not_look_through_the_firm():
    sme, person = verified(officer()), officer()
    for kind, is_looked_through in (("electricity_bill", False), ("tax_return", True)):
        paper = DocumentFactory(sme=sme, kind=kind)
        compare_all(paper, person)
        asked = queries_about("smes_contradiction", evidence_services.keep_paper, actor=person, document=paper)
        assert bool(asked) == is_looked_through


def test_the_message_names_the_papers_to_send():
    person = officer()
    sme = verified(person)
    evidence_services.refuse_paper(actor=person, document=sme.documents.get(kind="tax_return"), code="P04")
    deliver_all()
    assert "- Last income tax return" in Message.objects.get(template="sme.reopened").body


def test_a_reason_that_is_not_in_force_refuses_nothing():
    paper = DocumentFactory(sme=firm())
    assert refusal(evidence_services.refuse_paper, actor=officer(), document=paper, code="P99") == "unknown_reason"
    with time_machine.travel("2026-06-30"):
        assert refusal(evidence_services.refuse_paper, actor=officer(), document=paper, code="P07") == "unknown_reason"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_keep_the_last_paper_at_once_verify_the_firm_once():
    sme, people = firm(), [officer() for _ in range(4)]
    papers = [DocumentFactory(sme=sme, kind=kind) for kind in NEEDED]
    for paper in papers[:-1]:
        kept(paper, people[0])
    compare_all(papers[-1], people[0])

    at_once(
        *[(lambda person=person: evidence_services.keep_paper(actor=person, document=papers[-1])) for person in people]
    )

    assert Sme.objects.get(pk=sme.pk).profile_state == "verified"
    assert Event.objects.filter(name="sme.verified").count() == 1
    assert Event.objects.filter(name="document.verified", subject_id=str(papers[-1].pk)).count() == 1


def test_another_last_day_of_a_paper_is_another_end_of_the_verification():
    person = officer()
    sme = verified(person)
    day = today() + timedelta(days=40)
    evidence_services.keep_paper(actor=person, document=sme.documents.get(kind="cnic_copy"), expires_on=day)
    sme.refresh_from_db()
    assert (sme.profile_state, sme.verified_until) == ("verified", day)
