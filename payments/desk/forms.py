"""What officials choose and write at the desk of payments: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.deposits.forms import RupeesField
from payments.models import PaymentAct
from payments.models.labels import FINDING_KIND_LABELS, PAYMENT_STATE_LABELS, PURPOSE_LABELS, choices_of
from tdap_portal.core.calendar import today

from .selectors import ORDERS, Filters

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
WORDS = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
ORDER_LABELS = {"newest": _("Newest first"), "due": _("By their day"), "amount": _("Largest first")}


class FilterForm(forms.Form):
    """From the address; a value that nobody offers is left out."""

    q = forms.CharField(label=_("Reference or firm"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("State"), required=False)
    purpose = forms.ChoiceField(label=_("What for"), required=False)
    way = forms.ChoiceField(label=_("Way of payment"), required=False)
    sort = forms.ChoiceField(label=_("Order"), required=False)

    def __init__(self, *args: Any, ways: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("state", [("", _("Every state")), *choices_of(PAYMENT_STATE_LABELS)]),
            ("purpose", [("", _("Everything")), *choices_of(PURPOSE_LABELS)]),
            ("way", [("", _("Every way")), *ways]),
            ("sort", [(code, ORDER_LABELS[code]) for code in ORDERS]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return Filters(**{name: values[name].strip() for name in self.fields if values.get(name)})


class ProposeForm(forms.Form):
    """What is proposed of a payment."""

    kind = forms.ChoiceField(label=_("What is proposed?"), widget=forms.RadioSelect)
    amount = RupeesField(label=_("Amount in rupees"))
    words = forms.CharField(
        label=_("Reason"), max_length=300, widget=WORDS, help_text=_("The second person, and the firm, read it.")
    )

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(PaymentAct.Kind.choices)
        if PaymentAct.Kind.TAKE_SHORT in kinds:
            self.fields["amount"].help_text = _("Of a payment that is a little short: what is missing.")
        self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]  # type: ignore[attr-defined]


class FindingsForm(forms.Form):
    """From the address; a kind that there is not is left out."""

    kind = forms.ChoiceField(label=_("What it is"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Everything")), *choices_of(FINDING_KIND_LABELS)]  # type: ignore[attr-defined]

    def wanted(self) -> str:
        return str(self.cleaned_data["kind"]) if self.is_valid() else ""


class WordsForm(forms.Form):
    """A reason, or what was done."""

    words = forms.CharField(label=_("In words"), max_length=300, widget=WORDS)


class FoundForm(forms.Form):
    """For which payment money came that nobody knew."""

    reference = forms.CharField(
        label=_("Reference of the payment"), max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip
    words = forms.CharField(label=_("Reason"), max_length=300, widget=WORDS)


class ByHandForm(forms.Form):
    bank_reference = forms.CharField(
        label=_("The bank’s reference of the transfer"), max_length=40,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )  # fmt: skip


class RuleForm(forms.Form):
    """Names of the fields are those of DepositRule."""

    since = forms.DateField(label=_("From this day on"), widget=DAY, help_text=_("Payments asked before keep theirs."))
    pay_days = forms.IntegerField(label=_("Working days to pay"), min_value=1, max_value=60)
    again_days = forms.IntegerField(
        label=_("Working days to pay again"), min_value=1, max_value=60,
        help_text=_("Where the bank took a payment back."),
    )  # fmt: skip
    remind_days = forms.IntegerField(label=_("Days before the last one for a reminder"), min_value=0, max_value=30)
    keep_days = forms.IntegerField(
        label=_("Days before the training"), min_value=0, max_value=120,
        help_text=_("Who gives its seat back fewer days before loses the deposit. 0: nobody does."),
    )  # fmt: skip
    short_up_to = RupeesField(
        label=_("Rupees that may be missing"), least=0,
        help_text=_("Two people may accept a payment that is short by no more. 0: nobody does."),
    )  # fmt: skip
    words = forms.CharField(
        label=_("What firms read of it, in English"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr"})
    )  # fmt: skip
    words_ur = forms.CharField(
        label=_("What firms read of it, in Urdu"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2, "dir": "rtl"})
    )  # fmt: skip
    source = forms.CharField(label=_("Where it is decided"), max_length=160)

    def clean_since(self) -> Any:
        day = self.cleaned_data["since"]
        if day < today():
            raise forms.ValidationError(_("A rule counts from today on, or from a later day."), code="past_day")
        return day
