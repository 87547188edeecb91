"""The demo's trade evidence: the sample of real figures, and a simulated platform that is labelled as such."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from smes import demo as firms
from tdap_portal.core.demo import clock_at, moment

from . import runs, services
from .models import SourceKind

BEFORE_THE_STORY = timedelta(days=365)


def build(*, seed: int = 2017, until: date | None = None) -> None:
    """Load both through the same acts that officials use; a second call changes nothing.

    The figures came into use a year before `until` (today), so that every round of the demo finds them: of the platform two
    years for what the demo's firms make. Yesterday it handed in a year more, for every product with everyday words.
    """
    if runs.current_vintage(SourceKind.PLATFORM) is not None:
        return
    today = until or timezone.localdate()
    then = today - BEFORE_THE_STORY
    with clock_at(moment(then, 7)):
        services.load_sample()
        services.simulate_platform(seed=seed, until=then, products=firms.products())
    with clock_at(moment(today - timedelta(days=1), 7)):
        services.simulate_platform(seed=seed, until=today, months=12)
