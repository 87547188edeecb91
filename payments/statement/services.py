"""A month of confirmed proceeds is published once, and never again otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from payments.models import StatementMonth
from payments.proceeds.confirming import STATEMENT
from payments.proceeds.recording import one_at_a_time
from payments.states import Happened
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError

from . import permissions, selectors
from .suppress import Shown, cut

if TYPE_CHECKING:
    from datetime import date

    from tdap_portal.accounts.models import User


@transaction.atomic
def publish(*, actor: User, month: date) -> StatementMonth:
    """Publish a month as it stands now; twice is once. What banks confirm of it later counts in the next month: a second version would tell
    by its difference what one firm got.

    month: its first day. Raises NotAllowed; DomainError "too_early", "not_in_order" where an earlier month waits, "no_rate", "nothing".
    """
    permissions.can_publish(actor).require()
    one_at_a_time(STATEMENT)
    known = StatementMonth.objects.filter(month=month).first()
    if known is not None:
        return known
    waiting = selectors.waiting(today())
    own = next((one for one in waiting if one.month == month), None)
    if own is None:
        raise DomainError(_("Nothing of this month is confirmed."), code="nothing")
    if own.may_on > today():
        text = _("This month may be published from %(day)s on, so that banks have time to confirm.")
        raise DomainError(text % {"day": day_words(own.may_on)}, code="too_early")
    if waiting[0].month != month:
        raise DomainError(_("An earlier month waits. Months are published in their order."), code="not_in_order")
    if own.lacking:
        lack = own.lacking[0]
        text = _("No rate of %(currency)s is known for %(day)s. Add it first: what has no rate cannot be added up.")
        raise DomainError(text % {"currency": lack.currency, "day": day_words(lack.day)}, code="no_rate")
    kinds = {kind: cut(sectors) for kind, sectors in selectors.by_firm(month).items()}
    row: StatementMonth = StatementMonth.objects.create(
        month=month,
        published_by=actor,
        published_at=timezone.now(),
        lines={kind: _said(shown) for kind, shown in kinds.items()},
    )
    record(Happened.STATEMENT_PUBLISHED.value, subject=row, actor=actor, month=month, receipts=own.receipts)
    return row


def _said(shown: Shown) -> dict[str, Any]:
    lines = [{"sectors": list(one.sectors), "firms": one.firms, "paisa": one.paisa} for one in shown.lines]
    return {"lines": lines, "is_hidden": shown.is_hidden}
