"""What the board is filtered by; rules, codes, rates and reasons of finance officers: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from payments.models.labels import RULE_LABELS, SHIFT_LABELS, SHIPMENT_KIND_LABELS, SHIPMENT_STATE_LABELS
from payments.money import CURRENCIES
from payments.proceeds.ageing import Age
from payments.proceeds.forms import DayField, name_in_list
from payments.states import Shift, ShipmentState
from smes.vocabulary.identifiers import plain_digits
from smes.vocabulary.wording import sectors_by_name
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdap_portal.accounts.models import Partner

AGES = {
    Age.OVER: _("Over the day"),
    Age.WEEK: _("Due in 7 days"),
    Age.MONTH: _("8 to 30 days"),
    Age.TWO_MONTHS: _("31 to 60 days"),
    Age.LATER: _("61 days and more"),
    Age.NO_DAY: _("Without a last day"),
}


class BoardFilterForm(forms.Form):
    """From the address; a value that nobody offers is left out."""

    age = forms.ChoiceField(label=_("Last day"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    kind = forms.ChoiceField(label=_("What was sold"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), required=False)
    bank = forms.ChoiceField(label=_("Through which bank"), required=False)

    def __init__(self, *args: Any, banks: Iterable[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["age"].choices = [("", _("Every day")), *((age.value, words) for age, words in AGES.items())]
        states = [(code.value, words) for code, words in SHIPMENT_STATE_LABELS.items() if code != ShipmentState.OPEN]
        fields["state"].choices = [("", SHIPMENT_STATE_LABELS[ShipmentState.OPEN]), *states]
        kinds = [(code.value, words) for code, words in SHIPMENT_KIND_LABELS.items()]
        fields["kind"].choices = [("", _("Everything")), *kinds]
        fields["sector"].choices = [("", _("Every sector")), *sectors_by_name(), ("none", _("Other goods"))]
        fields["bank"].choices = [("", _("Every bank")), *((bank.public_id, name_in_list(bank)) for bank in banks)]

    def wanted(self) -> dict[str, str]:
        """ "" where all are wanted."""
        self.is_valid()
        values = getattr(self, "cleaned_data", {})
        return {name: values.get(name) or "" for name in self.fields}


class NumberField(forms.DecimalField):
    """A number in figures of any script, with commas or without."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        plain = (
            plain_digits(value[:40]).replace(",", "").replace("٬", "").replace("٫", ".")
            if isinstance(value, str)
            else value
        )
        return super().to_python(plain)


class JudgeForm(forms.Form):
    """Names of the fields are those of services.judge_held."""

    takes = forms.ChoiceField(
        label=_("What becomes of it?"),
        choices=[("yes", _("It counts")), ("no", _("It is not taken"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Reason"), help_text=_("The firm reads it."), max_length=300, widget=forms.Textarea({"rows": 2})
    )

    def clean_takes(self) -> bool:
        return bool(self.cleaned_data["takes"] == "yes")


class RuleForm(forms.Form):
    """Names of the fields are those of rulebook.add_rule."""

    code = forms.ChoiceField(label=_("Rule"), choices=[(code.value, words) for code, words in RULE_LABELS.items()])
    value = NumberField(label=_("Days, US dollars or per cent"), min_value=0, max_digits=12, decimal_places=2)
    starts_on = DayField(label=_("In force from"), initial=today)
    ends_on = DayField(label=_("Last day"), help_text=_("Empty while it is in force."), required=False)
    shift = forms.ChoiceField(
        label=_("Where the last day is no bank day"),
        choices=[(code.value, words) for code, words in SHIFT_LABELS.items()],
        initial=Shift.NONE.value,
    )
    condition = forms.CharField(
        label=_("What it says"), max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )
    condition_ur = forms.CharField(
        label=_("What it says, in Urdu"), max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )
    source = forms.CharField(label=_("Source: circular, number, day"), max_length=200)
    source_ur = forms.CharField(label=_("Source, in Urdu"), max_length=200, required=False)
    is_confirmed = forms.BooleanField(label=_("I have read value and day in the source"), required=False)
    shift_confirmed = forms.BooleanField(
        label=_("The source says what becomes of a last day that is no bank day"), required=False
    )
    words = forms.CharField(label=_("Why, and who decided it"), max_length=500, widget=forms.Textarea({"rows": 2}))


class CodeForm(forms.Form):
    """Names of the fields are those of rulebook.add_code."""

    code = forms.RegexField("[0-9]{3,8}", label=_("Code"), max_length=8, widget=forms.TextInput({"dir": "ltr"}))
    label = forms.CharField(label=_("What it is called in English"), max_length=120)
    label_ur = forms.CharField(label=_("What it is called in Urdu"), max_length=120, required=False)
    starts_on = DayField(label=_("In use from"), initial=today)
    ends_on = DayField(label=_("Last day"), help_text=_("Empty while it is in use."), required=False)
    source = forms.CharField(label=_("Source: circular, number, day"), max_length=200)
    source_ur = forms.CharField(label=_("Source, in Urdu"), max_length=200, required=False)
    is_confirmed = forms.BooleanField(label=_("I have read it in the source"), required=False)


class RateForm(forms.Form):
    """Names of the fields are those of rulebook.set_rate."""

    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(one, one) for one in CURRENCIES if one != "PKR"], initial="USD"
    )
    day = DayField(label=_("Day"), initial=today)
    rate = NumberField(label=_("Rupees for one unit"), max_digits=12, decimal_places=4)
    source = forms.CharField(label=_("Source: who published it"), max_length=200)

    def clean_day(self) -> Any:
        if self.cleaned_data["day"] > today():
            raise ValidationError(_("This day has not come yet."))
        return self.cleaned_data["day"]
