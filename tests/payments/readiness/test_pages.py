"""Pages of how firms are paid: the firm shows it, the officer looks, and the list of services."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from payments.models import ReadinessProof, ServiceRule
from smes.models import Sme
from tdap_portal.core.calendar import today
from tests.factories.accounts import UserFactory, officer, partner_person
from tests.factories.payments import finance_officer
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, pdf_of
from tests.smes.pages import done, text_of

from .made import IBAN, firm, sent

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"payments:{name}", args=args)


def test_a_firm_sends_a_proof_with_a_new_paper(client):
    sme = firm()
    client.force_login(sme.created_by)
    page = url("readiness", sme.public_id)
    assert "Show us the account" in text_of(client.get(page))
    file = SimpleUploadedFile("bank.pdf", pdf_of(b"BT ET"), content_type="application/pdf")
    form = {"kind": "account", "iban": "PK36 SCBL 0000 0011 2345 6702", "title": "NOOR SPORTS WORKS", "file": file}
    assert client.post(page, form).status_code == 302
    proof = ReadinessProof.objects.get()
    assert (proof.iban, proof.document.kind, proof.verdict) == (IBAN, "bank_certificate", "same")
    shown = text_of(client.get(page))
    assert "An officer of TDAP looks at it" in shown
    assert IBAN not in shown


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"iban": "PK37SCBL0000001123456702"}, "does not add up"),
        ({"title": ""}, ""),
        ({"document": ""}, "Choose the paper"),
    ],
)
def test_what_is_wrong_is_said(client, changed, words):
    sme = firm()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    client.force_login(sme.created_by)
    form = {"kind": "account", "iban": IBAN, "title": "Noor Sports", "document": paper.public_id, **changed}
    answer = client.post(url("readiness", sme.public_id), form)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ReadinessProof.objects.exists()


def test_a_title_of_somebody_else_is_said_on_the_page_and_in_the_queue(client):
    sme = firm()
    sent(sme, title="Sheikh Rashid and Sons")
    client.force_login(sme.created_by)
    assert "names somebody else" in text_of(client.get(url("readiness", sme.public_id)))
    client.force_login(finance_officer())
    page = text_of(client.get(url("readiness_queue")))
    assert "names somebody else" in page
    assert IBAN not in page


def test_an_officer_opens_the_paper_and_accepts(client):
    proof = sent()
    client.force_login(finance_officer())
    page = url("readiness_proof", proof.public_id)
    shown = text_of(client.get(page))
    assert IBAN not in shown
    paper = client.get(url("readiness_paper", proof.public_id))
    assert paper["Content-Disposition"].startswith("attachment")
    done(paper)
    assert client.post(page, {"accept": "1"}).status_code == 302
    assert Sme.objects.get().bank_account_verified
    assert "Money can reach your firm" in _as_owner(client, proof)


def _as_owner(client, proof):
    client.force_login(proof.sme.created_by)
    return text_of(client.get(url("readiness", proof.sme.public_id)))


def test_a_page_that_was_opened_before_the_firm_changed_its_iban_accepts_nothing(client):
    proof = sent()
    client.force_login(finance_officer())
    page = text_of(client.get(url("readiness_proof", proof.public_id)))
    digest = page.split('name="seen-iban_held" value="')[1].split('"')[0]
    form = {"accept": "1", "seen-iban_held": digest[::-1], "seen-bank_account_named": digest}
    answer = client.post(url("readiness_proof", proof.public_id), form)
    assert answer.status_code == 422
    assert "has changed this since" in text_of(answer)


def test_it_comes_back_with_words_that_the_firm_reads(client):
    proof = sent()
    client.force_login(finance_officer())
    page = url("readiness_proof", proof.public_id)
    assert client.post(page, {"return": "1", "words": ""}).status_code == 422
    assert client.post(page, {"return": "1", "words": "The stamp is missing."}).status_code == 302
    assert "The stamp is missing." in _as_owner(client, proof)


def test_who_does_not_look_finds_nothing(client):
    proof = sent()
    pages = [url("readiness_proof", proof.public_id), url("readiness_paper", proof.public_id), url("readiness_queue")]
    for person in (officer(), proof.sme.created_by, partner_person(), UserFactory()):
        client.force_login(person)
        assert [client.get(page).status_code for page in pages] == [404, 404, 404]
    tied = finance_officer()
    MemberFactory(sme=proof.sme, user=tied, role="trainee")
    client.force_login(tied)
    assert [client.get(page).status_code for page in pages] == [404, 404, 200]


def test_a_firm_is_its_own_peoples_page(client):
    sme = firm()
    for person in (officer(), finance_officer(), SmeFactory().created_by):
        client.force_login(person)
        assert client.get(url("readiness", sme.public_id)).status_code == 404


def test_a_finance_officer_writes_what_a_service_asks_for(client):
    client.force_login(finance_officer())
    row = ServiceRule.objects.get(code="wallet")
    columns = ("name", "name_ur", "needs", "needs_ur", "where", "where_ur")
    form = {name: getattr(row, name) for name in columns} | {"source": "Circular", "is_confirmed": "on"}
    page = url("service_rule", "wallet")
    assert client.get(page).status_code == 200
    assert client.post(page, form | {"since": "2020-01-01"}).status_code == 422
    assert client.post(page, form | {"since": (today() + timedelta(days=3)).isoformat()}).status_code == 302
    assert ServiceRule.objects.filter(code="wallet").count() == 2
    assert "Circular" in text_of(client.get(url("service_rules")))
    assert client.get(url("service_rule", "nothing")).status_code == 404
