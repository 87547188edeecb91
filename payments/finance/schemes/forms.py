"""A new row of a scheme or of the terms: shapes only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.fields import DAY, RupeesField
from payments.models import LendingTerms, Scheme
from smes.vocabulary.wording import SIZE_CLASSES
from tdap_portal.accounts.models import PARTNER_KIND_LABELS
from tdap_portal.accounts.roles import PartnerKind

LENDERS = (PartnerKind.BANK, PartnerKind.MICROFINANCE_BANK)
SIZES = ("micro", "small", "medium", "startup_small", "startup_medium")
URDU = {"dir": "rtl", "lang": "ur"}


class SchemeForm(forms.ModelForm):
    """The whole row. code: only where a scheme is new."""

    code = forms.RegexField(
        r"^[A-Z][A-Z0-9_]{1,23}$",
        label=_("Short code"),
        help_text=_("Capital letters, like SAAF. It never changes."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    cap = RupeesField(label=_("At most, in rupees"), required=False)
    income_max = RupeesField(label=_("Highest income of the borrower a year, in rupees"), required=False)
    size_classes = forms.MultipleChoiceField(
        label=_("Only for these sizes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lender_kinds = forms.MultipleChoiceField(label=_("Given by"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Scheme
        fields = (
            "code", "since", "is_ended", "name", "name_ur", "cap", "max_rate", "rate", "rate_ur", "terms", "terms_ur",
            "days_max", "size_classes", "lender_kinds", "exports", "goods_only", "new_borrowers", "owner_age_min",
            "owner_age_max", "it_age_min", "income_max", "source", "source_ur", "is_confirmed",
        )  # fmt: skip
        widgets = {
            "since": DAY,
            "name_ur": forms.TextInput(attrs=URDU),
            "rate_ur": forms.TextInput(attrs=URDU),
            "source_ur": forms.TextInput(attrs=URDU),
            "terms": forms.Textarea(attrs={"rows": 2}),
            "terms_ur": forms.Textarea(attrs={"rows": 2, **URDU}),
        }

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size_classes"].choices = [(code, SIZE_CLASSES[code]) for code in SIZES]  # type: ignore[attr-defined]
        self.fields["lender_kinds"].choices = [(kind.value, PARTNER_KIND_LABELS[kind]) for kind in LENDERS]  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        youngest, oldest = cleaned.get("owner_age_min"), cleaned.get("owner_age_max")
        if youngest is not None and oldest is not None and youngest > oldest:
            self.add_error("owner_age_max", _("The oldest is not younger than the youngest."))
        rate = cleaned.get("max_rate")
        if rate is not None and not 0 <= rate <= 100:
            self.add_error("max_rate", _("Write a rate from 0 to 100, like 9 or 12.5."))
        return cleaned

    def validate_unique(self) -> None:
        """The service says what a second row of a day is."""

    def validate_constraints(self) -> None:
        """As above."""


class TermsForm(forms.ModelForm):
    class Meta:
        model = LendingTerms
        fields = ("since", "answer_days", "offer_days", "consent_days", "small", "source")
        labels = {
            "since": _("Holds from"),
            "answer_days": _("Working days for the lender’s decision"),
            "offer_days": _("Working days for the firm’s answer to an offer"),
            "consent_days": _("Longest consent, in days"),
            "small": _("Smallest group that is shown"),
            "source": _("Source"),
        }
        widgets = {"since": DAY}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, least in (("answer_days", 1), ("offer_days", 1), ("consent_days", 1), ("small", 2)):
            if cleaned.get(name) is not None and cleaned[name] < least:
                self.add_error(name, _("Write %(least)d or more.") % {"least": least})
        return cleaned

    def validate_unique(self) -> None:
        """The service says what a second row of a day is."""

    def validate_constraints(self) -> None:
        """As above."""
