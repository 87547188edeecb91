"""What a lender decided upon: kept as it stood, and shut with the consent."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from payments.finance.cases import pack, paper, services
from payments.finance.cases.frozen import Pack, PackLine, as_content, as_pack, digest_of
from payments.models import DecidedPack
from payments.states import Happened
from smes.models import Sme
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.web.documents import pdf_of
from tests.smes.pages import text_of

from .made import AMOUNT, banker, now, offered, referred

PACK = Pack(
    date(2027, 5, 24), (("Town", "Sialkot"),), (PackLine("Account", "PK**", "Proven", "done", "bank"),), ("CNIC",)
)


@pytest.mark.unit
def test_what_is_kept_comes_back_in_its_language_and_else_in_english():
    urdu = Pack(PACK.on, (("شہر", "سیالکوٹ"),), (), ())
    content = as_content({"en": PACK, "ur": urdu})
    assert as_pack(content, "en") == PACK
    assert as_pack(content, "ur") == urdu
    assert as_pack(content, "fr") == PACK


@pytest.mark.unit
def test_the_languages_of_a_pack_are_of_one_day():
    with pytest.raises(ValueError, match="one day"):
        as_content({"en": PACK, "ur": Pack(date(2027, 5, 25), (), (), ())})


@pytest.mark.unit
def test_the_hash_does_not_depend_on_the_order_of_keys_and_changes_with_a_word():
    content = as_content({"en": PACK})
    turned = dict(reversed(content.items()))
    assert digest_of(turned) == digest_of(content)
    content["en"]["missing"] = ["NTN"]
    assert digest_of(content) != digest_of(turned | {"en": turned["en"] | {"missing": ["CNIC"]}})


@pytest.fixture
def by(db):
    return banker()


def change_the_firm(case):
    Sme.objects.filter(pk=case.sme_id).update(city="Karachi", employees=30)
    return now(case)


@pytest.mark.parametrize("decide", [offered, lambda by, case: services.decide(actor=by, case=case, reasons=["B2"])])
def test_what_the_firm_changes_later_is_not_what_the_lender_decided_upon(by, decide):
    case = referred(by)
    before = pack.pack_of_case(case)
    assert pack.pack_of_case(change_the_firm(case)).facts != before.facts  # live until it is decided

    case = referred(by)
    before = pack.pack_of_case(case)
    decide(by, case)
    assert pack.pack_of_case(change_the_firm(case)) == before


def test_its_hash_stands_in_the_history_of_the_decision(by):
    case = offered(by)
    kept = DecidedPack.objects.get(case=case)
    assert kept.digest == digest_of(kept.content)
    assert Event.objects.get(name=Happened.CASE_DECIDED.value).data["pack"] == kept.digest
    assert case.sme.iban not in str(kept.content)


def test_the_same_decision_again_keeps_the_first(by):
    case = offered(by)
    first = DecidedPack.objects.get(case=case)
    offered(by, case)
    assert DecidedPack.objects.get(case=case) == first


def addresses(case):
    return [
        reverse("payments:lender_case", args=[case.public_id]),
        reverse("payments:lender_case_pdf", args=[case.public_id]),
        reverse("payments_api:finance_pack", args=[case.public_id]),
    ]


def test_firm_and_lender_read_it_as_decided_on_and_after_a_revocation_the_firm_alone(client, by):
    case = offered(by)
    digest = DecidedPack.objects.get(case=case).digest
    own = reverse("payments:finance_case", args=[case.public_id])
    client.force_login(by)
    assert digest[:16] in text_of(client.get(addresses(case)[0]))
    assert client.get(addresses(case)[2]).json()["digest"] == digest

    services.revoke(actor=case.sme.created_by, consent=case.consent)
    assert [client.get(address).status_code for address in addresses(case)] == [404, 404, 404]
    client.force_login(case.sme.created_by)
    assert digest[:16] in text_of(client.get(own))


@pytest.fixture
def written(monkeypatch):
    """The words that went into PDFs, language after language: in the file itself they are packed."""
    sheets = []

    def noted(blocks, **kwargs):
        sheets.append(" ".join(" ".join((block.text, *block.cells)) for block in blocks))
        return pdf_of(blocks, **kwargs)

    monkeypatch.setattr(paper, "pdf_of", noted)
    return sheets


def test_the_file_says_what_is_expected_and_once_decided_that_it_is_kept(by, written):
    case = referred(by, expected=[(today() + timedelta(days=100), AMOUNT)])
    paper.case_pdf(case)
    offered(by, case)
    paper.case_pdf(now(case))
    digest = DecidedPack.objects.get(case=case).digest
    assert len(written) == 4
    assert ["The firm expects on" in sheet for sheet in written] == [True, False, True, False]  # the others in Urdu
    assert [digest[:32] in sheet for sheet in written] == [False, False, True, True]


def test_the_file_holds_the_account_masked_alone(by, written):
    case = referred(by)
    paper.case_pdf(case)
    for sheet in written:
        assert case.sme.iban not in sheet
        assert case.sme.iban[-4:] in sheet
