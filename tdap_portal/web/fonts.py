"""Cuts fonts to the letters that our pages show, as woff2: a phone loads a tenth of what the files of the packages weigh.

The sources are installed packages and, where the machine has it (Debian's fonts-noto-core, the portal's image), Noto Nastaliq
Urdu, which no Python package carries. Without it the Urdu letters come from Noto Sans Arabic under the same static names.
docs/decisions/0008-fonts-and-weight.md has the reasons.
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

# Letters with marks as names of places, firms and certificates bear them, and the signs of our sentences.
LATIN = frozenset(
    [chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x180))] + list("‐‑–—‘’‚“”„†•…‰′″‹›⁄₨€₹™←↑→↓−≈≠≤≥")
)
# What kerns and composes, and what theme.css asks for: even figures, and two shapes of letters.
LATIN_FEATURES = frozenset({"calt", "ccmp", "kern", "locl", "mark", "mkmk", "tnum", "cv05", "ss03"})
# Urdu as it is printed and as phones type it: the letters, Arabic's where people type those, marks, both rows of figures.
URDU = frozenset(
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيٱٹپچڈڑژکگںھہۂۃۀیێےۓۆەﷲﷺ"
    "\u0610\u0611\u0612\u0613\u0614\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0655\u0656\u0657\u0658\u0670"
    "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹،؍؎؏؛؞؟٪٫٬٭۔\u0600\u0601\u0602\u0603 \u200c\u200d\u200e\u200f"
)
URDU_NAME = frozenset("اردو")  # on the switch of an English page, which needs no more than these


@dataclass(frozen=True)
class Face:
    """What is cut: from which file, to which characters, to which layout features (None: all) and where on its axes."""

    source: Path | Traversable
    characters: frozenset[str]
    features: frozenset[str] | None = None
    axes: tuple[tuple[str, float], ...] = ()


def font_files() -> dict[str, Path]:
    """Where each cut font lies, by static name; those that are missing, or were cut from something else, are cut first.

    Raises ModuleNotFoundError, with the package's name, where a package is not installed.
    """
    return {name: _cut_once(name, face) for name, face in faces().items()}


def faces() -> dict[str, Face]:
    """The faces of the pages, by static name: Nastaliq where the machine has it, else Noto Sans Arabic for Urdu."""
    regular, bold = (
        Path(settings.NASTALIQ_FOLDER) / f"NotoNastaliqUrdu-{weight}.ttf" for weight in ("Regular", "Bold")
    )
    if regular.is_file() and bold.is_file():
        urdu, urdu_bold, urdu_name = Face(regular, URDU), Face(bold, URDU), Face(regular, URDU_NAME)
    else:
        arabic = files("fontpkg_noto_sans_arabic") / "files" / "NotoSansArabic[wdth,wght].ttf"
        upright = (("wdth", 100.0), ("wght", 400.0))
        urdu, urdu_name = Face(arabic, URDU, axes=upright), Face(arabic, URDU_NAME, axes=upright)
        urdu_bold = Face(arabic, URDU, axes=(("wdth", 100.0), ("wght", 700.0)))
    return {
        "fonts/inter.woff2": Face(files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf", LATIN, LATIN_FEATURES),
        "fonts/urdu.woff2": urdu,
        "fonts/urdu-bold.woff2": urdu_bold,
        "fonts/urdu-name.woff2": urdu_name,
    }


def print_fonts() -> dict[str, Path]:
    """The fonts of documents, by name, as files that a PDF can take in: each at one place on its axes, cut once like the others."""
    known = faces()
    inter = known["fonts/inter.woff2"].source
    upright, bold = (
        Face(inter, LATIN, LATIN_FEATURES, (("opsz", 14.0), ("wght", weight))) for weight in (400.0, 650.0)
    )
    return {
        name: _cut_once(f"{name}.ttf", face)
        for name, face in (
            ("inter", upright),
            ("inter-bold", bold),
            ("urdu", known["fonts/urdu.woff2"]),
            ("urdu-bold", known["fonts/urdu-bold.woff2"]),
        )
    }


def bytes_of(pdf: Any) -> bytes:
    """The document that fpdf2 has drawn with these fonts, in a third of the time and letter for letter the same.

    Of each font only the glyphs go along. fpdf2 has looked up by then which ones the layout tables make of the text, and leaves
    the tables out of the file, but reads them first; and it measures each glyph anew, whose box is known.
    """
    for font in pdf.fonts.values():
        font.ttfont.recalcBBoxes = False
        for table in ("GSUB", "GPOS", "GDEF"):
            if table in font.ttfont:
                del font.ttfont[table]
    return bytes(pdf.output())


def cut(source: bytes, face: Face, flavor: str | None = "woff2") -> bytes:
    """A font file of the face's characters, with every glyph that its layout features make of them. flavor: None for TrueType."""
    # Needed once after each change of a font; they would cost every start a third of a second.
    import uharfbuzz  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    whole = uharfbuzz.Face(source)
    wanted = uharfbuzz.SubsetInput()
    wanted.flags = uharfbuzz.SubsetFlags.NO_HINTING  # a sixth of the weight, and nothing to see on a phone
    wanted.unicode_set.clear()
    wanted.unicode_set.update(ord(character) for character in face.characters)
    wanted.layout_feature_tag_set.clear()
    if face.features is None:
        wanted.layout_feature_tag_set.invert()
    else:
        wanted.layout_feature_tag_set.update(
            int.from_bytes(tag.encode()) for tag in face.features
        )  # four letters as a number
    for axis, place in face.axes:
        wanted.pin_axis_location(whole, axis, place)
    font = TTFont(BytesIO(uharfbuzz.subset(whole, wanted).blob.data), recalcTimestamp=False)  # same bytes every time
    font["glyf"]  # read, so that saving measures each glyph: at another place on its axes it has another box
    font.flavor = flavor
    packed = BytesIO()
    font.save(packed)
    return packed.getvalue()


def _cut_once(name: str, face: Face) -> Path:
    source = face.source.read_bytes()
    # This file is part of the name: its characters, features and axes decide what is cut.
    mark = hashlib.sha256(name.encode() + Path(__file__).read_bytes() + source).hexdigest()[:16]
    ending = Path(name).suffix
    target = Path(settings.FONTS_FOLDER) / f"{Path(name).stem}-{mark}{ending}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whoever else cuts meanwhile, another process or another thread of this one, puts the same bytes there.
        unfinished = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        unfinished.write_bytes(cut(source, face, "woff2" if ending == ".woff2" else None))
        unfinished.replace(target)
    return target
