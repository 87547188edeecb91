"""Who signs that a whole round is decided so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.seats.composer import permissions as composer_permissions
from tdap_portal.core.access import Answer, denied

if TYPE_CHECKING:
    from selection.models import RoundDecision
    from selection.seats.composer.permissions import Part
    from tdap_portal.accounts.models import User


def can_send(actor: User, part: Part) -> Answer:
    return composer_permissions.can_judge_all(actor, part)


def can_sign(actor: User, decision: RoundDecision, part: Part) -> Answer:
    """Two people: whoever sent it, or made what was sent, does not sign it."""
    made_by = decision.composition.made_by_id if decision.composition else None
    if actor.pk in (decision.sent_by_id, made_by):
        return denied(_("You made this or sent it yourself: a second director signs it."))
    return composer_permissions.can_judge_all(actor, part)


def can_return(actor: User, part: Part) -> Answer:
    """Any director without a part in the files; whoever sent it takes it back so."""
    return composer_permissions.can_judge_all(actor, part)
