"""Who may ask, answer and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.intake.permissions import WRITERS, can_apply
from selection.review.permissions import IN_CONFLICT, Standing, can_use_desk, officer_without_ties
from selection.states import State
from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import DESK_ROLES
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Application, Question
    from tdap_portal.accounts.models import User
    from tdap_portal.core.access import Answer


def can_ask(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)


def can_cancel_question(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)


def can_extend_question(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)


CORRESPONDENTS = (*WRITERS, "finance")


def can_answer(actor: User, question: Question) -> Answer:
    if question.answered_at is not None:
        return denied(_("This question is answered already."))
    if question.cancelled_at is not None:
        return denied(_("We no longer need an answer to this question."))
    return can_apply(actor, question.application.sme)


def can_write_as_desk(actor: User, standing: Standing) -> Answer:
    """Whoever is tied to the firm does not speak for the desk; the firm's own people write from its page."""
    return denied(IN_CONFLICT) if actor.pk in standing.in_conflict else can_use_desk(actor)


def can_write_letter(actor: User, application: Application) -> Answer:
    """Both sides may write while the file lives; a draft has no desk yet."""
    if application.state == State.DRAFT:
        return denied(_("You can write to the desk once the application is submitted."))
    role = people_selectors.role_of(actor, application.sme)
    if role in CORRESPONDENTS:
        return allowed()
    if role is None and actor.has_role(*DESK_ROLES):
        return denied(IN_CONFLICT) if people_selectors.is_tied(actor, application.sme) else allowed()
    return denied(_("Only the firm's owner, preparer and finance people and the desk can write here."))
