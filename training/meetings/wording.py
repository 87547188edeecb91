"""Reports of meetings in words: why one cannot be taken, and what stands for somebody."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from smes.vocabulary.wording import say
from tdap_portal.core.days import day_words

if TYPE_CHECKING:
    from fractions import Fraction

    from django_stubs_ext import StrOrPromise

    from tdap_portal.core.sheet import BadSheet
    from training.attendance.meeting import BadReport, Span

BAD_SHEETS: dict[str, StrOrPromise] = {
    "too_large": gettext_lazy("The file is larger than %(megabytes)d MB. Send it in parts."),
    "too_large_inside": gettext_lazy("The file holds far more than a list of people. Take the report as it came."),
    "too_many_rows": gettext_lazy("The file has more than %(limit)d rows. Send it in parts."),
    "too_many_columns": gettext_lazy("The file has more than %(limit)d columns. Take the report as it came."),
    "not_a_table": gettext_lazy(
        "This is neither a CSV nor an Excel file (XLSX). Save the list in one of the two forms."
    ),
    "broken": gettext_lazy("The file is damaged or locked. Open it in your spreadsheet, save it anew and send that."),
    "no_sheet": gettext_lazy("The file has no sheet that can be seen."),
    "empty": gettext_lazy("There is no row below the headings."),
    "has_nul": gettext_lazy("The file holds characters that no list has. Save it anew as CSV in UTF-8, or as XLSX."),
    "bad_quotes": gettext_lazy(
        "A quotation mark in line %(line)d is never closed. Put it right and send the file again."
    ),
}
COLUMN_LABELS: dict[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "joined": gettext_lazy("Joined at"),
    "left": gettext_lazy("Left at"),
    "minutes": gettext_lazy("Minutes, where nothing tells when somebody left"),
}
ZONE_LABELS: dict[str, StrOrPromise] = {
    "Asia/Karachi": gettext_lazy("Hours of Pakistan"),
    "UTC": gettext_lazy("Universal time (UTC)"),
}


def bad_sheet_words(bad: BadSheet) -> str:
    return say(str(BAD_SHEETS[bad.code]), bad.data)


def bad_report_words(bad: BadReport) -> str:
    """Why a report cannot be read or counted, in the language of whoever reads it."""
    if bad.code == "columns":
        return _("Say which columns hold the name, and when somebody joined and left.")
    if bad.code == "times":
        return _("In row %(row)d below the headings we cannot read the time “%(text)s”.") % bad.data
    if bad.code == "other_day":
        found, session = (_day(bad.data[name]) for name in ("found", "session"))
        return _("This report is of %(found)s; the session is on %(session)s.") % {"found": found, "session": session}
    if bad.code == "outside":
        span, session_span = cast("tuple[Span, Span]", (bad.data["found"], bad.data["session"]))
        return _(
            "Nobody in this report was there during the session: the report goes from %(from)s to %(until)s, the session "
            "from %(begin)s to %(end)s. It can be added once another report of this session counts."
        ) % {
            "from": _moment(span[0]),
            "until": _moment(span[1]),
            "begin": _moment(session_span[0]),
            "end": _moment(session_span[1]),
        }
    return _("This session has no day and time yet.")


def _day(value: object) -> str:
    return day_words(value, "DATE_FORMAT") if isinstance(value, date) else ""


def _moment(value: object) -> str:
    return day_words(timezone.localtime(value), "DATETIME_FORMAT") if isinstance(value, datetime) else ""


def tenths(minutes: Fraction) -> str:
    """Minutes with one decimal, cut and not rounded: 89.97 are not 90."""
    whole = int(minutes * 10)
    return f"{whole // 10}.{whole % 10}"
