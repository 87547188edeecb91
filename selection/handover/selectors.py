"""What a person has open, what waits for nobody yet, and who could take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef

from selection.models import Application, Reading
from selection.review.selectors import MAX_LOAD, Counted, officers_with_load
from selection.states import OPEN_STATES
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.core.errors import NotFound

from . import permissions

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

SHOWN_FILES = 10


def person_for(user: User, public_id: str) -> User:
    """Somebody whose work this administrator or director may see. Raises NotFound."""
    person = accounts_selectors.person_by_public_id(public_id)
    if person is None or not permissions.can_see_person(user, person):
        raise NotFound
    return person


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Open files in which a person is the officer or has a reading to give: how many (up to MAX_LOAD), and the first ones."""

    number: int
    files: tuple[Application, ...]

    def __bool__(self) -> bool:
        return bool(self.number)


def open_work_of(person: User) -> OpenWork:
    ids = files_at_work(person, number=MAX_LOAD)
    rows = Application.objects.filter(pk__in=ids[:SHOWN_FILES]).select_related("round").defer("facts")
    return OpenWork(len(ids), tuple(rows.order_by("due_on", "pk")))


def files_at_work(person: User, *, number: int, after: int = 0) -> list[int]:
    """Ids of open files in which the person has a part, from the first behind `after` on, in rising order."""
    in_charge = Application.objects.filter(officer=person, state__in=OPEN_STATES, pk__gt=after)
    to_read = Reading.objects.filter(
        reader=person, done_at=None, application__state__in=OPEN_STATES, application__gt=after
    )
    found = {
        *in_charge.order_by("pk").values_list("pk", flat=True)[:number],
        *to_read.order_by("application").values_list("application", flat=True)[:number],
    }
    return sorted(found)[:number]


def who_could_take_from(person: User) -> list[Any]:
    """The other officers by name, each with their load."""
    return list(officers_with_load().exclude(pk=person.pk))


def files_that_nobody_has() -> QuerySet[Application]:
    """Open files of which an officer or a reader fell away, those that wait longest first."""
    rows = Application.objects.filter(nobody_since__isnull=False, state__in=OPEN_STATES)
    return rows.defer("facts").order_by("nobody_since", "pk")


def number_that_nobody_has() -> int:
    """How many these are, counted up to MAX_LOAD."""
    return len(files_that_nobody_has().values_list("pk")[:MAX_LOAD])


def with_work(people: QuerySet[User]) -> QuerySet[Any]:
    """The same people with the number of their open files (files) and readings to give (to_read), both up to MAX_LOAD."""
    files = Application.objects.filter(officer=OuterRef("pk"), state__in=OPEN_STATES).order_by().values("pk")
    readings = Reading.objects.filter(reader=OuterRef("pk"), done_at=None).order_by().values("pk")
    return people.annotate(files=Counted(files[:MAX_LOAD]), to_read=Counted(readings[:MAX_LOAD]))
