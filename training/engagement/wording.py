"""Reasons in words: plain for officials, kind for who is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tdap_portal.core.days import day_words
from training.states import CallOutcome, LagReason

if TYPE_CHECKING:
    from datetime import date

    from training.models import Call, WatchReason

    from .watch import Reason

THRESHOLD_WORDS = {
    LagReason.MISSED: gettext_lazy("sessions missed in a row"),
    LagReason.ATTENDANCE: gettext_lazy("points of a hundred below the share that the programme asks for"),
    LagReason.TASKS: gettext_lazy("tasks whose day has passed"),
    LagReason.LOGIN: gettext_lazy("days without signing in or coming"),
    LagReason.SILENCE: gettext_lazy("times in a row without an answer to what we asked or wrote"),
}
"""What the threshold of a rule counts."""


@dataclass(frozen=True, slots=True)
class Told:
    """A reason for a person to read. code: of it."""

    code: LagReason
    words: str


def staff_words(reason: WatchReason | Reason) -> str:
    """ "missed 3 sessions in a row, the first on 4 May"."""
    figure, of = reason.figure or 0, reason.of or 0
    match LagReason(reason.code):
        case LagReason.MISSED:
            words = ngettext(
                "missed %(number)d session, on %(day)s",
                "missed %(number)d sessions in a row, the first on %(day)s",
                figure,
            )
            return words % {"number": figure, "day": _day(reason.since)}
        case LagReason.ATTENDANCE:
            return _("attended %(figure)d %% of the hours, %(of)d %% are asked for") % {"figure": figure, "of": of}
        case LagReason.TASKS:
            return ngettext("%(number)d task is overdue", "%(number)d tasks are overdue", figure) % {"number": figure}
        case LagReason.LOGIN:
            return _("no sign of life since %(day)s") % {"day": _day(reason.since)}
        case LagReason.SILENCE:
            words = ngettext("did not answer %(number)d time", "did not answer %(number)d times in a row", figure)
            return words % {"number": figure}


def kind_words(reason: WatchReason | Reason) -> str:
    """A whole sentence for the person and the firm, without blame."""
    figure, of = reason.figure or 0, reason.of or 0
    match LagReason(reason.code):
        case LagReason.MISSED:
            words = ngettext(
                "We missed you in %(number)d session.", "We missed you in the last %(number)d sessions.", figure
            )
            return words % {"number": figure}
        case LagReason.ATTENDANCE:
            return _("You were there for %(figure)d %% of the hours; the certificate asks for %(of)d %%.") % {
                "figure": figure,
                "of": of,
            }
        case LagReason.TASKS:
            words = ngettext("%(number)d task waits for you.", "%(number)d tasks wait for you.", figure)
            return words % {"number": figure}
        case LagReason.LOGIN:
            return _("We have not seen you since %(day)s.") % {"day": _day(reason.since)}
        case LagReason.SILENCE:
            return _("We wrote to you and would like to hear from you.")


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def agreed_words(call: Call) -> str:
    """What came of a call, for the firm."""
    match CallOutcome(call.outcome):
        case CallOutcome.WILL_COME:
            return _("You told us that you will come. We look forward to it.")
        case CallOutcome.CANNOT:
            return _("You told us that you cannot come for now. Tell us when you can again.")
        case CallOutcome.WRONG_NUMBER:
            return _("The number that we have did not reach you. Please put it right in your account.")
        case CallOutcome.AGAIN:
            return _("We agreed to call again on %(day)s.") % {"day": _day(call.again_on)}
