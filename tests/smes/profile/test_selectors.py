from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser

from smes.duplicates import selectors as duplicates_selectors
from smes.models import ExportYear
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import NotFound
from tests.factories.accounts import UserFactory, director, officer, partner_person
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


@pytest.mark.sqlite_leg
def test_a_frozen_copy_has_every_key_and_no_number_of_a_person_or_account():
    sme = SmeFactory(complete=True, ntn="41749413", strn="3277876123456", secp_number="0012345")
    DocumentFactory(sme=sme, kind="bank_certificate", state="verified")
    DocumentFactory(sme=sme, kind="tax_return", state="verified", expires_on=date(2020, 1, 1))
    DocumentFactory(sme=sme, kind="cnic_copy")
    CertificationFactory(sme=sme, verified=True)
    copy = profile_selectors.frozen_copy(sme, on=date(2026, 11, 23))
    proofs = copy.pop("proofs")
    assert {(proof["fact"], proof["level"]) for proof in proofs} == {
        ("bank_account_named", "backed"),  # nobody compared it, nor what the bank's paper says of the IBAN
        ("iban_held", "backed"),
        ("owner_cnic_held", "backed"),
        ("owners", "backed"),
        ("women_led", "backed"),
    }
    assert copy == {
        "schema": 2,
        "sme": sme.public_id,
        "name": sme.name,
        "legal_form": "sole_proprietor",
        "founded_on": "2012-03-01",
        "tax_registered": True,
        "owner_cnic_held": True,
        "secp_registered": True,
        "sales_tax_registered": True,
        "province": "PK-PB",
        "city": "Sialkot",
        "turnover_pkr": 42_000_000,
        "turnover_fiscal_year": 2026,
        "employees": 40,
        "women_employees": 12,
        "size_class": "small",
        "size_rule": "SBP-IHSMEFD-5-2022",
        "women_led": True,
        "youth_led": False,
        "sector": "sports_goods",
        "sector_group": "traditional",
        "products": [
            {
                "hs6": "950662",
                "label": "Hand-stitched footballs",
                "share_pct": 100,
                "is_main": True,
                "price_pkr": 1450.0,
                "price_unit": "piece",
            }
        ],
        "main_hs6": "950662",
        "services": [],
        "capacity_per_month": 12_000,
        "capacity_unit": "balls",
        "capacity_used_pct": 70,
        "lead_time_days": 30,
        "quality_control": "own",
        "certifications": [{"kind": "iso_9001", "expires_on": "2030-01-01", "verified": True}],
        "export_route": "direct",
        "export_house": None,
        "export_history": [{"fiscal_year": 2026, "value_usd": 61000.0, "route": "direct"}],
        "export_markets": ["DEU", "ESP"],
        "target_markets": ["FRA", "JPN"],
        "channels": ["alibaba_com"],
        "website": True,
        "catalogue_products": 14,
        "product_photos": True,
        "ecommerce_staff": 1,
        "english_staff": True,
        "internet": "broadband",
        "bank_account_named": True,
        "bank_account_verified": False,
        "wallet": True,
        "card_payments": False,
        "foreign_currency_account": False,
        "paypal_like_service": False,
        "documents_verified": ["bank_certificate"],
        "frozen_on": "2026-11-23",
    }
    text = repr(copy) + repr(proofs)
    assert not any(number in text for number in ("4174941", "35202", "PK36", "0012345", "3277876", "923001234567"))


def test_what_was_not_told_is_none_and_what_was_told_as_nothing_is_an_empty_list():
    sme = SmeFactory()
    lists = ("certifications", "export_history", "export_markets", "target_markets", "channels")
    assert [profile_selectors.frozen_copy(sme)[key] for key in lists] == [None] * 5
    complete = SmeFactory(complete=True, channels=[], export_markets=[])
    ExportYear.objects.filter(sme=complete).delete()
    copy = profile_selectors.frozen_copy(complete)
    assert [copy[key] for key in lists] == [[], [], [], ["FRA", "JPN"], []]
    assert profile_selectors.frozen_copy(sme)["size_class"] == "unknown"
    assert profile_selectors.frozen_copy(sme)["women_led"] is None


