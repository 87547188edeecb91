"""Versions of the timetable: what one of them changed of which session. Whoever writes one holds the whole plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils import timezone

from training.models import Cohort, Session, SessionChange, TimetableVersion
from training.states import UNFINISHED

if TYPE_CHECKING:
    from datetime import datetime

    from tdap_portal.accounts.models import User


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and when a session is: published, or planned. None where it has no place yet."""

    starts_at: datetime | None
    ends_at: datetime | None
    trainer_id: int | None
    venue_id: int | None
    is_cancelled: bool = False

    def as_data(self) -> dict[str, object]:
        return {
            "starts_at": self.starts_at.isoformat() if self.starts_at else None,
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
            "trainer": self.trainer_id,
            "venue": self.venue_id,
            "cancelled": self.is_cancelled,
        }


def published_slot(session: Session) -> Slot:
    return Slot(
        session.starts_at, session.ends_at, session.trainer_id, session.venue_id, session.cancelled_at is not None
    )


def lock_plan() -> None:
    """Holds every plan until the act is done: whoever plans or publishes at the same moment waits, and sees what this act left."""
    list(Cohort.objects.select_for_update().filter(state__in=UNFINISHED).order_by("pk").values_list("pk"))


def last_number() -> int:
    """Of the versions there are; 0 before the first."""
    return TimetableVersion.objects.aggregate(last=Max("number"))["last"] or 0


def new_version(*, actor: User, words: str) -> TimetableVersion:
    """The next one, still without changes. The plan is locked."""
    return TimetableVersion.objects.create(number=last_number() + 1, published_by=actor, words=words.strip()[:500])


def publish_slot(session: Session, slot: Slot, version: TimetableVersion) -> SessionChange:
    """Put a session where the slot says, and keep what that changes. The plan is locked."""
    was, trainer_before = published_slot(session), session.trainer
    session.starts_at, session.ends_at = slot.starts_at, slot.ends_at
    session.trainer_id, session.venue_id = slot.trainer_id, slot.venue_id
    session.cancelled_at = (session.cancelled_at or timezone.now()) if slot.is_cancelled else None
    if session.changed_at is not None or was.starts_at is not None:
        session.sequence += 1
    session.changed_at = timezone.now()
    session.save()
    return SessionChange.objects.create(
        version=version,
        session=session,
        before=was.as_data(),
        after=slot.as_data(),
        trainer_before=trainer_before if was.trainer_id != slot.trainer_id else None,
        sequence=session.sequence,
    )
