"""When firms are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smes.states import Happened
from tdap_portal.audit.outbox import on
from tdap_portal.audit.selectors import later_events

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


TRACED_STEPS = frozenset({"identity", "owners", "place", "payments"})


def _firm(event: Event) -> str:
    return event.subject_id


@on(Happened.REGISTERED, name="smes.look_for_duplicates", last_of=_firm)
@on(
    Happened.STEP_SAVED,
    name="smes.look_for_duplicates",
    where=lambda data: data["step"] in TRACED_STEPS,
    last_of=_firm,
)
def look_for_duplicates(event: Event) -> None:
    """A firm that saves step after step is compared once, for the last of them."""
    later = later_events(event, Happened.STEP_SAVED).values_list("data", flat=True)
    if any(data["step"] in TRACED_STEPS for data in later):
        return
    services.flag_duplicates(sme_id=int(event.subject_id))
