"""A program of its own, started by smes.papers.checks: says whether the PDF it is handed may be kept.

A parser of somebody else's files may be led in circles or swell. Here it may use so much time and memory and no more,
and nothing else runs in its process. It answers with one line of JSON: {"pages": 3}, or {"refused": code} with the
figures that the sentence for this code shows.

The actions that a paper may hold are listed, and every other one is refused, also one that nobody has thought of yet.
Every object of the file is looked at, also those that no page leads to.
"""

from __future__ import annotations

import json
import resource
import sys
from contextlib import suppress
from io import BytesIO
from typing import Any, Final

import pikepdf
from pikepdf.settings import qpdf_limit_errors, set_qpdf_limits

SECONDS: Final = 5
MEMORY: Final = 512 * 1024 * 1024
MAX_PAGES: Final = 200
MAX_OBJECTS: Final = 50_000
MAX_UNPACKED: Final = 64 * 1024 * 1024  # bytes of all streams together
MAX_GROWTH: Final = 1032  # bytes that a packed byte becomes at most

# What sets an action off: a click, or the reader itself; and what may come of it. /AA is not here: nothing may.
TRIGGERS: Final = {
    "/A": ("/GoTo", "/Named", "/URI"),
    "/Next": ("/GoTo", "/Named", "/URI"),
    "/OpenAction": ("/GoTo",),
    "/NA": ("/GoTo",),
    "/PA": ("/GoTo",),
}
NAMED_ACTIONS: Final = {"/FirstPage", "/LastPage", "/NextPage", "/PrevPage"}
ADDRESSES: Final = ("u:http://", "u:https://", "u:mailto:")

ANNOTATIONS: Final = (
    "/Caret", "/Circle", "/FreeText", "/Highlight", "/Ink", "/Line", "/Link", "/PolyLine", "/Polygon", "/Popup",
    "/PrinterMark", "/Redact", "/Square", "/Squiggly", "/Stamp", "/StrikeOut", "/Text", "/TrapNet", "/Underline",
    "/Watermark", "/Widget",
)  # fmt: skip
NAME_TREES: Final = {"/AP", "/Dests", "/IDS", "/Pages", "/Templates", "/URLS"}

# Names that a paper needs nowhere. They stand guard over objects that no known place leads to.
NEVER: Final = {
    "/EmbeddedFile", "/EmbeddedFiles", "/GoToE", "/GoToR", "/ImportData", "/JS", "/JavaScript", "/Launch", "/Rendition",
    "/RichMedia", "/SubmitForm", "/XFA",
}  # fmt: skip
PICTURES: Final = {"/CCF", "/CCITTFaxDecode", "/DCT", "/DCTDecode", "/JBIG2Decode", "/JPXDecode"}


