"""Kinds of papers a firm sends, and the checks before one is kept.

Pure. Limits come before work: size before reading, type by content and never by name, pixels before decoding, unpacked
size while unpacking. Photographs are drawn anew, which drops the place they were taken and anything hidden behind the
picture. A PDF is kept as it came, so it may hold nothing that acts: no scripts, no launching, no files inside, no lock.
"""

import hashlib
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any, BinaryIO, Final, NamedTuple

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from smes.marks import gettext_noop as _

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
MAX_PDF_PAGES: Final = 200
MAX_PDF_OBJECTS: Final = 50_000
MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_NAME: Final = 120


class PaperKind(NamedTuple):
    """A kind of paper. `forms` are the legal forms that must send it (empty: nobody must); `expires` asks for a date."""

    code: str
    name: str
    help: str
    expires: bool
    forms: frozenset[str]


COMPANY: Final = frozenset({"private_limited", "single_member_company", "public_limited"})
ALL_FORMS: Final = COMPANY | {"sole_proprietor", "partnership", "cooperative"}
NOBODY: Final[frozenset[str]] = frozenset()

KINDS: Final = MappingProxyType(
    {
        kind.code: kind
        for kind in (
            PaperKind("ntn_certificate", _("Tax registration (NTN) certificate"), _("From IRIS, or the letter of the tax office."), False, ALL_FORMS),
            PaperKind("cnic_copy", _("CNIC of the owner, both sides"), _("One photograph with both sides, or a PDF."), True, ALL_FORMS),
            PaperKind("secp_certificate", _("SECP certificate of incorporation"), _("For companies."), False, COMPANY),
            PaperKind("partnership_deed", _("Partnership deed"), _("For partnerships, with the registration if there is one."), False, frozenset({"partnership"})),
            PaperKind("cooperative_registration", _("Registration of the cooperative"), _("From the registrar of your province."), False, frozenset({"cooperative"})),
            PaperKind("sales_tax_certificate", _("Sales tax registration certificate"), _("Only if you are registered for sales tax."), False, NOBODY),
            PaperKind("tax_return", _("Last income tax return"), _("It shows the turnover of the last fiscal year."), True, ALL_FORMS),
            PaperKind("bank_certificate", _("Account maintenance certificate of the bank"), _("It names the firm and the IBAN."), False, ALL_FORMS),
            PaperKind("chamber_membership", _("Membership of a chamber or association"), _("The certificate of this year."), True, NOBODY),
            PaperKind("quality_certificate", _("Quality certificate"), _("ISO 9001, ISO 13485, CE, HACCP and the like."), True, NOBODY),
            PaperKind("social_certificate", _("Social or environmental certificate"), _("Sedex, BSCI, GOTS, OEKO-TEX, RugMark and the like."), True, NOBODY),
            PaperKind("export_proof", _("Proof of an export"), _("Goods declaration, export form of the bank, or invoice of the export house."), False, NOBODY),
            PaperKind("electricity_bill", _("Last electricity bill of the workshop"), _("It helps us understand your capacity."), False, NOBODY),
            PaperKind("product_photo", _("Photographs of products"), _("Sharp, on a plain ground."), False, NOBODY),
            PaperKind("other", _("Another paper"), _("Tell us in the note what it is."), False, NOBODY),
        )
    }
)  # fmt: skip


def kinds_needed(legal_form: str) -> tuple[str, ...]:
    """Codes of the papers a firm of this legal form must have verified, in the order of the list."""
    return tuple(kind.code for kind in KINDS.values() if legal_form in kind.forms)


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
        return _kept(_redrawn(content, PngImageFile), "image/png", "png", name, 1)
    if content.startswith(b"\xff\xd8\xff"):
        return _kept(_redrawn(content, JpegImageFile), "image/jpeg", "jpg", name, 1)
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


def _redrawn(content: bytes, reader: type[JpegImageFile] | type[PngImageFile]) -> bytes:
    """The picture drawn anew in its own format, upright, without EXIF, comments or anything after its end."""
    try:
        # The reader itself and not Image.open, which would decide by its own, larger limit.
        with reader(BytesIO(content)) as picture:
            _refuse_large_or_moving(picture)
            picture.load()
            return _drawn(ImageOps.exif_transpose(picture), reader.format)
    except PaperError:
        raise
    # Pillow raises many kinds of errors for broken and hostile files; all mean the same to the sender.
    except Exception:  # noqa: BLE001
        raise PaperError(
            _("The picture could not be read; it may have been cut off on the way. Send it again."), code="unreadable"
        ) from None


