"""The mobile number field of every form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.phones import NotAMobileNumber, parse_mobile


class MobileField(forms.CharField):
    """Accepts the number as people write it; gives E.164, or "" where nothing was written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Mobile number"))
        kwargs.setdefault("max_length", 24)
        super().__init__(**kwargs)
        self.widget.attrs.update(
            {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "dir": "ltr", "placeholder": ""}
        )

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return parse_mobile(text)
        except NotAMobileNumber:
            raise ValidationError(
                _("Write a mobile number of Pakistan, for example 0300-1234567."), code="mobile"
            ) from None
