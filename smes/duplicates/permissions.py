"""Who judges possible duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import DESK_ROLES
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from smes.models import DuplicateFlag
    from tdap_portal.accounts.models import User


def can_judge_duplicates(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(*DESK_ROLES):
        return allowed()
    return denied(_("Only an officer or a director of TDAP judges possible duplicates."))


def can_judge_duplicate(actor: User | AnonymousUser, flag: DuplicateFlag) -> Answer:
    """An official of the list, but not one who is tied to either firm."""
    answer = can_judge_duplicates(actor)
    if answer and people_selectors.is_tied(actor, flag.one, flag.other):
        return denied(_("You are tied to one of these firms: another official judges them."))
    return answer
