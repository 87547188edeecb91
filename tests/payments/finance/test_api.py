"""Loans for programs: the same as the pages, and after a revocation not found."""

from __future__ import annotations

import pytest
from django.urls import reverse

from payments.finance.cases import services
from payments.models import CaseView
from tests.factories.smes import SmeFactory

from .made import banker, referred

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"payments_api:{name}", args=args)


def test_a_firm_reads_its_cases_and_nobody_elses(client):
    case = referred()
    client.force_login(case.sme.created_by)
    found = client.get(url("finance_cases")).json()["results"]
    assert [row["code"] for row in found] == [case.code]
    assert client.get(url("finance_case", case.public_id)).json()["amount_paisa"] == case.amount
    client.force_login(SmeFactory().created_by)
    assert client.get(url("finance_cases")).json()["results"] == []
    assert client.get(url("finance_case", case.public_id)).status_code == 404


def test_a_bank_reads_its_queue_and_a_pack_and_each_call_is_a_look(client):
    by = banker()
    case = referred(by)
    client.force_login(by)
    assert [row["id"] for row in client.get(url("finance_queue")).json()["results"]] == [case.public_id]
    pack = client.get(url("finance_pack", case.public_id)).json()
    assert pack["case"]["code"] == case.code
    assert any("SAAF" in line["name"] for line in pack["lines"])
    assert case.sme.iban not in str(pack)
    assert CaseView.objects.get().way == "api"
    client.force_login(banker())
    assert client.get(url("finance_pack", case.public_id)).status_code == 404


def test_after_the_consent_is_taken_back_the_interface_answers_not_found(client):
    by = banker()
    case = referred(by)
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    client.force_login(by)
    answer = client.get(url("finance_pack", case.public_id))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.get(url("finance_queue")).json()["results"] == []
    assert not CaseView.objects.exists()


@pytest.mark.parametrize("tab", ["late", "xyzzy"])
def test_parts_of_the_queue(client, tab):
    by = banker()
    referred(by)
    client.force_login(by)
    assert len(client.get(url("finance_queue"), {"tab": tab}).json()["results"]) == (0 if tab == "late" else 1)


def test_a_visitor_reads_nothing(client):
    assert client.get(url("finance_cases")).status_code in (401, 403)
