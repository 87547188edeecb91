"""What officials may do with a file. Who the person is decides here; whether the state fits, the state table says.

A `Standing` tells what the rules need to know of a file beside its row; `selectors.standings_of` reads it for one
file or a thousand at the same cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from selection.states import Outcome
from tdap_portal.accounts.roles import DESK_ROLES, Role
from tdap_portal.core.access import Answer, allowed, denied

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User

NOT_OF_THE_DESK = _("Only officers and directors work at the desk.")
OFFICERS_ONLY = _("Only an officer can do this.")
DIRECTORS_ONLY = _("Only a director can do this.")
READINGS_DIFFER = _("The two readings disagree: a third officer reads the file before anything is recommended.")
NO_LINE = _(
    "This reason speaks of the line of the round, which has none before it is closed and all its files are scored."
)
IN_CONFLICT = _("You are tied to this firm, so another official must do this.")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads in which place, whether that reading is in, and whether its reader is an officer who can sign in still."""

    user_id: int
    place: int
    done: bool
    can_still: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """People and gates of one file.

    in_conflict: ids of people who belong to the firm or declared a conflict with it. recommended_by: ids of all who ever
    recommended on it, or proposed to select it without papers. gates_passed: of the newest score card, None without one. officer_id: of the officer in charge who
    can still work; None without one. needs_third: both readings are in and disagree, and no third one is.
    """

    in_conflict: frozenset[int] = frozenset()
    readers: tuple[Reader, ...] = ()
    recommended_by: frozenset[int] = frozenset()
    gates_passed: bool | None = None
    officer_id: int | None = None
    needs_third: bool = False

    @property
    def is_read(self) -> bool:
        """All readings are in, of two officers or of three: from here on they may be seen."""
        return len(self.readers) >= 2 and all(reader.done for reader in self.readers) and not self.needs_third

    @property
    def in_charge(self) -> frozenset[int]:
        """Who can go on with the file: its officer and its readers, of whom some may have left or be tied to the firm."""
        able = {reader.user_id for reader in self.readers if reader.can_still} | {self.officer_id}
        return frozenset(able) - self.in_conflict - {None}  # type: ignore[return-value]  # mypy keeps the None

    def reader(self, user_id: int) -> Reader | None:
        return next((reader for reader in self.readers if reader.user_id == user_id), None)


def can_use_desk(actor: User) -> Answer:
    if actor.has_role(*DESK_ROLES):
        return allowed()
    return denied(NOT_OF_THE_DESK)


def can_assign(actor: User, standing: Standing) -> Answer:
    """Readers are shared out by officers and directors alike, but nobody chooses who judges their own firm."""
    return _desk_without_ties(actor, standing)


def can_call_third(actor: User, standing: Standing) -> Answer:
    """A director without ties sends a file of which the readings disagree to a third officer."""
    if not actor.has_role(Role.APPROVER):
        return denied(_("Only a director can call a third reader."))
    return _desk_without_ties(actor, standing)


def can_be_reader(person: User, standing: Standing) -> Answer:
    if not person.has_role(Role.OFFICER):
        return denied(_("Only an officer can be a reader."))
    if person.pk in standing.in_conflict:
        return denied(_("A person who is tied to the firm cannot read its file."))
    return allowed()


def can_record_reading(actor: User, standing: Standing) -> Answer:
    if not actor.has_role(Role.OFFICER):
        return denied(OFFICERS_ONLY)
    if standing.reader(actor.pk) is None:
        return denied(_("This file is not yours to read."))
    if actor.pk in standing.in_conflict:
        return denied(IN_CONFLICT)
    return allowed()


def can_see_readings(actor: User, standing: Standing) -> Answer:
    """Each reader judges alone: nobody sees what the other wrote before both readings are in, the firm's people never."""
    desk = _desk_without_ties(actor, standing)
    if not desk:
        return desk
    if not standing.is_read:
        return denied(_("A reading stays sealed until both are in."))
    return allowed()


def can_recommend(actor: User, standing: Standing) -> Answer:
    """A file that was read is recommended by a reader or its officer; where none of them is left, or none read, by any."""
    if not actor.has_role(Role.OFFICER):
        return denied(OFFICERS_ONLY)
    if actor.pk in standing.in_conflict:
        return denied(IN_CONFLICT)
    if standing.readers and standing.in_charge and actor.pk not in standing.in_charge:
        return denied(_("Only an officer who has read this file can recommend on it."))
    return allowed()


def can_return(actor: User, standing: Standing) -> Answer:
    return _second_person(actor, standing)


def can_decide(actor: User, standing: Standing, outcome: Outcome | str | None = None) -> Answer:
    """Two people decide: the director neither read the file nor ever recommended on it.

    outcome: None asks in general; a file that failed a gate can only be declined.
    """
    answer = _second_person(actor, standing)
    if answer and outcome is not None:
        return fits_gates(outcome, standing)
    return answer


def fits_gates(outcome: Outcome | str, standing: Standing) -> Answer:
    """A condition of the programme is not a matter of opinion."""
    if standing.gates_passed is not True and Outcome(outcome) != Outcome.DECLINE:
        return denied(_("A condition of the programme is not met, so this file can only be declined."))
    return allowed()


def can_propose_waiver(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)


def can_sign_waiver(actor: User, standing: Standing, proposed_by: int) -> Answer:
    """Two people: the director neither proposed it nor has a part in the file."""
    if actor.pk == proposed_by:
        return denied(_("You proposed this yourself: a second person signs it."))
    return _second_person(actor, standing)


def can_judge_papers(actor: User, standing: Standing) -> Answer:
    return officer_without_ties(actor, standing)


def can_declare_conflict(actor: User) -> Answer:
    return can_use_desk(actor)


def _desk_without_ties(actor: User, standing: Standing) -> Answer:
    if actor.pk in standing.in_conflict:
        return denied(IN_CONFLICT)
    return can_use_desk(actor)


def officer_without_ties(actor: User, standing: Standing) -> Answer:
    if not actor.has_role(Role.OFFICER):
        return denied(OFFICERS_ONLY)
    if actor.pk in standing.in_conflict:
        return denied(IN_CONFLICT)
    return allowed()


def _second_person(actor: User, standing: Standing) -> Answer:
    if not actor.has_role(Role.APPROVER):
        return denied(DIRECTORS_ONLY)
    if actor.pk in standing.in_conflict:
        return denied(IN_CONFLICT)
    if actor.pk in standing.recommended_by:
        return denied(_("You recommended on this file yourself, or proposed a waiver: a second person decides."))
    if standing.reader(actor.pk) is not None:
        return denied(_("You are a reader of this file: a second person decides."))
    return allowed()
