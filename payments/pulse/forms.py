"""A figure with its source: shape only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from payments.models.labels import INDICATOR_LABELS
from payments.proceeds.forms import DayField
from smes.vocabulary.identifiers import plain_digits
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.states import Indicator


class ValueField(forms.DecimalField):
    """A number in figures of any script, with commas or without."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_digits(value[:40]).replace(",", "") if isinstance(value, str) else value)


class PointForm(forms.Form):
    """Names of the fields are those of services.add_point."""

    indicator = forms.ChoiceField(label=_("What it measures"))
    day = DayField(label=_("As at"), help_text=_("The last day of the quarter, or of the fiscal year."))
    value = ValueField(label=_("Value"), min_value=0, max_digits=14, decimal_places=2)
    source = forms.CharField(label=_("Source: who published it, and when"), max_length=200)
    words = forms.CharField(
        label=_("Why it is corrected"),
        help_text=_("Only where a figure stands on that day already. The old one is kept."),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, added: Sequence[Indicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].choices = [(code.value, INDICATOR_LABELS[code]) for code in added]  # type: ignore[attr-defined]

    def clean_day(self) -> Any:
        if self.cleaned_data["day"] > today():
            raise ValidationError(_("This day has not come yet."))
        return self.cleaned_data["day"]
