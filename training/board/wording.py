"""The boards in words."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext_lazy

from smes.vocabulary.wording import province_name, sector_name
from tdap_portal.charts.bars import Funnel
from tdap_portal.charts.drawing import ChartFigure
from tdap_portal.core.days import day_words

from .figures import By, Need, Step, worst

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from training.models import Session

    from .figures import Nominee

STEPS: dict[Step, StrOrPromise] = {
    Step.NOMINATED: gettext_lazy("Nominated"),
    Step.AGREED: gettext_lazy("Agreed to be nominated"),
    Step.APPLIED: gettext_lazy("Applied"),
    Step.DECIDED: gettext_lazy("Decided"),
    Step.SEAT: gettext_lazy("Accepted a seat"),
    Step.PLACED: gettext_lazy("Has a place in a cohort"),
    Step.CAME: gettext_lazy("Came to a session"),
    Step.CERTIFIED: gettext_lazy("Certified"),
}
SPLITS: dict[By, StrOrPromise] = {
    By.SECTOR: gettext_lazy("By sector"),
    By.PROVINCE: gettext_lazy("By province"),
    By.WOMEN_LED: gettext_lazy("Led by women"),
}
GROUP_HEADS: dict[By, StrOrPromise] = {
    By.SECTOR: gettext_lazy("Sector"),
    By.PROVINCE: gettext_lazy("Province"),
    By.WOMEN_LED: gettext_lazy("Firms"),
}
MARKS: dict[str, tuple[StrOrPromise, StrOrPromise, str]] = {  # in a cell, in words, class of the theme
    "present": (pgettext_lazy("in a row of marks", "P"), gettext_lazy("present"), "is-p"),
    "late": (pgettext_lazy("in a row of marks", "L"), gettext_lazy("late"), "is-l"),
    "excused": (pgettext_lazy("in a row of marks", "E"), gettext_lazy("excused"), "is-e"),
    "absent": (pgettext_lazy("in a row of marks", "A"), gettext_lazy("absent"), "is-a"),
    "none": (pgettext_lazy("in a row of marks", "A"), gettext_lazy("absent"), "is-a"),
    "open": ("?", gettext_lazy("not settled yet"), "is-next"),
    "next": ("·", gettext_lazy("to come"), "is-next"),
    "": ("", gettext_lazy("was not expected"), ""),
}
KEY = ("present", "late", "excused", "absent", "open", "next")
HIDDEN = "–"
HALF = Fraction(1, 2)
NEED_TONES = {Need.MISSED: "no", Need.NO_PLACE: "you", Need.ANSWER_ENDS: "you"}


def percent(share: Fraction | None) -> str:
    """ "81 %"; "" where nothing was held. Half a per cent goes up."""
    return "" if share is None else f"{int(share * 100 + HALF)}\N{NO-BREAK SPACE}%"


def finding(counts: Mapping[Step, int], cohort: str = "") -> str:
    """The figures as one sentence. cohort: its short name where the figures are of one."""
    if cohort:
        number = counts[Step.PLACED]
        words = ngettext(
            "%(number)d of your firms is in %(cohort)s: %(came)d came to a session, %(certified)d got the certificate.",
            "%(number)d of your firms are in %(cohort)s: %(came)d came to a session, %(certified)d got the certificate.",
            number,
        )
        return words % {
            "number": number,
            "cohort": cohort,
            "came": counts[Step.CAME],
            "certified": counts[Step.CERTIFIED],
        }
    number = counts[Step.NOMINATED]
    words = ngettext(
        "Of %(number)d firm that you nominated, %(seat)d accepted a seat and %(certified)d got the certificate.",
        "Of %(number)d firms that you nominated, %(seat)d accepted a seat and %(certified)d got the certificate.",
        number,
    )
    return words % {"number": number, "seat": counts[Step.SEAT], "certified": counts[Step.CERTIFIED]}


def loss(counts: Mapping[Step, int]) -> str:
    """Where most firms are lost, or have not come to yet; "" where none is."""
    found = worst(counts)
    if found is None:
        return ""
    before, after, number = found
    words = ngettext(
        "Most stop between “%(before)s” and “%(after)s”: %(number)d firm.",
        "Most stop between “%(before)s” and “%(after)s”: %(number)d firms.",
        number,
    )
    return words % {"before": STEPS[before], "after": STEPS[after], "number": number}


def figure(counts: Mapping[Step, int], at: datetime, cohort: str = "") -> ChartFigure:
    title = loss(counts).rstrip(".۔") or gettext("Every firm has come through to the last step")
    says = (
        gettext("Your firms in %(cohort)s by the steps that they have reached, and per cent of the first")
        % {"cohort": cohort}
        if cohort
        else gettext("Firms that reached each step, and per cent of those nominated")
    )
    head = (gettext("Step"), gettext("Firms"), gettext("Per cent of the first step"))
    steps = tuple((str(STEPS[step]), number) for step, number in counts.items())
    source = gettext("TDAP portal, %(day)s.") % {"day": moment(at)}
    return ChartFigure(title, says, source, Funnel(head, steps))


def moment(at: datetime) -> str:
    return day_words(timezone.localtime(at), "DATETIME_FORMAT")


def session_words(session: Session) -> str:
    """Its number and day, for the head of a column."""
    day = day_words(session.starts_at, "j M") if session.starts_at else ""
    return gettext("%(number)d · %(day)s") % {"number": session.position, "day": day}


def group_words(by: By, codes: tuple[str, ...]) -> str:
    """One group by its name, several as others with their names."""
    names = [group_name(by, code) for code in codes]
    if len(names) == 1:
        return names[0]
    return gettext("Together: %(names)s") % {"names": gettext(", ").join(names)}


def group_name(by: By, code: str) -> str:
    if by == By.WOMEN_LED:
        return gettext("Led by women") if code == "yes" else gettext("Others, or not told")
    if not code:
        return gettext("not told")
    return sector_name(code) if by == By.SECTOR else province_name(code)


def need_words(nominee: Nominee, cohort: str) -> tuple[str, str]:
    """What is the matter, and what its partner can do. cohort: its short name."""
    need = nominee.need
    if need == Need.MISSED:
        number = nominee.missed_last
        words = ngettext("Missed the last %(number)d session", "Missed the last %(number)d sessions in a row", number)
        does = gettext("Call it and ask what keeps it away from %(cohort)s.") % {"cohort": cohort}
        return words % {"number": number}, does
    if need == Need.NO_PLACE:
        return gettext("No place in a cohort"), gettext("It has accepted a seat and chooses a cohort on its own page.")
    days = nominee.answer_days
    if not days:
        return gettext("Its answer ends today"), gettext("Remind it to open the link that it was sent.")
    words = ngettext("%(days)d working day left to agree", "%(days)d working days left to agree", days)
    return words % {"days": days}, gettext("Remind it to open the link that it was sent.")


def calls(number: int) -> str:
    """How many firms wait for a call of their partner."""
    if not number:
        return gettext("No firm needs a call now.")
    words = ngettext("%(number)d firm needs a call.", "%(number)d firms need a call.", number)
    return words % {"number": number}
