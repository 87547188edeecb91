import json
from pathlib import Path

import pytest

from smes.vocabulary import identifiers
from smes.vocabulary.identifiers import IdentifierError, Phone

pytestmark = pytest.mark.unit

ORACLE = json.loads((Path(__file__).parents[2] / "data" / "identifier_payment_oracles.json").read_text("utf-8"))


def read(parse, text):
    try:
        return parse(text)
    except IdentifierError:
        return None


@pytest.mark.parametrize("case", ORACLE["cnic"], ids=lambda case: case["value"])
def test_cnic_oracle(case):
    cnic = read(identifiers.parse_cnic, case["value"])
    assert (cnic is not None) == case["valid"]
    assert (identifiers.cnic_province(cnic) if cnic else None) == case["province"]


@pytest.mark.parametrize("case", ORACLE["ntn"], ids=lambda case: case["value"])
def test_ntn_oracle(case):
    assert read(identifiers.parse_ntn, case["value"]) == case["digits"]


@pytest.mark.parametrize("case", ORACLE["iban_pk"], ids=lambda case: case["value"])
def test_iban_oracle(case):
    assert (read(identifiers.parse_iban, case["value"]) is not None) == case["valid"]


@pytest.mark.parametrize("case", ORACLE["phone_pk"], ids=lambda case: case["raw"])
def test_phone_oracle(case):
    expected = Phone(case["e164"], case["kind"]) if case["e164"] else None
    assert read(identifiers.parse_phone, case["raw"]) == expected


