"""What officials type in at the desk: shapes only. Rules and acts are in the services."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from selection.applications.askable import ASKABLE
from selection.applications.reasons import reasons_for
from selection.review.forms import AssignForm, text_field
from smes.papers import KINDS
from tdap_portal.core.calendar import today

from .models import BulkAct
from .states import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import User


class LetterForm(forms.Form):
    """A letter to the firm; the token makes a double click one letter."""

    letter = text_field(_("Message to the firm"), rows=3)
    token = forms.CharField(max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].initial = secrets.token_hex(16)


class QuestionForm(forms.Form):
    """A question that opens named facts, asks for papers, or both."""

    title = forms.CharField(label=_("The question, in one line"), max_length=160)
    words = text_field(_("Why we ask, and what would answer it"), rows=4)
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
    words = text_field(_("Reason, in words each firm will read"))

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
