"""Who has which part of a file: its officer and its two places. All of it works on a file that the caller has locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import tallies
from selection.models import Reading
from selection.states import APPLICATION, Happened, State
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError

from . import selectors
from .agreement import disagree
from .selectors import PAIR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selection.models import Application
    from tdap_portal.accounts.models import User
    from tdap_portal.core.states import Move

    from .permissions import Standing

NEEDS_OFFICER = (State.HELD, State.IN_REVIEW, State.REVIEWED, State.RECOMMENDED)


def move_file(row: Application, move: Move, *fields: str) -> None:
    before = tallies.cell_of(row)
    row.state = move.target.value
    row.save(update_fields=["state", *fields, "updated_at"])
    tallies.shift(row, before=before)


def is_in_force(reading: Reading, row: Application) -> bool:
    """The reading is in, and of the facts as they stand."""
    return reading.done_at is not None and reading.facts_version == row.facts_version


def replace_readers(
    row: Application, readings: Sequence[Reading], people: Sequence[User], standing: Standing
) -> list[User]:
    """Open readings go to the new readers; a reading that is in and still true stays with its own.

    The reading of somebody who has left stays where that person is among the people, else it falls away with its place;
    returns whose did. Raises DomainError "reading_is_in" for another's.
    """
    wanted, dropped = {person.pk: person for person in people}, []
    for reading in readings:
        is_in = is_in_force(reading, row)
        if is_in and reading.reader_id not in wanted:
            if reading.reader_id in standing.in_charge:
                raise DomainError(
                    _("One reading is in already, so its reader stays. Change the other one only."),
                    code="reading_is_in",
                )
            dropped.append(reading.reader)
        if reading.reader_id not in wanted or reading.done_at is None:
            reading.delete()
            continue
        del wanted[reading.reader_id]
        if not is_in:
            reading.done_at = None
            reading.save(update_fields=["done_at", "updated_at"])
    taken = set(row.readings.values_list("place", flat=True))
    free = [place for place in PAIR if place not in taken]
    for place, person in zip(free, wanted.values(), strict=True):
        Reading.objects.create(application=row, place=place, reader=person)
    return dropped


def drop_third_that_nobody_needs(row: Application) -> None:
    """A third reading that is not in, or is of older facts, falls away unless the first two still disagree."""
    third = row.readings.filter(place=Reading.Place.THIRD).first()
    if third is not None and not is_in_force(third, row) and not (third.done_at is None and _pair_disagrees(row)):
        third.delete()


def finish_reading_if_all_are_in(row: Application) -> None:
    """Readings that disagree go to a third officer; with that one, or where two agree, the file is reviewed."""
    readings = _note_whether_readings_differ(row)
    if sum(reading.done_at is not None for reading in readings if reading.place in PAIR) < len(PAIR):
        return
    if selectors.needs_third(readings):
        if all(reading.place in PAIR for reading in readings):
            _call_third_reader(row)
        return
    move = APPLICATION.move("finish_reading", row.state)
    move_file(row, move)
    record(move.event.value, subject=row, actor=None)


def _note_whether_readings_differ(row: Application) -> list[Reading]:
    """Mark the file, or unmark it, as one whose first two readings are in and disagree. Gives its readings."""
    readings = list(row.readings.order_by("place"))
    pair = [reading for reading in readings if reading.place in PAIR and reading.done_at is not None]
    differ = len(pair) == len(PAIR) and disagree(*pair)
    if row.readings_differ != differ:
        row.readings_differ = differ
        row.save(update_fields=["readings_differ", "updated_at"])
    return readings


def _call_third_reader(row: Application) -> None:
    """The officer with least to read who is neither tied to the firm nor a reader of the file; without one the place waits."""
    standing = selectors.standing_of(row)
    barred = standing.in_conflict | {reader.user_id for reader in standing.readers}
    able = selectors.officers_with_load().exclude(pk__in=barred)
    person = min(able, key=lambda officer: (officer.to_read, officer.files, officer.pk), default=None)
    if person is None:
        note_whether_nobody_has_it(row)
        return
    Reading.objects.create(application=row, place=Reading.Place.THIRD, reader=person)
    record(Happened.THIRD_READER.value, subject=row, actor=None, reader=person.public_id)


def _pair_disagrees(row: Application) -> bool:
    return selectors.needs_third(row.readings.filter(place__in=PAIR))


# ----------------------------------------------------------------------------------------------- falling away, taking over


def take_away(row: Application, person: User, *, actor: User | None, keep_reading: bool) -> bool:
    """The person has no part in this open file any more; False where they had none.

    An open reading falls away with its place. A reading that is in stays (keep_reading) or, of somebody who is tied to the
    firm, no longer counts: the file is read again, and a recommendation that rests on it, or is the person's own, goes back.
    """
    readings = list(row.readings.filter(reader=person))
    lost = [reading for reading in readings if not keep_reading or reading.done_at is None]
    may_go_back = not keep_reading and row.state == State.RECOMMENDED
    proposed = selectors.newest_recommendation(row) if may_go_back else None
    was_officer = row.officer_id == person.pk
    own_proposal = proposed is not None and proposed.officer_id == person.pk
    if not (lost or was_officer or own_proposal):
        return False
    for reading in lost:
        reading.delete()
    _note_whether_readings_differ(row)
    if any(reading.done_at for reading in lost) and row.state in (State.REVIEWED, State.RECOMMENDED):
        _go_back(row, "reread", actor)
    if lost and row.state == State.IN_REVIEW:
        drop_third_that_nobody_needs(row)
    elif own_proposal:
        _go_back(row, "return", actor)
    if proposed is not None and row.state != State.RECOMMENDED:
        proposed.returned_at = timezone.now()
        proposed.save(update_fields=["returned_at"])
    if was_officer:
        row.officer = None
    note_whether_nobody_has_it(row)
    return True


def give(row: Application, person: User, *, of: User | None) -> bool:
    """The part that somebody (of) has in the file goes to this person, or, with of=None, what nobody has; False without one.

    Raises DomainError where the person is tied to the firm or is its other reader already.
    """
    standing = selectors.standing_of(row)
    if person.pk in standing.in_conflict:
        raise DomainError(_("A person who is tied to the firm cannot read its file."), code="tied")
    theirs = row.readings.filter(reader=of, done_at=None).first() if of else None
    taken = set(row.readings.values_list("place", flat=True))
    place = theirs.place if theirs else _open_place(row, taken) if of is None else None
    takes_charge = row.officer_id == (of.pk if of else None) and (of is not None or row.state in NEEDS_OFFICER)
    if place is None and not takes_charge:
        return False
    if place is not None:
        if standing.reader(person.pk) is not None:
            raise DomainError(_("This officer has the other reading of the file."), code="same_reader")
        if theirs is not None:
            theirs.delete()
        Reading.objects.create(application=row, place=place, reader=person)
    if takes_charge:
        row.officer = person
    note_whether_nobody_has_it(row)
    return True


def note_whether_nobody_has_it(row: Application) -> None:
    """Mark the file, or unmark it, as work that waits for nobody yet; saves the mark and the officer."""
    lacks_reader = _open_place(row, set(row.readings.values_list("place", flat=True))) is not None
    lacks_officer = row.officer_id is None and row.state in NEEDS_OFFICER
    row.nobody_since = (row.nobody_since or timezone.now()) if lacks_reader or lacks_officer else None
    row.save(update_fields=["officer", "nobody_since", "updated_at"])


def _open_place(row: Application, taken: set[int]) -> int | None:
    """A place that nobody has in a file that is being read; a file that waits for its readers has no places yet."""
    if row.state != State.IN_REVIEW:
        return None
    wanted = (*PAIR, Reading.Place.THIRD) if _pair_disagrees(row) else PAIR
    return next((place for place in wanted if place not in taken), None)


def _go_back(row: Application, action: str, actor: User | None) -> None:
    move = APPLICATION.move(action, row.state)
    move_file(row, move)
    record(move.event.value, subject=row, actor=actor)
