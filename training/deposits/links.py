"""What the floor of money asks of the training before late money is taken (settings.LATE_MONEY)."""

from __future__ import annotations

from .services import late_refusal, take_late

__all__ = ["late_refusal", "take_late"]
