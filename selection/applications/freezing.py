"""The frozen copy of a firm's facts: what a file is judged by, version after version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from selection.models import Application, FrozenFacts
from selection.states import ENDED_STATES
from smes.evidence import selectors as evidence_selectors
from smes.papers import selectors as papers_selectors
from smes.people import selectors as people_selectors
from smes.profile import selectors as profile_selectors
from smes.states import NeededPapers
from tdap_portal.core.errors import NotFound
from tdap_portal.core.folding import searchable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet


# A fact that is computed from others goes with them when they are corrected.
FOLLOWS = {
    "turnover_pkr": ("size_class", "size_rule"),
    "turnover_fiscal_year": ("size_class", "size_rule"),
    "employees": ("size_class", "size_rule"),
    "founded_on": ("size_class", "size_rule"),
    "activity": ("size_class", "size_rule"),
    "city": ("province",),
    "owners": ("women_led", "youth_led", "owner_cnic_held"),
    "products": ("main_hs6", "sector", "sector_group"),
    "declared_sector": ("sector", "sector_group"),
}
COPIED = ("province", "sector", "main_hs6", "size_class")


# ------------------------------------------------------------------------------------------------- the frozen copy

COLUMNS = ("sme_name", "city", "search_text", "women_led", "new_exporter", "needed_papers", "does_not_fit", *COPIED)


def copy_columns(row: Application) -> None:
    """Bring the columns that the desk filters by in line with the frozen facts."""
    facts = row.facts or {}
    row.sme_name = facts.get("name") or ""
    row.city = facts.get("city") or ""
    row.search_text = searchable(row.sme_name, row.city)
    row.women_led = bool(facts.get("women_led"))
    row.new_exporter = is_new_exporter(facts)
    for name in COPIED:
        setattr(row, name, facts.get(name) or "")
    row.needed_papers = _papers_of(row)
    row.does_not_fit = evidence_selectors.has_open_contradictions(row.sme_id)


def is_new_exporter(facts: Mapping[str, Any]) -> bool:
    """The firm tells of no exports in its own name in any year. Whoever has sold through an export house only is new to exporting: the
    house had the buyer and did the papers."""
    years = facts.get("export_history") or ()
    return not any(year.get("route") == "direct" and (year.get("value_usd") or 0) > 0 for year in years)


def _papers_of(row: Application) -> str:
    """Which papers are needed follows from the facts that are judged; which there are, from this moment."""
    return papers_selectors.progress_of_papers(row.sme_id, row.facts or {}).value


@transaction.atomic
def note_papers(sme_id: int) -> None:
    """A paper of the firm changed: its files that are not over say so. Safe to call twice.

    A draft is looked at too: where it is being submitted at this moment, its lock makes us wait.
    """
    files = Application.objects.select_for_update().filter(sme_id=sme_id).exclude(state__in=ENDED_STATES)
    for row in files.order_by("pk"):
        if row.facts is not None and row.needed_papers != (papers := _papers_of(row)):
            row.needed_papers = papers
            row.save(update_fields=["needed_papers", "updated_at"])


@transaction.atomic
def note_contradictions(sme_id: int) -> None:
    """Something at the firm does not fit, or was explained or solved: its files that are not over say so. Safe to call twice."""
    files = Application.objects.select_for_update().filter(sme_id=sme_id).exclude(state__in=ENDED_STATES)
    rows = [row for row in files.order_by("pk") if row.facts is not None]
    does_not_fit = evidence_selectors.has_open_contradictions(sme_id)
    for row in rows:
        if row.does_not_fit != does_not_fit:
            row.does_not_fit = does_not_fit
            row.save(update_fields=["does_not_fit", "updated_at"])


def firms_with_papers_past_their_day() -> QuerySet[Application, int]:
    """Ids of firms whose files may say of their papers what was true until a day passed."""
    late = papers_selectors.papers_past_their_day().filter(sme=OuterRef("sme_id"))
    files = Application.objects.filter(Exists(late), needed_papers__in=[NeededPapers.SENT, NeededPapers.VERIFIED])
    return files.exclude(state__in=ENDED_STATES).order_by("sme_id").values_list("sme_id", flat=True).distinct()


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
