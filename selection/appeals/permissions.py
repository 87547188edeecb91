"""Who appeals, who reads an appeal and who decides it. Whether the state fits, the state table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.states import AppealState
from tdap_portal.accounts.roles import Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from selection.models import Appeal
    from tdap_portal.accounts.models import User

TIED = _("You are tied to this firm, so another official must do this.")


@dataclass(frozen=True, slots=True)
class PartInFile:
    """Ids of people by what bars them from an appeal of a file: tied to its firm, readers, those who recommended or proposed a
    waiver, those who decided it or signed a waiver, those who composed, sent or signed the decision of the round."""

    tied: frozenset[int] = frozenset()
    readers: frozenset[int] = frozenset()
    proposers: frozenset[int] = frozenset()
    deciders: frozenset[int] = frozenset()
    of_round: frozenset[int] = frozenset()

    @property
    def everybody(self) -> frozenset[int]:
        return self.tied | self.readers | self.proposers | self.deciders | self.of_round


def can_send(*, is_owner: bool) -> Answer:
    if is_owner:
        return allowed()
    return denied(_("Only an owner of the firm can appeal. You see what is written here."))


def can_see_appeals(actor: User) -> Answer:
    if actor.has_role(Role.OFFICER, Role.APPROVER):
        return allowed()
    return denied(_("Only officers and directors see appeals."))


def can_list_appeals(actor: User) -> Answer:
    if actor.has_role(Role.APPROVER):
        return allowed()
    return denied(_("Only directors work on appeals."))


def can_be_drawn(person: User, part: PartInFile) -> Answer:
    """A director who had no part in the file, and none in the decision of its round."""
    if not person.has_role(Role.APPROVER):
        return denied(_("Only a director decides an appeal."))
    reasons = (
        (part.tied, TIED),
        (part.readers, _("You read this file, so another director decides.")),
        (part.proposers, _("You recommended on this file, or proposed a waiver, so another director decides.")),
        (part.deciders, _("You decided on this file, so another director decides.")),
        (part.of_round, _("You had a part in the decision of this round, so another director decides.")),
    )
    return next((denied(why) for people, why in reasons if person.pk in people), allowed())


def can_read_appeal(actor: User, appeal: Appeal, part: PartInFile) -> Answer:
    """Words, papers and points: the directors without a part in the file, once it is sent; of an appeal that is answered all
    officials who are not tied to the firm."""
    if actor.pk in part.tied:
        return denied(TIED)
    if not can_see_appeals(actor):
        return can_see_appeals(actor)
    if appeal.state == AppealState.ANSWERED:
        return allowed()
    return can_be_drawn(actor, part)


def can_decide(actor: User, appeal: Appeal, part: PartInFile) -> Answer:
    """The director who was drawn, and nobody else."""
    answer = can_be_drawn(actor, part)
    if not answer:
        return answer
    if appeal.director_id != actor.pk:
        return denied(_("This appeal was drawn to another director, who alone decides it."))
    return allowed()
