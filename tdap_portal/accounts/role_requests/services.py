"""Asking for a role, taking it back, and the answer. How roles are given at all stands in the services of accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts import services as accounts_services
from tdap_portal.accounts.models import RoleRequest, User
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.states import Happened, Refusal, RequestState
from tdap_portal.audit.services import record
from tdap_portal.core.errors import DomainError
from tdap_portal.core.sweeping import one_by_one

from . import permissions, selectors

if TYPE_CHECKING:
    from tdap_portal.accounts.models import Partner

MAX_ASKED_PER_DAY = 5  # by one person


@transaction.atomic
def ask_for_role(*, actor: User, role: Role, office: str, why: str, partner: Partner | None = None) -> RoleRequest:
    """The person waits for this role; asked again while it waits it is the same request.

    partner: the organisation, for the role of a partner only. Raises DomainError "no_words", "no_partner", "held",
    "too_many_today".
    """
    if not (office.strip() and why.strip()):
        raise DomainError(_("Say in which office you work, and why you need the role."), code="no_words")
    if (role == Role.PARTNER) != (partner is not None and partner.is_active):
        raise DomainError(_("Choose the organisation for which you work."), code="no_partner")
    accounts_services.lock_person(actor)
    waiting = accounts_services.current_request(actor, role)
    if waiting is not None:
        return waiting
    if _holds(actor, role, partner):
        raise DomainError(_("You have this role already."), code="held")
    if selectors.asked_since(actor, timezone.now() - timedelta(days=1)) >= MAX_ASKED_PER_DAY:
        raise DomainError(_("That is enough for one day. Ask again tomorrow."), code="too_many_today")
    request = RoleRequest.objects.create(
        user=actor,
        asked_by=actor,
        role=role.value,
        partner=partner,
        office=office.strip(),
        why=why.strip(),
        lapses_at=timezone.now() + timedelta(days=settings.ROLE_REQUEST_DAYS),
    )
    _record(Happened.ASKED, request, actor)
    return request


@transaction.atomic
def withdraw_request(*, actor: User, request: RoleRequest) -> None:
    """The person waits no more; doing it twice is one act. Raises NotFound for another's request, WrongState."""
    accounts_services.lock_person(actor)
    row = selectors.own_request(actor, request.public_id)
    if row.state != RequestState.WITHDRAWN:
        _record(accounts_services.move_request(row, "withdraw", actor=actor).event, row, actor)


@transaction.atomic
def grant_request(*, actor: User, request: RoleRequest) -> bool:
    """Give what is asked for; one of DECIDING_ROLES takes two people: False until the second one has signed, too.

    Doing it twice is one act. Raises NotAllowed, WrongState, DomainError "lapsed", "locked_out", "no_partner".
    """
    row = _locked(actor, request)
    if row.state == RequestState.GRANTED:
        return True
    accounts_services.require_open(row)
    if row.lapses_at <= timezone.now():
        raise DomainError(_("Nobody decided in time: the person has to ask again."), code="lapsed")
    if not row.user.is_active:
        raise DomainError(_("This person is locked out."), code="locked_out")
    if row.partner is not None and not row.partner.is_active:
        raise DomainError(_("This organisation works with TDAP no more."), code="no_partner")
    if not accounts_services.grant_role(actor=actor, user=row.user, role=Role(row.role), reason=row.why):
        return False
    if row.partner is not None:
        accounts_services.add_partner_member(actor=actor, partner=row.partner, user=row.user)
        _record(accounts_services.move_request(row, "grant", actor=actor).event, row, actor)
    return True


@transaction.atomic
def refuse_request(*, actor: User, request: RoleRequest, reason: Refusal) -> None:
    """The person is told why; one person is enough. Doing it twice is one act. Raises NotAllowed, WrongState."""
    row = _locked(actor, request)
    if row.state == RequestState.REFUSED:
        return
    row.refusal = reason.value
    _record(accounts_services.move_request(row, "refuse", actor=actor).event, row, actor, refusal=reason.value)


def lapse_requests() -> int:
    """What nobody decided in time lapses; returns how many did."""
    return sum(one_by_one(_lapse, selectors.overdue()))


@transaction.atomic
def _lapse(request: RoleRequest) -> bool:
    accounts_services.lock_person(request.user)
    waiting = accounts_selectors.open_request_of(request.user, Role(request.role))
    return waiting is not None and accounts_services.current_request(request.user, Role(request.role)) is None


def _locked(actor: User, request: RoleRequest) -> RoleRequest:
    """The request as it stands, below the locks of every act on roles: administrators first, then its person. The actor
    is asked again below them."""
    actor = accounts_services.as_administrators_stand(actor)
    accounts_services.lock_person(request.user)
    row: RoleRequest = selectors.request_for(actor, request.public_id)
    permissions.can_decide(actor, row).require()
    return row


def _holds(user: User, role: Role, partner: Partner | None) -> bool:
    is_held = user.role_grants.filter(role=role.value).exists()
    return is_held and (partner is None or user.partnerships.filter(partner=partner).exists())


def _record(event: Happened, request: RoleRequest, actor: User, **data: object) -> None:
    if request.partner is not None:
        data["partner"] = request.partner.public_id
    record(event.value, subject=request.user, actor=actor, role=request.role, request=request.public_id, **data)
