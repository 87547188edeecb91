"""Forms of programmes, modules, materials and cohorts: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from selection.rounds import selectors as rounds_selectors
from smes.papers.checks import PaperError
from smes.papers.virus import refuse_infected
from smes.vocabulary.places import parse_city
from smes.vocabulary.wording import MODES, say
from training.models.labels import (
    COHORT_STATE_LABELS,
    EQUIPMENT_LABELS,
    LANGUAGE_LABELS,
    SKILL_LABELS,
    TIME_OF_DAY_LABELS,
)

from . import selectors
from .codes import COHORT_CODE
from .files import check_material

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Module, Programme, Session

ANY = ("", _("All"))
MAX_OUTCOMES = 12
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def ticks(label: Any, choices: Iterable[tuple[Any, Any]], *, required: bool = False, **kwargs: Any) -> Any:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), required=required, widget=forms.CheckboxSelectMultiple, **kwargs
    )


class TownField(forms.CharField):
    """A town, with suggestions from the page's list; any town may be written."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"list": "cities"}))
        super().__init__(max_length=80, **kwargs)

    def clean(self, value: object) -> str:
        return parse_city(super().clean(value))


class MeetingField(forms.URLField):
    """The address of a meeting, with https alone: people are led there by one button."""

    default_validators = [
        URLValidator(schemes=["https"], message=_("Write the whole address; it begins with https://."))
    ]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.URLInput(attrs={"dir": "ltr"}))
        super().__init__(max_length=500, required=False, assume_scheme="https", **kwargs)


def needed_sometimes(field: Any) -> Any:
    """The same field, which may stay empty; its label does not call it optional (components/field.html)."""
    field.needed_sometimes = True
    return field


class FilterForm(forms.Form):
    """What a list shows, by its address; a nonsense value reads as no filter."""

    def filters(self) -> dict[str, str]:
        """By field, "" for any."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def in_force(self) -> int:
        return sum(bool(value) for name, value in self.filters().items() if name != "order")


# ----------------------------------------------------------------------------------------------------- programmes


class ProgrammeChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120, required=False)
    about = forms.CharField(label=_("What it is for"), max_length=2000, required=False, widget=forms.Textarea)
    about_ur = forms.CharField(label=_("The same in Urdu"), max_length=2000, required=False, widget=forms.Textarea)
    attendance_percent = forms.IntegerField(
        label=_("Attendance for the certificate, in per cent"),
        help_text=_("Share of the hours held that a firm has to attend."),
        min_value=0,
        max_value=100,
        initial=80,
    )
    pass_mark = forms.IntegerField(label=_("Pass mark, of 100"), min_value=0, max_value=100, initial=60)
    is_active = forms.BooleanField(label=_("New cohorts can be made of it"), required=False, initial=True)


class ProgrammeForm(ProgrammeChangeForm):
    code = forms.RegexField(
        r"^[A-Z][A-Z0-9-]{1,11}$",
        label=_("Short name"),
        help_text=_("Up to 12 capital letters and figures, such as EXPORT-1. It stays."),
        error_messages={"invalid": _("Write capital letters and figures, such as EXPORT-1.")},
    )
    field_order = ("code",)


class ModuleForm(forms.Form):
    """A clean form holds `outcomes` as a list of {"en", "ur"} and `after` as modules."""

    title = forms.CharField(label=_("Title"), max_length=120)
    title_ur = forms.CharField(label=_("Title in Urdu"), max_length=120, required=False)
    minutes = forms.IntegerField(
        label=_("Length in minutes"), help_text=_("180 is three hours."), min_value=15, max_value=480, initial=180
    )
    skill = forms.ChoiceField(
        label=_("What the trainer must be able to teach"), choices=[("", _("Choose")), *SKILL_LABELS.items()]
    )
    equipment = ticks(_("What the room must have"), EQUIPMENT_LABELS.items())
    outcomes_en = forms.CharField(
        label=_("What a firm can do afterwards"), help_text=_("One a line."), required=False, max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    outcomes_ur = forms.CharField(
        label=_("The same in Urdu"), help_text=_("One a line, in the same order."), required=False, max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    bring = forms.CharField(label=_("What to bring"), max_length=200, required=False)
    bring_ur = forms.CharField(label=_("What to bring, in Urdu"), max_length=200, required=False)
    after = ticks(_("Comes after"), (), help_text=_("Modules that a firm needs first."))

    def __init__(self, *args: Any, earlier: Iterable[Module], **kwargs: Any) -> None:
        """earlier: the modules that stand before this one."""
        super().__init__(*args, **kwargs)
        self.earlier = {one.public_id: one for one in earlier}
        field: Any = self.fields["after"]
        field.choices = [(code, one.title_here) for code, one in self.earlier.items()]
        if not self.earlier:
            del self.fields["after"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        english, urdu = (_lines(cleaned.pop(f"outcomes_{language}", "")) for language in ("en", "ur"))
        if len(english) > MAX_OUTCOMES:
            self.add_error("outcomes_en", _("At most %(number)d lines.") % {"number": MAX_OUTCOMES})
        if urdu and len(urdu) != len(english):
            self.add_error("outcomes_ur", _("Write as many lines as in English, or none."))
        cleaned["outcomes"] = [{"en": en, "ur": ur} for en, ur in zip_longest(english, urdu, fillvalue="")]
        cleaned["after"] = [self.earlier[code] for code in cleaned.get("after") or ()]
        return cleaned


def shown_module(module: Module) -> dict[str, Any]:
    """What the form of a module begins with."""
    names = ("title", "title_ur", "minutes", "skill", "equipment", "bring", "bring_ur")
    outcomes = {
        f"outcomes_{language}": "\n".join(one.get(language, "") for one in module.outcomes).strip()
        for language in ("en", "ur")
    }
    after = [one.public_id for one in module.after.all()]
    return {name: getattr(module, name) for name in names} | outcomes | {"after": after}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


# ------------------------------------------------------------------------------------------------------ materials


class FileForm(forms.Form):
    """A clean form holds in `file` what files.check_material gave."""

    file = forms.FileField(label=_("The file"), allow_empty_file=True, max_length=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        megabytes = settings.PAPER_MAX_BYTES // (1024 * 1024)
        self.fields["file"].help_text = _("PDF, PPTX, DOCX, XLSX, JPEG or PNG, up to %(megabytes)d MB.") % {
            "megabytes": megabytes
        }
        self.fields["file"].widget.attrs["accept"] = ".pdf,.pptx,.docx,.xlsx,.jpg,.jpeg,.png"

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        try:
            found = check_material(upload.file, name=upload.name, size=upload.size, max_bytes=settings.PAPER_MAX_BYTES)
            return refuse_infected(found)
        except PaperError as refusal:
            raise ValidationError(say(refusal.text, refusal.data), code=refusal.code) from None


class MaterialForm(FileForm):
    module = forms.ChoiceField(label=_("Module"))
    title = forms.CharField(label=_("Title"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=list(LANGUAGE_LABELS.items()), initial="ur")
    field_order = ("module", "title", "language", "file")

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.modules = {one.public_id: one for one in selectors.modules_of(programme)}
        field: Any = self.fields["module"]
        field.choices = [("", _("Choose")), *((code, str(one)) for code, one in self.modules.items())]

    def clean_module(self) -> Module:
        return self.modules[self.cleaned_data["module"]]


# -------------------------------------------------------------------------------------------------------- cohorts


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
