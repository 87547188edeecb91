"""Days as banks write them, one order for a whole column, and the year of a booking day in MT940. Pure."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
PARTS: Final = re.compile(
    r"([0-9]{1,4}|[A-Za-z]{3,9})[\s./,-]+([0-9]{1,2}|[A-Za-z]{3,9})[\s./,-]+([0-9]{1,4})(?:[T ]+[0-9:]+.*)?"
)
TOGETHER: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})|([0-9]{4})([0-9]{2})([0-9]{2})")
HALF_YEAR: Final = 183  # days


class Order(StrEnum):
    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class DayFault(StrEnum):
    MISSING = "no_day"
    NOT_ONE = "not_a_day"
    NO_MONTH = "no_month"
    NO_SUCH = "no_such_day"


class BadDay(ValueError):
    def __init__(self, fault: DayFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def read_day(text: str, order: Order) -> date:
    """A day, with an hour behind it or not. 2027-04-03 is read as such in any order, as spreadsheets keep it. Raises BadDay; a
    day that does not exist is never moved to another one."""
    plain = text.strip()
    if not plain:
        raise BadDay(DayFault.MISSING)
    if iso := ISO.fullmatch(plain):
        return _day(*(int(part) for part in iso.groups()))
    parts = PARTS.fullmatch(plain)
    if parts is None:
        return _together(plain, order)
    first, second, third = parts.groups()
    year, month, day = {
        Order.DMY: (third, second, first),
        Order.MDY: (third, first, second),
        Order.YMD: (first, second, third),
    }[order]
    if first.isalpha():  # "Apr 3, 2027"
        year, month, day = third, first, second
    elif second.isalpha():  # "3 Apr 2027", "2027 Apr 3"
        year, month, day = (first, second, third) if len(first) == 4 else (third, second, first)
    return _day(_year(year), _month(month), int(day))


def _together(text: str, order: Order) -> date:
    """Eight figures: 03042027 or 20270403."""
    parts = TOGETHER.fullmatch(text)
    if parts is None:
        raise BadDay(DayFault.NOT_ONE)
    if order is Order.YMD:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    first, second, year = int(text[:2]), int(text[2:4]), int(text[4:])
    return _day(year, second, first) if order is Order.DMY else _day(year, first, second)


def _year(text: str) -> int:
    if not text.isdigit() or len(text) not in {2, 4}:
        raise BadDay(DayFault.NOT_ONE)
    return int(text) + 2000 if len(text) == 2 else int(text)


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    number = MONTHS.get(text[:3].lower())
    if number is None:
        raise BadDay(DayFault.NOT_ONE)
    return number


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise BadDay(DayFault.NO_MONTH)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDay(DayFault.NO_SUCH) from None


def booking_day(value_on: date, month: int, day: int) -> date:
    """The day on which something was booked that names month and day alone: in the year that brings it nearest to
    its value day, at most half a year off. Raises BadDay: 29 February is possible only in a leap year."""
    fault, found = DayFault.NO_SUCH, []
    for year in (value_on.year, value_on.year + 1, value_on.year - 1):
        try:
            found.append(_day(year, month, day))
        except BadDay as wrong:
            fault = wrong.fault
    nearest = min(found, key=lambda each: abs(each - value_on), default=None)
    if nearest is None or abs((nearest - value_on).days) > HALF_YEAR:
        raise BadDay(fault)
    return nearest
