"""The picture of a submission that a firm can send on: who, which file, when. No points, and nothing of a person.

Words in, a PNG out, in the fonts of the pages; Urdu runs from the right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from tdap_portal.web.fonts import faces

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = (1200, 630)  # pixels; messengers show this without cutting it
EDGE = 90
GREEN, GOLD, PAPER, INK, QUIET = "#0B5D3B", "#DF9F2E", "#FFFFFF", "#17211C", "#4C5A53"
MIN_HEIGHT = 28  # a text that is too long at this height is cut
MARKS = re.compile("[\u2068\u2069]")  # of direction, for texts that a browser sets
LETTERS = r"\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff"
URDU, OTHER = rf"[{LETTERS}]", rf"[^\s{LETTERS}]"
PIECES = re.compile(rf"(?P<urdu>{URDU}+(?:\s+{URDU}+)*)|{OTHER}+(?:\s+{OTHER}+)*|\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the picture. base: where its letters stand, height: of its letters, in pixels."""

    text: str
    base: int
    height: int
    ink: str = INK


def draw(lines: Sequence[Line], *, from_right: bool) -> bytes:
    """A PNG of SIZE. from_right: the reader's language is written that way. A line that is too long is written smaller."""
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, SIZE[0], 26), fill=GREEN)
    pen.rectangle((0, 26, SIZE[0], 32), fill=GOLD)
    for line in lines:
        pieces = _fitting(line)
        width = sum(font.getlength(text) for text, font in pieces)
        at = SIZE[0] - EDGE - width if from_right else EDGE
        for text, font in pieces:
            pen.text((at, line.base), text, font=font, fill=line.ink, anchor="ls")
            at += font.getlength(text)
    target = BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()


def _fitting(line: Line) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    text, height = MARKS.sub("", line.text), line.height
    while True:
        pieces = _pieces(text, height)
        if sum(font.getlength(piece) for piece, font in pieces) <= SIZE[0] - 2 * EDGE:
            return pieces
        if height > MIN_HEIGHT:
            height -= 2
        else:
            text = text.rstrip("…")[:-1].rstrip() + "…"


def _pieces(text: str, height: int) -> list[tuple[str, ImageFont.FreeTypeFont]]:
    """Stretches of one script with the font that has it, in the order in which they stand from left to right."""
    pieces = [(found[0], _font(height, is_urdu=bool(found["urdu"]))) for found in PIECES.finditer(text)]
    return pieces[::-1] if re.search(URDU, text) else pieces


@lru_cache(maxsize=64)
def _font(height: int, *, is_urdu: bool) -> ImageFont.FreeTypeFont:
    source = faces()["fonts/urdu.woff2" if is_urdu else "fonts/inter.woff2"].source
    return ImageFont.truetype(BytesIO(source.read_bytes()), height)
