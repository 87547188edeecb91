"""What the desk does when it hears of an event. Each handler first checks whether its work is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.audit.outbox import on

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on("bulk.confirmed", "bulk.continued", name="selection.continue_bulk_act")
def continue_bulk_act(event: Event) -> None:
    """The next files of a bulk act, in one transaction with the mark that they are done."""
    services.run_bulk(bulk_id=int(event.subject_id))
