"""The dates of a round in words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from tdap_portal.core.days import day_words


def closing_day(moment: datetime) -> date:
    """The last day on which a round takes applications, in Pakistan. Midnight is the end of the day before."""
    local = timezone.localtime(moment)
    return timezone.localdate(moment - timedelta(days=1) if local.time() == time(0) else moment)


def closing_words(moment: datetime) -> str:
    """Until when a round takes applications, day and hour in Pakistan: "3 January 2027, 18:00", and for midnight "31
    January 2027, 24:00", so that nobody comes a day late."""
    local = timezone.localtime(moment)
    return _("%(day)s, %(hour)s") % {
        "day": day_words(closing_day(moment)),
        "hour": "24:00" if local.time() == time(0) else day_words(moment, "TIME_FORMAT"),
    }
