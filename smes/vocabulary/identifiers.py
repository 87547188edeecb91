"""Numbers a Pakistani firm is known by: CNIC, NTN, STRN, SECP number, IBAN, telephone, post code.

Each `parse_…` takes what a person typed (spaces, dashes, Urdu digits) and returns the one form that is stored, or
raises IdentifierError with a code and a plain sentence. Nothing is looked up: a well-formed number may still not
exist. Facts: NADRA's published CNIC layout, FBR's NTN layout, ISO 13616 for IBAN, the numbering plan as kept by
libphonenumber.
"""

import re
import unicodedata
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import phonenumbers
import stdnum.iban
from stdnum.exceptions import ValidationError

from tdap_portal.core.cleaning import clean
from tdap_portal.core.marks import gettext_noop as _

from .places import PROVINCES
from .tables import read_table


class IdentifierError(ValueError):
    """A number that cannot be right. `text` is English with %(name)s placeholders, filled from `data`."""

    def __init__(self, text: str, *, code: str, **data: Any) -> None:
        super().__init__(text % data if data else text)
        self.text = text
        self.code = code
        self.data = data


class Phone(NamedTuple):
    """A Pakistani telephone number: E.164 text and "mobile" or "fixed"."""

    e164: str
    kind: str


class Bank(NamedTuple):
    """A bank by the four letters of its IBAN. `is_active` is False after a merger; `merged_into` names the code."""

    code: str
    name: str
    kind: str
    is_active: bool
    merged_into: str | None


BANKS: Final = MappingProxyType(
    {
        row["code"]: Bank(row["code"], row["name"], row["type"], row["active"] == "1", row["merged_into"] or None)
        for row in read_table("pk_bank_codes")
    }
)
PROVINCE_BY_CNIC_DIGIT: Final = MappingProxyType(
    {digit: province.code for province in PROVINCES.values() for digit in province.cnic_first_digits}
)
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_SPACES_AND_DASHES = re.compile(r"[\s.\-\u2010-\u2015\u2212]+")


def plain_digits(text: str) -> str:
    """The text cleaned and trimmed, with Urdu and Arabic digits and full-width letters in their ASCII form. Nothing else is
    made a digit: the little 2 of 95066² is none."""
    plain = clean(text).translate(_DIGITS)
    return "".join(char if char.isnumeric() else unicodedata.normalize("NFKC", char) for char in plain).strip()


def _without_name(text: str, *names: str) -> str:
    """A number without what people write before it: NTN, NTN No., NTN #. text: without spaces, in any case."""
    return re.sub(rf"^({'|'.join(names)})(no|number|num)?[.:#-]*", "", text, flags=re.IGNORECASE)


def parse_cnic(text: str) -> str:
    """13 digits of a national identity card. The first digit is 1 to 8, the last 1 to 9. The word CNIC in front is allowed.

    The last digit is not read as a gender, nor the first as where the firm sits: both are only told by the person.
    Raises IdentifierError: cnic_digits, cnic_first, cnic_last.
    """
    digits = _without_name(_SPACES_AND_DASHES.sub("", plain_digits(text)), "cnic", "nic")
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise IdentifierError(
            _("A CNIC has 13 digits, like 35202-1234567-1. You wrote %(found)d."),
            code="cnic_digits",
            found=_count_digits(digits),
        )
    if digits[0] not in PROVINCE_BY_CNIC_DIGIT:
        raise IdentifierError(_("A CNIC begins with a digit from 1 to 8. Look at the card again."), code="cnic_first")
    if digits[-1] == "0":
        raise IdentifierError(_("A CNIC does not end in 0. Look at the card again."), code="cnic_last")
    return digits


def cnic_province(cnic: str) -> str:
    """Where the card was first registered (ISO 3166-2), from a parsed CNIC. Not where the person lives now."""
    return PROVINCE_BY_CNIC_DIGIT[cnic[0]]


def parse_ntn(text: str) -> str:
    """Digits of a national tax number: 7, or 7 and a check digit, or the 13 of a CNIC that serves as NTN.

    The word NTN in front is allowed, and so are NTN No. and NTN #. The check digit is kept but not verified: its rule is not
    public. Raises IdentifierError: ntn_form, ntn_zeros, and the codes of parse_cnic for 13 digits.
    """
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", re.sub(r"\s", "", plain_digits(text)))
    plain = _without_name(plain, "ntn", "cnic")
    if re.fullmatch(r"[0-9]{7}(-?[0-9])?", plain):
        if plain.startswith("0000000"):
            raise IdentifierError(_("An NTN is never all zeros. Copy it from the certificate."), code="ntn_zeros")
        return plain.replace("-", "")
    if _count_digits(plain) == 13:
        return parse_cnic(plain)
    raise IdentifierError(
        _("An NTN has 7 digits, with or without a check digit, like 1234567-8; or it is the 13 digits of a CNIC."),
        code="ntn_form",
    )


def ntn_key(ntn: str) -> str:
    """What two parsed NTNs are compared by: the first 7 digits, or all 13 of a CNIC."""
    return ntn if len(ntn) == 13 else ntn[:7]


