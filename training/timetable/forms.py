"""Forms of the timetable: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.places import CITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Trainer, Venue

MOMENT = "%Y-%m-%dT%H:%M"


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def clock_field(label: Any, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs)


def start_of(text: str) -> time | None:
    """None for what is no hour and minute of the clock on the wall; one of another zone is none either."""
    try:
        found = time.fromisoformat(text.zfill(5))
    except ValueError:
        return None
    return found if found.tzinfo is None else None


def cities() -> list[tuple[str, str]]:
    return [("", ""), *((name, city.label(get_language() or "en")) for name, city in CITIES.items())]


class MoveForm(forms.Form):
    """to: one of the places that were offered, as "2027-07-10T09:30 12 3"; without it the three fields count. seen, known: what the
    person saw of the session and of what blocks, see services.move_session."""

    to = forms.RegexField(regex=r"^\d{4}-\d\d-\d\dT\d\d:\d\d \d+ \d*$", required=False, strip=False)
    starts_at = forms.DateTimeField(
        label=_("Day and time"),
        help_text=_("Pakistan time."),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        required=False,
    )
    trainer = forms.TypedChoiceField(label=_("Trainer"), coerce=int, empty_value=None, required=False)
    venue = forms.TypedChoiceField(label=_("Room"), coerce=int, empty_value=None, required=False)
    reason = forms.CharField(
        label=_("Why it is kept although a rule blocks"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    known = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, trainers: Iterable[Trainer], venues: Iterable[Venue], needs_venue: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs_venue = needs_venue
        names = [(str(one.pk), one.name_here) for one in trainers]
        rooms = [(str(one.pk), one.name_here) for one in venues]
        self.fields["trainer"].choices = [("", _("Choose a trainer")), *names]  # type: ignore[attr-defined]
        nowhere = _("Choose a room") if needs_venue else _("Online, no room needed")
        self.fields["venue"].choices = [("", nowhere), *rooms]  # type: ignore[attr-defined]
        for name in ("starts_at", "trainer", "venue", "reason"):
            self.fields[name].needed_sometimes = True  # type: ignore[attr-defined]  # read by components/field.html

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("to"):
            start, trainer, venue = values["to"].split(" ")
            for name, text in (("starts_at", start), ("trainer", trainer), ("venue", venue)):
                try:
                    values[name] = self.fields[name].clean(text)
                except forms.ValidationError as wrong:
                    self.add_error(name, wrong)
            return values
        if not values.get("starts_at") and "starts_at" not in self.errors:
            self.add_error("starts_at", _("Say on which day and at what time."))
        if not values.get("trainer") and "trainer" not in self.errors:
            self.add_error("trainer", _("Choose who teaches it."))
        if self.needs_venue and not values.get("venue") and "venue" not in self.errors:
            self.add_error("venue", _("Choose a room: its cohort meets on site."))
        return values


class ReasonForm(forms.Form):
    """Stands beside the form of a move, which asks for another reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "off_%s"

    reason = forms.CharField(
        label=_("Why it is called off"),
        help_text=_("It stands in the message to its people once it is published."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PublishForm(forms.Form):
    """A reason for each session that a rule blocks, under reason_<id>."""

    words = forms.CharField(
        label=_("Why, in one sentence"),
        help_text=_("It stands on top of the message to everybody."),
        max_length=500,
        required=False,
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, blocked: Iterable[tuple[int, str, str]] = (), **kwargs: Any) -> None:
        """blocked: of each session its id, its name, and the reason given already."""
        super().__init__(*args, **kwargs)
        self.blocked = list(blocked)
        for pk, name, reason in self.blocked:
            label = gettext("Why “%(session)s” goes out all the same") % {"session": name}
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=label, max_length=500, initial=reason, widget=forms.Textarea(attrs={"rows": 2})
            )

    @property
    def reasons(self) -> dict[int, str]:
        return {pk: self.cleaned_data.get(f"reason_{pk}", "") for pk, _name, _reason in self.blocked}
