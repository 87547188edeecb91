"""A QR code as the path of an SVG. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import segno

QUIET = 4
"""Squares of white around a code, without which cameras do not find it."""


@dataclass(frozen=True, slots=True)
class Squares:
    """path: the dark squares, each one unit wide; size: squares a side."""

    path: str
    size: int

    def svg(self, label: str) -> str:
        """The drawing with white around it. label: what it is, for who cannot see it."""
        side = self.size + 2 * QUIET
        return (
            f'<svg class="qr" role="img" aria-label="{escape(label)}" viewBox="{-QUIET} {-QUIET} {side} {side}"'
            f' shape-rendering="crispEdges"><rect x="{-QUIET}" y="{-QUIET}" width="{side}" height="{side}" fill="#fff"/>'
            f'<path d="{self.path}" fill="#000"/></svg>'
        )


def squares_of(text: str) -> Squares:
    """The code of a text, at error level M."""
    matrix = segno.make(text, error="m", micro=False).matrix
    dark = (
        f"M{column} {row}h1v1h-1z" for row, line in enumerate(matrix) for column, is_dark in enumerate(line) if is_dark
    )
    return Squares("".join(dark), len(matrix))
