"""Rounds: setting them up, opening and closing them by date or by hand, and the alarms of the promise."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from selection.applications import clock
from selection.applications.locking import locked_round
from selection.engine.policy import PolicyError
from selection.models import NO_DUE_DATE, Application, Round
from selection.policy.selectors import policy_of
from selection.states import OPEN_STATES, ROUND, Happened, RoundState, State
from selection.trade import selectors as trade_selectors
from smes.vocabulary.codes import Track
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import add_working_days, calendar_version, today
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.core.sweeping import one_by_one

from . import permissions, selectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from tdap_portal.accounts.models import User

WARN_WORKING_DAYS = 2
ALARMS_AT_ONCE = 1000
DATES_AT_ONCE = 500
NOTHING: Mapping[str, object] = MappingProxyType({})


@transaction.atomic
def create_round(
    *,
    actor: User,
    number: int,
    opens_at: datetime,
    closes_at: datetime,
    seats: int,
    policy: str,
    tracks: Sequence[str] = tuple(Track),
    name: str = "",
    promise_days: int | None = None,
    training_note: str = "",
    training_note_ur: str = "",
    name_ur: str = "",
    is_public: bool = True,
) -> Round:
    """Set up a round; once it is public it opens by itself on its date. promise_days: working days, PROMISE_WORKING_DAYS where left out.

    Raises NotAllowed; DomainError "number_taken", "dates" (closes before it opens), "unknown_policy", "unknown_track".
    """
    permissions.can_run_rounds(actor).require()
    values = {
        "name": name,
        "name_ur": name_ur,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "seats": seats,
        "tracks": _tracks(policy, tracks),
        "policy": policy,
        "promise_days": promise_days or settings.PROMISE_WORKING_DAYS,
        "training_note": training_note,
        "training_note_ur": training_note_ur,
    }
    _require_order(opens_at, closes_at)
    row, is_new = Round.objects.get_or_create(number=number, defaults={**values, "is_public": is_public})
    if not is_new:
        raise DomainError(_("There is a round with this number already."), code="number_taken")
    record(Happened.ROUND_CREATED.value, subject=row, actor=actor, round=row.code, policy=policy, seats=seats)
    return row


@transaction.atomic
def change_round(*, actor: User, round: Round, **values: Any) -> Round:  # noqa: A002  the domain's word
    """Change what was planned; the number stays. values: names as in create_round, all of them.

    Raises NotAllowed; DomainError "not_planned" once the round has opened, "dates", "unknown_policy", "unknown_track".
    """
    row = _planned_round(actor, round)
    values["tracks"] = _tracks(values["policy"], values["tracks"])
    _require_order(values["opens_at"], values["closes_at"])
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=[*changed, "updated_at"])
        record(Happened.ROUND_CHANGED.value, subject=row, actor=actor, round=row.code, fields=sorted(changed))
    return row


@transaction.atomic
def publish_round(*, actor: User, round: Round) -> Round:  # noqa: A002  as above
    """Show a planned round in the public calendar; from then on it opens by itself. Publishing twice is one act."""
    row = _planned_round(actor, round)
    if not row.is_public:
        row.is_public = True
        row.save(update_fields=["is_public", "updated_at"])
        record(Happened.ROUND_PUBLISHED.value, subject=row, actor=actor, round=row.code)
    return row


@transaction.atomic
def cancel_round(*, actor: User, round: Round) -> None:  # noqa: A002  as above
    """Take a planned round back; no firm can have applied yet. Its number is free again, its history stays."""
    row = _planned_round(actor, round)
    record(Happened.ROUND_CANCELLED.value, subject=row, actor=actor, round=row.code, was_public=row.is_public)
    row.delete()


def _planned_round(actor: User, round_: Round) -> Round:
    permissions.can_run_rounds(actor).require()
    row = Round.objects.select_for_update().filter(pk=round_.pk, state=RoundState.PLANNED).first()
    if row is None:
        raise DomainError(
            _("Only a round that is still planned can be changed or cancelled; this one has opened."),
            code="not_planned",
        )
    return row


def _require_order(opens_at: datetime, closes_at: datetime) -> None:
    if closes_at <= opens_at:
        raise DomainError(_("A round closes after it opens."), code="dates")


def _tracks(policy: str, tracks: Sequence[str]) -> list[str]:
    """The tracks in their order. Raises DomainError "unknown_policy" or "unknown_track"."""
    try:
        known = policy_of(policy)
    except PolicyError:
        raise DomainError(_("There is no such policy."), code="unknown_policy") from None
    wanted = [str(track) for track in Track if str(track) in {str(t) for t in tracks}]
    if not wanted or len(wanted) != len(set(map(str, tracks))) or set(wanted) - set(known.tracks):
        raise DomainError(_("The policy does not know one of these tracks."), code="unknown_track")
    return wanted


@transaction.atomic
def open_round(*, actor: User | None, round: Round) -> Round:  # noqa: A002  the domain's word
    """Open it now, by the trade figures in use. actor None: the portal, by date. Opened by hand before its date, the date moves
    to now."""
    row = _locked_round(actor, round)
    flows, platform = trade_selectors.vintages_in_use()
    return _move(
        row,
        "open",
        actor,
        opens_at=min(row.opens_at, timezone.now()),
        is_public=True,
        flows_vintage=flows,
        platform_vintage=platform,
    )


@transaction.atomic
def close_round(*, actor: User | None, round: Round) -> Round:  # noqa: A002  as above
    """Close it now; what was submitted goes on into review, also what its firm has taken back to correct.

    Closed by hand before its date, the date moves to now, and who has a draft is told.
    """
    row = _locked_round(actor, round)
    closes_at = max(min(row.closes_at, timezone.now()), row.opens_at)
    return _move(row, "close", actor, details={"early": closes_at < row.closes_at}, closes_at=closes_at)


@transaction.atomic
def change_closing(*, actor: User, round: Round, closes_at: datetime) -> Round:  # noqa: A002  as above
    """Another date for a round that has not closed; who has a draft in an open one is told.

    Raises NotAllowed, WrongState once it has closed, DomainError "dates" for a moment that is past or before the opening.
    """
    row = _locked_round(actor, round)
    if row.state not in (RoundState.PLANNED, RoundState.OPEN):
        raise WrongState(_("This round has closed."), state=row.state)
    if closes_at <= max(row.opens_at, timezone.now()):
        raise DomainError(_("Choose a moment that is still to come, after the opening."), code="dates")
    if closes_at != row.closes_at:
        was, row.closes_at = row.closes_at, closes_at
        row.save(update_fields=["closes_at", "updated_at"])
        changed = Happened.ROUND_CLOSING_CHANGED.value
        record(changed, subject=row, actor=actor, round=row.code, was=was, closes_at=closes_at)
    return row


@transaction.atomic
def finish_round(*, actor: User, round: Round) -> Round:  # noqa: A002  as above
    """Every file is decided: the round's line (points of the last seat) is fixed and the results are final.

    From then on only a place that falls free is given again. Raises NotAllowed, WrongState, or DomainError "files_open" with
    their number.
    """
    row = _locked_round(actor, round)
    waiting = Application.objects.filter(round=row, state__in=OPEN_STATES).count() + selectors.being_corrected(row)
    if waiting:
        raise DomainError(
            _("%(number)d files of this round still wait for a decision.") % {"number": waiting},
            code="files_open",
            number=waiting,
        )
    selected = Application.objects.filter(round=row, state=State.SELECTED)
    line = selected.filter(has_score=True).aggregate(line=Min("points"))["line"]
    given = selected.count() + row.appeal_reserve + selectors.seats_that_came_back(row)
    return _move(row, "finish", actor, line_points=line, seats_given=min(given, row.seats))


def keep_calendar() -> list[str]:
    """Open and close rounds whose moment has come by the database's clock; what beat rings. Returns their codes."""
    due_to_open = Round.objects.filter(state=RoundState.PLANNED, is_public=True, opens_at__lte=Now())
    moved = one_by_one(lambda row: open_round(actor=None, round=row).code, due_to_open)
    due_to_close = Round.objects.filter(state=RoundState.OPEN, closes_at__lte=Now())
    return [*moved, *one_by_one(lambda row: close_round(actor=None, round=row).code, due_to_close)]


