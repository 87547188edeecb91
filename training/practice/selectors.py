"""Practical tasks, what was handed in for them, and the queue of those who mark."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from smes.people import selectors as people_selectors
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import NotFound
from tdap_portal.web.paging import keyset_page
from training.models import Marking, Place, PracticalTask, Programme, Session, Work, WorkFile
from training.states import TO_BE_MARKED, PlaceState, WorkState

from . import permissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User
    from tdap_portal.web.paging import KeysetPage

ORDERS = {"old": ["handed_in_at", "pk"], "new": ["-handed_in_at", "-pk"]}


# ------------------------------------------------------------------------------------------------------------ tasks


def programme_for(public_id: str) -> Programme:
    """Raises NotFound."""
    row = Programme.objects.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def tasks_of(programme: Programme) -> QuerySet[PracticalTask]:
    """In the order in which they were set, each with `waiting`, how many works wait for marks."""
    waiting = Count("works", filter=Q(works__state__in=TO_BE_MARKED))
    return programme.practical_tasks.annotate(waiting=waiting).order_by("created_at", "pk")


def task_in(programme: Programme, public_id: str) -> PracticalTask:
    """Raises NotFound."""
    row = programme.practical_tasks.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


# ------------------------------------------------------------------------------------------------------------- firm


def place_for(user: User, public_id: str) -> Place:
    """A place held by this person or a firm of theirs. Raises NotFound."""
    rows = Place.objects.filter(public_id=public_id, state=PlaceState.HELD)
    row = rows.select_related("cohort__programme", "sme", "application", "attendee_user").first()
    if row is None or not permissions.can_read_task(user, row):
        raise NotFound
    return row


def asked_of(place: Place) -> QuerySet[PracticalTask]:
    """The tasks that the certificate of this place asks for."""
    return PracticalTask.objects.filter(
        programme=place.cohort.programme_id, is_active=True, since__lte=place.cohort.starts_on
    ).order_by("created_at", "pk")


def task_for(place: Place, public_id: str) -> PracticalTask:
    """One that is asked of the place, or for which it handed something in. Raises NotFound."""
    handed_in = Work.objects.filter(task=OuterRef("pk"), application=place.application_id)
    rows = PracticalTask.objects.filter(public_id=public_id, programme=place.cohort.programme_id)
    row = rows.filter(Q(is_active=True, since__lte=place.cohort.starts_on) | Exists(handed_in)).first()
    if row is None:
        raise NotFound
    return row


def takes_work(place: Place, task: PracticalTask, last: Work | None) -> bool:
    """Whether something can be handed in for a task now. last: the newest work with its marks, None where there is none."""
    if task.programme_id != place.cohort.programme_id or not task.is_active or task.since > place.cohort.starts_on:
        return False
    if last is None or last.state == WorkState.AGAIN:
        return True
    return last.state == WorkState.WAITING and not last.markings.all()


def works_of(place: Place, task: PracticalTask) -> list[Work]:
    """All that the file handed in for a task, the newest first, with files and marks."""
    rows = Work.objects.filter(task=task, application=place.application_id).select_related("handed_in_by")
    return list(rows.prefetch_related("files", "markings").order_by("-number"))


def newest_of_files(application_ids: Iterable[int]) -> dict[tuple[int, int], Work]:
    """By (file, task) the newest work. One query."""
    rows = Work.objects.filter(application_id__in=list(application_ids)).exclude(state=WorkState.REPLACED)
    return {(row.application_id, row.task_id): row for row in rows.order_by("number")}


def asked_of_cohorts(places: Iterable[Place]) -> dict[int, list[PracticalTask]]:
    """By id of the place, the tasks that are asked of it. One query. places: with their cohorts."""
    places = list(places)
    programmes = {place.cohort.programme_id for place in places}
    found: dict[int, list[PracticalTask]] = defaultdict(list)
    tasks = PracticalTask.objects.filter(programme__in=programmes, is_active=True).order_by("created_at", "pk")
    for task in tasks:
        for place in places:
            if place.cohort.programme_id == task.programme_id and task.since <= place.cohort.starts_on:
                found[place.pk].append(task)
    return found


def tasks_open_of(places: Iterable[Place]) -> dict[int, int]:
    """By id of the place, how many of the tasks that are asked of it are not accepted yet. Two queries. places: with their cohorts."""
    places = list(places)
    asked = asked_of_cohorts(places)
    accepted = set(
        Work.objects.filter(
            application_id__in=[place.application_id for place in places], state=WorkState.ACCEPTED
        ).values_list("application_id", "task_id")
    )
    return {
        place.pk: sum((place.application_id, task.pk) not in accepted for task in asked[place.pk]) for place in places
    }


# ---------------------------------------------------------------------------------------------------------- markers


def marks_anything(user: User) -> bool:
    return user.has_role(Role.PROGRAMME_MANAGER) or Session.objects.filter(trainer__user=user).exists()


def works_to_mark(user: User) -> QuerySet[Work]:
    """What this person may mark, or has marked: of all cohorts for a programme manager, of those where they teach for a trainer; never
    of their own firms."""
    own = people_selectors.smes_of(user).values("pk")
    rows = Work.objects.exclude(place__sme__in=own).exclude(state=WorkState.REPLACED)
    rows = rows.exclude(place__attendee_user=user)
    if not user.has_role(Role.PROGRAMME_MANAGER):
        taught = Session.objects.filter(trainer__user=user).values("cohort")
        rows = rows.filter(place__cohort__in=taught)
    return rows


def queue_page(user: User, filters: Mapping[str, str], cursor: str | None) -> KeysetPage[Any]:
    """One page of them, each with `marks` (how many are in) and `is_mine` (whether one is this person's). filters: show ("mine", "waiting",
    "differing", "settled", "" for those that this person can mark now), cohort, q (a firm), order."""
    mine = Marking.objects.filter(work=OuterRef("pk"), marker=user)
    number = Marking.objects.filter(work=OuterRef("pk")).order_by().values("work").annotate(n=Count("pk"))
    marks = Coalesce(Subquery(number.values("n")), 0, output_field=IntegerField())
    rows = works_to_mark(user).annotate(is_mine=Exists(mine), marks=marks)
    show = filters["show"]
    if show == "mine":
        rows = rows.filter(is_mine=True)
    elif show == "settled":
        rows = rows.filter(state__in=[WorkState.ACCEPTED, WorkState.AGAIN])
    elif show in (WorkState.WAITING, WorkState.DIFFERING):
        rows = rows.filter(state=show)
    elif show != "all":
        rows = rows.filter(Q(state=WorkState.WAITING, is_mine=False) | Q(state=WorkState.DIFFERING))
    if filters["cohort"]:
        rows = rows.filter(place__cohort__code__iexact=filters["cohort"])
    if filters["q"]:
        rows = rows.filter(place__sme__name__icontains=filters["q"])
    rows = rows.select_related("task", "place__cohort", "place__sme")
    return keyset_page(rows, order=ORDERS.get(filters["order"]) or ORDERS["old"], cursor=cursor)


def number_to_mark(user: User) -> int:
    """How many wait for this person."""
    mine = Marking.objects.filter(work=OuterRef("pk"), marker=user)
    rows = works_to_mark(user).filter(Q(state=WorkState.WAITING) & ~Exists(mine) | Q(state=WorkState.DIFFERING))
    return rows.count()


def work_to_mark(user: User, public_id: str) -> Work:
    """Raises NotFound for whoever has nothing to do with it."""
    rows = works_to_mark(user).filter(public_id=public_id)
    row = rows.select_related("task__programme", "place__cohort", "place__sme", "place__attendee_user").first()
    if row is None:
        raise NotFound
    return row


def teaches(user: User, work: Work) -> bool:
    return Session.objects.filter(cohort=work.place.cohort_id, trainer__user=user).exists()


def markings_of(work: Work) -> list[Marking]:
    return list(work.markings.select_related("marker").order_by("place"))


def markings_seen_by(user: User, work: Work) -> list[Marking]:
    """What a marker sees of the marks: all once their own are in or the work is settled, nothing before."""
    rows = markings_of(work)
    is_open = work.state in TO_BE_MARKED
    return [] if is_open and all(row.marker_id != user.pk for row in rows) else rows


def files_of(work: Work) -> list[WorkFile]:
    return list(work.files.order_by("pk"))


def file_in(work: Work, public_id: str) -> WorkFile:
    """Raises NotFound."""
    row = work.files.filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def work_of_place(place: Place, public_id: str) -> Work:
    """One that the file of the place handed in. Raises NotFound."""
    row = Work.objects.filter(application=place.application_id, public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def work_by_id(pk: int | str) -> Work | None:
    """For handlers."""
    return Work.objects.select_related("task", "place__sme", "place__attendee_user").filter(pk=pk).first()
