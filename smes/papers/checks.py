"""Kinds of papers a firm sends, and the checks before one is kept.

Pure. Limits come before work: size before reading, type by content and never by name, pixels before decoding, unpacked
size while unpacking. Photographs are drawn anew, which drops the place they were taken and anything hidden behind the
picture. A PDF is kept as it came, so it may hold nothing that acts: no scripts, no launching, no files inside, no lock.
"""

import hashlib
import re
import subprocess
import sys
import unicodedata
import zipfile
import zlib
from base64 import a85decode
from binascii import unhexlify
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from threading import Lock
from typing import Any, BinaryIO, Final

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from tdap_portal.core.marks import gettext_noop as _

from . import pdf_reader

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PAPERS_OF_A_FIRM: Final = 200  # replaced ones too, since they are kept
MAX_PIXELS: Final = 20_000_000  # drawn; four times as many in a plain JPEG, which is decoded at half its size
MAX_SCANS: Final = 50  # of a progressive JPEG; programs write about ten
MAX_PDF_PAGES: Final = 200
MAX_PDF_OBJECTS: Final = 50_000
MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_TABLE: Final = 8 * 1024 * 1024  # of one stream that holds a PDF's objects or their places
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
    """A file that may be kept: its bytes (of a photograph drawn anew), what it is, and a name that is safe to show."""

    content: bytes
    content_type: str
    extension: str
    name: str
    pages: int
    sha256: str

    @property
    def size(self) -> int:
        """Bytes kept."""
        return len(self.content)


def check_paper(stream: BinaryIO, *, name: str, size: int | None, max_bytes: int = MAX_BYTES) -> CheckedPaper:
    """Look at an upload and give what may be kept.

    name: as the sender's computer called it; only shown, never used as a path. size: as announced, None where nobody
    said; it is not believed. What the sender says of the type is not even asked for.
    Raises PaperError: empty, too_large, type, unreadable, picture_size, moving, virus, hidden, pdf_locked, pdf_active,
    pdf_pages, pdf_size.
    """
    content = _read(stream, size, max_bytes)
    _refuse_test_virus(content)
    if content.startswith(b"%PDF-"):
        pages = _check_pdf(content)
        return _kept(content, "application/pdf", "pdf", name, pages)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _kept(_redrawn(content, PngImageFile, max_bytes), "image/png", "png", name, 1)
    if content.startswith(b"\xff\xd8\xff"):
        return _kept(_redrawn(content, JpegImageFile, max_bytes), "image/jpeg", "jpg", name, 1)
    raise PaperError(_guess(content), code="type")


def safe_name(name: str, extension: str) -> str:
    """A file name that is safe to show and to offer for saving: no paths, no control or direction signs, no reserved
    words of Windows, at most 120 characters, with the extension that fits the content."""
    text = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(char for char in text if unicodedata.category(char)[0] != "C")
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


def _kept(content: bytes, content_type: str, extension: str, name: str, pages: int) -> CheckedPaper:
    digest = hashlib.sha256(content).hexdigest()
    return CheckedPaper(content, content_type, extension, safe_name(name, extension), pages, digest)


# In two parts, so that a scanner does not take this file for the test virus.
_TEST_VIRUS: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


def _refuse_test_virus(content: bytes) -> None:
    if _TEST_VIRUS in content:
        raise PaperError(_("A virus scanner stopped this file. It was not kept."), code="virus")


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


# Drawing a picture or reading a PDF takes many times the memory of its file, so a process does one after the other.
_one_at_a_time: Final = Lock()


def _redrawn(content: bytes, reader: type[JpegImageFile] | type[PngImageFile], max_bytes: int) -> bytes:
    """The picture drawn anew in its own format, upright, without EXIF, comments or anything after its end."""
    scans = _scans(content) if reader is JpegImageFile else 1
    if scans > MAX_SCANS:
        raise PaperError(
            _("The picture is packed in an unusual way. Save it as an ordinary JPEG and send that."), code="hidden"
        )
    try:
        # The reader itself and not Image.open, which would decide by its own, larger limit.
        with _one_at_a_time, reader(BytesIO(content)) as picture:
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


def _drawn(picture: Image.Image, form: str | None, max_bytes: int) -> bytes:
    ImageOps.exif_transpose(picture, in_place=True)
    mode = "RGBA" if form == "PNG" and picture.has_transparency_data else "RGB"
    clean = picture if picture.mode == mode else picture.convert(mode)
    clean.info.clear()  # words, places and profiles; the pixels are not copied once more for it
    target = _Limited(max_bytes)
    clean.save(target, form, quality=88)
    return target.getvalue()


