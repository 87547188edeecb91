"""Keeping schemes and terms: each row holds from its day on and ends the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from payments.models import LendingTerms, Scheme
from payments.states import Happened
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tdap_portal.accounts.models import User


@transaction.atomic
def write_scheme(*, actor: User, code: str, since: date, values: Mapping[str, Any]) -> Scheme:
    """A scheme as it is from a day on. What held already is never rewritten: a case keeps the scheme it was decided under. A row whose day
    lies ahead can be written anew. Raises NotAllowed, DomainError "in_the_past"."""
    permissions.can_write_schemes(actor).require()
    rows = list(Scheme.objects.select_for_update().filter(code=code).order_by("since"))
    require_a_day_ahead(since, [row.since for row in rows])
    row = next((row for row in rows if row.since == since), None) or Scheme(code=code, since=since)
    for column, value in values.items():
        setattr(row, column, value)
    row.written_by = actor
    row.save()
    record(Happened.SCHEME_WRITTEN.value, subject=row, actor=actor, code=code, since=since, is_ended=row.is_ended)
    return row


@transaction.atomic
def write_terms(*, actor: User, since: date, values: Mapping[str, Any]) -> LendingTerms:
    """Days for lenders and firms from a day on; cases that began keep theirs. Raises as write_scheme does."""
    permissions.can_write_schemes(actor).require()
    rows = list(LendingTerms.objects.select_for_update().order_by("since"))
    require_a_day_ahead(since, [row.since for row in rows])
    row = next((row for row in rows if row.since == since), None) or LendingTerms(since=since)
    for column, value in values.items():
        setattr(row, column, value)
    row.written_by = actor
    row.save()
    record(Happened.SCHEME_WRITTEN.value, subject=row, actor=actor, code="terms", since=since, is_ended=False)
    return row


def require_a_day_ahead(since: date, there: list[date]) -> None:
    """A code that was never written may begin on any day; one that was, only after today."""
    if there and since <= today():
        raise DomainError(_("What held already stays as it is: choose a day from tomorrow on."), code="in_the_past")
