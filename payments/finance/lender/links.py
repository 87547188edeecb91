"""What the homes of lenders and finance officers say of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from payments.finance.cases import permissions as cases_permissions
from payments.finance.cases import selectors as cases
from tdap_portal.web.context import HomeLink, HomeTask

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def partner_link(user: User) -> HomeLink | None:
    """None for somebody whose organisations do not lend."""
    if not cases_permissions.lenders_of(user):
        return None
    return HomeLink(reverse("payments:lender_queue"), _("Firms that ask you for a loan"))


def home_tasks(user: User) -> list[HomeTask]:
    """Decisions of lenders that are late, for finance officers."""
    if not cases_permissions.can_oversee(user):
        return []
    number = cases.cases_overseen_by(user, "late").count()
    if not number:
        return []
    title = ngettext("%(number)d lender is late with a decision", "%(number)d decisions of lenders are late", number)
    url = f"{reverse('payments:finance_overview')}?late=1"
    return [HomeTask(title % {"number": number}, url, _("The firm waits"), tone="no")]
