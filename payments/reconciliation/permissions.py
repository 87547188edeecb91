"""Who works on what the bank says, and who may look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from payments.models import BankFile, MatchProposal
    from tdap_portal.accounts.models import User


def can_see_bank(actor: User) -> Answer:
    """Files of the bank, their lines and days."""
    if actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER, Role.PROGRAMME_MANAGER):
        return allowed()
    return denied(_("Only finance officers, directors and programme managers see what the bank says."))


def can_set_rule(actor: User) -> Answer:
    """How far a line may be off and still be offered."""
    if actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Only finance officers and directors say how lines are matched."))


def can_set_limit(actor: User) -> Answer:
    """From which amount a match needs a second person: not whoever it would bind."""
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only a director says from which amount a second person signs."))


def can_work_bank(actor: User) -> Answer:
    """Hand files in, take them, match lines, set accounts."""
    if actor.has_role(Role.FINANCE_OFFICER):
        return allowed()
    return denied(_("Only a finance officer works on files of the bank."))


def can_take_files(actor: User) -> Answer:
    """Bring lines of the bank into the books."""
    if actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Only finance officers and directors take files of the bank."))


def can_take_file(actor: User, file: BankFile, *, is_proven: bool) -> Answer:
    """Whoever hands a file in could have written it: unless its balances bear it out, another person takes it."""
    if not is_proven and file.uploaded_by_id == actor.pk:
        return denied(_("You handed this file in. Another person compares it with the bank and takes it."))
    return can_take_files(actor)


def can_sign_match(actor: User, proposal: MatchProposal) -> Answer:
    """The second hand under a match of a large amount."""
    if not can_give_match_back(actor):
        return denied(_("Only finance officers and directors sign a match."))
    if proposal.by_id == actor.pk:
        return denied(_("You proposed this match. Another person signs it."))
    return allowed()


def can_give_match_back(actor: User) -> Answer:
    if actor.has_role(Role.FINANCE_OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Only finance officers and directors give a match back."))
