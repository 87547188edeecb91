"""What happened to a programme, trainer, room or cohort, in sentences. Reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tdap_portal.core.days import day_words
from training.states import Happened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tdap_portal.audit.models import Event

PLAIN = {
    Happened.PROGRAMME_CREATED: gettext_lazy("The programme was set up"),
    Happened.PROGRAMME_CHANGED: gettext_lazy("The programme was changed"),
    Happened.ASSESSMENT_SET: gettext_lazy("The rules of the assessment were set"),
    Happened.TRAINER_CREATED: gettext_lazy("The trainer was added"),
    Happened.TRAINER_CHANGED: gettext_lazy("What is noted of the trainer was changed"),
    Happened.VENUE_CREATED: gettext_lazy("The venue was added"),
    Happened.VENUE_CHANGED: gettext_lazy("What is noted of the venue was changed"),
    Happened.COHORT_CHANGED: gettext_lazy("The cohort was changed"),
    Happened.COHORT_JOINING: gettext_lazy("Addresses of its meetings were changed"),
    Happened.COHORT_OPENED: gettext_lazy("Opened: firms with a seat can take a place"),
    Happened.COHORT_STARTED: gettext_lazy("Its first session began"),
    Happened.COHORT_FINISHED: gettext_lazy("Its last session is over"),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """who: "" for the portal itself."""

    at: datetime
    says: str
    who: str


def lines_of(events: Iterable[Event]) -> list[HistoryLine]:
    """In the order of the events; those that have no sentence are left out."""
    found = [(event, says_of(event)) for event in events]
    return [HistoryLine(event.at, says, event.actor.name if event.actor else "") for event, says in found if says]


def says_of(event: Event) -> str:
    """ "" where nobody has to read it."""
    name = next((one for one in Happened if one == event.name), None)
    if name in PLAIN:
        return str(PLAIN[name])
    return WITH_DETAILS[name](event.data) if name in WITH_DETAILS else ""


def _titled(text: Any) -> Callable[[Mapping[str, Any]], str]:
    return lambda data: text % {"title": data["title"], "number": data.get("number", 1)}


def _within(text: Any) -> Callable[[Mapping[str, Any]], str]:
    def says(data: Mapping[str, Any]) -> str:
        start, end = (
            day_words(datetime.fromisoformat(data[name]), "DATETIME_FORMAT") for name in ("starts_at", "ends_at")
        )
        return str(text % {"start": start, "end": end})

    return says


def _created(data: Mapping[str, Any]) -> str:
    if data.get("cloned_from"):
        return _("Set up like %(code)s") % {"code": data["cloned_from"]}
    number = data.get("sessions", 0)
    return ngettext("Set up with %(number)d session", "Set up with %(number)d sessions", number) % {"number": number}


WITH_DETAILS: dict[Happened, Callable[[Mapping[str, Any]], str]] = {
    Happened.MODULE_ADDED: _titled(gettext_lazy("Module “%(title)s” was added")),
    Happened.MODULE_CHANGED: _titled(gettext_lazy("Module “%(title)s” was changed")),
    Happened.MODULE_MOVED: _titled(gettext_lazy("Module “%(title)s” was moved in the order")),
    Happened.MATERIAL_ADDED: _titled(gettext_lazy("“%(title)s”: version %(number)d came")),
    Happened.MATERIAL_WITHDRAWN: _titled(gettext_lazy("“%(title)s” is handed out no more")),
    Happened.TRAINER_AWAY: _within(gettext_lazy("Away from %(start)s until %(end)s")),
    Happened.TRAINER_BACK: _within(gettext_lazy("Not away from %(start)s until %(end)s after all")),
    Happened.VENUE_CLOSED: _within(gettext_lazy("Not to be had from %(start)s until %(end)s")),
    Happened.VENUE_REOPENED: _within(gettext_lazy("To be had from %(start)s until %(end)s after all")),
    Happened.COHORT_CREATED: _created,
    Happened.COHORT_CANCELLED: lambda data: _("Cancelled: %(reason)s") % {"reason": data.get("reason", "")},
}
