"""The dates of a round in words."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def closing_day(moment: datetime) -> date:
    """The last day on which a round takes applications, in Pakistan. Midnight is the end of the day before."""
    local = timezone.localtime(moment)
    return local.date() - timedelta(days=1) if local.time() == time(0) else local.date()


def closing_words(moment: datetime) -> str:
    """Until when a round takes applications, day and hour in Pakistan: "3 January 2027, 18:00", and for midnight "31
    January 2027, 24:00", so that nobody comes a day late."""
    local = timezone.localtime(moment)
    return _("%(day)s, %(hour)s") % {
        "day": date_format(closing_day(moment), "j F Y"),
        "hour": "24:00" if local.time() == time(0) else date_format(local, "H:i"),
    }
