"""Reading policies."""

from __future__ import annotations

from functools import lru_cache

from selection.engine.policy import Policy


@lru_cache(maxsize=16)
def policy_of(version: str) -> Policy:
    """A policy file is never changed once a round uses it, so it is read once per process. Raises PolicyError."""
    return Policy.version_of(version)
