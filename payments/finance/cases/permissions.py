"""Who asks for finance, who gives and takes back consent, and who decides. Whether the state fits, the state table says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from payments.models import FinanceCase
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

LENDER_KINDS = (PartnerKind.BANK, PartnerKind.MICROFINANCE_BANK)
ANSWERS = ("owner", "preparer", "finance")


def lenders_of(actor: User | AnonymousUser, *kinds: PartnerKind) -> list[Partner]:
    """The active banks and microfinance banks that the person acts for; only of these kinds where some are named."""
    if not actor.is_authenticated or not actor.has_role(Role.PARTNER):
        return []
    wanted = {kind.value for kind in kinds or LENDER_KINDS}
    return [partner for partner in accounts_selectors.partners_here(actor) if partner.kind in wanted]


def can_see_own(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """What a firm asks lenders for is read by its people but trainees."""
    if people_selectors.role_of(actor, sme) in ANSWERS:
        return allowed()
    return denied(_("Only owners, preparers and finance members of the firm see what it asks lenders for."))


def can_consent(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """Letting a lender read, and taking it back, asking, accepting an offer: an owner alone."""
    if people_selectors.role_of(actor, sme) == "owner":
        return allowed()
    return denied(_("Only an owner of the firm lets a lender read, takes it back, or takes an offer."))


def can_answer(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if people_selectors.role_of(actor, sme) in ANSWERS:
        return allowed()
    return denied(_("Only owners, preparers and finance members of the firm answer a lender."))


def can_read_queue(actor: User | AnonymousUser) -> Answer:
    if lenders_of(actor):
        return allowed()
    return denied(_("Only people of a bank or a microfinance bank see its cases."))


def can_act_as_lender(actor: User | AnonymousUser, case: FinanceCase) -> Answer:
    """Somebody of that lender who is not tied to the firm."""
    if case.lender_id not in {partner.pk for partner in lenders_of(actor)}:
        return denied(_("Only people of the lender that was asked do this."))
    if people_selectors.is_tied(actor, case.sme):
        return denied(_("You are tied to this firm: somebody else of your bank does this."))
    return allowed()


def can_oversee(actor: User | AnonymousUser) -> Answer:
    """A finance officer sees which cases there are and where they stand, not what the lender reads."""
    if actor.is_authenticated and actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer of TDAP sees where all cases stand."))
