"""The timetable: planned session by session, published at once. Nothing that is planned reaches anybody before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState
from training.cohorts.versions import last_number, lock_plan, new_version, publish_slot
from training.models import DraftSession, Session
from training.states import UNFINISHED, CohortState, Happened

from . import moving, permissions, reading, selectors
from .solver.rules import check, hard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tdap_portal.accounts.models import User
    from training.models import TimetableVersion, Trainer, Venue

    from .solver.rules import Violation

NEVER_KEPT = frozenset(["past", "moved_fixed", "unknown"])  # no reason makes these possible


# ----------------------------------------------------------------------------------------------------------- planning


@transaction.atomic
def plan_session(
    *,
    actor: User,
    session: Session,
    starts_at: datetime,
    trainer: Trainer | None,
    venue: Venue | None,
    reason: str = "",
) -> DraftSession:
    """Plan a session at a time, with a trainer, in a room; people see it once it is published.

    reason: why a rule that blocks is broken. Raises NotAllowed, WrongState for a session that is over or of a cohort that is.
    """
    permissions.can_plan(actor).require()
    row = _locked(session)
    return _kept(
        row, actor, starts_at=starts_at, trainer=trainer, venue=venue, is_cancelled=False, reason=reason.strip()[:500]
    )


@transaction.atomic
def move_session(
    *,
    actor: User,
    session: Session,
    starts_at: datetime,
    trainer: Trainer,
    venue: Venue | None,
    reason: str = "",
    seen: str | None = None,
    known: Iterable[str] = (),
) -> DraftSession:
    """Plan a session as `plan_session` does, after the rules were asked. What blocks is kept only with a reason, and only where the
    person was told of it before.

    seen: what the session looked like to the person, see `selectors.mark_of`, None where no matter. known: marks of the blocks that
    they were told of, see `moving.mark_of`. Raises NotAllowed, WrongState, DomainError "moved_meanwhile", "impossible" for what no
    reason makes possible, and "blocks"; the last two carry `blocks`, each with code, sessions and facts.
    """
    permissions.can_plan(actor).require()
    row = _locked(session)  # of two people who give one trainer two places at once, the second is told
    board = list(selectors.board())
    row = next(one for one in board if one.pk == row.pk)
    if seen is not None and seen != selectors.mark_of(row):
        raise DomainError(
            _("Somebody moved this session meanwhile. It is shown as it stands now; your own choice is kept below."),
            code="moved_meanwhile",
        )
    problem = reading.read_problem(board=board, also=row.pk)
    placed = reading.placed_at(selectors.Slot(starts_at, None, trainer.pk, venue.pk if venue else None))
    blocks: tuple[Violation, ...] = ()
    if placed is not None:
        found = moving.check_move(reading.as_published(problem, board), problem.standing, str(row.pk), placed)
        blocks = hard(found)
    if any(one.code in NEVER_KEPT for one in blocks):
        raise DomainError(
            _("This cannot be, whatever the reason. Nothing was moved."), code="impossible", **_as_data(blocks)
        )
    if blocks and (not reason.strip() or {moving.mark_of(one) for one in blocks} - set(known)):
        raise DomainError(
            _(
                "This breaks a rule that blocks. Nothing was moved. Choose another place, or say why it is kept all the same."
            ),
            code="blocks",
            **_as_data(blocks),
        )
    return plan_session(
        actor=actor,
        session=row,
        starts_at=starts_at,
        trainer=trainer,
        venue=venue,
        reason=reason if blocks else "",
    )


def _as_data(violations: Iterable[Violation]) -> dict[str, Any]:
    return {
        "blocks": [
            {"code": one.code, "sessions": list(one.sessions), "facts": reading.facts_json(one.facts)}
            for one in violations
        ]
    }


@transaction.atomic
def plan_cancelling(*, actor: User, session: Session, reason: str) -> DraftSession:
    """Plan that a session is called off. Raises NotAllowed, WrongState, DomainError "no_words"."""
    permissions.can_plan(actor).require()
    if not reason.strip():
        raise DomainError(
            _("Say why the session is called off: it stands in the message to its people."), code="no_words"
        )
    row = _locked(session)
    slot = selectors.planned_slot(row)
    return _kept(
        row,
        actor,
        starts_at=slot.starts_at,
        trainer_id=slot.trainer_id,
        venue_id=slot.venue_id,
        is_cancelled=True,
        reason=reason.strip()[:500],
    )


@transaction.atomic
def put_back(*, actor: User, session: Session) -> None:
    """What was planned for a session is forgotten: it stays as it is published. Twice is once."""
    permissions.can_plan(actor).require()
    DraftSession.objects.filter(session=_locked(session)).delete()


@transaction.atomic
def lock_session(*, actor: User, session: Session, is_locked: bool) -> DraftSession:
    """A locked session is moved by no proposal."""
    permissions.can_plan(actor).require()
    row = _locked(session)
    slot = selectors.planned_slot(row)
    draft, _is_new = DraftSession.objects.get_or_create(
        session=row,
        defaults={
            "starts_at": slot.starts_at,
            "trainer_id": slot.trainer_id,
            "venue_id": slot.venue_id,
            "is_cancelled": slot.is_cancelled,
        },
    )
    draft.is_locked = is_locked
    draft.save(update_fields=["is_locked", "updated_at"])
    return draft


def _locked(session: Session) -> Session:
    """The row, held with the whole plan until the act is done, where it can still be planned."""
    lock_plan()
    row = Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
    if CohortState(row.cohort.state) not in UNFINISHED:
        raise WrongState(_("The cohort of this session is over, so its timetable stays as it is."))
    if row.ends_at is not None and row.ends_at <= timezone.now():
        raise WrongState(_("This session was held already, so it stays where it is."))
    return row


def _kept(row: Session, actor: User, **values: object) -> DraftSession:
    draft, _is_new = DraftSession.objects.update_or_create(
        session=row, defaults={**values, "moved_by": actor, "moved_at": timezone.now()}
    )
    return draft


# --------------------------------------------------------------------------------------------------------- publishing


@transaction.atomic
def publish(
    *, actor: User, words: str = "", expected: int | None = None, reasons: Mapping[int, str] | None = None
) -> TimetableVersion:
    """Everything that is planned becomes what people see, as one version; a handler tells each person once.

    expected: the number of the version that the manager saw; another one means that somebody published meanwhile. reasons: by id of
    a session, why it goes out although a rule blocks it, beside those that were given with its move. Raises NotAllowed, DomainError
    "published_meanwhile", "nothing_moved", or "blocks" for what no reason was given for, with `blocks` as `move_session`.
    """
    permissions.can_plan(actor).require()
    lock_plan()
    last = last_number()
    if expected is not None and expected != last:
        raise DomainError(
            _("Somebody published version %(number)d meanwhile. Look at the plan again before you publish.")
            % {"number": last},
            code="published_meanwhile",
        )
    moved = selectors.moved_sessions()
    if not moved:
        raise DomainError(_("Nothing has moved since the last version."), code="nothing_moved")
    kept = _kept_blocks(moved, reasons or {})
    version = new_version(actor=actor, words=words)
    for row in moved:
        publish_slot(row, selectors.planned_slot(row), version)
    DraftSession.objects.filter(session__in=moved, is_locked=False).delete()
    version.people = len(selectors.reached_by(selectors.changes_of(version)))
    version.save(update_fields=["people"])
    record(
        Happened.TIMETABLE_PUBLISHED.value,
        subject=version,
        actor=actor,
        number=version.number,
        sessions=len(moved),
        people=version.people,
        words=version.words,
        kept=kept,
    )
    return version


def _kept_blocks(moved: list[Session], reasons: Mapping[int, str]) -> list[dict[str, Any]]:
    """What blocks and goes out all the same, with the reasons of its sessions."""
    given: dict[str, tuple[Session, str]] = {}
    for row in moved:
        draft = selectors.draft_of(row)
        reason = reasons.get(row.pk, "").strip()[:500] or (draft.reason if draft else "")
        if reason:
            given[str(row.pk)] = (row, reason)
    kept, open_ones = [], []
    board = list(selectors.board())
    problem = reading.read_problem(board=board)
    found = check(reading.as_published(problem, board), problem.standing)
    for one in moving.blocks_of(found, {str(row.pk) for row in moved}):
        about = [given[key] for key in one.sessions if key in given]
        if not about or one.code in NEVER_KEPT:
            open_ones.append(one)
        for row, reason in about[:1]:
            kept.append({"rule": one.code, "session": row.public_id, "reason": reason})
    if open_ones:
        raise DomainError(
            _("Something still blocks, and nobody has said why it goes out all the same. Nothing was published."),
            code="blocks",
            **_as_data(open_ones),
        )
    return kept
