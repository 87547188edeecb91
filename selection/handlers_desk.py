"""What the desk does when it hears of an event. Each handler looks before it acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tdap_portal.audit.outbox import on

from . import services_desk

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on("bulk.confirmed", "bulk.continued", name="selection.continue_bulk_act")
def go_on_with_bulk(event: Event) -> None:
    """The next files of a bulk act, in one transaction with the mark that they are done."""
    services_desk.run_bulk(bulk_id=int(event.subject_id))