def sound_promise_alarms() -> tuple[int, int]:
    """Warn of files due within two working days, and say which are past their date; each once. Returns both numbers."""
    day = today()
    waiting = Application.objects.filter(state__in=OPEN_STATES, due_on__lt=NO_DUE_DATE)
    soon = waiting.filter(due_on__gte=day, due_on__lte=add_working_days(day, WARN_WORKING_DAYS)).exclude(
        due_noted_on=F("due_on")
    )
    late = waiting.filter(due_on__lt=day, late_noted_at=None)
    return _warn_of(soon, Happened.DUE_SOON), _warn_of(late, Happened.BROKEN)


def _warn_of(rows: QuerySet[Application], event: Happened) -> int:
    ids = list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:ALARMS_AT_ONCE])
    return sum(one_by_one(lambda pk: _warn(pk, event), ids))


@transaction.atomic
def _warn(pk: int, event: Happened) -> bool:
    """One alarm for one file, looked at again under its lock: somebody may have decided it a moment ago, or corrected the
    calendar."""
    row = Application.objects.select_for_update(of=("self",)).select_related("round").get(pk=pk)
    if row.state not in OPEN_STATES or row.due_on == NO_DUE_DATE:
        return False
    day = today()
    clock.redate(row, on=day)
    if event == Happened.BROKEN:
        is_true = row.due_on < day and row.late_noted_at is None
        row.late_noted_at = timezone.now() if is_true else row.late_noted_at
    else:
        is_true = day <= row.due_on <= add_working_days(day, WARN_WORKING_DAYS) and row.due_noted_on != row.due_on
        row.due_noted_on = row.due_on if is_true else row.due_noted_on
    row.save(update_fields=["due_on", "late_noted_at", "due_noted_on"])
    if is_true:
        record(event.value, subject=row, actor=None, due_on=row.due_on, file=row.file_number)
    return is_true


