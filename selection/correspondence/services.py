"""Questions and letters between the desk and the firm."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock, tallies
from selection.applications.freezing import COLUMNS, profile_now, refreeze, with_followers
from selection.applications.locking import locked_file
from selection.models import Application, Letter, Question
from selection.review import selectors as review_selectors
from selection.states import ASKABLE_STATES, Happened
from smes.papers import selectors as papers_selectors
from smes.papers import services as papers_services
from smes.people import selectors as people_selectors
from smes.profile import services as profile_services
from smes.profile.facts import known_keys, opened_by
from smes.profile.proofs import still_hold
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, today, working_days_between
from tdap_portal.core.errors import DomainError, NotFound, WrongState
from tdap_portal.core.states import WRONG_STATE_TEXT
from tdap_portal.core.sweeping import one_by_one
from tdap_portal.notifications.reminders import reminder_due

from . import permissions, selectors
from .forms import NO_PAPER_TEXT, missing_kinds, names_of
from .rules import answer_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.models import User


@transaction.atomic
def answer_question(
    *,
    actor: User,
    question: Question,
    values: Mapping[str, object] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
    answer: str = "",
    papers_sent: Iterable[str] = (),
    cannot_send: bool = False,
) -> Question:
    """Correct the named facts, say what there is to say, and let the clock run again.

    values: new values of facts that the question opened, by their key. rows: all rows of facts that have some, as
    smes.profile.services.correct_profile takes them. Papers are uploaded before, through
    smes.papers.services.upload_document; papers_sent: their kinds, be it a paper that we have. cannot_send: the firm says
    that it cannot send all that was asked for; `answer` is why, and an officer judges it. The frozen copy gets a new version
    in which only the opened facts (and what is computed from them) differ.
    Raises NotAllowed; DomainError "not_asked" for a fact that was not opened, "no_answer" when nothing is said or confirmed,
    or a paper that was asked for is neither here nor said why; what correct_profile raises for a wrong value
    (.data["fields"]).
    """
    row = locked_file(question.application_id)
    question = Question.objects.select_for_update().get(pk=question.pk)
    question.application = row
    permissions.can_answer(actor, question).require()
    if row.state not in ASKABLE_STATES:
        raise DomainError(_("This file no longer waits for an answer."), code="not_asked")
    given, given_rows = dict(values or {}), dict(rows or {})
    if (given.keys() | given_rows.keys()) - set(question.fields):
        raise DomainError(_("Only what we asked for is open; the rest stays as it was frozen."), code="not_asked")
    changed = {key: value for key, value in given.items() if not _same(value, (row.facts or {}).get(key))}
    missing = missing_kinds(question.document_kinds, {*papers_sent, *selectors.papers_since(question)})
    if missing and not (cannot_send and answer.strip()):
        raise DomainError(NO_PAPER_TEXT % {"papers": names_of(missing)}, code="no_answer")
    is_confirmed = bool(given_rows) or any(value not in (None, "") for value in given.values())
    if not (question.document_kinds or answer.strip() or is_confirmed):
        raise DomainError(_("Correct a value or write a few words."), code="no_answer")
    if changed or given_rows:
        profile_services.correct_profile(actor=actor, sme=row.sme, values=changed, rows=given_rows)
    before = tallies.cell_of(row)
    changed_keys = _refreeze(row, question) if changed or given_rows else []
    clock.resume(row, on=today())
    row.unanswered_since = None
    row.save(update_fields=["facts", "facts_version", *COLUMNS, *clock.FIELDS, "unanswered_since", "updated_at"])
    question.answered_at, question.answered_by, question.answer = timezone.now(), actor, answer.strip()
    question.papers_not_sent = missing
    question.save(update_fields=["answered_at", "answered_by", "answer", "papers_not_sent"])
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


def answer_with_papers(
    *, actor: User, question: Question, papers: Sequence[tuple[str, CheckedPaper, date | None]], **answer: Any
) -> Question:
    """Papers and answer together, or neither. papers: (kind, paper, valid until). answer: as for answer_question.

    Raises what answer_question and smes.papers.services.upload_document raise.
    """
    with papers_services.all_or_nothing():
        row = locked_file(question.application_id)  # before the firm, as in every act on a file
        for kind, paper, until in papers:
            papers_services.upload_document(actor=actor, sme=row.sme, kind=kind, paper=paper, expires_on=until)
        kinds = [kind for kind, _paper, _until in papers]
        return answer_question(actor=actor, question=question, papers_sent=kinds, **answer)


@transaction.atomic
def write_letter(*, actor: User, application: Application, words: str, token: str = "") -> Letter:
    """A letter between firm and desk. token: of the form; the same token twice is one letter.

    Raises NotAllowed, or DomainError "empty" without words, "too_many_letters" from one person on one file in an hour.
    """
    row = locked_file(application.pk)
    permissions.can_write_letter(actor, row).require()
    if not words.strip():
        raise DomainError(_("Write a few words first."), code="empty")
    if token:
        found = Letter.objects.filter(application=row, token=token).first()
        if found is not None:
            return found
    if selectors.letters_in_the_last_hour(row, author=actor) >= settings.LETTERS_PER_HOUR:
        raise DomainError(
            _("You have written %(number)d letters on this file within an hour. Write the next one a little later.")
            % {"number": settings.LETTERS_PER_HOUR},
            code="too_many_letters",
        )
    from_firm = people_selectors.role_of(actor, row.sme) is not None
    letter = Letter.objects.create(application=row, author=actor, from_firm=from_firm, words=words.strip(), token=token)
    record(Happened.WROTE.value, subject=row, actor=actor, letter=letter.public_id, from_firm=from_firm)
    return letter


def write_as_desk(*, actor: User, application: Application, words: str, token: str = "") -> Letter:
    """The same from the desk, for which nobody speaks who is tied to the firm."""
    permissions.can_write_as_desk(actor, review_selectors.standing_of(application)).require()
    return write_letter(actor=actor, application=application, words=words, token=token)


@transaction.atomic
def mark_letters_read(*, actor: User, application: Application) -> int:
    """The other side's letters count as read; returns how many were new."""
    permissions.can_write_letter(actor, application).require()
    from_firm = people_selectors.role_of(actor, application.sme) is not None
    unread = Letter.objects.filter(application=application, from_firm=not from_firm, read_at=None)
    return unread.update(read_at=timezone.now())


