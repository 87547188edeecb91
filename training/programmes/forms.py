"""Forms of programmes and modules, and fields that other rooms share: shapes only. Names of the fields are those of the services."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.places import parse_city
from training.models.labels import (
    EQUIPMENT_LABELS,
    SKILL_LABELS,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Module

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


# -------------------------------------------------------------------------------------------------------- cohorts
