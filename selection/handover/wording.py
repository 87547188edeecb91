"""A person's roles and history in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from tdap_portal.accounts.models import ROLE_LABELS
from tdap_portal.accounts.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tdap_portal.accounts.models import User
    from tdap_portal.audit.models import Event


def roles_of(person: User) -> list[str]:
    """In the order in which roles are always named."""
    return [str(label) for role, label in ROLE_LABELS.items() if role in person.roles]


@dataclass(frozen=True, slots=True)
class PersonEvent:
    at: datetime
    who: str
    says: str
    reason: str


def history_lines(events: Iterable[Event]) -> list[PersonEvent]:
    """What was done to a person, by whom and why; what the person did to the own account stands there too."""
    sentences = {
        "person.created": gettext("Account set up"),
        "person.claimed": gettext("Address proved by a code"),
        "person.changed": gettext("Name or language changed"),
        "person.locked_out": gettext("Locked out"),
        "person.let_in": gettext("Let in again"),
        "role.asked": gettext("Asked for the role: %(role)s"),
        "role.signed": gettext("First signature for the role: %(role)s"),
        "role.granted": gettext("Role given: %(role)s"),
        "role.refused": gettext("Role refused: %(role)s"),
        "role.withdrawn": gettext("Request withdrawn: %(role)s"),
        "role.lapsed": gettext("Request lapsed: %(role)s"),
        "role.revoked": gettext("Role taken: %(role)s"),
        "token.renewed": gettext("New API key"),
    }
    return [
        PersonEvent(
            event.at,
            event.actor.name if event.actor else gettext("The portal"),
            sentences.get(event.name, event.name) % {"role": _role(event)},
            event.data.get("reason", ""),
        )
        for event in events
    ]


def _role(event: Event) -> str:
    code = event.data.get("role", "")
    return str(ROLE_LABELS[Role(code)]) if code in set(Role) else ""
