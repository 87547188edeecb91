"""Rows that hold from a day until the next row of their code."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from payments.models import Scheme, ServiceRule

Dated = TypeVar("Dated", "Scheme", "ServiceRule")


def in_force(rows: QuerySet[Dated], on: date) -> list[Dated]:
    """Of each code the last row that began by that day, unless it ended the code. At most one a code, so no two overlap."""
    newest: dict[str, Dated] = {row.code: row for row in rows.filter(since__lte=on).order_by("since")}
    return [row for row in newest.values() if not row.is_ended]
