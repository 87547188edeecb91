"""Who marks attendance, and who changes it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Place, Session


def teaches(actor: User, session: Session) -> bool:
    return session.trainer is not None and session.trainer.user_id == actor.pk


def can_see_meeting(actor: User, session: Session) -> bool:
    """Who reads the address of a meeting without a place in it: whoever teaches it, and whoever set it."""
    return teaches(actor, session) or actor.has_role(Role.PROGRAMME_MANAGER)


def can_see_roll(actor: User, session: Session) -> Answer:
    if teaches(actor, session) or actor.has_role(Role.PROGRAMME_MANAGER, Role.APPROVER):
        return allowed()
    return denied(_("Only the trainer of this session and officials of the programme see its roll."))


def can_take_roll(actor: User, session: Session) -> Answer:
    if teaches(actor, session) or actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only the trainer of this session, or a programme manager, takes its roll."))


def can_correct(actor: User, session: Session, *, is_same_day: bool, place: Place | None = None) -> Answer:
    """The trainer on the day of the session; after it only a programme manager. place: of whom, None where that is not asked yet; of
    their own firm nobody says alone who was there."""
    if actor.has_role(Role.PROGRAMME_MANAGER) or (teaches(actor, session) and is_same_day):
        if place is not None and (place.attendee_user_id == actor.pk or people_selectors.is_tied(actor, place.sme)):
            return denied(_("You are tied to this firm, so another official must do this."))
        return allowed()
    if teaches(actor, session):
        if session.starts_at is None or session.starts_at > timezone.now():
            return denied(_("The day of this session is still to come."))
        return denied(_("The day of this session is over: a programme manager corrects it now."))
    return can_take_roll(actor, session)
