"""What forms of money read: amounts, days and IBANs as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from payments.money import RUPEE
from smes.vocabulary.identifiers import IdentifierError, parse_iban, plain_digits
from smes.vocabulary.wording import say

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
MAX_RUPEES = 10**9
LATIN = {"dir": "ltr", "autocomplete": "off"}


def iban_of(text: str) -> str:
    """As it is stored. Raises ValidationError with the sentence of what is wrong."""
    try:
        return parse_iban(text)
    except IdentifierError as mistake:
        raise ValidationError(say(mistake.text, mistake.data), code=mistake.code) from None


def number_of(text: str) -> Decimal | None:
    """A number as people write it: 4,500,000 or 45,00,000 or PKR 4500000 or in Urdu digits; None for what is none."""
    plain = plain_digits(text).upper().removeprefix("PKR").removeprefix("RS.").removeprefix("RS").removesuffix("%")
    plain = re.sub(r"[,٬،\s\u00a0_]", "", plain).replace("٫", ".")
    return Decimal(plain) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,4})?", plain) else None


class RupeesField(forms.CharField):
    """Whole rupees as people write them; gives paisa, None where empty."""

    def __init__(self, *, max_rupees: int = MAX_RUPEES, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.max_rupees = max_rupees
        self.widget.attrs.update({**LATIN, "inputmode": "numeric"})

    def clean(self, value: object) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = number_of(str(text))
        if number is None or number != int(number):
            raise ValidationError(_("Write whole rupees, like 450,000."), code="number")
        if not 0 < number <= self.max_rupees:
            raise ValidationError(
                _("Write an amount above 0 and up to %(most)s rupees."),
                code="bounds",
                params={"most": f"{self.max_rupees:,}"},
            )
        return int(number) * RUPEE

    def prepare_value(self, value: object) -> Any:
        return f"{value // RUPEE:,}" if isinstance(value, int) else value


class RateField(forms.CharField):
    """A rate in % a year; gives hundredths of a percent, None where empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, **kwargs)
        self.widget.attrs.update({**LATIN, "inputmode": "decimal"})

    def clean(self, value: object) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = number_of(str(text))
        if number is None or number * 100 != int(number * 100) or number > 100:
            raise ValidationError(_("Write a rate from 0 to 100, like 9 or 12.5."), code="rate")
        return int(number * 100)

    def prepare_value(self, value: object) -> Any:
        return f"{Decimal(value) / 100:.2f}".rstrip("0").rstrip(".") if isinstance(value, int) else value
