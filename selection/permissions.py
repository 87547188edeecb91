"""What a firm's people may do with its applications, and who runs rounds. Each answer comes with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.intake.permissions import WRITERS, can_apply
from smes import selectors as firms
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

from .states import ENDED_STATES, State

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

    from .models import Application, Question

CORRESPONDENTS = (*WRITERS, "finance")


def can_answer(actor: User, question: Question) -> Answer:
    if question.answered_at is not None:
        return denied(_("This question is answered already."))
    if question.cancelled_at is not None:
        return denied(_("We no longer need an answer to this question."))
    return can_apply(actor, question.application.sme)


def can_write_letter(actor: User, application: Application) -> Answer:
    """Both sides may write while the file lives; a draft has no desk yet."""
    if application.state == State.DRAFT:
        return denied(_("You can write to the desk once the application is submitted."))
    if actor.has_role(Role.OFFICER, Role.APPROVER) or firms.role_of(actor, application.sme) in CORRESPONDENTS:
        return allowed()
    return denied(_("Only the firm's owner, preparer and finance people and the desk can write here."))


def can_read_receipt(actor: User, application: Application) -> Answer:
    """Officials at any time; the firm and whoever is tied to it after the decision, since before it the points are still
    only a proposal."""
    is_official = actor.has_role(Role.OFFICER, Role.APPROVER, Role.PROGRAMME_MANAGER)
    if is_official and not firms.is_tied(actor, application.sme):
        return allowed()
    if application.state in ENDED_STATES and application.decided_at is not None:
        return allowed()
    return denied(_("Your score receipt is here as soon as your application is decided."))
