"""What happened to the timetable, its hours and its rules, in sentences. Reads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.days import day_words
from training.states import Happened

from .rule_words import RULE_NAMES, city_words, holiday_words, minutes_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from tdap_portal.audit.models import Event


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """who: "" for the portal itself."""

    at: datetime
    says: str
    who: str


def lines_of(events: Iterable[Event]) -> list[HistoryLine]:
    """In the order of the events; those that have no sentence are left out."""
    found = [(event, SENTENCES.get(event.name)) for event in events]
    return [
        HistoryLine(event.at, says(event.data), event.actor.name if event.actor else "")
        for event, says in found
        if says
    ]


def _holiday(data: Mapping[str, Any]) -> str:
    text = _("%(name)s: %(days)s, expected.") if data["is_provisional"] else _("%(name)s: %(days)s, announced.")
    if data.get("was"):
        text = _("%(name)s: now %(days)s, before %(was)s.")
    days = _span(data["starts_on"], data["ends_on"])
    was = _span(*data["was"]) if data.get("was") else ""
    return str(text) % {"name": holiday_words(data["name"]), "days": days, "was": was}


def _hours(data: Mapping[str, Any]) -> str:
    values = {"name": data["name"], "from": data["opens"], "until": data["closes"]}
    if not data.get("starts_on") or not data.get("ends_on"):
        return gettext("Hours “%(name)s”: %(from)s to %(until)s.") % values
    values["days"] = _span(data["starts_on"], data["ends_on"])
    return gettext("Hours “%(name)s”: %(from)s to %(until)s, %(days)s.") % values


def _road(data: Mapping[str, Any]) -> str:
    values = {"from": city_words(data["one"]), "to": city_words(data["other"]), "road": minutes_words(data["minutes"])}
    return gettext("The road from %(from)s to %(to)s: %(road)s.") % values


def _rule(data: Mapping[str, Any]) -> str:
    text = _("“%(rule)s” blocks from %(day)s on.")
    if not data["is_hard"]:
        text = _("“%(rule)s” warns from %(day)s on, at %(cost)s points.")
    rule = str(RULE_NAMES.get(data["code"], data["code"]))
    return str(text) % {"rule": rule, "day": _day(data["starts_on"]), "cost": data["cost"]}


def _published(data: Mapping[str, Any]) -> str:
    number = data["sessions"]
    text = ngettext(
        "Version %(version)d was published: %(number)d session changed, people told: %(people)d.",
        "Version %(version)d was published: %(number)d sessions changed, people told: %(people)d.",
        number,
    )
    return text % {"version": data["number"], "number": number, "people": data["people"]}


def _asked(data: Mapping[str, Any]) -> str:
    if data.get("keeps_plan"):
        return gettext("A timetable with the fewest changes was asked for.")
    return gettext("A new timetable was asked for.")


def _ready(data: Mapping[str, Any]) -> str:
    """The bound counts what has no place; beside a plan with such sessions it says nothing of the cost of the others."""
    values = {"blocks": data["blocks"], "unplaced": data["unplaced"], "cost": data["cost"], "bound": data["bound"]}
    if data["unplaced"]:
        return gettext("It was worked out: blocks %(blocks)s, without a place %(unplaced)s, cost %(cost)s.") % values
    return gettext(
        "It was worked out: blocks %(blocks)s, without a place %(unplaced)s, cost %(cost)s, best %(bound)s."
    ) % values  # fmt: skip


def _taken(data: Mapping[str, Any]) -> str:
    number = data["moved"]
    return ngettext(
        "The proposal was taken over: %(number)d session moved.",
        "The proposal was taken over: %(number)d sessions moved.",
        number,
    ) % {"number": number}


SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    Happened.HOLIDAY_SET.value: _holiday,
    Happened.HOURS_SET.value: _hours,
    Happened.ROAD_SET.value: _road,
    Happened.RULE_SET.value: _rule,
    Happened.TIMETABLE_PUBLISHED.value: _published,
    Happened.PROPOSAL_ASKED.value: _asked,
    Happened.PROPOSAL_READY.value: _ready,
    Happened.PROPOSAL_TAKEN.value: _taken,
}
OF_PLAN = (
    Happened.TIMETABLE_PUBLISHED.value,
    Happened.PROPOSAL_ASKED.value,
    Happened.PROPOSAL_READY.value,
    Happened.PROPOSAL_TAKEN.value,
)
OF_GROUND = (Happened.HOLIDAY_SET.value, Happened.HOURS_SET.value, Happened.ROAD_SET.value, Happened.RULE_SET.value)


def _day(text: str) -> str:
    day: date | None = parse_date(text[:10])
    return day_words(day) if day else ""


def _span(first: str, last: str) -> str:
    if first == last:
        return _day(first)
    return gettext("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
