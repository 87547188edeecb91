"""The form of a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from selection.engine.policy import Policy
from selection.models.labels import TRACK_LABELS
from tdap_portal.core.days import day_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: StrOrPromise, help_text: StrOrPromise) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )


def _policies() -> list[tuple[str, str]]:
    """The newest first."""
    return [
        (
            policy.version,
            _("%(version)s, from %(day)s") % {"version": policy.version, "day": day_words(policy.in_force_from)},
        )
        for policy in Policy.all()
    ]


class ClosingForm(forms.Form):
    closes_at = _moment(_("Closes"), _("Pakistan time. Firms with an application that is not submitted are told."))


class RoundForm(forms.Form):
    """Names of the fields are those of services.create_round."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=9999)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    opens_at = _moment(_("Opens"), _("Pakistan time. Once it is public, the round opens by itself."))
    closes_at = _moment(_("Closes"), _("Pakistan time. What arrives a second later is too late."))
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=1_000_000)
    tracks = forms.MultipleChoiceField(
        label=_("Tracks"),
        choices=[(track.value, label) for track, label in TRACK_LABELS.items()],
        initial=[track.value for track in TRACK_LABELS],
        widget=forms.CheckboxSelectMultiple,
    )
    policy = forms.ChoiceField(
        label=_("Policy version"), help_text=_("Fixed once the round is open."), choices=_policies
    )
    promise_days = forms.IntegerField(
        label=_("Promised working days"), min_value=1, max_value=120, initial=lambda: settings.PROMISE_WORKING_DAYS
    )
    training_note = forms.CharField(label=_("Training: when and where"), max_length=200, required=False)
    training_note_ur = forms.CharField(label=_("The same in Urdu"), max_length=200, required=False)


class RoundChangeForm(RoundForm):
    """The same for a planned round, whose number stays."""

    number = None  # type: ignore[assignment]
