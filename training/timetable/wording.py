"""Changes of the timetable in words, in the language of whoever reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tdap_portal.core.days import day_words

from .rule_words import city_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tdap_portal.accounts.models import User
    from training.models import SessionChange, Trainer, Venue


def moment_words(moment: datetime) -> str:
    """ "Tuesday, 6 April 2027, 10:00"."""
    day = timezone.localtime(moment)
    return gettext("%(weekday)s, %(moment)s") % {
        "weekday": day_words(day, "l"),
        "moment": day_words(day, "DATETIME_FORMAT"),
    }


def venue_words(venue: Venue | None) -> str:
    if venue is None or venue.is_online:
        return gettext("online")
    return gettext("%(room)s, %(address)s") % {
        "room": venue.name_here,
        "address": venue.address_here or city_words(venue.city),
    }


SENTENCES = {
    "off": _("%(session)s, cohort %(cohort)s: called off. It was planned for %(was)s."),
    "off_unplaced": _("%(session)s, cohort %(cohort)s: called off."),
    "left": _("%(session)s, cohort %(cohort)s: somebody else teaches it now."),
    "unplaced": _("%(session)s, cohort %(cohort)s: day and time are to come."),
    "new": _("%(session)s, cohort %(cohort)s: %(when)s, %(where)s."),
    "moved": _("%(session)s, cohort %(cohort)s: now %(when)s, %(where)s. It was %(was)s."),
    "room": _("%(session)s, cohort %(cohort)s: %(when)s as before, now %(where)s."),
    "trainer": _("%(session)s, cohort %(cohort)s: %(when)s as before, with %(trainer)s."),
}


def change_words(
    change: SessionChange, reader: User, *, venues: Mapping[int, Venue], trainers: Mapping[int, Trainer]
) -> str:
    """One sentence on what a version changed of one session, for one reader. venues, trainers: by id, those after the change."""
    session = change.session
    had, has = _moment(change.before), _moment(change.after)
    trainer = trainers.get(change.after["trainer"] or 0)
    facts = {
        "session": session.title_here,
        "cohort": session.cohort.code,
        "was": moment_words(had) if had else "",
        "when": moment_words(has) if has else "",
        "where": venue_words(venues.get(change.after["venue"] or 0)),
        "trainer": trainer.name_here if trainer else gettext("another trainer"),
    }
    return str(SENTENCES[_kind(change, reader)]) % facts


def _kind(change: SessionChange, reader: User) -> str:
    before, after = change.before, change.after
    if after["cancelled"]:
        return "off" if before["starts_at"] else "off_unplaced"
    if _left_it(change, reader):
        return "left"
    if not after["starts_at"]:
        return "unplaced"
    if not before["starts_at"] or before["cancelled"]:
        return "new"
    if before["starts_at"] != after["starts_at"]:
        return "moved"
    return "room" if before["venue"] != after["venue"] else "trainer"


def _left_it(change: SessionChange, reader: User) -> bool:
    return (
        change.trainer_before is not None
        and change.trainer_before.user_id == reader.pk
        and change.after["trainer"] != change.trainer_before_id
    )


def _moment(slot: Mapping[str, Any]) -> datetime | None:
    return parse_datetime(slot["starts_at"]) if slot.get("starts_at") else None
