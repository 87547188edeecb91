from __future__ import annotations

from typing import TYPE_CHECKING

from selection.review.permissions import Standing, officer_without_ties

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from tdap_portal.core.access import Answer


def can_ask(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)


def can_cancel_question(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)
