"""What officials type in at the desk: shapes only. Rules and acts are in the services."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from selection.applications.askable import ASKABLE
from selection.applications.reasons import reasons_for
from selection.models.labels import OUTCOME_LABELS
from smes.papers import KINDS
from tdap_portal.core.calendar import today

from .models import BulkAct
from .states import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tdap_portal.accounts.models import User

MOST_WORDS = 2000
CARRY_THROUGH = {
    0: _("0: nobody is named and no time is set aside"),
    2: _("2: somebody is named, without time or money"),
    4: _("4: a person has some hours, nothing is budgeted"),
    6: _("6: a person and the hours a week are named"),
    8: _("8: named a person, time and money for it"),
    10: _("10: has begun already and can show it"),
}
FIT_ONLINE = {
    0: _("0: cannot be sold online abroad"),
    2: _("2: needs a new product or a new package"),
    4: _("4: needs tests, labels or a lower price first"),
    6: _("6: fit after small changes that the training covers"),
    8: _("8: fit now, with photographs and a price list"),
    10: _("10: sells online abroad today"),
}


def _scale(guide: dict[int, Any]) -> list[tuple[Any, Any]]:
    """Eleven steps; those between two described ones carry the number alone."""
    return [("", _("Choose from 0 to 10")), *((step, guide.get(step, str(step))) for step in range(11))]


def _words(label: Any, *, rows: int = 3, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ReadingForm(forms.Form):
    """One official's own reading."""

    commitment = forms.TypedChoiceField(
        label=_("Will the owner carry it through?"), coerce=int, choices=lambda: _scale(CARRY_THROUGH)
    )
    product_fit = forms.TypedChoiceField(
        label=_("Is the product fit for sale online abroad?"), coerce=int, choices=lambda: _scale(FIT_ONLINE)
    )
    outcome = forms.ChoiceField(
        label=_("What would you do?"),
        choices=[(outcome.value, OUTCOME_LABELS[outcome]) for outcome in Outcome],
        widget=forms.RadioSelect,
    )
    comment = _words(_("Why, for the director and the other reader"), required=False)


