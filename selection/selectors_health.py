"""What the health page says of selection."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Min, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from tdap_portal.core.selectors import HealthLine

from .models import Application, Round
from .states import State

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
