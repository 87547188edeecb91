"""The rows of a step (owners, products, certificates, export years): a row stays the same row while it is corrected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from smes.models import Certification, ExportYear, Owner, Product
from smes.vocabulary.certificates import CERTIFICATES
from tdap_portal.web.seen import merge, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from smes.models import Sme
    from tdap_portal.accounts.models import User
    from tdap_portal.web.seen import Mark

    Row = Owner | Product | Certification | ExportYear


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a step. relation: of the firm. columns: that a page writes. keys: the columns by which a row is known
    where a page names none, or names another one: the surest first."""

    model: Any
    relation: str
    columns: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]


TABLES = {
    "owners": Table(Owner, "owners", ("name", "cnic", "gender", "share_pct", "birth_year"), (("cnic",), ("name",))),
    "products": Table(
        Product, "products", ("hs6", "label", "share_pct", "is_main", "price_pkr", "price_unit"), (("hs6",),)
    ),
    "capacity": Table(Certification, "certifications", ("kind", "expires_on"), (("kind",),)),
    "exports": Table(ExportYear, "export_years", ("fiscal_year", "value_usd", "route"), (("fiscal_year", "route"),)),
}
OURS = frozenset(code for code, kind in CERTIFICATES.items() if kind.group == "tdap")
"""Certificates that TDAP itself gave: no page of the firm writes them."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A place where somebody else saved something else. at: the field of the page, "" for all of it. column: of the firm or
    of a row. value: what is saved. why: "value"; of a row "removed" (by them) or "changed" (and removed here); "rows".
    by, when: who saved it; None where no act names it."""

    at: str
    column: str
    value: object
    why: str = "value"
    by: User | None = None
    when: datetime | None = None


@dataclass(slots=True)
class TableSaved:
    """stopped: without who and when. on_page: ids of the rows that the page shows. ids: of new rows, by their place."""

    is_changed: bool = False
    stopped: list[Stopped] = field(default_factory=list)
    on_page: set[int] = field(default_factory=set)
    ids: dict[str, int] = field(default_factory=dict)


def rows_of(sme: Sme, step: str) -> list[Any]:
    """The rows of a step that its page writes, in the page's order; [] for a step without rows."""
    if step not in TABLES:
        return []
    rows: Iterable[Any] = getattr(sme, TABLES[step].relation).all()
    return [row for row in rows if step != "capacity" or row.kind not in OURS]


def merge_rows(
    sme: Sme, step: str, posted: Sequence[Mapping[str, Any]], seen: Mapping[str, str] | None, mark: Mark
) -> TableSaved:
    """Write what a page changed in the rows of a step; the firm is locked. See services.save_page_of_step."""
    table, there = TABLES[step], rows_of(sme, step)
    rows = {row.pk: row for row in there}
    ids = claims(table, posted, there)
    shown = set(rows) if seen is None else {int(name.partition(".")[0]) for name in seen if "." in name}
    done = TableSaved(on_page=shown | {pk for pk in ids if pk})
    writes: dict[int, dict[str, Any]] = {}
    new = []
    for row, pk in zip(posted, ids, strict=True):
        values = {name: row[name] for name in table.columns if name in row}
        if pk is not None:
            writes[pk], stopped = _merge_row(rows[pk], values, seen, mark)
            done.stopped += [Stopped(f"{row.get('at')}-{name}", name, value) for name, value in stopped.items()]
        elif seen is None or row.get("id") not in shown - set(rows):
            new.append((str(row.get("at", "")), values))
        elif not _is_as_seen(row["id"], values, seen, mark):  # removed by somebody else, and changed here
            done.stopped.append(Stopped(f"{row['at']}-{table.keys[-1][0]}", "", "", "removed"))
    gone = {pk for pk in shown & set(rows) if pk not in ids}
    if seen is not None:
        for pk in sorted(gone):
            if not _is_as_seen(pk, {name: getattr(rows[pk], name) for name in table.columns}, seen, mark):
                done.stopped.append(Stopped("", "", _in_words(rows[pk], table), "changed"))
                gone.discard(pk)
        after = [
            *(
                {name: getattr(rows[pk], name) for name in table.columns} | writes.get(pk, {})
                for pk in rows.keys() - gone
            ),
            *(values for _at, values in new),
        ]
        is_blind = (
            not shown and bool(rows) and bool(new or rows.keys() - set(ids))
        )  # it does not say what it was made from
        if is_blind or ((any(writes.values()) or new) and not _stand_together(table, after)):
            return TableSaved(
                stopped=[Stopped("", "", "; ".join(_in_words(row, table) for row in there), "rows")], on_page=set(rows)
            )
    _write(sme, table, (rows, gone, writes, new), done)
    return done


