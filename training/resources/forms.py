"""Forms of trainers and rooms: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.places import parse_city
from smes.vocabulary.wording import YES_NO
from tdap_portal.accounts import selectors as accounts_selectors
from training.models.labels import EQUIPMENT_LABELS, LANGUAGE_LABELS, SKILL_LABELS
from training.programmes.forms import ANY, FilterForm, TownField, needed_sometimes, ticks

if TYPE_CHECKING:
    from training.models import Trainer, Venue

MOMENT = "%Y-%m-%dT%H:%M"
MAX_CITIES = 30
WORKING_DAYS = tuple(range(6))  # Monday to Saturday
TIME_ZONES = (  # where trainers of TDAP and of platforms live
    "Asia/Karachi", "Asia/Dubai", "Asia/Riyadh", "Asia/Shanghai", "Asia/Singapore", "Europe/Istanbul", "Europe/London",
    "Europe/Berlin", "America/New_York",
)  # fmt: skip
ACTIVE = [ANY, *YES_NO.items()]


class TrainerFilterForm(FilterForm):
    q = forms.CharField(label=_("Name"), max_length=80, required=False, widget=forms.SearchInput)
    city = TownField(label=_("City"), required=False)
    skill = forms.ChoiceField(label=_("Teaches"), required=False, choices=[ANY, *SKILL_LABELS.items()])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ANY, *LANGUAGE_LABELS.items()])
    active = forms.ChoiceField(label=_("Teaches at present"), required=False, choices=ACTIVE)
    order = forms.ChoiceField(
        label=_("Order"), required=False,
        choices=[("name", _("By name")), ("city", _("By city")), ("newest", _("Newest first"))],
    )  # fmt: skip


class VenueFilterForm(FilterForm):
    q = forms.CharField(label=_("Name"), max_length=80, required=False, widget=forms.SearchInput)
    city = TownField(label=_("City"), required=False)
    mode = forms.ChoiceField(
        label=_("Where"), required=False, choices=[ANY, ("in_person", _("A room")), ("online", _("Online"))]
    )
    equipment = forms.ChoiceField(label=_("What is there"), required=False, choices=[ANY, *EQUIPMENT_LABELS.items()])
    active = forms.ChoiceField(label=_("Used at present"), required=False, choices=ACTIVE)
    order = forms.ChoiceField(
        label=_("Order"), required=False,
        choices=[("city", _("By city")), ("name", _("By name")), ("seats", _("Most seats first"))],
    )  # fmt: skip


class TrainerForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("E-mail address of the account"),
        help_text=_("With it the trainer sees the own sessions and materials. Left empty until there is an account."),
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr"}),
    )
    partner: Any = forms.ModelChoiceField(queryset=None, label=_("Sent by"), required=False, to_field_name="public_id")
    home_city = TownField(label=_("Lives in"))
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name) for name in TIME_ZONES], help_text=_("For the own calendar.")
    )
    skills = ticks(_("Teaches"), SKILL_LABELS.items(), required=True)
    languages = ticks(_("Languages"), LANGUAGE_LABELS.items(), required=True)
    cities = forms.CharField(
        label=_("Teaches on site in"), help_text=_("Towns, with commas between."), max_length=600, required=False
    )
    is_online = forms.BooleanField(label=_("Teaches online"), required=False, initial=True)
    weekdays = ticks(_("Days of the week"), WEEKDAYS.items(), required=True, initial=list(WORKING_DAYS))
    weekly_sessions = forms.IntegerField(label=_("Sessions a week, at most"), min_value=1, max_value=30, initial=5)
    is_active = forms.BooleanField(label=_("Teaches at present"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["partner"]
        field.queryset = accounts_selectors.active_partners()
        field.empty_label = "TDAP"

    def clean_cities(self) -> list[str]:
        parts = self.cleaned_data["cities"].replace("،", ",").split(",")
        return list(dict.fromkeys(city for part in parts if (city := parse_city(part)[:80])))[:MAX_CITIES]

    def clean_weekdays(self) -> list[int]:
        return sorted(int(day) for day in self.cleaned_data["weekdays"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("is_online") and not cleaned.get("cities") and "cities" not in self.errors:
            self.add_error("cities", _("Name a town, or tick that the trainer teaches online."))
        return cleaned


def shown_trainer(trainer: Trainer) -> dict[str, Any]:
    """What the form of a trainer begins with."""
    shown = {name: getattr(trainer, name) for name in TrainerForm.base_fields if hasattr(trainer, name)}
    return shown | {
        "cities": ", ".join(trainer.cities),
        "email": trainer.user.email if trainer.user else "",
        "partner": trainer.partner.public_id if trainer.partner else None,
    }


class HourInput(forms.TimeInput):
    input_type = "time"


class VenueForm(forms.Form):
    """A clean form holds `opening` as the column does: {"0": ["09:00", "17:00"], …}."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    city = TownField(label=_("City"), required=False, help_text=_("Left empty for a room online."))
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    address_ur = forms.CharField(label=_("Address in Urdu"), max_length=200, required=False)
    directions = forms.CharField(
        label=_("How to get there"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    directions_ur = forms.CharField(
        label=_("How to get there, in Urdu"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    link = forms.URLField(
        label=_("Link of the meeting"), required=False, max_length=500, assume_scheme="https",
        help_text=_("Of a room online. Only those who are in a session see it."),
        widget=forms.URLInput(attrs={"dir": "ltr"}),
    )  # fmt: skip
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=10_000)
    equipment = ticks(_("What is there"), EQUIPMENT_LABELS.items())
    is_active = forms.BooleanField(label=_("Used at present"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in WEEKDAYS:
            for part in ("from", "until"):
                self.fields[f"{part}_{day}"] = needed_sometimes(forms.TimeField(required=False, widget=HourInput()))
        for day, name in WEEKDAYS.items():
            self.fields[f"from_{day}"].label = _("%(day)s, opens") % {"day": name}
            self.fields[f"until_{day}"].label = _("%(day)s, closes") % {"day": name}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        opening = {}
        for day in WEEKDAYS:
            start, end = cleaned.pop(f"from_{day}", None), cleaned.pop(f"until_{day}", None)
            if (start is None) != (end is None):
                self.add_error(f"until_{day}", _("Write both hours, or none where it is shut on that day."))
            elif start is not None and start >= end:
                self.add_error(f"until_{day}", _("It closes after it opens."))
            elif start is not None:
                opening[str(day)] = [start.isoformat("minutes"), end.isoformat("minutes")]
        cleaned["opening"] = opening
        if not opening and not self.errors:
            self.add_error(None, _("Write at least one day on which it is open."))
        if not cleaned.get("city") and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", _("A room online needs the link of its meeting; any other room needs a city."))
        if cleaned.get("city") and cleaned.get("link"):
            self.add_error("link", _("A room in a city has no link. Leave one of the two empty."))
        return cleaned

    @property
    def days(self) -> list[tuple[Any, Any, Any]]:
        """The name of each day with its two fields."""
        return [(name, self[f"from_{day}"], self[f"until_{day}"]) for day, name in WEEKDAYS.items()]

    @property
    def plain(self) -> list[Any]:
        """The other fields."""
        return [field for field in self if not field.name.startswith(("from_", "until_"))]


def shown_venue(venue: Venue | None) -> dict[str, Any]:
    """What the form of a room begins with; of a new one office hours from Monday to Friday."""
    opening = venue.opening if venue else {str(day): ["09:00", "17:00"] for day in range(5)}
    hours = {
        f"{part}_{day}": hour
        for day, both in opening.items()
        for part, hour in zip(("from", "until"), both, strict=True)
    }
    names = [name for name in VenueForm.base_fields if venue is not None]
    return {name: getattr(venue, name) for name in names} | hours


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
    )


class AwayForm(forms.Form):
    starts_at = _moment(_("From"))
    ends_at = _moment(_("Until"))
    words = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("For officials; nothing about an illness.")
    )

    def clean_ends_at(self) -> Any:
        moment = self.cleaned_data["ends_at"]
        if moment <= timezone.now():
            raise forms.ValidationError(_("This time is over already."))
        return moment


class ClosingForm(AwayForm):
    """Of a room."""

    words = forms.CharField(label=_("Why"), max_length=200, required=False, help_text=_("For officials."))
