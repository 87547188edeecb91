"""Programmes and their modules: set up and changed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts.models import User
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from training.models import Module, Programme
from training.states import Happened

from . import permissions, selectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    row = locked_programme(programme)
    if fields := save_changes(row, values):
        record(Happened.PROGRAMME_CHANGED.value, subject=row, actor=actor, code=row.code, fields=fields)
    return row


@transaction.atomic
def add_module(*, actor: User, programme: Programme, after: Sequence[Module] = (), **values: Any) -> Module:
    """Put a module at the end. after: modules of the programme that come before it. Raises NotAllowed; DomainError "order",
    "too_many_modules"."""
    permissions.can_manage_training(actor).require()
    row = locked_programme(programme)
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
    programme = locked_programme(module.programme)
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
    programme = locked_programme(module.programme)
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


def locked_programme(programme: Programme) -> Programme:
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
