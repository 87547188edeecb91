"""What is published everybody reads; finance officers publish it."""

from __future__ import annotations

from payments.proceeds.permissions import can_publish, can_see_board

__all__ = ["can_publish", "can_see_board"]
