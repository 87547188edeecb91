"""Keyset paging: a page costs the same at row one and at row one million; no offsets, no COUNT(*)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """rows of this page; cursors (opaque text, safe in a URL) of its neighbours, None where there is none."""

    rows: list[Row]
    next: str | None
    previous: str | None


def keyset_page(
    rows: QuerySet[Row], *, order: Sequence[str], cursor: str | None = None, size: int = 25
) -> KeysetPage[Row]:
    """One page of `rows` ordered by `order`, names of NOT NULL columns, "-" before a name for descending.

    The last name must be unique ("pk"), and an index should hold the names in this order. A cursor that was tampered
    with, or that belongs to another order, gives the first page. Costs one query.
    """
    position = _read_cursor(cursor, order)
    backwards = position is not None and position[0] == "p"
    names = [_turned(name) for name in order] if backwards else list(order)
    queryset = rows.order_by(*names)
    if position is not None:
        queryset = queryset.filter(
            _after(names, [_python_value(queryset, n, v) for n, v in zip(names, position[1], strict=True)])
        )
    found = list(queryset[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return KeysetPage(rows=[], next=None, previous=None)
    has_next, has_previous = (True, more) if backwards else (more, position is not None)
    return KeysetPage(
        rows=found,
        next=_write_cursor("n", found[-1], order) if has_next else None,
        previous=_write_cursor("p", found[0], order) if has_previous else None,
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(names: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows strictly behind the position. The first column is bounded too, so that an index range is used."""
    first = names[0].lstrip("-")
    bound = Q(**{f"{first}__{'lte' if names[0].startswith('-') else 'gte'}": values[0]})
    behind = Q()
    equal: dict[str, Any] = {}
    for name, value in zip(names, values, strict=True):
        column = name.lstrip("-")
        behind |= Q(**equal, **{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal[column] = value
    return bound & behind


def _write_cursor(way: str, row: Model, order: Sequence[str]) -> str:
    values = [_plain(_read(row, name.lstrip("-"))) for name in order]
    return urlsafe_b64encode(json.dumps([way, list(order), values]).encode()).decode().rstrip("=")


def _read(row: Any, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    return (
        str(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, (date, datetime))
        else value
    )


def _read_cursor(cursor: str | None, order: Sequence[str]) -> tuple[str, list[Any]] | None:
    if not cursor:
        return None
    try:
        way, names, values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        return None
    if names != list(order) or way not in {"n", "p"} or not isinstance(values, list) or len(values) != len(names):
        return None
    return way, values


def _python_value(rows: QuerySet[Any], name: str, value: Any) -> Any:
    """The column's own reading of a cursor's value; a nonsense value reads as the column's null and finds nothing."""
    model: Any = rows.model
    *path, last = name.lstrip("-").split("__")
    for part in path:
        model = model._meta.get_field(part).related_model
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    try:
        return field.to_python(value)
    except Exception:  # noqa: BLE001  a tampered cursor is no fault of ours
        return None
