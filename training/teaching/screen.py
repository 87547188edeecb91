"""What the trainer's screen shows: a drawing that leads to checking in, and the same code as letters that can be typed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tdap_portal.charts.squares import squares_of
from training.attendance import services as attendance_services
from training.attendance.codes import STEP, TYPED_LENGTH, begins_at, step_of

if TYPE_CHECKING:
    from datetime import datetime

    from training.models import Session

PIPS = 10


def attend_path(session: Session, code: str) -> str:
    """Where the drawing leads: the page on which a person of a firm is marked."""
    return reverse("training:attend", args=[session.public_id, code])


@dataclass(frozen=True, slots=True)
class Code:
    """path: of the drawing, as an SVG path in squares of one; size: squares a side. letters: "7KQ 29D". seconds: left until the next
    one. used: of PIPS that are over."""

    path: str
    size: int
    letters: str
    seconds: int
    used: int

    @property
    def milliseconds(self) -> int:
        return self.seconds * 1000

    @property
    def pips(self) -> list[bool]:
        return [number < self.used for number in range(PIPS)]


def code_now(session: Session, *, at: datetime | None = None) -> Code:
    now = at or timezone.now()
    text = attendance_services.screen_code(session, at=now)
    drawn = squares_of(settings.SITE_URL + attend_path(session, text))
    left = (begins_at(step_of(now)) + STEP - now).total_seconds()
    half = TYPED_LENGTH // 2
    return Code(
        path=drawn.path,
        size=drawn.size,
        letters=f"{text[:half]} {text[half:TYPED_LENGTH]}",
        seconds=max(1, ceil(left)),
        used=int(PIPS * (1 - left / STEP.total_seconds())),
    )
