"""Registering a firm, and the form of each step: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from smes.vocabulary import wording

from .firm import IdentityForm, OwnersForm, PlaceForm, SectorForm
from .trade import CapacityForm, ExportsForm, MarketsForm, PaymentsForm, ProductsForm

if TYPE_CHECKING:
    from .base import StepForm

STEP_FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        IdentityForm, OwnersForm, PlaceForm, SectorForm, ProductsForm, CapacityForm, ExportsForm, MarketsForm, PaymentsForm,
    )
}  # fmt: skip


class RegistrationForm(forms.Form):
    """A new firm: its name and legal form; everything else comes in the profile."""

    name = forms.CharField(
        label=_("Name of the firm"), max_length=200, help_text=_("As on its tax or SECP certificate.")
    )
    legal_form = forms.ChoiceField(
        label=_("Legal form"), choices=wording.choices(wording.LEGAL_FORMS), widget=forms.RadioSelect
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=32, required=False)
