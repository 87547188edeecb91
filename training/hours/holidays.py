"""Holidays as they are announced: set, moved by the moon, confirmed. Nothing is moved or sent by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.calendar import forget_closed_days
from tdap_portal.core.errors import DomainError
from tdap_portal.core.models import ClosedDay
from training.models import Holiday
from training.states import Happened
from training.timetable import permissions
from training.timetable.reading import days_between

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User

MAX_DAYS = 14


@transaction.atomic
def set_holiday(
    *,
    actor: User,
    name: str,
    starts_on: date,
    ends_on: date,
    source: str,
    is_provisional: bool,
    name_ur: str = "",
    holiday: Holiday | None = None,
) -> Holiday:
    """A holiday, or another span for one that was announced. The days that it leaves are working days again where the calendar had them
    for this holiday; sessions that now stand on one are blocked on the board, and stay where they are until somebody moves them.

    Raises NotAllowed, DomainError "upside_down", "too_long" or "no_source".
    """
    permissions.can_plan(actor).require()
    if ends_on < starts_on:
        raise DomainError(_("The last day lies before the first."), code="upside_down")
    if (ends_on - starts_on).days >= MAX_DAYS:
        raise DomainError(_("A holiday has at most %(number)d days.") % {"number": MAX_DAYS}, code="too_long")
    if not source.strip():
        raise DomainError(_("Say where it was announced: the notification, or who sighted the moon."), code="no_source")
    was: list[date] = []
    if holiday is not None:
        holiday = Holiday.objects.select_for_update().get(pk=holiday.pk)
        was = days_between(holiday.starts_on, holiday.ends_on)
    row = holiday or Holiday()
    row.name, row.name_ur = name.strip()[:120], name_ur.strip()[:120]
    row.starts_on, row.ends_on, row.is_provisional = starts_on, ends_on, is_provisional
    row.source, row.noted_by = source.strip()[:200], actor
    row.save()
    days = days_between(starts_on, ends_on)
    for day in set(was) - set(days):
        ClosedDay.objects.update_or_create(day=day, defaults={"is_open": True, "name": row.name, "source": row.source})
    for day in days:
        ClosedDay.objects.update_or_create(day=day, defaults={"is_open": False, "name": row.name, "source": row.source})
    transaction.on_commit(forget_closed_days)
    forget_closed_days()
    record(
        Happened.HOLIDAY_SET.value,
        subject=row,
        actor=actor,
        name=row.name,
        was=[was[0], was[-1]] if was else [],
        starts_on=starts_on,
        ends_on=ends_on,
        is_provisional=is_provisional,
        source=row.source,
    )
    return row
