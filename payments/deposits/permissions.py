"""Who pays for a firm, and who decides about money that came otherwise than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.ledger.permissions import PAYING, can_see_payments
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from payments.models import Payment, PaymentAct, Proof
    from tdap_portal.accounts.models import User

__all__ = [
    "can_bear_out",
    "can_judge_proof",
    "can_note_by_hand",
    "can_pay",
    "can_propose",
    "can_see_payments",
    "can_set_rule",
    "can_settle_finding",
    "can_sign",
]


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


def can_judge_proof(actor: User, proof: Proof) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER):
        return denied(_("Only a finance officer looks at slips."))
    if proof.first_by_id == actor.pk:
        return denied(_("You found this slip right. Another finance officer looks at it too."))
    if people_selectors.role_of(actor, proof.payment.sme) is not None:
        return denied(_("This is your own firm. Another finance officer looks at its slip."))
    return allowed()


def can_note_by_hand(actor: User) -> Answer:
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer pays from the bank."))


def can_bear_out(actor: User, act: PaymentAct) -> Answer:
    """That a refund left the bank."""
    if not actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return denied(_("Only a finance officer or a director bears this out."))
    if act.told_by_id == actor.pk:
        return denied(_("You paid this. Another person looks whether it left the bank."))
    return allowed()


def can_set_rule(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director says how deposits are asked for."))