@pytest.mark.parametrize(
    ("parse", "text", "canonical"),
    [
        (identifiers.parse_cnic, "35202-1234567-1", "3520212345671"),
        (identifiers.parse_cnic, "۳۵۲۰۲-۱۲۳۴۵۶۷-۱", "3520212345671"),
        (identifiers.parse_cnic, " 35202 1234567 1 ", "3520212345671"),
        (identifiers.parse_ntn, "4174941–3", "41749413"),
        (identifiers.parse_ntn, "NTN 4174941-3", "41749413"),
        (identifiers.parse_ntn, "ntn: 4174941", "4174941"),
        (identifiers.parse_ntn, "NTN No. 4174941-3", "41749413"),
        (identifiers.parse_ntn, "Ntn # 4174941 - 3", "41749413"),
        (identifiers.parse_ntn, "\u20674174941-3\u2069", "41749413"),
        (identifiers.parse_ntn, "CNIC 35202-1234567-1", "3520212345671"),
        (identifiers.parse_cnic, "CNIC No: 35202-1234567-1", "3520212345671"),
        (identifiers.parse_cnic, "\u202a35202-1234567-1\u202c", "3520212345671"),
        (identifiers.parse_strn, "STRN 32-77-8761-234-56", "3277876123456"),
        (identifiers.parse_iban, "IBAN: PK36 SCBL 0000 0011 2345 6702", "PK36SCBL0000001123456702"),
        (identifiers.parse_iban, "\u202aPK36 SCBL 0000 0011 2345 6702\u202c", "PK36SCBL0000001123456702"),
        (identifiers.parse_phone, "Tel: \u200b042 35761234", Phone("+924235761234", "fixed")),
        (identifiers.parse_ntn, "35202-1234567-1", "3520212345671"),
        (identifiers.parse_phone, "٠٤٢ ٣٥٧٦١٢٣٤", Phone("+924235761234", "fixed")),
        (identifiers.parse_strn, "32-77-8761-234-56", "3277876123456"),
        (identifiers.parse_secp, "0012345", "0012345"),
        (identifiers.parse_secp, "CUIN: 0012345", "0012345"),
        (identifiers.parse_iban, "pk36 scbl 0000 0011 2345 6702", "PK36SCBL0000001123456702"),
        (identifiers.parse_mobile, "۰۳۰۰ ۱۲۳۴۵۶۷", "+923001234567"),
        (identifiers.parse_postcode, "51310", "51310"),
    ],
)
def test_one_form_is_stored_however_it_was_typed(parse, text, canonical):
    assert parse(text) == canonical


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (identifiers.parse_cnic, "35202-123456-1", "cnic_digits"),
        (identifiers.parse_cnic, "", "cnic_digits"),
        (identifiers.parse_ntn, "NTN", "ntn_form"),
        (identifiers.parse_ntn, "NTN NTN 4174941", "ntn_form"),
        (identifiers.parse_ntn, "CNIC 4174", "ntn_form"),
        (identifiers.parse_ntn, "NTN 0000000-0", "ntn_zeros"),
        (identifiers.parse_cnic, "95202-1234567-1", "cnic_first"),
        (identifiers.parse_cnic, "35202-1234567-0", "cnic_last"),
        (identifiers.parse_ntn, "42198", "ntn_form"),
        (identifiers.parse_ntn, "0000000", "ntn_zeros"),
        (identifiers.parse_ntn, "0000000-1", "ntn_zeros"),
        (identifiers.parse_cnic, "35202-1234567-¹", "cnic_digits"),
        (identifiers.parse_ntn, "417494²", "ntn_form"),
        (identifiers.parse_phone, "042 35761234 ext 105", "phone_extension"),
        (identifiers.parse_phone, "042-35761234 x105", "phone_extension"),
        (identifiers.parse_phone, "042-35761234/5", "phone_extension"),
        (identifiers.parse_phone, "042 35761234, 0300 1234567", "phone_extension"),
        (identifiers.parse_mobile, "۰۳۰۰ ۱۲۳۴۵۶۷ ext ۹", "phone_extension"),
        (identifiers.parse_ntn, "95202-1234567-1", "cnic_first"),
        (identifiers.parse_strn, "12", "strn_digits"),
        (identifiers.parse_secp, "12345", "secp_digits"),
        (identifiers.parse_iban, "GB82WEST12345698765432", "iban_country"),
        (identifiers.parse_iban, "PK36SCBL", "iban_length"),
        (identifiers.parse_iban, "PK37SCBL0000001123456702", "iban_check"),
        (identifiers.parse_phone, "abc", "phone_form"),
        (identifiers.parse_phone, "+1 212 555 0100", "phone_country"),
        (identifiers.parse_mobile, "021-34567890", "mobile_fixed"),
        (identifiers.parse_postcode, "5131", "postcode_digits"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(parse, text, code):
    with pytest.raises(IdentifierError) as refusal:
        parse(text)
    assert refusal.value.code == code
    assert str(refusal.value) == (refusal.value.text % refusal.value.data if refusal.value.data else refusal.value.text)


def test_the_message_says_how_many_digits_were_found():
    with pytest.raises(IdentifierError, match=r"You wrote 12\.$"):
        identifiers.parse_cnic("35202-123456-1")


def test_tax_numbers_are_compared_by_their_first_seven_digits():
    assert identifiers.ntn_key("41749413") == identifiers.ntn_key("4174941") == "4174941"
    assert identifiers.ntn_key("3520212345671") == "3520212345671"


def test_masks_show_only_enough_to_recognise_one_s_own():
    assert identifiers.mask_cnic("3520212345671") == "*****-*******-1"
    assert identifiers.mask_ntn("41749413") == "****941-3"
    assert identifiers.mask_ntn("4174941") == "****941"
    assert identifiers.mask_ntn("3520212345671") == "*****-*******-1"
    assert identifiers.mask_iban("PK36SCBL0000001123456702") == "PK** SCBL **** **** **** 6702"
    assert identifiers.mask_phone("+923001234567") == "+92 *** ****567"
    masks = (identifiers.mask_cnic, identifiers.mask_ntn, identifiers.mask_iban, identifiers.mask_phone)
    assert [mask("") for mask in masks] == [""] * 4


def test_banks_are_named():
    assert identifiers.bank_of("PK36SCBL0000001123456702").name == "Standard Chartered Bank (Pakistan) Limited"
    assert identifiers.BANKS["SAUD"].merged_into == "UNIL"
    assert not identifiers.BANKS["SAUD"].is_active
    assert identifiers.bank_of("PK36XXXX0000001123456702") is None
