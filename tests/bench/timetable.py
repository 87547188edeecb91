"""How fast a timetable is made, how good it is, and how little a trainer's illness changes of it.

Run by `make bench BENCH=timetable ROWS=60`: so many cohorts of twelve sessions, made by `tests.factories.timetable`
(60: 40 trainers, 15 venues, five cities, ten weeks). BENCH_SEED chooses another problem, BENCH_STEPS another number of
steps.

first_seconds: from the problem to a first plan with no step of search, all trainers polished; first_clashes: what
blocks in it. seconds: to the plan after all steps, its bound among it; hard_clashes, soft_cost: of that plan, by
the check that shares nothing with the search. lower_bound: what no plan costs less than, gap: how far the cost lies
above it, in per cent. repair_seconds: for each of the five trainers with most sessions in the fourth week, ill in it:
the longest; repair_clashes, moved, changed: sessions that block, have another time, or any change, over all five.
check_seconds: of one check of the whole plan. precheck_seconds: of the counting of what is impossible. cpu: of the
process alone, where others use the machine too. load: how many processes the machine had to serve meanwhile.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.factories.timetable import MONDAY, made_problem
from training.timetable.solver.precheck import precheck
from training.timetable.solver.repair import repair
from training.timetable.solver.rules import check, hard
from training.timetable.solver.solve import solve, steps_for

if TYPE_CHECKING:
    from training.timetable.solver.problem import Plan, Problem

SEED = 20_261_129
ILL = [MONDAY + timedelta(days=21 + number) for number in range(6)]


def with_ill(problem: Problem, plan: Plan, name: str) -> Problem:
    trainers = tuple(replace(x, away=x.away.union(ILL)) if x.id == name else x for x in problem.trainers)
    return replace(problem, trainers=trainers, standing=plan)


def main(rows: int = 60) -> dict[str, object]:
    problem = made_problem(rows, int(os.environ.get("BENCH_SEED", SEED)))
    steps = int(os.environ.get("BENCH_STEPS", steps_for(problem)))
    solve(made_problem(3), seed=1, steps=1)  # HiGHS is loaded once a process
    began = time.perf_counter()
    impossible = precheck(problem)
    precheck_seconds = time.perf_counter() - began
    began, used = time.perf_counter(), time.process_time()
    first = solve(problem, seed=1, steps=0)
    first_seconds, first_cpu = time.perf_counter() - began, time.process_time() - used
    began, used = time.perf_counter(), time.process_time()
    found = solve(problem, seed=1, steps=steps)
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    bound = found.bound.value if found.bound else 0
    began = time.perf_counter()
    check(problem, found.plan)
    check_seconds = time.perf_counter() - began
    busy = Counter(placed.trainer for placed in found.plan.values() if placed.start.date() in ILL)
    repairs, took, repair_cpu = [], [], []
    for name, _ in busy.most_common(5):
        began, used = time.perf_counter(), time.process_time()
        repairs.append(repair(with_ill(problem, found.plan, name), seed=1))
        took.append(time.perf_counter() - began)
        repair_cpu.append(time.process_time() - used)
    return {
        "impossible": len(impossible),
        "precheck_seconds": round(precheck_seconds, 2),
        "first_seconds": round(first_seconds, 2),
        "first_cpu_seconds": round(first_cpu, 2),
        "first_clashes": first.hard_clashes,
        "first_cost": first.soft_cost,
        "steps": steps,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "hard_clashes": found.hard_clashes,
        "soft_cost": found.soft_cost,
        "lower_bound": bound,
        "gap": round(100 * (found.soft_cost / bound - 1), 1) if bound else None,
        "check_seconds": round(check_seconds, 3),
        "repair_seconds": round(max(took, default=0), 2),
        "repair_cpu_seconds": round(max(repair_cpu, default=0), 2),
        "repair_clashes": sum(len(hard(one.violations)) for one in repairs),
        "moved": sum(one.moved for one in repairs),
        "changed": sum(len(one.changes) for one in repairs),
        "load": round(os.getloadavg()[0], 1),
    }
