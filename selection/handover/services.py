"""People who leave, come back, change their role or hand over: what they leave open goes to somebody in the same act.

What nobody is named for, or may take, waits for nobody yet: it is marked so, and stands on the homes of directors and
administrators until somebody is. Up to CHUNK files are given at once, more by the worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from selection.applications.locking import locked_file
from selection.review import places
from selection.review import selectors as review_selectors
from selection.review.permissions import IN_CONFLICT
from selection.review.selectors import MAX_LOAD
from selection.states import OPEN_STATES, Happened
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError

from . import permissions, selectors

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from selection.models import Application
    from tdap_portal.accounts.models import User

CHUNK = 50
MAX_GIVEN = 100


@transaction.atomic
def lock_out(*, actor: User, person: User, to: Sequence[User] = (), reason: str) -> None:
    """The person leaves: sign-in and sessions end, and the open files go to these officers, evenly; without any to nobody yet.

    Doing it twice changes nothing more. Raises NotAllowed; DomainError "no_words", "last_administrator", "not_an_officer".
    """
    _require_reason(reason)
    if accounts_services.set_active(actor=actor, user=person, is_active=False, reason=reason, handed_over=True):
        _hand_on(actor, person, to=_who_can_take(person, to), reason=reason, frees=True)


@transaction.atomic
def bring_back(*, actor: User, person: User, reason: str) -> None:
    """The person may sign in again, with the roles held before; the files stay with whoever has them now."""
    _require_reason(reason)
    accounts_services.set_active(actor=actor, user=person, is_active=True, reason=reason)


@transaction.atomic
def change_roles(
    *, actor: User, person: User, roles: Collection[Role], to: Sequence[User] = (), reason: str
) -> set[Role]:
    """Give and take roles; who is an officer no more hands over as somebody who leaves. Returns the roles that changed.

    Raises NotAllowed; DomainError "no_words", "last_administrator", "not_an_officer".
    """
    changed = accounts_services.change_roles(actor=actor, user=person, roles=roles, reason=reason, handed_over=True)
    if Role.OFFICER in changed and Role.OFFICER not in roles:
        _hand_on(actor, person, to=_who_can_take(person, to), reason=reason, frees=True)
    return changed


@transaction.atomic
def hand_over(*, actor: User, person: User, to: Sequence[User], reason: str) -> None:
    """All open files of somebody who stays go to these officers, evenly; what none of them may take stays.

    Raises NotAllowed; DomainError "no_words", "not_an_officer", "nobody_named".
    """
    permissions.can_hand_over(actor).require()
    _require_reason(reason)
    takers = _who_can_take(person, to)
    if not takers:
        raise DomainError(_("Choose who takes the files."), code="nobody_named")
    _hand_on(actor, person, to=takers, reason=reason, frees=False)


@transaction.atomic
def free_files(*, actor: User | None, person: User, reason: str = "") -> None:
    """The files of somebody who left without a hand-over, or is an officer no more, wait for nobody yet."""
    if not review_selectors.officers().filter(pk=person.pk).exists():
        _hand_on(actor, person, to=(), reason=reason, frees=True)


@transaction.atomic
def go_on(*, actor: User | None, person: User, to: Sequence[int], reason: str, frees: bool, after: int) -> None:
    """The next files of a long hand-over. to: ids of officers; who has left meanwhile takes nothing more."""
    takers = list(review_selectors.officers().filter(pk__in=to))
    _hand_on(actor, person, to=takers, reason=reason, frees=frees, after=after, is_first=False)


@transaction.atomic
def give_files(
    *, actor: User, files: Sequence[str], to: Sequence[User], reason: str
) -> tuple[int, list[tuple[Application, str]]]:
    """What nobody has of these files (public ids) goes to these officers, evenly: each file to who has least then. Returns
    how many, and those left out with the reason.

    Raises NotAllowed; DomainError "no_words", "not_an_officer", "nobody_named".
    """
    permissions.can_hand_over(actor).require()
    _require_reason(reason)
    takers = _who_can_take(None, to)
    if not takers:
        raise DomainError(_("Choose who takes the files."), code="nobody_named")
    loads = _loads(takers)
    ids = selectors.files_that_nobody_has().filter(public_id__in=files[:MAX_GIVEN]).values_list("pk", flat=True)
    given, left_out = 0, []
    for pk in sorted(ids):
        row = locked_file(pk)
        is_given, why_not = _give_to_one(row, takers, loads, of=None, actor=actor, reason=reason)
        given += is_given
        while is_given and row.nobody_since:  # its other part, so that the same ticks sent twice give nothing more
            is_given, why_not = _give_to_one(row, takers, loads, of=None, actor=actor, reason=reason)
        if why_not:
            left_out.append((row, why_not))
    return given, left_out


def _hand_on(
    actor: User | None,
    person: User,
    *,
    to: Sequence[User],
    reason: str,
    frees: bool,
    after: int = 0,
    is_first: bool = True,
) -> None:
    """The next files. Of who leaves, the worker looks again until nothing is found: somebody may have been given a file at
    the very moment, by an act that did not see the leaving yet."""
    loads = _loads(to)
    ids = selectors.files_at_work(person, number=CHUNK, after=after)
    for pk in ids:
        row = locked_file(pk)
        if row.state not in OPEN_STATES:
            continue
        _is_given, why_not = _give_to_one(row, to, loads, of=person, actor=actor, reason=reason)
        is_left = frees and (why_not or not to)
        if is_left and places.take_away(row, person, actor=actor, keep_reading=True):
            record(Happened.RELEASED.value, subject=row, actor=actor, person=person.public_id, reason=reason)
    if (is_first or ids) if frees else len(ids) == CHUNK:
        kept = {"to": [taker.pk for taker in to], "reason": reason, "frees": frees, "after": 0 if frees else ids[-1]}
        record("handover.continued", subject=person, actor=actor, **kept)


def _loads(takers: Sequence[User]) -> dict[int, int]:
    """How many files each of them has a part in now, up to MAX_LOAD, by id."""
    return {taker.pk: len(selectors.files_at_work(taker, number=MAX_LOAD)) for taker in takers}


def _give_to_one(
    row: Application, takers: Sequence[User], loads: dict[int, int], *, of: User | None, actor: User | None, reason: str
) -> tuple[bool, str]:
    """To the one with the smallest load who may have it, which grows by it. Returns whether there was a part to give, and
    where none of them may have it why the last one may not."""
    why_not = ""
    for taker in sorted(takers, key=lambda taker: (loads[taker.pk], taker.pk)):
        try:
            _require_no_tie(actor, row)
            is_given = _give(row, taker, of=of, actor=actor, reason=reason)
        except DomainError as refusal:  # tied to this firm, or the other reader: the next one
            why_not = str(refusal)
            continue
        loads[taker.pk] += is_given
        return is_given, ""
    return False, why_not


def _give(row: Application, taker: User, *, of: User | None, actor: User | None, reason: str) -> bool:
    is_given = places.give(row, taker, of=of)
    if is_given:
        who = {"person": of.public_id} if of else {}
        record(Happened.HANDED_OVER.value, subject=row, actor=actor, to=taker.public_id, reason=reason, **who)
    return is_given


def _require_no_tie(actor: User | None, row: Application) -> None:
    """Nobody chooses who judges their own firm."""
    if actor is not None and actor.pk in review_selectors.standing_of(row).in_conflict:
        raise DomainError(IN_CONFLICT, code="tied")


def _who_can_take(person: User | None, to: Sequence[User]) -> list[User]:
    wanted = {taker.pk for taker in to} - {person.pk if person else None}
    takers = list(review_selectors.officers().filter(pk__in=wanted))
    if len(takers) != len(to):
        raise DomainError(_("Only another officer who can sign in takes files."), code="not_an_officer")
    return takers


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise DomainError(_("Write the reason: it stands in history."), code="no_words")