def _refreeze(row: Application, question: Question) -> list[str]:
    """Take what the question opened into the frozen copy, with the proofs that its facts have now. Returns the keys changed."""
    keys, now = with_followers(question.fields), profile_now(row)
    if "proofs" in (row.facts or {}):  # an older copy has none, and is scored as it was
        taken = {**row.facts, **{key: now[key] for key in keys if key in now}}  # type: ignore[dict-item]
        now["proofs"] = still_hold(taken, now, papers_selectors.states_of_papers(row.sme_id))
        keys = (*keys, "proofs")
    return refreeze(row, keys=keys, now=now)


def _same(value: object, kept: object) -> bool:
    """A date from a form and its ISO text in the frozen copy are the same answer."""
    return value == kept or (value is not None and kept is not None and str(value) == str(kept))


QUESTIONS_AT_ONCE = 500


@transaction.atomic
def ask_question(
    *,
    actor: User,
    application: Application,
    title: str,
    words: str,
    fields: Sequence[str] = (),
    document_kinds: Sequence[str] = (),
    answer_days: int | None = None,
) -> Question:
    """Ask the firm to correct the named facts or send the named papers; the clock stands still until it answers.

    fields: keys of smes.profile.facts.ASKABLE. document_kinds: codes of smes.vocabulary.paper_kinds. answer_days: working days from today,
    None for what the rule proposes. Asking the same twice (a double click) is one question. Raises NotAllowed, WrongState, DomainError "question_open",
    "no_words", "nothing_asked", "unknown_field" or "out_of_range".
    """
    row = locked_file(application.pk)
    permissions.can_ask(actor, review_selectors.standing_of(row)).require()
    asked = (title.strip(), words.strip(), list(opened_by(fields)), [kind for kind in KINDS if kind in document_kinds])
    open_question = row.questions.filter(answered_at=None, cancelled_at=None).first()
    if open_question is not None:
        same = (open_question.title, open_question.words, open_question.fields, open_question.document_kinds) == asked
        if same and open_question.asked_by_id == actor.pk:
            return open_question
        raise DomainError(
            _("The firm has a question to answer already. Take that one back first."), code="question_open"
        )
    if row.state not in ASKABLE_STATES:
        raise WrongState(WRONG_STATE_TEXT, action="ask", state=str(row.state))
    days = answer_rule(today()).days if answer_days is None else answer_days
    _check_question(asked, fields=fields, document_kinds=document_kinds, answer_days=days)
    before = tallies.cell_of(row)
    clock.pause(row, on=today())
    row.save(update_fields=[*clock.FIELDS, "updated_at"])
    tallies.shift(row, before=before)
    question = Question.objects.create(
        application=row,
        asked_by=actor,
        title=asked[0],
        words=asked[1],
        fields=asked[2],
        document_kinds=asked[3],
        answer_by=add_working_days(today(), days),
    )
    record(
        Happened.ASKED.value,
        subject=row,
        actor=actor,
        question=question.public_id,
        fields=question.fields,
        documents=question.document_kinds,
        answer_by=question.answer_by,
    )
    return question


