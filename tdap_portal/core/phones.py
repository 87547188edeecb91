"""Mobile numbers of Pakistan, stored as E.164. Pure."""

from __future__ import annotations

import phonenumbers

from .cleaning import clean


class NotAMobileNumber(ValueError):
    """The text is no mobile number of Pakistan."""


def parse_mobile(text: str) -> str:
    """`0300-1234567`, `+92 300 1234567` or `923001234567` as `+923001234567`. Raises NotAMobileNumber."""
    try:
        number = phonenumbers.parse(clean(text).strip(), "PK")
    except phonenumbers.NumberParseException:
        raise NotAMobileNumber(text) from None
    kind = phonenumbers.number_type(number)
    if (
        number.country_code != 92
        or not phonenumbers.is_valid_number(number)
        or kind != phonenumbers.PhoneNumberType.MOBILE
    ):
        raise NotAMobileNumber(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national_form(e164: str) -> str:
    """`+923001234567` as `0300-1234567`, the way it is written in Pakistan."""
    digits = e164.removeprefix("+92")
    return f"0{digits[:3]}-{digits[3:]}"
