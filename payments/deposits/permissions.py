"""Who pays for a firm, and who decides about money that came otherwise than asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.ledger.permissions import PAYING, can_see_payments
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from payments.models import Finding, Payment, PaymentAct, Proof
    from tdap_portal.accounts.models import User

__all__ = [
    "can_bear_out",
    "can_judge_proof",
    "can_move",
    "can_note_by_hand",
    "can_note_not_gone",
    "can_pay",
    "can_propose",
    "can_see_payments",
    "can_set_rule",
    "can_settle_finding",
    "can_sign",
    "can_take_back_first",
]


def can_pay(actor: User, payment: Payment) -> Answer:
    if people_selectors.role_of(actor, payment.sme) in PAYING:
        return allowed()
    return denied(_("Only the owners of the firm, and whoever looks after its money, pay for it."))


def _is_of(actor: User, payment: Payment) -> bool:
    """Of its firm: such a person has no hand in what becomes of the firm's money."""
    return people_selectors.role_of(actor, payment.sme) is not None


OWN_FIRM = _("This is your own firm. Other people act on its money.")


def can_move(actor: User | None, payment: Payment) -> Answer:
    """Put money to a payment or take it away, as a match with the bank does. actor: None for the portal itself."""
    return denied(OWN_FIRM) if actor is not None and _is_of(actor, payment) else allowed()


def can_propose(actor: User, payment: Payment) -> Answer:
    """A refund, a deposit that is kept, or late money that is taken all the same."""
    if not actor.has_role(Role.FINANCE_OFFICER):
        return denied(_("Only a finance officer proposes this."))
    return denied(OWN_FIRM) if _is_of(actor, payment) else allowed()


def can_sign(actor: User, act: PaymentAct) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return denied(_("Only a finance officer or a director signs this."))
    if act.proposed_by_id == actor.pk:
        return denied(_("You proposed this. Another person signs it."))
    if act.kind == "apply_late" and not actor.has_role(Role.APPROVER):
        return denied(_("A director decides whether late money is taken."))
    return denied(OWN_FIRM) if _is_of(actor, act.payment) else allowed()


def can_settle_finding(actor: User, finding: Finding) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER):
        return denied(_("Only a finance officer settles this."))
    own = finding.payment is not None and _is_of(actor, finding.payment)
    return denied(OWN_FIRM) if own else allowed()


def can_bear_found_out(actor: User, finding: Finding) -> Answer:
    """That a company sent money back that nobody knew."""
    if not actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return denied(_("Only a finance officer or a director bears this out."))
    if finding.back_by_id == actor.pk:
        return denied(_("You noted this. Another person looks whether the company sent it back."))
    return allowed()


def can_judge_proof(actor: User, proof: Proof) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER):
        return denied(_("Only a finance officer looks at slips."))
    if proof.first_by_id == actor.pk:
        return denied(_("You found this slip right. Another finance officer looks at it too."))
    if _is_of(actor, proof.payment) or proof.uploaded_by_id == actor.pk:
        return denied(_("This is your own firm. Another finance officer looks at its slip."))
    return allowed()


def can_take_back_first(actor: User, proof: Proof) -> Answer:
    """Whoever found a slip right may say that it was not."""
    if proof.first_by_id == actor.pk and actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return can_judge_proof(actor, proof)


def can_note_by_hand(actor: User, act: PaymentAct) -> Answer:
    if not actor.has_role(Role.FINANCE_OFFICER):
        return denied(_("Only a finance officer pays from the bank."))
    return denied(OWN_FIRM) if _is_of(actor, act.payment) else allowed()


def can_note_not_gone(actor: User, act: PaymentAct) -> Answer:
    """Whoever said that they had paid it does not say that it came back, for it would go out a second time."""
    if act.told_by_id is not None and act.told_by_id == actor.pk:
        return denied(_("You noted this as paid. Another person looks whether it left the bank."))
    return can_note_by_hand(actor, act)


def can_bear_out(actor: User, act: PaymentAct) -> Answer:
    """That a refund left the bank."""
    if not actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return denied(_("Only a finance officer or a director bears this out."))
    if act.told_by_id == actor.pk:
        return denied(_("You paid this. Another person looks whether it left the bank."))
    return denied(OWN_FIRM) if _is_of(actor, act.payment) else allowed()


def can_set_rule(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director says how deposits are asked for."))
