"""What an official says of two firms: shapes only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DuplicateForm(forms.Form):
    """An officer's word on two firms."""

    verdict = forms.ChoiceField(
        label=_("Are they one firm?"),
        choices=[("same", _("Yes, the same firm")), ("different", _("No, different firms"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What you saw"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
