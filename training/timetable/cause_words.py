"""Why a session has no place, in words: what no plan can do, and the smallest cause beside the other cohorts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from training.models.labels import EQUIPMENT_LABELS, LANGUAGE_LABELS, SKILL_LABELS

from .rule_words import city_words
from .solver import clash, precheck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .rule_words import Names
    from .solver.problem import Problem

IMPOSSIBLE = {
    precheck.NO_SLOT: _("No hour between the first and the last day of the cohort fits it."),
    precheck.NO_TRAINER: _("No trainer teaches “%(skill)s” in %(language)s in %(city)s."),
    precheck.NO_VENUE: _("No room in %(city)s has %(size)s seats and what the session needs."),
    precheck.NO_VENUE + "_equipped": _("No room in %(city)s has %(size)s seats and: %(equipment)s."),
    precheck.NEVER_TOGETHER: _("Trainers, rooms and hours exist, but never free together."),
}
GROUPS = {
    clash.SKILL: _("who teaches the subject in the cohort's language"),
    clash.TRAINER_CITY: _("who teaches in the city"),
    clash.TRAINER: _("when its trainers are there and free"),
    clash.TRAVEL: _("the roads of its trainers"),
    clash.TRAINER_WEEK: _("how many sessions a week its trainers take"),
    clash.ROOM: _("which rooms are large enough and have what is needed"),
    clash.VENUE: _("when its rooms are open and free"),
    clash.PER_WEEK: _("how many sessions a week the cohort takes"),
    clash.CALENDAR: _("holidays and hours"),
    clash.WINDOW: _("the cohort's first and last day"),
}
NO_CAUSE = _("Nothing stands in its way: have a timetable worked out, or choose a place for it yourself.")


def impossible_words(
    code: str, sessions: Sequence[str], resources: Sequence[str], room: int, *, problem: Problem, names: Names
) -> str:
    """One sentence on what no plan can do, with the ways that the check found it."""
    if code in IMPOSSIBLE:
        cohort, session = problem.sessions[sessions[0]]
        if code == precheck.NO_VENUE and session.equipment:
            code += "_equipped"
        return str(IMPOSSIBLE[code]) % {
            "skill": SKILL_LABELS.get(session.skill, session.skill),
            "language": LANGUAGE_LABELS.get(cohort.language, cohort.language),
            "city": city_words(cohort.city) if cohort.city else gettext("online"),
            "size": cohort.size,
            "equipment": gettext(", ").join(str(EQUIPMENT_LABELS.get(one, one)) for one in sorted(session.equipment)),
        }
    named = [names.venue(one) if code == precheck.VENUES_FULL else names.trainer(one) for one in resources]
    return ngettext(
        "%(number)d session wants the same people or rooms, which take %(room)d: %(names)s.",
        "%(number)d sessions want the same people or rooms, which take %(room)d: %(names)s.",
        len(sessions),
    ) % {"number": len(sessions), "room": room, "names": gettext(", ").join(named)}


def cause_words(found: clash.Cause | None) -> str:
    """Why a cohort has no way beside the others. None: it has one."""
    if found is None:
        return str(NO_CAUSE)
    if not found.groups:
        return gettext("The weeks of the cohort are too few for its sessions, whatever else is changed.")
    groups = gettext("; ").join(str(GROUPS[group]) for group in found.groups)
    if len(found.groups) == 1:
        return gettext("One thing stands in its way: %(groups)s. Change it, and there is a way.") % {"groups": groups}
    return gettext("These together stand in its way: %(groups)s. Change any one of them, and there is a way.") % {
        "groups": groups
    }
