"""The demo's cases on any day it may be built."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from payments.demo.finance import InTurn, Lending
from tdap_portal.core.demo import Replay

pytestmark = pytest.mark.django_db
STEPS = ((38, 11), (35, 13), (32, 14), (30, 10), (28, 12), (6, 12), (2, 12))


def test_what_follows_in_a_case_comes_after_it_on_every_day_of_two_years():
    for number in range(731):
        last = date(2026, 1, 1) + timedelta(days=number)
        assert played(last) == list(range(len(STEPS))), last


def played(last):
    found, replay = [], Replay(after_each_day=list)
    turn = InTurn(Lending(people=None, last=last), replay)
    for step, (back, hour) in enumerate(STEPS):
        turn.at(back, hour, partial(found.append, step))
    replay.run()
    return found
