"""What is known of a firm's export proceeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smes.models import Sme


@dataclass(frozen=True, slots=True)
class ProceedsKnown:
    """words: what came in twelve months, and how much of it late, in the language of the page."""

    words: str


def proceeds_known(sme: Sme) -> ProceedsKnown | None:
    """None where none are recorded; nothing records them yet."""
    del sme
    return None
