"""Who answers an assessment, who reads what came of it, who gives more time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Place


def can_answer(actor: User, place: Place) -> Answer:
    """Who comes to the training; where nobody of the portal is named, the people of the firm."""
    if place.attendee_user_id == actor.pk:
        return allowed()
    if place.attendee_user_id is None and people_selectors.role_of(actor, place.sme) is not None:
        return allowed()
    return denied(_("Only the person who comes to the training answers the assessment."))


def can_read(actor: User, place: Place) -> Answer:
    """The same, and the people of the firm."""
    if place.attendee_user_id == actor.pk or people_selectors.role_of(actor, place.sme) is not None:
        return allowed()
    return denied(_("Only the person and the firm read this."))


def can_give_more(actor: User, place: Place | None = None) -> Answer:
    """place: to whom, None where that is not asked yet; nobody gives it to their own firm."""
    if actor.has_role(Role.PROGRAMME_MANAGER):
        if place is not None and (place.attendee_user_id == actor.pk or people_selectors.is_tied(actor, place.sme)):
            return denied(_("You are tied to this firm, so another official must do this."))
        return allowed()
    return denied(_("Only a programme manager gives more time or another try."))


def require_manager(actor: User) -> None:
    """Raises NotFound for whoever is no official; NotAllowed, with the reason, for other officials: tries show right answers."""
    if not actor.is_official:
        raise NotFound
    can_give_more(actor).require()
