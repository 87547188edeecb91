"""Who of a firm may prepare, submit and withdraw its application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.states import State
from smes.people import selectors as people_selectors
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Application
    from smes.models import Sme
    from tdap_portal.accounts.models import User

WRITERS = ("owner", "preparer")


def can_apply(actor: User, sme: Sme) -> Answer:
    """Start an application, and fill in what it asks."""
    role = people_selectors.role_of(actor, sme)
    if role is None:
        return denied(_("Only people of the firm can apply for it."))
    if role not in WRITERS:
        return denied(_("Your role in the firm does not prepare applications. Ask its owner."))
    return allowed()


def can_edit(actor: User, application: Application) -> Answer:
    if application.state != State.DRAFT:
        return denied(_("This application is submitted: its copy is frozen."))
    return can_apply(actor, application.sme)


def can_submit(actor: User, application: Application) -> Answer:
    """Submitting binds the firm, so it is the owner's act."""
    if people_selectors.role_of(actor, application.sme) != "owner":
        return denied(_("Only the owner of the firm can submit its application."))
    return allowed()


def can_reopen(actor: User, application: Application) -> Answer:
    return can_apply(actor, application.sme)


def can_withdraw(actor: User, application: Application) -> Answer:
    if people_selectors.role_of(actor, application.sme) != "owner":
        return denied(_("Only the owner of the firm can withdraw its application."))
    return allowed()
