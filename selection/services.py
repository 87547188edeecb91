from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications.freezing import COLUMNS, profile_now, refreeze, with_followers
from selection.applications.locking import locked_file
from smes import selectors as firms
from smes import services as firm_services
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError

from . import permissions
from .applications import clock, tallies
from .models import Application, Letter, Question
from .states import ASKABLE_STATES, Happened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tdap_portal.accounts.models import User


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
