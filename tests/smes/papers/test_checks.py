import hashlib
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from base64 import a85encode
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from smes.papers import checks as papers
from smes.papers.checks import PaperError, check_paper, safe_name
from smes.vocabulary.paper_kinds import KINDS, kinds_needed

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


def predicted(content, columns=16):
    """As a PNG predictor (12, "up") leaves it: each row is told by its difference from the one above."""
    content += b" " * (-len(content) % columns)
    rows = [content[at : at + columns] for at in range(0, len(content), columns)]
    above = [bytes(columns), *rows]
    return b"".join(
        b"\x02" + bytes((a - b) & 255 for a, b in zip(row, up, strict=True))
        for row, up in zip(rows, above, strict=False)
    )


def with_object_stream(
    extra=b"", filters=b"/FlateDecode", pack=zlib.compress, active=b"<</S/JavaScript/JS(x)>>", type_=b"/ObjStm"
):
    """A PDF whose catalogue lies in an object stream beside another object, and whose places lie in a packed table with a
    predictor: as the programs of today write them. extra: in the dictionary of the stream."""
    catalogue = b"<</Type/Catalog/Pages 2 0 R/OpenAction 5 0 R>>"
    first = b"1 0 5 %d " % (len(catalogue) + 1)
    packed = pack(first + catalogue + b" " + active)
    parts = {
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        4: b"<</Type%s/N 2/First %d/Filter %s/Length %d%s>>\nstream\n%s\nendstream"
        % (type_, len(first), filters, len(packed), extra, packed),
        7: b"/ObjStm",
        8: b"/FlateDecode",
    }
    body, places = b"%PDF-1.5\n", {}
    for number, content in parts.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    places[6] = len(body)
    rows = [struct.pack(">BIH", 1, places.get(n, 0), 0) for n in range(9)]
    rows[0], rows[1], rows[5] = (
        struct.pack(">BIH", 0, 0, 65535),
        struct.pack(">BIH", 2, 4, 0),
        struct.pack(">BIH", 2, 4, 1),
    )
    table = zlib.compress(predicted(b"".join(rows), 7))
    told = (
        b"/Type/XRef/Size 9/W[1 4 2]/Root 1 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>/Length %d"
        % len(table)
    )
    return body + b"6 0 obj\n<<%s>>\nstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (told, table, places[6])


