"""Who records export proceeds, who confirms them, who sees those of all firms and keeps the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.ledger.permissions import PAYING
from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from payments.models import ProceedsReceipt
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

BOARD_ROLES = (Role.FINANCE_OFFICER, Role.APPROVER)


def can_see_own(actor: User, sme: Sme) -> Answer:
    """What the firm sold abroad and what came: its own people, but trainees."""
    if people_selectors.role_of(actor, sme) in PAYING:
        return allowed()
    return denied(_("Only owners of the firm, and those who apply for it or look after its money, see its proceeds."))


def can_record(actor: User, sme: Sme) -> Answer:
    return can_see_own(actor, sme)


def can_see_board(actor: User) -> Answer:
    """The proceeds of all firms."""
    if actor.is_active and actor.has_role(*BOARD_ROLES):
        return allowed()
    return denied(_("Finance officers and directors see the export proceeds of all firms."))


def can_judge(actor: User, sme: Sme) -> Answer:
    """What is held for a look."""
    if not actor.has_role(Role.FINANCE_OFFICER):
        return denied(_("Only a finance officer does this."))
    if people_selectors.is_tied(actor, sme):
        return denied(_("You are tied to this firm. A colleague does this."))
    return allowed()


def can_keep_rules(actor: User) -> Answer:
    """Dated rules, purpose codes, rates of exchange."""
    if actor.is_active and actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer does this."))


def can_publish(actor: User) -> Answer:
    return can_keep_rules(actor)


def banks_of(actor: User) -> list[Partner]:
    """The banks whose queue a person works off."""
    if not actor.is_active or not actor.is_partner:
        return []
    return [one for one in accounts_selectors.partners_here(actor) if one.kind == PartnerKind.BANK]


def can_see_in_queue(actor: User, receipt: ProceedsReceipt) -> Answer:
    """People of the bank that the firm named for this receipt."""
    if receipt.bank_id in [bank.pk for bank in banks_of(actor)]:
        return allowed()
    return denied(_("Only people of the bank through which the money came confirm it."))


def can_confirm(actor: User, receipt: ProceedsReceipt) -> Answer:
    """Those of them who have nothing to do with the firm."""
    if people_selectors.is_tied(actor, receipt.sme):
        return denied(_("You are tied to this firm. A colleague does this."))
    return can_see_in_queue(actor, receipt)
