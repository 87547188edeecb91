"""What waits for an official on a floor beside that of their home, which draws it. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WayOn:
    """Where a partner's home leads to."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the home that is a link. note: small, behind it. tone: of the theme."""

    title: str
    url: str
    note: str
    tone: str = "you"
    code: str = ""
    end: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        return (self.note,)
