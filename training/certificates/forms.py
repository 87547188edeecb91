"""What is asked of whoever checks a certificate, takes one back or corrects a name."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.calendar import today

from .reasons import REASONS
from .sealing import MAX_BYTES


class NumberForm(forms.Form):
    n = forms.CharField(
        label=_("Number on the certificate"),
        help_text=_("Twelve letters and digits, beside the QR code. Small letters and missing dashes do no harm."),
        max_length=40,
    )


class FileForm(forms.Form):
    file = forms.FileField(label=_("The PDF of a certificate"), allow_empty_file=True)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                gettext("This file is larger than any certificate of ours. Choose the PDF as you got it."),
                code="too_large",
            )
        content: bytes = file.read()
        return content


class RevokeForm(forms.Form):
    """Names of the fields are those of services.revoke."""

    reason_code = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your words, for the history"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason_code"].choices = [  # type: ignore[attr-defined]
            (code, gettext(reason.words)) for code, reason in REASONS.items() if reason.in_force(today())
        ]


class ReplaceForm(forms.Form):
    """Names of the fields are those of services.replace."""

    person = forms.CharField(label=_("Name of the person"), max_length=200, required=False)
    person_ur = forms.CharField(label=_("Name of the person in Urdu"), max_length=200, required=False)
    firm = forms.CharField(label=_("Name of the firm"), max_length=200, required=False)
    firm_ur = forms.CharField(label=_("Name of the firm in Urdu"), max_length=200, required=False)
    words = forms.CharField(label=_("What was wrong"), max_length=500, widget=forms.Textarea({"rows": 2}))
