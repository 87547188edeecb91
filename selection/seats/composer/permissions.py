"""Who fills the seats of a round."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Part:
    """What a person has to do with some files: how many of them are of a firm they are tied to, that they read, and that they
    recommended on or proposed a waiver for."""

    tied: int = 0
    read: int = 0
    recommended: int = 0


def can_fill_seats(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director fills the seats of a round."))


def can_judge_all(actor: User, part: Part) -> Answer:
    """Whoever fills the seats, or signs that they are filled so, has no part in any of these files."""
    answer = can_fill_seats(actor)
    if not answer:
        return answer
    if part.tied:
        return denied(_("You are tied to a firm of this round, so another director must do this."))
    if part.read:
        return denied(_("You read a file of this round, so another director must do this."))
    if part.recommended:
        return denied(_("You recommended on a file of this round, so another director must do this."))
    return allowed()
