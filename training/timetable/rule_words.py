"""Rules of the timetable in words: what each is called, and what one that is not kept says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import get_language, gettext, gettext_noop, ngettext
from django.utils.translation import gettext_lazy as _

from smes.vocabulary.places import CITIES
from tdap_portal.core.days import day_words
from training.models.labels import EQUIPMENT_LABELS, LANGUAGE_LABELS, SKILL_LABELS, TIME_OF_DAY_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from training.models import Session, Trainer, Venue

RULE_NAMES = {
    "unplaced": _("Every session has a place"),
    "unknown": _("Trainer and room are known"),
    "moved_fixed": _("What is locked or was held stays"),
    "past": _("Nothing is moved into the past"),
    "notice": _("People hear of a change in time"),
    "window": _("Between the first and the last day of the cohort"),
    "holiday": _("Not on a public holiday"),
    "hours": _("Within the hours of the training"),
    "prayer": _("Not during the Friday prayer"),
    "skill": _("The trainer teaches the subject"),
    "language": _("The trainer speaks the cohort's language"),
    "trainer_city": _("The trainer teaches in the city"),
    "trainer_away": _("The trainer is there"),
    "trainer_twice": _("One trainer, one place at a time"),
    "trainer_week": _("No more sessions a week than the trainer takes"),
    "travel": _("Time to travel between cities"),
    "venue_missing": _("A room for who meets on site"),
    "venue_city": _("The room is in the cohort's city"),
    "capacity": _("Room large enough"),
    "equipment": _("The room has what the session needs"),
    "venue_closed": _("The room is open and free"),
    "venue_twice": _("One session in a room at a time"),
    "cohort_twice": _("A cohort is in one place at a time"),
    "per_week": _("No more sessions a week than the cohort takes"),
    "order": _("Order of sessions"),
    "time_of_day": _("The time of day that the cohort asked for"),
    "friday_afternoon": _("Friday after the prayer"),
    "gap": _("Sessions spread evenly"),
    "late": _("Done by the day it is due"),
    "away_from_home": _("Trainers teach where they live"),
    "load": _("Trainers' weeks are not full"),
    "road": _("Over 3 hours on the road the same day"),
    "days_in_row": _("Six days in a row"),
}
HOLIDAYS = (  # as the library and officials name them
    gettext_noop("Kashmir Solidarity Day"),
    gettext_noop("Pakistan Day"),
    gettext_noop("Labor Day"),
    gettext_noop("Youm-e-Takbeer"),
    gettext_noop("Independence Day"),
    gettext_noop("Iqbal Day"),
    gettext_noop("Quaid-e-Azam Day"),
    gettext_noop("Eid al-Fitr"),
    gettext_noop("Eid al-Adha"),
    gettext_noop("Eid-ul-Fitr"),
    gettext_noop("Eid-ul-Azha"),
    gettext_noop("Ashura"),
    gettext_noop("Prophet's Birthday"),
)
SENTENCES = {
    "unplaced": _("It has no time, trainer or room yet."),
    "unknown": _("Its trainer or its room is not used any more."),
    "moved_fixed": _("It is locked, or was held already."),
    "past": _("That time is past."),
    "notice": _("People would hear of it less than %(hours)s hours before."),
    "window": _("%(day)s is not between the first and the last day of the cohort, %(first)s and %(last)s."),
    "holiday": _("%(day)s is a public holiday: %(name)s."),
    "holiday_expected": _("%(day)s is expected to be a public holiday: %(name)s."),
    "hours": _("It is outside the hours of that day: %(hours_words)s."),
    "no_hours": _("Nothing is held on that day of the week."),
    "prayer": _("It lies within the Friday prayer, %(from)s to %(until)s."),
    "skill": _("%(trainer)s does not teach “%(skill)s”."),
    "language": _("%(trainer)s does not teach in %(language)s."),
    "trainer_city": _("%(trainer)s does not teach in %(city)s."),
    "trainer_away": _("%(trainer)s is not there at that time."),
    "trainer_twice": _("%(trainer)s teaches two sessions at that time: this one and %(other)s."),
    "trainer_week": _("%(trainer)s has %(number)s sessions that week and takes %(most)s."),
    "travel": _(
        "%(trainer)s needs %(road)s from %(from)s to %(to)s and has %(between)s; the other session is %(other)s."
    ),
    "venue_missing": _("It needs a room in %(city)s."),
    "venue_city": _("%(venue)s is in %(city)s, the cohort in %(wanted)s."),
    "capacity": _("%(venue)s has %(capacity)s seats, the cohort %(size)s people."),
    "equipment": _("%(venue)s lacks: %(missing)s."),
    "venue_closed": _("%(venue)s is closed or taken at that time."),
    "venue_twice": _("%(venue)s has two sessions at that time: this one and %(other)s."),
    "cohort_twice": _("The cohort would be in two sessions at once: this one and %(other)s."),
    "per_week": _("The cohort has %(number)s sessions that week; it takes %(most)s."),
    "order": _("It comes out of order: before or after %(other)s."),
    "time_of_day": _("The cohort asked for another time of day: %(prefers)s."),
    "friday_afternoon": _("It is on Friday after the prayer."),
    "gap": _("Days between it and %(other)s: %(days)s."),
    "late": _("The cohort ends after the day it is due, %(due)s."),
    "away_from_home": _("%(trainer)s lives in %(home)s and travels to %(city)s."),
    "load": _("%(trainer)s has %(number)s sessions that week."),
    "road": _("%(trainer)s is %(road)s on the road that day, from %(from)s to %(to)s."),
    "days_in_row": _("%(trainer)s teaches on the %(number)sth day in a row."),
}


class Names:
    """What ids of the solver are called: the rows of the board, read once."""

    def __init__(
        self,
        sessions: Mapping[int, Session],
        trainers: Mapping[int, Trainer],
        venues: Mapping[int, Venue],
    ) -> None:
        self._sessions, self._trainers, self._venues = sessions, trainers, venues

    def session(self, key: str) -> str:
        row = self._sessions.get(int(key))
        return f"{row.cohort.code}/{row.position} {row.title_here}" if row else key

    def trainer(self, key: str) -> str:
        row = self._trainers.get(int(key)) if key.isdecimal() else None
        return row.name_here if row else gettext("The trainer")

    def venue(self, key: str) -> str:
        row = self._venues.get(int(key)) if key.isdecimal() else None
        return row.name_here if row else gettext("The room")


def minutes_words(minutes: int) -> str:
    """ "3 h 05", "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(number)d minute", "%(number)d minutes", rest) % {"number": rest}
    return gettext("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": rest}


