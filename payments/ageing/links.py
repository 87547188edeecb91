"""What waits for a finance officer, on their home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.proceeds import selectors as proceeds_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.calendar import today
from tdap_portal.web.context import HomeTask

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def home_tasks(user: User) -> list[HomeTask]:
    """What is held for a look and which firms are over their last day, for finance officers alone."""
    if not user.has_role(Role.FINANCE_OFFICER):
        return []
    tasks, url = [], reverse("payments:board")
    if number := len(proceeds_selectors.held_shipments()) + len(proceeds_selectors.held_receipts()):
        title = ngettext(
            "%(number)d entry of export proceeds waits for a look",
            "%(number)d entries of export proceeds wait for a look",
            number,
        )
        tasks.append(HomeTask(title % {"number": number}, f"{url}#held", _("Two firms wrote the same number")))
    if number := proceeds_selectors.firms_over(today()):
        title = ngettext(
            "%(number)d firm has export proceeds over their last day",
            "%(number)d firms have export proceeds over their last day",
            number,
        )
        tasks.append(HomeTask(title % {"number": number}, f"{url}?age=over", _("Call them"), tone="no"))
    return tasks