def _merge_row(
    row: Any, values: Mapping[str, Any], seen: Mapping[str, str] | None, mark: Mark
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is written in a saved row, and what is saved where it may not be written over."""
    current = {name: getattr(row, name) for name in values}
    if seen is None:
        return {name: value for name, value in values.items() if plain(value) != plain(current[name])}, {}
    of_row = {name: seen[f"{row.pk}.{name}"] for name in values if f"{row.pk}.{name}" in seen}
    merged = merge(of_row, current, values, mark=lambda name, value: mark(f"{row.pk}.{name}", value))
    return merged.written, merged.stopped


def _write(sme: Sme, table: Table, changes: tuple[Any, Any, Any, Any], done: TableSaved) -> None:
    """changes: the saved rows, the ids of those that go, what is written in the others, and new rows with their places."""
    rows, gone, writes, new = changes
    table.model.objects.filter(sme=sme, pk__in=gone).delete()
    for pk, values in sorted(
        writes.items(), key=lambda item: bool(item[1].get("is_main"))
    ):  # one main product at a time
        for name, value in values.items():
            setattr(rows[pk], name, value)
        if values and isinstance(rows[pk], Certification):
            rows[pk].verified = False  # another certificate, or until another day
        if values:
            rows[pk].save()
    for at, values in new:
        made = table.model.objects.create(sme=sme, **values)
        done.on_page.add(made.pk)
        if at:
            done.ids[at] = made.pk
    done.is_changed = bool(gone or new or any(writes.values()))


def claims(table: Table, posted: Sequence[Mapping[str, Any]], there: Sequence[Any]) -> list[int | None]:
    """The id of the saved row that each row of the page is, None for a new one.

    That is the row which the page names; but where two rows were written over with each other's names, each name stays with
    its row. An id of another firm is none.
    """
    free = {row.pk: row for row in there}
    found: list[int | None] = [None] * len(posted)

    def take(at: int, pk: int | None) -> None:
        if found[at] is None and pk in free:
            found[at] = pk
            del free[pk]

    for key in reversed(table.keys):
        for at, row in enumerate(posted):
            own = free.get(row.get("id") or 0)
            if own is not None and found[at] is None and _key(row, key) and _key(row, key) == _key(own, key):
                take(at, own.pk)
    for key in table.keys:
        for at, row in enumerate(posted):
            if wanted := _key(row, key):
                take(at, next((pk for pk, other in free.items() if _key(other, key) == wanted), None))
    for at, row in enumerate(posted):
        take(at, row.get("id"))
    return found


def _key(row: Any, key: tuple[str, ...]) -> tuple[Any, ...]:
    """What a row is known by; () where a part of it is not told."""
    values = tuple(row.get(name) if isinstance(row, dict) else getattr(row, name) for name in key)
    return () if "" in values or None in values else values


def _is_as_seen(pk: int, values: Mapping[str, Any], seen: Mapping[str, str], mark: Mark) -> bool:
    return all(seen.get(name) == mark(name, value) for name, value in ((f"{pk}.{n}", v) for n, v in values.items()))


def _stand_together(table: Table, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows changed by two people can be the rows of one firm: each key once, one main product, shares up to 100."""
    keys = [key for name in table.keys if name != ("name",) for key in (_key(dict(row), name) for row in rows) if key]
    return (
        len(keys) == len(set(keys))
        and sum(bool(row.get("is_main")) for row in rows) <= 1
        and sum(row.get("share_pct") or 0 for row in rows) <= 100
    )


def _in_words(row: Any, table: Table) -> str:
    """A row for a sentence, without private numbers."""
    return ", ".join(
        str(plain(getattr(row, name)))
        for name in table.columns
        if name not in {"cnic", "is_main"} and getattr(row, name)
    )
