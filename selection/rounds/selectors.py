"""Rounds: which take applications now, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max
from django.db.models.functions import Now
from django.utils import timezone

from selection.applications.selectors import numbers_of_states
from selection.models import Round
from selection.states import RoundState
from tdap_portal.core.errors import NotFound

from .counts import FileCounts, counts_of

if TYPE_CHECKING:
    from django.db.models import QuerySet


# --------------------------------------------------------------------------------------------------------- rounds


def is_open_now(round_: Round) -> bool:
    """Does the round take applications at this moment? The database's clock decides, since it is one for all machines."""
    return Round.objects.filter(pk=round_.pk, state=RoundState.OPEN, opens_at__lte=Now(), closes_at__gt=Now()).exists()


def open_rounds() -> QuerySet[Round]:
    """Rounds that take applications now, the one that closes first in front."""
    return Round.objects.filter(state=RoundState.OPEN, opens_at__lte=Now(), closes_at__gt=Now()).order_by(
        "closes_at", "pk"
    )


def rounds_in_calendar() -> QuerySet[Round]:
    """All rounds, the newest first: they are public from the day they are set up."""
    return Round.objects.order_by("-number")


def round_by_code(code: str) -> Round:
    """The round called "R4". Raises NotFound."""
    number = code[1:]
    row = (
        Round.objects.filter(number=int(number)).first()
        if code[:1] == "R" and number.isascii() and number.isdecimal() and len(number) < 5
        else None
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round of the calendar with its numbers."""

    round: Round
    tally: FileCounts
    is_open: bool


def calendar() -> list[RoundLine]:
    """All rounds, the newest first."""
    rounds = list(Round.objects.order_by("-number"))
    numbers = numbers_of_states([round_.pk for round_ in rounds])
    now = timezone.now()
    return [
        RoundLine(
            round_, counts_of(numbers[round_.pk]), round_.state == "open" and round_.opens_at <= now < round_.closes_at
        )
        for round_ in rounds
    ]


def round_line(round_: Round) -> RoundLine:
    """One round with its numbers."""
    return RoundLine(round_, counts_of(numbers_of_states([round_.pk])[round_.pk]), is_open=False)


def next_number() -> int:
    """The number that the next round would have."""
    return (Round.objects.aggregate(last=Max("number"))["last"] or 0) + 1
