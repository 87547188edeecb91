"""Who shows how a firm is paid, who looks at it, and who keeps the list of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from smes.models import Sme
    from tdap_portal.accounts.models import User

MONEY_PEOPLE = ("owner", "finance")


def can_see(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if people_selectors.role_of(actor, sme) is not None:
        return allowed()
    return denied(_("Only people of the firm see how it is paid."))


def can_send(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if people_selectors.role_of(actor, sme) in MONEY_PEOPLE:
        return allowed()
    return denied(_("Only an owner or a finance member of the firm shows how it is paid."))


def can_look(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer of TDAP looks at these proofs."))


def can_judge(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """A finance officer, but not one who is tied to that firm."""
    answer = can_look(actor)
    if answer and people_selectors.is_tied(actor, sme):
        return denied(_("You are tied to this firm: another finance officer looks at it."))
    return answer


def can_write_rules(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer of TDAP writes what services ask for."))
