"""Who sees which part of the trainer's pages; who calls and corrects the roll stands in training/attendance/permissions.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied
from training.attendance import permissions as attendance_permissions

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Session


def can_show_code(actor: User, session: Session) -> Answer:
    """Whoever sees the code can have people checked in, so it is for whoever takes the roll."""
    return attendance_permissions.can_take_roll(actor, session)


def can_join(actor: User, session: Session) -> Answer:
    """The link of the meeting."""
    if attendance_permissions.teaches(actor, session) or actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only the trainer of this session and programme managers see the link of its meeting."))