@transaction.atomic
def cancel_question(*, actor: User, application: Application, question: str) -> Question:
    """Take an open question back; the clock runs again. question: its public id. Taking it back twice changes nothing.

    Raises NotAllowed, NotFound, DomainError "answered".
    """
    row = locked_file(application.pk)
    permissions.can_cancel_question(actor, review_selectors.standing_of(row)).require()
    found = row.questions.select_for_update().filter(public_id=question).first()
    if found is None:
        raise NotFound
    if found.answered_at is not None:
        raise DomainError(_("The firm has answered this question already."), code="answered")
    if found.cancelled_at is not None:
        return found
    before = tallies.cell_of(row)
    clock.resume(row, on=today())
    row.unanswered_since = None
    row.save(update_fields=[*clock.FIELDS, "unanswered_since", "updated_at"])
    tallies.shift(row, before=before)
    found.cancelled_at = timezone.now()
    found.save(update_fields=["cancelled_at"])
    record(Happened.QUESTION_CANCELLED.value, subject=row, actor=actor, question=found.public_id)
    return found


@transaction.atomic
def extend_question(*, actor: User, application: Application, question: str, days: int, reason: str) -> Question:
    """Give the firm more working days, once, also after its day has passed: the clock then stands still again.

    question: its public id. days: after its day, or after today where that has passed. reason: for the file. Raises
    NotAllowed, NotFound, DomainError "answered", "extended", "no_words" or "out_of_range".
    """
    row = locked_file(application.pk)
    permissions.can_extend_question(actor, review_selectors.standing_of(row)).require()
    found = row.questions.select_for_update().filter(public_id=question).first()
    if found is None:
        raise NotFound
    if found.answered_at is not None or found.cancelled_at is not None or row.state not in ASKABLE_STATES:
        raise DomainError(_("This question no longer waits for an answer."), code="answered")
    if found.extended_at is not None:
        raise DomainError(_("The firm got more days already, and gets them once."), code="extended")
    if not reason.strip():
        raise DomainError(_("Write why the firm gets more days."), code="no_words")
    most = answer_rule(today()).extension_days
    if not 1 <= days <= most:
        raise DomainError(_("Give the firm from 1 to %(most)d working days.") % {"most": most}, code="out_of_range")
    before = tallies.cell_of(row)
    clock.pause(row, on=today())
    row.unanswered_since = None
    row.save(update_fields=[*clock.FIELDS, "unanswered_since", "updated_at"])
    tallies.shift(row, before=before)
    was, found.answer_by = found.answer_by, add_working_days(max(found.answer_by, today()), days)
    found.extended_at, found.extension_words = timezone.now(), reason.strip()
    found.passed_at = found.reminded_days = None
    found.save(update_fields=["answer_by", "extended_at", "extension_words", "passed_at", "reminded_days"])
    record(
        Happened.QUESTION_EXTENDED.value,
        subject=row,
        actor=actor,
        question=found.public_id,
        was=was,
        answer_by=found.answer_by,
        reason=found.extension_words,
    )
    return found


