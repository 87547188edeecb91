"""Points of the series of SME finance: added and corrected with their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from payments.models import PulsePoint
from payments.states import Happened, Indicator
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError

from . import permissions, selectors

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from tdap_portal.accounts.models import User

ADDED = tuple(one for one in Indicator if one not in (Indicator.QUARTER_GROWTH, Indicator.QUARTER_CHANGE))
PERCENT = (Indicator.PRIVATE_SHARE, Indicator.GDP_SHARE, Indicator.BAD_LOANS)


@transaction.atomic
def add_point(*, actor: User, indicator: str, day: date, value: Decimal, source: str, words: str = "") -> PulsePoint:
    """A value with its source. Where one stands on that day, this one takes its place and the old one is kept; the same again is once.

    words: why it is corrected. Raises NotAllowed; DomainError "unknown_indicator", "out_of_bounds", "to_come", "no_source", "no_words" where
    an old value is corrected without a reason, "stale" where somebody else corrects it at the same moment.
    """
    permissions.can_add(actor).require()
    if indicator not in ADDED:
        raise DomainError(_("Growth and change are computed and not added."), code="unknown_indicator")
    most = 100 if indicator in PERCENT else 10**9
    if not 0 <= value <= most:
        raise DomainError(_("This figure lies between 0 and %(most)s.") % {"most": f"{most:,}"}, code="out_of_bounds")
    if day > today():
        raise DomainError(_("The day of the figure has not come yet."), code="to_come")
    if not source.strip():
        raise DomainError(_("Name the source: who published the figure, and when."), code="no_source")
    old = selectors.point_at(indicator, day)
    if old is not None and (old.value, old.source) == (value, source.strip()):
        return old
    if old is not None and not words.strip():
        raise DomainError(_("A figure stands there already. Say why this one takes its place."), code="no_words")
    try:
        with transaction.atomic():
            row: PulsePoint = PulsePoint.objects.create(
                indicator=indicator,
                day=day,
                value=value,
                source=source.strip()[:200],
                words=words.strip()[:300],
                added_by=actor,
                replaces=old,
            )
    except IntegrityError:
        raise DomainError(_("Somebody has changed this figure meanwhile. Look at it again."), code="stale") from None
    said = {"indicator": indicator, "day": day, "value": str(value), "source": row.source}
    record(
        Happened.PULSE_POINT_ADDED.value,
        subject=row,
        actor=actor,
        **said,
        was=str(old.value) if old else "",
        words=row.words,
    )
    return row
