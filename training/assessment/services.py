"""Tries at an assessment: begun, saved at every change, prolonged, handed in, closed by the clock."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from tdap_portal.core.sweeping import one_by_one
from training.models import Attempt, AttemptQuestion, LateSending, MoreGiven, Place
from training.questions import selectors as questions_selectors
from training.states import AttemptState, Happened, PlaceState

from . import permissions, selectors, wording
from .attempts import changed_since, grade, merge
from .drawing import drawn
from .opening import Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django_stubs_ext import StrOrPromise

    from tdap_portal.accounts.models import User
    from training.models import Assessment

    from .attempts import Sent
    from .selectors import Standing

MAX_LATE = 20  # sendings after the end that are kept of a try
MAX_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """What one page sends. By position of the question, positions of options as the question has them. shown: what the page was opened
    with; sent: what is marked on it, empty where nothing is; cleared: questions whose answer was taken away on purpose; flags: whether to
    come back to a question."""

    shown: Mapping[int, frozenset[int]]
    sent: Mapping[int, frozenset[int]]
    cleared: frozenset[int] = frozenset()
    flags: Mapping[int, bool] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """at: when it was saved; answered: of how many questions an answer is kept."""

    at: datetime
    answered: int


# ------------------------------------------------------------------------------------------------------------ begin


def begin(*, actor: User, place: Place) -> Attempt:
    """A try with its questions, drawn and in order; one that is under way is given back, so that a second click begins none.

    Raises NotAllowed; DomainError "not_asked", "not_open", "paused", "passed", "used_up", "no_questions".
    """
    permissions.can_answer(actor, place).require()
    close_over(place.application_id)
    return _begin(actor, place)


@transaction.atomic
def _begin(actor: User, place: Place) -> Attempt:
    now = timezone.now()
    locked = Place.objects.select_for_update(of=("self",)).select_related("cohort__programme", "sme").get(pk=place.pk)
    permissions.can_answer(actor, locked).require()
    row = selectors.standing_of(locked, now=now)
    if row.under_way is not None:
        return row.under_way
    assessment = _require_open(row) if locked.state == PlaceState.HELD else None
    if assessment is None:
        raise DomainError(_("There is no assessment for this place."), code="not_asked")
    seed = secrets.randbits(62)
    pool = questions_selectors.pool_of(assessment)
    seen = selectors.seen_by(assessment, locked.application_id)
    questions = drawn(pool, assessment.questions_number, seed=seed, seen=seen)
    if not questions:
        raise DomainError(_("The questions are not ready. Tell TDAP; no try is lost."), code="no_questions")
    attempt = Attempt(
        assessment=assessment,
        place=locked,
        application_id=locked.application_id,
        person=actor,
        number=selectors.last_number(assessment, locked.application_id) + 1,
        seed=seed,
        begun_at=now,
        minutes=assessment.minutes,
        extra_minutes=row.more.minutes if row.more else 0,
        spare_minutes=assessment.spare_minutes,
        pass_mark=locked.cohort.programme.pass_mark,
    )
    attempt.closes_at = selectors.clock_of(attempt).closes_at
    attempt.save()
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(attempt=attempt, position=position, version_id=version)
        for position, version in enumerate(questions, 1)
    )
    record(Happened.ATTEMPT_BEGUN.value, subject=attempt, actor=actor, number=attempt.number, place=locked.public_id)
    return attempt


def _require_open(row: Standing) -> Assessment | None:
    """None where no assessment is asked. Raises DomainError where none can be begun now."""
    if row.assessment is None or row.stand is None:
        return None
    if row.stand.stage == Stage.PASSED:
        raise DomainError(_("The assessment is passed already."), code="passed")
    if row.stand.stage == Stage.USED_UP:
        raise DomainError(_("Every try is used. Talk to TDAP if something went wrong in one."), code="used_up")
    if row.stand.stage == Stage.TO_COME:
        raise DomainError(_("The assessment is not open yet."), code="not_open")
    if row.stand.stage == Stage.PAUSED:
        raise DomainError(_("The next try can be begun a little later."), code="paused")
    return row.assessment


# ------------------------------------------------------------------------------------------------------------- save


def save(*, actor: User, attempt: Attempt, page: Page) -> Kept:
    """Keep what a page sends; only what was changed on it, so that an older tab takes nothing away.

    Raises NotAllowed; DomainError "time_is_up" with the time at which the try ended, or "handed_in": what came is kept aside then.
    """
    permissions.can_answer(actor, attempt.place).require()
    kept = _save(actor, attempt, page)
    if kept is None:
        raise _over(attempt)
    return kept


def hand_in(*, actor: User, attempt: Attempt, page: Page | None = None) -> Attempt:
    """Keep what the page sends and close the try. Handing in twice is once.

    Raises NotAllowed; DomainError "time_is_up": what had been saved counts then, and what came is kept aside.
    """
    permissions.can_answer(actor, attempt.place).require()
    done = _hand_in(actor, attempt, page)
    if done is None:
        raise _over(attempt)
    return done


@transaction.atomic
def _save(actor: User, attempt: Attempt, page: Page) -> Kept | None:
    row, now = _locked(attempt), timezone.now()
    if not _takes(row, now):
        _keep_aside(actor, row, page, now)
        return None
    return _write(row, page, now)


@transaction.atomic
def _hand_in(actor: User, attempt: Attempt, page: Page | None) -> Attempt | None:
    row, now = _locked(attempt), timezone.now()
    if row.state == AttemptState.HANDED_IN and (page is None or not _differs(row, page)):
        return row
    if not _takes(row, now):
        _keep_aside(actor, row, page, now)
        return None
    if page is not None:
        _write(row, page, now)
    _close(row, AttemptState.HANDED_IN, now, actor)
    return row


def _locked(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_for_update(of=("self",)).select_related("place").get(pk=attempt.pk)


def _takes(row: Attempt, now: datetime) -> bool:
    return row.state == AttemptState.OPEN and selectors.clock_of(row).takes_at(now)


def _write(row: Attempt, page: Page, now: datetime) -> Kept:
    questions = {question.position: question for question in selectors.questions_of(row)}
    saved = selectors.answers_of(questions.values())
    merged = merge(saved, _changed(page, questions), now=now)
    for position, answer in merged.items():
        if saved.get(position) != answer:
            question = questions[int(position)]
            question.chosen, question.answered_at = sorted(answer.chosen), answer.at
            question.save(update_fields=["chosen", "answered_at"])
    for number, is_flagged in (page.flags or {}).items():
        flagged = questions.get(number)
        if flagged is not None and flagged.is_flagged != is_flagged:
            flagged.is_flagged = is_flagged
            flagged.save(update_fields=["is_flagged"])
    return Kept(now, sum(bool(answer.chosen) for answer in merged.values()))


def _changed(page: Page, questions: Mapping[int, AttemptQuestion]) -> dict[str, Sent]:
    """What differs from what the page was opened with. An empty field is no answer taken away: only a person who clears one does that."""
    sent = {
        str(position): frozenset() if position in page.cleared else _possible(chosen, questions[position])
        for position, chosen in page.sent.items()
        if position in questions
    }
    shown = {str(position): chosen for position, chosen in page.shown.items() if chosen}
    kept = {position: chosen for position, chosen in sent.items() if chosen or int(position) in page.cleared}
    return changed_since(shown, kept)


def _possible(chosen: frozenset[int], question: AttemptQuestion) -> frozenset[int]:
    """Of what was sent, what the question has; nothing where it has one answer and several were sent."""
    found = frozenset(one for one in chosen if 0 <= one < len(question.version.options))
    return found if question.version.is_multiple or len(found) <= 1 else frozenset()


def _differs(row: Attempt, page: Page) -> bool:
    """Whether a page brings something that is not saved."""
    questions = {question.position: question for question in selectors.questions_of(row)}
    saved = selectors.answers_of(questions.values())
    return merge(saved, _changed(page, questions), now=timezone.now()) != saved


def _keep_aside(actor: User, row: Attempt, page: Page | None, now: datetime) -> None:
    """Close it with what was saved, and keep what came too late beside it."""
    if row.state == AttemptState.OPEN:
        _close(row, AttemptState.TIME_UP, selectors.clock_of(row).closes_at, None)
    if page is None or not _differs(row, page):
        return
    answers = {str(position): sorted(chosen) for position, chosen in page.sent.items() if chosen}
    there = row.late.values_list("answers", flat=True)
    if not answers or answers in there or len(there) >= MAX_LATE:
        return
    LateSending.objects.create(attempt=row, received_at=now, sent_by=actor, answers=answers)
    record(Happened.ATTEMPT_LATE.value, subject=row, actor=actor)


def _over(attempt: Attempt) -> DomainError:
    row = Attempt.objects.get(pk=attempt.pk)
    at = wording.moment_words(row.closed_at) if row.closed_at else ""
    if row.state == AttemptState.HANDED_IN:
        text: StrOrPromise = _("This try was handed in at %(at)s. What came afterwards does not count.") % {"at": at}
        return DomainError(text, code="handed_in")
    at = wording.moment_words(selectors.clock_of(row).ends_at)
    text = _("The time of this try ended at %(at)s. What was saved until then counts; nothing is taken any more.") % {
        "at": at
    }
    return DomainError(text, code="time_is_up")


# -------------------------------------------------------------------------------------------------------- more time


@transaction.atomic
def prolong(*, actor: User, attempt: Attempt) -> Attempt:
    """The minutes that everybody may have more, once in a try. Twice is once. Raises NotAllowed; DomainError "time_is_up", "no_spare"."""
    permissions.can_answer(actor, attempt.place).require()
    row = _locked(attempt)
    if not row.spare_minutes:
        raise DomainError(_("This assessment has no further minutes."), code="no_spare")
    if row.spare_at is not None:
        return row
    if not _takes(row, timezone.now()):
        raise DomainError(_("The time is up, so none can be added."), code="time_is_up")
    row.spare_at = timezone.now()
    row.closes_at = selectors.clock_of(row).closes_at
    row.save(update_fields=["spare_at", "closes_at", "updated_at"])
    record(Happened.ATTEMPT_PROLONGED.value, subject=row, actor=actor, minutes=row.spare_minutes)
    return row


@transaction.atomic
def give_more(*, actor: User, place: Place, minutes: int, tries: int, words: str) -> MoreGiven:
    """What one person has beyond the rules, in all: it takes the place of what was given before. A try under way gets the minutes at once.

    Raises NotAllowed; DomainError "not_asked", "no_words".
    """
    permissions.can_give_more(actor, place).require()
    if not words.strip():
        raise DomainError(_("Say why; it stands beside what was given."), code="no_words")
    locked = Place.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=place.pk)
    standing = selectors.standing_of(locked)
    if standing.assessment is None:
        raise DomainError(_("There is no assessment for this place."), code="not_asked")
    values = {"minutes": minutes, "tries": tries, "words": words.strip()[:500], "given_by": actor}
    given, is_new = MoreGiven.objects.get_or_create(
        assessment=standing.assessment, application_id=locked.application_id, defaults=values
    )
    if not is_new and (given.minutes, given.tries, given.words) == (minutes, tries, values["words"]):
        return given
    if not is_new:
        for name, value in values.items():
            setattr(given, name, value)
        given.save()
    if standing.under_way is not None:
        row = _locked(standing.under_way)
        if _takes(row, timezone.now()):
            row.extra_minutes = max(row.extra_minutes, minutes)  # nobody loses time in the midst of a try
            row.closes_at = selectors.clock_of(row).closes_at
            row.save(update_fields=["extra_minutes", "closes_at", "updated_at"])
    record(Happened.MORE_GIVEN.value, subject=locked, actor=actor, minutes=minutes, tries=tries, place=locked.public_id)
    return given


# ------------------------------------------------------------------------------------------------------------ close


def close_over(application_id: int | None = None) -> list[int]:
    """Close tries whose time is up with what was saved, as of the moment at which it was: what beat rings, and whoever reads one first.

    application_id: of this file alone. Returns ids of those that were closed. Closing twice is once.
    """
    rows = selectors.to_close(timezone.now())
    if application_id is not None:
        rows = rows.filter(application=application_id)
    return [pk for pk in one_by_one(_close_by_time, rows[:MAX_AT_ONCE]) if pk]


@transaction.atomic
def _close_by_time(attempt: Attempt) -> int:
    row = _locked(attempt)
    clock = selectors.clock_of(row)
    if row.state != AttemptState.OPEN or clock.takes_at(timezone.now()):
        return 0
    _close(row, AttemptState.TIME_UP, clock.closes_at, None)
    return row.pk


def _close(row: Attempt, state: AttemptState, at: datetime, actor: User | None) -> None:
    questions = selectors.questions_of(row)
    result = grade(selectors.keys_of(questions), selectors.answers_of(questions))
    row.state, row.closed_at = state.value, at
    row.points, row.possible, row.percent = result.points, result.possible, result.percent
    row.is_passed = result.passes(row.pass_mark)
    row.save()
    details = {"points": row.points, "possible": row.possible, "passed": row.is_passed, "ended": state.value}
    record(Happened.ATTEMPT_CLOSED.value, subject=row, actor=actor, **details)
