"""Several photographs of one paper, such as the two sides of a card, bound as the pages of one PDF. Pure."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from PIL import Image

from tdap_portal.core.marks import gettext_noop as _

from .checks import CheckedPaper, PaperError, check_paper, in_turn

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_PHOTOGRAPHS: Final = 6
MAX_SIDE: Final = 2400  # pixels; an A4 sheet keeps 200 dots per inch


class Upload(NamedTuple):
    """A file as it came: its bytes, the name its sender's computer gave it, and its size as announced."""

    stream: BinaryIO
    name: str
    size: int | None


def check_pages(uploads: Sequence[Upload], *, max_bytes: int) -> CheckedPaper:
    """One file as smes.papers.checks.check_paper gives it, or several photographs as one PDF in the order they came.

    max_bytes: of each file, and of the PDF. The same photographs give the same bytes, so that a paper sent twice is kept
    once. Raises PaperError as check_paper does, and "too_many_pages" or "not_a_photograph" for several files.
    """
    if len(uploads) > MAX_PHOTOGRAPHS:
        raise PaperError(
            _("Choose at most %(number)d photographs for one paper."), code="too_many_pages", number=MAX_PHOTOGRAPHS
        )
    papers = [check_paper(upload.stream, name=upload.name, size=upload.size, max_bytes=max_bytes) for upload in uploads]
    if len(papers) == 1:
        return papers[0]
    if any(paper.extension == "pdf" for paper in papers):
        raise PaperError(_("Only photographs are bound into one paper. Send a PDF by itself."), code="not_a_photograph")
    return check_paper(BytesIO(_bound(papers)), name=papers[0].name, size=None, max_bytes=max_bytes)


def _bound(papers: Sequence[CheckedPaper]) -> bytes:
    target = BytesIO()
    with in_turn():
        first, *others = [_page(paper) for paper in papers]
        first.save(target, "PDF", save_all=True, append_images=others, creationDate=None, modDate=None)
    return target.getvalue()


def _page(paper: CheckedPaper) -> Image.Image:
    with Image.open(BytesIO(paper.content)) as picture:
        picture.thumbnail((MAX_SIDE, MAX_SIDE))
        return picture.convert("RGB")