# Names in a PDF that make it act, carry files or reach out, as whole names. /JS is so short that chance would find it
# in a picture, so it counts only with what must follow it.
_ACTIVE: Final = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Movie|Sound|Rendition)"
    rb"(?![A-Za-z0-9])"
    rb"|/JS\s*([(<]|[0-9]+\s+[0-9]+\s+R)"
)
_LOCKED: Final = re.compile(rb"/Encrypt(?![A-Za-z])")
_OBJECT: Final = re.compile(rb"(?<![0-9])[0-9]{1,10}\s+[0-9]{1,5}\s+obj\b")
_MARKUP: Final = re.compile(rb"<(html|script|svg|\?xml|!doctype)", re.IGNORECASE)
_PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


def _check_pdf(content: bytes) -> int:
    """The number of pages. The file is walked by our own scanner first, since a parser can be led astray."""
    _refuse_a_second_nature(content)
    objects = list(islice(_OBJECT.finditer(content), MAX_PDF_OBJECTS + 1))
    if len(objects) > MAX_PDF_OBJECTS:
        raise _too_many_parts()
    pages = _refuse_active(content)
    budget = _Budget(reading=8 * len(content), unpacking=MAX_UNPACKED)
    for found in objects:
        pages += _look_into(content, found.end(), budget)
    # A file that was saved several times holds its pages several times, so this first count is only a rough guard.
    if pages > 10 * MAX_PDF_PAGES:
        raise _too_many_pages(pages)
    return _pages_of(content)


def _refuse_active(text: bytes) -> int:
    """Raises PaperError for what a paper may not hold; gives the number of pages that stand in the text."""
    plain = _without_escapes(text)
    if _LOCKED.search(plain):
        raise PaperError(_("The PDF is locked with a password. Send it without one."), code="pdf_locked")
    if _ACTIVE.search(plain):
        raise PaperError(
            _("The PDF holds a script, a form that sends, or files inside. Print it to a new PDF and send that."),
            code="pdf_active",
        )
    return len(_PAGE.findall(plain))