def holiday_words(name: str) -> str:
    """The name of a public holiday in the reader's language, where it is one that is known; else as it was written."""
    names = [one.removesuffix(" (estimated)") for one in name.split("; ")]
    return gettext("; ").join(gettext(one) if one in HOLIDAYS else one for one in names)


def city_words(name: str) -> str:
    city = CITIES.get(name)
    return city.label(get_language() or "en") if city else name


def violation_words(code: str, sessions: tuple[str, ...], facts: Mapping[str, Any], names: Names, *, about: str) -> str:
    """One sentence on a rule that is not kept, about one of its sessions. facts: as the check gives them, or as they were kept as JSON."""
    other = next((key for key in sessions if key != about), None)
    said = {
        "other": names.session(other) if other else "",
        "trainer": names.trainer(str(facts.get("trainer", ""))),
        "venue": names.venue(str(facts.get("venue", ""))),
        "day": _day(facts.get("day")),
        "first": _day(facts.get("first")),
        "last": _day(facts.get("last")),
        "due": _day(facts.get("due")),
        "name": holiday_words(str(facts.get("name", ""))),
        "hours": facts.get("hours", ""),
        "skill": SKILL_LABELS.get(facts.get("skill", ""), ""),
        "language": LANGUAGE_LABELS.get(facts.get("language", ""), ""),
        "city": city_words(str(facts.get("city", ""))),
        "wanted": city_words(str(facts.get("wanted", ""))),
        "home": city_words(str(facts.get("home", ""))),
        "from": city_words(str(facts.get("from", ""))),
        "to": city_words(str(facts.get("to", ""))),
        "until": "",
        "road": minutes_words(int(facts.get("minutes", 0))),
        "between": minutes_words(max(0, int(facts.get("between", 0)))),
        "number": facts.get("number", ""),
        "most": facts.get("most", ""),
        "capacity": facts.get("capacity", ""),
        "size": facts.get("size", ""),
        "days": facts.get("days", ""),
        "missing": gettext(", ").join(str(EQUIPMENT_LABELS.get(one, one)) for one in facts.get("missing", ())),
        "prefers": TIME_OF_DAY_LABELS.get(facts.get("prefers", ""), ""),
        "hours_words": "",
    }
    if code == "prayer":
        said["from"], said["until"] = (str(one)[:5] for one in facts["prayer"])
    if code == "holiday" and facts.get("is_provisional"):
        code = "holiday_expected"
    if code == "hours":
        spans = facts.get("hours") or ()
        code = "hours" if spans else "no_hours"
        said["hours_words"] = gettext(", ").join(f"{str(span[0])[:5]}–{str(span[1])[:5]}" for span in spans)
    return str(SENTENCES[code]) % said


def _day(value: Any) -> str:
    day: date | datetime | None = value
    if isinstance(value, str):
        day = parse_date(value[:10]) or parse_datetime(value)
    return day_words(day) if day else ""
