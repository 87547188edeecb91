"""Which files wait for a score, and how far a rescoring is."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Min, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from selection.models import Application, Rescoring, Round
from selection.states import SCORABLE_STATES, State
from tdap_portal.core.errors import NotFound
from tdap_portal.core.selectors import HealthLine


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
            detail=_("Waits %(seconds)d seconds.") % {"seconds": age.total_seconds()}
            if oldest
            else _("Nothing waits."),
        )
    ]
