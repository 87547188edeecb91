"""A timetable for walks over all pages: something blocks, something warns, one session has no place, one version is published."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from tests.training.made import KARACHI, cohort, published, session, trainer, venue
from training.hours import holidays
from training.models import TeachingHours
from training.timetable import proposals, services
from training.timetable.reading import days_between

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User

LONG = "Muhammadabdulrehmanbrotherssurgicalinstruments.com.pk"


def planned(manager: User) -> dict[str, str]:
    """What stands in addresses, by a word."""
    first = timezone.localdate() + timedelta(days=21)
    monday = first - timedelta(days=first.weekday())
    weekdays = list(range(6))
    usual = {"weekdays": weekdays, "opens": time(9), "closes": time(17), "starts": ["09:30", "14:00"]}
    hours, _is_new = TeachingHours.objects.get_or_create(name="Usual hours", name_ur="عام اوقات", **usual)
    prayer = {"kind": "prayer", "weekdays": [4], "opens": time(13), "closes": time(14, 30)}
    TeachingHours.objects.get_or_create(**prayer, defaults={"name": "Friday prayer", "name_ur": "نمازِ جمعہ"})
    everything = {"skills": ["photography"], "cities": ["Lahore", "Sialkot"], "languages": ["ur"]}
    hira = trainer(name="Hira Saleem", name_ur="حرا سلیم", **everything)
    bilal = trainer(name=LONG, home_city="Sialkot", **everything)
    hall, small = venue(name="Expo hall", name_ur="ایکسپو ہال"), venue(name=LONG, seats=8)
    chamber = venue(name="Chamber hall", city="Sialkot")
    span = {"starts_on": monday, "ends_on": monday + timedelta(days=60), "time_of_day": "morning"}
    lahore = cohort(code="TTL-1", **span)
    sialkot = cohort(code="TTS-1", city="Sialkot", **span)
    one = published(lahore, _at(monday, "09:30"), trainer=hira, venue=hall)
    two = published(lahore, _at(monday + timedelta(days=3), "09:30"), trainer=hira, venue=hall)
    three = published(sialkot, _at(monday + timedelta(days=1), "14:00"), trainer=bilal, venue=chamber)
    lost = session(sialkot, title="Labels and rules", title_ur="لیبل اور قواعد", skill="customs")
    _plan(manager, one, monday + timedelta(days=1), "09:30", hira, hall)
    services.publish(actor=manager, words="A day later.", reasons=dict.fromkeys([one.pk], "As asked."))
    _plan(manager, two, monday + timedelta(days=2), "14:00", hira, small)
    _plan(manager, three, monday + timedelta(days=2), "14:00", hira, chamber)
    days = days_between(monday + timedelta(days=5), monday + timedelta(days=5))
    holiday = holidays.set_holiday(
        actor=manager, name="Eid-ul-Fitr", name_ur="عید الفطر", starts_on=days[0], ends_on=days[-1],
        source="Cabinet Division", is_provisional=True,
    )  # fmt: skip
    proposal = proposals.ask_proposal(actor=manager, keeps_plan=True)
    proposals.work_out(proposal.pk)
    return {
        "week": monday.isoformat(),
        "planned_session": two.public_id,
        "lost_session": lost.public_id,
        "timetable_proposal": proposal.public_id,
        "holiday": holiday.public_id,
        "hours": hours.public_id,
    }


def _at(day: date, clock: str) -> str:
    return f"{day.isoformat()} {clock}"


def _plan(manager, row, day, clock, who, where) -> None:
    starts_at = datetime.fromisoformat(_at(day, clock)).replace(tzinfo=KARACHI)
    services.plan_session(actor=manager, session=row, starts_at=starts_at, trainer=who, venue=where)
