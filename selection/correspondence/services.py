"""Questions and letters between the desk and the firm."""

from __future__ import annotations

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
from smes.profile.facts import known_keys
from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, today
from tdap_portal.core.errors import DomainError, NotFound, WrongState
from tdap_portal.core.states import WRONG_STATE_TEXT

from . import permissions, selectors
from .forms import NO_PAPER_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from smes.papers.checks import CheckedPaper
    from tdap_portal.accounts.models import User


@transaction.atomic
def answer_question(
    *,
    actor: User,
    question: Question,
    values: Mapping[str, object] | None = None,
    answer: str = "",
    with_paper: bool = False,
    cannot_send: bool = False,
) -> Question:
    """Correct the named facts, say what there is to say, and let the clock run again.

    values: new values of facts that the question opened, by their key; papers are uploaded before, through
    smes.papers.services.upload_document; with_paper: one comes with this answer, be it one that we have. cannot_send: the firm says that
    it cannot send what was asked for; `answer` is why. The frozen copy gets a new version in which only the opened facts (and what is
    computed from them) differ. Raises NotAllowed; DomainError "not_asked" for a fact that was not opened, "no_answer"
    when nothing is said or confirmed, or a paper was asked for and neither it comes nor the reason why it cannot; what smes.profile.services.correct_profile raises for a wrong value (.data["fields"]).
    """
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
    has_paper = with_paper or (bool(question.document_kinds) and _has_paper(question))
    if question.document_kinds and not (has_paper or (cannot_send and answer.strip())):
        raise DomainError(NO_PAPER_TEXT, code="no_answer")
    if not (question.document_kinds or answer.strip() or any(value not in {None, ""} for value in given.values())):
        raise DomainError(_("Correct a value or write a few words."), code="no_answer")
    if changed:
        profile_services.correct_profile(actor=actor, sme=row.sme, values=changed)
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
        return answer_question(actor=actor, question=question, with_paper=bool(papers), **answer)


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


def _has_paper(question: Question) -> bool:
    """Whether a paper that was asked for has come since."""
    papers = papers_selectors.documents_of(question.application.sme)
    return papers.filter(kind__in=question.document_kinds, created_at__gte=question.asked_at).exists()


def _same(value: object, kept: object) -> bool:
    """A date from a form and its ISO text in the frozen copy are the same answer."""
    return value == kept or (value is not None and kept is not None and str(value) == str(kept))


ANSWER_WORKING_DAYS = 10
MAX_ANSWER_WORKING_DAYS = 40


@transaction.atomic
def ask_question(
    *,
    actor: User,
    application: Application,
    title: str,
    words: str,
    fields: Sequence[str] = (),
    document_kinds: Sequence[str] = (),
    answer_days: int = ANSWER_WORKING_DAYS,
) -> Question:
    """Ask the firm to correct the named facts or send the named papers; the clock stands still until it answers.

    fields: keys of smes.profile.facts.ASKABLE. document_kinds: codes of smes.vocabulary.paper_kinds. answer_days: working days from today.
    Asking the same twice (a double click) is one question. Raises NotAllowed, WrongState, DomainError "question_open",
    "no_words", "nothing_asked", "unknown_field" or "out_of_range".
    """
    row = locked_file(application.pk)
    permissions.can_ask(actor, review_selectors.standing_of(row)).require()
    asked = (title.strip(), words.strip(), list(known_keys(fields)), [kind for kind in KINDS if kind in document_kinds])
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
    _check_question(asked, fields=fields, document_kinds=document_kinds, answer_days=answer_days)
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
        answer_by=add_working_days(today(), answer_days),
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
    row.save(update_fields=[*clock.FIELDS, "updated_at"])
    tallies.shift(row, before=before)
    found.cancelled_at = timezone.now()
    found.save(update_fields=["cancelled_at"])
    record(Happened.QUESTION_CANCELLED.value, subject=row, actor=actor, question=found.public_id)
    return found


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
    if set(fields) - set(known_fields) or set(document_kinds) - set(known_kinds):
        raise DomainError(_("One of these cannot be asked for."), code="unknown_field")
    if not known_fields and not known_kinds:
        raise DomainError(_("Choose at least one fact or paper that would answer it."), code="nothing_asked")
    if not 1 <= answer_days <= MAX_ANSWER_WORKING_DAYS:
        raise DomainError(_("Give the firm from 1 to 40 working days."), code="out_of_range")
