"""Days and hours as people read them: Pakistan's, in the portal's own form, in both languages. Nowhere else are they written.

Templates have a filter for it, which does the same: {{ moment|date:"DATETIME_FORMAT" }}.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import avoid_wrapping
from django.utils.translation import ngettext

BETWEEN_WORDS = re.compile("(?<![,،]) ")


def day_words(value: date | datetime, form: str = "DATE_FORMAT") -> str:
    """ "17 March 2027"; of a moment the day that it is in Karachi, which begins while it is still the 16th in UTC.

    form: the name of a form in tdap_portal/formats ("DATETIME_FORMAT": "17 March 2027, 03:00"), or letters of Django's
    own ("j F", "l"). What belongs together does not break at the end of a line.
    """
    return unbroken(date_format(timezone.localtime(value) if isinstance(value, datetime) else value, form))


def unbroken(words: str) -> str:
    """The words of a day kept on one line; between a day and its hour, behind the comma, a line may end."""
    return BETWEEN_WORDS.sub("\N{NO-BREAK SPACE}", words)


def span_words(span: timedelta) -> str:
    """ "40 seconds", "20 minutes", "3 hours" or "133 days", rounded down: the largest unit of which there is one.

    A span below 0 is that of a clock that goes ahead, and counts as none.
    """
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        words = ngettext("%(num)d second", "%(num)d seconds", seconds) % {"num": seconds}
    elif (minutes := seconds // 60) < 60:
        words = ngettext("%(num)d minute", "%(num)d minutes", minutes) % {"num": minutes}
    elif (hours := minutes // 60) < 24:
        words = ngettext("%(num)d hour", "%(num)d hours", hours) % {"num": hours}
    else:
        words = ngettext("%(num)d day", "%(num)d days", hours // 24) % {"num": hours // 24}
    return avoid_wrapping(words)
