"""Permissions answer with a reason: page, API and template ask the same function and can say why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import NotAllowed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, or no with a sentence. Truthy when yes."""

    granted: bool
    reason: Any = ""

    def __bool__(self) -> bool:
        return self.granted

    def require(self) -> None:
        """Raises NotAllowed with the reason when the answer is no."""
        if not self.granted:
            raise NotAllowed(self.reason)


_ALLOWED = Answer(granted=True)


def allowed() -> Answer:
    return _ALLOWED


def denied(reason: StrOrPromise) -> Answer:
    return Answer(granted=False, reason=reason)
