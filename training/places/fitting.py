"""Which cohorts are as a firm accepted them with its seat. Pure."""

from __future__ import annotations

ONLINE, IN_PERSON, MIXED = "online", "in_person", "mixed"


def is_as_accepted(*, mode: str, city: str, accepted_mode: str, accepted_city: str) -> bool:
    """Whether a cohort is given in the way and the town that the offer was accepted for.

    accepted_mode, accepted_city: "" where the terms gave no choice; then every cohort is. One that is partly online is for firms
    that come in person.
    """
    if accepted_mode == ONLINE:
        return mode == ONLINE
    if accepted_mode and mode == ONLINE:
        return False
    return mode == ONLINE or not accepted_city or city == accepted_city


def places_left(*, places: int, held: int, waiting: int) -> int:
    """Places that a firm can take now: one that came free is kept for who waits."""
    return max(0, places - held - waiting)