@pytest.mark.parametrize(
    ("declared", "hs6", "sector"),
    [
        ("carpets", "950662", "sports_goods"),
        ("carpets", "271019", None),
        ("ict", "950662", "ict"),
        ("ict", None, "ict"),
        ("", None, None),
    ],
)
def test_the_main_product_decides_the_sector_except_for_sellers_of_services(declared, hs6, sector):
    sme = SmeFactory(sector=declared)
    if hs6:
        ProductFactory(sme=sme, hs6=hs6)
    assert profile_selectors.frozen_copy(sme)["sector"] == sector


def test_sector_and_main_product_follow_the_largest_share_whatever_was_marked():
    sme = SmeFactory(sector="carpets")
    ProductFactory(sme=sme, hs6="570110", share_pct=1, is_main=True)
    ProductFactory(sme=sme, hs6="630260", share_pct=99, is_main=False)

    copy = profile_selectors.frozen_copy(sme)

    assert (copy["main_hs6"], copy["sector"]) == ("630260", "textile")
    assert {row["hs6"]: row["is_main"] for row in copy["products"]} == {"570110": False, "630260": True}


def test_a_profile_is_complete_when_all_nine_steps_are():
    assert profile_selectors.completeness(SmeFactory(complete=True)).is_complete
    started = profile_selectors.completeness(SmeFactory())
    assert not started.is_complete
    assert started.next_step.code == "identity"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_facts_of_a_firm_cost_a_query_a_table(rows, django_assert_num_queries):
    sme = SmeFactory(complete=True)
    DocumentFactory.create_batch(rows, sme=sme)
    CertificationFactory(sme=sme)
    with django_assert_num_queries(7):
        profile_selectors.read_facts(sme)
        profile_selectors.frozen_copy(sme)
        profile_selectors.completeness(sme)


def test_the_role_in_a_firm_comes_with_the_firm_and_only_for_whom_it_was_read(django_assert_num_queries):
    sme = SmeFactory()
    preparer = MemberFactory(sme=sme, role="preparer").user
    reader = officer()
    for user, role in ((sme.created_by, "owner"), (preparer, "preparer"), (reader, None)):
        found = people_selectors.sme_for(user, sme.public_id)
        with django_assert_num_queries(0):
            assert people_selectors.role_of(user, found) == role
    found = people_selectors.sme_for(preparer, sme.public_id)
    with django_assert_num_queries(1):
        assert people_selectors.role_of(sme.created_by, found) == "owner", "read for somebody else"
    with django_assert_num_queries(1):
        assert people_selectors.role_of(preparer, sme) == "preparer", "read for nobody"
    preparer.is_active = False
    assert people_selectors.role_of(preparer, found) is None


def test_a_firm_is_seen_by_its_people_and_by_the_desk_and_by_nobody_else():
    mine, other = SmeFactory(), SmeFactory()
    trainee = MemberFactory(sme=mine, role="trainee").user
    assert list(people_selectors.smes_visible_to(mine.created_by)) == [mine]
    assert list(people_selectors.smes_visible_to(trainee)) == [mine]
    for role in (Role.OFFICER, Role.APPROVER):
        assert set(people_selectors.smes_visible_to(UserFactory(roles=(role,)))) == {mine, other}
    others = (Role.PROGRAMME_MANAGER, Role.FINANCE_OFFICER, Role.ADMINISTRATOR)
    nobody = [UserFactory(), partner_person(), AnonymousUser(), *(UserFactory(roles=(role,)) for role in others)]
    assert [list(people_selectors.smes_visible_to(user)) for user in nobody] == [[]] * 6
    for user in (*nobody, other.created_by):
        with pytest.raises(NotFound):
            people_selectors.sme_for(user, mine.public_id)
    assert people_selectors.sme_for(trainee, mine.public_id) == mine


def test_a_person_who_was_locked_out_sees_nothing_and_has_no_role():
    sme = SmeFactory()
    sme.created_by.is_active = False
    assert list(people_selectors.smes_visible_to(sme.created_by)) == []
    assert people_selectors.role_of(sme.created_by, sme) is None
    assert people_selectors.role_of(AnonymousUser(), sme) is None


