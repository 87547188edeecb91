"""What sending, signing and returning a decision ask: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.applications.reasons import reasons_for
from selection.models.labels import OUTCOME_LABELS
from selection.states import Outcome
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_OVERRIDES, EMPTY_OVERRIDES = 50, 2
MAX_FILES_CHANGED = 500


def _reasons(outcomes: Iterable[Outcome]) -> list[tuple[Any, Any]]:
    """Reasons by outcome; one that fits several stands under each."""
    groups: list[tuple[Any, Any]] = [
        (OUTCOME_LABELS[outcome], [(one.code, gettext(one.words)) for one in reasons_for(outcome, on=today())])
        for outcome in outcomes
    ]
    return [("", _("Choose a reason")), *groups]


class SendForm(forms.Form):
    """Names of the fields are those of services.send_composition."""

    waiting = forms.IntegerField(
        label=_("Places on the waiting list"),
        help_text=_("Files with no place on it are declined."),
        min_value=0,
        max_value=1_000_000,
    )
    words = forms.CharField(
        label=_("Why these rules, in words the public will read"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    words_ur = forms.CharField(
        label=_("The same in Urdu"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "rtl", "lang": "ur"}),
    )


class OverrideForm(forms.Form):
    """One file that is decided otherwise than the composition says; a row without a file is none."""

    file = forms.CharField(label=_("File"), max_length=16, required=False)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[(code.value, name) for code, name in OUTCOME_LABELS.items()]
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=lambda: _reasons(Outcome), required=False)
    words = forms.CharField(label=_("Reason, in words the firm will read"), max_length=2000, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("file"):
            for name in ("reason_code", "words"):
                if not values.get(name):
                    self.add_error(name, _("A file that is decided otherwise needs its reason."))
        return values


OverrideFormSet = forms.formset_factory(
    OverrideForm, extra=EMPTY_OVERRIDES, max_num=MAX_OVERRIDES, absolute_max=MAX_OVERRIDES
)


class SignForm(forms.Form):
    basis = forms.CharField(widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("I have read what differs, and sign this decision"))


class ReturnForm(forms.Form):
    words = forms.CharField(label=_("Why it goes back"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class ChangeForm(forms.Form):
    """Decisions that are changed: names of the fields are those of services.send_change, but for the numbers of the files."""

    numbers = forms.CharField(
        label=_("Files"),
        help_text=_("Their numbers as they are printed, such as R4-0117; one or several a line."),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    outcome = forms.ChoiceField(
        label=_("They are to be"),
        choices=[
            (Outcome.WAITLIST.value, OUTCOME_LABELS[Outcome.WAITLIST]),
            (Outcome.DECLINE.value, OUTCOME_LABELS[Outcome.DECLINE]),
        ],
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=lambda: _reasons((Outcome.WAITLIST, Outcome.DECLINE)))
    words = forms.CharField(
        label=_("Reason, in words each firm will read"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_numbers(self) -> list[str]:
        numbers = self.cleaned_data["numbers"].replace(",", " ").upper().split()
        if len(set(numbers)) > MAX_FILES_CHANGED:
            raise forms.ValidationError(gettext("At most %(number)d files at once.") % {"number": MAX_FILES_CHANGED})
        return list(dict.fromkeys(numbers))
