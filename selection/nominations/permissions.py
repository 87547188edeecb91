"""Who nominates, who sees nominations, and who answers one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from smes.vocabulary.identifiers import ntn_key
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.roles import DESK_ROLES, PartnerKind, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Nomination
    from smes.models import Sme
    from tdap_portal.accounts.models import Partner, User

NOMINATING = (PartnerKind.CHAMBER, PartnerKind.PROVINCE, PartnerKind.BANK, PartnerKind.MICROFINANCE_BANK)
WRITERS = ("owner", "preparer")


def can_nominate(actor: User, partner: Partner) -> Answer:
    """Its own people, for a chamber, a provincial government or a bank."""
    if not actor.is_partner or partner not in accounts_selectors.partners_of(actor):
        return denied(_("Only people of the organisation can nominate in its name."))
    if partner.kind not in NOMINATING:
        return denied(_("Chambers, provincial governments and banks nominate firms; a platform does not."))
    return allowed()


def can_see_nominations(actor: User) -> Answer:
    """All partners' nominations, and the radar: for those who read and decide files."""
    return allowed() if actor.has_role(*DESK_ROLES) else denied(_("Only officers and directors see all nominations."))


def can_set_places(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director sets how many firms a partner may nominate."))


def can_claim(actor: User, nomination: Nomination, sme: Sme) -> Answer:
    """Whoever holds the link claims the nomination for a firm that they prepare applications for, once. A nomination that
    names a tax number is of no other firm."""
    if people_selectors.role_of(actor, sme) not in WRITERS:
        return denied(_("Only the owner of a firm, or who prepares its application, answers for it."))
    if nomination.sme_id is not None and nomination.sme_id != sme.pk:
        return denied(_("This nomination belongs to another firm already."))
    if not is_of(nomination, sme):
        return denied(_("This nomination is for a firm with another tax number."))
    return allowed()


def is_of(nomination: Nomination, sme: Sme) -> bool:
    """Whether a nomination can be of this firm: it names no other tax number."""
    return not (nomination.ntn and sme.ntn) or ntn_key(nomination.ntn) == ntn_key(sme.ntn)
