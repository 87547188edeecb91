"""Who hears of a request for a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.models import REFUSAL_LABELS, ROLE_LABELS
from tdap_portal.accounts.roles import Role
from tdap_portal.accounts.states import Happened, Refusal
from tdap_portal.audit.outbox import on
from tdap_portal.notifications.services import notify
from tdap_portal.notifications.texts import without_links

from . import selectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tdap_portal.accounts.models import RoleRequest, User
    from tdap_portal.audit.models import Event


@on(Happened.ASKED.value, name="accounts.tell_administrators")
def tell_administrators(event: Event) -> None:
    _tell_who_decides(event, accounts_selectors.people_with_role(Role.ADMINISTRATOR))


@on(Happened.SIGNED.value, name="accounts.tell_second_signers")
def tell_second_signers(event: Event) -> None:
    administrators = accounts_selectors.people_with_role(Role.ADMINISTRATOR)
    directors = accounts_selectors.people_with_role(Role.APPROVER)
    _tell_who_decides(event, {*administrators, *directors})


@on(Happened.GRANTED.value, Happened.REFUSED.value, Happened.LAPSED.value, name="accounts.tell_of_role")
def tell_of_role(event: Event) -> None:
    """The person hears of a role that was given; of one that was not, whoever asked for it."""
    request = _request(event)
    if request is None:  # given without anybody having waited for it
        return
    to = request.user if event.name == Happened.GRANTED else request.asked_by
    if to is None:
        return
    words: dict[str, Any] = {"refusal": REFUSAL_LABELS[Refusal(request.refusal)]} if request.refusal else {}
    own = to.pk == request.user_id
    _tell(to, event, request, reverse("roles:ask") if own else _page(request), **words)


def _tell_who_decides(event: Event, people: Iterable[User]) -> None:
    request = _request(event)
    if request is None or not request.is_open:
        return
    for person in people:
        if person.pk not in (request.user_id, event.actor_id):
            _tell(person, event, request, _page(request))


def _tell(to: User, event: Event, request: RoleRequest, url: str, **words: Any) -> None:
    role, name = ROLE_LABELS[Role(request.role)], without_links(request.user.name)
    notify(to=to, template=event.name, key=str(event.pk), url=url, role=role, name=name, **words)


def _page(request: RoleRequest) -> str:
    return reverse("roles:request", args=[request.public_id])


def _request(event: Event) -> RoleRequest | None:
    return selectors.request_by_public_id(event.data.get("request", ""))
