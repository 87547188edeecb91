"""What becomes of files when somebody leaves by another door than the pages of this room, or has very many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.audit.outbox import on

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on("person.locked_out", "role.revoked", name="selection.free_files")
def free_files(event: Event) -> None:
    """Nothing where the act itself gave the files away, or where the person is an officer who can sign in again."""
    person = accounts_selectors.person_by_id(event.subject_id)
    if person is not None and not event.data.get("handed_over"):
        services.free_files(actor=event.actor, person=person, reason=event.data.get("reason", ""))


@on("handover.continued", name="selection.continue_handover")
def continue_handover(event: Event) -> None:
    person = accounts_selectors.person_by_id(event.subject_id)
    if person is not None:
        words = {name: event.data[name] for name in ("to", "reason", "frees", "after")}
        services.go_on(actor=event.actor, person=person, **words)
