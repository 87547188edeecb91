"""What is said on the roll: shapes only. The roll of a page, the marks that a device kept, a correction, a day."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from training.attendance.services import MAX_MARKS, Called
from training.models.labels import ATTENDANCE_LABELS
from training.states import AttendanceStatus as Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from training.models import AttendanceMark, Place

SAID = (Status.PRESENT, Status.LATE, Status.EXCUSED, Status.ABSENT)
MAX_SENT = 200_000  # characters of marks in one sending
DEVICE = re.compile(r"[0-9A-Za-z-]{1,40}")
KEY = re.compile(r"[0-9A-Za-z-]{1,64}")
YEARS = range(2000, 2101)  # of a clock that can be reckoned with
CLOCK_IS_WRONG = _("The clock of this device is wrong by years. Put it right, then send again.")


def minutes_there(length: int, late: int | None) -> Decimal | None:
    """Minutes of a session that count for somebody who came so late; None for all of them."""
    return None if not late else Decimal(length - late)


def shown(status: str, late: int | None) -> str:
    """A mark as a page remembers what it showed: "late:25", "" for nobody marked."""
    return f"{status}:{late or ''}" if status else ""


def read_date(text: str | None) -> date | None:
    """None where it is no day of which there is a calendar."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if day.year in YEARS else None


class RollForm(forms.Form):
    """One page of the roll. For each person what they are, minutes late, and what the page showed before; token: of the page as it was
    shown, so that what is sent twice is taken once. `called()` gives what was changed."""

    token = forms.RegexField(r"^[0-9a-z]{16}$", widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, places: Sequence[Place], length: int, **kwargs: Any) -> None:
        """length: of the session, in minutes."""
        super().__init__(*args, **kwargs)
        self.places, self.length = places, length
        too_late = _("A whole number of minutes, up to the length of the session.")
        for place in places:
            self.fields[f"m-{place.public_id}"] = forms.ChoiceField(
                label=place.attendee,
                choices=[(status.value, ATTENDANCE_LABELS[status]) for status in SAID],
                required=False,
            )
            self.fields[f"late-{place.public_id}"] = forms.IntegerField(
                label=place.attendee,
                min_value=0,
                max_value=length,
                required=False,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), too_late),
            )
            self.fields[f"was-{place.public_id}"] = forms.CharField(max_length=20, required=False)

    def called(self, *, at: datetime) -> list[Called]:
        """at: when it was observed."""
        data, found = self.cleaned_data, []
        for place in self.places:
            status, was = data[f"m-{place.public_id}"], data[f"was-{place.public_id}"]
            stood_there = f"was-{place.public_id}" in self.data
            if stood_there and not status and not was and "all" in self.data:
                status = Status.PRESENT.value
            late = data[f"late-{place.public_id}"] if status == Status.LATE else None
            if not status or shown(status, late) == was:
                continue
            key = f"{data['token']}-{place.public_id}-{status}-{late or 0}"
            found.append(Called(key, place.public_id, Status(status), at, minutes_there(self.length, late)))
        return found


@dataclass(frozen=True, slots=True)
class Sent:
    """What a device kept and sends. now: its clock as it sends."""

    device: str
    now: datetime
    called: list[Called]


class SentForm(forms.Form):
    """Marks that a device kept, as JSON: [{"key", "place", "status", "late": minutes or null, "at": moment with its zone}]."""

    device = forms.RegexField(DEVICE)
    now = forms.CharField(max_length=40)
    marks = forms.CharField(max_length=MAX_SENT)

    def __init__(self, *args: Any, length: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.length = length

    def clean_now(self) -> datetime:
        return _moment(self.cleaned_data["now"])

    def clean_marks(self) -> list[Called]:
        unreadable = forms.ValidationError(
            gettext("What this device kept cannot be read. Nothing of it was taken."), code="unreadable"
        )
        try:
            rows = json.loads(self.cleaned_data["marks"])
        except (ValueError, RecursionError):
            raise unreadable from None
        if not isinstance(rows, list) or not rows or len(rows) > MAX_MARKS:
            raise unreadable
        found = [self._called(row) for row in rows]
        if None in found:
            raise unreadable
        return [one for one in found if one is not None]

    def _called(self, row: object) -> Called | None:
        if not isinstance(row, dict):
            return None
        key, place, status, late = (row.get(name) for name in ("key", "place", "status", "late"))
        words = all(isinstance(word, str) for word in (key, place, status, row.get("at")))
        if not words or not KEY.fullmatch(key) or len(place) > 12 or status not in SAID:  # type: ignore[arg-type]
            return None
        is_number = type(late) is int and 0 <= late <= self.length
        if late is not None and not is_number:
            return None
        minutes = minutes_there(self.length, late) if status == Status.LATE else None
        return Called(str(key), str(place), Status(status), _moment(row["at"]), minutes)

    def sent(self) -> Sent:
        data = self.cleaned_data
        return Sent(data["device"], data["now"], data["marks"])

    def first_error(self) -> str:
        return str(next(iter(self.errors.values()))[0])


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise forms.ValidationError(CLOCK_IS_WRONG, code="clock") from None
    if found.tzinfo is None or found.year not in YEARS:
        raise forms.ValidationError(CLOCK_IS_WRONG, code="clock")
    return found.astimezone(UTC)


class CorrectionForm(forms.Form):
    """What counts of one person, and why. mark: the observation that is right, instead of status and minutes. `said()` gives what the
    service takes."""

    mark = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)
    status = forms.ChoiceField(label=_("What counts"), widget=forms.RadioSelect, required=False)
    late = forms.IntegerField(
        label=_("Minutes late"), help_text=_("Only where you chose late."), min_value=0, required=False
    )
    words = forms.CharField(label=_("Why"), max_length=500, help_text=_("It stands in the history."))

    def __init__(self, *args: Any, length: int, marks: Iterable[AttendanceMark], **kwargs: Any) -> None:
        """length: of the session, in minutes. marks: the observations to choose from."""
        super().__init__(*args, **kwargs)
        self.length = length
        self.marks = {mark.public_id: mark for mark in marks}
        self.fields["status"].choices = [(status.value, ATTENDANCE_LABELS[status]) for status in SAID]  # type: ignore[attr-defined]
        self.fields["status"].needed_sometimes = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("mark"):
            if values["mark"] not in self.marks:
                self.add_error(None, _("This observation is not there any more. Look again and choose."))
        elif not values.get("status") and "status" not in self.errors:
            self.add_error("status", _("Choose present, late, excused or absent for each person."))
        if (values.get("late") or 0) > self.length:
            self.add_error("late", _("A whole number of minutes, up to the length of the session."))
        return values

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["mark"]:
            mark = self.marks[data["mark"]]
            return {"status": Status(mark.status), "minutes": mark.minutes, "words": data["words"]}
        status = Status(data["status"])
        late = data["late"] if status == Status.LATE else None
        return {"status": status, "minutes": minutes_there(self.length, late), "words": data["words"]}
