"""What a firm types in before it submits: shapes only. Acts and rules are in the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from selection.models.labels import TRACK_LABELS
from smes.vocabulary.codes import Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from selection.models import Round

TRACK_HELP = {
    Track.GENERAL: _("For every firm that makes or sells for export."),
    Track.CARPET_REVIVAL: _("For makers of carpets and rugs (HS chapter 57)."),
    Track.STARTUP: _("For young firms that do not export yet."),
    Track.SERVICES: _("For firms that sell services: software, design, care of clients."),
}
MAX_MOTIVATION = 1500


class LaterField(forms.CharField):
    """Needed in the end, but not to save the draft: so it does not call itself optional and may still be empty."""

    def validate(self, value: object) -> None:
        pass


class ApplicationForm(forms.Form):
    """What an application asks beside the profile; everything may wait until the submission."""

    use_required_attribute = False
    is_compared = False  # with what is saved by now
    is_saved = False
    track = forms.ChoiceField(
        label=_("Which track do you apply on?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a track.")},
    )
    motivation = LaterField(
        label=_("What do you want to reach with the programme?"),
        help_text=_("A few sentences in your own words, English or Urdu: what you want to sell, to whom, by when."),
        max_length=MAX_MOTIVATION,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    commitment_name = LaterField(
        label=_("Who in your firm will do the work?"),
        help_text=_("The name of one person with time for ten sessions and for the shop after them."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["track"].choices = track_choices(round_.tracks)  # type: ignore[attr-defined]

    def stop(self, stopped: Mapping[str, str]) -> None:
        """Show beside a field what somebody else saved there since the page was opened."""
        self.is_compared, self.is_saved = True, not stopped
        for name, value in stopped.items():
            shown = TRACK_LABELS[Track(value)] if name == "track" else value or gettext("nothing")
            sentence = _(
                "Somebody else of your firm saved “%(value)s” here after you opened this page. What you wrote is not saved "
                "yet: save again to put it in its place, or write theirs."
            )
            self.add_error(name, forms.ValidationError(sentence, code="stopped", params={"value": shown}))


class TrackForm(forms.Form):
    """The first question: everything else follows on the next page."""

    track = forms.ChoiceField(
        label=_("Which track do you apply on?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a track.")},
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = track_choices(round_.tracks)
        self.fields["track"].choices = choices  # type: ignore[attr-defined]
        self.fields["track"].initial = choices[0][0] if choices else None


def track_choices(tracks: Iterable[str]) -> list[tuple[str, object]]:
    """The tracks of a round with what each is for."""
    return [
        (track.value, gettext("%(track)s. %(help)s") % {"track": TRACK_LABELS[track], "help": TRACK_HELP[track]})
        for track in Track
        if track.value in tracks
    ]


class SubmitForm(forms.Form):
    """The owner's word."""

    declared = forms.BooleanField(
        label=_("What I wrote is true, and the firm will send someone to every session"),
        help_text=_("A wrong statement ends the application. A mistake you tell us of yourself does not."),
        error_messages={"required": _("Tick this before you submit.")},
        widget=forms.CheckboxInput(attrs={"data-private": True}),  # the browser does not give it again by itself
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you withdraw?"),
        help_text=_("It helps us to do better. It changes nothing for you."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(
        label=_("I withdraw the application for the firm"), error_messages={"required": _("Tick this if you are sure.")}
    )
