"""Eight sets are equally good: the same one comes out every day (the nine firms of a solver's issue, as files)."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest

from selection.engine import compose as engine
from selection.models import Application, Composition, Round
from selection.seats.composer import overview, pools, working
from selection.seats.composer.overview import Overview
from selection.states import RoundState
from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule

pytestmark = pytest.mark.django_db
PUNJAB, BALOCHISTAN = "PK-PB", "PK-BA"
FIRMS = """
A-101,82,2027-01-04T09:12,PK-PB,yes
A-102,79,2027-01-05T10:00,PK-SD,no
A-103,76,2027-01-06T08:30,PK-PB,no
A-104,76,2027-01-03T17:45,PK-KP,no
A-105,76,2027-01-06T08:30,PK-SD,yes
A-106,76,2027-01-02T11:20,PK-PB,no
A-107,74,2027-01-01T10:05,PK-BA,no
A-108,74,2027-01-01T10:05,PK-BA,yes
A-109,70,2027-01-07T12:00,PK-SD,yes
"""
RULES = [rule("province", [BALOCHISTAN], floor=1), rule(*WOMEN, floor=2), rule("province", [PUNJAB], cap=2)]
RIGHT = ["A-101", "A-102", "A-106", "A-104", "A-108"]
IN_ORDER = ["A-101", "A-102", "A-106", "A-104", "A-103", "A-105", "A-107", "A-108", "A-109"]


def columns(line: str) -> dict:
    number, points, hour, province, women = line.split(",")
    return {
        "file_number": number,
        "points": points,
        "submitted_at": datetime.fromisoformat(hour).replace(tzinfo=UTC),
        "province": province,
        "women_led": women == "yes",
        "tie_key": "",
    }


@pytest.fixture(scope="module")
def key(module_db):
    lines = FIRMS.split()
    random.Random(6).shuffle(lines)
    round_ = closed_round(seats=5, number=5)
    reviewed_files(round_, *map(columns, lines))
    return round_.pk


@pytest.fixture
def found(key):
    return composed(Round.objects.get(pk=key), rules=RULES)


def numbers_of(ids) -> list[str]:
    numbers = dict(Application.objects.values_list("pk", "file_number"))
    return [numbers[pk] for pk in ids]


def test_the_files_stand_in_the_order_of_the_policy(found):
    assert [row.file_number for row in pools.candidates_of(found.round)] == IN_ORDER


def test_the_tie_rule_takes_the_same_set_and_says_how_many_are_equal(found):
    answer = found.result["answer"]
    assert numbers_of(answer["chosen"]) == RIGHT
    assert (answer["points"], answer["bound"], answer["equal_sets"], answer["equal_sets_exact"]) == (
        38700,
        38700,
        8,
        True,
    )
    assert found.result["checked"] == []


def test_it_is_the_same_after_saving_and_loading_and_when_it_is_worked_out_again(found):
    rows = pools.candidates_of(found.round)
    again = json.loads(json.dumps(working.optimum(found, rows)))
    kept = Composition.objects.get(pk=found.pk).result
    assert {name: kept[name] for name in again} == again
    assert list(working.answer_of(kept).chosen) == kept["answer"]["chosen"]


def test_the_order_of_the_rows_of_the_pool_changes_nothing(found):
    rows = pools.candidates_of(found.round)
    asked = working.question_of(found, rows)
    drawn = random.Random(1)
    for _try in range(20):
        order = drawn.sample(range(len(rows)), len(rows))
        pool = asked["pool"]
        mixed = type(pool)(
            ids=pool.ids[order],
            points=pool.points[order],
            ranks=pool.ranks[order],
            groups={name: type(of)(of.codes[order], of.labels) for name, of in pool.groups.items()},
        )
        assert numbers_of(engine.compose(**{**asked, "pool": mixed}).chosen) == RIGHT


def test_pages_of_two_show_each_firm_once_also_while_a_tenth_comes_between(found, monkeypatch):
    monkeypatch.setattr(overview, "FIRMS_A_PAGE", 2)
    first = [firm.file_number for firm in Overview(found, first=0).firms()]
    Round.objects.filter(pk=found.round_id).update(state=RoundState.OPEN)
    reviewed_files(Round.objects.get(pk=found.round_id), columns("A-110,99,2027-01-08T12:00,PK-SD,yes"))
    rest = [firm.file_number for at in (2, 4) for firm in Overview(found, first=at).firms()]
    assert first + rest == RIGHT
    assert [Overview(found, first=at).more() for at in (0, 2, 4)] == [(None, 2), (0, 4), (2, None)]
