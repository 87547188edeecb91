"""What a lender asks, decides, pays out and gets back: shapes only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.fields import DAY, RateField, RupeesField
from payments.finance.cases.wording import loss_choices, reason_choices
from payments.models.labels import REPAYING_LABELS, choices_of
from tdap_portal.core.calendar import today

DAYS = {"dir": "ltr"}


class QuestionForm(forms.Form):
    question = forms.CharField(
        label=_("Ask the firm one thing"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )


class DecisionForm(forms.Form):
    """An offer, or why not. The button says which."""

    amount = RupeesField(label=_("Amount, PKR"), required=False)
    rate = RateField(label=_("Rate, % a year"), required=False)
    days = forms.IntegerField(
        label=_("Days"), required=False, min_value=1, max_value=3650, widget=forms.NumberInput(attrs=DAYS)
    )
    reasons = forms.MultipleChoiceField(
        label=_("If you refuse: reasons"),
        help_text=_("The firm reads them with what it can do; the public reads how often each was given."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(
        label=_("Words to the firm"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, is_refusal: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_refusal = is_refusal
        self.fields["reasons"].choices = reason_choices(today())  # type: ignore[attr-defined]
        for name in ("amount", "rate", "days", "reasons"):
            self.fields[name].needed_sometimes = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_refusal:
            if not cleaned.get("reasons") and "reasons" not in self.errors:
                self.add_error("reasons", _("Choose at least one reason."))
        else:
            for name in ("amount", "rate", "days"):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, _("An offer needs this."))
        return cleaned

    def as_decision(self) -> dict[str, Any]:
        """What the service takes."""
        words = self.cleaned_data["words"]
        if self.is_refusal:
            return {"reasons": self.cleaned_data["reasons"], "words": words}
        given = self.cleaned_data
        return {"amount": given["amount"], "rate_bp": given["rate"], "days": given["days"], "words": words}


class PaidOutForm(forms.Form):
    paid_out = RupeesField(label=_("Paid out, PKR"))
    on = forms.DateField(label=_("On which day?"), widget=DAY)


class RepaymentForm(forms.Form):
    came = RupeesField(label=_("Came back, PKR"), help_text=_("Empty where only the state changed."), required=False)
    day = forms.DateField(label=_("On which day?"), widget=DAY)
    repaying = forms.ChoiceField(label=_("How it stands"), choices=choices_of(REPAYING_LABELS))
    is_over = forms.BooleanField(label=_("All is paid back: close the case"), required=False)

    def __init__(self, *args: Any, is_lost: bool = False, **kwargs: Any) -> None:
        """is_lost: of a loan that was written off, which stays so."""
        super().__init__(*args, **kwargs)
        if is_lost:
            del self.fields["repaying"], self.fields["is_over"]
            self.fields["came"].required, self.fields["came"].help_text = True, ""


class WriteOffForm(forms.Form):
    lost_on = forms.DateField(label=_("Written off on which day?"), widget=DAY)
    loss = forms.ChoiceField(
        label=_("Why the rest is not expected any more"),
        help_text=_("The firm reads it with what it can do; the public reads how often each was given."),
    )
    loss_words = forms.CharField(
        label=_("Words to the firm"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["loss"].choices = [("", _("Choose one")), *loss_choices(today())]  # type: ignore[attr-defined]


class PoolForm(forms.Form):
    """The same offer to every firm of a pool."""

    rate = RateField(label=_("Rate, % a year"))
    days = forms.IntegerField(
        label=_("For how many days"), min_value=1, max_value=3650, widget=forms.NumberInput(attrs=DAYS)
    )
    words = forms.CharField(
        label=_("What you offer, and what you ask for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    until = forms.DateField(label=_("Firms answer by"), widget=DAY)


class TabForm(forms.Form):
    """From the address: a part of the queue, and what is looked for in it."""

    q = forms.CharField(label=_("Number of the case, or firm"), max_length=60, required=False)
    tab = forms.ChoiceField(
        required=False,
        widget=forms.HiddenInput,
        choices=[
            ("", _("All")),
            ("open", _("With you")),
            ("late", pgettext_lazy("of an answer", "Late")),
            ("asked", _("The firm is asked")),
            ("offers", _("Offers")),
            ("loans", _("Loans")),
            ("over", _("Over")),
        ],
    )

    def wanted(self) -> tuple[str, str]:
        """(part, text); "" for all. A part that there is not is left out."""
        values = self.cleaned_data if self.is_valid() else {}
        return values.get("tab", ""), values.get("q", "").strip()


class OverviewForm(TabForm):
    """The same for whoever looks over all lenders: nothing is with this person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"open": _("With the lender")}
        choices = self.fields["tab"].choices  # type: ignore[attr-defined]
        self.fields["tab"].choices = [(code, names.get(code, name)) for code, name in choices]  # type: ignore[attr-defined]
