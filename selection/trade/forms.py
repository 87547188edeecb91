"""The shape of what people hand in; the file itself is read and explained by the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .sources.platform_csv import MAX_BYTES


class DecisionForm(forms.Form):
    """Why a second person publishes held figures, or refuses them."""

    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_("It stands in the history; a refusal is sent to whoever handed the figures in."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the reason: it stands in the history.")},
    )


class PlatformFileForm(forms.Form):
    file = forms.FileField(
        label=_("File with the platform's figures"),
        help_text=_("CSV, one row a product, market and month, at most 5 MB. Nothing is used before you confirm."),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """The size is looked at here, before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."), code="too_large")
        return file
