"""Each act on a paper stands in the history, with its firm and its kind."""

from datetime import timedelta

import pytest

from smes.papers import services as papers_services
from smes.papers.checks import CheckedPaper
from tdap_portal.audit.selectors import timeline
from tdap_portal.core.calendar import today
from tests.factories.accounts import officer
from tests.factories.smes import DocumentFactory, SmeFactory

pytestmark = pytest.mark.django_db


def acts_on(document) -> list[tuple[str, dict]]:
    return [(event.name, event.data) for event in timeline(document).order_by("pk")]


def test_a_paper_that_takes_the_place_of_another_leaves_two_lines():
    sme = SmeFactory()
    old = DocumentFactory(sme=sme, kind="other")
    paper = CheckedPaper(b"%PDF-1.7 new", "application/pdf", "pdf", "new.pdf", pages=1, sha256="0" * 64)
    new = papers_services.upload_document(actor=sme.created_by, sme=sme, kind="other", paper=paper, replaces=old)

    assert acts_on(old) == [("document.replaced", {"sme_id": sme.pk, "kind": "other"})]
    assert acts_on(new) == [("document.uploaded", {"sme_id": sme.pk, "kind": "other"})]
    assert timeline(old).get().actor == sme.created_by


def test_judging_and_reminding_leave_a_line_each():
    person, document = officer(), DocumentFactory(sme=SmeFactory(), expires_on=today() + timedelta(days=7))
    papers_services.verify_document(actor=person, document=document)
    papers_services.refuse_document(actor=person, document=document, reason="unreadable")
    papers_services.remind_of_expiry(document=document, on=today())

    of_the_paper = {"sme_id": document.sme_id, "kind": "ntn_certificate"}
    assert acts_on(document) == [
        ("document.verified", of_the_paper),
        ("document.refused", {**of_the_paper, "code": ""}),
        ("document.expiring", {**of_the_paper, "days": 7, "rule": 7}),
    ]
    assert [event.actor for event in timeline(document).order_by("pk")] == [person, person, None]


def test_a_paper_that_is_judged_forgets_the_earlier_reason():
    person, document = officer(), DocumentFactory(sme=SmeFactory())
    papers_services.refuse_document(actor=person, document=document, reason="unreadable")
    papers_services.verify_document(actor=person, document=document)
    document.refresh_from_db()

    assert (document.state, document.reason, document.judged_by) == ("verified", "", person)


def test_another_day_read_off_a_paper_starts_its_reminders_anew():
    document = DocumentFactory(sme=SmeFactory(), expires_on=today() + timedelta(days=7), reminded_days=7)
    papers_services.verify_document(actor=officer(), document=document, expires_on=document.expires_on)
    document.refresh_from_db()
    assert document.reminded_days == 7
    papers_services.verify_document(
        actor=officer(),
        document=DocumentFactory(sme=document.sme, expires_on=today(), reminded_days=1),
        expires_on=today() + timedelta(days=90),
    )

    assert document.sme.documents.get(expires_on=today() + timedelta(days=90)).reminded_days is None
