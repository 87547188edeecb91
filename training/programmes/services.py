"""Programmes with their modules, and cohorts: set up, changed, opened, called off; the worker starts and finishes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tdap_portal.accounts.models import User
from tdap_portal.audit.services import record
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, WrongState
from tdap_portal.core.sweeping import one_by_one
from training.models import Cohort, DraftSession, Module, Programme, Session
from training.states import COHORT, UNFINISHED, CohortState, Happened

from . import permissions, selectors, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

Row = TypeVar("Row", bound=Model)
TWICE = timedelta(minutes=1)  # within which the same form sent again is a second click, not a second thing
MAX_MODULES = 40


def made_just_now(actor: User, rows: QuerySet[Row], **values: object) -> Row | None:
    """What the same form made a moment ago: a second click finds it instead of making another. Holds the person's row, so that
    two clicks at once come one after the other."""
    User.objects.select_for_update().get(pk=actor.pk)
    return rows.filter(created_at__gte=timezone.now() - TWICE, **values).order_by("-pk").first()


def save_changes(row: Model, values: Mapping[str, object]) -> list[str]:
    """Write what differs; gives the names of those columns, [] where nothing does."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=[*changed, "updated_at"])
    return sorted(changed)


# ----------------------------------------------------------------------------------------------------- programmes


@transaction.atomic
def create_programme(*, actor: User, code: str, **values: Any) -> Programme:
    """values: the columns of a programme. Creating the same twice is once. Raises NotAllowed; DomainError "code_taken"."""
    permissions.can_manage_training(actor).require()
    row, is_new = Programme.objects.get_or_create(code=code, defaults=values)
    if is_new:
        record(Happened.PROGRAMME_CREATED.value, subject=row, actor=actor, code=code)
    elif any(getattr(row, name) != value for name, value in values.items()):
        raise DomainError(_("There is a programme with this short name already."), code="code_taken")
    return row


@transaction.atomic
def change_programme(*, actor: User, programme: Programme, **values: Any) -> Programme:
    """Change what is said of a programme; its short name stays. Sessions of its cohorts stay as they are. Raises NotAllowed."""
    permissions.can_manage_training(actor).require()
    row = _locked_programme(programme)
    if fields := save_changes(row, values):
        record(Happened.PROGRAMME_CHANGED.value, subject=row, actor=actor, code=row.code, fields=fields)
    return row


@transaction.atomic
def add_module(*, actor: User, programme: Programme, after: Sequence[Module] = (), **values: Any) -> Module:
    """Put a module at the end. after: modules of the programme that come before it. Raises NotAllowed; DomainError "order",
    "too_many_modules"."""
    permissions.can_manage_training(actor).require()
    row = _locked_programme(programme)
    twice = row.modules.filter(title=values["title"], created_at__gte=timezone.now() - TWICE).first()
    if twice is not None:
        return twice
    last = selectors.last_position(row)
    if last >= MAX_MODULES:
        raise DomainError(
            _("A programme has at most %(number)d modules.") % {"number": MAX_MODULES}, code="too_many_modules"
        )
    module = Module(programme=row, position=last + 1, **values)
    _require_before(module, after)
    module.save()
    module.after.set(after)
    record(Happened.MODULE_ADDED.value, subject=row, actor=actor, module=module.public_id, title=module.title)
    return module


@transaction.atomic
def change_module(*, actor: User, module: Module, after: Sequence[Module] = (), **values: Any) -> Module:
    """Change a module; sessions that exist keep what they were made with. Raises NotAllowed; DomainError "order"."""
    permissions.can_manage_training(actor).require()
    programme = _locked_programme(module.programme)
    row = Module.objects.get(pk=module.pk)
    _require_before(row, after)
    fields = save_changes(row, values)
    if {one.pk for one in after} != set(row.after.values_list("pk", flat=True)):
        row.after.set(after)
        fields.append("after")
    if fields:
        details = {"module": row.public_id, "title": row.title, "fields": fields}
        record(Happened.MODULE_CHANGED.value, subject=programme, actor=actor, **details)
    return row


@transaction.atomic
def move_module(*, actor: User, module: Module, up: bool, position: int) -> Module:
    """One place up or down. position: where it stood for whoever moved it, so that a second click moves nothing more.

    Raises NotAllowed; DomainError "order" where a module would come before one that it needs.
    """
    permissions.can_manage_training(actor).require()
    programme = _locked_programme(module.programme)
    row = Module.objects.get(pk=module.pk)
    other = Module.objects.filter(programme=programme, position=row.position + (-1 if up else 1)).first()
    if row.position != position or other is None:
        return row
    first, second = (row, other) if up else (other, row)  # the one that comes first from now on
    if first.after.filter(pk=second.pk).exists():
        raise DomainError(
            _("“%(module)s” needs “%(needed)s” first, so it stays behind it.")
            % {"module": first.title_here, "needed": second.title_here},
            code="order",
        )
    row.position, other.position = other.position, row.position
    Module.objects.filter(pk=other.pk).update(position=0)  # no two stand in one place, not even in between
    row.save(update_fields=["position", "updated_at"])
    other.save(update_fields=["position", "updated_at"])
    record(Happened.MODULE_MOVED.value, subject=programme, actor=actor, title=row.title, position=row.position)
    return row


def _locked_programme(programme: Programme) -> Programme:
    return Programme.objects.select_for_update().get(pk=programme.pk)


def _require_before(module: Module, after: Sequence[Module]) -> None:
    """What a module needs stands before it, so that no two can need each other."""
    for needed in after:
        if needed.programme_id != module.programme_id or needed.position >= module.position:
            raise DomainError(
                _("“%(needed)s” does not come before this module. Put it before it first.")
                % {"needed": needed.title_here},
                code="order",
            )


# -------------------------------------------------------------------------------------------------------- cohorts


@transaction.atomic
def create_cohort(*, actor: User, programme: Programme, code: str = "", **values: Any) -> Cohort:
    """A planned cohort with a session for each module, none with a time yet. code: "" for the next one of its town.

    values: round, mode, language, city, time_of_day, starts_on, ends_on, places, weekly_sessions, join_url. The same sent again within
    a minute is once. Raises NotAllowed; DomainError "code_taken", "not_active", "no_modules", "dates", "past", "too_short",
    "city".
    """
    permissions.can_manage_training(actor).require()
    programme = _locked_programme(programme)
    if not programme.is_active:
        raise DomainError(_("No new cohorts are made of this programme."), code="not_active")
    modules = list(selectors.modules_of(programme))
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
    _locked_programme(cohort.programme)
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
