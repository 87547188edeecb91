"""Shipments and receipts as tables, in a form that programs read: English heads, plain numbers, days by ISO 8601."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone

from payments.models.labels import SHIPMENT_KIND_LABELS
from tdap_portal.core.csv_text import as_csv
from tdap_portal.core.xlsx_text import Sheet, as_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from payments.models import ProceedsReceipt, Shipment

    Table = tuple[str, tuple[str, ...], list[list[object]]]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 10_000
KINDS = SHIPMENT_KIND_LABELS


def limited(rows: Any) -> list[Any]:
    """The newest MOST_ROWS; more is asked for by the API."""
    return list(rows.select_related("sme").order_by("-pk")[:MOST_ROWS])


def amount(hundredths: int | None) -> Decimal | str:
    return Decimal(hundredths).scaleb(-2) if hundredths is not None else ""


def shipment_table(rows: Iterable[Shipment]) -> Table:
    head = (
        "id", "firm", "kind", "number", "invoice", "hs6", "service", "sector", "buyer_country", "terms", "shipped_on", "due_on",
        "due_reason", "rule_days", "currency", "amount", "matched", "open", "state", "bank",
    )  # fmt: skip
    lines: list[list[object]] = [
        [
            row.public_id, row.sme.name, row.kind, row.number, row.invoice_number, row.hs6, row.service, row.sector,
            row.buyer_country, row.terms, row.shipped_on.isoformat(), row.due_on.isoformat() if row.due_on else "",
            row.due_reason, int(row.rule.value) if row.rule else "", row.currency, amount(row.amount), amount(row.matched),
            amount(row.left), row.state, row.bank.name if row.bank else "",
        ]
        for row in rows
    ]  # fmt: skip
    return "Shipments", head, lines


def receipt_table(rows: Iterable[ProceedsReceipt]) -> Table:
    head = (
        "id", "firm", "for", "bank", "bank_reference", "came_on", "currency", "amount", "matched", "kept_abroad", "rate_pkr",
        "rate_of", "amount_pkr", "service", "purpose_code", "needs_form_r", "form_r", "state", "counts_in",
    )  # fmt: skip
    lines: list[list[object]] = [
        [
            row.public_id, row.sme.name, "service" if row.is_service else "goods", row.bank.name, row.bank_reference,
            row.came_on.isoformat(), row.currency, amount(row.amount), amount(row.matched), amount(row.kept),
            row.rate.rate if row.rate else "", row.rate.day.isoformat() if row.rate else "", amount(row.paisa), row.service,
            row.purpose.code if row.purpose else "", "" if row.needs_form_r is None else str(row.needs_form_r).lower(),
            row.form_r, row.state, row.counts_in.isoformat()[:7] if row.counts_in else "",
        ]
        for row in rows
    ]  # fmt: skip
    return "Receipts", head, lines


def as_csv_answer(table: Table, name: str) -> HttpResponse:
    _title, head, lines = table
    return _answer(as_csv(head, lines), "text/csv; charset=utf-8", f"{name}.csv")


def as_xlsx_answer(tables: Sequence[Table], name: str) -> HttpResponse:
    sheets = [Sheet(title, [list(head), *lines]) for title, head, lines in tables]
    return _answer(as_xlsx(sheets, title="Export proceeds"), XLSX, f"{name}.xlsx")


def _answer(content: str | bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    day = timezone.localdate().isoformat()
    response["Content-Disposition"] = f'attachment; filename="tdap-{day}-{name}"'
    return response
