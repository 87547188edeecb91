"""What a firm does: start, fill in, submit, correct, answer, write, withdraw. Officials' acts are in services_review.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import selectors as applications_selectors
from selection.applications.freezing import COLUMNS, copy_columns, profile_now, refreeze, with_followers
from selection.applications.locking import locked_file
from selection.rounds import selectors as rounds_selectors
from smes import selectors as firms
from smes import services as firm_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound

from . import permissions, selectors
from .applications import clock, tallies
from .models import Application, FrozenFacts, Letter, Question, Round
from .states import APPLICATION, ASKABLE_STATES, Happened, State, Track

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smes.models import Sme
    from tdap_portal.accounts.models import User


@transaction.atomic
def start_application(*, actor: User, round: Round, sme: Sme, track: str = Track.GENERAL) -> Application:  # noqa: A002  the domain's word
    """The firm's application in this round; a second start gives the first one back.

    Raises NotAllowed for people who do not write for the firm, DomainError "round_closed" outside the round's dates and
    "unknown_track" for a track the round does not have.
    """
    permissions.can_apply(actor, sme).require()
    found = selectors.application_in(round, sme)
    if found is not None:
        return found
    _require_open(round)
    _require_track(round, track)
    row = Application(round=round, sme=sme, started_by=actor, track=track, state=State.DRAFT.value, sme_name=sme.name)
    row.file_number = row.public_id  # its number comes with the submission, so that numbers have no gaps
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # started by somebody else of the firm at this very moment
        return selectors.application_in(round, sme) or _gone()
    tallies.shift(row, before=None)
    record(Happened.STARTED.value, subject=row, actor=actor, round=round.code, track=track)
    return row


@transaction.atomic
def save_application_draft(
    *, actor: User, application: Application, track: str, motivation: str = "", commitment_name: str = ""
) -> Application:
    """Keep what is written so far. Raises NotAllowed once it is submitted, DomainError "unknown_track"."""
    row = locked_file(application.pk)
    permissions.can_edit(actor, row).require()
    _require_track(row.round, track)
    before = tallies.cell_of(row)
    row.track, row.motivation, row.commitment_name = track, motivation.strip(), commitment_name.strip()
    row.save(update_fields=["track", "motivation", "commitment_name", "updated_at"])
    tallies.shift(row, before=before)
    return row


@transaction.atomic
def submit_application(*, actor: User, application: Application, declared: bool) -> Application:
    """Freeze the firm's facts and hand the file to the desk; the promise clock starts. A second submit changes nothing.

    declared: the owner has said that what is written is true.
    Raises NotAllowed for anyone but the owner; DomainError "not_declared", "round_closed", "unknown_track",
    "incomplete" (what is missing stands in .data["missing"]) or WrongState.
    """
    permissions.can_submit(actor, application).require()
    row = locked_file(application.pk)
    if row.submitted_at is not None and row.state not in (State.DRAFT, State.WITHDRAWN):
        return row
    move = APPLICATION.move("submit", row.state)
    if not declared:
        raise DomainError(_("Say that what you wrote is true before you submit."), code="not_declared")
    _require_open(row.round)
    _require_track(row.round, row.track)
    firms.read_facts(row.sme)  # what is found complete is what is frozen
    missing = selectors.missing_before_submission(row)
    if missing:
        raise DomainError(
            _("Something is still missing. It is listed below, each with a link."),
            code="incomplete",
            missing=[item.code for item in missing],
        )
    before = tallies.cell_of(row)
    row.facts = firms.frozen_copy(row.sme)
    row.facts_version += 1
    copy_columns(row)
    if row.file_number == row.public_id:
        row.file_number = _next_file_number(row.round)
    row.state = move.target.value
    row.submitted_at = timezone.now()
    clock.start(row, on=today())
    row.save()
    FrozenFacts.objects.create(application=row, version=row.facts_version, facts=row.facts)
    tallies.shift(row, before=before)
    record(
        move.event.value,
        subject=row,
        actor=actor,
        file=row.file_number,
        facts_version=row.facts_version,
        declared=declared,
    )
    return row


@transaction.atomic
def reopen_application(*, actor: User, application: Application) -> Application:
    """Take a held file back to correct it; the promise begins anew with the next submission.

    Raises NotAllowed, WrongState (only a held file), DomainError "round_closed" (it could not be submitted again) or
    "question_open".
    """
    permissions.can_reopen(actor, application).require()
    row = locked_file(application.pk)
    move = APPLICATION.move("reopen", row.state)
    _require_open(row.round)
    if applications_selectors.open_question_of(row) is not None:
        raise DomainError(_("Answer our question first: it may be all that is needed."), code="question_open")
    before = tallies.cell_of(row)
    row.state = move.target.value
    clock.clear(row)
    row.save(update_fields=["state", *clock.FIELDS, "updated_at"])
    tallies.shift(row, before=before)
    record(move.event.value, subject=row, actor=actor)
    return row


@transaction.atomic
def withdraw_application(*, actor: User, application: Application, reason: str = "") -> Application:
    """End the application on the owner's wish; an open question falls away. Raises NotAllowed or WrongState."""
    permissions.can_withdraw(actor, application).require()
    row = locked_file(application.pk)
    move = APPLICATION.move("withdraw", row.state)
    before = tallies.cell_of(row)
    was = row.state
    row.state = move.target.value
    clock.stop(row, on=today())
    row.save(update_fields=["state", *clock.FIELDS, "updated_at"])
    Question.objects.filter(application=row, answered_at=None, cancelled_at=None).update(cancelled_at=timezone.now())
    tallies.shift(row, before=before)
    record(move.event.value, subject=row, actor=actor, was=was, reason=reason.strip())
    return row