class Refused(Exception):
    """The file is not kept. params: the figures in the sentence for this code."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code)
        self.verdict = {"refused": code, **params}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        verdict: dict[str, Any] = {"pages": pages_of(sys.stdin.buffer.read())}
    except Refused as refusal:
        verdict = refusal.verdict
    except MemoryError:
        verdict = {"refused": "pdf_parts"}
    sys.stdout.write(json.dumps(verdict))


def pages_of(content: bytes) -> int:
    """The number of pages of a PDF that may be kept. Raises Refused."""
    # Readers disagree on an object with errors in it, a key that stands twice for example: one such object is too many.
    set_qpdf_limits(
        parser_max_errors=1, max_stream_filters=5, flate_max_memory=MAX_UNPACKED, run_length_max_memory=MAX_UNPACKED
    )
    try:
        pages = _pages_of(content)
    except pikepdf.PasswordError:
        raise Refused("pdf_locked") from None
    except pikepdf.PdfError as error:
        raise Refused("pdf_locked" if "encrypt" in str(error) else "unreadable") from None
    # A reader that stumbles over the table of places looks for the objects itself, and may find others.
    with suppress(pikepdf.PikepdfError):
        _pages_of(content.replace(b"startxref", b"startnone"), is_repaired=True)
    return pages


def _pages_of(content: bytes, *, is_repaired: bool = False) -> int:
    # The empty password opens a file that is locked against changes only. The file is looked at as it came, so nothing
    # is mended beforehand, and numbers too come as objects.
    with pikepdf.open(BytesIO(content), password="", inherit_page_attributes=False, conversion_mode="explicit") as pdf:
        if len(pdf.objects) > MAX_OBJECTS:
            raise Refused("pdf_parts")
        objects = {"{} {} R".format(*found.objgen): _in_json(found) for found in pdf.objects if found is not None}
        # The second is how qpdf takes an object that is nothing but a reference; readers follow it to where it leads.
        if qpdf_limit_errors() or any("expected endobj" in str(warning) for warning in pdf.get_warnings()):
            raise Refused("hidden")
        _refuse_what_acts(objects)
        _refuse_what_swells(pdf)
        if not is_repaired:
            _refuse_what_the_table_hides(pdf)
        announced = int(pdf.Root.Pages.get("/Count", 0))  # a reader may believe it
        if not (pages := len(pdf.pages)):
            raise Refused("unreadable")
        pages = max(pages, announced)
        if pages > MAX_PAGES:
            raise Refused("pdf_pages", pages=pages, limit=MAX_PAGES)
        return pages


def _in_json(found: pikepdf.Object) -> Any:
    """As qpdf writes it; of a stream its dictionary, with the one key that begins without "/"."""
    written = json.loads(found.to_json(dereference=True, schema_version=2))
    return {**written, "stream": True} if isinstance(found, pikepdf.Stream) else written


def _refuse_what_acts(objects: dict[str, Any]) -> None:
    """objects: by their reference ("5 0 R"), as qpdf writes them in JSON: a name begins with "/", a text with "u:" or "b:"."""
    waiting = list(objects.values())
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if not _is_harmless(part, objects):
                raise Refused("pdf_active")
            waiting += part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif part in NEVER:
            raise Refused("pdf_active")


def _is_harmless(part: dict[str, Any], objects: dict[str, Any]) -> bool:
    def at(value: Any) -> Any:
        return objects.get(value, value) if isinstance(value, str) else value

    def dictionaries(value: Any) -> list[dict[str, Any]]:
        """The dictionary, or those in the array, that stands there."""
        value = at(value)
        entries = value if isinstance(value, list) else [value]
        return [found for entry in entries if isinstance(found := at(entry), dict)]

    def is_allowed(action: dict[str, Any], kinds: tuple[str, ...]) -> bool:
        """Without /S it is no action: bookmarks follow each other as /Next too, and parts of a text have a look in /A."""
        kind = at(action.get("/S"))
        return kind is None or (
            kind in kinds
            and (kind != "/URI" or str(at(action.get("/URI"))).lower().startswith(ADDRESSES))
            and (kind != "/Named" or at(action.get("/N")) in NAMED_ACTIONS)
            and ("/URI" in kinds or "/Next" not in action)
        )

    def is_stream(value: Any) -> bool:
        found = at(value)
        return isinstance(found, dict) and "stream" in found

    names = at(part.get("/Names"))  # of the catalogue; in a tree of names it is an array
    annotations = [*dictionaries(part.get("/Annots")), *([part] if at(part.get("/Type")) == "/Annot" else [])]
    return (
        all(is_allowed(action, kinds) for place, kinds in TRIGGERS.items() for action in dictionaries(part.get(place)))
        and not any(
            "/S" in action for more in dictionaries(part.get("/AA")) for action in dictionaries([*more.values()])
        )
        and all(at(annotation.get("/Subtype")) in ANNOTATIONS for annotation in annotations)
        and not (isinstance(names, dict) and names.keys() - NAME_TREES)
        # A file inside, whatever it is named by, or content in another file. Letters of a font may be called the same, and
        # each of them is a stream.
        and not any(place in part and not is_stream(part[place]) for place in ("/EF", "/AF"))
        and not ("/EF" in part and part.keys() & {"/F", "/UF"})
    )


def _refuse_what_swells(pdf: pikepdf.Pdf) -> None:
    """Unpack every stream within one budget, so that a bomb is met here and not in a reader."""
    room = MAX_UNPACKED
    for stream in _streams(pdf):
        if "/F" in stream or "/Ref" in stream:  # its content lies in another file
            raise Refused("pdf_active")
        room -= _unpacked_size(stream)
        if room < 0:
            raise Refused("pdf_size")


def _refuse_what_the_table_hides(pdf: pikepdf.Pdf) -> None:
    """Packed objects that the table of places leaves out were not looked at; a reader that searches the file finds them."""
    known = {place.obj_stream_number for place in pdf.get_xref_table().values() if place.type == 2}
    if any(stream.get("/Type") == pikepdf.Name.ObjStm and stream.objgen[0] not in known for stream in _streams(pdf)):
        raise Refused("hidden")


def _streams(pdf: pikepdf.Pdf) -> list[pikepdf.Stream]:
    return [found for found in pdf.objects if isinstance(found, pikepdf.Stream)]


def _unpacked_size(stream: pikepdf.Stream) -> int:
    """Bytes of the stream once unpacked; the most it could be where it is broken. A picture's own packing is left on."""
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array):
        stream.Filter = pikepdf.Array([name for name in filters if str(name) not in PICTURES])
        if "/DecodeParms" in stream:
            del stream["/DecodeParms"]
    try:
        return len(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
    except pikepdf.DataDecodingError as error:
        if any(word in str(error) for word in ("limit exceeded", "bad_alloc")):
            raise Refused("pdf_size") from None
        return MAX_GROWTH * len(stream.read_raw_bytes())
    except pikepdf.PikepdfError:  # packed as pictures are, or in a way that no reader knows
        return 0


if __name__ == "__main__":
    main()
