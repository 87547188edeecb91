"""What a firm says when it takes a place: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.folding import fold
from training.models.labels import LANGUAGE_LABELS, TIME_OF_DAY_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tdap_portal.accounts.models import User

SOMEBODY_ELSE = "other"


class AttendeeForm(forms.Form):
    """Who comes: one of the firm's people, or a name. as_attendee gives what the services take."""

    who = forms.ChoiceField(
        label=_("Who will come to the training?"),
        help_text=_("One person, the same each time."),
        widget=forms.RadioSelect,
    )
    attendee = forms.CharField(
        label=_("Their name"),
        help_text=_("Only where you chose somebody else."),
        max_length=120,
        required=False,
    )

    begins_anew = forms.BooleanField(label="", required=False)

    def __init__(self, *args: Any, people: Sequence[User], named: str, before: str = "", **kwargs: Any) -> None:
        """people: of the firm. named: who was named before, in the offer or with the place. before: the same where the training has begun, so
        that another person begins anew; "" else."""
        self.people = {person.public_id: person for person in people}
        known = next((key for key, person in self.people.items() if fold(person.name) == fold(named)), SOMEBODY_ELSE)
        initial = {"who": known, "attendee": named if known == SOMEBODY_ELSE else ""}
        super().__init__(*args, **{**kwargs, "initial": initial | (kwargs.get("initial") or {})})
        names = [(key, person.name) for key, person in self.people.items()]
        if before:
            words = gettext("If it is another person: what %(before)s attended and tried does not count for them.")
            self.fields["begins_anew"].label = words % {"before": before}
        else:
            del self.fields["begins_anew"]
        self.fields["who"].choices = [*names, (SOMEBODY_ELSE, _("Somebody else"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("who") == SOMEBODY_ELSE and not values.get("attendee", "").strip():
            self.add_error("attendee", _("Write who will come to the training."))
        return values

    def as_attendee(self) -> dict[str, Any]:
        person = self.people.get(self.cleaned_data["who"])
        name = self.cleaned_data["attendee"] if person is None else person.name
        anew = {"begins_anew": self.cleaned_data["begins_anew"]} if "begins_anew" in self.fields else {}
        return {"attendee": name, "attendee_user": person, **anew}


class NameForm(forms.Form):
    attendee = forms.CharField(label=_("Their name"), max_length=120)
    words = forms.CharField(
        label=_("How you know that it is the same person"),
        help_text=_("Such as their CNIC, seen at the training. Do not write its number."),
        max_length=300,
    )


class ConsentForm(forms.Form):
    """What is ticked beside: that the firm comes elsewhere, that it stays on other waiting lists. Left out where nothing is to be ticked."""

    agrees_elsewhere = forms.BooleanField(label="")
    keeps_waiting = forms.BooleanField(label="", required=False)

    def __init__(self, *args: Any, elsewhere: str, waits: str, **kwargs: Any) -> None:
        """elsewhere: how the cohort is given, where it is not as the firm accepted it, else "". waits: short names of the other cohorts for
        which it waits, or ""."""
        super().__init__(*args, **kwargs)
        if elsewhere:
            words = gettext("We can come all the same: %(given)s.")
            self.fields["agrees_elsewhere"].label = words % {"given": elsewhere}
        else:
            del self.fields["agrees_elsewhere"]
        if waits:
            words = gettext("Stay on the waiting list of %(cohorts)s: a place that comes free there moves the firm.")
            self.fields["keeps_waiting"].label = words % {"cohorts": waits}
        else:
            del self.fields["keeps_waiting"]

    def as_consent(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields}


class CohortFilterForm(forms.Form):
    """Which cohorts are shown, from the address; a value that nobody offers is left out."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time = forms.ChoiceField(label=_("Time of day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Every language")), *LANGUAGE_LABELS.items()]  # type: ignore[attr-defined]
        times = [(code, words) for code, words in TIME_OF_DAY_LABELS.items() if code != "any"]
        self.fields["time"].choices = [("", _("Every time of day")), *times]  # type: ignore[attr-defined]

    def wanted(self) -> tuple[str, str]:
        """Language and time of day, each "" where all are wanted."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return values.get("language", ""), values.get("time", "")
