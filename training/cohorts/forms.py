"""Forms of cohorts: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from selection.rounds import selectors as rounds_selectors
from smes.vocabulary.wording import MODES
from training.models.labels import (
    COHORT_STATE_LABELS,
    LANGUAGE_LABELS,
    TIME_OF_DAY_LABELS,
)
from training.programmes import selectors
from training.programmes.forms import ANY, DAY, FilterForm, TownField, needed_sometimes

from .codes import COHORT_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Session


class MeetingField(forms.URLField):
    """The address of a meeting, with https alone: people are led there by one button."""

    default_validators = [
        URLValidator(schemes=["https"], message=_("Write the whole address; it begins with https://."))
    ]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.URLInput(attrs={"dir": "ltr"}))
        super().__init__(max_length=500, required=False, assume_scheme="https", **kwargs)


class CohortFilterForm(FilterForm):
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[ANY, *((code.value, label) for code, label in COHORT_STATE_LABELS.items())],
    )  # fmt: skip
    city = TownField(label=_("City"), required=False)
    mode = forms.ChoiceField(label=_("How"), required=False, choices=[ANY, *MODES.items()])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ANY, *LANGUAGE_LABELS.items()])
    round = forms.RegexField(r"^[Rr]?[0-9]{1,4}$", label=_("Round"), required=False)
    order = forms.ChoiceField(
        label=_("Order"), required=False, choices=[("last", _("Latest first")), ("start", _("Earliest first"))]
    )

    def filters(self) -> dict[str, str]:
        found = super().filters()
        return found | {"round": found["round"].upper().removeprefix("R")}


class CalendarFilterForm(FilterForm):
    city = TownField(label=_("City"), required=False)
    mode = forms.ChoiceField(label=_("How"), required=False, choices=[ANY, *MODES.items()])
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[ANY, *LANGUAGE_LABELS.items()])
    time_of_day = forms.ChoiceField(label=_("Time of day"), required=False, choices=[ANY, *TIME_OF_DAY_LABELS.items()])


class CohortChangeForm(forms.Form):
    """A clean form holds the round itself, or None."""

    round: Any = forms.ModelChoiceField(queryset=None, label=_("For firms of"), required=False, to_field_name="number")
    mode = forms.ChoiceField(label=_("How"), choices=list(MODES.items()))
    city = needed_sometimes(
        TownField(label=_("City"), required=False, help_text=_("Left empty where all of it is online."))
    )
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGE_LABELS.items()), initial="ur")
    time_of_day = forms.ChoiceField(label=_("Time of day"), choices=list(TIME_OF_DAY_LABELS.items()))
    starts_on = forms.DateField(label=_("First day"), widget=DAY)
    ends_on = forms.DateField(label=_("Last day"), widget=DAY)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=1000, initial=20)
    weekly_sessions = forms.IntegerField(label=_("Sessions a week, at most"), min_value=1, max_value=6, initial=2)
    join_url = MeetingField(
        label=_("Address of the meeting"),
        help_text=_("For sessions online. Whoever joins through the portal is led there and marked present."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["round"]
        field.queryset = rounds_selectors.rounds_in_calendar()
        field.empty_label = _("All rounds")
        field.label_from_instance = lambda row: row.code


class CodeField(forms.RegexField):
    """The short name of a cohort; small letters are read as capitals."""

    def __init__(self) -> None:
        super().__init__(
            COHORT_CODE,
            label=_("Short name"),
            required=False,
            max_length=12,
            help_text=_("Left empty, the next one of the town is taken, such as LHR-4."),
            error_messages={"invalid": _("Write it like LHR-4: letters, a hyphen, a number.")},
        )

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class CohortForm(CohortChangeForm):
    programme: Any = forms.ModelChoiceField(queryset=None, label=_("Programme"), to_field_name="public_id")
    code = CodeField()
    field_order = ("programme", "code")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programme"]
        field.queryset, field.empty_label = selectors.active_programmes(), _("Choose")


class CloneForm(forms.Form):
    code = CodeField()
    starts_on = forms.DateField(label=_("First day"), widget=DAY)
    ends_on = forms.DateField(label=_("Last day"), widget=DAY)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=1000)


class JoiningForm(forms.Form):
    """The address of a cohort's meetings, and of each session to come where it is another one."""

    join_url = MeetingField(
        label=_("Address of the meeting"),
        help_text=_(
            "For all sessions of the cohort. Whoever joins through the portal is led there and marked present. "
            "Left empty, nobody can join from elsewhere."
        ),
    )

    def __init__(self, *args: Any, sessions: Iterable[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for session in sessions:
            label = _("Another address for session %(number)d") % {"number": session.position}
            self.fields[f"s-{session.public_id}"] = MeetingField(
                label=label, initial=session.join_url, help_text=session.title_here
            )

    def sessions(self) -> dict[str, str]:
        """By public id, the address of a session."""
        return {name.removeprefix("s-"): url for name, url in self.cleaned_data.items() if name.startswith("s-")}


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is cancelled"), help_text=_("Firms with a place read it."), max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
