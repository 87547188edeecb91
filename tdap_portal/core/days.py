"""Days and hours as people read them: Pakistan's, in the portal's own form, in both languages. Nowhere else are they written.

Templates have Django's own filter for it, which does the same: {{ moment|date:"DATETIME_FORMAT" }}.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format


def day_words(value: date | datetime, form: str = "DATE_FORMAT") -> str:
    """ "17 March 2027"; of a moment the day that it is in Karachi, which begins while it is still the 16th in UTC.

    form: the name of a form in tdap_portal/formats ("DATETIME_FORMAT": "17 March 2027, 03:00"), or letters of Django's
    own ("j F", "l").
    """
    return date_format(timezone.localtime(value) if isinstance(value, datetime) else value, form)
