"""The timetable: planned session by session, published at once. Nothing that is planned reaches anybody before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState
from training.models import Cohort, DraftSession, Session, SessionChange, TimetableVersion
from training.states import UNFINISHED, CohortState, Happened

from . import permissions, selectors

if TYPE_CHECKING:
    from datetime import datetime

    from tdap_portal.accounts.models import User
    from training.models import Trainer, Venue


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
    """The row, held until the act is done, where it can still be planned."""
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
def publish(*, actor: User, words: str = "", expected: int | None = None) -> TimetableVersion:
    """Everything that is planned becomes what people see, as one version; a handler tells each person once.

    expected: the number of the version that the manager saw; another one means that somebody published meanwhile. Raises
    NotAllowed, DomainError "published_meanwhile" or "nothing_moved".
    """
    permissions.can_plan(actor).require()
    list(Cohort.objects.select_for_update().filter(state__in=UNFINISHED).order_by("pk").values_list("pk"))
    last = TimetableVersion.objects.aggregate(last=Max("number"))["last"] or 0
    if expected is not None and expected != last:
        raise DomainError(
            _("Somebody published version %(number)d meanwhile. Look at the plan again before you publish.")
            % {"number": last},
            code="published_meanwhile",
        )
    moved = selectors.moved_sessions()
    if not moved:
        raise DomainError(_("Nothing has moved since the last version."), code="nothing_moved")
    version = TimetableVersion.objects.create(number=last + 1, published_by=actor, words=words.strip()[:500])
    for row in moved:
        _publish_session(row, version)
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
    )
    return version


def _publish_session(row: Session, version: TimetableVersion) -> None:
    was, planned = selectors.published_slot(row), selectors.planned_slot(row)
    trainer_before = row.trainer
    row.starts_at, row.ends_at = planned.starts_at, planned.ends_at
    row.trainer_id, row.venue_id = planned.trainer_id, planned.venue_id
    row.cancelled_at = (row.cancelled_at or timezone.now()) if planned.is_cancelled else None
    if row.changed_at is not None:
        row.sequence += 1
    row.changed_at = timezone.now()
    row.save()
    SessionChange.objects.create(
        version=version,
        session=row,
        before=was.as_data(),
        after=planned.as_data(),
        trainer_before=trainer_before if was.trainer_id != planned.trainer_id else None,
        sequence=row.sequence,
    )
