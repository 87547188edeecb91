"""Reading policies."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from selection.engine.policy import Policy

if TYPE_CHECKING:
    from datetime import date


@lru_cache(maxsize=16)
def policy_of(version: str) -> Policy:
    """A policy file is never changed once a round uses it, so it is read once per process. Raises PolicyError."""
    return Policy.version_of(version)


@lru_cache(maxsize=4)
def policy_in_force(on: date) -> Policy:
    """The policy that is in force on a day. Raises PolicyError where none is."""
    return Policy.in_force(on)
