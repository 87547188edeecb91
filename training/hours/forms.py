"""Forms of holidays, hours, roads and rules of the timetable: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from training.timetable.forms import cities, clock_field, day_field, start_of
from training.timetable.rule_words import RULE_NAMES
from training.timetable.solver.rules import DEFAULTS

if TYPE_CHECKING:
    from datetime import time

    from training.models import Holiday, TeachingHours

BLOCKS, WARNS = "blocks", "warns"
ALL, ON_SITE, ONLINE = "", "on_site", "online"
IS_ONLINE = {ALL: None, ON_SITE: False, ONLINE: True}


class HolidayForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
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
    starts_on = day_field(
        _("First day"),
        required=False,
        help_text=_("Hours with days, such as those of Ramazan, replace the usual ones."),
    )
    ends_on = day_field(_("Last day"), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        initial=list(range(6)),
        widget=forms.CheckboxSelectMultiple,
    )
    opens = clock_field(_("From"))
    closes = clock_field(_("Until"))
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
            start = start_of(text.strip())
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
    starts_on = day_field(_("From which day on"), initial=timezone.localdate)
    words = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def as_rule(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        is_hard = values.pop("level") == BLOCKS
        return {**values, "is_hard": is_hard, "cost": values["cost"] or 0}
