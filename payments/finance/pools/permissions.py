"""Who says what a firm needs without its name, and who reads and answers a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.finance.cases.permissions import lenders_of
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tdap_portal.accounts.models import User


def can_see_demand(actor: User | AnonymousUser) -> Answer:
    if lenders_of(actor, PartnerKind.MICROFINANCE_BANK):
        return allowed()
    return denied(_("Only people of a microfinance bank see what firms need, and answer for a whole pool."))
