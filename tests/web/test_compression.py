"""What travels compressed: pages, sheets and scripts, for whoever can read that; never what is compressed already."""

from __future__ import annotations

import gzip

import pytest
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from tdap_portal.web.middleware import CompressionMiddleware

GZIP = {"accept-encoding": "gzip, deflate, br"}
LONG = b"Sialkot " * 500


def compressed(response):
    """The response as it leaves for a browser that reads gzip."""
    request = RequestFactory().get("/", headers=GZIP)
    return CompressionMiddleware(lambda _request: response)(request)


@pytest.mark.django_db
def test_a_page_is_compressed_for_a_browser_that_reads_it(client):
    plain, packed = client.get("/accounts/login/"), client.get("/accounts/login/", headers=GZIP)

    assert (plain.has_header("Content-Encoding"), packed["Content-Encoding"]) == (False, "gzip")
    assert plain["Vary"] == packed["Vary"]
    assert "Accept-Encoding" in packed["Vary"]
    assert b"id_login" in gzip.decompress(packed.content)
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2


@pytest.mark.django_db
def test_two_answers_of_one_text_differ_in_length():
    """Else whoever can count bytes and choose a part of the page finds out the rest of it, byte by byte (BREACH)."""
    lengths = {len(compressed(HttpResponse(LONG)).content) for _time in range(40)}

    assert len(lengths) > 1
    assert len({len(gzip.compress(LONG)) for _time in range(40)}) == 1


def test_a_sheet_is_compressed_and_not_sent_again_to_whoever_has_it(client):
    sheet = client.get("/static/css/theme.css", headers=GZIP)
    again = client.get("/static/css/theme.css", headers={**GZIP, "if-modified-since": sheet["Last-Modified"]})

    assert sheet["Content-Encoding"] == "gzip"
    assert b"font-face" in gzip.decompress(b"".join(sheet.streaming_content))
    assert not sheet.has_header("ETag")  # a browser would send it back instead of the date, changed by the compression
    assert (again.status_code, b"".join(again.streaming_content)) == (304, b"")


@pytest.mark.parametrize("name", ["fonts/urdu.woff2", "fonts/inter.woff2"])
def test_a_font_keeps_its_length(client, name):
    font = client.get(f"/static/{name}", headers=GZIP)

    assert not font.has_header("Content-Encoding")
    assert int(font["Content-Length"]) == len(b"".join(font.streaming_content))


@pytest.mark.parametrize("kind", ["application/pdf", "image/jpeg", "application/zip", ""])
def test_papers_are_not_compressed_a_second_time(kind):
    paper = compressed(FileResponse([LONG], content_type=kind))

    assert not paper.has_header("Content-Encoding")


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "image/svg+xml"])
def test_texts_of_other_kinds_are_compressed(kind):
    assert gzip.decompress(compressed(HttpResponse(LONG, content_type=kind)).content) == LONG


@pytest.mark.parametrize("header", [{"Content-Range": "bytes 0-99/4000"}, {"Content-Encoding": "br"}])
def test_a_part_of_a_text_and_what_is_compressed_already_stay_as_they_are(header):
    assert compressed(HttpResponse(LONG, content_type="text/css", headers=header)).content == LONG
