"""Registering a firm, and the form of each step: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from smes.fields import DayField, MarketsField, NumberField, YesNoField
from smes.profile.facts import FactKind
from smes.vocabulary import wording

from .base import LIST_FIELDS
from .firm import IdentityForm, OwnersForm, PlaceForm, SectorForm
from .trade import CapacityForm, ExportsForm, MarketsForm, PaymentsForm, ProductsForm

if TYPE_CHECKING:
    from smes.models import Sme
    from smes.profile.facts import Fact

    from .base import StepForm

STEP_FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        IdentityForm, OwnersForm, PlaceForm, SectorForm, ProductsForm, CapacityForm, ExportsForm, MarketsForm, PaymentsForm,
    )
}  # fmt: skip


def field_of(fact: Fact, sme: Sme) -> forms.Field:
    """The field in which a fact is written, the same in its step of the profile and in an answer to a question."""
    in_step = STEP_FORMS[fact.step](sme=sme).fields if fact.step else {}  # who leads the firm is computed, in no step
    field = MarketsField() if fact.column in LIST_FIELDS else in_step.get(fact.column) or _plain_field(fact)
    question = gettext(fact.question)
    field.label = gettext("%(label)s (%(unit)s)") % {"label": question, "unit": fact.unit} if fact.unit else question
    return field


def _plain_field(fact: Fact) -> forms.Field:
    """For a fact that no form shows yet."""
    match fact.kind:
        case FactKind.FLAG:
            return YesNoField()
        case FactKind.WHOLE:
            return NumberField(min_value=fact.min_value, max_value=fact.max_value or 10**11)
        case FactKind.CODE:
            return forms.ChoiceField(choices=wording.choices(fact.codes or {}), widget=forms.RadioSelect)
        case FactKind.DATE:
            return DayField()
    return forms.CharField(max_length=fact.max_value)


class RegistrationForm(forms.Form):
    """A new firm: its name and legal form; everything else comes in the profile."""

    name = forms.CharField(
        label=_("Name of the firm"), max_length=200, help_text=_("As on its tax or SECP certificate.")
    )
    legal_form = forms.ChoiceField(
        label=_("Legal form"), choices=wording.choices(wording.LEGAL_FORMS), widget=forms.RadioSelect
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)
