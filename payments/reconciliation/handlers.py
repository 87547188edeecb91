"""A file that was taken is booked, a piece at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.states import Happened
from tdap_portal.audit.outbox import on

from . import services

if TYPE_CHECKING:
    from tdap_portal.audit.models import Event


@on(Happened.BANK_FILE_TAKEN.value, Happened.BANK_FILE_CONTINUED.value, name="payments.book_bank_lines")
def book_bank_lines(event: Event) -> None:
    services.book_lines(file_id=int(event.subject_id))
