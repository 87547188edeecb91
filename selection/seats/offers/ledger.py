"""The seats of a round as a sum: accepted + open + kept for appeals + free = seats. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every number is a number of seats. places: that the round has. accepted_first, accepted_later: by the first decision, from
    the waiting list. open: offered and not answered. unasked: selected, and the offer is not made yet. reserved: kept for appeals."""

    places: int
    accepted_first: int = 0
    accepted_later: int = 0
    open: int = 0
    unasked: int = 0
    reserved: int = 0

    @property
    def accepted(self) -> int:
        return self.accepted_first + self.accepted_later

    @property
    def held(self) -> int:
        """Seats that firms have: nobody else gets them."""
        return self.accepted + self.open + self.unasked

    @property
    def free(self) -> int:
        """Seats that can be offered now; never below 0."""
        return max(0, self.places - self.held - self.reserved)

    @property
    def too_many(self) -> int:
        """Seats held and kept beyond those that there are; 0 as long as the rules hold."""
        return max(0, self.held + self.reserved - self.places)

    def most_reserved(self) -> int:
        """The highest number of seats that can be kept for appeals without a seat that does not exist."""
        return max(0, self.places - self.held)
