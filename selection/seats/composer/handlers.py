"""When a composition is worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selection.states import Happened
from tdap_portal.audit.outbox import on

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.COMPOSITION_ASKED.value, "composition.continued", name="selection.work_on_composition")
def work_on_composition(event: Event) -> None:
    """The next step of a composition, in one transaction with the mark that it is done."""
    services.work_on(composition_id=int(event.subject_id))
