"""Fields that forms of money share: shapes only."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from payments.money import MAX_PAISA, RUPEE
from tdap_portal.core.cleaning import clean

AMOUNT = re.compile(
    r"(?:PKR|Rs\.?)?\s*([0-9]{1,3}(?:,[0-9]{2,3})*|[0-9]{1,11})(?:\.([0-9]{1,2}))?(?:/-)?", re.IGNORECASE
)


class RupeesField(forms.CharField):
    """An amount in rupees as people write it, "25,000" or "25000.50"; gives whole paisa. least: paisa that it must be, 1 for above 0."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        self.least = least
        widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})
        super().__init__(max_length=24, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = AMOUNT.fullmatch(_plain(text))
        if found is None:
            raise ValidationError(_("Write the amount in figures, such as 25,000 or 25,000.50."), code="amount")
        paisa = int(found[1].replace(",", "")) * RUPEE + int((found[2] or "0").ljust(2, "0"))
        if not self.least <= paisa <= MAX_PAISA:
            raise ValidationError(_("The amount must be above 0."), code="amount")
        return paisa

    def prepare_value(self, value: Any) -> Any:
        """Paisa as they are typed."""
        if isinstance(value, int):
            whole, rest = divmod(value, RUPEE)
            return f"{whole}.{rest:02d}" if rest else str(whole)
        return value


def _plain(text: str) -> str:
    """Figures of any script as 0 to 9."""
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in clean(text)).strip()
