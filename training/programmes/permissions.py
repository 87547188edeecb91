"""Who sets up the training, and who sees what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def can_manage_training(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only a programme manager can set up or change programmes, trainers, venues and cohorts."))


def can_see_training(actor: User) -> Answer:
    """The pages behind the calendar: what is planned, by whom and where."""
    if actor.is_official:
        return allowed()
    return denied(_("Only officials see how the training is set up."))


def can_open_rolls(actor: User) -> bool:
    """Whether the page of every session is open to this official; the page asks again."""
    return actor.has_role(Role.PROGRAMME_MANAGER, Role.APPROVER)


def can_open_materials(actor: User, *, is_trainer: bool, has_place: bool) -> Answer:
    """is_trainer: teaches at present. has_place: a firm of the person holds a place in a cohort of the programme."""
    if actor.is_official or is_trainer or has_place:
        return allowed()
    return denied(_("Materials are for trainers, and for firms with a place in a cohort of this programme."))


def require_official(actor: User) -> None:
    """Raises NotFound for everybody else: these pages are none of theirs."""
    if not can_see_training(actor):
        raise NotFound


def require_manager(actor: User) -> None:
    """Raises NotFound for whoever is no official; NotAllowed, with the reason, for other officials."""
    require_official(actor)
    can_manage_training(actor).require()
