"""Which files wait for a score, and how far a rescoring is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Min, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from selection.models import Application, LevelStudy, Rescoring, Round
from selection.states import SCORABLE_STATES, State
from tdap_portal.core.days import span_words
from tdap_portal.core.errors import NotFound
from tdap_portal.core.selectors import HealthLine

from .levels import Counted, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


def waiting_for_score(limit: int = 500) -> list[int]:
    """Ids of files whose facts, as submitted or as corrected since, have no score yet, oldest first: what the sweeper does."""
    waiting = Application.objects.filter(state__in=SCORABLE_STATES, scored_version__lt=F("facts_version"))
    return list(waiting.order_by("submitted_at", "pk").values_list("pk", flat=True)[:limit])


def newest_rescoring(round_: Round) -> Rescoring | None:
    """The one that runs, else the last that came to its end."""
    return Rescoring.objects.filter(round=round_).order_by("-pk").first()


def rescoring_by_id(public_id: str) -> Rescoring:
    """For who runs rounds. Raises NotFound."""
    row = Rescoring.objects.select_related("round").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def level_studies_of(round_: Round) -> list[LevelStudy]:
    """The newest of each policy, the one that was begun last first."""
    newest: dict[str, LevelStudy] = {}
    for row in LevelStudy.objects.filter(round=round_).defer("counted").order_by("-pk")[:50]:
        newest.setdefault(row.policy, row)
    return list(newest.values())


def level_study_by_id(public_id: str) -> LevelStudy:
    """For who runs rounds. Raises NotFound."""
    row = LevelStudy.objects.select_related("round").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def counted_in(study: LevelStudy) -> dict[Standing, Counted]:
    """What a study has counted so far."""
    return {standing: Counted.from_json(study.counted[standing]) for standing in Standing}


def studied_line(study: LevelStudy, counted: Mapping[Standing, Counted]) -> Decimal | None:
    """The line that the study compares with: the round's fixed one under its own policy, else the points of the last seat as the
    claims stand today. None where fewer files than seats have points."""
    if study.round.line_points is not None and study.policy == study.round.policy:
        return study.round.line_points
    return counted[Standing.TODAY].last_seat(study.round.seats)


OLDEST_MAY_WAIT = timedelta(minutes=15)


def health_lines() -> list[HealthLine]:
    """A file that waits long for its score: its worker is away, or scoring it fails again and again."""
    waiting = Application.objects.filter(round=OuterRef("pk"), state=State.SUBMITTED).order_by("submitted_at", "pk")
    # Round by round, since the index that knows the oldest begins with the round.
    of_rounds = Round.objects.annotate(oldest=Subquery(waiting.values("submitted_at")[:1]))
    oldest = of_rounds.aggregate(at=Min("oldest"))["at"]
    age = timezone.now() - oldest if oldest else timedelta(0)
    return [
        HealthLine(
            _("Oldest file that waits for its score"),
            ok=age < OLDEST_MAY_WAIT,
            detail=_("Waits %(span)s.") % {"span": span_words(age)} if oldest else _("Nothing waits."),
        )
    ]
