"""Trainers and rooms, and when they cannot be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.audit.services import record
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError
from training.models import Absence, Trainer, Venue, VenueClosing
from training.programmes import permissions
from training.programmes.services import made_just_now, save_changes
from training.states import Happened

from . import selectors

if TYPE_CHECKING:
    from datetime import datetime

    from tdap_portal.accounts.models import User


@transaction.atomic
def create_trainer(*, actor: User, email: str = "", **values: Any) -> Trainer:
    """email: of the account that the trainer signs in with, "" for none yet. values: the columns of a trainer.

    The same sent again within a minute is once. Raises NotAllowed; DomainError "unknown_account", "account_taken".
    """
    permissions.can_manage_training(actor).require()
    known = {name: values[name] for name in ("name", "home_city")}
    twice = made_just_now(actor, Trainer.objects.all(), **known)
    if twice is not None:
        return twice
    row = Trainer.objects.create(user=_account_of(email, None), **values)
    record(Happened.TRAINER_CREATED.value, subject=row, actor=actor, has_account=row.user_id is not None)
    return row


@transaction.atomic
def change_trainer(*, actor: User, trainer: Trainer, email: str = "", **values: Any) -> Trainer:
    """The same for one that is known; email "" unties the account. Raises as create_trainer."""
    permissions.can_manage_training(actor).require()
    row = Trainer.objects.select_for_update(of=("self",)).get(pk=trainer.pk)
    if fields := save_changes(row, {**values, "user": _account_of(email, row)}):
        record(Happened.TRAINER_CHANGED.value, subject=row, actor=actor, fields=fields)
    return row


def _account_of(email: str, trainer: Trainer | None) -> User | None:
    """The account behind an address, which becomes no role by it."""
    if not email:
        return None
    user = accounts_selectors.user_by_login(email) if "@" in email else None
    if user is None or not user.is_active:
        raise DomainError(
            _("There is no account with this e-mail address. The trainer registers first; then write it here."),
            code="unknown_account",
        )
    other = Trainer.objects.filter(user=user).first()
    if other is not None and other != trainer:
        raise DomainError(
            _("This account belongs to another trainer: %(name)s.") % {"name": other.name_here}, code="account_taken"
        )
    return user


@transaction.atomic
def create_venue(*, actor: User, **values: Any) -> Venue:
    """values: the columns of a room. The same sent again within a minute is once. Raises NotAllowed."""
    permissions.can_manage_training(actor).require()
    known = {name: values[name] for name in ("name", "city")}
    twice = made_just_now(actor, Venue.objects.all(), **known)
    if twice is not None:
        return twice
    row = Venue.objects.create(**values)
    record(Happened.VENUE_CREATED.value, subject=row, actor=actor, name=row.name, city=row.city)
    return row


@transaction.atomic
def change_venue(*, actor: User, venue: Venue, **values: Any) -> Venue:
    """Raises NotAllowed."""
    permissions.can_manage_training(actor).require()
    row = Venue.objects.select_for_update().get(pk=venue.pk)
    if fields := save_changes(row, values):
        record(Happened.VENUE_CHANGED.value, subject=row, actor=actor, fields=fields)
    return row


@transaction.atomic
def note_absence(*, actor: User, trainer: Trainer, starts_at: datetime, ends_at: datetime, words: str = "") -> Absence:
    """A time in which a trainer cannot teach. Noting the same twice is once; published sessions in it stay where they are.

    Raises NotAllowed; DomainError "dates"; "overlaps" with the time that is noted already.
    """
    permissions.can_manage_training(actor).require()
    row = Trainer.objects.select_for_update(of=("self",)).get(pk=trainer.pk)
    times = {"starts_at": starts_at, "ends_at": ends_at}
    same = _same_time(row, **times)
    if same is not None:
        return same
    made = Absence.objects.create(trainer=row, words=words, noted_by=actor, **times)
    record(Happened.TRAINER_AWAY.value, subject=row, actor=actor, **times)
    return made


@transaction.atomic
def note_closing(*, actor: User, venue: Venue, starts_at: datetime, ends_at: datetime, words: str = "") -> VenueClosing:
    """A time in which a room cannot be had. Raises as note_absence."""
    permissions.can_manage_training(actor).require()
    row = Venue.objects.select_for_update().get(pk=venue.pk)
    times = {"starts_at": starts_at, "ends_at": ends_at}
    same = _same_time(row, **times)
    if same is not None:
        return same
    made = VenueClosing.objects.create(venue=row, words=words, noted_by=actor, **times)
    record(Happened.VENUE_CLOSED.value, subject=row, actor=actor, **times)
    return made


@transaction.atomic
def take_away_absence(*, actor: User, absence: Absence) -> None:
    """The trainer can teach after all. Raises NotAllowed. Twice is once."""
    permissions.can_manage_training(actor).require()
    row = Absence.objects.select_for_update(of=("self",)).select_related("trainer").filter(pk=absence.pk).first()
    if row is not None:
        times = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        row.delete()
        record(Happened.TRAINER_BACK.value, subject=row.trainer, actor=actor, **times)


@transaction.atomic
def take_away_closing(*, actor: User, closing: VenueClosing) -> None:
    """The room can be had after all. Raises NotAllowed. Twice is once."""
    permissions.can_manage_training(actor).require()
    row = VenueClosing.objects.select_for_update(of=("self",)).select_related("venue").filter(pk=closing.pk).first()
    if row is not None:
        times = {"starts_at": row.starts_at, "ends_at": row.ends_at}
        row.delete()
        record(Happened.VENUE_REOPENED.value, subject=row.venue, actor=actor, **times)


def _same_time(who: Trainer | Venue, starts_at: datetime, ends_at: datetime) -> Any:
    """What was noted for just this time, None for nothing. Raises DomainError "dates", "overlaps"."""
    if ends_at <= starts_at:
        raise DomainError(_("The end comes after the beginning."), code="dates")
    row = selectors.times_away(who).filter(starts_at__lt=ends_at, ends_at__gt=starts_at).first()
    if row is None or (row.starts_at, row.ends_at) == (starts_at, ends_at):
        return row
    raise DomainError(
        _("This touches a time that is noted already: from %(start)s until %(end)s.")
        % {"start": day_words(row.starts_at, "DATETIME_FORMAT"), "end": day_words(row.ends_at, "DATETIME_FORMAT")},
        code="overlaps",
    )
