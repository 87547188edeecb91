"""Cohorts: made, cloned, changed, opened, called off; what time does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.core.sweeping import one_by_one
from training.models import Cohort, DraftSession, Module, Programme, Session
from training.programmes import permissions
from training.programmes.selectors import modules_of
from training.programmes.services import locked_programme, made_just_now, save_changes
from training.states import COHORT, UNFINISHED, CohortState, Happened

from . import selectors, versions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tdap_portal.accounts.models import User


@transaction.atomic
def create_cohort(*, actor: User, programme: Programme, code: str = "", **values: Any) -> Cohort:
    """A planned cohort with a session for each module, none with a time yet. code: "" for the next one of its town.

    values: round, mode, language, city, time_of_day, starts_on, ends_on, places, weekly_sessions, join_url. The same sent again within
    a minute is once. Raises NotAllowed; DomainError "code_taken", "not_active", "no_modules", "dates", "past", "too_short",
    "city".
    """
    permissions.can_manage_training(actor).require()
    programme = locked_programme(programme)
    if not programme.is_active:
        raise DomainError(_("No new cohorts are made of this programme."), code="not_active")
    modules = list(modules_of(programme))
    if not modules:
        raise DomainError(_("This programme has no modules yet. Add them first."), code="no_modules")
    sessions = [_session_of(module) for module in modules]
    return _new_cohort(actor, sessions, {"programme": programme, **values}, code)


@transaction.atomic
def clone_cohort(*, actor: User, cohort: Cohort, starts_on: date, ends_on: date, places: int, code: str = "") -> Cohort:
    """The same cohort once more: programme, town, way, language, hours and sessions, without times; new days and short name.

    Raises NotAllowed; DomainError as create_cohort.
    """
    permissions.can_manage_training(actor).require()
    locked_programme(cohort.programme)
    same = ("programme", "round", "mode", "language", "city", "time_of_day", "weekly_sessions")
    values = {name: getattr(cohort, name) for name in same}
    rows = cohort.sessions.filter(cancelled_at=None).order_by("position") or cohort.sessions.order_by("position")
    copied = ("position", "module_id", "title", "title_ur", "minutes", "skill", "equipment")
    sessions = [Session(**{name: getattr(row, name) for name in copied}) for row in rows]
    new = {**values, "starts_on": starts_on, "ends_on": ends_on, "places": places, "cloned_from": cohort}
    return _new_cohort(actor, sessions, new, code)


def _new_cohort(actor: User, sessions: list[Session], values: dict[str, Any], code: str) -> Cohort:
    """values: columns. Raises as create_cohort."""
    values |= _placed(values)
    _require_days(values, len(sessions), is_new=True)
    known = {name: values[name] for name in ("programme", "city", "mode", "language", "starts_on", "ends_on")}
    twice = made_just_now(actor, Cohort.objects.all(), made_by=actor, **known, **({"code": code} if code else {}))
    if twice is not None:
        return twice
    code = code or selectors.suggested_code(values["city"])
    row, is_new = Cohort.objects.get_or_create(code=code, defaults={**values, "made_by": actor})
    if not is_new:
        raise DomainError(
            _("There is a cohort %(code)s already. The next free short name is %(next)s.")
            % {"code": code, "next": selectors.suggested_code(values["city"])},
            code="code_taken",
        )
    for session in sessions:
        session.cohort = row
    Session.objects.bulk_create(sessions)
    origin = row.cloned_from.code if row.cloned_from else ""
    details = {"code": code, "programme": row.programme.code, "sessions": len(sessions), "cloned_from": origin}
    record(Happened.COHORT_CREATED.value, subject=row, actor=actor, **details)
    return row


def _session_of(module: Module) -> Session:
    return Session(
        position=module.position,
        module=module,
        title=module.title,
        title_ur=module.title_ur,
        minutes=module.minutes,
        skill=module.skill,
        equipment=module.equipment,
    )


@transaction.atomic
def change_cohort(*, actor: User, cohort: Cohort, **values: Any) -> Cohort:
    """Change a cohort while it is planned; programme, short name and sessions stay.

    values: as in create_cohort, all of them. Raises NotAllowed; WrongState; DomainError "dates", "past", "too_short", "city".
    """
    permissions.can_manage_training(actor).require()
    row = locked_cohort(cohort.pk)
    if row.state != CohortState.PLANNED:
        raise WrongState(_("Only a planned cohort can be changed. People know this one already."), state=row.state)
    values |= _placed(values)
    _require_days(values, row.sessions.count(), is_new=values["starts_on"] != row.starts_on)
    if fields := save_changes(row, values):
        record(Happened.COHORT_CHANGED.value, subject=row, actor=actor, code=row.code, fields=fields)
    return row


@transaction.atomic
def set_joining(*, actor: User, cohort: Cohort, join_url: str, sessions: Mapping[str, str]) -> Cohort:
    """Where the meetings of a cohort are, also once people know it. sessions: by public id, the address of a session; "" for that
    of its cohort. The addresses themselves stand in no history. Raises NotAllowed; WrongState once it is over."""
    permissions.can_manage_training(actor).require()
    row = locked_cohort(cohort.pk)
    if row.state not in UNFINISHED:
        raise WrongState(_("This cohort is over: nobody joins it any more."), state=row.state)
    changed = save_changes(row, {"join_url": join_url})
    for session in row.sessions.filter(public_id__in=sessions):
        changed += save_changes(session, {"join_url": sessions[session.public_id]})
    if changed:
        record(Happened.COHORT_JOINING.value, subject=row, actor=actor, code=row.code, addresses=len(changed))
    return row


@transaction.atomic
def open_cohort(*, actor: User, cohort: Cohort) -> Cohort:
    """Put it in the public calendar: firms with a seat can take a place. Opening twice is once.

    Raises NotAllowed; WrongState; DomainError "past" where its first day is over.
    """
    permissions.can_manage_training(actor).require()
    row = locked_cohort(cohort.pk)
    if row.state == CohortState.OPEN:
        return row
    if row.starts_on < today() and COHORT.allows("open", row.state):
        raise DomainError(_("Its first day is over. Change its days first."), code="past")
    return _move(row, "open", actor)


@transaction.atomic
def cancel_cohort(*, actor: User, cohort: Cohort, reason: str) -> Cohort:
    """Call it off, with a reason that firms and trainers read. Its sessions to come are cancelled with it, as a version of the
    timetable; what was planned otherwise for them is forgotten. Twice is once.

    Raises NotAllowed; WrongState once it is finished; DomainError "no_reason".
    """
    permissions.can_manage_training(actor).require()
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Say why; firms with a place read it."), code="no_reason")
    versions.lock_plan()
    row = locked_cohort(cohort.pk)
    if row.state == CohortState.CANCELLED:
        return row
    _move(row, "cancel", actor, reason=reason)
    _cancel_sessions(row, actor, reason)
    return row


def _cancel_sessions(cohort: Cohort, actor: User, reason: str) -> None:
    """Those to come, at once: one version, by which each trainer is told once, where people know of any; the firms hear of the end of
    their places."""
    now = timezone.now()
    to_come = list(cohort.sessions.filter(cancelled_at=None).exclude(ends_at__lte=now).select_related("trainer"))
    DraftSession.objects.filter(session__in=to_come).delete()
    known = [session for session in to_come if session.starts_at is not None]
    Session.objects.filter(pk__in=[session.pk for session in to_come if session.starts_at is None]).update(
        cancelled_at=now, changed_at=now, sequence=F("sequence") + 1, updated_at=now
    )
    if not known:
        return
    version = versions.new_version(actor=actor, words=reason)
    for session in known:
        versions.publish_slot(session, replace(versions.published_slot(session), is_cancelled=True), version)
    version.people = len({session.trainer.user_id for session in known if session.trainer} - {None})
    version.save(update_fields=["people"])
    details = {"number": version.number, "sessions": len(known), "people": version.people, "words": version.words}
    record(Happened.TIMETABLE_PUBLISHED.value, subject=version, actor=actor, **details, kept=[], cohort=cohort.code)


def keep_cohorts() -> list[str]:
    """Start cohorts whose first published session has begun, finish those whose last one is over; what beat rings.

    Returns the short names of those that moved.
    """
    started = one_by_one(lambda row: _move_by_time(row, "start"), selectors.cohorts_to_start())
    finished = one_by_one(lambda row: _move_by_time(row, "finish"), selectors.cohorts_to_finish())
    return [*started, *finished]


@transaction.atomic
def _move_by_time(cohort: Cohort, action: str) -> str:
    return _move(locked_cohort(cohort.pk), action, None).code


def _move(row: Cohort, action: str, actor: User | None, **details: object) -> Cohort:
    """details: what the event tells beside the cohort."""
    move = COHORT.move(action, row.state)
    row.state = move.target.value
    row.save(update_fields=["state", "updated_at"])
    record(move.event.value, subject=row, actor=actor, code=row.code, **details)
    return row


def locked_cohort(pk: int) -> Cohort:
    return Cohort.objects.select_for_update(of=("self",)).select_related("programme", "round").get(pk=pk)


def _placed(values: Mapping[str, Any]) -> dict[str, str]:
    """The town of a cohort: none where all of it is online. Raises DomainError "city"."""
    if values["mode"] == "online":
        return {"city": ""}
    if not values["city"]:
        raise DomainError(_("Say in which town it is, or choose online."), code="city")
    return {"city": values["city"]}


def _require_days(values: Mapping[str, Any], sessions: int, *, is_new: bool) -> None:
    """is_new: the first day was chosen now, so it may not be over. Raises DomainError "dates", "past", "too_short"."""
    first, last = values["starts_on"], values["ends_on"]
    if last < first:
        raise DomainError(_("The last day comes after the first."), code="dates")
    if is_new and first < today():
        raise DomainError(_("The first day is over already."), code="past")
    mondays = [day - timedelta(days=day.weekday()) for day in (first, last)]
    weeks = (mondays[1] - mondays[0]).days // 7 + 1
    needed = -(-sessions // values["weekly_sessions"])
    if needed > weeks:
        raise DomainError(
            ngettext_lazy(
                "Its %(sessions)d sessions need %(needed)d weeks at this number a week; there is %(weeks)d.",
                "Its %(sessions)d sessions need %(needed)d weeks at this number a week; there are %(weeks)d.",
                weeks,
            )
            % {"sessions": sessions, "needed": needed, "weeks": weeks},
            code="too_short",
        )
