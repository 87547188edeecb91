"""Hours of the training, roads between cities and levels of the rules: dated rows that a programme manager sets. What is planned or
published stays where it is; the board shows what no longer fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from training.models import Road, RuleLevel, TeachingHours
from training.states import Happened
from training.timetable import permissions
from training.timetable.solver.rules import DEFAULTS

gettext_noop(
    "Usual time by road, or by air with the way to the airport; to be confirmed by TDAP"
)  # of the roads that the portal begins with

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, time

    from tdap_portal.accounts.models import User


@transaction.atomic
def set_hours(
    *,
    actor: User,
    name: str,
    opens: time,
    closes: time,
    weekdays: Sequence[int],
    starts: Sequence[time] = (),
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_online: bool | None = None,
    is_provisional: bool = False,
    source: str = "",
    name_ur: str = "",
    hours: TeachingHours | None = None,
) -> TeachingHours:
    """Hours, or others for a row that is there. With both days they take the place of the usual ones on those days (Ramazan).

    starts: when a proposal lets sessions begin; none: when it opens. Raises NotAllowed, DomainError "upside_down", "no_days", or
    "outside" for a start that lies outside the hours.
    """
    permissions.can_plan(actor).require()
    if closes <= opens or (starts_on and ends_on and ends_on < starts_on):
        raise DomainError(_("What ends lies before what begins."), code="upside_down")
    if not weekdays:
        raise DomainError(_("Choose at least one day of the week."), code="no_days")
    if any(not opens <= start < closes for start in starts):
        raise DomainError(_("A session can only begin within the hours."), code="outside")
    row = TeachingHours.objects.select_for_update().get(pk=hours.pk) if hours else TeachingHours()
    row.name, row.name_ur, row.opens, row.closes = name.strip()[:120], name_ur.strip()[:120], opens, closes
    row.weekdays, row.starts = sorted(weekdays), [start.isoformat("minutes") for start in sorted(starts)]
    row.starts_on, row.ends_on, row.is_online = starts_on, ends_on, is_online
    row.is_provisional, row.source = is_provisional, source.strip()[:200]
    row.save()
    record(
        Happened.HOURS_SET.value,
        subject=row,
        actor=actor,
        name=row.name,
        opens=opens.isoformat("minutes"),
        closes=closes.isoformat("minutes"),
        starts_on=starts_on,
        ends_on=ends_on,
        is_provisional=is_provisional,
        source=row.source,
    )
    return row


@transaction.atomic
def set_road(*, actor: User, one: str, other: str, minutes: int, source: str) -> Road:
    """How long the road between two cities is, in either direction. Raises NotAllowed, DomainError "one_city" or "no_source"."""
    permissions.can_plan(actor).require()
    if one == other:
        raise DomainError(_("A road leads from one city to another."), code="one_city")
    if not source.strip():
        raise DomainError(_("Say where the time comes from."), code="no_source")
    first, second = sorted([one, other])
    backwards = Road.objects.filter(one=second, other=first)
    if backwards.exists():
        first, second = second, first
    row, _is_new = Road.objects.update_or_create(
        one=first, other=second, defaults={"minutes": minutes, "source": source.strip()[:200]}
    )
    record(Happened.ROAD_SET.value, subject=row, actor=actor, one=one, other=other, minutes=minutes, source=row.source)
    return row


@transaction.atomic
def set_rule(*, actor: User, code: str, is_hard: bool, cost: int, starts_on: date, words: str) -> RuleLevel:
    """Whether a rule blocks or warns from a day on, and what a warning costs. Set twice for one day, the second counts.

    Raises NotAllowed, DomainError "unknown_rule", "no_words" or "past" for a day that is over.
    """
    permissions.can_plan(actor).require()
    if code not in DEFAULTS:
        raise DomainError(_("There is no such rule."), code="unknown_rule")
    if not words.strip():
        raise DomainError(_("Say why the rule is changed."), code="no_words")
    if starts_on < timezone.localdate():
        raise DomainError(_("A rule changes from today on at the earliest."), code="past")
    values = {"is_hard": is_hard, "cost": 0 if is_hard else cost, "set_by": actor, "words": words.strip()[:500]}
    row, _is_new = RuleLevel.objects.update_or_create(code=code, starts_on=starts_on, defaults=values)
    record(
        Happened.RULE_SET.value,
        subject=row,
        actor=actor,
        code=code,
        is_hard=is_hard,
        cost=row.cost,
        starts_on=starts_on,
        words=row.words,
    )
    return row
