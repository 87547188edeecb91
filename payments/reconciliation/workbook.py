"""A month of an account as a workbook and as comma-separated text."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import get_language_bidi, gettext

from payments.models.labels import BANK_LINE_STATE_LABELS, BANK_MATCH_KIND_LABELS
from payments.states import BankLineState
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.xlsx_text import Sheet, as_xlsx

from . import statements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from payments.models import BankAccount, BankLine


def month_xlsx(account: BankAccount, first: date, last: date) -> bytes:
    """In the language that is active: its days, and its lines."""
    return as_xlsx(
        [_days(account, first, last), _lines(account, first, last)],
        title=gettext("%(account)s, %(month)s") % {"account": account.name, "month": first.isoformat()[:7]},
        rtl=get_language_bidi(),
    )


def month_csv(account: BankAccount, first: date, last: date) -> str:
    """The lines; English names, since machines read it."""
    head = (
        "booked_on", "value_on", "amount_pkr", "words", "reference", "bank_reference", "name", "state", "matched_as", "payments", "by_itself",
    )  # fmt: skip
    return as_csv(head, (_plain(row) for row in _rows(account, first, last)))


def _rows(account: BankAccount, first: date, last: date) -> Iterator[BankLine]:
    rows = statements.lines_of_month(account, first, last).prefetch_related("matches__shares__payment")
    return rows.iterator(chunk_size=1000)


def _plain(row: BankLine) -> list[object]:
    match = next((each for each in row.matches.all() if each.stands), None)
    payments = " ".join(str(share.payment) for share in match.shares.all()) if match else ""
    by_itself = "" if match is None else ("yes" if match.by_id is None else "no")
    return [
        row.booked_on, row.value_on, _rupees(row.amount), row.text, row.reference, row.bank_reference, row.name, row.state,
        match.kind if match else "", payments, by_itself,
    ]  # fmt: skip


def _days(account: BankAccount, first: date, last: date) -> Sheet:
    head = [
        gettext("Day"), gettext("Opening balance"), gettext("Came in"), gettext("Went out"), gettext("Closing balance"),
        gettext("Lines"), gettext("Matched"), gettext("Not matched"), gettext("In the books"), gettext("On its way"),
        gettext("Booked later"), gettext("Left over"),
    ]  # fmt: skip
    lines: list[list[object]] = [
        [
            row.day.isoformat(), _rupees(row.opening), _rupees(row.came), _rupees(row.gone), _rupees(row.closing), row.lines,
            row.matched, row.waiting, _rupees(row.books), _rupees(row.on_way), _rupees(row.later), _rupees(row.left_over),
        ]
        for row in statements.days_of(account, first, last)
    ]  # fmt: skip
    return Sheet(gettext("Days"), [head, *lines])


def _lines(account: BankAccount, first: date, last: date) -> Sheet:
    head = [
        gettext("Day of booking"), gettext("Value day"), gettext("Amount, PKR"), gettext("Words of the bank"),
        gettext("Reference"), gettext("The bank’s own number"), gettext("Name of the payer"), gettext("State"), gettext("Matched as"), gettext("Payments"),
    ]  # fmt: skip
    lines: list[list[object]] = []
    for row in _rows(account, first, last):
        booked, value, amount, words, reference, own, name, state, kind, payments, _by = _plain(row)
        state_words = str(BANK_LINE_STATE_LABELS[BankLineState(str(state))])
        kind_words = str(BANK_MATCH_KIND_LABELS[str(kind)]) if kind else ""
        lines.append([str(booked), str(value), amount, words, reference, own, name, state_words, kind_words, payments])
    return Sheet(gettext("Lines of the bank"), [head, *lines], widths=(14, 14, 14, 50))


def _rupees(paisa: int) -> Decimal:
    return Decimal(paisa) / 100
