import hashlib
import struct
import subprocess
import sys
import zipfile
import zlib
from base64 import a85encode
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from smes.papers import checks as papers
from smes.papers.checks import PaperError, check_paper, safe_name
from smes.papers.pages import Upload, check_pages

pytestmark = pytest.mark.unit


def picture(form="JPEG", size=(40, 30), **options):
    target = BytesIO()
    Image.new("RGB", size, "green").save(target, form, **options)
    return target.getvalue()


def pdf(pages=1, change=None, lock=None, **options):
    document = pikepdf.new()
    for _number in range(pages):
        document.add_blank_page(page_size=(200, 200))
    if change:
        change(document)
    target = BytesIO()
    document.save(target, static_id=True, encryption=lock or False, **options)
    return target.getvalue()


def lock(user="", strength=6):
    """strength: 3 is the RC4 of old programs, 6 the AES of today."""
    options = {"aes": False, "metadata": False} if strength == 3 else {}
    return pikepdf.Encryption(owner="issuer-only", user=user, R=strength, **options)


def opens_with(action):
    return lambda document: document.Root.__setattr__("OpenAction", pikepdf.Object.parse(action))


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


def with_catalogue(entries, *more):
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R %s >>" % entries, *PAGE_TREE[1:], *more)


def with_page(entries, *more):
    return raw_pdf(*PAGE_TREE[:2], b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] %s >>" % entries, *more)


def with_link(action, *more):
    return with_page(b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A %s >>]" % action, *more)


def stream(content, extra=b"", *, filters=b"/FlateDecode", pack=zlib.compress):
    packed = pack(content)
    return b"<< /Filter %s %s/Length %d >>\nstream\n%s\nendstream" % (filters, extra, len(packed), packed)


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


