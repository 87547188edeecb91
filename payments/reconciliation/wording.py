"""Sentences about files of the bank, their lines and matches."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from payments.models.labels import BANK_MATCH_KIND_LABELS
from payments.money import END, ISOLATE, exact_figures, figures
from tdap_portal.core.days import day_words

from .matching import Why
from .preview import Status, Unproven

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django_stubs_ext import StrOrPromise

    from payments.models import BankMatch, MatchProposal

    from .files.statement import BadFile, BadRow
    from .files.table import Doubt
    from .files.table import Mapping as Mapping_
    from .matching import Reason

LACKS: Mapping[str, StrOrPromise] = {
    "day": gettext_lazy("Say which column holds the day."),
    "amount": gettext_lazy("Say which column holds the amount, or which two hold what came in and what went out."),
    "text": gettext_lazy("Say which column holds the words of the bank."),
}
COLUMN_LABELS: Mapping[str, StrOrPromise] = {
    "day": gettext_lazy("Day of booking"),
    "value_day": gettext_lazy("Value day"),
    "amount": gettext_lazy("Amount"),
    "paid_in": gettext_lazy("Paid in"),
    "paid_out": gettext_lazy("Paid out"),
    "side": gettext_lazy("CR or DR"),
    "text": gettext_lazy("Words of the bank"),
    "reference": gettext_lazy("Reference"),
    "bank_reference": gettext_lazy("The bank’s own number"),
    "name": gettext_lazy("Name of the payer"),
    "balance": gettext_lazy("Balance"),
}
ORDER_LABELS: Mapping[str, StrOrPromise] = {
    "dmy": gettext_lazy("Day, month, year: 13-4-2027"),
    "mdy": gettext_lazy("Month, day, year: 4-13-2027"),
    "ymd": gettext_lazy("Year, month, day: 2027-4-13"),
}
DECIMAL_LABELS: Mapping[str, StrOrPromise] = {
    ".": gettext_lazy("A point: 7,500.00"),
    ",": gettext_lazy("A comma: 7.500,00"),
}
FORMAT_LABELS: Mapping[str, StrOrPromise] = {
    "table": gettext_lazy("Table"),
    "mt940": gettext_lazy("MT940"),
    "camt": gettext_lazy("CAMT.053"),
}
STATUS_LABELS: Mapping[str, StrOrPromise] = {
    Status.NEW: gettext_lazy("New"),
    Status.EQUAL: gettext_lazy("New, equal to another of its day"),
    Status.THERE: gettext_lazy("Already there"),
    Status.ALIKE: gettext_lazy("May be there already, in other words"),
}
UNPROVEN_WORDS: Mapping[Unproven, StrOrPromise] = {
    Unproven.NO_BALANCES: gettext_lazy(
        "It names no balances, so nothing in it shows that no line is missing or added."
    ),
    Unproven.GAP: gettext_lazy("Its balances do not run on from the file before."),
    Unproven.LEFT_OUT: gettext_lazy("Lines of it cannot be read and would be left out."),
    Unproven.AGAIN: gettext_lazy("A line of it would be taken that may be there already."),
}
STATUS_TONES: Mapping[str, str] = {
    Status.NEW: "done", Status.EQUAL: "us", Status.THERE: "rest", Status.ALIKE: "you",
}  # fmt: skip
FAULTS: Mapping[str, StrOrPromise] = {
    "no_day": gettext_lazy("no day"),
    "not_a_day": gettext_lazy("no day that can be read"),
    "no_month": gettext_lazy("no such month"),
    "no_such_day": gettext_lazy("no such day in that month"),
    "to_come": gettext_lazy("a day that has not come"),
    "long_ago": gettext_lazy("a day before the year 2000"),
    "no_amount": gettext_lazy("no amount"),
    "not_an_amount": gettext_lazy("no amount that can be read"),
    "comma_after_point": gettext_lazy("a comma after the point"),
    "point_after_comma": gettext_lazy("a point after the comma"),
    "three_places": gettext_lazy("three places behind the point"),
    "odd_groups": gettext_lazy("groups of figures that are none"),
    "two_signs": gettext_lazy("two signs before one amount"),
    "too_large": gettext_lazy("an amount that is too large"),
    "both_sides": gettext_lazy("paid in and paid out at once"),
    "error_cell": gettext_lazy("an error of the spreadsheet"),
    "no_side": gettext_lazy("neither in nor out"),
    "not_rupees": gettext_lazy("another currency than rupees"),
    "not_read": gettext_lazy("cannot be read"),
}
"""Why a line cannot be read, said behind its number."""


def money(paisa: int) -> str:
    """ "5,000.00", from left to right in any sentence."""
    return f"{ISOLATE}{exact_figures(paisa)}{END}"


def bad_row_words(row: BadRow) -> str:
    said = _("%(what)s: “%(said)s”") if row.said else "%(what)s"
    return said % {"what": FAULTS[row.code], "said": f"{ISOLATE}{row.said}{END}"}


def refusal_words(fault: BadFile) -> str:
    """Why nothing of a file is taken, as a sentence."""
    said = {name: _shown(name, value) for name, value in fault.data.items()}
    text = REFUSALS.get(fault.code)
    if text is None:
        text = gettext_lazy("This file cannot be read. Ask the bank for another one, as CSV, XLSX, MT940 or CAMT.053.")
    return str(text) % said if said else str(text)


def _shown(name: str, value: Any) -> str:
    if isinstance(value, date):
        return day_words(value)
    if name == "why":
        return str(FAULTS.get(str(value), value))
    if name in {"expected", "found", "given", "opening", "closing", "as_said", "turned"} or (
        name == "said" and isinstance(value, int)
    ):
        return money(int(value))
    return f"{ISOLATE}{value}{END}"


REFUSALS: Mapping[str, StrOrPromise] = {
    "balance": gettext_lazy(
        "The balance does not run on at line %(line)s: %(expected)s expected, %(found)s in the file. Nothing is taken."
    ),
    "closing": gettext_lazy("The lines give %(given)s, the bank says %(said)s. Nothing is taken."),
    "reversal": gettext_lazy(
        "Entry %(entry)s takes an earlier one back. Read as %(as_said)s the entries give %(given)s, read as %(turned)s they give what the "
        "bank says, %(said)s. Ask the bank which it is; nothing is taken."
    ),
    "line": gettext_lazy("Line %(line)s: %(why)s (%(said)s). Nothing is taken."),
    "gap": gettext_lazy(
        "One statement in this file ends with %(closing)s and the next one begins with %(opening)s: one is missing between them, "
        "or stands there twice."
    ),
    "after_closing": gettext_lazy(
        "Line %(line)s is booked on %(day)s, after the statement was closed on %(closing_day)s. Nothing is taken."
    ),
    "no_lines": gettext_lazy("There is no line in this file. If nothing moved, there is nothing to hand in."),
    "no_balances": gettext_lazy("The balances at the beginning and the end are missing, so it cannot be checked."),
    "not_sure": gettext_lazy("Not every line of this file can be read for certain. Ask the bank for it again."),
    "two_accounts": gettext_lazy("This file holds statements of two accounts. Hand each one in by itself."),
    "two_currencies": gettext_lazy("This file holds two currencies. Only rupees are booked here."),
    "other_currency": gettext_lazy("This statement is in %(said)s. Only rupees are booked here."),
    "other_account": gettext_lazy("This is the statement of the account …%(said)s, not of …%(iban)s."),
    "entities": gettext_lazy("This XML declares entities or a document type, as no bank does. It was not opened."),
    "camt_052": gettext_lazy(
        "This is a report within the day (CAMT.052). It can still change; ask for the statement, CAMT.053."
    ),
    "camt_054": gettext_lazy("This is a notice of single bookings (CAMT.054). Ask for the statement, CAMT.053."),
    "not_camt": gettext_lazy("This XML is no statement of a bank. Ask for CAMT.053."),
    "xml": gettext_lazy("This XML is cut off or broken. Ask the bank for it again."),
    "encoding": gettext_lazy("The letters of this file cannot be read. Save it as UTF-8 and hand it in again."),
    "no_mapping": gettext_lazy("Say first which column is which."),
    "sheet_empty": gettext_lazy("There is nothing in this file."),
    "sheet_too_large": gettext_lazy("The file is larger than %(megabytes)s MB. Hand it in by parts."),
    "sheet_too_many_rows": gettext_lazy("The file has more than %(limit)s lines. Hand it in by parts."),
    "sheet_too_large_inside": gettext_lazy(
        "This workbook is far larger inside than a bank’s file can be. It was not opened."
    ),
    "sheet_too_many_columns": gettext_lazy(
        "The file has more than %(limit)s columns. Hand in the lines of the bank alone."
    ),
    "sheet_broken": gettext_lazy("This workbook is cut off or broken. Ask the bank for it again."),
    "sheet_no_sheet": gettext_lazy("There is no table in this workbook."),
    "sheet_not_a_table": gettext_lazy("This is no file of a bank’s lines: CSV, XLSX, MT940 and CAMT.053 are read."),
    "report_columns": gettext_lazy(
        "The report needs columns for what a line is, our reference, the amount and the moment. One of them is missing."
    ),
    "report_kind": gettext_lazy(
        "Line %(line)s: “%(said)s” is neither a payment, a refund nor a fee. Nothing is taken."
    ),
    "report_twice": gettext_lazy("The reference %(said)s stands in the report twice. Nothing is taken."),
}


# ------------------------------------------------------------------------------------------------------------- reasons


def reason_words(why: str, said: Mapping[str, Any]) -> str:
    """One reason of an offer or a match, as part of a sentence."""
    number = {name: value for name, value in said.items() if isinstance(value, int)}
    day = _day(said.get("day"))
    simple = {
        Why.EXACT: _("exact amount"),
        Why.SAME_DAY: _("same day"),
        Why.NO_NAME: _("no name"),
        Why.NOT_ASKED: _("no longer asked for"),
        Why.RETURNED: _("the bank takes back what it had brought"),
        Why.CHARGE_WORDS: _("the words of a charge"),
        Why.WALLET_WORDS: _("the words of a payment company"),
        Why.BY_HAND: _("chosen by hand"),
        Why.REPORT: _("the report of the payment company, to the paisa"),
        Why.UNDONE: _("the same amount the other way"),
    }
    if why in simple:
        return simple[Why(why)]
    texts = {
        Why.REFERENCE: _("reference %(reference)s"),
        Why.UNCHECKED: _("reference %(reference)s without its last letter"),
        Why.MISTYPED: _("reference %(reference)s, mistyped"),
        Why.READ_AS: _("reference %(reference)s, read with %(read)s"),
        Why.UNKNOWN: _("no payment has the reference %(reference)s"),
        Why.SHORT: _("%(paisa)s short"),
        Why.WITHIN: _("%(paisa)s short, within the tolerance"),
        Why.OVER: _("%(paisa)s too much"),
        Why.NAME: _("name %(likeness)s of 100"),
        Why.AFTER_DUE: _("after its day, %(day)s"),
        Why.BEFORE_ASKED: _("before it was asked for, %(day)s"),
        Why.PAID_ALREADY: _("paid on %(day)s already"),
        Why.JOINED: _("%(number)s payments, exactly their sum"),
        Why.MISFIT: _("neither the sum of what is named, %(all)s, nor of what is open, %(open)s"),
        Why.REST: _("the rest of %(amount)s"),
        Why.WITH_LINES: _("with another line it makes %(amount)s"),
        Why.PARTS: _("its parts give %(parts)s, not %(whole)s"),
        Why.REFUND_SIGNED: _("signed to go back on %(day)s"),
        Why.SLIP: _("shows the slip of %(day)s that two officers took")
        if day
        else _("shows a slip that two officers took"),
    }
    shown: dict[str, Any] = {name: f"{ISOLATE}{value}{END}" for name, value in said.items() if isinstance(value, str)}
    shown |= number
    for name in ("paisa", "amount", "all", "open", "parts", "whole"):
        if name in number:
            shown[name] = f"{ISOLATE}{figures(number[name])}{END}"
    if day:
        shown["day"] = day
    return texts[Why(why)] % shown


def _day(said: Any) -> str:
    if isinstance(said, str):
        try:
            said = date.fromisoformat(said)
        except ValueError:
            return said
    return day_words(said) if isinstance(said, date) else ""


def reasons_words(reasons: Sequence[Reason]) -> str:
    return _("; ").join(reason_words(each.why, each.said) for each in reasons)


def match_words(match: BankMatch | MatchProposal) -> str:
    """Why a match was made, from what was kept."""
    said = _("; ").join(reason_words(why, data) for why, data in match.reasons)
    return _("%(reasons)s. “%(words)s”") % {"reasons": said, "words": match.words} if match.words else said


def proposed_words(row: MatchProposal) -> str:
    """What one person proposed."""
    kind = str(BANK_MATCH_KIND_LABELS[row.kind])
    return _("Take the match back: %(kind)s") % {"kind": kind} if row.undoes_id is not None else kind


def doubt_words(doubt: Doubt, mapping: Mapping_) -> str:
    """What of a whole column does not fit the way in which it would be read."""
    texts = {
        "days": ngettext(
            "%(number)d of %(of)d lines does not fit “%(way)s”.",
            "%(number)d of %(of)d lines do not fit “%(way)s”.",
            doubt.misfits,
        ),
        "amounts": ngettext(
            "The amount of %(number)d of %(of)d lines cannot be read with “%(way)s”.",
            "The amounts of %(number)d of %(of)d lines cannot be read with “%(way)s”.",
            doubt.misfits,
        ),
    }
    way = ORDER_LABELS[mapping.order] if doubt.what == "days" else DECIMAL_LABELS[mapping.decimal]
    return texts[doubt.what] % {"number": doubt.misfits, "of": doubt.of, "way": way}


def lines_words(number: int) -> str:
    return ngettext("%(number)d line", "%(number)d lines", number) % {"number": number}