def test_people_of_a_firm_can_be_asked_for_by_role():
    sme = SmeFactory()
    preparer = MemberFactory(sme=sme).user
    gone = MemberFactory(sme=sme).user
    gone.is_active = False
    gone.save()
    assert people_selectors.people_of(sme) == [sme.created_by, preparer]
    assert people_selectors.people_of(sme, "preparer") == [preparer]
    assert people_selectors.role_of(preparer, sme) == "preparer"


def test_papers_of_another_firm_are_not_found():
    paper = DocumentFactory(sme=SmeFactory())
    assert papers_selectors.document_for(paper.uploaded_by, paper.public_id) == paper
    assert papers_selectors.document_for(officer(), paper.public_id) == paper
    for user in (SmeFactory().created_by, AnonymousUser(), partner_person()):
        with pytest.raises(NotFound):
            papers_selectors.document_for(user, paper.public_id)


def test_the_papers_a_firm_still_needs_follow_its_legal_form():
    sme = SmeFactory(legal_form="private_limited")
    DocumentFactory(sme=sme, kind="ntn_certificate")
    DocumentFactory(sme=sme, kind="cnic_copy", state="refused", reason="unreadable")
    DocumentFactory(sme=sme, kind="tax_return", expires_on=today() - timedelta(days=1))
    DocumentFactory(sme=sme, kind="bank_certificate", state="replaced")
    assert papers_selectors.missing_papers(sme) == ["cnic_copy", "secp_certificate", "tax_return", "bank_certificate"]


@pytest.mark.sqlite_leg
def test_papers_that_end_within_sixty_days_are_named_nearest_first():
    sme = SmeFactory()
    for days in (61, 60, -5):
        DocumentFactory(sme=sme, expires_on=today() + timedelta(days=days))
    DocumentFactory(sme=sme, expires_on=today(), state="refused", reason="x")
    found = [(paper.expires_on - today()).days for paper in papers_selectors.expiring_documents(sme)]
    assert found == [-5, 60]


def test_duties_name_what_waits_for_the_firm_most_pressing_first():
    sme = SmeFactory(legal_form="sole_proprietor")
    DocumentFactory(sme=sme, kind="cnic_copy", state="refused", reason="The back is missing.")
    DocumentFactory(sme=sme, kind="chamber_membership", expires_on=today() + timedelta(days=15))
    duties = profile_selectors.duties_for(sme, profile_selectors.completeness(sme))
    assert [duty.code for duty in duties] == ["paper_refused", "profile", "papers", "paper_expires"]
    assert duties[0].why == "The back is missing."
    assert duties[1].url == f"/firm/{sme.public_id}/profile/identity/"
    assert duties[3].due_on == today() + timedelta(days=15)
    assert "15 days" in duties[3].why


def test_a_firm_with_everything_has_no_duties():
    sme = SmeFactory(complete=True)
    for kind in ("ntn_certificate", "cnic_copy", "tax_return", "bank_certificate", "export_proof"):
        DocumentFactory(sme=sme, kind=kind, state="verified")
    assert profile_selectors.duties_for(sme, profile_selectors.completeness(sme)) == []


def test_pairs_to_compare_are_for_officers_and_directors():
    flag = flag_of(SmeFactory(), SmeFactory())
    for user in (officer(), director()):
        assert list(duplicates_selectors.duplicate_flags_for(user)) == [flag]
        assert duplicates_selectors.duplicate_flag_for(user, flag.public_id) == flag
    for user in (flag.one.created_by, partner_person(), AnonymousUser()):
        assert list(duplicates_selectors.duplicate_flags_for(user)) == []
        with pytest.raises(NotFound):
            duplicates_selectors.duplicate_flag_for(user, flag.public_id)
    assert list(duplicates_selectors.duplicates_of(flag.other)) == [flag]


def test_traces_hold_fingerprints_and_never_the_numbers():
    sme = SmeFactory(complete=True, ntn="41749413")
    same = SmeFactory(ntn="4174941")
    OwnerFactory(sme=same, cnic="")
    traces = duplicates_selectors.traces_of(sme)
    assert set(traces.numbers) == {"ntn", "account", "phone", "owner"}
    assert traces.numbers["ntn"] == duplicates_selectors.traces_of(same).numbers["ntn"]
    assert "4174941" not in repr(traces)
    assert Decimal(100) == sme.owners.get().share_pct
