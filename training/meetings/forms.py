"""A report to upload, which of its columns is which, and who somebody in it is. Shapes only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tdap_portal.core.days import day_words
from tdap_portal.core.sheet import MAX_BYTES
from training.attendance.meeting import NEEDED

from .selectors import NOBODY
from .wording import COLUMN_LABELS, ZONE_LABELS, tenths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from training.models import Place

    from .selectors import Overview


class ReportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Report of the meeting, as CSV or Excel file (XLSX)"),
        help_text=gettext_lazy("As Zoom or Teams gives it, up to 5 MB. Nothing counts before you have looked at it."),
        allow_empty_file=True,
    )

    def clean_file(self) -> Any:
        """The size is looked at here, before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Send it in parts."), code="too_large")
        return file


class ColumnsForm(forms.Form):
    """Which column is which, and in which hours the report is written."""

    zone = forms.ChoiceField(label=gettext_lazy("Its hours are"))

    def __init__(self, *args: Any, head: Sequence[str], zones: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, StrOrPromise]] = [("", _("Not in this file"))]
        choices += [
            (str(at), _("Column %(number)d: %(heading)s") % {"number": at + 1, "heading": f"\u2068{heading}\u2069"})
            for at, heading in enumerate(head)
        ]
        for name, label in COLUMN_LABELS.items():
            field = forms.ChoiceField(label=label, choices=choices, required=name in NEEDED and name != "left")
            if name == "left":  # or the minutes
                field.needed_sometimes = True  # type: ignore[attr-defined]  # so that it is not called optional
            self.fields[name] = field
        zone: Any = self.fields["zone"]
        zone.choices = [(name, ZONE_LABELS.get(name, f"\u2068{name}\u2069")) for name in zones]
        self.order_fields([*COLUMN_LABELS, "zone"])

    def columns(self) -> dict[str, int]:
        return {name: int(value) for name, value in self.cleaned_data.items() if value and name != "zone"}


class NamesForm(forms.Form):
    """Who each unknown name is: somebody of the cohort, nobody of it, or nothing is said yet."""

    def __init__(self, *args: Any, overview: Overview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written = {f"n-{one.key}": one.written for one in overview.unknown}
        for one in overview.unknown:
            others = [place for place in overview.places if place not in one.offered]
            people = [(place.public_id, _name(place, overview.joined)) for place in (*one.offered, *others)]
            self.fields[f"n-{one.key}"] = forms.ChoiceField(
                label=f"\u2068{one.written}\u2069",
                help_text=_("%(minutes)s minutes") % {"minutes": tenths(one.minutes)},
                choices=[("", _("Leave it for now")), (NOBODY, _("Nobody of this cohort")), *people],
                required=False,
                initial=one.likely.public_id if one.likely else "",
            )

    def named(self) -> dict[str, str]:
        """By the name in the report, who was chosen; what nobody chose is left out."""
        return {self.written[name]: value for name, value in self.cleaned_data.items() if value}


def _name(place: Place, joined: Mapping[int, Any]) -> str:
    names = {"person": f"\u2068{place.attendee}\u2069", "firm": f"\u2068{place.sme.name}\u2069"}
    if place.pk in joined:
        time = day_words(timezone.localtime(joined[place.pk]), "TIME_FORMAT")
        return _("%(person)s, %(firm)s: joined through the portal at %(time)s") % {**names, "time": time}
    return _("%(person)s, %(firm)s") % names
