"""The closing of a round in words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from selection.rounds.words import closing_words

pytestmark = pytest.mark.unit
PAKISTAN = ZoneInfo("Asia/Karachi")


@pytest.mark.parametrize(
    ("moment", "english", "urdu"),
    [
        (datetime(2027, 1, 3, 18, tzinfo=PAKISTAN), "3\xa0January\xa02027, 18:00", "3 جنوری 2027، 18:00"),
        (datetime(2027, 2, 1, tzinfo=PAKISTAN), "31\xa0January\xa02027, 24:00", "31 جنوری 2027، 24:00"),
        (
            datetime(2027, 1, 31, 19, tzinfo=ZoneInfo("UTC")),
            "31\xa0January\xa02027, 24:00",
            "31 جنوری 2027، 24:00",
        ),
        (datetime(2027, 2, 1, 0, 1, tzinfo=PAKISTAN), "1\xa0February\xa02027, 00:01", "1 فروری 2027، 00:01"),
    ],
)
def test_a_closing_has_its_hour_and_midnight_belongs_to_the_day_before(moment, english, urdu):
    with override("en"):
        assert closing_words(moment) == english
    with override("ur"):
        assert closing_words(moment).replace("\u00a0", " ") == urdu
