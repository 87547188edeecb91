"""Who opens the desk of payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.ledger.permissions import can_read_books
from tdap_portal.core.errors import NotFound

if TYPE_CHECKING:
    from tdap_portal.accounts.models import User


def require_desk(actor: User) -> None:
    """To whoever does not read the books the desk is not there. Raises NotFound."""
    if not can_read_books(actor):
        raise NotFound
