"""A program of its own, started by smes.papers.drawing: draws the pages of the PDF that it is handed as JPEG pictures.

A drawer of somebody else's files may be led in circles or swell. Here it may use so much time and memory and no more, and
nothing else runs in its process; the libraries are loaded before the limits count. It answers with the pictures, one after
the other, each behind its length in four bytes. What it drew before it was stopped is not taken.
"""

from __future__ import annotations

import resource
import sys
from io import BytesIO
from typing import Final

import pypdfium2

SECONDS: Final = 20
MEMORY: Final = 1024 * 1024 * 1024
MAX_DRAWN_PAGES: Final = 20
WIDTH: Final = 1240  # pixels: a sheet of A4 at 150 dots per inch
MAX_RATIO: Final = 3  # a page is drawn at most so many times as high as it is wide
QUALITY: Final = 80


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    pdf = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for number in range(min(len(pdf), MAX_DRAWN_PAGES)):
        picture = drawn(pdf[number])
        sys.stdout.buffer.write(len(picture).to_bytes(4, "big") + picture)


def drawn(page: pypdfium2.PdfPage) -> bytes:
    """One page as a JPEG on white, WIDTH pixels wide, or as high as MAX_RATIO allows. Forms and their fields are not drawn."""
    width, height = page.get_size()
    scale = min(WIDTH / width, WIDTH * MAX_RATIO / height)
    target = BytesIO()
    page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB").save(target, "JPEG", quality=QUALITY)
    return target.getvalue()


if __name__ == "__main__":
    main()
