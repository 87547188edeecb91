"""Kinds of papers a firm sends, and the checks before one is kept.

Pure. Limits come before work: size before reading, type by content and never by name, pixels before decoding, unpacked
size while unpacking. Photographs are drawn anew, which drops the place they were taken and anything hidden behind the
picture. A PDF is kept as it came, so it may hold nothing that acts: no scripts, no launching, no files inside; and
nothing that its reader has to unlock first.
"""

import hashlib
import json
import re
import subprocess
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from smes.vocabulary.paper_kinds import KINDS
from tdap_portal.core.cleaning import clean
from tdap_portal.core.marks import gettext_noop as _

from .likeness import hash_of

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PAPERS_OF_A_FIRM: Final = 200  # replaced ones too, since they are kept
MAX_PIXELS: Final = 20_000_000  # drawn; four times as many in a plain JPEG, which is decoded at half its size
MAX_SCANS: Final = 50  # of a progressive JPEG; programs write about ten
MAX_NAME: Final = 120


class PaperError(ValueError):
    """A file that is not kept. `text` is English with %(name)s placeholders, filled from `data`."""

    def __init__(self, text: str, *, code: str, **data: Any) -> None:
        super().__init__(text % data if data else text)
        self.text = text
        self.code = code
        self.data = data


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """A file that may be kept: its bytes (of a photograph drawn anew), what it is, and a name that is safe to show.

    picture_hash: likeness.hash_of a photograph, "" for a PDF.
    """

    content: bytes
    content_type: str
    extension: str
    name: str
    pages: int
    sha256: str
    picture_hash: str = ""

    @property
    def size(self) -> int:
        """Bytes kept."""
        return len(self.content)


def check_paper(stream: BinaryIO, *, name: str, size: int | None, max_bytes: int = MAX_BYTES) -> CheckedPaper:
    """Look at an upload and give what may be kept.

    name: as the sender's computer called it; only shown, never used as a path. size: as announced, None where nobody
    said; it is not believed. What the sender says of the type is not even asked for.
    Raises PaperError: empty, too_large, type, unreadable, picture_size, moving, hidden, pdf_locked, pdf_active, pdf_pages,
    pdf_parts, pdf_size, busy.
    """
    content = _read(stream, size, max_bytes)
    if content.startswith(b"%PDF-"):
        pages = _check_pdf(content)
        return _kept(content, "application/pdf", "pdf", name, pages)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        redrawn, likeness = _redrawn(content, PngImageFile, max_bytes)
        return _kept(redrawn, "image/png", "png", name, 1, picture_hash=likeness)
    if content.startswith(b"\xff\xd8\xff"):
        redrawn, likeness = _redrawn(content, JpegImageFile, max_bytes)
        return _kept(redrawn, "image/jpeg", "jpg", name, 1, picture_hash=likeness)
    raise PaperError(_guess(content), code="type")


def check_last_day(kind: str, day: date | None, *, on: date) -> None:
    """Whether a paper of this kind can be valid until `day` (None: not told, or without an end), sent on the day `on`.

    Raises PaperError: run_out, no_last_day; KeyError for an unknown kind.
    """
    if day is not None and day < on:
        raise PaperError(_("This paper has run out already. Send the one that is valid."), code="run_out")
    if day is None and KINDS[kind].expires:
        raise PaperError(_("Write until when this paper is valid."), code="no_last_day")


