"""The dates of a round in words."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import datetime


def closing_words(moment: datetime) -> str:
    """Until when a round takes applications, day and hour in Pakistan: "3 January 2027, 18:00".

    Midnight is the end of the day before, "31 January 2027, 24:00", so that nobody comes a day late.
    """
    local = timezone.localtime(moment)
    is_midnight = local.time() == time(0)
    day = local.date() - timedelta(days=1) if is_midnight else local.date()
    return _("%(day)s, %(hour)s") % {
        "day": date_format(day, "j F Y"),
        "hour": "24:00" if is_midnight else date_format(local, "H:i"),
    }
