"""Who takes the files, and why: shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from selection.review.forms import text_field, with_load
from tdap_portal.accounts.models import ROLE_LABELS
from tdap_portal.accounts.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

NOBODY, EVENLY = "nobody", "evenly"


class ReasonForm(forms.Form):
    reason = text_field(_("Reason"), rows=2, help_text=_("It stands in history, with your name."))


class TakersForm(ReasonForm):
    """Who takes the open files: one officer, all of them evenly, or, of somebody who leaves, nobody yet."""

    to = forms.ChoiceField(label=_("Who takes the open files?"))
    field_order = ("roles", "to", "reason")

    def __init__(self, *args: Any, officers: Sequence[Any], leaves: bool, has_work: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officers = list(officers)
        if not has_work:
            del self.fields["to"]
            return
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *([(EVENLY, _("All officers, evenly"))] if self.officers else []),
            *((person.public_id, with_load(person)) for person in self.officers),
            *([(NOBODY, _("Nobody yet: they stand on the directors' home"))] if leaves else []),
        ]

    def as_act(self) -> dict[str, Any]:
        to = self.cleaned_data.get("to", NOBODY)
        takers = [person for person in self.officers if to in (EVENLY, person.public_id)]
        return {"to": takers, "reason": self.cleaned_data["reason"]}


class RolesForm(TakersForm):
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, label) for role, label in ROLE_LABELS.items()],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "to" in self.fields:
            self.fields["to"].required = False
            self.fields["to"].help_text = _("Needed only where the role of an officer is taken.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_officer = Role.OFFICER.value in cleaned.get("roles", [])
        if "to" in self.fields and not is_officer and not cleaned.get("to") and "to" not in self.errors:
            self.add_error("to", _("Say who takes the open files of this officer."))
        return cleaned

    def as_act(self) -> dict[str, Any]:
        return {**super().as_act(), "roles": {Role(value) for value in self.cleaned_data["roles"]}}


class GiveForm(ReasonForm):
    """Which of the files that nobody has go to whom, evenly to several; the files are ticked in the list."""

    to = forms.MultipleChoiceField(
        label=_("Who takes the ticked files?"),
        help_text=_("Tick several officers to spread the files evenly: each file goes to who has least then."),
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("to", "reason")

    def __init__(self, *args: Any, officers: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id = {person.public_id: person for person in officers}
        self.fields["to"].choices = [(person.public_id, with_load(person)) for person in officers]  # type: ignore[attr-defined]

    def as_act(self) -> dict[str, Any]:
        takers = [self._by_id[public_id] for public_id in self.cleaned_data["to"]]
        return {"to": takers, "reason": self.cleaned_data["reason"]}