def zeros(gigabytes):
    """So many packed gigabytes of nothing."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _mebibyte in range(1024 * gigabytes)) + packer.flush()


def segment(mark, content):
    return b"\xff" + bytes([mark]) + struct.pack(">H", len(content) + 2) + content


def jpeg_of_scans(width, height, scans):
    """A grey progressive JPEG in which each scan after the first says of every block that nothing changes."""
    blocks = -(-width // 8) * -(-height // 8)
    bits = "".join("0" + "1" * 14 for _run in range(-(-blocks // 32767)))
    bits += "1" * (-len(bits) % 8)
    nothing = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\0")
    head = segment(0xDB, b"\0" + b"\x01" * 64) + segment(
        0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    )
    tables = segment(0xC4, b"\x00\x01" + bytes(15) + b"\x00") + segment(0xC4, b"\x10\x01" + bytes(15) + b"\xe0")
    first = segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + bytes(-(-blocks // 8))
    again = segment(0xDA, b"\x01\x01\x00\x01\x3f\x00") + nothing
    return b"\xff\xd8" + head + tables + first + again * (scans - 1) + b"\xff\xd9"


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


def test_object_streams_and_packed_tables_with_predictors_are_ordinary():
    harmless = with_object_stream(active=b"<</S/GoTo>>")
    assert send(harmless).pages == 1
    assert send(with_object_stream(extra=b"/Z(obj \\( (endobj) stream\n)", active=b"<</S/GoTo>>")).pages == 1
    writer = PdfWriter(clone_from=BytesIO(pdf(pages=4)))
    target = BytesIO()
    writer.write(target)
    assert send(target.getvalue()).pages == 4


@pytest.mark.parametrize(
    ("filters", "content"),
    [
        (b"[/FlateDecode /DCTDecode]", zlib.compress(picture())),
        (b"[/ASCII85Decode /FlateDecode]", a85encode(zlib.compress(b"q Q")) + b"~>"),
        (b"[/ASCIIHexDecode /FlateDecode]", zlib.compress(b"q Q").hex().encode() + b">"),
        (b"/FlateDecode /DecodeParms << /Predictor 15 /Colors 3 /Columns 5 >>", zlib.compress(bytes(160))),
        (b"/LZWDecode", b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01"),
    ],
)
def test_streams_packed_as_old_and_new_programs_pack_them_are_taken(filters, content):
    packed = b"<< /Filter %s /Length %d >>\nstream\n%s\nendstream" % (filters, len(content), content)
    assert send(raw_pdf(*PAGE_TREE, packed)).pages == 1


def test_an_ordinary_progressive_photograph_is_taken():
    content = picture(size=(400, 300), progressive=True)
    assert content.count(b"\xff\xda") == 10, "as programs write them"
    assert Image.open(BytesIO(send(content).content)).size == (400, 300)


@pytest.mark.parametrize(
    ("size", "kept"),
    [((4_000, 3_000), (4_000, 3_000)), ((4_608, 3_456), (4_608, 3_456)), ((8_000, 6_000), (4_000, 3_000))],
)
def test_a_photograph_of_a_telephone_is_taken_and_a_very_large_one_is_halved(size, kept):
    assert Image.open(BytesIO(send(picture(size=size)).content)).size == kept


def test_comments_and_profiles_of_a_photograph_are_dropped():
    content = picture(comment=b"secret", icc_profile=b"secret")
    assert content.count(b"secret") == 2
    assert b"secret" not in send(content).content


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
        pytest.param(png_of(4_500, 4_500), "picture_size", id="PNG a little over the limit"),
        pytest.param(picture(size=(9_000, 9_000)), "picture_size", id="JPEG of 81 million pixels"),
        pytest.param(jpeg_of_scans(4_500, 4_500, 2), "picture_size", id="progressive JPEG a little over the limit"),
        pytest.param(jpeg_of_scans(160, 160, 51), "hidden", id="JPEG of 51 scans"),
        pytest.param(jpeg_of_scans(6_320, 6_320, 10_000), "hidden", id="JPEG of 10,000 scans"),
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
        pytest.param(with_object_stream(), "pdf_active", id="JavaScript beside the catalogue"),
        pytest.param(with_object_stream(extra=b"/Z(obj)"), "pdf_active", id="JavaScript behind a text that says obj"),
        pytest.param(with_object_stream(extra=b"/Z(9 0 obj <</A 1>> endobj)"), "pdf_active", id="JavaScript behind an object in a text"),
        pytest.param(with_object_stream(extra=b"/Z(>>\nstream\n)"), "pdf_active", id="JavaScript behind a stream in a text"),
        pytest.param(with_object_stream(extra=b"/Z<(>/Y()"), "pdf_active", id="JavaScript behind a bracket in hexadecimal"),
        pytest.param(with_object_stream(extra=b"%(\n/Z()"), "pdf_active", id="JavaScript behind a bracket in a comment"),
        pytest.param(with_object_stream(extra=b"/Z(" + b"x" * 2_500 + b")"), "pdf_active", id="JavaScript behind a long text"),
        pytest.param(with_object_stream(extra=b"/Z" + b"(" * 9 + b")" * 9), "hidden", id="text of nine brackets"),
        pytest.param(with_object_stream(extra=b"/Z stream\n"), "hidden", id="stream within a dictionary"),
        pytest.param(
            with_object_stream(filters=b"[/FlateDecode/FlateDecode]", pack=lambda c: zlib.compress(zlib.compress(c))), "hidden", id="JavaScript packed twice"
        ),
        pytest.param(
            with_object_stream(extra=b"/DecodeParms<</Predictor 12/Columns 16>>", pack=lambda c: zlib.compress(predicted(c))), "hidden", id="JavaScript behind a predictor"
        ),
        pytest.param(with_object_stream(filters=b"8 0 R"), "hidden", id="object stream packed as another object says"),
        pytest.param(with_object_stream(filters=b"[8 0 R]", type_=b" 7 0 R"), "hidden", id="object stream that another object names"),
        pytest.param(with_object_stream(pack=lambda c: zlib.compress(c)[:-4] + b"oops"), "hidden", id="object stream with a broken end"),
        pytest.param(raw_pdf(*PAGE_TREE, stream(b"\0" * 70_000_000)), "pdf_size", id="stream bomb"),
        pytest.param(raw_pdf(*PAGE_TREE, stream(b"\0" * 70_000_000, b"/Z(obj) ")), "pdf_size", id="stream bomb behind a text"),
        pytest.param(
            raw_pdf(*PAGE_TREE, b"<< /Filter [/ASCII85Decode /FlateDecode] >>\nstream\n" + a85encode(zlib.compress(bytes(70_000_000))) + b"~>\nendstream"),
            "pdf_size",
            id="stream bomb in letters",
        ),
        pytest.param(
            raw_pdf(*PAGE_TREE, b"<< /Filter [/FlateDecode /FlateDecode] >>\nstream\n" + zlib.compress(zeros(2)) + b"\nendstream"), "hidden", id="2 GiB packed twice"
        ),
        pytest.param(raw_pdf(*PAGE_TREE, stream(bytes(9_000_000), b"/Type /XRef ")), "pdf_size", id="table of a million places"),
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


@pytest.mark.parametrize("trick", ["(obj)", "long", "twice", "predictor"])
def test_a_reader_would_have_run_the_hidden_script(trick):
    """What the tests above refuse is no nonsense: a parser finds the script in each of them."""
    content = {
        "(obj)": lambda: with_object_stream(extra=b"/Z(obj)"),
        "long": lambda: with_object_stream(extra=b"/Z(" + b"x" * 2_500 + b")"),
        "twice": lambda: with_object_stream(
            filters=b"[/FlateDecode/FlateDecode]", pack=lambda c: zlib.compress(zlib.compress(c))
        ),
        "predictor": lambda: with_object_stream(
            extra=b"/DecodeParms<</Predictor 12/Columns 16>>", pack=lambda c: zlib.compress(predicted(c))
        ),
    }[trick]()
    assert PdfReader(BytesIO(content)).trailer["/Root"]["/OpenAction"]["/S"] == "/JavaScript"


def overlapping_streams():
    """Each stream begins inside the one before and runs through the same long, empty tail."""
    token = b"1 0 obj<</Filter/FlateDecode>>\nstream\n\x78\x9c"
    stored = b"\0" + struct.pack("<HH", len(token), 65535 - len(token)) + token
    return token + stored * 40_000 + b"\0\0\0\xff\xff" * 400_000


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"/Fl stream\n" * 400_000, id="words of streams"),
        pytest.param(b"1 0 obj <</A " * 49_000 + b"x" * 5_000_000, id="objects in objects"),
        pytest.param(b"1 0 obj <</A (" * 49_000 + b"x" * 5_000_000, id="texts in texts"),
        pytest.param(b"1 0 obj<</F" + b" " * 5_000_000 + b">>\nstream\nx", id="a desert of spaces"),
        pytest.param(b"1 0 obj<<" + b"/Filter[" * 600_000 + b">>\nstream\nx", id="half a million filters"),
        pytest.param(overlapping_streams(), id="streams in streams"),
    ],
)
def test_the_look_into_a_pdf_costs_seconds_at_most(content):
    before = time.process_time()
    refusal(b"%PDF-1.7\n" + content + b"\n%%EOF")
    assert time.process_time() - before < 5


def test_a_reader_that_is_led_in_circles_is_stopped():
    """A thousand pages that are all the same long object: a parser reads it again for each of them."""
    body, kids = b"%PDF-1.7\n", b" ".join(b"%d 0 R" % n for n in range(3, 1_003))
    places = []
    for part in (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Count 1000/Kids[%s]>>endobj\n" % kids,
    ):
        places.append(len(body))
        body += part
    places += [len(body)] * 1_000
    body += b"3 0 obj<</Type/Page/A(" + b"x" * 1_000_000 + b")>>endobj\n"
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 1003\n0000000000 65535 f \n%strailer<</Size 1003/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        rows,
        len(body),
    )
    assert refusal(body + table) == "pdf_size"


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_the_largest_picture_needs_less_than_a_quarter_of_a_gigabyte(form):
    source = BytesIO()
    Image.new("P" if form == "PNG" else "L", (4_470, 4_470)).save(
        source, form, **({"transparency": 0} if form == "PNG" else {})
    )
    code = (
        "import io, resource, sys; from smes.papers.checks import check_paper; content = sys.stdin.buffer.read();"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss;"
        "check_paper(io.BytesIO(content), name='a', size=None);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    told = subprocess.run([sys.executable, "-c", code], input=source.getvalue(), capture_output=True, check=True).stdout
    assert int(told) * (1024 if sys.platform == "linux" else 1) < 256 * 1024 * 1024


def test_a_picture_that_grows_when_it_is_drawn_is_refused_beside_its_own_limit():
    noise = Image.effect_noise((800, 800), 90)
    source = BytesIO()
    noise.save(source, "JPEG", quality=1)
    content = source.getvalue()
    assert refusal(content, max_bytes=2 * len(content)) == "too_large"
    assert send(content).size > 2 * len(content)


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
