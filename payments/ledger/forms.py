"""What is chosen on the books' pages: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models.labels import ACCOUNT_KIND_LABELS, choices_of

if TYPE_CHECKING:
    from datetime import date

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class OnForm(forms.Form):
    """Balances at the end of a day; today where nothing is said."""

    on = forms.DateField(label=_("At the end of"), widget=DAY, required=False)

    def day(self) -> date | None:
        return self.cleaned_data.get("on") if self.is_valid() else None


class AccountFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("What stands on it"), required=False)
    q = forms.CharField(label=_("Firm"), required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("All accounts")), *choices_of(ACCOUNT_KIND_LABELS)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def wanted(self) -> tuple[str, str]:
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return values.get("kind", ""), values.get("q", "").strip()


class DaysForm(forms.Form):
    """From one day to another, both included; all where nothing is said."""

    first = forms.DateField(label=_("From"), widget=DAY, required=False)
    last = forms.DateField(label=_("To"), widget=DAY, required=False)

    def days(self) -> tuple[date | None, date | None]:
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return values.get("first"), values.get("last")


class PrepareForm(forms.Form):
    words = forms.CharField(label=_("A note"), max_length=300, required=False)
