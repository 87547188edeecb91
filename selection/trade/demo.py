"""The demo's trade evidence: the sample of real figures, and a simulated platform that is labelled as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import services

if TYPE_CHECKING:
    from datetime import date


def build(*, seed: int = 2017, until: date | None = None) -> None:
    """Load both through the same acts that officials use; a second call changes nothing."""
    services.load_sample()
    services.simulate_platform(seed=seed, until=until)