def _refuse_large_or_moving(picture: JpegImageFile | PngImageFile) -> None:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PaperError(
            _("The picture has %(pixels)d million pixels; at most %(limit)d million are taken."),
            code="picture_size",
            pixels=width * height // 1_000_000,
            limit=MAX_PIXELS // 1_000_000,
        )
    if isinstance(picture, PngImageFile) and picture.n_frames > 1:
        raise PaperError(_("Moving pictures are not taken. Send a photograph."), code="moving")


def _drawn(picture: Image.Image, form: str | None) -> bytes:
    target = BytesIO()
    if form == "PNG":
        plain = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        clean = Image.new(plain.mode, plain.size)
        clean.paste(plain)
        clean.save(target, "PNG")
    else:
        clean = Image.new("RGB", picture.size)
        clean.paste(picture.convert("RGB"))
        clean.save(target, "JPEG", quality=88)
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
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_MARKUP: Final = re.compile(rb"<(html|script|svg|\?xml|!doctype)", re.IGNORECASE)
_PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


def _check_pdf(content: bytes) -> int:
    """The number of pages. The file is walked by our own scanner first, since a parser can be led astray."""
    _refuse_a_second_nature(content)
    if len(_OBJECT.findall(content)) > MAX_PDF_OBJECTS:
        raise PaperError(_("The PDF has too many parts. Print it to a new PDF and send that."), code="pdf_size")
    pages = 0
    for text in _readable_parts(content):
        plain = _without_escapes(text)
        if _LOCKED.search(plain):
            raise PaperError(_("The PDF is locked with a password. Send it without one."), code="pdf_locked")
        if _ACTIVE.search(plain):
            raise PaperError(
                _("The PDF holds a script, a form that sends, or files inside. Print it to a new PDF and send that."),
                code="pdf_active",
            )
        pages += len(_PAGE.findall(plain))
    # A file that was saved several times holds its pages several times, so this first count is only a rough guard.
    if pages > 10 * MAX_PDF_PAGES:
        raise _too_many_pages(pages)
    return _pages_of(content)


def _pages_of(content: bytes) -> int:
    try:
        pages = len(PdfReader(BytesIO(content), strict=False).pages)
    # pypdf raises its own and many plain errors for broken files; recursion means a loop in the page tree.
    except (
        PyPdfError,
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OSError,
        RecursionError,
        AssertionError,
    ):
        pages = 0
    if pages < 1:
        raise _unreadable_pdf()
    if pages > MAX_PDF_PAGES:
        raise _too_many_pages(pages)
    return pages


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


def _readable_parts(content: bytes) -> Iterator[bytes]:
    """The whole file as it lies there, then every object stream unpacked.

    Every packed stream is unpacked within one common limit, so that a bomb is met here and not in a reader.
    """
    yield content
    left = MAX_UNPACKED
    for found in _STREAM.finditer(content):
        head = _without_escapes(content[max(0, found.start() - 2048) : found.start()].rpartition(b"obj")[2])
        is_objects = b"/ObjStm" in head
        if is_objects and re.search(rb"/(LZW|ASCIIHex|ASCII85|RunLength|A85|AHx)", head):
            raise PaperError(_("The PDF is packed in an unusual way. Print it to a new PDF."), code="hidden")
        if b"/Fl" in head:
            end = content.find(b"endstream", found.end())
            unpacked = _inflated(content[found.end() : end if end >= 0 else None], left)
            left -= len(unpacked)
            if is_objects:
                yield unpacked


def _inflated(packed: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, limit + 1)
    except zlib.error:
        return b""
    if len(unpacked) > limit:
        raise PaperError(_("The PDF unpacks to far more than its size. Print it to a new PDF."), code="pdf_size")
    return unpacked


def _without_escapes(text: bytes) -> bytes:
    """Names with #4A for J and the like written out, as a reader would see them."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text)
