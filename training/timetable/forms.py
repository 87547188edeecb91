"""Forms of the timetable: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.places import CITIES

from .rule_words import RULE_NAMES
from .solver.rules import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Holiday, TeachingHours, Trainer, Venue

MOMENT = "%Y-%m-%dT%H:%M"
BLOCKS, WARNS = "blocks", "warns"
ALL, ON_SITE, ONLINE = "", "on_site", "online"
IS_ONLINE = {ALL: None, ON_SITE: False, ONLINE: True}


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


def _clock(label: Any, **kwargs: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs)


def _start_of(text: str) -> time | None:
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


class HolidayForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))
    is_provisional = forms.BooleanField(
        label=_("Not certain yet: the moon has to be seen, or it has yet to be announced"), required=False
    )
    source = forms.CharField(
        label=_("Where it was announced"), help_text=_("The notification, or who sighted the moon."), max_length=200
    )

    @staticmethod
    def shown(row: Holiday) -> dict[str, Any]:
        return {name: getattr(row, name) for name in HolidayForm.base_fields}


class HoursForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    starts_on = _day(
        _("First day"),
        required=False,
        help_text=_("Hours with days, such as those of Ramazan, replace the usual ones."),
    )
    ends_on = _day(_("Last day"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        initial=list(range(6)),
        widget=forms.CheckboxSelectMultiple,
    )
    opens = _clock(_("From"))
    closes = _clock(_("Until"))
    starts = forms.CharField(
        label=_("When a proposal lets sessions begin"),
        help_text=_("Hours with commas between, such as 09:30, 14:00. A person may choose any other time."),
        max_length=200,
        required=False,
    )
    where = forms.ChoiceField(
        label=_("For which cohorts"),
        choices=[(ALL, _("All")), (ON_SITE, _("Those that meet on site")), (ONLINE, _("Those online"))],
        required=False,
    )
    is_provisional = forms.BooleanField(label=_("Not certain yet"), required=False)
    source = forms.CharField(label=_("Source"), max_length=200, required=False)

    def clean_starts(self) -> list[time]:
        found = []
        for text in self.cleaned_data["starts"].replace("،", ",").split(","):
            if not text.strip():
                continue
            start = _start_of(text.strip())
            if start is None:
                raise forms.ValidationError(gettext("“%(text)s” is not a time such as 09:30.") % {"text": text.strip()})
            found.append(start)
        return found

    def as_hours(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        is_online = IS_ONLINE[values.pop("where")]
        return {**values, "is_online": is_online}

    @staticmethod
    def shown(row: TeachingHours) -> dict[str, Any]:
        found = {name: getattr(row, name) for name in HoursForm.base_fields if hasattr(row, name)}
        where = next(name for name, value in IS_ONLINE.items() if value is row.is_online)
        return found | {"starts": ", ".join(row.starts), "where": where}


class RoadForm(forms.Form):
    one = forms.ChoiceField(label=_("From"), choices=cities)
    other = forms.ChoiceField(label=_("To"), choices=cities)
    minutes = forms.IntegerField(label=_("Minutes from door to door"), min_value=1, max_value=2880)
    source = forms.CharField(label=_("Source"), max_length=200)


class RuleForm(forms.Form):
    code = forms.ChoiceField(label=_("Rule"), choices=lambda: [(code, RULE_NAMES[code]) for code in DEFAULTS])
    level = forms.ChoiceField(label=_("Level"), choices=[(BLOCKS, _("Blocks")), (WARNS, _("Warns"))])
    cost = forms.IntegerField(
        label=_("Cost of a warning, in points"), min_value=0, max_value=1000, initial=1, required=False
    )
    starts_on = _day(_("From which day on"), initial=timezone.localdate)
    words = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def as_rule(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        is_hard = values.pop("level") == BLOCKS
        return {**values, "is_hard": is_hard, "cost": values["cost"] or 0}
