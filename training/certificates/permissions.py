"""Who issues certificates, takes them back, and sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User
    from training.models import Certificate, Place


def can_issue(actor: User) -> Answer:
    if actor.has_role(Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only a programme manager has certificates issued."))


def can_end(actor: User, certificate: Certificate | None = None) -> Answer:
    """Taking one back, or replacing it. certificate: None where that is not asked yet; nobody does so to that of their own firm."""
    if actor.has_role(Role.PROGRAMME_MANAGER, Role.APPROVER):
        place = certificate.place if certificate is not None else None
        if place is not None and (place.attendee_user_id == actor.pk or people_selectors.is_tied(actor, place.sme)):
            return denied(_("You are tied to this firm, so another official must do this."))
        return allowed()
    return denied(_("Only a programme manager or a director takes a certificate back."))


def can_read(actor: User, certificate: Certificate) -> Answer:
    """The whole certificate: who comes to the training, the people of the firm, and officials of the programme. What everybody may know
    of it, its check tells."""
    if actor.has_role(Role.PROGRAMME_MANAGER, Role.APPROVER, Role.OFFICER) or is_of(actor, certificate.place):
        return allowed()
    return denied(_("Only the person, the firm and officials see the whole certificate."))


def is_of(actor: User, place: Place) -> bool:
    return place.attendee_user_id == actor.pk or people_selectors.role_of(actor, place.sme) is not None
