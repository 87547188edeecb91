"""What the forms of the nine steps share. A form checks shape; what it can save is in `values` and `rows`, even beside
mistakes."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from smes.fields import CountryField, needed_sometimes
from smes.profile.facts import FACTS, ROWS_OF_STEP
from smes.vocabulary import identifiers, wording
from tdap_portal.core.days import day_words

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.forms import BoundField
    from django.http import QueryDict
    from django_stubs_ext import StrOrPromise

    from smes.models import Sme
    from smes.profile.rows import Stopped


STOPPED = {
    "value": _(
        "%(who)s saved “%(value)s” here (%(when)s) after you opened this page. What you wrote is not saved yet: save again to "
        "put it in its place, or write theirs."
    ),
    "removed": _(
        "%(who)s removed this row (%(when)s) after you opened this page. Save again to add it anew, or empty it."
    ),
    "changed": _(
        "%(who)s changed a row (%(when)s) that you removed after you opened this page. It stands: %(value)s. Save again to "
        "remove it."
    ),
    "rows": _(
        "%(who)s saved these rows (%(when)s) after you opened this page. They stand: %(value)s. Your rows are not saved yet: "
        "compare them and save again."
    ),
}
LIST_FIELDS = {"export_markets": "market_", "target_markets": "target_"}
"""Columns that have several fields, by how those begin."""
MASKS = {
    "ntn": identifiers.mask_ntn,
    "strn": lambda strn: strn and f"*********{strn[-4:]}",
    "iban": identifiers.mask_iban,
    "phone": identifiers.mask_phone,
    "cnic": identifiers.mask_cnic,
}


class StepForm(forms.Form):
    """One step. Fields named like columns of the firm are its values.

    demanding: False for "save and stop", where what is missing is no mistake. rows: how many a step with rows shows at
    least. only: keys of the facts that are open, as in an answer to a question; None for the whole step.
    """

    step: ClassVar[str]
    row_count: int = 0
    chosen: list[str]

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        sme: Sme,
        demanding: bool = True,
        rows: int = 0,
        only: Collection[str] | None = None,
    ) -> None:
        self.sme = sme
        self.wanted_rows = rows
        self.only = only
        super().__init__(data, initial=self._initial(sme))
        self.build()
        for name in [name for name in self.fields if not self.opens(self._fact_of(name))]:
            del self.fields[name]
        self.demanding = demanding

    def opens(self, fact: str) -> bool:
        return self.only is None or fact in self.only

    def _fact_of(self, name: str) -> str:
        """The fact that a field writes: a column, a part of a list, or a row."""
        for column, prefix in LIST_FIELDS.items():
            if name.startswith(prefix):
                return column
        columns = {fact.column: key for key, fact in FACTS.items() if fact.step == self.step and fact.column}
        return columns.get(name) or ROWS_OF_STEP.get(self.step, "")

    def build(self) -> None:
        """Fields that depend on the firm; overridden where there are some."""

    def full_clean(self) -> None:
        """What is missing may be no mistake today; the labels say all the same what is needed in the end."""
        needed = [field for field in self.fields.values() if field.required]
        for field in needed:
            field.required = self.demanding
        super().full_clean()
        for field in needed:
            field.required = True

    def _initial(self, sme: Sme) -> dict[str, object]:
        return {name: getattr(sme, name) for name in self.base_fields if hasattr(sme, name)}

    @property
    def values(self) -> dict[str, Any]:
        """Columns that are right. Empty text and numbers count as not told; wrong fields are left out."""
        return {name: value for name, value in self.cleaned_data.items() if hasattr(self.sme, name)}

    @property
    def rows(self) -> list[dict[str, Any]] | None:
        """Rows of the step's table; None where it has none or one of them is wrong."""
        return None

    def forget_mistakes(self) -> None:
        """Show what was typed without judging it: the person is still searching."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def stop(self, stopped: Stopped) -> None:
        """Show beside a field what somebody else saved there since the page was opened, with who and when."""
        data = {
            "who": stopped.by or _("Somebody"),
            "when": day_words(stopped.when, "DATETIME_FORMAT") if stopped.when else "",
            "value": self.worded(stopped.column, stopped.at, stopped.value) or _("nothing"),
        }
        if not stopped.when:
            data["when"] = _("meanwhile")
        at = (
            stopped.at
            if stopped.at in self.fields
            else next((name for name in self.fields if name.startswith(LIST_FIELDS.get(stopped.at, "-"))), None)
        )
        self.add_error(at, forms.ValidationError(STOPPED[stopped.why], params=data, code="stopped"))

    def worded(self, column: str, at: str, value: object) -> str:
        """A saved value as the page would show it; private numbers masked."""
        field: Any = self.fields.get(at)
        if column in MASKS:
            return MASKS[column](str(value))
        if isinstance(value, list):
            names = dict(getattr(field, "choices", ()))
            return ", ".join(str(names.get(each) or wording.market_name(each)) for each in value)
        shown = field.prepare_value(value) if field else value
        for code, label in getattr(field, "choices", ()):
            if str(code) == str(shown):
                return str(label)
        return "" if shown is None else day_words(shown) if isinstance(shown, date) else str(shown)

    def keep_held(self, name: str, mask: str) -> None:
        """A number that is held is not shown again: the field stays empty, and empty keeps it."""
        self.initial[name] = ""
        if mask:
            field = self.fields[name]
            field.required = False
            field.help_text = _("We have %(number)s. Leave it empty to keep it.") % {"number": mask}


class RowIdField(forms.Field):
    """Which saved row a row of the page is; None for a new one, or where it is no number."""

    def to_python(self, value: object) -> int | None:
        return int(str(value)) if re.fullmatch("[0-9]{1,18}", str(value)) else None


class RowsMixin(StepForm):
    """A step with rows of the same fields, named <prefix>-<n>-<field>. Empty rows are passed over."""

    prefix_of_rows: ClassVar[str]
    least_rows: ClassVar[int] = 1
    max_rows: ClassVar[int] = 6
    must: ClassVar[tuple[str, ...]] = ()
    first_row_needed: ClassVar[bool] = False

    def row_fields(self) -> dict[str, forms.Field]:
        raise NotImplementedError

    def held_rows(self) -> list[dict[str, object]]:
        raise NotImplementedError

    def build(self) -> None:
        if not self.opens(ROWS_OF_STEP[self.step]):
            return
        held = self.held_rows()
        count = max(self.least_rows, len(held) + (1 if held else 0), self._posted_rows())
        if self.is_bound and "more" in self.data:
            count = max(count, self._posted_rows() + 1)
        count = max(count, self.wanted_rows)
        self.row_count = max(min(count, self.max_rows), len(held))
        for number in range(self.row_count):
            for name, field in {"id": RowIdField(widget=forms.HiddenInput), **self.row_fields()}.items():
                needed = field.required
                field.required = False  # of a row that is empty nothing is asked
                self.fields[self._name(number, name)] = needed_sometimes(field) if needed else field
                if number < len(held):
                    self.initial[self._name(number, name)] = held[number].get(name)

    def _posted_rows(self) -> int:
        numbers = [
            int(part[1])
            for part in (name.split("-") for name in self.data)
            if len(part) == 3 and part[0] == self.prefix_of_rows and re.fullmatch("[0-9]{1,2}", part[1])
        ]
        return max(numbers, default=-1) + 1

    def _name(self, number: int, name: str) -> str:
        return f"{self.prefix_of_rows}-{number}-{name}"

    def row_groups(self) -> list[list[BoundField]]:
        """Bound fields row by row, for the page."""
        names = list(self.row_fields())
        self.is_valid()  # what was sent is judged before; from here on "required" is only what the labels say
        for name in self.must:
            self.fields[self._name(0, name)].required = self.first_row_needed
        return [[self[self._name(number, name)] for name in ("id", *names)] for number in range(self.row_count)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.clean_rows = []
        for number in range(self.row_count):
            names = {name: self._name(number, name) for name in self.row_fields()}
            typed = [self.data.get(full, "").strip() for full in names.values()]
            if not any(typed):
                continue
            row = {name: cleaned.get(full) for name, full in names.items()}
            row["id"], row["at"] = cleaned.get(self._name(number, "id")), f"{self.prefix_of_rows}-{number}"
            for name in self.must:
                if names[name] not in self.errors and row[name] in (None, ""):
                    self.add_error(names[name], _("Fill this in too, or empty the row."))
            self.clean_row(number, row)
            self.clean_rows.append(row)
        self.check_rows(self.clean_rows)
        return cleaned

    def clean_row(self, number: int, row: dict[str, object]) -> None:
        """Checks of one row; overridden where there are some."""

    def check_rows(self, rows: list[dict[str, object]]) -> None:
        """Checks over all rows; overridden where there are some."""

    @property
    def rows(self) -> list[dict[str, Any]] | None:
        if any(name.startswith(f"{self.prefix_of_rows}-") for name in self.errors):
            return None
        return self.clean_rows


def without_kept(values: dict[str, object], names: tuple[str, ...]) -> dict[str, object]:
    """An empty field keeps the number that is held, so it is no value."""
    return {name: value for name, value in values.items() if name not in names or value}


def add_countries(form: StepForm, prefix: str, held: list[str], count: int, label: StrOrPromise) -> None:
    for number in range(count):
        name = f"{prefix}_{number}"
        form.fields[name] = CountryField(
            label=_("%(label)s %(number)d") % {"label": label, "number": number + 1}, required=False
        )
        form.initial[name] = wording.market_name(held[number]) if number < len(held) else ""


def countries_of(form: StepForm, prefix: str) -> list[str]:
    found = (form.cleaned_data.get(name) for name in form.fields if name.startswith(f"{prefix}_"))
    return list(dict.fromkeys(code for code in found if code))
