"""On what a firm can appeal, as dated data. Pure.

A code is never reused or reworded in place: a ground that is no longer offered gets an `until`, and appeals made on it
still show its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tdap_portal.core.marks import gettext_noop as _

_FIRST_DAY = date(2026, 7, 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """words, hint: message ids the firm reads. since, until: first and last day on which it is offered."""

    code: str
    words: str
    hint: str
    since: date = _FIRST_DAY
    until: date | None = None

    def in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


GROUNDS = {
    ground.code: ground
    for ground in (
        Ground("A1", _("A paper was read wrongly, or not counted"), _("it was with us when you submitted")),
        Ground("A2", _("A fact is somebody else’s"), _("another firm, another product")),
        Ground("A3", _("The points do not follow from the policy"), _("you counted again and get another number")),
        Ground("A4", _("We broke a promise and it cost you"), _("a date, an answer that never came")),
        Ground(
            "A5",
            _("Somebody was not free to decide"),
            _("family, business, a quarrel; kept from that person"),
        ),
    )
}


def grounds_on(day: date) -> list[Ground]:
    """Those that are offered on a day."""
    return [ground for ground in GROUNDS.values() if ground.in_force(day)]
