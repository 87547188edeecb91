"""What may be handed out: the same checks as for papers, and Office files that hold nothing which acts. Pure.

A packed file is not taken: what lies in it could be looked at only half. The portal packs the files itself (packs.py).
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
import zlib
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from smes.papers.checks import CheckedPaper, PaperError, check_paper, safe_name
from tdap_portal.core.marks import gettext_noop as _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

MAX_PARTS: Final = 3_000
MAX_UNPACKED_BYTES: Final = 100 * 1024 * 1024
MAX_XML_BYTES: Final = 8 * 1024 * 1024  # of one part that is read
CONTENT_TYPES: Final = "[Content_Types].xml"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final = MappingProxyType(  # by the type of the main part, without "+xml": extension and type of the file
    {
        f"{_OFFICE}{word}.main": (extension, f"{_OFFICE}{word.removesuffix('.main')}")
        for word, extension in (
            ("presentationml.presentation", "pptx"),
            ("wordprocessingml.document", "docx"),
            ("spreadsheetml.sheet", "xlsx"),
        )
    }
)
ACTS: Final = re.compile(
    r"(?i)(^|/)(vbaproject|vbadata|activex|oleobject)|\.(bin|exe|dll|js|vbs|xlsm|docm|pptm|bat|cmd|ps1|scr|com)$"
)
HARMLESS_BINARIES: Final = re.compile(r"(?i)(^|/)printersettings/[^/]+\.bin$")
LINKS: Final = ("/hyperlink",)  # ways out of the file that wait for a click

NOT_TAKEN: Final = _("Slides, texts and tables are taken as PDF, PPTX, DOCX or XLSX, pictures as JPEG or PNG.")
PACKED: Final = _("A packed file is not taken. Send its files one by one: the portal packs them for offline use.")
OLD_OFFICE: Final = _("This is an old Office file. Save it as PPTX, DOCX or XLSX and send that.")
ACTIVE: Final = _(
    "The file holds a macro, an embedded program or a link that opens by itself. Take it out, or save the file as PDF."
)
UNREADABLE: Final = _("The file could not be read; it may have been cut off on the way. Send it again.")
UNPACKS: Final = _("The file unpacks to far more than its size. Make its pictures smaller.")


def check_material(stream: BinaryIO, *, name: str, size: int | None, max_bytes: int) -> CheckedPaper:
    """Look at an upload and give what may be kept. name, size: as the sender announced them; only the name is shown.

    Raises PaperError with the codes of smes.papers.checks.check_paper, or office_active, office_size.
    """
    head = stream.read(8)
    stream.seek(0)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise PaperError(OLD_OFFICE, code="type")
    if not head.startswith(b"PK"):
        try:
            return check_paper(stream, name=name, size=size, max_bytes=max_bytes)
        except PaperError as refusal:
            if refusal.code == "type":
                raise PaperError(NOT_TAKEN, code="type") from None
            raise
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes or (size or 0) > max_bytes:
        raise PaperError(
            _("The file is larger than %(megabytes)d MB. Make its pictures smaller, or cut it into parts."),
            code="too_large",
            megabytes=max_bytes // (1024 * 1024),
        )
    extension, content_type = _kind_of(content)
    digest = hashlib.sha256(content).hexdigest()
    return CheckedPaper(content, content_type, extension, safe_name(name, extension), 1, digest)


def _kind_of(content: bytes) -> tuple[str, str]:
    """Extension and type of an Office file that holds nothing which acts."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if CONTENT_TYPES not in names:
                raise PaperError(PACKED, code="type")
            _refuse_odd_package(content, package, parts)
            kind = _main_kind(_xml(package, CONTENT_TYPES))
            for name in sorted(names):
                if name.endswith(".rels"):
                    _refuse_open_links(_xml(package, name))
            return kind
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, KeyError):
        raise PaperError(UNREADABLE, code="unreadable") from None
    except (ParseError, DefusedXmlException, UnicodeDecodeError, ValueError, LookupError) as fault:
        if isinstance(fault, PaperError):
            raise
        raise PaperError(UNREADABLE, code="unreadable") from None


def _refuse_odd_package(content: bytes, package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Nothing before or behind the package, no part twice, none with a way out of its folder, none that acts, and no more
    when it is unpacked than it says."""
    end = content.rfind(b"PK\x05\x06")
    is_whole = content.startswith(b"PK\x03\x04") and end + 22 + len(package.comment) == len(content)
    names = [part.filename for part in parts]
    if not is_whole or len(set(names)) < len(names) or len(parts) > MAX_PARTS:
        raise PaperError(UNREADABLE, code="unreadable")
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise PaperError(UNREADABLE, code="unreadable")
        if ACTS.search(name) and not HARMLESS_BINARIES.search(name):
            raise PaperError(ACTIVE, code="office_active")
    if sum(_sizes(package, parts)) > MAX_UNPACKED_BYTES:
        raise PaperError(UNPACKS, code="office_size")


def _sizes(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> Iterator[int]:
    """What the parts unpack to, counted while unpacking: the list in the package may lie."""
    left = MAX_UNPACKED_BYTES
    for part in parts:
        with package.open(part) as stream:
            while piece := stream.read(min(1 << 16, left + 1)):
                left -= len(piece)
                yield len(piece)
                if left < 0:
                    return


def _xml(package: zipfile.ZipFile, name: str) -> Element:
    with package.open(name) as stream:
        text = stream.read(MAX_XML_BYTES + 1)
    if len(text) > MAX_XML_BYTES:
        raise PaperError(UNPACKS, code="office_size")
    root: Element = fromstring(text, forbid_dtd=True)
    return root


def _main_kind(types: Element) -> tuple[str, str]:
    """By the one main part; with macros it has another type, which is not in the table."""
    told = [(row.get("ContentType") or "").lower() for row in types]
    if any("macroenabled" in one or "vbaproject" in one or "activex" in one for one in told):
        raise PaperError(ACTIVE, code="office_active")
    kinds = {KINDS[main] for one in told if (main := one.removesuffix("+xml")) in KINDS}
    if len(kinds) != 1:
        raise PaperError(NOT_TAKEN, code="type")
    return kinds.pop()


def _refuse_open_links(links: Element) -> None:
    """What lies outside may be reached by a click of the reader, never by opening the file."""
    for link in links:
        kind = posixpath.join("/", link.get("Type") or "")
        is_outside = (link.get("TargetMode") or "").lower() == "external"
        if (is_outside and not kind.endswith(LINKS)) or kind.endswith(("/oleObject", "/attachedTemplate", "/control")):
            raise PaperError(ACTIVE, code="office_active")
