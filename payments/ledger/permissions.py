"""Who reads the books, closes a day, takes an entry back, and sees the papers of a firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from payments.models import DayClose
    from smes.models import Sme
    from tdap_portal.accounts.models import User

PAYING = ("owner", "preparer", "finance")
"""Who of a firm sees what it paid; a trainee does not."""


def can_read_books(actor: User) -> Answer:
    if actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Only finance officers and directors read the books."))


def can_reverse(actor: User) -> Answer:
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer takes an entry of the books back."))


def can_prepare_close(actor: User) -> Answer:
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer prepares the closing of a day."))


def can_close(actor: User, close: DayClose) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return denied(_("Only a finance officer or a director closes a day."))
    if close.prepared_by_id == actor.pk:
        return denied(_("You prepared this day. Another person closes it."))
    return allowed()


def can_see_payments(actor: User, sme: Sme) -> Answer:
    """Statement and receipts of a firm: its owners, preparers and finance members, and whoever reads the books."""
    if can_read_books(actor) or people_selectors.role_of(actor, sme) in PAYING:
        return allowed()
    return denied(_("Only the firm and finance officers see what it paid."))