def parse_strn(text: str) -> str:
    """13 digits of a sales tax registration, however they are grouped. Raises IdentifierError: strn_digits."""
    digits = _without_name(_SPACES_AND_DASHES.sub("", plain_digits(text)), "strn", "gst")
    if not re.fullmatch(r"[0-9]{13}", digits):
        raise IdentifierError(
            _("A sales tax number has 13 digits. You wrote %(found)d."),
            code="strn_digits",
            found=_count_digits(digits),
        )
    return digits


def parse_secp(text: str) -> str:
    """7 digits of the number the companies' register gave (CUIN), leading zeros kept.

    The word CUIN in front is allowed. Raises IdentifierError: secp_digits.
    """
    plain = _without_name(_SPACES_AND_DASHES.sub("", plain_digits(text)), "cuin", "secp")
    if not re.fullmatch(r"[0-9]{7}", plain):
        raise IdentifierError(
            _("An SECP number has 7 digits, zeros in front included, like 0012345. You wrote %(found)d."),
            code="secp_digits",
            found=_count_digits(plain),
        )
    return plain


def parse_iban(text: str) -> str:
    """24 characters of a Pakistani IBAN in capitals, check digits verified (ISO 13616, modulo 97).

    Raises IdentifierError: iban_country, iban_length, iban_check.
    """
    plain = _without_name(_SPACES_AND_DASHES.sub("", plain_digits(text)), "iban").upper()
    if not plain.startswith("PK"):
        raise IdentifierError(_("Write the IBAN of an account in Pakistan. It begins with PK."), code="iban_country")
    if len(plain) != 24:
        raise IdentifierError(
            _("A Pakistani IBAN has 24 characters. You wrote %(found)d."), code="iban_length", found=len(plain)
        )
    try:
        stdnum.iban.validate(plain)
    except ValidationError:
        raise IdentifierError(
            _("This IBAN does not add up: a character is wrong or two are swapped. Copy it from the bank's paper."),
            code="iban_check",
        ) from None
    return plain


def bank_of(iban: str) -> Bank | None:
    """The bank that keeps a parsed IBAN; None where its four letters are not in our list."""
    return BANKS.get(iban[4:8])


def parse_phone(text: str) -> Phone:
    """A telephone number in Pakistan, mobile or fixed, however it was written.

    Raises IdentifierError: phone_form (no such number), phone_extension (more than one number can reach), phone_country
    (a number abroad).
    """
    plain = plain_digits(text)
    try:
        number = phonenumbers.parse(plain, "PK")
    except phonenumbers.NumberParseException:
        number = None
    is_number = number is not None and phonenumbers.is_valid_number(number)
    if (number is not None and number.extension) or (not is_number and re.search(r"[0-9]\s*[,/;&،]\s*\+?[0-9]", plain)):
        raise IdentifierError(
            _("Write one number, without the extension and without a second number, like 042 35761234."),
            code="phone_extension",
        )
    if number is not None and number.country_code != 92:
        raise IdentifierError(_("Write a number in Pakistan. It begins with 0 or +92."), code="phone_country")
    if number is None or not phonenumbers.is_valid_number_for_region(number, "PK"):
        raise IdentifierError(
            _("There is no such telephone number in Pakistan. A mobile number looks like 0300 1234567."),
            code="phone_form",
        )
    kind = "mobile" if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE else "fixed"
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), kind)


def parse_mobile(text: str) -> str:
    """E.164 text of a Pakistani mobile number. Raises IdentifierError: mobile_fixed and those of parse_phone."""
    phone = parse_phone(text)
    if phone.kind != "mobile":
        raise IdentifierError(
            _("This is a landline. Write a mobile number, like 0300 1234567: we send messages to it."),
            code="mobile_fixed",
        )
    return phone.e164


def parse_postcode(text: str) -> str:
    """5 digits of a post code. Raises IdentifierError: postcode_digits."""
    digits = _SPACES_AND_DASHES.sub("", plain_digits(text))
    if not re.fullmatch(r"[0-9]{5}", digits):
        raise IdentifierError(_("A post code has 5 digits, like 51310."), code="postcode_digits")
    return digits


def mask_cnic(cnic: str) -> str:
    """A CNIC for the screen: only the last digit is shown. Empty stays empty."""
    return f"*****-*******-{cnic[-1]}" if cnic else ""


def mask_ntn(ntn: str) -> str:
    """An NTN for the screen: the last three of its seven digits, or of a CNIC the last. Empty stays empty."""
    if len(ntn) == 13:
        return mask_cnic(ntn)
    return f"****{ntn[4:7]}" + (f"-{ntn[7:]}" if len(ntn) == 8 else "") if ntn else ""


def mask_iban(iban: str) -> str:
    """An IBAN for the screen: the bank's letters and the last four characters. Empty stays empty."""
    return f"PK** {iban[4:8]} **** **** **** {iban[-4:]}" if iban else ""


def mask_phone(e164: str) -> str:
    """A telephone number for the screen: its country and its last three digits. Empty stays empty."""
    return f"{e164[:3]} *** ****{e164[-3:]}" if e164 else ""


def _count_digits(text: str) -> int:
    return len(re.findall("[0-9]", text))
