"""Rounds: which take applications now, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from selection.applications.selectors import numbers_of_states
from selection.models import Application, Offer, Round
from selection.states import OPEN_STATES, SEAT_HOLDING, OfferState, RoundState, State
from tdap_portal.core.errors import NotFound

from .counts import FileCounts, counts_of
from .permissions import can_run_rounds

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User


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
    """All rounds that are public, the newest first."""
    return Round.objects.filter(is_public=True).order_by("-number")


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


def public_round_by_code(code: str, viewer: User | AnonymousUser) -> Round:
    """The same for everybody's pages: who runs rounds sees one that is not public yet, as its preview. Raises NotFound."""
    row = round_by_code(code)
    if not row.is_public and not (viewer.is_authenticated and can_run_rounds(viewer)):
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round of the calendar with its numbers."""

    round: Round
    tally: FileCounts
    is_open: bool


def calendar(*, planning: bool = False) -> list[RoundLine]:
    """Rounds that are public, the newest first. planning: those that are not public yet too."""
    rounds = list(Round.objects.order_by("-number") if planning else rounds_in_calendar())
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


def open_files_of(round_: Round) -> list[tuple[str, int]]:
    """How many files wait for a decision in each state, in the order of the way; empty where all are decided."""
    numbers = numbers_of_states([round_.pk])[round_.pk]
    return [(state.value, numbers[state]) for state in OPEN_STATES if numbers.get(state)]


def being_corrected(round_: Round) -> int:
    """Files that were submitted and that their firms have taken back to correct."""
    return Application.objects.filter(round=round_, state=State.DRAFT, submitted_at__isnull=False).count()


def next_number() -> int:
    """The number that the next round would have."""
    return (Round.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def seats_that_came_back(round_: Round) -> int:
    """Seats that a firm left and that nobody else has yet: they stay to be given again once the round is final."""
    ended = [state.value for state in OfferState if state not in SEAT_HOLDING]
    heirs = Offer.objects.filter(instead_of=OuterRef("pk"))
    return Offer.objects.filter(round=round_, state__in=ended).exclude(Exists(heirs)).count()
