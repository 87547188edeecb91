"""Fonts as they are cut: light, made once, complete for what our pages say in Urdu, and shaped as by the whole font."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from pathlib import Path

import polib
import pytest
import uharfbuzz
from django.conf import settings
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

from tdap_portal.web import fonts

pytestmark = pytest.mark.unit

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "ur" / "LC_MESSAGES" / "django.po"
INVISIBLE = frozenset("\n\u2068\u2069")  # line ends and isolates, which no font draws
SENTENCE = "پاکستان کی چھوٹی فرمیں برآمدات میں آگے بڑھیں، تو خوشحالی آئے گی۔ ٹیکسٹائل، سرجیکل آلات اور قالین ﷺ ۱۲۳"


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """An empty folder for cut fonts, on a machine without Nastaliq: that is the quickest to cut."""
    settings.FONTS_FOLDER = tmp_path / "fonts"
    settings.NASTALIQ_FOLDER = str(tmp_path / "no-fonts")
    return settings.FONTS_FOLDER


def drawn_by(font: Path) -> set[str]:
    return {chr(code) for code in TTFont(font).getBestCmap()}


def said_in_urdu(catalogue: Path) -> set[str]:
    """Every character of the catalogue's translations."""
    entries = [entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete]
    return set("".join(text for entry in entries for text in (entry.msgstr, *entry.msgstr_plural.values())))


def missing_from_the_faces(catalogue: Path) -> set[str]:
    urdu, latin = (drawn_by(fonts.font_files()[f"fonts/{name}.woff2"]) for name in ("urdu", "inter"))
    return said_in_urdu(catalogue) - urdu - latin - INVISIBLE


def test_every_character_that_the_portal_says_in_urdu_is_in_a_face():
    assert missing_from_the_faces(CATALOGUE) == set()


def test_a_letter_of_another_language_would_be_noticed(tmp_path: Path):
    catalogue = tmp_path / "django.po"
    catalogue.write_text(CATALOGUE.read_text() + '\nmsgid "a word of Pashto"\nmsgstr "ښه راغلاست"\n')

    assert missing_from_the_faces(catalogue) == {"ښ"}


@pytest.mark.parametrize("name", ["urdu", "urdu-bold"])
def test_both_weights_draw_both_rows_of_figures_and_what_phones_type(name):
    assert set("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩يكةھہ۔،؟") <= drawn_by(fonts.font_files()[f"fonts/{name}.woff2"])


def test_the_fonts_of_a_page_are_light():
    sizes = {name: file.stat().st_size for name, file in fonts.font_files().items()}

    assert sizes["fonts/inter.woff2"] < 93_000
    assert sizes["fonts/urdu.woff2"] + sizes["fonts/urdu-bold.woff2"] < 240_000
    assert sizes["fonts/urdu-name.woff2"] < 4_000


def test_without_nastaliq_urdu_is_drawn_in_a_lighter_face(folder: Path):
    cut = fonts.font_files()

    assert {TTFont(cut[name])["name"].getBestFamilyName() for name in cut if "urdu" in name} == {"Noto Sans Arabic"}
    assert sum(cut[name].stat().st_size for name in cut if "urdu" in name) < 100_000
    assert drawn_by(cut["fonts/urdu.woff2"]) >= said_in_urdu(CATALOGUE) & fonts.URDU
    assert all("fvar" not in TTFont(cut[name]) for name in cut if "urdu" in name)  # one weight each


@pytest.mark.nastaliq
def test_with_nastaliq_urdu_is_drawn_in_it():
    cut = fonts.font_files()

    assert {TTFont(cut[name])["name"].getBestFamilyName() for name in cut if "urdu" in name} == {"Noto Nastaliq Urdu"}


def outline(font: uharfbuzz.Font, glyph: int) -> str:
    """The lines that draw a glyph, whatever its number in this font."""
    pen = SVGPathPen(None)
    font.draw_glyph_with_pen(glyph, pen)
    return pen.getCommands()


def outlines(woff2: bytes, text: str) -> list[tuple[str, int, int, int]]:
    """What is drawn for the text: each glyph's outline, its place (x, y) and its advance, in units of the font."""
    packed = TTFont(BytesIO(woff2))
    packed.flavor = None
    plain = BytesIO()
    packed.save(plain)
    font = uharfbuzz.Font(uharfbuzz.Face(plain.getvalue()))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return [
        (outline(font, glyph.codepoint), place.x_offset, place.y_offset, place.x_advance)
        for glyph, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


@pytest.mark.nastaliq
@pytest.mark.parametrize(("name", "weight"), [("urdu", "Regular"), ("urdu-bold", "Bold")])
def test_cut_nastaliq_shapes_a_sentence_as_the_whole_font_does(name, weight):
    whole = (Path(settings.NASTALIQ_FOLDER) / f"NotoNastaliqUrdu-{weight}.ttf").read_bytes()
    cut = fonts.font_files()[f"fonts/{name}.woff2"].read_bytes()

    assert outlines(cut, SENTENCE) == outlines(whole, SENTENCE)


@pytest.mark.nastaliq
def test_nastaliq_without_its_features_would_shape_it_otherwise():
    whole = (Path(settings.NASTALIQ_FOLDER) / "NotoNastaliqUrdu-Regular.ttf").read_bytes()
    bare = fonts.cut(whole, fonts.Face(Path(), fonts.URDU, features=frozenset()))

    assert outlines(bare, SENTENCE) != outlines(whole, SENTENCE)


def test_a_font_is_cut_once(folder: Path, monkeypatch):
    first = fonts.font_files()
    monkeypatch.setattr(fonts, "cut", None)  # a second cut would fail

    assert fonts.font_files() == first
    assert sorted(folder.iterdir()) == sorted(first.values())  # nothing unfinished stays


def test_a_font_is_cut_anew_from_another_version_of_its_package(folder: Path, tmp_path: Path, monkeypatch):
    source = tmp_path / "Inter.ttf"
    source.write_bytes((files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf").read_bytes())
    monkeypatch.setattr(fonts, "faces", lambda: {"fonts/inter.woff2": fonts.Face(source, frozenset("Abc"))})
    before = fonts.font_files()
    source.write_bytes(source.read_bytes() + b"\0")
    after = fonts.font_files()

    assert before != after
    assert all(file.exists() for file in (*before.values(), *after.values()))


def test_the_list_of_characters_is_part_of_a_font_s_name(folder: Path, tmp_path: Path, monkeypatch):
    face = fonts.Face(files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf", frozenset("Abc"))
    monkeypatch.setattr(fonts, "faces", lambda: {"fonts/inter.woff2": face})
    before = fonts.font_files()
    changed = tmp_path / "fonts.py"
    changed.write_text(Path(fonts.__file__).read_text() + "# another character\n")
    monkeypatch.setattr(fonts, "__file__", str(changed))

    assert before != fonts.font_files()


def test_the_same_font_is_cut_to_the_same_bytes():
    """So the name that production makes of the content stays while the font does."""
    source = (files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf").read_bytes()
    face = fonts.Face(Path(), frozenset("Abc"))

    assert fonts.cut(source, face) == fonts.cut(source, face)
