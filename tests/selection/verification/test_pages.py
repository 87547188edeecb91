"""An officer compares a paper with what the firm says: the page, its acts, who may not, and what nobody else sees."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse

from selection.models import FrozenFacts
from selection.review import services as review_services
from smes.evidence import selectors as evidence_selectors
from smes.evidence import services as evidence_services
from smes.models import Comparison, Contradiction, Document, Sme
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer
from tests.factories.selection import ApplicationFactory
from tests.factories.smes import DocumentFactory, compare_all, kept
from tests.markup import flat
from tests.selection import made

pytestmark = pytest.mark.django_db

NUMBERS = {"ntn": "42176983", "iban": "PK36SCBL0000001123456702", "address": "Plot 14, Small Industries Estate"}
NEEDED = ("ntn_certificate", "cnic_copy", "tax_return", "bank_certificate", "export_proof")


def filed(**values):
    return made.scored(sme_values={**NUMBERS, **values})


def url(name, file, paper=None):
    return reverse(f"selection:{name}", args=[file.public_id, *([paper.public_id] if paper else [])])


def answers(document, **given):
    """The fields of the form: same for each fact that stands in no other."""
    fields = {}
    for number, line in enumerate(evidence_selectors.checklist(document), 1):
        answer = given.get(line.fact, "same")
        if answer:
            fields |= {f"answer-{number}": answer, f"seen-{number}": line.digest, f"note-{number}": "Plot 41"}
    return fields


@pytest.fixture
def by(client):
    person = officer(name="Ayesha Karim")
    client.force_login(person)
    return person


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_page_shows_what_is_compared_in_full_and_is_kept_in_no_cache(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme)

    response = client.get(url("verify_paper", file, paper))

    for value in (NUMBERS["ntn"], NUMBERS["address"], "Sole proprietor"):
        assert value in text(response)
    assert NUMBERS["iban"] not in text(response)  # this paper does not show it
    assert response["Cache-Control"] == "private, no-store"
    assert "not begun, 7 facts" in text(client.get(url("verify", file)))


def test_answers_are_kept_one_by_one_and_the_list_says_how_far_it_is(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")

    done = client.post(url("verify_answer", file, paper), answers(paper, bank_account_named=""))

    assert done.url == url("verify_paper", file, paper)
    assert list(Comparison.objects.values_list("fact", "answer", "note")) == [("iban_held", "same", "")]
    page = text(client.get(done.url))
    assert "1 of 2 compared" in page
    assert "1 fact of this paper is left" in page


def test_what_differs_needs_what_the_paper_shows(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme)
    sent = answers(paper, address_held="differs")
    number = next(name[7:] for name, value in sent.items() if value == "differs")

    refused = client.post(url("verify_answer", file, paper), sent | {f"note-{number}": ""})
    assert refused.status_code == HTTPStatus.OK
    assert "Write what the paper shows." in text(refused)
    assert not Comparison.objects.exists()

    client.post(url("verify_answer", file, paper), sent)
    assert Comparison.objects.get(fact="address_held").note == "Plot 41"
    assert "The paper shows: Plot 41" in text(client.get(url("verify_paper", file, paper)))


def test_a_fact_that_the_firm_changed_meanwhile_is_looked_at_again(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    sent = answers(paper)
    Sme.objects.update(iban="PK24SCBL0000001171495101")

    page = client.post(url("verify_answer", file, paper), sent, follow=True)

    assert "The firm has changed this since you opened the page." in text(page)
    assert not Comparison.objects.filter(fact="iban_held").exists()


def test_keeping_leads_to_the_next_paper_and_corrects_the_last_day(client, by):
    file = filed()
    first = DocumentFactory(sme=file.sme, kind="bank_certificate", expires_on=today() + timedelta(days=90))
    other = DocumentFactory(sme=file.sme, kind="tax_return")
    day = today() + timedelta(days=30)

    done = client.post(url("verify_answer", file, first), answers(first) | {"keep": "1", "expires_on": day.isoformat()})

    assert done.url == url("verify_paper", file, other)
    first.refresh_from_db()
    assert (first.state, first.expires_on, first.judged_by) == ("verified", day, by)


def test_a_paper_is_not_kept_before_all_was_compared(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    sent = answers(paper, bank_account_named="") | {"keep": "1"}
    page = client.post(url("verify_answer", file, paper), sent, follow=True)
    assert "Compare first what this paper shows: 1 fact is left." in text(page)
    assert Document.objects.get().state == "uploaded"


def test_the_last_answer_can_be_taken_back_and_then_the_one_before(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    client.post(url("verify_answer", file, paper), answers(paper))
    for left in (1, 0, 0):
        client.post(url("verify_undo", file, paper))
        assert Comparison.objects.filter(undone_at=None).count() == left


def test_another_officer_s_answer_is_not_undone_by_mistake(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    kept(paper, officer())
    client.post(url("verify_undo", file, paper))
    assert Comparison.objects.filter(undone_at=None).count() == 2


def test_the_words_of_a_refusal_are_read_before_they_are_sent_in_the_language_of_the_firm(client, by):
    file = filed(created_by=UserFactory(language="ur"))
    paper = DocumentFactory(sme=file.sme)
    chosen = {"code": "P07", "note": "مہر نے تاریخ چھپا دی ہے۔"}

    before = text(client.get(url("verify_refuse", file, paper), chosen))
    assert Document.objects.get().state == "uploaded"
    client.post(url("verify_refuse", file, paper), chosen)
    deliver_all()

    paper.refresh_from_db()
    assert (paper.state, paper.reason_code) == ("refused", "P07")
    sent = Message.objects.get(template="sme.paper_refused")
    for words in (sent.subject, chosen["note"], paper.reason):
        assert " ".join(words.split()) in before
    assert chosen["note"] in sent.body
    assert paper.reason.startswith("کاغذ کا ایک حصہ پڑھا نہیں جا رہا")


def test_a_refusal_without_a_reason_of_the_table_does_nothing(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme)
    assert client.post(url("verify_refuse", file, paper), {"code": "P99"}).status_code == HTTPStatus.OK
    assert Document.objects.get().state == "uploaded"


def test_a_refusal_that_is_taken_back_is_told_too(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme)
    client.post(url("verify_refuse", file, paper), {"code": "P04"})
    client.post(url("verify_reopen", file, paper))
    deliver_all()
    paper.refresh_from_db()
    assert (paper.state, paper.reason, paper.reason_code) == ("uploaded", "", "")
    assert Message.objects.filter(template="sme.paper_reopened", to=file.sme.created_by).count() == 1


def test_a_kept_paper_that_is_looked_at_again_is_told_to_nobody(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    kept(paper, by)
    client.post(url("verify_reopen", file, paper))
    deliver_all()
    assert Document.objects.get().state == "uploaded"
    assert not Message.objects.filter(template="sme.paper_reopened").exists()


def test_the_last_keep_verifies_the_firm(client, by):
    file = filed()
    papers = [DocumentFactory(sme=file.sme, kind=kind) for kind in NEEDED]
    for paper in papers[:-1]:
        kept(paper, by)
    assert "What remains before this firm is verified" in text(client.get(url("verify", file)))

    done = client.post(url("verify_answer", file, papers[-1]), answers(papers[-1]) | {"keep": "1"}, follow=True)

    assert "This firm is verified." in text(done)
    assert Sme.objects.get(pk=file.sme_id).profile_state == "verified"


def test_a_newer_version_of_a_paper_shows_what_was_found_in_the_older_one(client, by):
    file = filed()
    first = DocumentFactory(sme=file.sme, kind="bank_certificate")
    kept(first, by, iban_held="unreadable")
    Document.objects.filter(pk=first.pk).update(state="replaced")
    second = DocumentFactory(sme=file.sme, kind="bank_certificate", replaces=first)

    page = text(client.get(url("verify_paper", file, second)))

    assert "a new version" in page
    assert page.count("In the older version") == 2
    assert "Cannot be read, Ayesha Karim" in page


def test_what_the_firm_changed_since_it_applied_stands_with_its_jump(client, by):
    file = filed()
    new = {**file.facts, "turnover_pkr": 64_100_000, "bank_account_verified": True}
    FrozenFacts.objects.create(
        application=file, version=2, facts=new, changed_fields=["turnover_pkr", "bank_account_verified"]
    )
    page = text(client.get(url("verify", file)))
    assert "Before: PKR 42,000,000. Now: PKR 64,100,000." in page
    assert '<span class="num fw-bold" dir="ltr">+53 %</span>' in page
    assert page.count("Before: ") == 1  # what an official set is no change of the firm


def test_every_fact_leads_to_its_paper_and_says_who_compared_it(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    kept(paper, by)
    page = text(client.get(url("verify", file)))
    row = page[page.index("<b>IBAN</b>") :]
    row = row[: row.index("</tr>")]
    assert url("verify_paper", file, paper) in row
    assert "Verified" in row
    assert "<bdi>Ayesha Karim</bdi> <small>" in row


def test_who_is_no_officer_or_is_tied_sees_none_of_it(client):
    file, tied = filed(), officer()
    paper = DocumentFactory(sme=file.sme)
    review_services.declare_conflict(actor=tied, application=file, words="Cousins.")
    for person, status in ((tied, 403), (director(), 403), (file.sme.created_by, 404), (UserFactory(), 404)):
        client.force_login(person)
        for name in ("verify", "verify_paper", "verify_refuse"):
            args = [paper] if name != "verify" else []
            assert client.get(url(name, file, *args)).status_code == status
        for name in ("verify_answer", "verify_undo", "verify_reopen", "verify_refuse"):
            sent = answers(paper) | {"keep": "1", "code": "P07"}
            assert client.post(url(name, file, paper), sent).status_code == status
    assert not Comparison.objects.exists()
    assert Document.objects.get().state == "uploaded"


def test_a_paper_of_another_firm_is_not_there(client, by):
    file, other = filed(), ApplicationFactory(scored=True)
    paper = DocumentFactory(sme=other.sme)
    assert client.get(url("verify_paper", file, paper)).status_code == HTTPStatus.NOT_FOUND
    assert client.post(url("verify_reopen", file, paper)).status_code == HTTPStatus.NOT_FOUND


def test_keys_can_be_turned_off(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme)
    for shortcuts in (True, False):
        by.shortcuts = shortcuts
        by.save()
        assert ("data-verify-keys" in text(client.get(url("verify_paper", file, paper)))) is shortcuts


def test_a_paper_says_whether_its_pages_are_drawn(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme)  # in tests the worker draws at once; this one is no real PDF
    address = url("verify_paper", file, paper)
    assert "The pages are being drawn, a moment." in text(client.get(address))
    assert "This paper cannot be drawn." in text(client.get(address))
    assert papers_services.draw_paper(Document.objects.get()) is False


def test_the_firm_and_the_desk_read_that_it_is_verified_and_what_it_changed(client, by):
    file = filed()
    for kind in NEEDED:
        kept(DocumentFactory(sme=file.sme, kind=kind, expires_on=today() + timedelta(days=50)), by)
    new = {**file.facts, "employees": 60}
    FrozenFacts.objects.create(application=file, version=2, facts=new, changed_fields=["employees"])
    assert "Before: 40. Now: 60." in text(client.get(url("desk_file", file)))
    client.force_login(file.sme.created_by)
    for page in (url("file", file), reverse("smes:profile", args=[file.sme.public_id])):
        days = f"Verified on {day_words(today())} until {day_words(today() + timedelta(days=50))}"
        assert flat(days) in text(client.get(page))


def test_what_does_not_fit_is_explained_on_the_page_and_leads_back_to_it(client, by):
    file = filed()
    row = Contradiction.objects.create(sme=file.sme, code="exports_before_founding", digest="d", data={})
    page = text(client.get(url("verify", file)))
    explain = reverse("selection:desk_explain", args=[file.public_id, row.public_id])
    assert f'action="{explain}"' in page
    assert page.count('<ul class="rows sheet">') == 0  # no empty list of duplicates

    sent = client.post(explain, {"explanation": "Part was paid in the year after.", "back": "verify"})

    assert sent.url == url("verify", file)
    row.refresh_from_db()
    assert row.state == "explained"


def test_a_fact_of_which_a_kept_paper_says_something_else_is_named_with_what_it_says(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="tax_return")
    compare_all(paper, by, turnover_pkr="differs")
    Comparison.objects.filter(fact="turnover_pkr").update(note="PKR 4,100,000")
    evidence_services.keep_paper(actor=by, document=paper)
    page = text(client.get(url("verify", file)))
    assert "1 fact differs" in page
    assert "A paper does not show what the firm says: Turnover." in page
    row = page[page.index("<b>Turnover</b>") :]
    row = row[: row.index("</tr>")]
    assert url("verify_paper", file, paper) in row
    assert "says: PKR 4,100,000" in row
    assert "Said" in row


def test_the_same_file_sent_as_two_kinds_of_paper_is_named_on_both(client, by):
    file = filed()
    one, other = (
        DocumentFactory(sme=file.sme, kind=kind, content=b"%PDF-1.7 one") for kind in ("tax_return", "bank_certificate")
    )
    alone = DocumentFactory(sme=file.sme, content=b"%PDF-1.7 two")
    DocumentFactory(content=b"%PDF-1.7 two")  # of another firm, which is a contradiction
    says = "The firm sent this very file as another paper too:"

    pages = {paper: text(client.get(url("verify_paper", file, paper))) for paper in (one, other, alone)}

    assert f"{says} Account maintenance certificate of the bank." in pages[one]
    assert f"{says} Last income tax return." in pages[other]
    assert says not in pages[alone]


def test_a_paper_kept_without_the_last_day_that_it_needs_waits_for_the_officer_who_reads_it_off(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="cnic_copy", expires_on=None)
    kept(paper, by)
    assert "its last day is not known" in text(client.get(url("verify", file)))

    client.post(url("verify_answer", file, paper), {"keep": "1", "expires_on": "2040-01-31"})

    assert "its last day is not known" not in text(client.get(url("verify", file)))
    assert "cnic_copy" not in papers_selectors.unverified_papers(file.sme)


def test_what_cannot_be_read_is_not_counted_as_verified(client, by):
    file = filed()
    paper = DocumentFactory(sme=file.sme, kind="bank_certificate")
    kept(paper, by, iban_held="unreadable")

    page = text(client.get(url("verify", file)))

    assert "1 of 2 verified" in page
    assert "A paper does not show what the firm says: IBAN" in page