def zeros(mebibytes):
    """So many packed mebibytes of nothing: one packed mebibyte, over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    mebibyte = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", (mebibytes << 20) % 65521, 1)
    return b"\x78\xda" + mebibyte * mebibytes + packer.flush() + checksum


def bomb(mebibytes, extra=b""):
    return stream(b"", extra, pack=lambda _nothing: zeros(mebibytes))


def twice(content):
    return zlib.compress(zlib.compress(content))


def in_letters(content):
    return a85encode(zlib.compress(content)) + b"~>"


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
    assert send(raw_pdf(*PAGE_TREE, b"<< /Length 3 >>\nstream\nq Q\nendstream")).pages == 1


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


def png_of_pixels(bits, colours, rows, *between):
    """rows: of packed samples. colours: 0 grey, 2 RGB, 4 grey and alpha."""
    width = len(rows[0]) * 8 // (bits * {0: 1, 2: 3, 4: 2}[colours])
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), bits, colours, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(between) + data + chunk(b"IEND", b"")


def words(*samples):
    return struct.pack(f">{len(samples)}H", *samples)


INK, PAPER = (48, 48, 48), (192, 192, 192)
WHITE = (255, 255, 255)


def palette_png():
    target = BytesIO()
    image = Image.new("P", (2, 1))
    image.putpalette([*INK, 0, 0, 0])
    image.putpixel((1, 0), 1)
    image.save(target, "PNG", transparency=1)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "pixels"),
    [
        (png_of_pixels(16, 0, [words(0x3000, 0xC000)]), [INK, PAPER]),
        (png_of_pixels(16, 0, [words(0x3000, 0xC000)], chunk(b"tRNS", words(0xC000))), [INK, WHITE]),
        (png_of_pixels(16, 2, [words(*[0x3000] * 3, *[0xC000] * 3)]), [INK, PAPER]),
        (png_of_pixels(16, 2, [words(*[0x3000] * 3, *[0] * 3)], chunk(b"tRNS", words(0, 0, 0))), [INK, WHITE]),
        (
            png_of_pixels(16, 2, [words(*[0x3000] * 3, *[0xC000] * 3)], chunk(b"tRNS", words(*[0xC000] * 3))),
            [INK, WHITE],
        ),
        (png_of_pixels(8, 0, [bytes([48, 0])], chunk(b"tRNS", words(0))), [INK, WHITE]),
        (png_of_pixels(8, 4, [bytes([48, 255, 0, 0])]), [INK, WHITE]),
        (png_of_pixels(8, 4, [bytes([48, 255, 0, 128])]), [INK, (127, 127, 127)]),
        (palette_png(), [INK, WHITE]),
    ],
)
def test_a_png_is_kept_as_it_looks_on_white_paper(content, pixels):
    kept = Image.open(BytesIO(send(content).content))
    assert (kept.mode, [kept.getpixel((x, 0)) for x in (0, 1)]) == ("RGB", pixels)


def test_of_transparent_pictures_bound_into_one_paper_no_page_is_black():
    seal = png_of_pixels(8, 4, [bytes([48, 255, 0, 0] * 20)] * 40)
    paper = check_pages([Upload(BytesIO(seal), "a.png", None), Upload(BytesIO(seal), "b.png", None)], max_bytes=10**6)
    with pikepdf.open(BytesIO(paper.content)) as bound:
        pages = [pikepdf.PdfImage(image).as_pil_image() for page in bound.pages for image in page.get_images().values()]
    assert [page.convert("L").getextrema()[1] > 200 for page in pages] == [True, True]


def test_a_png_loses_its_words():
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
    target = BytesIO()
    with pikepdf.open(BytesIO(pdf(pages=4))) as document:
        document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert b"/ObjStm" in target.getvalue()
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
        pytest.param(EICAR, "type", id="EICAR"),
        pytest.param(pdf() + EICAR, "hidden", id="EICAR behind a PDF"),
        pytest.param(picture()[:200], "unreadable", id="truncated JPEG"),
        pytest.param(picture("PNG")[:60], "unreadable", id="truncated PNG"),
        pytest.param(b"\xff\xd8\xff", "unreadable", id="JPEG of three bytes"),
        pytest.param(png_of(50_000, 50_000), "picture_size", id="PNG of 50,000 x 50,000"),
        pytest.param(png_of(4_500, 4_500), "picture_size", id="PNG a little over the limit"),
        pytest.param(lambda: picture(size=(9_000, 9_000)), "picture_size", id="JPEG of 81 million pixels"),
        pytest.param(jpeg_of_scans(4_500, 4_500, 2), "picture_size", id="progressive JPEG a little over the limit"),
        pytest.param(jpeg_of_scans(160, 160, 51), "hidden", id="JPEG of 51 scans"),
        pytest.param(lambda: jpeg_of_scans(6_320, 6_320, 10_000), "hidden", id="JPEG of 10,000 scans"),
        pytest.param(lambda: png_of(9, 9, chunk(b"zTXt", b"k\0\0" + zeros(200))), "unreadable", id="PNG with a text bomb"),
        pytest.param(pdf() + ZIP, "hidden", id="PDF and ZIP"),
        pytest.param(pdf() + b"MZ\x90", "hidden", id="PDF and EXE"),
        pytest.param(raw_pdf(*PAGE_TREE, head=b"%PDF-1.7\n%<html><script>x()</script>\n"), "hidden", id="PDF and HTML"),
        pytest.param(b"%PDF-1.7\n", "unreadable", id="PDF of one line"),
        pytest.param(b"%PDF-1.7\n%%EOF", "unreadable", id="PDF without pages"),
        pytest.param(raw_pdf(PAGE_TREE[0], b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"), "unreadable", id="page tree in a loop"),
        pytest.param(raw_pdf(PAGE_TREE[0], b"<< /Type /Pages /Kids [] /Count 0 >>"), "unreadable", id="page tree without pages"),
        pytest.param(with_object_stream(extra=b"/Z<(>/Y()"), "unreadable", id="JavaScript behind a bracket in hexadecimal"),
        pytest.param(with_object_stream(extra=b"/Z stream\n"), "unreadable", id="stream within a dictionary"),
        pytest.param(pdf(lock=lock(user="secret")), "pdf_locked", id="locked PDF"),
        pytest.param(pdf(lock=lock(user="secret", strength=3)), "pdf_locked", id="PDF locked by an old program"),
        pytest.param(
            raw_pdf(*PAGE_TREE, b"<< /Filter /Adobe.PubSec /V 4 >>").replace(b"/Root", b"/Encrypt 4 0 R /ID [<61> <61>] /Root"),
            "pdf_locked",
            id="PDF locked for those who hold a key",
        ),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused(content, code):
    assert refusal(content() if callable(content) else content) == code


SCRIPT = b"<< /S /JavaScript /JS (x) >>"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf(change=opens_with(SCRIPT)), id="script on opening"),
        pytest.param(pdf(change=opens_with(SCRIPT), lock=lock()), id="script in a file locked against changes"),
        pytest.param(pdf(change=opens_with(SCRIPT), lock=lock(strength=3)), id="script in a file locked by an old program"),
        pytest.param(
            pdf(change=lambda document: document.attachments.__setitem__("a.exe", b"MZ")), id="file inside"
        ),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /S /Launch /F (cmd.exe) >>"), id="PDF that launches"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /S /J#61vaScript /J#53 (x) >>"), id="escaped JavaScript"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /AA << /O << /JS 5 0 R >> >> >>", b"(x)"), id="JavaScript by reference"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /AcroForm << /XFA [] >> >>"), id="XFA form"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /S 5 0 R >>", b"/JavaScript"), id="name in an object of its own"),
        pytest.param(with_object_stream(), id="JavaScript beside the catalogue"),
        pytest.param(with_object_stream(extra=b"/Z(obj)"), id="JavaScript behind a text that says obj"),
        pytest.param(with_object_stream(extra=b"/Z(9 0 obj <</A 1>> endobj)"), id="JavaScript behind an object in a text"),
        pytest.param(with_object_stream(extra=b"/Z(>>\nstream\n)"), id="JavaScript behind a stream in a text"),
        pytest.param(with_object_stream(extra=b"%(\n/Z()"), id="JavaScript behind a bracket in a comment"),
        pytest.param(with_object_stream(extra=b"/Z(" + b"x" * 2_500 + b")"), id="JavaScript behind a long text"),
        pytest.param(with_object_stream(extra=b"/Z" + b"(" * 9 + b")" * 9), id="JavaScript behind nine brackets"),
        pytest.param(with_object_stream(filters=b"[/FlateDecode/FlateDecode]", pack=twice), id="JavaScript packed twice"),
        pytest.param(
            with_object_stream(extra=b"/DecodeParms<</Predictor 12/Columns 16>>", pack=lambda c: zlib.compress(predicted(c))),
            id="JavaScript behind a predictor",
        ),
        pytest.param(with_object_stream(filters=b"8 0 R"), id="object stream packed as another object says"),
        pytest.param(with_object_stream(filters=b"[8 0 R]", type_=b" 7 0 R"), id="object stream that another object names"),
        pytest.param(with_object_stream(pack=lambda c: zlib.compress(c)[:-4] + b"oops"), id="object stream with a broken end"),
        pytest.param(with_catalogue(b"/OpenAction << /S /URI /URI (https://example.org) >>"), id="address on opening"),
        pytest.param(with_catalogue(b"/OpenAction 4 0 R", b"<< /S 5 0 R /URI (https://example.org) >>", b"/URI"), id="address on opening, by reference"),
        pytest.param(
            with_catalogue(b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /URI /URI (https://example.org) >> >>"),
            id="address after a place on opening",
        ),
        pytest.param(with_catalogue(b"/OpenAction << /S /Named /N /Print >>"), id="printing on opening"),
        pytest.param(with_page(b"/AA << /O << /S /URI /URI (https://example.org) >> >>"), id="address on turning to a page"),
        pytest.param(with_page(b"/AA << /O << /S /Named /N /LastPage >> >>"), id="turning on to the last page by itself"),
        pytest.param(with_link(b"<< /S /URI /URI (file:///etc/passwd) >>"), id="link to a file"),
        pytest.param(with_link(b"<< /S /URI /URI (javascript:x) >>"), id="link to a script"),
        pytest.param(with_link(b"<< /S /URI >>"), id="link to nowhere"),
        pytest.param(with_link(b"<< /S /GoToR /F (other.pdf) /D [0 /Fit] >>"), id="link to another file"),
        pytest.param(with_link(b"<< /S /SubmitForm /F (https://example.org) >>"), id="form that sends"),
        pytest.param(with_link(b"<< /S /Hereafter >>"), id="link of an unknown kind"),
        pytest.param(with_link(b"<< /S /GoTo /D [3 0 R /Fit] /Next [<< /S /Hereafter >>] >>"), id="unknown action after a link"),
        pytest.param(with_page(b"/Annots 4 0 R", b"[5 0 R]", b"<< /Subtype /Link /A 6 0 R >>", b"<< /S /Hereafter >>"), id="unknown action by references"),
        pytest.param(with_page(b"/Annots [<< /Subtype /Hereafter >>]"), id="annotation of an unknown kind"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /Type /Annot /Subtype /Screen >>"), id="film on no page"),
        pytest.param(
            with_page(b"/Annots [<< /Subtype /FileAttachment /FS << /F (a.exe) /EF << /F 4 0 R >> >> >>]", stream(b"MZ")),
            id="file pinned to a page",
        ),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /F (a.exe) /EF << /F 5 0 R >> >>", stream(b"MZ")), id="file that nothing names"),
        pytest.param(with_catalogue(b"/AF [4 0 R]", b"<< /Type /Filespec /EF << /F 5 0 R >> >>", stream(b"MZ")), id="file without a name"),
        pytest.param(with_catalogue(b"/AF [4 0 R]", b"<< /DOS (a.exe) /EF << /DOS 5 0 R >> >>", stream(b"MZ")), id="file with an old name"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /Unix (a) /EF 5 0 R >>", b"<< /Unix 6 0 R >>", stream(b"MZ")), id="file by a reference"),
        pytest.param(with_page(b"/AF << /Desc (a.exe) >>"), id="file beside a page"),
        pytest.param(with_catalogue(b"/Names << /Hereafter << >> >>"), id="unknown tree of names"),
        pytest.param(with_catalogue(b"/Names 4 0 R", b"<< /JavaScript << /Names [(a) 5 0 R] >> >>", SCRIPT), id="script in a tree of names"),
        pytest.param(with_catalogue(b"/Outlines << /First 4 0 R >>", b"<< /Title (a) /A << /S /Hereafter >> >>"), id="unknown action of a bookmark"),
        pytest.param(with_page(b"/PresSteps << /NA << /S /URI /URI (https://example.org) >> >>"), id="address on the next step of a presentation"),
        pytest.param(with_page(b"/Z [[<< /Z 4 0 R >>]]", b"<< /Z << /A << /S /Hereafter >> >> >>"), id="unknown action by an odd way"),
        pytest.param(with_link(b"<< /S /GoTo /Next << /S /GoTo /Next [<< /S /GoTo >> << /S /Hereafter >>] >> >>"), id="unknown action at the end of a chain"),
        pytest.param(raw_pdf(*PAGE_TREE, stream(b"", b"/F (//example.org/a) ")), id="stream that lies in another file"),
        pytest.param(raw_pdf(*PAGE_TREE, stream(b"", b"/Ref << /F (//example.org/a) /Page 0 >> ")), id="picture that lies in another file"),
    ],
)  # fmt: skip
def test_a_pdf_that_acts_is_refused(content):
    assert refusal(content) == "pdf_active"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(raw_pdf(*PAGE_TREE, stream(SCRIPT, b"/Type /ObjStm ")), id="JavaScript in a stray object stream"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n00>\nendstream"), id="object stream packed twice"),
        pytest.param(with_link(b"<< /S /Hereafter /S /GoTo >>"), id="key that stands twice"),
        pytest.param(raw_pdf(*PAGE_TREE, b"% stream\n<< /S /JavaScript >>\nendstream"), id="JavaScript in a pretended stream"),
        pytest.param(with_catalogue(b"/OpenAction 4 0 R", b"5 0 R", b"<< /S /URI /URI (https://example.org) >>"), id="address on opening, by a reference to a reference"),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< ) > } /S /Launch >>"), id="object with errors"),
    ],
)  # fmt: skip
def test_a_pdf_that_two_readers_may_read_in_two_ways_is_refused(content):
    assert refusal(content) == "hidden"


def test_an_object_that_only_a_repairing_reader_finds_is_looked_at():
    """The table leads to the first of two catalogues; who builds the table anew takes the second."""
    harmless = raw_pdf(*PAGE_TREE)
    table = harmless.index(b"xref\n")
    other = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction %s >>\nendobj\n" % SCRIPT
    both = harmless[:table] + other + harmless[table:].replace(b"%d" % table, b"%d" % (table + len(other)))
    with pikepdf.open(BytesIO(both)) as document:
        assert "/OpenAction" not in document.Root
    assert refusal(both) == "pdf_active"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(lambda: raw_pdf(*PAGE_TREE, bomb(67)), "pdf_size", id="stream bomb"),
        pytest.param(lambda: raw_pdf(*PAGE_TREE, bomb(67, b"/Z(obj) ")), "pdf_size", id="stream bomb behind a text"),
        pytest.param(
            lambda: raw_pdf(*PAGE_TREE, stream(bytes(67 << 20), filters=b"[/ASCII85Decode /FlateDecode]", pack=in_letters)), "pdf_size", id="stream bomb in letters"
        ),
        pytest.param(
            lambda: raw_pdf(*PAGE_TREE, stream(zeros(2_048), filters=b"[/FlateDecode /FlateDecode]")), "pdf_size", id="2 GiB packed twice"
        ),
        pytest.param(
            lambda: raw_pdf(*PAGE_TREE, stream(b"", filters=b"[/FlateDecode /DCTDecode]", pack=lambda _: zeros(67))), "pdf_size", id="picture bomb"
        ),
        pytest.param(lambda: raw_pdf(*PAGE_TREE, stream(b"", filters=b"/RunLengthDecode", pack=lambda _: b"\x81\0" * 4_000_000)), "pdf_size", id="bomb larger than the memory"),
        pytest.param(
            lambda: raw_pdf(*PAGE_TREE, *[stream(b"", pack=lambda _: zeros(33)[:-9] + b"\xff" * 9)] * 2), "pdf_size", id="broken streams that bomb together"
        ),
        pytest.param(lambda: raw_pdf(*PAGE_TREE, bomb(40), bomb(40)), "pdf_size", id="two streams that bomb together"),
        pytest.param(lambda: pdf(pages=201), "pdf_pages", id="201 pages"),
        pytest.param(lambda: raw_pdf(*PAGE_TREE, *[b"1"] * 50_000), "pdf_parts", id="50,000 objects"),
        pytest.param(
            lambda: raw_pdf(*PAGE_TREE, b"[" + b"<< /Subtype /Link >>" * 20_000 + b"]", *[b"<< /Annots 4 0 R >>"] * 20_000), "pdf_parts", id="annotations that cost more time than there is"
        ),
    ],
)  # fmt: skip
def test_a_pdf_that_costs_too_much_to_look_into_is_refused(content, code):
    assert refusal(content()) == code


def test_the_packed_zeros_of_these_tests_are_what_they_say():
    assert zlib.decompress(zeros(3)) == bytes(3 << 20)
    assert send(raw_pdf(*PAGE_TREE, bomb(60))).pages == 1


def test_a_moving_png_is_refused():
    target = BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green")]
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])
    assert refusal(target.getvalue()) == "moving"


def test_a_page_that_says_javascript_in_its_text_is_not_refused():
    def title(document):
        document.docinfo["/Title"] = "Learn JavaScript"
        document.pages[0].PieceInfo = pikepdf.Dictionary({"/JSON": pikepdf.String("/JavaScript")})

    assert send(pdf(change=title)).pages == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(pdf(lock=lock()), id="file locked against changes"),
        pytest.param(pdf(lock=lock(strength=3)), id="file locked against changes by an old program"),
        pytest.param(with_link(b"<< /S /GoTo /D [3 0 R /Fit] >>"), id="link within the file"),
        pytest.param(with_link(b"<< /S /URI /URI (HTTPS://example.org/) >>"), id="link to a site"),
        pytest.param(with_link(b"<< /S /URI /URI 4 0 R >>", b"(mailto:a@example.org)"), id="link to a mailbox"),
        pytest.param(with_link(b"<< /S /Named /N /NextPage /Next << /S /URI /URI (http://example.org) >> >>"), id="link after a link"),
        pytest.param(with_catalogue(b"/OpenAction [3 0 R /Fit]"), id="place on opening"),
        pytest.param(with_catalogue(b"/OpenAction << /D [3 0 R /Fit] >>"), id="place on opening without a kind"),
        pytest.param(with_catalogue(b"/OpenAction << /S /GoTo /D (start) >>"), id="named place on opening"),
        pytest.param(
            with_catalogue(b"/Outlines << /First 4 0 R /Last 5 0 R >>", b"<< /Title (a) /Next 5 0 R /A << /S /GoTo /D [3 0 R] >> >>", b"<< /Title (b) /Prev 4 0 R >>"), id="bookmarks"
        ),
        pytest.param(with_catalogue(b"/StructTreeRoot << /K << /S /Sect /A << /O /Layout >> >> >>"), id="structure of the text"),
        pytest.param(with_catalogue(b"/Scanner (X-200) /Names << /Dests << >> >>"), id="word of the program that wrote it"),
        pytest.param(
            with_catalogue(b"/AcroForm << /SigFlags 3 /Fields [4 0 R] >>", b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) >>"), id="form with a signature"
        ),
        pytest.param(raw_pdf(*PAGE_TREE, b"<< /Subtype /Type3 /CharProcs << /AF 5 0 R /EF 5 0 R >> >>", stream(b"")), id="letters called AF and EF"),
    ],
)  # fmt: skip
def test_what_a_paper_may_hold_is_kept_as_it_came(content):
    assert send(content).content == content


def test_a_certificate_that_is_locked_against_changes_is_taken():
    """As the tax office issues it: it opens without a password and may not be edited."""
    content = (Path(__file__).parents[2] / "data" / "locked_against_changes.pdf").read_bytes()
    with pikepdf.open(BytesIO(content)) as document:
        assert (document.is_encrypted, document.user_password_matched, document.allow.modify_other) == (
            True,
            True,
            False,
        )
    paper = send(content)
    assert (paper.content, paper.pages) == (content, 1)


def test_files_as_other_programs_save_them_are_taken():
    def form(document):
        page = document.pages[0].obj
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T="a", P=page
        )
        page.Annots = [document.make_indirect(field)]
        document.Root.AcroForm = pikepdf.Dictionary(Fields=page.Annots)

    def tagged(document):
        document.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        document.Root.StructTreeRoot = pikepdf.Dictionary(K=pikepdf.Dictionary(S=pikepdf.Name.Document))
        with document.open_metadata() as metadata:
            metadata["pdfaid:part"], metadata["pdfaid:conformance"] = "2", "A"

    def bookmarks(document):
        with document.open_outline() as outline:
            outline.root.extend([pikepdf.OutlineItem("a", 0), pikepdf.OutlineItem("b", 1)])

    for change in (form, tagged, bookmarks):
        for options in ({"linearize": True}, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}):
            assert send(pdf(pages=2, change=change, **options)).pages == 2


def appended(content, number, change):
    """A later version of one object, as programs append it to the file they open."""
    place = len(content)
    content += b"%d 0 obj\n%s\nendobj\n" % (number, change)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, place)
    trailer = b"trailer << /Root 1 0 R /Size 9 /Prev %d >>\n" % content.index(b"xref\n")
    return content + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (place + len(content[place:]))


def test_the_later_version_of_an_object_counts_and_the_earlier_is_gone():
    harmless, acts = PAGE_TREE[0], b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Hereafter >> >>"
    assert send(appended(raw_pdf(*PAGE_TREE), 1, harmless)).pages == 1
    assert refusal(appended(raw_pdf(*PAGE_TREE), 1, acts)) == "pdf_active"
    assert send(appended(raw_pdf(acts, *PAGE_TREE[1:]), 1, harmless)).pages == 1


def test_a_broken_packed_stream_is_left_to_the_reader():
    broken = raw_pdf(*PAGE_TREE, b"<< /Filter /FlateDecode >>\nstream\nnot packed\nendstream")
    assert send(broken).pages == 1
    assert send(raw_pdf(*PAGE_TREE, b"<< /Filter /FlateDecode >>\nstream\n" + zlib.compress(b"x"))).pages == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(with_object_stream(extra=b"/Z(obj)"), id="obj"),
        pytest.param(with_object_stream(extra=b"/Z(" + b"x" * 2_500 + b")"), id="long"),
        pytest.param(with_object_stream(filters=b"[/FlateDecode/FlateDecode]", pack=twice), id="twice"),
        pytest.param(
            with_object_stream(
                extra=b"/DecodeParms<</Predictor 12/Columns 16>>", pack=lambda c: zlib.compress(predicted(c))
            ),
            id="predictor",
        ),
    ],
)
def test_a_reader_would_have_run_the_hidden_script(content):
    """What the tests above refuse is no nonsense: a parser finds the script in each of them."""
    with pikepdf.open(BytesIO(content)) as document:
        assert document.Root.OpenAction.S == "/JavaScript"


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
def test_a_pdf_that_leads_its_reader_astray_is_refused(content):
    assert refusal(b"%PDF-1.7\n" + content + b"\n%%EOF") in {"unreadable", "pdf_parts", "hidden"}


def test_a_reader_is_not_led_in_circles():
    """A thousand pages that are all the same long object: a parser may read it again for each of them."""
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
    assert refusal(body + table) == "pdf_pages"


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
        ("خوب\u200cصورت\u00a0قالین.pdf", "خوب\u200cصورت قالین.pdf"),
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


# ------------------------------------------------------------------------------------------------ one after the other


@pytest.mark.parametrize("content", [pdf(pages=3), picture("PNG"), picture("JPEG")])
def test_a_paper_does_not_wait_long_for_another_that_is_slow(content, monkeypatch):
    monkeypatch.setattr(papers, "WAIT_SECONDS", 0)
    monkeypatch.setattr(papers, "_verdicts", {})
    with papers.in_turn():
        assert refusal(content) == "busy"
    assert send(content).pages in {1, 3}


@pytest.mark.parametrize(("content", "code"), [(pdf(pages=2), None), (pdf(pages=201), "pdf_pages")])
def test_the_same_pdf_is_looked_into_once_however_often_and_at_once_it_comes(content, code, monkeypatch):
    monkeypatch.setattr(papers, "_verdicts", {})
    looked, look = [], papers._verdict_on
    monkeypatch.setattr(papers, "_verdict_on", lambda content: looked.append(content) or look(content))

    def answer(content):
        try:
            return send(content).pages
        except PaperError as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(answer, [content] * 8)) == {code or 2}
    assert looked == [content]
    answer(pdf(pages=4))
    assert looked == [content, pdf(pages=4)]


def test_what_is_remembered_of_pdfs_has_an_end(monkeypatch):
    monkeypatch.setattr(papers, "_verdicts", {})
    monkeypatch.setattr(papers, "MAX_VERDICTS", 2)
    for pages in (1, 2, 3):
        assert send(pdf(pages=pages)).pages == pages
    assert len(papers._verdicts) == 1
