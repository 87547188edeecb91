"""What a firm does with its own application: start, fill in, submit, take back, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock, tallies
from selection.applications import selectors as applications_selectors
from selection.applications.freezing import copy_columns
from selection.applications.locking import locked_file
from selection.models import Application, FrozenFacts, Question, Round
from selection.rounds import selectors as rounds_selectors
from selection.states import APPLICATION, Happened, State
from smes.profile import selectors as profile_selectors
from smes.vocabulary.codes import Track
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotFound
from tdap_portal.web.seen import Merged, merge

from . import permissions, selectors

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
    permissions.can_submit(actor, application).require()
    row = locked_file(application.pk)
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
    before = tallies.cell_of(row)
    row.facts = facts  # what was found complete is what is frozen
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
