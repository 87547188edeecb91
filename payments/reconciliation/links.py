"""What the home of a finance officer says of the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.ledger import permissions as ledger_permissions
from tdap_portal.web.context import HomeTask

from . import overviews, permissions, selectors, showing

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def home_tasks(user: User) -> list[HomeTask]:
    """Lines that nobody knows, files, matches and days that wait for a second person; none for whoever does neither."""
    tasks = []
    if permissions.can_work_bank(user):
        waits = selectors.queue_count()
        if waits.number:
            title = ngettext("%(number)d line of the bank waits", "%(number)d lines of the bank wait", waits.number)
            url = reverse("payments:bank_queue")
            tasks.append(HomeTask(title % {"number": waits.number}, url, showing.money(waits.moved)))
    if permissions.can_take_files(user):
        number = selectors.files_to_take(user)
        if number:
            title = ngettext(
                "%(number)d file of the bank is to be taken", "%(number)d files of the bank are to be taken", number
            )
            tasks.append(
                HomeTask(title % {"number": number}, reverse("payments:bank"), _("Handed in by somebody else"))
            )
    if permissions.can_give_match_back(user):
        number = selectors.to_sign(user)
        if number:
            title = ngettext("%(number)d match is to be signed", "%(number)d matches are to be signed", number)
            url = f"{reverse('payments:bank_queue')}?show=second"
            tasks.append(HomeTask(title % {"number": number}, url, _("Proposed by somebody else")))
    close = next((row for row in overviews.days_to_close() if ledger_permissions.can_close(user, row)), None)
    first = next(iter(selectors.accounts()), None)
    if close is not None and first is not None:
        day = close.day
        url = reverse("payments:bank_day", args=[first.public_id, day.year, day.month, day.day])
        tasks.append(HomeTask(_("A day of the books is to be closed"), url, _("Prepared by somebody else")))
    return tasks