def _pages_of(content: bytes) -> int:
    """The number of pages as a reader counts them; what it finds in object streams is looked at as well."""
    command = [sys.executable, "-I", pdf_reader.__file__]
    with _one_at_a_time:
        answer = subprocess.run(command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if answer.returncode == pdf_reader.UNUSUAL:
        raise _oddly_packed()
    if answer.returncode < 0:  # stopped, since it took too long
        raise _too_many_parts()
    pages, _end, objects = answer.stdout.partition(b"\n")
    if answer.returncode or int(pages) < 1:
        raise _unreadable_pdf()
    _refuse_active(objects)
    if int(pages) > MAX_PDF_PAGES:
        raise _too_many_pages(int(pages))
    return int(pages)


def _too_many_parts() -> PaperError:
    return PaperError(_("The PDF has too many parts. Print it to a new PDF and send that."), code="pdf_size")


def _oddly_packed() -> PaperError:
    return PaperError(_("The PDF is packed in an unusual way. Print it to a new PDF."), code="hidden")


def _unreadable_pdf() -> PaperError:
    return PaperError(
        _("The PDF could not be read; it may have been cut off on the way. Send it again."), code="unreadable"
    )


def _too_many_pages(pages: int) -> PaperError:
    return PaperError(
        _("The PDF has %(pages)d pages; at most %(limit)d are taken. Send the pages that matter."),
        code="pdf_pages",
        pages=pages,
        limit=MAX_PDF_PAGES,
    )


def _refuse_a_second_nature(content: bytes) -> None:
    """A file that is a PDF and something else as well: a page in its head, an archive or a program behind its end."""
    end = content.rfind(b"%%EOF")
    behind = content[end + 5 :] if end >= 0 else b""
    if end < 0:
        raise _unreadable_pdf()
    if behind.strip(b"\r\n\t \x00") or _MARKUP.search(content[:1024]) or zipfile.is_zipfile(BytesIO(content)):
        raise PaperError(_("The file is a PDF and something else at once. Print it to a new PDF."), code="hidden")


@dataclass(slots=True)
class _Budget:
    """What the look into one file may still cost, in bytes. Parts that lie in each other must not be paid over and over."""

    reading: int
    unpacking: int

    def read(self, number: int) -> None:
        self.reading -= number
        if self.reading < 0:
            raise _oddly_packed()

    def unpack(self, number: int) -> None:
        self.unpacking -= number
        if self.unpacking < 0:
            raise PaperError(_("The PDF unpacks to far more than its size. Print it to a new PDF."), code="pdf_size")


def _text_in_brackets(depth: int) -> bytes:
    deeper = b"|" + _text_in_brackets(depth - 1) if depth else b""
    return rb"\((?:[^()\\]++|\\." + deeper + rb")*+\)"


# What may hold any word without meaning it: texts, comments, hexadecimal texts. "<<" is none of them.
_QUOTED: Final = rb"%[^\r\n]*+|" + _text_in_brackets(5) + rb"|<[^<>]*+>"
_QUOTES: Final = re.compile(rb"(<<)|" + _QUOTED, re.DOTALL)
_ENDS: Final = rb"(?<=[\s>\])])(?:endobj|stream)(?![A-Za-z0-9])"
# An object up to its end or to the stream that follows it; possessive, so that it costs one walk.
_HEAD: Final = re.compile(
    rb"((?:[^(<%es]++|<<|" + _QUOTED + rb"|(?!" + _ENDS + rb")[es])*+)(?:(endobj)|stream[^\r\n]*+(?:\r\n?|\n)|\Z)",
    re.DOTALL,
)
_UNPACKING: Final = re.compile(rb"/(FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL|BrotliDecode)(?![A-Za-z0-9])")
_AS_TEXT: Final = re.compile(rb"/(ASCII85Decode|A85|ASCIIHexDecode|AHx)(?![A-Za-z0-9])")
_FILTER: Final = re.compile(rb"/F(?:ilter)?(\s*+\[[^\[\]]*+\]|\s++[^/\[]{0,30})")
_REFERENCE: Final = re.compile(rb"[0-9]\s++[0-9]++\s++R")
_PARAMETERS: Final = re.compile(rb"/(DecodeParms|DP)(?![A-Za-z0-9])")
_PIECE: Final = 32 * 1024


def _look_into(content: bytes, start: int, budget: _Budget) -> int:
    """Unpack the stream of the object that begins here, if it has one, within what is left of the budget, so that a
    bomb is met here and not in a reader; gives the number of pages in it.

    Objects that lie in a stream are read like the file itself, so their stream may be packed in the one usual way only.
    """
    found = _HEAD.match(content, start)
    if found is None:
        raise _oddly_packed()
    budget.read(found.end() - start)
    if found[2] or found.end() == len(content):
        return 0
    head = _without_escapes(_QUOTES.sub(lambda quote: quote[1] or b" ", found[1]))
    unpacking, as_text = _UNPACKING.findall(head), _AS_TEXT.findall(head)
    is_elsewhere = any(_REFERENCE.search(value) for value in _FILTER.findall(head))
    holds_objects = b"/ObjStm" in head
    if (
        len(unpacking) > 1
        or head.count(b"<<") != head.count(b">>")
        or (holds_objects and (as_text or is_elsewhere or _PARAMETERS.search(head)))
    ):
        raise _oddly_packed()
    packed, place = (_from_text(content, found.end(), as_text[0], budget), 0) if as_text else (content, found.end())
    if not is_elsewhere and unpacking not in ([b"FlateDecode"], [b"Fl"]):
        if holds_objects and unpacking:
            raise _oddly_packed()
        return 0
    limit = MAX_TABLE if holds_objects or b"/XRef" in head else None
    unpacked = _inflated(packed, place, budget, limit)
    if not holds_objects:
        return 0
    if unpacked is None:
        raise _oddly_packed()
    return _refuse_active(unpacked)


def _inflated(packed: bytes, place: int, budget: _Budget, limit: int | None) -> bytes | None:
    """What lies packed there: up to `limit` bytes, which must be all; b"" without a limit. None where it is broken."""
    unpacker, unpacked = zlib.decompressobj(), bytearray()
    while not unpacker.eof and place < len(packed):
        piece = packed[place : place + _PIECE]
        place += len(piece)
        try:
            part = unpacker.decompress(piece, budget.unpacking + 1)
        except zlib.error:
            return None
        budget.read(len(piece) - len(unpacker.unused_data))
        budget.unpack(len(part))
        if limit is not None:
            unpacked += part
            if len(unpacked) > limit:
                budget.unpack(budget.unpacking + 1)
    return bytes(unpacked) if unpacker.eof else None


def _from_text(content: bytes, start: int, kind: bytes, budget: _Budget) -> bytes:
    """The bytes that a PDF made for old mail programs writes as letters; b"" where they are none."""
    is_hexadecimal = kind in {b"ASCIIHexDecode", b"AHx"}
    end = content.find(b">" if is_hexadecimal else b"~>", start)
    end = len(content) if end < 0 else end
    budget.read(4 * (end - start))  # so slow that each byte is read but once
    text = content[start:end].translate(None, b" \t\r\n\f\0")
    try:
        return unhexlify(text) if is_hexadecimal else a85decode(text)
    except ValueError:
        return b""


def _without_escapes(text: bytes) -> bytes:
    """Names with #4A for J and the like written out, as a reader would see them."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text)
