"""The frozen copy of a firm's facts: what a file is judged by, version after version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selection.models import Application, FrozenFacts
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from tdap_portal.core.errors import NotFound
from tdap_portal.core.folding import searchable

if TYPE_CHECKING:
    from collections.abc import Mapping


# A fact that is computed from others goes with them when they are corrected.
FOLLOWS = {
    "turnover_pkr": ("size_class", "size_rule"),
    "turnover_fiscal_year": ("size_class", "size_rule"),
    "employees": ("size_class", "size_rule"),
    "founded_on": ("size_class", "size_rule"),
    "city": ("province",),
}
COPIED = ("province", "sector", "main_hs6")


# ------------------------------------------------------------------------------------------------- the frozen copy

COLUMNS = ("sme_name", "city", "search_text", "women_led", *COPIED)


def copy_columns(row: Application) -> None:
    """Bring the columns that the desk filters by in line with the frozen facts."""
    facts = row.facts or {}
    row.sme_name = facts.get("name") or ""
    row.city = facts.get("city") or ""
    row.search_text = searchable(row.sme_name, row.city)
    row.women_led = bool(facts.get("women_led"))
    for name in COPIED:
        setattr(row, name, facts.get(name) or "")


def profile_now(row: Application) -> dict[str, Any]:
    """The firm's facts as they stand in its profile at this moment; the row at hand may be older than a correction."""
    sme = people_selectors.sme_by_id(row.sme_id)
    if sme is None:
        raise NotFound
    return profile_selectors.frozen_copy(sme)


def refreeze(row: Application, *, keys: tuple[str, ...], now: Mapping[str, object]) -> list[str]:
    """Take these keys of `now` into a new version of the frozen facts, all others as they were.

    row: locked; the caller saves facts, facts_version and COLUMNS. Returns the keys that changed; none means no new version.
    """
    old = dict(row.facts or {})
    changed = [key for key in keys if key in now and now[key] != old.get(key)]
    if changed:
        row.facts = old | {key: now[key] for key in changed}
        row.facts_version += 1
        FrozenFacts.objects.create(application=row, version=row.facts_version, facts=row.facts, changed_fields=changed)
        copy_columns(row)
    return changed


def with_followers(keys: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for key in keys for name in (key, *FOLLOWS.get(key, ()))))
