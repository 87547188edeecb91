"""Who marks attendance, and who changes it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Session


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


def can_correct(actor: User, session: Session, *, is_same_day: bool) -> Answer:
    """The trainer on the day of the session; after it only a programme manager."""
    if actor.has_role(Role.PROGRAMME_MANAGER) or (teaches(actor, session) and is_same_day):
        return allowed()
    if teaches(actor, session):
        if session.starts_at is None or session.starts_at > timezone.now():
            return denied(_("The day of this session is still to come."))
        return denied(_("The day of this session is over: a programme manager corrects it now."))
    return can_take_roll(actor, session)
