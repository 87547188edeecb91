"""What an act on many files asks: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.applications.reasons import reasons_for
from selection.correspondence.forms import QuestionForm
from selection.models import BulkAct
from selection.review.forms import AssignForm, text_field, with_load
from selection.states import Outcome
from tdap_portal.core.calendar import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import User


# ----------------------------------------------------------------------------------------------------------- bulk acts


class ShareForm(forms.Form):
    """Who takes part when a round is shared out."""

    officers = forms.MultipleChoiceField(label=_("Officers who read"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, officers: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officers"].choices = [(person.public_id, with_load(person)) for person in officers]  # type: ignore[attr-defined]
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

    def __init__(self, *args: Any, has_line: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fit = reasons_for(Outcome.DECLINE, on=today(), has_line=has_line)
        known = [(reason.code, gettext(reason.words)) for reason in fit]
        self.fields["reason"].choices = [("", _("Choose a reason")), *known]  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        return {"reason_codes": [self.cleaned_data["reason"]], "words": self.cleaned_data["words"]}


class BulkDecideForm(forms.Form):
    """Nothing more to say: each file is decided as it was recommended."""

    def as_act(self) -> dict[str, Any]:
        return {}


def bulk_form(
    kind: str, data: Any = None, *, officers: Sequence[User] = (), initial: Any = None, has_line: bool = True
) -> Any:
    """The form of one kind of bulk act. has_line: of the round in hand (review.selectors)."""
    if kind == BulkAct.Kind.ASSIGN:
        return BulkAssignForm(data, officers=officers, initial=initial)
    if kind == BulkAct.Kind.AUTO_ASSIGN:
        return ShareForm(data, officers=officers, initial=initial)
    if kind == BulkAct.Kind.RECOMMEND_DECLINE:
        return BulkDeclineForm(data, initial=initial, has_line=has_line)
    plain = {
        BulkAct.Kind.ASK: QuestionForm,
        BulkAct.Kind.DECIDE: BulkDecideForm,
    }
    return plain[BulkAct.Kind(kind)](data, initial=initial)
