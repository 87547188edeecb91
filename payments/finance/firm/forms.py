"""What a firm asks a lender for, answers, and needs without its name: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.fields import DAY, RupeesField

if TYPE_CHECKING:
    from collections.abc import Sequence

USE = forms.Textarea(attrs={"rows": 3, "dir": "auto"})


class AskForm(forms.Form):
    """One lender, one loan, one consent with its last day."""

    lender = forms.ChoiceField(label=_("Which lender do you ask?"))
    scheme = forms.ChoiceField(
        label=_("Under which scheme?"), help_text=_("Those that fit your firm stand first."), required=False
    )
    amount = RupeesField(label=_("How much, in rupees?"))
    days = forms.IntegerField(
        label=_("For how many days?"), min_value=1, max_value=3650, widget=forms.NumberInput(attrs={"dir": "ltr"})
    )
    use = forms.CharField(label=_("What is the money for, and from what is it paid back?"), max_length=400, widget=USE)
    ends_on = forms.DateField(
        label=_("Until when may this lender read?"),
        help_text=_("You can take it back on any day before."),
        widget=DAY,
    )
    agrees = forms.BooleanField(label="")

    def __init__(
        self,
        *args: Any,
        lenders: Sequence[tuple[str, str]],
        schemes: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lender"].choices = [("", gettext("– choose –")), *lenders]  # type: ignore[attr-defined]
        self.fields["scheme"].choices = [("", gettext("No scheme, an ordinary loan")), *schemes]  # type: ignore[attr-defined]
        self.fields["agrees"].label = gettext(
            "This lender may read the readiness pack of my firm, for this loan alone, until that day."
        )


class AnswerForm(forms.Form):
    words = forms.CharField(
        label=_("Your answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class WishForm(forms.Form):
    """What a firm needs, counted without its name."""

    amount = RupeesField(label=_("How much, in rupees?"))
    days = forms.IntegerField(
        label=_("For how many days?"), min_value=1, max_value=3650, widget=forms.NumberInput(attrs={"dir": "ltr"})
    )
    use = forms.CharField(label=_("What is the money for?"), max_length=400, widget=USE)
