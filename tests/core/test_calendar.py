"""Working days in Pakistan."""

from datetime import date

import pytest

from tdap_portal.core import calendar
from tdap_portal.core.models import ClosedDay

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]


def test_pakistan_day_is_a_holiday():
    assert calendar.is_working_day(date(2027, 3, 23)) is False
    assert calendar.is_working_day(date(2027, 3, 24)) is True


def test_a_weekend_is_not_counted():
    assert calendar.add_working_days(date(2027, 4, 2), 1) == date(2027, 4, 5)


def test_an_official_can_move_eid():
    day = date(2027, 4, 6)
    assert calendar.is_working_day(day) is True
    ClosedDay.objects.create(day=day, name="Closed by order", source="Cabinet Division, notification 1")
    assert calendar.is_working_day(day) is False
    assert calendar.holidays_between(day, day) == [(day, "Closed by order")]


def test_a_working_saturday_counts():
    ClosedDay.objects.create(day=date(2027, 4, 10), is_open=True, name="Working Saturday", source="Order 2")
    assert calendar.working_days_between(date(2027, 4, 9), date(2027, 4, 12)) == 2


def test_no_day_gives_the_day_itself_and_going_back_is_refused():
    assert calendar.add_working_days(date(2027, 4, 3), 0) == date(2027, 4, 3)
    with pytest.raises(ValueError, match="negative"):
        calendar.add_working_days(date(2027, 4, 3), -1)


def test_the_end_before_the_start_has_no_working_days():
    assert calendar.working_days_between(date(2027, 4, 9), date(2027, 4, 1)) == 0


@pytest.mark.parametrize("language", ["", "C.UTF-8", "ur_PK.UTF-8"])
def test_days_are_called_alike_whatever_the_language_of_the_machine(monkeypatch, language):
    """The catalogue knows them by these names; on another machine an Urdu page showed them in English."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", language)
    calendar._library.cache_clear()
    assert calendar._library().get(date(2027, 3, 10)) == "Eid al-Fitr (estimated)"
