"""Hours and days of a firm's training in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.models.labels import ATTENDANCE_LABELS, SESSION_STAGE_LABELS
from training.states import AttendanceStatus as Status
from training.states import SessionStage

if TYPE_CHECKING:
    from fractions import Fraction

    from training.attendance.hours import Hours

    from .selectors import Seen

TONES = {
    Status.PRESENT: "done",
    Status.LATE: "done",
    Status.EXCUSED: "rest",
    Status.ABSENT: "no",
    Status.OPEN: "us",
}


def hours_words(minutes: Fraction) -> str:
    """ "12", or "12:30" where they are no whole hours; what is less than a minute is left out."""
    hours, rest = divmod(int(minutes), 60)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def spare_words(minutes: Fraction) -> str:
    """ "4 hours 12 minutes", "3 hours", "40 minutes"."""
    hours, rest = divmod(int(minutes), 60)
    words = []
    if hours:
        words.append(ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours})
    if rest:
        words.append(ngettext("%(number)d minute", "%(number)d minutes", rest) % {"number": rest})
    return " ".join(words)


def attended_words(hours: Hours) -> str:
    """What the firm has of the hours that were held, and what the rule makes of it."""
    if not hours.held:
        return _("Nothing was held yet. The certificate asks for %(percent)s %% of the hours.") % {
            "percent": hours.percent
        }
    so_far = _("%(there)s of %(held)s hours so far; the certificate asks for %(percent)s %%.") % {
        "there": hours_words(hours.there),
        "held": hours_words(hours.held),
        "percent": hours.percent,
    }
    return f"{so_far} {_rest_words(hours)}"


def _rest_words(hours: Hours) -> str:
    if not hours.can_be_met:
        return _(
            "Even if you come to everything from now on, the hours are no longer reached. Ask TDAP what you can do."
        )
    if hours.best_held == hours.held:
        return _("The hours are reached.")
    if hours.may_miss < 1:
        return _("Please come to every session from now on.")
    return _("Of what is to come you may miss %(span)s.") % {"span": spare_words(hours.may_miss)}


def state_of(seen: Seen) -> tuple[str, str]:
    """The words and the tone of one day, "" for one that is to come. A session that is over and in which nobody marked the person counts as absent."""
    if seen.stage == SessionStage.CANCELLED:
        return str(SESSION_STAGE_LABELS[seen.stage]), "rest"
    if seen.status is not None:
        return str(ATTENDANCE_LABELS[seen.status]), TONES[seen.status]
    if seen.stage == SessionStage.HELD:
        return _("Nobody marked you"), "no"
    return str(SESSION_STAGE_LABELS[seen.stage]), "you" if seen.stage == SessionStage.IN_PROGRESS else ""
