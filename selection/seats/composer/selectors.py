"""Compositions of a round, and what a person has to do with its files. Not visible reads as not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.models import Appeal, Application, Composition, Reading, Recommendation, RoundDecision, Waiver
from selection.review import selectors as review_selectors
from selection.states import AppealOutcome, CompositionState, State
from tdap_portal.core.errors import NotFound

from .permissions import Part
from .pools import files_to_fill_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from selection.models import Round
    from selection.review.obstacles import Obstacle
    from tdap_portal.accounts.models import User


MAX_NAMED = 25  # files of a list that is read, not worked


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


def ready_before(row: Composition) -> Composition | None:
    """The one that was found before this one, to lay beside it."""
    return compositions_of(row.round).filter(state=CompositionState.READY, number__lt=row.number).first()


def decision_by(row: Composition) -> RoundDecision | None:
    """The decision for which it was sent and that did not go back; None where there is none."""
    return RoundDecision.objects.filter(composition=row, returned_at=None).first()


def number_of(letter: str) -> int:
    """1 for A, 27 for AA; 0 for anything that is no letter of a composition."""
    number = 0
    for sign in letter:
        if not "A" <= sign <= "Z":
            return 0
        number = number * 26 + ord(sign) - ord("A") + 1
    return number


def part_in(user: User, files: QuerySet[Application]) -> Part:
    """What the person has to do with these files; six queries for any number of them. A reading that others took the place of
    after an appeal counts as well."""
    ids = files.order_by().values("pk")
    recommended = Recommendation.objects.filter(officer=user, application__in=ids).count()
    proposed = Waiver.objects.filter(proposed_by=user, application__in=ids).count()
    taken_over = Appeal.objects.filter(application__in=ids, outcome=AppealOutcome.REREAD.value)
    earlier = [one["reader_id"] for kept in taken_over.values_list("earlier_readings", flat=True) for one in kept]
    return Part(
        tied=files.filter(sme__in=review_selectors.firms_tied_to(user)).count(),
        read=Reading.objects.filter(reader=user, application__in=ids).count() + earlier.count(user.pk),
        recommended=recommended + proposed,
    )


# ------------------------------------------------------------------------------------------------------------ files


def file_numbers(ids: Iterable[int]) -> dict[int, str]:
    return dict(Application.objects.filter(pk__in=set(ids)).values_list("pk", "file_number"))


def ids_of_files(round_: Round, numbers: Iterable[str]) -> dict[str, int]:
    """Ids of files among which seats can be filled, by their number as it is printed; others are left out."""
    wanted = {number.strip().upper() for number in numbers}
    found = files_to_fill_from(round_).filter(file_number__in=wanted)
    return dict(found.values_list("file_number", "pk"))


def named_hindrances(hindrances: Mapping[int, Sequence[Obstacle]]) -> list[tuple[Application, Sequence[Obstacle]]]:
    """The first of the files that something stands against, with their firm, the most points first."""
    rows = Application.objects.filter(pk__in=hindrances).order_by("-points", "tie_key")[:MAX_NAMED]
    return [(row, hindrances[row.pk]) for row in rows.defer("facts")]


def numbers_of_files(round_: Round) -> tuple[int, int]:
    """How many files of a round were read, and how many are on their way to the decision, but not read yet, or wait for their
    firm or a third reader."""
    states = (State.SUBMITTED, State.SCORED, State.IN_REVIEW, State.REVIEWED, State.RECOMMENDED)
    read = files_to_fill_from(round_).count()
    return read, Application.objects.filter(round=round_, state__in=states).count() - read