def remind_of_questions() -> int:
    """Remind firms of questions whose day is near, once a rule; what beat rings. Returns of how many."""
    ids = list(selectors.ids_to_remind(today())[:QUESTIONS_AT_ONCE])
    return sum(one_by_one(lambda pk: _remind(pk, on=today()), ids))


def pass_questions() -> int:
    """Let the clock go on for files whose question was not answered in time; what beat rings. Returns for how many."""
    ids = list(selectors.ids_past_their_day(today())[:QUESTIONS_AT_ONCE])
    return sum(one_by_one(lambda pk: _pass(pk, on=today()), ids))


@transaction.atomic
def _remind(pk: int, *, on: date) -> bool:
    """Looked at again under the lock: the firm may have answered, or another worker reminded it, a moment ago."""
    question = _locked_question(pk)
    if not question.is_running or question.answer_by < on:
        return False
    left = working_days_between(on, question.answer_by)
    due = reminder_due(Happened.QUESTION_DUE_SOON, left, question.reminded_days, on=on)
    if due is None:
        return False
    question.reminded_days = due
    question.save(update_fields=["reminded_days"])
    record(
        Happened.QUESTION_DUE_SOON.value,
        subject=question.application,
        actor=None,
        question=question.public_id,
        answer_by=question.answer_by,
        days=due,
    )
    return True


@transaction.atomic
def _pass(pk: int, *, on: date) -> bool:
    """The day has passed: from the day after it the clock counts again, however late this is found. The firm may still answer."""
    question = _locked_question(pk)
    row = question.application
    if not question.is_running or question.answer_by >= on:
        return False
    before = tallies.cell_of(row)
    clock.resume(row, on=question.answer_by + timedelta(days=1))
    row.unanswered_since = question.answer_by
    row.save(update_fields=[*clock.FIELDS, "unanswered_since", "updated_at"])
    tallies.shift(row, before=before)
    question.passed_at = timezone.now()
    question.save(update_fields=["passed_at"])
    record(
        Happened.QUESTION_PASSED.value,
        subject=row,
        actor=None,
        question=question.public_id,
        answer_by=question.answer_by,
    )
    return True


def _locked_question(pk: int) -> Question:
    """The question with its file, the file locked first, as in every act on a file."""
    row = locked_file(Question.objects.values_list("application_id", flat=True).get(pk=pk))
    question = Question.objects.select_for_update().get(pk=pk)
    question.application = row
    return question


def _check_question(
    asked: tuple[str, str, list[str], list[str]],
    *,
    fields: Sequence[str],
    document_kinds: Sequence[str],
    answer_days: int,
) -> None:
    title, words, known_fields, known_kinds = asked
    if not title or not words:
        raise DomainError(_("Write the question and why you ask it."), code="no_words")
    if set(fields) - set(known_keys(fields)) or set(document_kinds) - set(known_kinds):
        raise DomainError(_("One of these cannot be asked for."), code="unknown_field")
    if not known_fields and not known_kinds:
        raise DomainError(_("Choose at least one fact or paper that would answer it."), code="nothing_asked")
    most = answer_rule(today()).max_days
    if not 1 <= answer_days <= most:
        raise DomainError(_("Give the firm from 1 to %(most)d working days.") % {"most": most}, code="out_of_range")
