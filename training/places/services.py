"""What a firm with an accepted seat does: take a place in a cohort, move, wait, say who comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.seats.offers import services as offers_services
from smes.people import selectors as people_selectors
from tdap_portal.audit.services import record
from tdap_portal.core.days import day_words
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.core.folding import fold
from training.models import Cohort, Place
from training.states import CohortState, Happened, PlaceState

from . import permissions, selectors
from .fitting import places_left
from .locking import LIVING, locked_cohorts, move, places_of_file

if TYPE_CHECKING:
    from datetime import datetime

    from selection.models import Application, Offer
    from tdap_portal.accounts.models import User

MAX_ATTENDEE = 120


@dataclass(frozen=True, slots=True)
class Standing:
    """A file with an accepted seat under all locks that a change of its places takes. target: the cohort that is asked for. held: its
    place, in whichever cohort. waiting: what it waits for."""

    seat: Offer
    target: Cohort
    held: Place | None
    waiting: list[Place]

    @property
    def waits_here(self) -> Place | None:
        return next((row for row in self.waiting if row.cohort_id == self.target.pk), None)


@transaction.atomic
def take_place(
    *,
    actor: User,
    application: Application,
    cohort: Cohort,
    attendee: str,
    attendee_user: User | None = None,
    agrees_elsewhere: bool = False,
    keeps_waiting: bool = False,
) -> Place:
    """Take a place in a cohort for the firm; twice is once.

    attendee: who comes, by name; attendee_user: the same where it is one of the firm's people, whose name then counts.
    agrees_elsewhere: the firm comes although the cohort is not given as its offer was accepted. keeps_waiting: on the lists of other
    cohorts; else it leaves them. Raises NotAllowed; WrongState where the firm has a place in another cohort; DomainError "no_seat",
    "not_open", "other_round", "elsewhere", "full", "no_attendee", "unknown_person". Nothing is kept of what was refused.
    """
    permissions.can_choose(actor, application).require()
    standing = _standing(application, cohort)
    if standing.held is not None:
        if standing.held.cohort_id == cohort.pk:
            return standing.held
        raise WrongState(
            _("The firm has a place in %(cohort)s already. Move from there if you want this one instead.")
            % {"cohort": standing.held.cohort.code}
        )
    _require_choosable(standing, agrees_elsewhere=agrees_elsewhere)
    name, user = _who_comes(application, attendee, attendee_user)
    _require_free(standing)
    row = hold(standing, actor=actor, attendee=name, attendee_user=user, comes_since=_since_last(application.pk, name))
    record(Happened.PLACE_TAKEN.value, subject=standing.seat.application, actor=actor, **taken(standing, row))
    if not keeps_waiting:
        _leave_lists(standing, actor=actor)
    return row


@transaction.atomic
def change_cohort(
    *,
    actor: User,
    application: Application,
    cohort: Cohort,
    agrees_elsewhere: bool = False,
    keeps_waiting: bool = False,
) -> Place:
    """Move the firm to a place in another cohort in one act: where that one is refused, it keeps what it has. Twice is once.

    The same person comes. Raises NotAllowed; WrongState where there is no place to move from, or its cohort is over; DomainError as take_place.
    """
    permissions.can_choose(actor, application).require()
    standing = _standing(application, cohort)
    held = standing.held
    if held is None:
        raise WrongState(_("The firm has no place to move from any more. Take this one instead."))
    if held.cohort_id == cohort.pk:
        return held
    if held.cohort.state == CohortState.FINISHED:
        raise WrongState(
            _("The training of %(cohort)s is over, so there is nothing to move.") % {"cohort": held.cohort.code}
        )
    _require_choosable(standing, agrees_elsewhere=agrees_elsewhere)
    _require_free(standing)
    row = exchange(standing, held, actor=actor)
    record(
        Happened.PLACE_CHANGED.value,
        subject=standing.seat.application,
        actor=actor,
        **exchanged(standing, row, held),
    )
    if not keeps_waiting:
        _leave_lists(standing, actor=actor)
    return row


@transaction.atomic
def wait_for_place(
    *,
    actor: User,
    application: Application,
    cohort: Cohort,
    attendee: str,
    attendee_user: User | None = None,
    agrees_elsewhere: bool = False,
) -> Place:
    """Put the firm on the waiting list of a cohort whose places are all taken; twice is once. A place that it has elsewhere stays
    until then: whoever waits beside it says so by waiting, and is moved when a place comes free.

    Raises NotAllowed; WrongState where the firm has a place in this cohort, or its training has begun; DomainError as take_place, and
    "not_full".
    """
    permissions.can_choose(actor, application).require()
    standing = _standing(application, cohort)
    known = standing.waits_here
    if known is not None:
        return known
    held = standing.held
    if held is not None and held.cohort_id == cohort.pk:
        raise WrongState(_("The firm has a place in this cohort already."))
    if held is not None and held.cohort.state != CohortState.OPEN:
        raise WrongState(
            _("Training in %(cohort)s has begun, so the firm is not moved by itself any more.")
            % {"cohort": held.cohort.code}
        )
    _require_choosable(standing, agrees_elsewhere=agrees_elsewhere)
    if held is not None:
        attendee, attendee_user = held.attendee, held.attendee_user
    name, user = _who_comes(application, attendee, attendee_user)
    if _is_free(standing):
        raise DomainError(_("A place is free in this cohort: take it."), code="not_full")
    row = Place.objects.create(
        cohort=standing.target,
        application=standing.seat.application,
        sme_id=standing.seat.application.sme_id,
        state=PlaceState.WAITING.value,
        attendee=name,
        attendee_user=user,
        asked_by=actor,
        asked_at=timezone.now(),
        comes_since=held.comes_since if held is not None else _since_last(application.pk, name),
    )
    record(
        Happened.PLACE_WAITING.value,
        subject=standing.seat.application,
        actor=actor,
        place=row.public_id,
        cohort=standing.target.public_id,
        code=standing.target.code,
    )
    return row


@transaction.atomic
def stop_waiting(*, actor: User, application: Application, cohort: Cohort) -> None:
    """Leave the waiting list of a cohort; twice is once.

    Raises NotAllowed; WrongState where the firm got the place meanwhile; DomainError "no_seat".
    """
    permissions.can_choose(actor, application).require()
    standing = _standing(application, cohort)
    if standing.waits_here is not None:
        end(standing.waits_here, actor=actor, why="stopped")
    elif standing.held is not None and standing.held.cohort_id == cohort.pk:
        raise WrongState(_("A place came free meanwhile, and the firm has it now."))


@transaction.atomic
def change_attendee(
    *,
    actor: User,
    application: Application,
    attendee: str,
    attendee_user: User | None = None,
    begins_anew: bool = False,
) -> None:
    """Another person comes, to the place of the firm and to those it waits for. The same again changes nothing.

    Once the training has begun, nobody takes over what another attended and tried: begins_anew says that the firm knows. Only the name
    of the same person, or their account, is noted without it. Raises NotAllowed; WrongState where there is no place, or its cohort is over;
    DomainError "no_seat", "no_attendee", "unknown_person", "begins_anew", "try_under_way".
    """
    permissions.can_choose(actor, application).require()
    seat = _require_seat(application)
    name, user = _who_comes(application, attendee, attendee_user)
    _cohorts, rows = _locked(application.pk)
    open_rows = [row for row in rows if row.cohort.state != CohortState.FINISHED]
    if not open_rows:
        raise WrongState(_("The firm has no place for which somebody could come."))
    changed = [row for row in open_rows if (row.attendee, row.attendee_user_id) != (name, user and user.pk)]
    since = _since(application.pk, changed, name, begins_anew=begins_anew)
    for row in changed:
        row.attendee, row.attendee_user, row.comes_since = name, user, since or row.comes_since
        row.save(update_fields=["attendee", "attendee_user", "comes_since", "updated_at"])
    if changed:
        codes = [row.cohort.code for row in changed]
        record(
            Happened.ATTENDEE_CHANGED.value, subject=seat.application, actor=actor, codes=codes, begins_anew=bool(since)
        )


@transaction.atomic
def correct_attendee(*, actor: User, place: Place, attendee: str, words: str) -> None:
    """The name of the person who comes was written wrongly; it is the same person. The same again changes nothing.

    words: how it is known. Raises NotAllowed; WrongState where the place is not held any more; DomainError "no_attendee", "no_words".
    """
    permissions.can_correct(actor).require()
    row = Place.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=place.pk)
    name, why = " ".join(attendee.split())[:MAX_ATTENDEE], " ".join(words.split())
    if not name:
        raise DomainError(_("Write who will come to the training."), code="no_attendee")
    if not why:
        raise DomainError(_("Write how you know that it is the same person."), code="no_words")
    if row.state != PlaceState.HELD:
        raise WrongState(_("The firm does not hold this place any more."))
    if row.attendee != name:
        row.attendee = name
        row.save(update_fields=["attendee", "updated_at"])
        codes = [row.cohort.code]
        record(Happened.ATTENDEE_CORRECTED.value, subject=row.application, actor=actor, codes=codes, words=why)


# ------------------------------------------------------------------------------------------------ what acts share


def standing_of(seat: Offer, cohort_id: int) -> Standing:
    """The file of a locked seat with its places and this cohort, all of them locked. A place in a cohort that was called off ends
    here, where the worker has not come yet."""
    cohorts, rows = _locked(seat.application_id, cohort_id)
    held = next((row for row in rows if row.state == PlaceState.HELD), None)
    return Standing(seat, cohorts[cohort_id], held, [row for row in rows if row.state == PlaceState.WAITING])


def hold(
    standing: Standing,
    *,
    actor: User | None,
    attendee: str,
    attendee_user: User | None,
    comes_since: datetime | None = None,
    instead_of: Place | None = None,
) -> Place:
    """The place of the file in the target, made, or that for which it waited. Whether one is free was asked under the lock."""
    row = standing.waits_here
    if row is not None:
        row.attendee, row.attendee_user, row.instead_of = attendee, attendee_user, instead_of
        row.asked_at, row.comes_since = timezone.now(), comes_since or row.comes_since
        move(row, "take", "attendee", "attendee_user", "instead_of", "asked_at", "comes_since")
        standing.waiting.remove(row)
        return row
    return Place.objects.create(
        cohort=standing.target,
        application=standing.seat.application,
        sme_id=standing.seat.application.sme_id,
        attendee=attendee,
        attendee_user=attendee_user,
        asked_by=actor,
        asked_at=timezone.now(),
        comes_since=comes_since,
        instead_of=instead_of,
    )


def exchange(standing: Standing, held: Place, *, actor: User | None) -> Place:
    """Move the file from the place that it holds to one in the target. The attendance of the former cohort stays with the old row."""
    move(held, "change")
    return hold(
        standing,
        actor=actor,
        attendee=held.attendee,
        attendee_user=held.attendee_user,
        comes_since=held.comes_since,
        instead_of=held,
    )


def end(row: Place, *, actor: User | None, why: str, reason: str = "") -> None:
    """End a place, or the waiting for one. why: "stopped", "other_place", "seat_gone", "cancelled" or "begun". reason: of the cancelling."""
    ended = row.state
    found = move(row, "give_up")
    record(
        found.event.value,
        subject=row.application,
        actor=actor,
        place=row.public_id,
        cohort=row.cohort.public_id,
        code=row.cohort.code,
        ended=ended,
        why=why,
        reason=reason,
        freed=row.cohort.public_id if ended == PlaceState.HELD else None,
    )


def taken(standing: Standing, row: Place, *, promoted: bool = False) -> dict[str, object]:
    """What the event of a place says. deposit_paisa: what the terms of the offer ask for, for the floor that takes payments; the
    same offer asks once, however often its firm takes a place."""
    return {
        "place": row.public_id,
        "cohort": standing.target.public_id,
        "code": standing.target.code,
        "offer": standing.seat.public_id,
        "deposit_paisa": standing.seat.terms.deposit_paisa,
        "elsewhere": not selectors.fits(standing.seat, standing.target),
        "promoted": promoted,
    }


def exchanged(standing: Standing, row: Place, held: Place, *, promoted: bool = False) -> dict[str, object]:
    """The same of one that the firm has instead of another. freed: the cohort in which a place came free."""
    said = taken(standing, row, promoted=promoted)
    del said["offer"], said["deposit_paisa"]
    return {**said, "was": held.cohort.code, "freed": held.cohort.public_id}


# ---------------------------------------------------------------------------------------------------------- details


def _standing(application: Application, cohort: Cohort) -> Standing:
    return standing_of(_require_seat(application), cohort.pk)


def _require_seat(application: Application) -> Offer:
    """Locks the file. Raises DomainError "no_seat"."""
    seat = offers_services.locked_seat(application.pk)
    if seat is None:
        raise DomainError(
            _("This file has no accepted seat, so there is no place in the training for it."), code="no_seat"
        )
    return seat


def _locked(application_id: int, *others: int) -> tuple[dict[int, Cohort], list[Place]]:
    """The cohorts of the living places of a locked file and these others, now locked too, by id; and these places."""
    ids = Place.objects.filter(application=application_id, state__in=LIVING).values_list("cohort", flat=True)
    cohorts = locked_cohorts([*ids, *others])
    rows = places_of_file(application_id, cohorts)
    for row in rows:
        if row.cohort.state == CohortState.CANCELLED:
            end(row, actor=None, why="cancelled")
    return cohorts, [row for row in rows if row.state in LIVING]


def _require_choosable(standing: Standing, *, agrees_elsewhere: bool) -> None:
    """Raises DomainError "not_open", "other_round", "elsewhere"."""
    cohort, seat = standing.target, standing.seat
    if cohort.state != CohortState.OPEN:
        raise DomainError(closed_words(cohort), code="not_open")
    if cohort.round_id not in (None, seat.round_id):
        raise DomainError(_("This cohort is for firms of another round. Choose one of yours."), code="other_round")
    if not selectors.fits(seat, cohort) and not agrees_elsewhere:
        raise DomainError(
            _("This cohort is not given as your firm accepted its seat. Tick that you can come all the same."),
            code="elsewhere",
        )


def closed_words(cohort: Cohort) -> Any:
    """Why no place can be taken in a cohort that is not open."""
    day = {"day": day_words(cohort.starts_on)}
    sentences = {
        CohortState.PLANNED: _("This cohort is still being planned. Choose another one."),
        CohortState.RUNNING: _("This cohort has begun, on %(day)s. Choose another one."),
        CohortState.FINISHED: _("This cohort is over. Choose another one."),
        CohortState.CANCELLED: _("This cohort was called off. Choose another one."),
    }
    return sentences[CohortState(cohort.state)] % day


def _is_free(standing: Standing) -> bool:
    """Whether a place can be taken now: one that came free is kept for those who wait before this firm."""
    held, waiting = selectors.numbers_of(standing.target)
    own = standing.waits_here
    ahead = waiting if own is None else selectors.number_on_list(own) - 1
    return places_left(places=standing.target.places, held=held, waiting=ahead) > 0


def _require_free(standing: Standing) -> None:
    if not _is_free(standing):
        raise DomainError(
            _("All places of %(cohort)s are taken. You can wait for one, or choose another cohort.")
            % {"cohort": standing.target.code},
            code="full",
        )


def _leave_lists(standing: Standing, *, actor: User) -> None:
    for row in standing.waiting:
        end(row, actor=actor, why="other_place")


def _since(application_id: int, changed: list[Place], name: str, *, begins_anew: bool) -> datetime | None:
    """Since when somebody comes for the file who is another than before; None where it is the same person, or nothing has begun yet.
    Raises DomainError "begins_anew", "try_under_way"."""
    before = next((row.attendee for row in changed if fold(row.attendee) != fold(name)), None)
    if before is None or not selectors.has_begun(application_id):
        return None
    if selectors.is_trying(application_id):
        raise DomainError(
            _("A try at the assessment is under way. Name another person once it is over."), code="try_under_way"
        )
    if not begins_anew:
        raise DomainError(
            _(
                "The training has begun. What %(before)s attended and tried does not count for another person: tick that you know"
                " this. If only the name is written wrongly, write to TDAP."
            )
            % {"before": before},
            code="begins_anew",
        )
    return timezone.now()


def _since_last(application_id: int, name: str) -> datetime | None:
    """The same for a file that has no place any more, where somebody of it came to a cohort that was called off."""
    last = selectors.last_who_came(application_id)
    if last is None or fold(last.attendee) == fold(name) or not selectors.has_begun(application_id):
        return last.comes_since if last is not None else None
    return timezone.now()


def _who_comes(application: Application, attendee: str, attendee_user: User | None) -> tuple[str, User | None]:
    """Name and person. Raises DomainError "no_attendee", "unknown_person"."""
    if attendee_user is not None:
        if people_selectors.role_of(attendee_user, application.sme) is None:
            raise DomainError(
                _("This person is not in the firm any more. Choose another, or write the name."),
                code="unknown_person",
            )
        return attendee_user.name[:MAX_ATTENDEE], attendee_user
    name = " ".join(attendee.split())[:MAX_ATTENDEE]
    if not name:
        raise DomainError(_("Write who will come to the training."), code="no_attendee")
    return name, None
