"""Each rule is noticed where it alone is broken, at any time of day, and a plan that breaks none passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from tests.training.timetable.solver.small import (
    CALENDAR,
    MONDAY,
    at,
    codes,
    cohort,
    placed,
    problem,
    trainer,
    venue,
)
from training.timetable.solver.problem import Calendar, Holiday, Hours, Rule
from training.timetable.solver.rules import ALWAYS, DEFAULTS, RULES, check, hard, soft_cost

pytestmark = pytest.mark.unit

GOOD = {"lhr-1": placed("2027-03-01 09:30"), "lhr-2": placed("2027-03-04 09:30")}
PAIR = {**GOOD, "khi-1": placed("2027-03-02 09:30"), "khi-2": placed("2027-03-05 09:30")}
WIDE = trainer(cities=frozenset({"Lahore", "Sialkot", "Karachi"}))


def with_first(text="2027-03-01 09:30", who="ali", where="hall"):
    return {**GOOD, "lhr-1": placed(text, who, where)}


def test_a_plan_that_breaks_nothing_passes():
    assert check(problem(), GOOD) == ()
    assert check(problem(cohort(), cohort("khi")), PAIR) == ()


ALONE = {
    "unplaced": (problem(), {"lhr-1": GOOD["lhr-1"]}),
    "unknown": (problem(), with_first(who="nobody")),
    "moved_fixed": (problem(standing=GOOD, fixed=frozenset({"lhr-1"})), with_first("2027-03-01 10:00")),
    "past": (problem(now=at("2027-03-01 09:31")), GOOD),
    "notice": (problem(now=at("2027-02-28 10:00")), GOOD),
    "window": (problem(cohort(first=MONDAY + timedelta(days=1))), GOOD),
    "holiday": (problem(calendar=replace(CALENDAR, holidays={MONDAY: Holiday("Holi")})), GOOD),
    "hours": (
        problem(venues=(venue(hours=dict.fromkeys(range(6), (time(9), time(22)))),)), with_first("2027-03-01 15:01")
    ),
    "prayer": (problem(cohort(minutes=60)), {**GOOD, "lhr-2": placed("2027-03-05 12:01")}),
    "skill": (problem(trainers=(trainer(skills=frozenset()),)), GOOD),
    "language": (problem(trainers=(trainer(languages=frozenset({"en"})),)), GOOD),
    "trainer_city": (problem(trainers=(trainer(cities=frozenset({"Sialkot"})),)), GOOD),
    "trainer_away": (problem(trainers=(trainer(away=frozenset({MONDAY})),)), GOOD),
    "trainer_twice": (
        problem(cohort(), cohort("khi"), venues=(venue(), venue("room"))),
        {**PAIR, "khi-1": placed("2027-03-01 12:29", where="room")},
    ),
    "trainer_week": (problem(trainers=(trainer(max_week=1),)), GOOD),
    "travel": (
        problem(
            cohort(), cohort("khi", city="Karachi"), trainers=(WIDE,), venues=(venue(), venue("sea", city="Karachi"))
        ),
        {**PAIR, "khi-1": placed("2027-03-01 14:59", where="sea"), "khi-2": placed("2027-03-05 09:30", where="sea")},
    ),
    "venue_missing": (problem(), with_first(where=None)),
    "venue_city": (problem(venues=(venue(city="Sialkot"),), trainers=(trainer(home="Sialkot"),)), GOOD),
    "capacity": (problem(venues=(venue(capacity=19),)), GOOD),
    "equipment": (
        problem(replace(cohort(), sessions=tuple(replace(s, equipment=frozenset({"lab"})) for s in cohort().sessions))),
        GOOD
    ),
    "venue_closed": (problem(venues=(venue(closed=frozenset({MONDAY})),)), GOOD),
    "venue_twice": (
        problem(cohort(), cohort("khi"), trainers=(trainer(), trainer("sara"))),
        {**PAIR, "khi-1": placed("2027-03-01 12:29", "sara")},
    ),
    "cohort_twice": (
        problem(trainers=(trainer(), trainer("sara")), venues=(venue(), venue("room"))),
        {**GOOD, "lhr-2": placed("2027-03-01 12:29", "sara", "room")},
    ),
    "per_week": (problem(cohort(sessions=3)), {**GOOD, "lhr-3": placed("2027-03-06 09:30")}),
    "order": (problem(), {"lhr-2": GOOD["lhr-1"], "lhr-1": GOOD["lhr-2"]}),
    "time_of_day": (problem(cohort(prefers="afternoon")), GOOD),
    "friday_afternoon": (problem(), {"lhr-1": placed("2027-03-02 09:30"), "lhr-2": placed("2027-03-05 14:30")}),
    "gap": (problem(), {**GOOD, "lhr-2": placed("2027-03-03 09:30")}),
    "late": (problem(cohort(due=date(2027, 3, 3))), GOOD),
    "away_from_home": (problem(trainers=(trainer(home="Sialkot"),)), GOOD),
    "load": (problem(trainers=(trainer(good_week=1),)), GOOD),
    "road": (
        problem(
            cohort(minutes=60), cohort("khi", minutes=60, city="Karachi"), trainers=(WIDE,),
            venues=(venue(), venue("sea", city="Karachi")),
        ),
        {**PAIR, "khi-1": placed("2027-03-01 15:30", where="sea"), "khi-2": placed("2027-03-05 09:30", where="sea")},
    ),
    "days_in_row": (
        problem(cohort(sessions=6, per_week=6), trainers=(trainer(max_week=6, good_week=6),)),
        {f"lhr-{day}": placed(f"2027-03-0{day} 09:30") for day in range(1, 7)},
    ),
}  # fmt: skip
"""By rule: a problem and a plan that breaks it, and but what it cannot be broken without, nothing else."""
BESIDES = {"travel": "away_from_home", "road": "away_from_home", "cohort_twice": "gap", "per_week": "gap"}


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_a_rule_is_noticed_where_it_alone_is_broken(code):
    made, plan = ALONE[code]
    assert codes(made, plan) == {code, BESIDES.get(code, code)}


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_a_rule_that_is_not_there_is_not_asked(code):
    made, plan = ALONE[code]
    without = replace(made, rules={name: rule for name, rule in DEFAULTS.items() if name != code})
    assert code not in codes(without, plan)


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_the_level_and_the_cost_of_a_rule_are_data(code):
    made, plan = ALONE[code]
    soft = replace(made, rules={**DEFAULTS, code: replace(DEFAULTS[code], is_hard=False, cost=7)})
    blocking = replace(made, rules={**DEFAULTS, code: replace(DEFAULTS[code], is_hard=True)})
    costs = [violation.cost for violation in check(soft, plan) if violation.code == code]
    assert costs
    assert all(cost > 0 and cost % 7 == 0 for cost in costs)
    assert all(violation.cost == 0 for violation in check(blocking, plan) if violation.is_hard)
    assert code in {violation.code for violation in hard(check(blocking, plan))}


def test_what_every_proposal_keeps_names_rules_that_there_are():
    assert set(DEFAULTS) >= ALWAYS


def test_units_are_counted():
    two_days_late = problem(cohort(due=date(2027, 3, 2)))
    assert soft_cost(check(two_days_late, GOOD)) == 2
    far = {**GOOD, "lhr-2": placed("2027-03-08 09:30")}  # seven days, four would do
    assert [(v.code, v.cost) for v in check(problem(), far)] == [("gap", 3)]


def test_facts_say_what_is_off():
    made, plan = ALONE["travel"]
    (found,) = hard(check(made, plan))
    assert found.sessions == ("lhr-1", "khi-1")
    assert found.facts == {"trainer": "ali", "from": "Lahore", "to": "Karachi", "minutes": 300, "between": 149}


@pytest.mark.parametrize(("start", "is_reached"), [("2027-03-01 17:29", False), ("2027-03-01 17:30", True)])
def test_a_trainer_who_has_the_time_for_the_road_may_teach_in_two_cities_on_one_day(start, is_reached):
    evening = replace(CALENDAR, hours=(Hours(time(9), time(22), ()),))
    room = venue("sea", city="Karachi", hours=dict.fromkeys(range(6), (time(9), time(22))))
    made = problem(
        cohort(), cohort("khi", city="Karachi"), trainers=(WIDE,), venues=(venue(), room), calendar=evening,
        rules={name: rule for name, rule in DEFAULTS.items() if name != "road"},
    )  # fmt: skip
    plan = {**PAIR, "khi-1": placed(start, where="sea"), "khi-2": placed("2027-03-05 09:30", where="sea")}
    assert ("travel" not in codes(made, plan)) is is_reached


def test_the_road_reaches_over_a_night():
    made = problem(
        cohort(), cohort("isb", city="Quetta"), trainers=(trainer(cities=frozenset({"Lahore", "Quetta"})),),
        venues=(venue(), venue("sea", city="Quetta")), calendar=replace(CALENDAR, far=21 * 60 + 1),
    )  # fmt: skip
    plan = {**GOOD, "isb-1": placed("2027-03-02 09:30", where="sea"), "isb-2": placed("2027-03-08 09:30", where="sea")}
    assert {(v.sessions) for v in check(made, plan) if v.code == "travel"} == {("lhr-1", "isb-1")}


@pytest.mark.parametrize(
    ("start", "minutes", "is_free"),
    [
        ("2027-03-05 10:00", 180, True),
        ("2027-03-05 10:01", 180, False),
        ("2027-03-05 14:29", 60, False),
        ("2027-03-05 14:30", 60, True),
        ("2027-03-05 13:30", 30, False),
        ("2027-03-04 13:00", 60, True),
    ],
)
def test_friday_prayer_is_kept_free_to_the_minute(start, minutes, is_free):
    made = problem(cohort(minutes=minutes))
    assert ("prayer" not in codes(made, {"lhr-1": placed(start)})) is is_free


RAMAZAN = Hours(time(9), time(15), (time(9), time(12)), first=date(2027, 2, 8), last=date(2027, 3, 9), reason="ramazan")


@pytest.mark.parametrize(
    ("last", "start", "found"),
    [
        (date(2027, 3, 9), "2027-03-09 14:00", {"hours"}),  # ends at 16:00
        (date(2027, 3, 9), "2027-03-09 13:00", set()),
        (date(2027, 3, 9), "2027-03-10 14:00", set()),
        (date(2027, 3, 10), "2027-03-10 14:00", {"hours"}),  # the moon was seen a day later
    ],
)
def test_hours_of_ramazan_take_the_place_of_the_others_on_their_days(last, start, found):
    calendar = Calendar((Hours(time(9), time(18), ()), replace(RAMAZAN, last=last)))
    made = problem(cohort(sessions=1, minutes=120), calendar=calendar)
    assert codes(made, {"lhr-1": placed(start)}) == found


def test_eid_that_moves_by_a_day_blocks_what_now_falls_on_it_and_frees_what_does_not():
    eid = {date(2027, 3, day): Holiday("Eid-ul-Fitr", is_provisional=True) for day in (10, 11, 12)}
    moved = {date(2027, 3, day): Holiday("Eid-ul-Fitr") for day in (11, 12, 13)}
    made = problem(cohort(sessions=1), calendar=replace(CALENDAR, holidays=eid))
    saturday, wednesday = {"lhr-1": placed("2027-03-13 10:00")}, {"lhr-1": placed("2027-03-10 10:00")}
    (expected,) = check(made, wednesday)
    assert (expected.code, expected.facts["is_provisional"], codes(made, saturday)) == ("holiday", True, set())
    made = replace(made, calendar=replace(CALENDAR, holidays=moved))
    assert (codes(made, wednesday), codes(made, saturday)) == (set(), {"holiday"})


def test_a_week_over_the_turn_of_the_year_is_one_week():
    made = problem(cohort(sessions=3, first=date(2026, 12, 28), last=date(2027, 1, 31)))
    plan = {
        "lhr-1": placed("2026-12-28 09:30"),
        "lhr-2": placed("2026-12-31 09:30"),
        "lhr-3": placed("2027-01-02 09:30"),
    }
    (found,) = hard(check(made, plan))
    assert (found.code, found.facts["week"], found.facts["number"]) == ("per_week", date(2026, 12, 28), 3)


def test_an_online_cohort_needs_no_venue_and_its_trainer_no_road():
    online = cohort("net", mode="online", city="")
    made = problem(cohort(), online, trainers=(trainer(good_week=5),))
    plan = {**GOOD, "net-1": placed("2027-03-01 12:30", where=None), "net-2": placed("2027-03-05 09:30", where=None)}
    assert codes(made, plan) == set()


def test_a_venue_and_a_trainer_taken_by_others_are_not_free():
    hours = (at("2027-03-01 12:00"), at("2027-03-01 13:00"))
    assert codes(problem(venues=(venue(busy=(hours,)),)), GOOD) == {"venue_closed"}
    assert codes(problem(trainers=(trainer(busy=(hours,)),)), GOOD) == {"trainer_away"}
    ends_before = (at("2027-03-01 12:30"), at("2027-03-01 13:00"))
    assert codes(problem(venues=(venue(busy=(ends_before,)),)), GOOD) == set()


def test_what_began_stays_and_a_session_that_does_not_move_needs_no_notice():
    made = problem(standing=GOOD, now=at("2027-03-03 12:00"))
    assert check(made, GOOD) == ()
    moved = {"lhr-1": placed("2027-03-02 09:30"), "lhr-2": placed("2027-03-04 10:00")}
    assert codes(made, moved) >= {"moved_fixed", "past", "notice"}


def test_two_sessions_of_one_id_are_refused():
    with pytest.raises(ValueError, match="one id"):
        check(problem(cohort(), cohort()), {})


def test_rules_have_their_codes_once():
    assert len(DEFAULTS) == len(RULES)
    assert all(isinstance(rule, Rule) for rule in RULES)
