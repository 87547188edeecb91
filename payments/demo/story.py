"""The demo's money, act by act: each room has its own story, which schedules what its people did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import deposits, finance, proceeds, reconciliation

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tdap_portal.accounts.demo import People
    from tdap_portal.core.demo import Replay

ROOMS: tuple[Callable[[People, date, Replay], None], ...] = (
    deposits.schedule,
    reconciliation.schedule,
    proceeds.schedule,
    finance.schedule,
)  # in the order of the rooms, deposits first


class Story:
    """Everything of money; `today` is the last day played."""

    def __init__(self, *, people: People, today: date) -> None:
        self.people, self.today = people, today

    def schedule(self, replay: Replay) -> None:
        for room in ROOMS:
            room(self.people, self.today, replay)
