"""What pages of a try send, and the forms of officials: shapes only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import QueryDict

FIELD = re.compile(r"(answer|shown|clear|flag)-([0-9]{1,3})")
NUMBER = re.compile(r"[0-9]{1,2}")
MAX_FIELDS = 400


@dataclass(frozen=True, slots=True)
class Fields:
    """By position of the question, positions of options as they were shown. What is not well formed is passed over."""

    answers: Mapping[int, frozenset[int]]
    shown: Mapping[int, frozenset[int]]
    cleared: frozenset[int]
    flags: Mapping[int, bool]


def fields_of(data: QueryDict) -> Fields:
    """answer-7: an option that is marked, once each; shown-7: those that were saved when the page was opened, with commas; there also
    where nothing is marked, so that the question is known to be on the page; clear-7: take the answer away; flag-7: 1 or 0."""
    answers: dict[int, frozenset[int]] = {}
    shown: dict[int, frozenset[int]] = {}
    cleared: set[int] = set()
    flags: dict[int, bool] = {}
    for name, values in list(data.lists())[:MAX_FIELDS]:
        found = FIELD.fullmatch(name)
        if found is None:
            continue
        kind, position = found[1], int(found[2])
        if kind == "answer":
            answers[position] = _numbers(values)
        elif kind == "shown":
            shown[position] = _numbers(str(values[-1])[:60].split(","))
            answers.setdefault(position, frozenset())
        elif kind == "clear":
            cleared.add(position)
            answers.setdefault(position, frozenset())
        else:
            flags[position] = values[-1] == "1"
    return Fields(answers, shown, frozenset(cleared), flags)


def _numbers(values: list[str]) -> frozenset[int]:
    return frozenset(int(value) for value in values[:20] if NUMBER.fullmatch(value))


class MoreForm(forms.Form):
    """Names of the fields are those of services.give_more."""

    minutes = forms.IntegerField(
        label=_("Minutes more in each try"), min_value=0, max_value=240, initial=15,
        help_text=_("Also in a try that is under way."),
    )  # fmt: skip
    tries = forms.IntegerField(label=_("Tries more"), min_value=0, max_value=5, initial=0)
    words = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Programme managers alone read it. It stands in no history."),
    )  # fmt: skip


class CohortFilterForm(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"), required=False,
        choices=[
            ("", _("All")), ("passed", _("Passed")), ("failed", _("Every try used, not passed")),
            ("open", _("Can be tried now")), ("to_come", _("Not open yet")),
        ],
    )  # fmt: skip
    q = forms.CharField(label=_("Person or firm"), required=False, max_length=100)

    def filters(self) -> dict[str, str]:
        """By field, "" for any; a nonsense value reads as no filter."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}

    @property
    def in_force(self) -> int:
        return sum(bool(value) for value in self.filters().values())
