"""Who sets practical tasks, who hands in, who marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Place, Work


def can_set_tasks(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only a programme manager sets practical tasks."))


def require_manager(actor: User) -> None:
    """Raises NotFound for whoever is no official; NotAllowed, with the reason, for other officials."""
    if not actor.is_official:
        raise NotFound
    can_set_tasks(actor).require()


def can_read_task(actor: User, place: Place) -> Answer:
    """The person who comes to the training, and the people of the firm."""
    if place.attendee_user_id == actor.pk or people_selectors.role_of(actor, place.sme) is not None:
        return allowed()
    return denied(_("Only the people of the firm read what it hands in."))


def can_hand_in(actor: User, place: Place) -> Answer:
    """The same: a practical task is the firm's own, whoever of it sends it."""
    return can_read_task(actor, place)


def can_mark(actor: User, work: Work, *, teaches: bool) -> Answer:
    """teaches: a session of the work's cohort."""
    if work.place.attendee_user_id == actor.pk or people_selectors.is_tied(actor, work.place.sme):
        return denied(_("You belong to this firm or are tied to it, so somebody else marks its work."))
    if teaches or actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only trainers of the cohort and programme managers mark its works."))
