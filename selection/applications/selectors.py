"""What every room reads of a file: the file itself, its facts, its score, its decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from selection.engine.card import Card
from selection.models import (
    Application,
    Decision,
    DeskTally,
    FrozenFacts,
    Question,
    ScoreCard,
)
from smes.people import selectors as people_selectors
from tdap_portal.core.errors import NotFound

from .copy_words import changes_in_words, groups_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

    from .copy_words import FactGroup, ShownChange


# ----------------------------------------------------------------------------------------------------- applications


def applications_visible_to(user: User) -> QuerySet[Application]:
    """The applications of the firms this person belongs to, newest first."""
    return (
        Application.objects.filter(sme__in=people_selectors.smes_of(user))
        .select_related("round", "sme", "officer")
        .order_by("-pk")
    )


def application_for(user: User, public_id: str) -> Application:
    """One of them. Raises NotFound for any other, and for one that is not there."""
    row = applications_visible_to(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def application_by_id(pk: int | str) -> Application | None:
    """For the portal's own background work, which checks the state before it acts."""
    return Application.objects.filter(pk=pk).select_related("round").first()


def copy_of(row: Application) -> list[FactGroup]:
    """The facts an application is judged by, in words; empty before its submission."""
    return groups_of(row.facts) if row.facts else []


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the frozen facts: when it was made and what it changed, before and after, in words."""

    number: int
    frozen_at: datetime
    changes: tuple[ShownChange, ...]


def versions_of(row: Application) -> list[Version]:
    """All versions, oldest first."""
    versions: list[Version] = []
    before: dict[str, Any] = {}
    for kept in FrozenFacts.objects.filter(application=row).order_by("version"):
        changes = changes_in_words(before, kept.facts) if versions else ()
        versions.append(Version(kept.version, kept.frozen_at, changes))
        before = kept.facts
    return versions


# ------------------------------------------------------------------------------------ questions, letters, decisions


def open_question_of(row: Application) -> Question | None:
    """The question that waits for the firm; there is never more than one."""
    return (
        Question.objects.filter(application=row, answered_at=None, cancelled_at=None).select_related("asked_by").first()
    )


def decision_of(row: Application) -> Decision | None:
    """The decision in force: the newest."""
    return Decision.objects.filter(application=row).select_related("score_card").order_by("-pk").first()


def decision_by_id(row: Application, public_id: str) -> Decision | None:
    """One decision of a file, also where a later one is in force."""
    return Decision.objects.filter(application=row, public_id=public_id).first()


# --------------------------------------------------------------------------------------------------------- scores


def newest_score(row: Application) -> ScoreCard | None:
    """The score card that counts, None before the worker has scored."""
    return ScoreCard.objects.filter(application=row).order_by("-pk").first()


def newest_card(row: Application) -> Card | None:
    """The same as the engine reads it: gates, parts, reasons."""
    kept = newest_score(row)
    return card_of(kept) if kept else None


def card_of(kept: ScoreCard) -> Card:
    """A kept score as the engine reads it."""
    return Card.from_json(kept.card)


def cards_named(seal: str, *, file_number: str = "") -> list[ScoreCard]:
    """Score cards whose seal begins so, or all of a file where no seal is given; for the command, since it looks through all."""
    rows = ScoreCard.objects.order_by("pk")
    return list(rows.filter(seal__startswith=seal) if seal else rows.filter(application__file_number=file_number))


def numbers_of_states(round_ids: list[int]) -> dict[int, dict[str, int]]:
    """Files a round and state, from the kept counts."""
    rows = (
        DeskTally.objects.filter(round_id__in=round_ids)
        .values_list("round_id", "state")
        .annotate(total=Sum("number"))
        .order_by()
    )
    found: dict[int, dict[str, int]] = {pk: {} for pk in round_ids}
    for round_id, state, number in rows:
        if number:
            found[round_id][state] = number
    return found
