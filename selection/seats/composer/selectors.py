"""Compositions of a round, and what a person has to do with its files. Not visible reads as not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.models import Application, Composition, Reading, Recommendation, Waiver
from selection.review import selectors as review_selectors
from tdap_portal.core.errors import NotFound

from .permissions import Part

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from selection.models import Round
    from tdap_portal.accounts.models import User


def compositions_of(round_: Round) -> QuerySet[Composition]:
    """All of a round, the newest first, without what was worked out."""
    return round_.compositions.select_related("made_by").defer("result").order_by("-number")


def newest_of(round_: Round) -> Composition | None:
    return compositions_of(round_).first()


def composition_of(round_: Round, letter: str) -> Composition:
    """The one with this letter. Raises NotFound."""
    row = round_.compositions.select_related("made_by", "round").filter(number=number_of(letter)).first()
    if row is None:
        raise NotFound
    return row


def number_of(letter: str) -> int:
    """1 for A, 27 for AA; 0 for anything that is no letter of a composition."""
    number = 0
    for sign in letter:
        if not "A" <= sign <= "Z":
            return 0
        number = number * 26 + ord(sign) - ord("A") + 1
    return number


def part_in(user: User, files: QuerySet[Application]) -> Part:
    """What the person has to do with these files; five queries for any number of them."""
    ids = files.order_by().values("pk")
    recommended = Recommendation.objects.filter(officer=user, application__in=ids).count()
    proposed = Waiver.objects.filter(proposed_by=user, application__in=ids).count()
    return Part(
        tied=files.filter(sme__in=review_selectors.firms_tied_to(user)).count(),
        read=Reading.objects.filter(reader=user, application__in=ids).count(),
        recommended=recommended + proposed,
    )