def redate_open_files() -> int:
    """Put the promised dates right where the calendar was corrected since they were reckoned; returns how many moved.

    What beat rings. Rounds know by which calendar their dates were reckoned, so that mostly there is nothing to do; a run
    that breaks off is begun again.
    """
    calendar = calendar_version()
    return sum(one_by_one(lambda row: _redate(row, calendar), Round.objects.exclude(calendar=calendar)))


def _redate(round_: Round, calendar: str) -> int:
    last, moved = 0, 0
    while True:
        with transaction.atomic():
            waiting = Application.objects.filter(
                round=round_, state__in=OPEN_STATES, due_on__lt=NO_DUE_DATE, pk__gt=last
            )
            rows = list(waiting.select_for_update().defer("facts").order_by("pk")[:DATES_AT_ONCE])
            for row in rows:
                row.round = round_
            moves = one_by_one(lambda row: (row, clock.redate(row, on=today())), rows)
            redated = [row for row, has_moved in moves if has_moved]
            Application.objects.bulk_update(redated, ["due_on", "late_noted_at"])
        moved += len(redated)
        if len(rows) < DATES_AT_ONCE:
            break
        last = rows[-1].pk
    with transaction.atomic():
        Round.objects.filter(pk=round_.pk).update(calendar=calendar)
        if moved:
            record(Happened.REDATED.value, subject=round_, actor=None, round=round_.code, files=moved)
    return moved


def _locked_round(actor: User | None, round_: Round) -> Round:
    if actor is not None:
        permissions.can_run_rounds(actor).require()
    return locked_round(round_.pk)


def _move(
    row: Round, action: str, actor: User | None, *, details: Mapping[str, object] = NOTHING, **values: object
) -> Round:
    """details: what the event tells beside the round. values: of other columns."""
    move = ROUND.move(action, row.state)
    row.state = move.target.value
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *values, "updated_at"])
    record(move.event.value, subject=row, actor=actor, round=row.code, **details)
    return row
