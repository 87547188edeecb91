import hashlib
import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from smes import papers
from smes.papers import KINDS, PaperError, check_paper, kinds_needed, safe_name

pytestmark = pytest.mark.unit


def picture(form="JPEG", size=(40, 30), **options):
    target = BytesIO()
    Image.new("RGB", size, "green").save(target, form, **options)
    return target.getvalue()


def pdf(pages=1, change=None, **encrypt):
    writer = PdfWriter()
    for _number in range(pages):
        writer.add_blank_page(200, 200)
    if change:
        change(writer)
    if encrypt:
        writer.encrypt(algorithm="RC4-128", **encrypt)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def script():
    return DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})


def raw_pdf(*objects, head=b"%PDF-1.7\n"):
    """A PDF written by hand."""
    body, places = head, []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        body + table + b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    )


PAGE_TREE = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
)


def stream(content, extra=b"", *, packed=True):
    packed_content = zlib.compress(content) if packed else content
    filter_ = b"/Filter /FlateDecode " if packed else b""
    return b"<< %s%s/Length %d >>\nstream\n%s\nendstream" % (filter_, extra, len(packed_content), packed_content)


def send(content, name="paper.pdf", size=-1, **limits):
    return check_paper(BytesIO(content), name=name, size=len(content) if size == -1 else size, **limits)


def refusal(content, **options):
    with pytest.raises(PaperError) as refused:
        send(content, **options)
    return refused.value.code


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width, height, *between):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(between) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
ZIP = BytesIO()
with zipfile.ZipFile(ZIP, "w") as archive:
    archive.writestr("word/document.xml", "<a/>")
ZIP = ZIP.getvalue()


# What is taken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "content_type", "extension"),
    [(picture(), "image/jpeg", "jpg"), (picture("PNG"), "image/png", "png"), (pdf(), "application/pdf", "pdf")],
)
def test_photographs_and_pdfs_are_taken_by_content_whatever_their_name_says(content, content_type, extension):
    paper = send(content, name="tax return.exe")
    assert (paper.content_type, paper.extension, paper.name, paper.pages) == (
        content_type,
        extension,
        f"tax return.{extension}",
        1,
    )
    assert paper.sha256 == hashlib.sha256(paper.content).hexdigest()
    assert paper.size == len(paper.content)


def test_a_pdf_is_kept_as_it_came_with_its_pages_counted():
    content = pdf(pages=3)
    paper = send(content)
    assert (paper.content, paper.pages) == (content, 3)


def test_the_hand_written_pdf_of_these_tests_is_harmless():
    assert send(raw_pdf(*PAGE_TREE)).pages == 1
    assert send(raw_pdf(*PAGE_TREE, stream(b"q Q"))).pages == 1
    assert send(raw_pdf(*PAGE_TREE, stream(b"q Q", packed=False))).pages == 1


def test_the_place_a_photograph_was_taken_is_dropped():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    content = picture(exif=exif)
    assert Image.open(BytesIO(content)).getexif().get_ifd(0x8825)
    kept = Image.open(BytesIO(send(content).content))
    assert dict(kept.getexif()) == {}
    assert kept.size == (30, 40), "turned upright, since its EXIF is gone"


def test_what_hides_behind_a_picture_is_dropped():
    for form in ("JPEG", "PNG"):
        paper = send(picture(form) + b"<script>alert(1)</script>" + ZIP)
        assert b"script" not in paper.content
        assert not zipfile.is_zipfile(BytesIO(paper.content))


def test_a_png_keeps_its_transparency_and_loses_its_words():
    target = BytesIO()
    Image.new("RGBA", (5, 5), (1, 2, 3, 4)).save(target, "PNG")
    kept = Image.open(BytesIO(send(target.getvalue()).content))
    assert (kept.mode, kept.getpixel((0, 0))) == ("RGBA", (1, 2, 3, 4))
    with_words = picture("PNG")[:33] + chunk(b"tEXt", b"Comment\0secret") + picture("PNG")[33:]
    assert b"secret" not in send(with_words).content


def test_the_last_byte_within_the_limit_is_taken_and_one_more_is_not():
    content = pdf()
    assert send(content, max_bytes=len(content)).size == len(content)
    assert refusal(content, max_bytes=len(content) - 1) == "too_large"


