"""Keyset paging: a page costs the same at row one and at row one million; no offsets, no COUNT(*)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Func, Model, Q, QuerySet, Value

Row = TypeVar("Row")
Fetch = Callable[[Sequence[str], "Sequence[Any] | None", int], "list[Any]"]


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """rows of this page; cursors (opaque text, safe in a URL) of its neighbours, None where there is none."""

    rows: list[Row]
    next: str | None
    previous: str | None


def keyset_page(
    rows: QuerySet[Any], *, order: Sequence[str], cursor: str | None = None, size: int = 25
) -> KeysetPage[Any]:
    """One page of `rows` ordered by `order`, names of NOT NULL columns, "-" before a name for descending.

    rows: models, or values_list(…, named=True) with every name of the order in it. The last name must be unique ("pk";
    "id" for named values), and an index should hold the names in this order: all ascending or all descending lets the
    database begin right at the position, however many rows share the first value. A cursor that was tampered with, or
    that belongs to another order, gives the first page. Costs one query.
    """

    def fetch(names: Sequence[str], position: Sequence[Any] | None, limit: int) -> list[object]:
        queryset = rows.order_by(*names)
        if position is not None:
            queryset = queryset.filter(_behind(rows.model, names, position))
        return list(queryset[:limit])

    return keyset_page_of(fetch, rows.model, order=order, cursor=cursor, size=size)


def keyset_page_of(
    fetch: Fetch, model: type[Model], *, order: Sequence[str], cursor: str | None = None, size: int = 25
) -> KeysetPage[object]:
    """The same for rows that `fetch` finds: fetch(names, position, limit) gives at most `limit` rows in the order of
    `names`, strictly behind the values of `position` (None: from the beginning). model: whose columns the names are.
    """
    way, position = _read_cursor(cursor, order, model)
    backwards = way == "p"
    names = [_turned(name) for name in order] if backwards else list(order)
    found = fetch(names, position, size + 1)
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


# ------------------------------------------------------------------------------------------------ behind the position


class _RowBehind(Func):
    """(a, b) > (x, y), which an index over (a, b) answers from its right place; OR-ed comparisons it cannot."""

    output_field = BooleanField()

    def __init__(self, names: Sequence[str], values: Sequence[Value], sign: str) -> None:
        super().__init__(*(F(name) for name in names), *values)
        self.sign = sign

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_rest: Any) -> tuple[str, Any]:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in side) for side in (parts[:half], parts[half:]))
        return f"({left}) {self.sign} ({right})", [param for _sql, params in parts for param in params]


def _behind(model: type[Model], names: Sequence[str], position: Sequence[object]) -> Any:
    downward = {name.startswith("-") for name in names}
    columns = [name.lstrip("-") for name in names]
    if len(downward) == 1:
        values = [Value(value, output_field=_field(model, name)) for name, value in zip(columns, position, strict=True)]
        return _RowBehind(columns, values, "<" if downward.pop() else ">")
    return _behind_mixed(names, position)


def _behind_mixed(names: Sequence[str], values: Sequence[object]) -> Q:
    """The first column is bounded too, so that an index range is used."""
    first = names[0].lstrip("-")
    bound = Q(**{f"{first}__{'lte' if names[0].startswith('-') else 'gte'}": values[0]})
    behind = Q()
    equal: dict[str, object] = {}
    for name, value in zip(names, values, strict=True):
        column = name.lstrip("-")
        behind |= Q(**equal, **{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal[column] = value
    return bound & behind


def _field(model: Any, name: str) -> Any:
    *path, last = name.split("__")
    for part in path:
        model = model._meta.get_field(part).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


# ------------------------------------------------------------------------------------------------------------ cursors


def _write_cursor(way: str, row: object, order: Sequence[str]) -> str:
    values = [_plain(_read(row, name.lstrip("-"))) for name in order]
    return urlsafe_b64encode(json.dumps([way, list(order), values]).encode()).decode().rstrip("=")


def _read(row: object, path: str) -> Any:
    for part in path.split("__"):
        row = getattr(row, part)
    return row


def _plain(value: object) -> Any:
    return (
        str(value)
        if isinstance(value, Decimal)
        else value.isoformat()
        if isinstance(value, (date, datetime))
        else value
    )


def _read_cursor(cursor: str | None, order: Sequence[str], model: type[Model]) -> tuple[str, list[object] | None]:
    """The way ("n" forth, "p" back) and the position; no position for the first page and for any cursor not of ours."""
    if not cursor:
        return "n", None
    try:
        way, names, values = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, RecursionError):
        return "n", None
    if names != list(order) or way not in ("n", "p") or not isinstance(values, list) or len(values) != len(names):
        return "n", None
    position = [
        _python_value(_field(model, name.lstrip("-")), value) for name, value in zip(order, values, strict=True)
    ]
    return ("n", None) if None in position else (way, position)


def _python_value(field: Any, value: Any) -> Any:
    """The column's own reading of a cursor's value; None for nonsense."""
    try:
        found = field.to_python(value)
        field.run_validators(found)
        if isinstance(found, datetime):
            found.astimezone(UTC)  # the last moments of the year 9999 are in no other zone
    except Exception:  # noqa: BLE001  a tampered cursor is no fault of ours
        return None
    return found
