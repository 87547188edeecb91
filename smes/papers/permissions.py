"""Who sends, sees and judges papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import DESK_ROLES, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from smes.models import Document, Sme
    from tdap_portal.accounts.models import User

PAPER_HANDLERS = ("owner", "preparer", "finance")
MONEY_PAPERS = frozenset({"bank_certificate", "payment_statement"})
"""Kinds that show how a firm is paid: finance officers compare them too."""


def can_send_papers(actor: User | AnonymousUser, sme: Sme) -> Answer:
    if people_selectors.role_of(actor, sme) in PAPER_HANDLERS:
        return allowed()
    return denied(_("Only an owner, preparer or finance member of the firm sends papers."))


def can_see_papers(actor: User | AnonymousUser, sme: Sme) -> Answer:
    """The firm's people but trainees, and the officials who judge."""
    if people_selectors.role_of(actor, sme) in PAPER_HANDLERS:
        return allowed()
    if actor.is_authenticated and actor.has_role(*DESK_ROLES):
        return allowed()
    return denied(_("Papers are seen by owners, preparers and finance members of the firm, and by TDAP's officers."))


def can_open_paper(actor: User | AnonymousUser, document: Document) -> Answer:
    return can_see_papers(actor, document.sme)


def can_judge_papers(actor: User | AnonymousUser) -> Answer:
    if actor.is_authenticated and actor.has_role(Role.OFFICER):
        return allowed()
    return denied(_("Only an officer of TDAP verifies or refuses papers."))


def can_judge_paper(actor: User | AnonymousUser, document: Document) -> Answer:
    """An officer, and a finance officer what shows how the firm is paid; but not one who is tied to that firm."""
    answer = can_judge_papers(actor)
    if not answer and document.kind in MONEY_PAPERS and actor.is_authenticated and actor.has_role(Role.FINANCE_OFFICER):
        answer = allowed()
    if answer and people_selectors.is_tied(actor, document.sme):
        return denied(_("You are tied to this firm: another officer looks at its papers."))
    return answer
