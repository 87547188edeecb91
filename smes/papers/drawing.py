"""The pages of a PDF as pictures, so that officers see a paper in place. Drawn by a program of its own (pdf_drawer.py)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

# It is not imported: what it needs would lie in the memory of every process.
_PDF_DRAWER: Final = Path(__file__).with_name("pdf_drawer.py")
MAX_SECONDS: Final = 60  # of the clock, should it wait for something; its own limit counts computing only


def draw_pages(content: bytes) -> list[bytes]:
    """The first pages of a PDF as JPEG pictures, at most pdf_drawer.MAX_DRAWN_PAGES; [] where it cannot be drawn."""
    command = [sys.executable, "-I", str(_PDF_DRAWER)]
    try:
        answer = subprocess.run(
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=MAX_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return []
    return _pictures(answer.stdout) if answer.returncode == 0 else []


def _pictures(answer: bytes) -> list[bytes]:
    found, place = [], 0
    while place < len(answer):
        size = int.from_bytes(answer[place : place + 4], "big")
        found.append(answer[place + 4 : place + 4 + size])
        place += 4 + size
    return found
