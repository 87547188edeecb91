"""Who pays for a firm, and who decides about money that came otherwise than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.ledger.permissions import PAYING, can_see_payments
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from payments.models import Payment, PaymentAct
    from tdap_portal.accounts.models import User

__all__ = ["can_pay", "can_propose", "can_see_payments", "can_settle_finding", "can_sign"]


def can_pay(actor: User, payment: Payment) -> Answer:
    if people_selectors.role_of(actor, payment.sme) in PAYING:
        return allowed()
    return denied(_("Only the owners of the firm, and whoever looks after its money, pay for it."))


def can_propose(actor: User) -> Answer:
    """A refund, a deposit that is kept, or late money that is taken all the same."""
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer proposes this."))


def can_sign(actor: User, act: PaymentAct) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return denied(_("Only a finance officer or a director signs this."))
    if act.proposed_by_id == actor.pk:
        return denied(_("You proposed this. Another person signs it."))
    if act.kind == "apply_late" and not actor.has_role(Role.APPROVER):
        return denied(_("A director decides whether late money is taken."))
    return allowed()


def can_settle_finding(actor: User) -> Answer:
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer settles this."))
