"""The shape of what a finance officer writes about files, lines and days of the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.money import RUPEE
from tdap_portal.core.sheet import MAX_BYTES

from .files.amounts import BadAmount, read_amount
from .files.table import COLUMNS, Mapping
from .wording import COLUMN_LABELS, DECIMAL_LABELS, FAULTS, ORDER_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django_stubs_ext import StrOrPromise

    from payments.models import BankAccount, BankLine

ROWS = 5
"""Payments among which one line is shared out on the page."""


class PaisaField(forms.CharField):
    """An amount in rupees as people write it, cleaned to whole paisa above 0; None for an empty one."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            paisa = read_amount(text)
        except BadAmount as fault:
            words = _("Write an amount such as 7,500.00: this has %(what)s.") % {"what": FAULTS[fault.fault.value]}
            raise forms.ValidationError(words, code="amount") from None
        if paisa < 0:
            raise forms.ValidationError(_("Write an amount above 0."), code="amount")
        return paisa


def words_field(*, required: bool = True) -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=required)


class UploadForm(forms.Form):
    account = forms.ChoiceField(label=gettext_lazy("Account"))
    file = forms.FileField(
        label=gettext_lazy("File of the bank: CSV, XLSX, MT940 or CAMT.053"),
        help_text=gettext_lazy("Up to 5 MB and 10,000 lines. Nothing is booked before you have looked at it."),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, accounts: Sequence[BankAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.choices = [(row.public_id, f"\u2068{row.name}\u2069 · …{row.iban[-4:]}") for row in accounts]
        if len(accounts) == 1:
            field.initial = accounts[0].public_id

    def clean_file(self) -> Any:
        """The size is looked at here, before anything is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Send it in parts."), code="too_large")
        return file


class ColumnsForm(forms.Form):
    """Which column is which, and how the days and amounts of all lines are read."""

    order = forms.ChoiceField(label=gettext_lazy("Days are written"), choices=list(ORDER_LABELS.items()))
    decimal = forms.ChoiceField(
        label=gettext_lazy("Before the hundredths stands"), choices=list(DECIMAL_LABELS.items())
    )
    has_head = forms.BooleanField(label=gettext_lazy("The first line holds headings"), required=False)

    def __init__(self, *args: Any, head: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, StrOrPromise]] = [("", _("Not in this file"))]
        choices += [
            (str(at), _("Column %(number)d: %(heading)s") % {"number": at + 1, "heading": f"\u2068{heading}\u2069"})
            for at, heading in enumerate(head)
        ]
        for name in COLUMNS:
            field = forms.ChoiceField(label=COLUMN_LABELS[name], choices=choices, required=name in {"day", "text"})
            if name in {"amount", "paid_in", "paid_out"}:  # either the first or the others
                field.needed_sometimes = True  # type: ignore[attr-defined]  # so that it is not called optional
            self.fields[name] = field
        self.order_fields([*COLUMNS, "order", "decimal", "has_head"])

    def mapping(self) -> Mapping:
        said = self.cleaned_data
        columns = {name: int(said[name]) for name in COLUMNS if said.get(name)}
        return Mapping(**columns, order=said["order"], decimal=said["decimal"], has_head=said["has_head"])


class TakeForm(forms.Form):
    """Taking a file. Choices about single lines are controls named at-3."""

    first = forms.DateField(
        label=gettext_lazy("First day of which all lines are in the file"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=gettext_lazy("Last such day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    others = forms.ChoiceField(
        label=gettext_lazy("Lines that may be there already, and of which you said nothing"),
        choices=[
            ("", gettext_lazy("Ask me about each")),
            ("leave", gettext_lazy("Leave them all out")),
            ("take", gettext_lazy("Take them all")),
        ],
        required=False,
    )
    without_bad = forms.BooleanField(label=gettext_lazy("Leave the lines out that cannot be read"), required=False)
    words = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Asked for where lines are left out, or taken or left against what was found."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].needed_sometimes = True  # type: ignore[attr-defined]  # so that it is not called optional

    def covers(self) -> tuple[date, date] | None:
        said = self.cleaned_data
        return (said["first"], said["last"]) if said["first"] and said["last"] else None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("first") and said.get("last") and said["first"] > said["last"]:
            self.add_error("last", _("The last day is not before the first one."))
        return said


class AccountForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the account"), max_length=80)
    iban = forms.CharField(label=gettext_lazy("IBAN"), max_length=40)


class RuleForm(forms.Form):
    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    tolerance = PaisaField(
        label=gettext_lazy("Tolerance, PKR"),
        help_text=gettext_lazy("So much short a line may be and still be offered first. It is never booked by itself."),
        max_length=20,
    )
    window = forms.IntegerField(label=gettext_lazy("Days after its day"), min_value=0, max_value=90)
    second_from = PaisaField(
        label=gettext_lazy("A second person signs from, PKR"),
        help_text=gettext_lazy(
            "What one person matches of this amount or more, another one signs before it is booked. Empty: nobody has to."
        ),
        max_length=20,
        required=False,
    )
    source = forms.CharField(label=gettext_lazy("By which decision"), max_length=200)

    def __init__(self, *args: Any, sets_limit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sets_limit:
            del self.fields["second_from"]

    def clean_second_from(self) -> Any:
        """A limit of 0 would say nothing."""
        paisa = self.cleaned_data["second_from"]
        if paisa == 0:
            raise forms.ValidationError(_("Write an amount above 0."), code="amount")
        return paisa


class HandForm(forms.Form):
    """Payments that a person chose for a line, with what each of them gets."""

    words = words_field()

    def __init__(self, *args: Any, amount: int, rows: int = ROWS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amount = amount
        for number in range(1, rows + 1):
            self.fields[f"reference_{number}"] = forms.CharField(
                label=_("Reference %(number)d") % {"number": number}, max_length=40, required=number == 1
            )
            self.fields[f"amount_{number}"] = PaisaField(
                label=_("Amount %(number)d, PKR") % {"number": number}, max_length=20, required=number == 1
            )
        self.order_fields([name for name in self.fields if name != "words"])

    def shares(self) -> list[tuple[str, int]]:
        """(reference as it was typed, paisa) each."""
        said = self.cleaned_data
        return [
            (said[f"reference_{number}"], said[f"amount_{number}"] or 0)
            for number in range(1, ROWS + 1)
            if said.get(f"reference_{number}")
        ]


class GoneForm(forms.Form):
    """Money that left, about one payment."""

    what = forms.ChoiceField(
        label=gettext_lazy("What was it?"),
        choices=[
            ("return", gettext_lazy("The bank took a payment back")),
            ("credit", gettext_lazy("Credit of the firm, sent back to it")),
        ],
        widget=forms.RadioSelect,
    )
    reference = forms.CharField(label=gettext_lazy("Reference of the payment"), max_length=40)
    words = words_field()


class PairForm(forms.Form):
    """Another line that moved the same the other way."""

    other = forms.ChoiceField(label=gettext_lazy("Which line undoes it?"), widget=forms.RadioSelect)
    words = words_field()

    def __init__(self, *args: Any, lines: Sequence[tuple[BankLine, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.choices = [(line.public_id, label) for line, label in lines]


class ReasonForm(forms.Form):
    words = words_field()


class AskForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("What do you ask the bank?"), max_length=300)


class AnswerForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("What did the bank answer?"), max_length=300)


class ReportForm(forms.Form):
    provider = forms.ChoiceField(label=gettext_lazy("Payment company"))
    day = forms.DateField(label=gettext_lazy("Day of the report"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=gettext_lazy("Report, as CSV or Excel file (XLSX)"),
        help_text=gettext_lazy("Columns for what a line is, our reference, the amount and the moment."),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, providers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["provider"]
        field.choices = list(providers)

    clean_file = UploadForm.clean_file


class SettleForm(forms.Form):
    line = forms.CharField(max_length=12)
    add = forms.CharField(max_length=40, required=False)
    words = words_field(required=False)


def rupees_of(paisa: int) -> str:
    """For a control: "7500.00"."""
    return f"{paisa // RUPEE}.{paisa % RUPEE:02d}"