def safe_name(name: str, extension: str) -> str:
    """A file name that is safe to show and to offer for saving: no paths, no control or direction signs, no reserved
    words of Windows, at most 120 characters, with the extension that fits the content."""
    text = clean(name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(char for char in text if char in "\u200c\u200d" or unicodedata.category(char)[0] != "C")
    text = re.sub(r'[<>:"|?*;%\x00-\x1f]', "", text).strip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", text)[: MAX_NAME - len(extension) - 1].strip(" .") or "paper"
    if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", stem):
        stem = f"paper-{stem}"
    return f"{stem}.{extension}"


def _read(stream: BinaryIO, size: int | None, max_bytes: int) -> bytes:
    megabytes = max_bytes // (1024 * 1024)
    too_large = PaperError(
        _("The file is larger than %(megabytes)d MB. Make the photograph smaller, or scan at 150 dots per inch."),
        code="too_large",
        megabytes=megabytes,
    )
    if size is not None and size > max_bytes:
        raise too_large
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise too_large
    if not content:
        raise PaperError(_("The file is empty. Look whether the copy is complete and send it again."), code="empty")
    return content


def _kept(
    content: bytes, content_type: str, extension: str, name: str, pages: int, *, picture_hash: str = ""
) -> CheckedPaper:
    digest = hashlib.sha256(content).hexdigest()
    return CheckedPaper(content, content_type, extension, safe_name(name, extension), pages, digest, picture_hash)


def _guess(content: bytes) -> str:
    """What to say of a file of another type."""
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return _("Word, Excel and packed files are not taken. Save it as PDF and send that.")
    if content.startswith((b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")) or content[4:12] in {
        b"ftypheic",
        b"ftypmif1",
        b"ftypheix",
    }:
        return _("This kind of picture is not taken. Send a JPEG or PNG photograph, or a PDF.")
    return _("This is not a PDF, JPEG or PNG, whatever its name says. Send one of these.")


# Drawing a picture or reading a PDF takes many times the memory of its file, so a process does one after the other. Whoever
# waits keeps a thread from all other pages, so nobody waits long.
_one_at_a_time: Final = Lock()
WAIT_SECONDS: Final = 3
BUSY: Final = _("Other papers are being looked at just now. Send this one again in a minute; nothing else is lost.")


@contextmanager
def in_turn() -> Iterator[None]:
    """Raises PaperError "busy" where another paper takes longer than WAIT_SECONDS."""
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise PaperError(BUSY, code="busy")
    try:
        yield
    finally:
        _one_at_a_time.release()


def _redrawn(content: bytes, reader: type[JpegImageFile] | type[PngImageFile], max_bytes: int) -> tuple[bytes, str]:
    """The picture drawn anew in its own format, upright, without EXIF, comments or anything after its end; and its hash."""
    scans = _scans(content) if reader is JpegImageFile else 1
    if scans > MAX_SCANS:
        raise PaperError(
            _("The picture is packed in an unusual way. Save it as an ordinary JPEG and send that."), code="hidden"
        )
    try:
        # The reader itself and not Image.open, which would decide by its own, larger limit.
        with in_turn(), reader(BytesIO(content)) as picture:
            _refuse_large_or_moving(picture, scans)
            picture.load()
            return _drawn(picture, reader.format, max_bytes)
    except PaperError:
        raise
    # Pillow raises many kinds of errors for broken and hostile files; all mean the same to the sender.
    except Exception:  # noqa: BLE001
        raise PaperError(
            _("The picture could not be read; it may have been cut off on the way. Send it again."), code="unreadable"
        ) from None


# A mark in a JPEG: not a stuffed FF, not one of the marks that stand alone inside a scan.
_MARK: Final = re.compile(rb"\xff+([^\x00\x01\xd0-\xd8\xff])")


def _scans(content: bytes) -> int:
    """How often a JPEG goes over the whole picture, walked from mark to mark as a decoder does; no pixel is drawn."""
    scans, place = 0, 2
    while (found := _MARK.search(content, place)) and found[1] != b"\xd9" and scans <= MAX_SCANS:
        scans += found[1] == b"\xda"
        place = found.end() + max(2, int.from_bytes(content[found.end() : found.end() + 2]))
    return scans


def _refuse_large_or_moving(picture: JpegImageFile | PngImageFile, scans: int) -> None:
    """A larger photograph is decoded at half its width and height, where that costs no more than a smaller one."""
    width, height = picture.size
    is_halved = isinstance(picture, JpegImageFile) and scans == 1
    limit = 4 * MAX_PIXELS if is_halved else MAX_PIXELS
    if width * height > limit:
        raise PaperError(
            _("The picture has %(pixels)d million pixels; at most %(limit)d million are taken."),
            code="picture_size",
            pixels=width * height // 1_000_000,
            limit=limit // 1_000_000,
        )
    if is_halved and width * height > MAX_PIXELS:
        picture.draft(None, (max(1, width // 2), max(1, height // 2)))
    if isinstance(picture, PngImageFile) and picture.n_frames > 1:
        raise PaperError(_("Moving pictures are not taken. Send a photograph."), code="moving")


class _Limited(BytesIO):
    """Takes what is drawn until it is more than may be kept."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self.max_bytes = max_bytes

    def write(self, piece: Any) -> int:
        if self.tell() + len(piece) > self.max_bytes:
            raise PaperError(
                _("The picture is packed so tightly that it needs more than %(megabytes)d MB here. Make it smaller."),
                code="too_large",
                megabytes=self.max_bytes // (1024 * 1024),
            )
        return super().write(piece)


def _on_white(picture: Image.Image) -> Image.Image:
    """In colours of 8 bits, as it would look on a sheet of paper: what is transparent is white and not black."""
    clear = picture.info.get("transparency")
    if picture.mode.startswith("I"):  # a scan in 16 bits of grey; converting would cut off all that is not nearly black
        picture = picture.point(lambda grey: grey * (1 / 256)).convert("L")
        if clear is not None:
            picture.info["transparency"] = clear >> 8
    elif isinstance(clear, tuple) and max(clear) > 255:  # told in 16 bits of a colour that was read in 8
        picture.info["transparency"] = tuple(part >> 8 for part in clear)
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    layer = picture.convert("RGBA")
    ink, layer = layer.getchannel("A"), layer.convert("RGB")
    sheet = Image.new("RGB", layer.size, "white")
    sheet.paste(layer, mask=ink)
    return sheet


def _drawn(picture: Image.Image, form: str | None, max_bytes: int) -> tuple[bytes, str]:
    ImageOps.exif_transpose(picture, in_place=True)
    clean = _on_white(picture)
    clean.info.clear()  # words, places and profiles; the pixels are not copied once more for it
    target = _Limited(max_bytes)
    clean.save(target, form, quality=88)
    return target.getvalue(), hash_of(clean)


_MARKUP: Final = re.compile(rb"<(html|script|svg|\?xml|!doctype)", re.IGNORECASE)

# Looks into a PDF, in a process of its own. It is not imported: what it needs would lie in the memory of every web process.
_PDF_READER: Final = Path(__file__).with_name("pdf_reader.py")

# By the code that it answers with.
_PDF_REFUSALS: Final = {
    "hidden": _("The PDF is packed in an unusual way. Print it to a new PDF."),
    "pdf_active": _(
        "The PDF holds a script, a form that sends, files inside, or a link to something other than a page or a web "
        "address. Print it to a new PDF and send that."
    ),
    "pdf_locked": _("The PDF asks for a password before it opens. Take the password off and send it again."),
    "pdf_pages": _("The PDF has %(pages)d pages; at most %(limit)d are taken. Send the pages that matter."),
    "pdf_parts": _("The PDF has too many parts. Print it to a new PDF and send that."),
    "pdf_size": _("The PDF unpacks to far more than its size. Print it to a new PDF."),
    "unreadable": _("The PDF could not be read; it may have been cut off on the way. Send it again."),
}


def _check_pdf(content: bytes) -> int:
    """The number of pages."""
    _refuse_a_second_nature(content)
    digest = hashlib.sha256(content).digest()
    verdict = _verdicts.get(digest)
    if verdict is None:
        with in_turn():
            verdict = _verdicts.get(digest) or _verdict_on(content)  # the same file may have come a moment before
            if len(_verdicts) >= MAX_VERDICTS:
                _verdicts.clear()
            _verdicts[digest] = verdict
    if "refused" in verdict:
        params = {name: value for name, value in verdict.items() if name != "refused"}
        raise _pdf_refusal(verdict["refused"], **params)
    return int(verdict["pages"])


# What was found in the PDFs looked into last, by the digest of their bytes: one that is slow is not looked into twice.
_verdicts: Final[dict[bytes, dict[str, Any]]] = {}
MAX_VERDICTS: Final = 1_000


def _verdict_on(content: bytes) -> dict[str, Any]:
    """As smes.papers.pdf_reader answers."""
    command = [sys.executable, "-I", str(_PDF_READER)]
    answer = subprocess.run(command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if answer.returncode < 0:  # stopped, since it took too long
        return {"refused": "pdf_parts"}
    return dict(json.loads(answer.stdout)) if answer.returncode == 0 else {"refused": "unreadable"}


def _pdf_refusal(code: str, **data: int) -> PaperError:
    return PaperError(_PDF_REFUSALS[code], code=code, **data)


def _refuse_a_second_nature(content: bytes) -> None:
    """A file that is a PDF and something else as well: a page in its head, an archive or a program behind its end."""
    end = content.rfind(b"%%EOF")
    behind = content[end + 5 :] if end >= 0 else b""
    if end < 0:
        raise _pdf_refusal("unreadable")
    if behind.strip(b"\r\n\t \x00") or _MARKUP.search(content[:1024]) or zipfile.is_zipfile(BytesIO(content)):
        raise PaperError(_("The file is a PDF and something else at once. Print it to a new PDF."), code="hidden")
