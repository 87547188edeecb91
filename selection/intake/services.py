"""What a firm does with its own application: start, fill in, submit, take back, withdraw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock, tallies
from selection.applications import selectors as applications_selectors
from selection.applications.freezing import copy_columns
from selection.applications.locking import locked_file, locked_round
from selection.models import Application, FrozenFacts, Question
from selection.rounds import selectors as rounds_selectors
from selection.states import APPLICATION, Happened, RoundState, State
from smes.people import services as people_services
from smes.profile import selectors as profile_selectors
from smes.vocabulary.codes import Track
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.core.sweeping import one_by_one
from tdap_portal.web.seen import Merged, merge

from . import permissions, selectors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from selection.models import Round
    from smes.models import Sme
    from tdap_portal.accounts.models import User


@transaction.atomic
def start_application(*, actor: User, round: Round, sme: Sme, track: str = Track.GENERAL) -> Application:  # noqa: A002  the domain's word
    """The firm's application in this round, begun with what it wrote in the last one; a second start gives the first one back.

    Raises NotAllowed for people who do not write for the firm, DomainError "round_closed" outside the round's dates and
    "unknown_track" for a track the round does not have.
    """
    permissions.can_apply(actor, people_services.locked_firm(sme.pk)).require()
    found = selectors.application_in(round, sme)
    if found is not None:
        return found
    _locked_open_round(round)
    _require_track(round, track)
    row = Application(round=round, sme=sme, started_by=actor, track=track, state=State.DRAFT.value, sme_name=sme.name)
    earlier = selectors.earlier_application(sme, besides=round)
    if earlier is not None:
        row.motivation, row.commitment_name = earlier.motivation, earlier.commitment_name
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
    *,
    actor: User,
    application: Application,
    track: str,
    motivation: str = "",
    commitment_name: str = "",
    seen: Mapping[str, str] | None = None,
) -> tuple[Application, dict[str, str]]:
    """Keep what is written so far; gives the application, and by field what somebody else saved since the page was opened,
    where that stopped a change.

    seen: digests of what the page was made from (tdap_portal.web.seen), {} for a page without; None writes everything.
    Raises NotAllowed once it is submitted, DomainError "unknown_track".
    """
    row = locked_file(application.pk)
    permissions.can_edit(actor, row).require()
    _require_track(row.round, track)
    before = tallies.cell_of(row)
    posted = {"track": track, "motivation": motivation.strip(), "commitment_name": commitment_name.strip()}
    current = {name: getattr(row, name) for name in posted}
    merged = Merged(posted, {}) if seen is None else merge(seen, current, posted, mark=selectors.mark_of_draft(row))
    for name, value in merged.written.items():
        setattr(row, name, value)
    row.save(update_fields=[*merged.written, "updated_at"])
    tallies.shift(row, before=before)
    return row, merged.stopped


@transaction.atomic
def submit_application(*, actor: User, application: Application, declared: bool) -> Application:
    """Freeze the firm's facts and hand the file to the desk; the promise clock starts. A second submit changes nothing.

    declared: the owner has said that what is written is true.
    Raises NotAllowed for anyone but the owner; DomainError "not_declared", "round_closed", "unknown_track",
    "incomplete" (what is missing stands in .data["missing"]) or WrongState.
    """
    row = locked_file(application.pk)
    permissions.can_submit(actor, row).require()
    if row.submitted_at is not None and row.state not in (State.DRAFT, State.WITHDRAWN):
        return row
    move = APPLICATION.move("submit", row.state)
    if not declared:
        raise DomainError(_("Say that what you wrote is true before you submit."), code="not_declared")
    _require_open(row.round)
    _require_track(row.round, row.track)
    facts = profile_selectors.frozen_copy(profile_selectors.read_facts(row.sme))
    missing = selectors.missing_before_submission(row, profile_selectors.completeness(row.sme, facts))
    if missing:
        raise DomainError(
            _("Something is still missing. It is listed below, each with a link."),
            code="incomplete",
            missing=[item.code for item in missing],
        )
    row.round = _locked_open_round(row.round)  # asked again: it may have closed while the facts were read
    before = tallies.cell_of(row)
    row.facts = facts  # what was found complete is what is frozen
    row.facts_version += 1
    copy_columns(row)
    if row.file_number == row.public_id:
        row.file_number = _next_file_number(row.round)
    row.state = move.target.value
    row.submitted_at = timezone.now()
    row.before_reopening = None
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
    row = locked_file(application.pk)
    permissions.can_reopen(actor, row).require()
    move = APPLICATION.move("reopen", row.state)
    _locked_open_round(row.round)
    if applications_selectors.open_question_of(row) is not None:
        raise DomainError(_("Answer our question first: it may be all that is needed."), code="question_open")
    before = tallies.cell_of(row)
    row.state = move.target.value
    row.before_reopening = {name: getattr(row, name) for name in selectors.DRAFT_FIELDS} | {"clock": clock.kept(row)}
    clock.clear(row)
    row.save(update_fields=["state", "before_reopening", *clock.FIELDS, "updated_at"])
    tallies.shift(row, before=before)
    record(move.event.value, subject=row, actor=actor)
    return row


@transaction.atomic
def restore_submitted(*, application_id: int) -> bool:
    """The round closed before the firm's correction was submitted: the file counts as it was submitted, its clock as it was.

    Nobody's act. Returns False where there is nothing to restore: submitted again, withdrawn, or the round still open.
    """
    row = locked_file(application_id)
    if row.state != State.DRAFT or row.submitted_at is None or row.round.state in (RoundState.PLANNED, RoundState.OPEN):
        return False
    move = APPLICATION.move("restore", row.state)
    before = tallies.cell_of(row)
    submitted = row.before_reopening or {}
    for name in selectors.DRAFT_FIELDS:
        setattr(row, name, submitted.get(name, getattr(row, name)))
    row.state = move.target.value
    row.before_reopening = None
    if "clock" in submitted:
        clock.restore(row, submitted["clock"], on=today())
    else:  # taken back by a release that did not write it down
        clock.start(row, on=timezone.localdate(row.submitted_at))
    row.save(update_fields=["state", "before_reopening", *selectors.DRAFT_FIELDS, *clock.FIELDS, "updated_at"])
    tallies.shift(row, before=before)
    record(move.event.value, subject=row, actor=None, file=row.file_number)
    return True


def restore_all() -> int:
    """Restore what a closing left as a draft; what beat rings, should the closing itself not have come to its end."""
    return sum(one_by_one(lambda pk: restore_submitted(application_id=pk), selectors.ids_to_restore()))


def remind_of_closing() -> int:
    """Tell firms with an application that is not submitted that its round closes, on the days that the rules on reminders say.

    Each once; who began since then waits for the next reminder. What beat rings; returns how many files were told of.
    """
    number = 0
    for round_ in rounds_selectors.open_rounds():
        due = selectors.reminder_due_since(round_, now=timezone.now())
        if due is not None:
            since, days = due
            ids = list(selectors.ids_to_remind(round_, since))
            number += sum(one_by_one(partial(_remind, since=since, days=days), ids))
    return number


@transaction.atomic
def _remind(pk: int, *, since: datetime, days: int) -> bool:
    """Looked at again under the file's lock: the firm may have submitted it, or another worker reminded it, a moment ago."""
    row = locked_file(pk)
    if row.state != State.DRAFT or (row.reminded_at is not None and row.reminded_at >= since):
        return False
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at"])
    record(Happened.CLOSING_SOON.value, subject=row, actor=None, closes_at=row.round.closes_at, days=days)
    return True


@transaction.atomic
def withdraw_application(*, actor: User, application: Application, reason: str = "") -> Application:
    """End the application on the owner's wish; an open question falls away. Raises NotAllowed or WrongState."""
    row = locked_file(application.pk)
    permissions.can_withdraw(actor, row).require()
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


# ---------------------------------------------------------------------------------------------------------- guards


def _require_open(round_: Round) -> None:
    if not rounds_selectors.is_open_now(round_):
        raise DomainError(
            _("This round takes no applications now. The calendar shows when the next one opens."), code="round_closed"
        )


def _locked_open_round(round_: Round) -> Round:
    """The round under its lock, so that it cannot close before this act is over. Raises DomainError "round_closed"."""
    row = locked_round(round_.pk)
    _require_open(row)
    return row


def _require_track(round_: Round, track: str) -> None:
    if track not in round_.tracks:
        raise DomainError(_("This round does not have that track."), code="unknown_track")


def _next_file_number(counted: Round) -> str:
    """counted: locked."""
    counted.last_file_number += 1
    counted.save(update_fields=["last_file_number", "updated_at"])
    return f"{counted.code}-{counted.last_file_number:04d}"


def _gone() -> NoReturn:
    raise NotFound
