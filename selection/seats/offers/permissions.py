"""Who answers an offer, and who acts on the seats of a round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.seats.composer import permissions as composer_permissions
from smes.people import selectors as people_selectors
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Application, SeatAct
    from selection.seats.composer.permissions import Part
    from tdap_portal.accounts.models import User


def is_of_the_firm(actor: User, application: Application) -> bool:
    return people_selectors.role_of(actor, application.sme) is not None


def can_answer(actor: User, application: Application) -> Answer:
    """Taking a seat, or leaving it, binds the firm, so it is an owner's act."""
    role = people_selectors.role_of(actor, application.sme)
    if role is None:
        return denied(_("Only people of the firm can answer its offer."))
    if role != "owner":
        return denied(_("Only an owner of the firm can accept or decline. You can read the offer and tell them."))
    return allowed()


def can_see_offers(actor: User) -> Answer:
    """The offers of a round, their terms and its waiting list."""
    return composer_permissions.can_fill_seats(actor)


def can_remind(actor: User, part: Part) -> Answer:
    answer = can_see_offers(actor)
    if answer and part.tied:
        return denied(_("You are tied to this firm, so another director must do this."))
    return answer


def can_propose(actor: User, part: Part) -> Answer:
    """part: in the file that the act is about; none where it is about the round."""
    return composer_permissions.can_judge_all(actor, part)


def can_sign(actor: User, act: SeatAct, part: Part) -> Answer:
    if actor.pk == act.proposed_by_id:
        return denied(_("You proposed this yourself: a second director signs it."))
    return composer_permissions.can_judge_all(actor, part)


def can_return(actor: User, part: Part) -> Answer:
    """Any director without a part in the file; whoever proposed it takes it back so."""
    return composer_permissions.can_judge_all(actor, part)
