"""What the list of calls is filtered by, what was said, and the rules: shapes only."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.calendar import today
from training.models.labels import CALL_OUTCOME_LABELS, CANNOT_COME_LABELS, LAG_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .rules import Policy

WHO = {
    "": _("Everybody"),
    "free": _("Nobody calls them"),
    "mine": _("I call them"),
    "others": _("Others call them"),
}
ORDERS = {"longest": _("Longest behind first"), "newest": _("Newest first"), "cohort": _("By cohort")}


class CallsFilterForm(forms.Form):
    """Which people are shown, from the address; a value that nobody offers is left out."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    cohort = forms.ChoiceField(label=_("Cohort"), required=False)
    reason = forms.ChoiceField(label=_("Reason"), required=False)
    who = forms.ChoiceField(label=_("Who calls"), required=False, choices=list(WHO.items()))
    order = forms.ChoiceField(label=_("Order"), required=False, choices=list(ORDERS.items()))

    def __init__(self, *args: Any, cohorts: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(code.value, words) for code, words in LAG_LABELS.items()]
        self.fields["cohort"].choices = [("", _("Every cohort")), *((code, code) for code in cohorts)]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [("", _("Every reason")), *reasons]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, str]:
        """show, cohort, reason, who, order; "" where all are wanted."""
        self.is_valid()
        values = getattr(self, "cleaned_data", {})
        return {name: values.get(name) or "" for name in self.fields}


class CallForm(forms.Form):
    """Names of the fields are those of services.note_call."""

    key = forms.RegexField("[0-9a-f]{32}", widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[(code.value, words) for code, words in CALL_OUTCOME_LABELS.items()],
        widget=forms.RadioSelect,
    )
    why = forms.ChoiceField(
        label=_("Why the person cannot come"),
        choices=[("", "—"), *((code.value, words) for code, words in CANNOT_COME_LABELS.items())],
        required=False,
    )
    again_on = forms.DateField(
        label=_("Call again on"),
        help_text=_("Needed where you call again; where the person cannot come, the day from which we may ask."),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    words = forms.CharField(
        label=_("What was said"),
        help_text=_("For colleagues. The firm does not read it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"key": secrets.token_hex(16)} | (kwargs.get("initial") or {})})


class RuleForm(forms.Form):
    """Names of the fields are those of services.set_rule."""

    code = forms.ChoiceField(label=_("Rule"), choices=[(code.value, words) for code, words in LAG_LABELS.items()])
    is_on = forms.BooleanField(label=_("This is looked at"), required=False, initial=True)
    threshold = forms.IntegerField(label=_("Threshold"), min_value=0, max_value=1000)
    starts_on = forms.DateField(
        label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), initial=today
    )
    words = forms.CharField(label=_("Why, and who decided it"), max_length=500, widget=forms.Textarea({"rows": 2}))


class PolicyForm(forms.Form):
    """Names of the fields are those of services.set_policy."""

    most = forms.IntegerField(
        label=_("Messages at most"), help_text=_("To one person. 0: nobody is written to."), min_value=0, max_value=20
    )
    within_days = forms.IntegerField(label=_("In so many days"), min_value=1, max_value=90)
    from_hour = forms.IntegerField(label=_("Not before, o'clock"), min_value=0, max_value=23)
    until_hour = forms.IntegerField(label=_("Not from, o'clock"), min_value=1, max_value=24)
    starts_on = forms.DateField(
        label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), initial=today
    )
    words = forms.CharField(label=_("Why, and who decided it"), max_length=500, widget=forms.Textarea({"rows": 2}))

    @staticmethod
    def initial_of(policy: Policy) -> dict[str, Any]:
        return {name: getattr(policy, name) for name in ("most", "within_days", "from_hour", "until_hour")}
