"""What the homes of finance officers and directors say of payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tdap_portal.accounts.roles import Role
from tdap_portal.web.context import HomeTask

from . import selectors

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def home_tasks(user: User) -> list[HomeTask]:
    """What waits for a finance officer; for a director what needs a signature; none for other roles."""
    if user.has_role(Role.FINANCE_OFFICER):
        return _of_finance(user)
    return _to_sign(user) if user.has_role(Role.APPROVER) else []


def _to_sign(user: User) -> list[HomeTask]:
    number = len(selectors.waiting_of(user).to_sign)
    if not number:
        return []
    title = ngettext("%(number)d act on money waits to be signed", "%(number)d acts on money wait to be signed", number)
    return [HomeTask(title % {"number": number}, reverse("payments:desk_acts"), _("Somebody else proposed it"))]


def _of_finance(user: User) -> list[HomeTask]:
    waiting, tasks = selectors.waiting_of(user), []
    for number, title, url, note, tone in (
        (
            waiting.findings,
            ngettext("%(number)d payment to look into", "%(number)d payments to look into", waiting.findings),
            "payments:desk_findings",
            _("Too late, twice, unclear, or to go back"),
            "no",
        ),
        (
            len(waiting.to_sign),
            ngettext("%(number)d act to sign", "%(number)d acts to sign", len(waiting.to_sign)),
            "payments:desk_acts",
            _("Somebody else proposed it"),
            "you",
        ),
        (
            waiting.proofs,
            ngettext("%(number)d slip to look at", "%(number)d slips to look at", waiting.proofs),
            "payments:desk_proofs",
            _("Two officers find it right"),
            "you",
        ),
        (
            waiting.refunds,
            ngettext("%(number)d refund to pay by hand", "%(number)d refunds to pay by hand", waiting.refunds),
            "payments:desk_refunds",
            _("From the bank, borne out by a second person"),
            "you",
        ),
        (
            waiting.days,
            ngettext("%(number)d day of the books to close", "%(number)d days of the books to close", waiting.days),
            "payments:days",
            _("Two people close a day"),
            "us",
        ),
    ):
        if number:
            tasks.append(HomeTask(title % {"number": number}, reverse(url), note, tone=tone))
    return tasks
