"""What is asked on the page that computes a receipt again: number and seal, or the card itself."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

MAX_CARD_BYTES = 256 * 1024
"""A card of the demo has about 20 kB."""


class SealForm(forms.Form):
    file = forms.CharField(
        label=_("File number"),
        help_text=_("As it stands on the receipt: R3-0412."),
        max_length=16,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )
    seal = forms.CharField(
        label=_("Seal"),
        help_text=_("The twelve signs at the foot of the receipt."),
        max_length=80,
        validators=[RegexValidator(r"^[0-9a-f]{12,64}$", _("A seal has twelve signs, 0 to 9 and a to f."))],
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            seal = re.sub(r"\s", "", data.get("seal", "")).lower()
            data = {"file": data.get("file", "").strip().upper(), "seal": seal}
        super().__init__(data, **kwargs)


class CardForm(forms.Form):
    """The card as the receipt page gives it. cleaned_data["card"]: what stands in it, or None where it is no JSON."""

    card = forms.FileField(
        label=_("Score card"),
        help_text=_("The file that the receipt page gives (JSON). We read it, compute, and keep nothing."),
        error_messages={"required": _("Choose the card, a file of at most 256 kB.")},
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_card(self) -> Any:
        sent = self.cleaned_data["card"]
        if sent.size > MAX_CARD_BYTES:
            raise forms.ValidationError(_("This is no score card: it is larger than 256 kB."))
        try:
            read = json.loads(sent.read())
        except (ValueError, RecursionError):
            return None
        return read if isinstance(read, dict) else None
