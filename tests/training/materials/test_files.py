"""What may be handed out, and what is refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from smes.papers.checks import PaperError
from tests.factories.smes import pdf_of
from tests.training.programmes.made import MAIN, link, office, packed
from training.materials.files import check_material

pytestmark = pytest.mark.unit
MAX = 8 * 1024 * 1024


def checked(content: bytes, name: str = "slides.bin"):
    return check_material(io.BytesIO(content), name=name, size=len(content), max_bytes=MAX)


def refused(content: bytes, *, max_bytes: int = MAX) -> str:
    with pytest.raises(PaperError) as refusal:
        check_material(io.BytesIO(content), name="x", size=len(content), max_bytes=max_bytes)
    return refusal.value.code


@pytest.mark.parametrize("kind", ["pptx", "docx", "xlsx"])
def test_an_office_file_is_kept_as_it_came_under_its_own_kind(kind):
    content = office(kind)
    found = checked(content, name=f"../../Slides.{kind}.exe")
    assert (found.content, found.extension, found.name) == (content, kind, f"Slides.{kind}.{kind}")
    assert found.content_type.startswith("application/vnd.openxmlformats-officedocument.")


def test_a_pdf_and_a_picture_go_through_the_checks_of_papers():
    assert checked(pdf_of(b"BT ET"), "sheet").name == "sheet.pdf"
    target = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(target, "JPEG")
    assert checked(target.getvalue(), "board").extension == "jpg"


def test_a_link_that_waits_for_a_click_may_stand_and_a_font_of_the_printer_too():
    extra = {"ppt/printerSettings/printerSettings1.bin": "x"}
    assert checked(office(links=link("hyperlink", outside=True), extra=extra)).extension == "pptx"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (office(extra={"ppt/vbaProject.bin": "x"}), "office_active"),
        (office(extra={"ppt/embeddings/oleObject1.bin": "x"}), "office_active"),
        (office(extra={"ppt/embeddings/table.xlsm": "x"}), "office_active"),
        (office(extra={"word/activeX/activeX1.xml": "x"}), "office_active"),
        (office(main=MAIN.format("ms-powerpoint.presentation.macroEnabled")), "office_active"),
        (office(links=link("image", outside=True)), "office_active"),
        (office(links=link("attachedTemplate", outside=True)), "office_active"),
        (office(links=link("oleObject", outside=False)), "office_active"),
        (office(types='<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'), "unreadable"),
        (office(main="text/plain"), "type"),
        (office(extra={"../up.xml": "x"}), "unreadable"),
        (office() + b"MZ", "unreadable"),
        (b"PK\x03\x04" + b"\x00" * 40, "unreadable"),
        (packed({"a.pdf": "x"}), "type"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 40, "type"),
        (b"<html>", "type"),
        (b"", "empty"),
    ],
    ids=range(17),
)
def test_what_acts_or_cannot_be_looked_at_is_refused(content, code):
    assert refused(content) == code


def test_the_same_file_without_what_acts_is_taken():
    """The control of the refusals above."""
    assert checked(office(links=link("image", outside=False))).extension == "pptx"


def test_a_file_that_unpacks_to_far_more_is_refused(monkeypatch):
    content = office(extra={"ppt/media/image1.png": b"\0" * 300_000})
    assert checked(content)
    monkeypatch.setattr("training.materials.files.MAX_UNPACKED_BYTES", 200_000)
    assert refused(content) == "office_size"


def test_a_file_that_is_too_large_is_refused():
    content = office()
    assert refused(content, max_bytes=len(content) - 1) == "too_large"