class _OutcomeForm(forms.Form):
    """An outcome with one or two coded reasons and the sentence the firm reads."""

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.RadioSelect)
    reason = forms.ChoiceField(label=_("Main reason"))
    second_reason = forms.ChoiceField(label=_("Another reason"), required=False)
    words = _words(_("Reason, in words the firm will read"))

    def __init__(
        self, *args: Any, outcomes: Iterable[Outcome] = tuple(Outcome), held: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        allowed = [outcome for outcome in outcomes if not held or outcome == Outcome.DECLINE]
        self.fields["outcome"].choices = [(outcome.value, OUTCOME_LABELS[outcome]) for outcome in allowed]  # type: ignore[attr-defined]
        grouped = [
            (
                OUTCOME_LABELS[outcome],
                [(reason.code, now(reason.words)) for reason in reasons_for(outcome, on=today(), held=held)],
            )
            for outcome in allowed
        ]
        self.fields["reason"].choices = [("", _("Choose a reason")), *grouped]  # type: ignore[attr-defined]
        self.fields["second_reason"].choices = [("", _("None")), *grouped]  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        """The words of the service: outcome, reason_codes, words."""
        told = self.cleaned_data
        codes = [code for code in (told["reason"], told["second_reason"]) if code]
        return {"outcome": told["outcome"], "reason_codes": list(dict.fromkeys(codes)), "words": told["words"]}


class RecommendForm(_OutcomeForm):
    """What the officer proposes."""


class DecideForm(_OutcomeForm):
    """What the director decides."""


class ReturnForm(forms.Form):
    returned_words = _words(_("What should the officer look at again?"), rows=2)


class ConflictForm(forms.Form):
    ties = forms.CharField(label=_("What ties you to the firm"), max_length=300)


class LetterForm(forms.Form):
    """A letter to the firm; the token makes a double click one letter."""

    letter = _words(_("Message to the firm"), rows=3)
    token = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = secrets.token_hex(16)


class RefusePaperForm(forms.Form):
    reason = forms.CharField(label=_("Why can this paper not be accepted?"), max_length=300)


class AssignForm(forms.Form):
    """Two readers; the first is also the officer of the file."""

    first = forms.ChoiceField(label=_("First reader, officer of the file"))
    second = forms.ChoiceField(label=_("Second reader"))

    def __init__(self, *args: Any, officers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {person.public_id: person for person in officers}
        people = [("", _("Choose an officer")), *((person.public_id, person.name) for person in officers)]
        for name in ("first", "second"):
            self.fields[name].choices = people  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, User]:
        return {name: self._by_id[self.cleaned_data[name]] for name in ("first", "second")}


class QuestionForm(forms.Form):
    """A question that opens named facts, asks for papers, or both."""

    title = forms.CharField(label=_("The question, in one line"), max_length=160)
    words = _words(_("Why we ask, and what would answer it"), rows=4)
    fields_asked = forms.MultipleChoiceField(
        label=_("Facts that the firm may correct"),
        help_text=_("Only these open; everything else stays as it was frozen."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, now(row.label)) for key, row in ASKABLE.items()],
    )
    document_kinds = forms.MultipleChoiceField(
        label=_("Papers that we need"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, now(kind.name)) for code, kind in KINDS.items()],
    )
    answer_days = forms.IntegerField(
        label=_("Working days to answer"), min_value=1, max_value=40, initial=10, widget=forms.NumberInput
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not self.errors and not (told.get("fields_asked") or told.get("document_kinds")):
            self.add_error("fields_asked", _("Choose at least one fact or paper that would answer it."))
        return told

    def as_act(self) -> dict[str, Any]:
        told = dict(self.cleaned_data)
        return {"fields": told.pop("fields_asked"), **told}


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=60)


# ----------------------------------------------------------------------------------------------------------- bulk acts


class ShareForm(forms.Form):
    """Who takes part when a round is shared out."""

    officers = forms.MultipleChoiceField(label=_("Officers who read"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, officers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officers"].choices = [(person.public_id, person.name) for person in officers]  # type: ignore[attr-defined]
        self.fields["officers"].initial = [person.public_id for person in officers]

    def clean_officers(self) -> list[str]:
        chosen = list(self.cleaned_data["officers"])
        if len(chosen) < 2:
            raise forms.ValidationError(_("Choose at least two officers: each file has two readers."))
        return chosen

    def as_act(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class BulkAssignForm(AssignForm):
    def as_act(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class BulkDeclineForm(forms.Form):
    """One coded reason for all chosen files."""

    reason = forms.ChoiceField(label=_("Reason"))
    words = _words(_("Reason, in words each firm will read"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(reason.code, now(reason.words)) for reason in reasons_for(Outcome.DECLINE, on=today())]
        self.fields["reason"].choices = [("", _("Choose a reason")), *known]  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        return {"reason_codes": [self.cleaned_data["reason"]], "words": self.cleaned_data["words"]}


class BulkDecideForm(forms.Form):
    """Nothing more to say: each file is decided as it was recommended."""

    def as_act(self) -> dict[str, Any]:
        return {}


def bulk_form(kind: str, data: Any = None, *, officers: Sequence[User] = (), initial: Any = None) -> Any:
    """The form of one kind of bulk act."""
    if kind == BulkAct.Kind.ASSIGN:
        return BulkAssignForm(data, officers=officers, initial=initial)
    if kind == BulkAct.Kind.AUTO_ASSIGN:
        return ShareForm(data, officers=officers, initial=initial)
    plain = {
        BulkAct.Kind.ASK: QuestionForm,
        BulkAct.Kind.RECOMMEND_DECLINE: BulkDeclineForm,
        BulkAct.Kind.DECIDE: BulkDecideForm,
    }
    return plain[BulkAct.Kind(kind)](data, initial=initial)
