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

EXPECTED = (1, 2, 3)


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
    expected_on_1 = forms.DateField(label=_("First payment: its day"), required=False, widget=DAY)
    expected_1 = RupeesField(label=_("First payment: rupees"), required=False)
    expected_on_2 = forms.DateField(label=_("Second payment: its day"), required=False, widget=DAY)
    expected_2 = RupeesField(label=_("Second payment: rupees"), required=False)
    expected_on_3 = forms.DateField(label=_("Third payment: its day"), required=False, widget=DAY)
    expected_3 = RupeesField(label=_("Third payment: rupees"), required=False)
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

    def clean(self) -> dict[str, Any]:
        """expected: the pairs that are filled in."""
        cleaned = super().clean() or self.cleaned_data
        pairs = []
        for number in EXPECTED:
            day, paisa = cleaned.pop(f"expected_on_{number}", None), cleaned.pop(f"expected_{number}", None)
            if day and paisa:
                pairs.append((day, paisa))
            elif day and f"expected_{number}" not in self.errors:
                self.add_error(f"expected_{number}", _("Write the amount that you expect on that day."))
            elif paisa and f"expected_on_{number}" not in self.errors:
                self.add_error(f"expected_on_{number}", _("Choose the day on which you expect it."))
        cleaned["expected"] = pairs
        return cleaned

    @property
    def before(self) -> list[Any]:
        return [self[name] for name in ("lender", "scheme", "amount", "days", "use")]

    @property
    def after(self) -> list[Any]:
        return [self["ends_on"], self["agrees"]]

    @property
    def expects_something(self) -> bool:
        """Whether something stands in these fields: then they are shown open."""
        return any(field.value() or field.errors for row in self.expected_rows for field in row)

    @property
    def expected_rows(self) -> list[tuple[Any, Any]]:
        """The fields of each payment, for the page."""
        return [(self[f"expected_on_{number}"], self[f"expected_{number}"]) for number in EXPECTED]


class ProlongForm(forms.Form):
    ends_on = forms.DateField(label=_("Until when may this lender read?"), widget=DAY)


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
