"""Problems small enough to be looked through by hand, and by trying every plan."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from training.timetable.solver.problem import Calendar, Cohort, Hours, Placed, Problem, Session, Trainer, Venue
from training.timetable.solver.rules import DEFAULTS, check, hard, soft_cost

MONDAY = date(2027, 3, 1)
WORKING = Hours(time(9), time(18), (time(9, 30), time(14)))
OPEN = dict.fromkeys(range(6), (time(9), time(18)))
CALENDAR = Calendar((WORKING,), travel={("Lahore", "Sialkot"): 150, ("Lahore", "Karachi"): 300})


def at(text: str) -> datetime:
    """ "2027-03-01 09:30" """
    return datetime.fromisoformat(text)


def trainer(name: str = "ali", **changes) -> Trainer:
    made = Trainer(
        name, frozenset({"buyers"}), frozenset({"ur"}), frozenset({"Lahore", "Sialkot"}), "Lahore", good_week=4
    )
    return replace(made, **changes)


def venue(name: str = "hall", **changes) -> Venue:
    return replace(Venue(name, "Lahore", 30, OPEN), **changes)


def cohort(name: str = "lhr", sessions: int = 2, *, minutes: int = 180, weeks: int = 4, **changes) -> Cohort:
    made = tuple(Session(f"{name}-{number}", "m1", minutes, "buyers") for number in range(1, sessions + 1))
    last = MONDAY + timedelta(days=7 * weeks - 1)
    return replace(Cohort(name, "Lahore", "on_site", "ur", 20, MONDAY, last, made), **changes)


def problem(*cohorts: Cohort, **changes) -> Problem:
    made = Problem((trainer(),), (venue(),), cohorts or (cohort(),), CALENDAR, DEFAULTS)
    return replace(made, **changes)


def placed(text: str, who: str = "ali", where: str | None = "hall") -> Placed:
    return Placed(at(text), who, where)


def codes(made: Problem, plan) -> set[str]:
    return {violation.code for violation in check(made, plan)}


def every_plan(made: Problem):
    """Every plan that gives all sessions a time that the calendar offers, one after the other, one a day."""
    days = [MONDAY + timedelta(days=number) for number in range((made.cohorts[0].last - MONDAY).days + 1)]
    keys = list(made.sessions)
    choices = []
    for key in keys:
        group, _ = made.sessions[key]
        starts = [
            datetime.combine(day, clock)
            for day in days
            for clock in sorted(
                {c for row in made.calendar.hours_on(day, is_online=group.is_online) for c in row.starts}
            )
        ]
        where = [None] if group.is_online else [x.id for x in made.venues if x.city == group.city]
        spots = [Placed(*spot) for spot in itertools.product(starts, [x.id for x in made.trainers], where)]
        alone = [spot for spot in spots if _may_stand(made, key, spot)]
        choices.append([made.standing[key]] if key in made.stays else alone)
    yield from _extend(made, keys, choices, {})


def _may_stand(made: Problem, key: str, spot: Placed) -> bool:
    return all(violation.code == "unplaced" for violation in hard(check(made, {key: spot})))


def _extend(made: Problem, keys, choices, plan):
    if len(plan) == len(keys):
        yield dict(plan)
        return
    key = keys[len(plan)]
    group, session = made.sessions[key]
    place = group.sessions.index(session)
    before = plan[group.sessions[place - 1].id].start.date() if place else None
    for spot in choices[len(plan)]:
        if before is None or before < spot.start.date():
            plan[key] = spot
            if all(violation.code == "unplaced" for violation in hard(check(made, plan))):
                yield from _extend(made, keys, choices, plan)
            del plan[key]


def least_cost(made: Problem) -> int | None:
    """Of all plans; None where none keeps the hard rules."""
    return min((soft_cost(check(made, plan)) for plan in every_plan(made)), default=None)
