"""The sandbox's payments in the cache, where web and worker both find them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.core.cache import cache

if TYPE_CHECKING:
    from .provider import SandboxPayment

KEPT_SECONDS: Final = 30 * 24 * 60 * 60


class CacheMemory:
    """For the demo: what was begun there is forgotten after a month, or when the cache is emptied."""

    def find(self, reference: str) -> SandboxPayment | None:
        found: SandboxPayment | None = cache.get(_name(reference))
        return found

    def keep(self, reference: str, played: SandboxPayment) -> None:
        cache.set(_name(reference), played, KEPT_SECONDS)


def _name(reference: str) -> str:
    return f"payments:sandbox:{reference}"