# What is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty", id="0 bytes"),
        pytest.param(b"MZ\x90\x00 program", "type", id="EXE named .pdf"),
        pytest.param(b"<html><script>1</script>", "type", id="HTML named .pdf"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "type", id="SVG with script"),
        pytest.param(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "type", id="XXE"),
        pytest.param(ZIP, "type", id="DOCX"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "type", id="DOC"),
        pytest.param(picture("GIF"), "type", id="GIF"),
        pytest.param(b"GIF89a/*" + b"\0" * 9 + b"*/=1;alert(1)", "type", id="GIF and script"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0", "type", id="HEIC"),
        pytest.param(EICAR, "virus", id="EICAR"),
        pytest.param(pdf() + EICAR, "virus", id="EICAR behind a PDF"),
        pytest.param(picture()[:200], "unreadable", id="truncated JPEG"),
        pytest.param(picture("PNG")[:60], "unreadable", id="truncated PNG"),
        pytest.param(b"\xff\xd8\xff", "unreadable", id="JPEG of three bytes"),
        pytest.param(png_of(50_000, 50_000), "picture_size", id="PNG of 50,000 x 50,000"),
        pytest.param(png_of(6_400, 6_400), "picture_size", id="PNG a little over the limit"),
        pytest.param(
            png_of(9, 9, chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 200_000_000))), "unreadable", id="PNG with a text bomb"
        ),
        pytest.param(pdf() + ZIP, "hidden", id="PDF and ZIP"),
        pytest.param(pdf() + b"MZ\x90", "hidden", id="PDF and EXE"),
        pytest.param(raw_pdf(*PAGE_TREE, head=b"%PDF-1.7\n%<html><script>x()</script>\n"), "hidden", id="PDF and HTML"),
        pytest.param(b"%PDF-1.7\n", "unreadable", id="PDF of one line"),
        pytest.param(b"%PDF-1.7\n%%EOF", "unreadable", id="PDF without pages"),
        pytest.param(raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "unreadable", id="page tree in a loop"),
        pytest.param(pdf(user_password="secret"), "pdf_locked", id="locked PDF"),
        pytest.param(pdf(user_password=""), "pdf_locked", id="PDF locked against printing"),
        pytest.param(pdf(change=lambda w: w.root_object.update({NameObject("/OpenAction"): script()})), "pdf_active", id="PDF with JavaScript"),
        pytest.param(pdf(change=lambda w: w.add_attachment("a.exe", b"MZ")), "pdf_active", id="PDF with a file inside"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /S /Launch /F (cmd.exe) >>"), "pdf_active", id="PDF that launches"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /S /J#61vaScript /J#53 (x) >>"), "pdf_active", id="escaped JavaScript"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /AA << /O << /JS 9 0 R >> >> >>"), "pdf_active", id="JavaScript by reference"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /AcroForm << /XFA [] >> >>"), "pdf_active", id="XFA form"),
        pytest.param(
            raw_pdf(*PAGE_TREE, stream(b"<< /S /JavaScript /JS (x) >>", b"/Type /ObjStm ")), "pdf_active", id="JavaScript in an object stream"
        ),
        pytest.param(
            raw_pdf(*PAGE_TREE, b"% stream\n<< /S /JavaScript >>\nendstream"), "pdf_active", id="JavaScript in a pretended stream"
        ),
        pytest.param(
            raw_pdf(*PAGE_TREE, b"<< /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n00>\nendstream"),
            "hidden",
            id="object stream packed twice",
        ),
        pytest.param(raw_pdf(*PAGE_TREE, stream(b"\0" * 70_000_000)), "pdf_size", id="stream bomb"),
        pytest.param(
            raw_pdf(*PAGE_TREE, stream(b"\0" * 40_000_000), stream(b"\0" * 40_000_000)), "pdf_size", id="two streams that bomb together"
        ),
        pytest.param(pdf(pages=201), "pdf_pages", id="201 pages"),
        pytest.param(raw_pdf(*PAGE_TREE, *[b"<< /Type /Page >>"] * 2_001), "pdf_pages", id="thousands of pages"),
        pytest.param(raw_pdf(*PAGE_TREE, *[b"1"] * 50_000), "pdf_size", id="50,000 objects"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused(content, code):
    assert refusal(content) == code


def test_a_moving_png_is_refused():
    target = BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green")]
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])
    assert refusal(target.getvalue()) == "moving"


def test_a_page_that_says_javascript_in_its_text_is_not_refused():
    def title(writer):
        writer.add_metadata({"/Title": "Learn JavaScript"})
        writer.root_object[NameObject("/Extra")] = DictionaryObject({NameObject("/JSON"): TextStringObject("1")})

    assert send(pdf(change=title)).pages == 1


def test_a_broken_packed_stream_is_left_to_the_reader():
    broken = raw_pdf(*PAGE_TREE, b"<< /Filter /FlateDecode >>\nstream\nnot packed\nendstream")
    assert send(broken).pages == 1
    assert send(raw_pdf(*PAGE_TREE, b"<< /Filter /FlateDecode >>\nstream\n" + zlib.compress(b"x"))).pages == 1


@pytest.mark.parametrize("announced", [None, 3])
def test_the_announced_size_is_not_believed(announced):
    assert refusal(pdf(), size=announced, max_bytes=100) == "too_large"


def test_a_too_large_file_is_not_even_read():
    class Unread(BytesIO):
        def read(self, *_args):
            raise AssertionError("read before its size was looked at")

    with pytest.raises(PaperError) as refused:
        check_paper(Unread(), name="a", size=papers.MAX_BYTES + 1)
    assert (refused.value.code, refused.value.data) == ("too_large", {"megabytes": 8})
    assert "8 MB" in str(refused.value)


# Names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("tax return 2026.pdf", "tax return 2026.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\a\\bill.PDF", "bill.pdf"),
        ("bill\x00.pdf.exe", "bill.pdf.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ("con.pdf", "paper-con.pdf"),
        ("LPT1.tar", "paper-LPT1.pdf"),
        ("", "paper.pdf"),
        ("...", "paper.pdf"),
        ('a<b>:"c|d?*;%.pdf', "abcd.pdf"),
        ("بجلی کا بل.pdf", "بجلی کا بل.pdf"),
        ("x" * 5_000 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe(name, shown):
    assert safe_name(name, "pdf") == shown


# Kinds -----------------------------------------------------------------------------------------------------------


def test_the_legal_form_decides_which_papers_are_needed():
    assert kinds_needed("sole_proprietor") == ("ntn_certificate", "cnic_copy", "tax_return", "bank_certificate")
    assert "secp_certificate" in kinds_needed("private_limited")
    assert "partnership_deed" in kinds_needed("partnership")
    assert "cooperative_registration" in kinds_needed("cooperative")
    assert kinds_needed("nonsense") == ()
    assert KINDS["chamber_membership"].expires
