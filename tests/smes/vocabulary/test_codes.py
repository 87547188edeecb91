"""The codes that stand in the database, in frozen files and in policies, written out here once more by hand."""

from datetime import date

import pytest

from smes.profile.facts import FACTS
from smes.vocabulary import codes
from smes.vocabulary.certificates import CERTIFICATES, OPEN_CERTIFICATES
from smes.vocabulary.paper_kinds import KINDS, PROVABLE, Claims, first_return_due, kinds_needed

pytestmark = pytest.mark.unit

CODES = {
    "LEGAL_FORMS": "sole_proprietor partnership llp private_limited single_member_company public_limited cooperative",
    "ACTIVITIES": "manufacturing services trading",
    "QUALITY_CONTROLS": "none own third_party",
    "EXPORT_ROUTES": "none export_house direct",
    "INTERNET": "none mobile broadband",
    "SIZE_CLASSES": "micro small medium startup_small startup_medium too_large unknown",
}
OF_EVERY_FIRM = {"ntn_certificate", "cnic_copy", "tax_return", "bank_certificate"}
EXPIRING = "cnic_copy chamber_membership quality_certificate social_certificate inspection_report"
OPTIONAL = (
    "sales_tax_certificate chamber_membership quality_certificate social_certificate export_proof inspection_report "
    "employee_list payment_statement shop_pages electricity_bill product_photo other"
)
ON = date(2026, 11, 2)


@pytest.mark.parametrize("table", CODES)
def test_the_codes_of_a_table_and_their_order(table):
    assert " ".join(getattr(codes, table)) == CODES[table]


@pytest.mark.parametrize(
    ("legal_form", "beyond_what_every_firm_sends"),
    [
        ("sole_proprietor", set()),
        ("partnership", {"partnership_deed"}),
        ("private_limited", {"secp_certificate"}),
        ("single_member_company", {"secp_certificate"}),
        ("public_limited", {"secp_certificate"}),
        ("cooperative", {"cooperative_registration"}),
    ],
)
def test_the_papers_that_a_legal_form_must_send(legal_form, beyond_what_every_firm_sends):
    assert {*kinds_needed(Claims(legal_form), ON)} == OF_EVERY_FIRM | beyond_what_every_firm_sends


def test_a_firm_that_has_not_told_its_legal_form_is_asked_for_no_paper():
    assert kinds_needed(Claims("", export_route="direct"), ON) == ()


@pytest.mark.parametrize(
    ("claims", "needed"),
    [
        (Claims("sole_proprietor", has_ntn=False), OF_EVERY_FIRM - {"ntn_certificate"}),
        (Claims("sole_proprietor", has_ntn=False, has_cnic=False), OF_EVERY_FIRM),
        (Claims("cooperative", has_ntn=False), OF_EVERY_FIRM | {"cooperative_registration"}),
        (Claims("sole_proprietor", export_route="direct"), OF_EVERY_FIRM | {"export_proof"}),
        (Claims("sole_proprietor", export_route="export_house"), OF_EVERY_FIRM | {"export_proof"}),
        (Claims("sole_proprietor", export_route="none"), OF_EVERY_FIRM),
        # The tax year ends with June: who began in July 2026 has a return to send by the end of September 2027.
        (Claims("sole_proprietor", founded_on=date(2026, 7, 1)), OF_EVERY_FIRM - {"tax_return"}),
        (Claims("sole_proprietor", founded_on=date(2026, 6, 30)), OF_EVERY_FIRM),
        (
            Claims("private_limited", founded_on=date(2026, 6, 30)),
            OF_EVERY_FIRM - {"tax_return"} | {"secp_certificate"},
        ),
    ],
)
def test_the_papers_that_follow_from_what_a_firm_claims(claims, needed):
    assert {*kinds_needed(claims, ON)} == needed


@pytest.mark.parametrize(
    ("founded_on", "legal_form", "due"),
    [
        (date(2026, 6, 30), "partnership", date(2026, 9, 30)),
        (date(2026, 7, 1), "partnership", date(2027, 9, 30)),
        (date(2026, 6, 30), "private_limited", date(2026, 12, 31)),
        (date(2026, 12, 1), "llp", date(2027, 12, 31)),
    ],
)
def test_the_day_of_the_first_return(founded_on, legal_form, due):
    assert first_return_due(founded_on, legal_form) == due


def test_whatever_a_paper_proves_is_a_fact():
    assert PROVABLE - FACTS.keys() == set()
    assert all(len(kind.proves) == len(set(kind.proves)) for kind in KINDS.values())


def test_the_papers_that_run_out_and_those_that_nobody_must_send():
    assert " ".join(code for code, kind in KINDS.items() if kind.expires) == EXPIRING
    assert " ".join(code for code, kind in KINDS.items() if not kind.forms) == OPTIONAL


def test_a_certificate_of_tdap_is_given_and_never_chosen():
    assert CERTIFICATES["iso_9001"] == (
        "iso_9001",
        "ISO 9001 (quality management)",
        "ISO 9001 (معیار کا نظام)",
        "quality",
    )
    assert CERTIFICATES["tdap_training"].group == "tdap"
    assert {*CERTIFICATES} - {kind.code for kind in OPEN_CERTIFICATES} == {"tdap_training"}


def test_the_codes_of_the_tracks_are_those_that_files_and_sealed_cards_hold():
    assert list(codes.TRACKS) == ["general", "carpet_revival", "startup", "services"]
