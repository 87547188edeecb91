"""What follows from the closing of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.states import Happened
from tdap_portal.audit.outbox import on

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.DAY_CLOSED.value, name="payments.keep_balances")
def keep_balances(_event: Event) -> None:
    services.keep_balances()
