"""Practical tasks: set, handed in, marked by two people who do not see each other's marks, settled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from smes.papers import services as papers_services
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError, WrongState
from training.models import Marking, Place, PracticalTask, Programme, Work, WorkFile
from training.states import TO_BE_MARKED, WORK, Happened, PlaceState, WorkState

from . import permissions, selectors
from .rubric import differ, is_enough, points_of, settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.models import User

TWICE = timedelta(minutes=1)
MAX_TASKS = 20  # of a programme
MAX_WORKS = 20  # of a file and task


# ------------------------------------------------------------------------------------------------------------ tasks


@transaction.atomic
def set_task(*, actor: User, programme: Programme, task: PracticalTask | None = None, **values: Any) -> PracticalTask:
    """Set a task, or change one; what was handed in keeps the rubric that held then. The same sent again within a minute is once.

    values: the columns. Raises NotAllowed; DomainError "too_many_tasks".
    """
    permissions.can_set_tasks(actor).require()
    locked = Programme.objects.select_for_update().get(pk=programme.pk)
    if task is None:
        return _new_task(actor, locked, values)
    row = PracticalTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    fields = sorted(name for name, value in values.items() if getattr(row, name) != value)
    if fields:
        for name in fields:
            setattr(row, name, values[name])
        row.save(update_fields=[*fields, "updated_at"])
        record(Happened.TASK_SET.value, subject=row, actor=actor, fields=fields, title=row.title)
    return row


def _new_task(actor: User, programme: Programme, values: dict[str, Any]) -> PracticalTask:
    there = programme.practical_tasks.all()
    twice = there.filter(title=values["title"], created_at__gte=timezone.now() - TWICE).first()
    if twice is not None:
        return twice
    if there.count() >= MAX_TASKS:
        raise DomainError(
            _("A programme has at most %(number)d practical tasks.") % {"number": MAX_TASKS}, code="too_many_tasks"
        )
    row = PracticalTask.objects.create(programme=programme, **values)
    record(Happened.TASK_SET.value, subject=row, actor=actor, fields=sorted(values), title=row.title)
    return row


# ------------------------------------------------------------------------------------------------------- handing in


def hand_in(*, actor: User, place: Place, task: PracticalTask, text: str, files: Sequence[CheckedPaper] = ()) -> Work:
    """A work of a firm for a task, with the rubric as it is now. The same sent again is once; one that nobody marked yet is replaced.

    files: as training.materials.files.check_material gave them. Raises NotAllowed; DomainError "nothing_in_it", "no_file", "accepted",
    "being_marked", "too_many_works", "not_asked", "no_room".
    """
    permissions.can_hand_in(actor, place).require()
    text = text.strip()
    if not text and not files:
        raise DomainError(_("Write something, or choose a file."), code="nothing_in_it")
    with papers_services.all_or_nothing():
        held = Place.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=place.pk)
        asked = selectors.asked_of(held).filter(pk=task.pk).first()
        if held.state != PlaceState.HELD or asked is None:
            raise DomainError(_("Nothing is to be handed in for this task."), code="not_asked")
        last = Work.objects.filter(task=asked, application=held.application_id).order_by("-number").first()
        if last is not None and last.state in TO_BE_MARKED and _is_same(last, text, files):
            return last
        if asked.needs_file and not files:
            raise DomainError(_("A file must come with it: a photograph, a page, a table."), code="no_file")
        number = _make_room(actor, last)
        row = Work.objects.create(
            task=asked,
            place=held,
            application_id=held.application_id,
            number=number,
            text=text,
            rubric={name: getattr(asked, name) for name in ("criteria", "pass_points", "differ_points")},
            handed_in_by=actor,
            handed_in_at=timezone.now(),
        )
        for file in files:
            WorkFile.objects.create(
                work=row,
                name=file.name,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
                stored_as=papers_services.keep_file(file.content, file.extension),
            )
        details = {"task": asked.public_id, "number": number, "place": held.public_id}
        record(Happened.WORK_HANDED_IN.value, subject=row, actor=actor, **details)
        return row


def _is_same(work: Work, text: str, files: Sequence[CheckedPaper]) -> bool:
    there = sorted(work.files.values_list("sha256", flat=True))
    return work.text == text and there == sorted(file.sha256 for file in files)


def _make_room(actor: User, last: Work | None) -> int:
    """The number of the next work; one that waits and that nobody marked makes room for it."""
    if last is None:
        return 1
    row = Work.objects.select_for_update(of=("self",)).get(pk=last.pk)
    if row.state == WorkState.ACCEPTED:
        raise DomainError(_("Your work for this task is accepted already."), code="accepted")
    if row.state in TO_BE_MARKED:
        if row.state == WorkState.DIFFERING or row.markings.exists():
            raise DomainError(
                _("Your work is being marked. You can hand in another one once you know the result."),
                code="being_marked",
            )
        _move(row, "replace", actor)
    if row.number >= MAX_WORKS:
        raise DomainError(
            _("More than %(number)d works for one task are not taken. Talk to your trainer.") % {"number": MAX_WORKS},
            code="too_many_works",
        )
    return row.number + 1


# ---------------------------------------------------------------------------------------------------------- marking


@transaction.atomic
def mark(*, actor: User, work: Work, levels: Sequence[int], words: str) -> Work:
    """The marks of one person; the second settles the work, or finds that they lie too far apart, the third settles it then.

    levels: for each criterion of the work's rubric the position of its level. words: what the firm should know. The same person twice is
    once. Raises NotAllowed; WrongState; DomainError "no_words", "levels".
    """
    row = _locked(work)
    permissions.can_mark(actor, row, teaches=selectors.teaches(actor, row)).require()
    markings = selectors.markings_of(row)
    if any(one.marker_id == actor.pk for one in markings):
        return row
    if row.state not in TO_BE_MARKED:
        raise WrongState(_("This work is settled already."), state=row.state)
    words = _said(words)
    place = len(markings) + 1
    points = _points(row, levels)
    made = Marking.objects.create(work=row, place=place, marker=actor, levels=list(levels), points=points, words=words)
    record(Happened.WORK_MARKED.value, subject=row, actor=actor, place=place, points=points)
    return _settle(row, [*markings, made], actor)


@transaction.atomic
def agree(*, actor: User, work: Work, levels: Sequence[int], words: str) -> Work:
    """Of two whose marks lie too far apart, one has read the other's and changes their own, and says why; what was marked first stays.

    Raises NotAllowed for whoever did not mark it; WrongState; DomainError "no_words", "levels".
    """
    row = _locked(work)
    permissions.can_mark(actor, row, teaches=selectors.teaches(actor, row)).require()
    markings = selectors.markings_of(row)
    own = next((one for one in markings if one.marker_id == actor.pk), None)
    if own is None or row.state != WorkState.DIFFERING:
        raise WrongState(_("There is nothing to agree on here."), state=row.state)
    words = _said(words)
    was, own.agreed_levels, own.agreed_points, own.agreed_words = (
        own.counts,
        list(levels),
        _points(row, levels),
        words[:500],
    )
    own.save(update_fields=["agreed_levels", "agreed_points", "agreed_words", "updated_at"])
    details = {"was": was, "points": own.agreed_points, "words": own.agreed_words}
    record(Happened.WORK_AGREED.value, subject=row, actor=actor, **details)
    return _settle(row, markings, actor)


def _settle(row: Work, markings: list[Marking], actor: User) -> Work:
    """Move the work on where its marks allow it."""
    marks = [one.counts for one in markings]
    apart = int(row.rubric["differ_points"])
    points = settled(marks, differ_points=apart)
    if points is not None:
        row.points, row.settled_at = points, timezone.now()
        enough = is_enough(points, pass_points=int(row.rubric["pass_points"]))
        _move(row, "accept" if enough else "again", actor, points=str(points))
    elif row.state == WorkState.WAITING and differ(marks, differ_points=apart):
        _move(row, "differ", actor)
    return row


def _move(row: Work, action: str, actor: User, **details: object) -> None:
    move = WORK.move(action, row.state)
    row.state = move.target.value
    row.save(update_fields=["state", "points", "settled_at", "updated_at"])
    record(move.event.value, subject=row, actor=actor, task=row.task.public_id, number=row.number, **details)


def _locked(work: Work) -> Work:
    rows = Work.objects.select_for_update(of=("self",))
    return rows.select_related("task", "place__cohort", "place__sme").get(pk=work.pk)


def _said(words: str) -> str:
    words = words.strip()
    if not words:
        raise DomainError(_("Write what the firm should know: what was good, what is missing."), code="no_words")
    return words


def _points(row: Work, levels: Sequence[int]) -> int:
    try:
        return points_of(row.rubric["criteria"], levels)
    except ValueError:
        raise DomainError(_("Choose a level for each criterion."), code="levels") from None