@transaction.atomic
def answer_question(
    *, actor: User, question: Question, values: Mapping[str, Any] | None = None, answer: str = ""
) -> Question:
    """Correct the named facts, say what there is to say, and let the clock run again.

    values: new values of facts that the question opened, by their key; papers are uploaded before, through
    smes.services.upload_document. The frozen copy gets a new version in which only the opened facts (and what is
    computed from them) differ. Raises NotAllowed; DomainError "not_asked" for a fact that was not opened, "no_answer"
    when nothing is said or changed; what smes.services.correct_profile raises for a wrong value (.data["fields"]).
    """
    permissions.can_answer(actor, question).require()
    row = locked_file(question.application_id)
    question = Question.objects.select_for_update().get(pk=question.pk)
    question.application = row
    permissions.can_answer(actor, question).require()
    if row.state not in ASKABLE_STATES:
        raise DomainError(_("This file no longer waits for an answer."), code="not_asked")
    given = dict(values or {})
    if set(given) - set(question.fields):
        raise DomainError(_("Only what we asked for is open; the rest stays as it was frozen."), code="not_asked")
    changed = {key: value for key, value in given.items() if not _same(value, (row.facts or {}).get(key))}
    if not (changed or answer.strip() or question.document_kinds or given):
        raise DomainError(_("Correct a value, add a paper or write a few words."), code="no_answer")
    if changed:
        firm_services.correct_profile(actor=actor, sme=row.sme, values=changed)
    before = tallies.cell_of(row)
    changed_keys = refreeze(row, keys=with_followers(question.fields), now=profile_now(row)) if changed else []
    clock.resume(row, on=today())
    row.save(update_fields=["facts", "facts_version", *COLUMNS, *clock.FIELDS, "updated_at"])
    question.answered_at, question.answered_by, question.answer = timezone.now(), actor, answer.strip()
    question.save(update_fields=["answered_at", "answered_by", "answer"])
    tallies.shift(row, before=before)
    record(
        Happened.ANSWERED.value,
        subject=row,
        actor=actor,
        question=question.public_id,
        facts_version=row.facts_version,
        changed=changed_keys,
    )
    return question


@transaction.atomic
def write_letter(*, actor: User, application: Application, words: str, token: str = "") -> Letter:
    """A letter between firm and desk. token: of the form; the same token twice is one letter.

    Raises NotAllowed, or DomainError "empty" without words.
    """
    permissions.can_write_letter(actor, application).require()
    if not words.strip():
        raise DomainError(_("Write a few words first."), code="empty")
    row = locked_file(application.pk)
    if token:
        found = Letter.objects.filter(application=row, token=token).first()
        if found is not None:
            return found
    from_firm = firms.role_of(actor, row.sme) is not None
    letter = Letter.objects.create(application=row, author=actor, from_firm=from_firm, words=words.strip(), token=token)
    record(Happened.WROTE.value, subject=row, actor=actor, letter=letter.public_id, from_firm=from_firm)
    return letter


@transaction.atomic
def mark_letters_read(*, actor: User, application: Application) -> int:
    """The other side's letters count as read; returns how many were new."""
    permissions.can_write_letter(actor, application).require()
    from_firm = firms.role_of(actor, application.sme) is not None
    unread = Letter.objects.filter(application=application, from_firm=not from_firm, read_at=None)
    return unread.update(read_at=timezone.now())


def _same(value: Any, kept: Any) -> bool:
    """A date from a form and its ISO text in the frozen copy are the same answer."""
    return value == kept or (value is not None and kept is not None and str(value) == str(kept))


# ---------------------------------------------------------------------------------------------------------- guards


def _require_open(round_: Round) -> None:
    if not rounds_selectors.is_open_now(round_):
        raise DomainError(
            _("This round takes no applications now. The calendar shows when the next one opens."), code="round_closed"
        )


def _require_track(round_: Round, track: str) -> None:
    if track not in round_.tracks:
        raise DomainError(_("This round does not have that track."), code="unknown_track")


def _next_file_number(round_: Round) -> str:
    counted = Round.objects.select_for_update(no_key=True).get(pk=round_.pk)  # other acts only refer to its key
    counted.last_file_number += 1
    counted.save(update_fields=["last_file_number", "updated_at"])
    return f"{counted.code}-{counted.last_file_number:04d}"


def _gone() -> NoReturn:
    raise NotFound
