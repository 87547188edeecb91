"""Made problems of the timetable, the same for the same seed: five cities and online, ten weeks, Eid within them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np

from training.timetable.solver.problem import (
    AFTERNOON,
    EVENING,
    MONDAY_TO_SATURDAY,
    MORNING,
    ON_SITE,
    ONLINE,
    Calendar,
    Cohort,
    Holiday,
    Hours,
    Problem,
    Session,
    Trainer,
    Venue,
)
from training.timetable.solver.rules import DEFAULTS

CITIES = ("Lahore", "Karachi", "Sialkot", "Peshawar", "Quetta")
SHARES = (0.3, 0.3, 0.16, 0.12, 0.12)
SKILLS = (
    "buyers", "listing", "photography", "pricing", "payment", "shipping",
    "labels", "law", "returns", "adverts", "data", "service",
)  # fmt: skip
MONDAY = date(2027, 7, 5)
WEEKS = 10
TRAVEL = {
    ("Lahore", "Karachi"): 300, ("Lahore", "Sialkot"): 150, ("Lahore", "Peshawar"): 390, ("Lahore", "Quetta"): 330,
    ("Karachi", "Sialkot"): 420, ("Karachi", "Peshawar"): 330, ("Karachi", "Quetta"): 300,
    ("Sialkot", "Peshawar"): 330, ("Sialkot", "Quetta"): 600, ("Peshawar", "Quetta"): 600,
}  # fmt: skip
WORKING = Hours(time(9), time(18), (time(9, 30), time(14)), MONDAY_TO_SATURDAY - {4}, is_online=False)
FRIDAY = Hours(time(9), time(18), (time(9, 30), time(15)), frozenset({4}), is_online=False)
EVENINGS = Hours(time(9), time(22), (time(9, 30), time(19)), is_online=True)
HOLIDAYS = {
    date(2027, 8, 14): Holiday("Independence Day"),
    date(2027, 7, 16): Holiday("Ashura", is_provisional=True),
    date(2027, 7, 15): Holiday("Tasua", is_provisional=True),
}
CALENDAR = Calendar((WORKING, FRIDAY, EVENINGS), HOLIDAYS, travel=TRAVEL)
OPEN = dict.fromkeys(range(6), (time(9), time(18)))


def made_problem(cohorts: int, seed: int = 20_261_129) -> Problem:
    """Trainers and venues grow with the cohorts: 40 and 15 at 60."""
    random = np.random.default_rng(seed)
    number = max(len(CITIES), cohorts * 15 // 60)
    venues = tuple(_venue(random, place) for place in range(number))
    trainers = tuple(_trainer(random, place) for place in range(max(8, cohorts * 40 // 60)))
    made = tuple(_cohort(random, place, venues) for place in range(cohorts))
    return Problem(_taught(random, trainers, made), venues, made, CALENDAR, DEFAULTS)


def _taught(
    random: np.random.Generator, trainers: tuple[Trainer, ...], cohorts: tuple[Cohort, ...]
) -> tuple[Trainer, ...]:
    """The trainers, some of whom learned another skill or language, so that three can hold each session."""
    able = list(trainers)
    for cohort in cohorts:
        for skill in SKILLS:
            near = [n for n, t in enumerate(able) if not cohort.city or cohort.city in t.cities]
            fit = [n for n in near if skill in able[n].skills and cohort.language in able[n].languages]
            for n in random.permutation([n for n in near if n not in fit]).tolist()[: max(0, 3 - len(fit))]:
                skills, languages = able[n].skills | {skill}, able[n].languages | {cohort.language}
                able[n] = replace(able[n], skills=skills, languages=languages)
    return tuple(able)


def _venue(random: np.random.Generator, place: int) -> Venue:
    has = frozenset({"computers"} if place // len(CITIES) % 3 != 1 else set())
    capacity = (30, 60, 40)[place // len(CITIES) % 3]
    days = random.choice(WEEKS * 7, 3, replace=False).tolist()
    closed = frozenset(MONDAY + timedelta(days=day) for day in days)
    return Venue(f"v{place}", CITIES[place % len(CITIES)], capacity, OPEN, has, closed)


def _trainer(random: np.random.Generator, place: int) -> Trainer:
    home = CITIES[place % len(CITIES)] if place < 2 * len(CITIES) else str(random.choice(CITIES, p=SHARES))
    first = SKILLS[place % len(SKILLS)]
    skills = {first, *random.choice(SKILLS, 2).tolist()}
    cities = {home, *random.choice(CITIES, 2).tolist()}
    start = int(random.integers(0, WEEKS * 7 - 5))
    away = frozenset(MONDAY + timedelta(days=start + day) for day in range(5))
    languages = frozenset({"ur", "en"} if random.random() < 0.6 else {"ur"})
    return Trainer(f"t{place}", frozenset(skills), languages, frozenset(cities), home, away=away)


def _cohort(random: np.random.Generator, place: int, venues: tuple[Venue, ...]) -> Cohort:
    is_online = random.random() < 0.15
    city = "" if is_online else str(random.choice(CITIES, p=SHARES))
    largest = max((venue.capacity for venue in venues if venue.city == city), default=40)
    first = MONDAY + timedelta(days=7 * int(random.integers(0, 4)))
    skills = [SKILLS[k % len(SKILLS)] for k in range(12)]
    sessions = tuple(
        Session(
            f"c{place}-{k + 1}", f"m{k // 2}", 180, skill, frozenset({"computers"} if skill == "listing" else set())
        )
        for k, skill in enumerate(skills)
    )
    return Cohort(
        f"c{place}",
        city,
        ONLINE if is_online else ON_SITE,
        "ur" if random.random() < 0.85 else "en",
        min(largest, int(random.integers(15, 36))),
        first,
        MONDAY + timedelta(days=7 * WEEKS - 1),
        sessions,
        due=first + timedelta(days=42),
        prefers=[MORNING, EVENING if is_online else AFTERNOON, None][int(random.integers(0, 3))],
    )
