"""What the health page says of files that wait for their score."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from selection.scoring.selectors import health_lines
from tdap_portal.audit import outbox
from tests.factories.selection import ApplicationFactory, RoundFactory

pytestmark = pytest.mark.django_db


def said():
    return [(line.ok, str(line.detail), line.weight) for line in health_lines()]


def test_where_every_file_has_its_score_nothing_waits():
    ApplicationFactory()
    ApplicationFactory(scored=True)
    assert said() == [(True, "Nothing waits.", "must")]


@pytest.mark.sqlite_leg
def test_a_file_that_waits_too_long_for_its_score_fails_the_page(django_assert_num_queries):
    with outbox.held_back():
        files = [ApplicationFactory(round=RoundFactory(), submitted=True) for _round in range(2)]
    with time_machine.travel(files[0].submitted_at + timedelta(minutes=14), tick=False):
        assert said() == [(True, "Waits 14\xa0minutes.", "must")]
    with time_machine.travel(files[0].submitted_at + timedelta(days=3), tick=False), django_assert_num_queries(1):
        assert said() == [(False, "Waits 3\xa0days.", "must")]
    assert files[0].submitted_at <= timezone.now()
