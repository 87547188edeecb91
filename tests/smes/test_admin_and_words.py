import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from smes.duplicates import selectors as duplicates_selectors
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.templatetags.firms import labelled, marked, tone
from smes.vocabulary import wording
from tdap_portal.core.errors import NotFound
from tests.factories.accounts import officer
from tests.factories.smes import (
    CertificationFactory,
    DocumentFactory,
    MemberFactory,
    OwnerFactory,
    ProductFactory,
    SmeFactory,
    flag_of,
)

pytestmark = pytest.mark.django_db


def test_rows_name_themselves():
    sme = SmeFactory(name="Noor Sports")
    flag = flag_of(sme, SmeFactory())
    assert str(sme) == "Noor Sports"
    assert str(OwnerFactory(sme=sme)) == "Saima Akhtar"
    assert str(ProductFactory(sme=sme)) == "950662"
    assert str(CertificationFactory(sme=sme)) == "iso_9001"
    assert str(DocumentFactory(sme=sme)) == "certificate.pdf"
    assert str(flag) == f"{flag.one_id} ~ {flag.other_id}"
    assert "preparer" in str(MemberFactory(sme=sme))


def test_codes_are_named_in_the_language_of_the_page_and_unknown_ones_stand_as_they_are():
    with translation.override("ur"):
        assert wording.sector_name("rice") == "چاول کی پروسیسنگ"
        assert wording.province_name("PK-PB") == "پنجاب"
        assert wording.market_name("DEU") == "جرمنی"
    assert wording.sector_name("rice") == "Rice processing"
    assert wording.province_name("PK-PB") == "Punjab"
    assert wording.channel_name("daraz") == "Daraz"
    assert wording.service_name("SI21") == "Computer software"
    assert wording.certificate_name("iso_13485") == "ISO 13485 (medical devices)"
    unknown = (
        wording.channel_name,
        wording.service_name,
        wording.certificate_name,
        wording.paper_name,
        wording.city_name,
    )
    assert [name("x") for name in unknown] == ["x"] * 5
    assert [wording.sector_name(None), wording.province_name(None), wording.say("")] == [""] * 3
    assert str(labelled("refused", "PAPER_STATES")) == "Refused"
    assert (tone("refused", "PAPER_STATES"), tone("x", "PAPER_STATES")) == ("no", "rest")


def test_marks_never_let_markup_through():
    assert marked(["<b>ball</b>"], "<b>") == "<mark>&lt;b&gt;</mark>ball&lt;/b&gt;"
    assert marked(["a & b"], "") == "a &amp; b"


def test_papers_and_firms_are_found_for_the_portal_itself():
    document = DocumentFactory(sme=SmeFactory())
    assert papers_selectors.document_by_id(document.pk) == document
    assert people_selectors.sme_by_id("999999") is None
    assert list(people_selectors.smes_of(AnonymousUser())) == []
    with pytest.raises(NotFound):
        duplicates_selectors.duplicate_flag_for(officer(), "nothinghere1")
    with pytest.raises(NotFound):
        people_selectors.member_for(document.sme, "nothinghere1")
