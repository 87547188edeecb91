"""The pages of a PDF as pictures: drawn once by a limited program, kept in the vault, opened by whoever may open the paper."""

from http import HTTPStatus
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image

from smes.models import Document
from smes.papers import drawing, vault
from smes.papers import services as papers_services
from tests.factories.accounts import UserFactory, officer
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, pdf_of

pytestmark = pytest.mark.django_db
GREEN = b"0 0.6 0 rg 0 0 300 842 re f"  # the left half of the sheet


def opened(picture: bytes) -> Image.Image:
    return Image.open(BytesIO(picture))


def test_each_page_becomes_a_picture_of_what_stands_on_it():
    first, second = (opened(picture) for picture in drawing.draw_pages(pdf_of(GREEN, b"")))
    assert (first.format, first.size) == ("JPEG", (1240, 1755))
    red, green, blue = first.getpixel((300, 900))
    assert green > 140
    assert max(red, blue) < 20
    assert first.getpixel((1000, 900)) == second.getpixel((300, 900)) == (255, 255, 255)


def test_a_long_paper_is_drawn_as_far_as_its_twentieth_page():
    assert len(drawing.draw_pages(pdf_of(*[b""] * 23, size=(60, 60)))) == 20


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_pdf_is_not_drawn(content):
    assert drawing.draw_pages(content) == []


def test_what_takes_too_long_is_stopped_and_nothing_of_the_paper_is_taken(monkeypatch, tmp_path):
    program = (Path(drawing.__file__).parent / "pdf_drawer.py").read_text()
    endless = program.replace(
        "    picture = drawn(pdf[number])", "    picture = drawn(pdf[number])\n        while number: ..."
    )
    assert endless != program
    monkeypatch.setattr(drawing, "_PDF_DRAWER", tmp_path / "endless.py")
    (tmp_path / "endless.py").write_text(endless.replace("SECONDS: Final = 20", "SECONDS: Final = 2"))
    assert len(drawing.draw_pages(pdf_of(GREEN))) == 1
    assert drawing.draw_pages(pdf_of(GREEN, GREEN)) == []


def test_a_paper_is_drawn_once_and_lies_in_the_vault():
    paper = DocumentFactory(sme=SmeFactory(), content=pdf_of(GREEN))
    assert papers_services.draw_paper(paper) is True
    paper.refresh_from_db()
    assert papers_services.draw_paper(paper) is False
    (name,) = paper.drawn_as
    with vault.open_paper(name) as file:
        assert opened(file.read()).size == (1240, 1755)


def test_of_two_workers_the_pictures_of_one_stay(settings):
    paper = DocumentFactory(sme=SmeFactory(), content=pdf_of(GREEN))
    other = Document.objects.get()  # read before the first has drawn
    assert [papers_services.draw_paper(row) for row in (paper, other)] == [True, False]
    assert len(list(settings.VAULT_ROOT.glob("*/*.jpg"))) == 1


def test_a_photograph_and_a_paper_that_cannot_be_drawn_are_not_tried_again():
    photo = DocumentFactory(sme=SmeFactory(), content_type="image/jpeg")
    assert papers_services.draw_paper(photo) is False
    paper = DocumentFactory(sme=SmeFactory())
    papers_services.draw_paper(paper)
    paper.refresh_from_db()
    assert paper.drawn_as == []
    assert papers_services.draw_paper(paper) is False


def test_a_page_is_seen_by_whoever_may_open_the_paper_and_kept_by_nobody(client):
    sme = SmeFactory()
    paper = DocumentFactory(sme=sme, content=pdf_of(GREEN))
    papers_services.draw_paper(paper)
    trainee = MemberFactory(sme=sme, role="trainee").user

    def answer(person, number=1):
        client.force_login(person)
        return client.get(reverse("smes:paper_page", args=[sme.public_id, paper.public_id, number]))

    for person in (sme.created_by, officer()):
        page = answer(person)
        assert opened(b"".join(page.streaming_content)).format == "JPEG"
        assert page["Cache-Control"] == "private, no-store"
        assert page["X-Content-Type-Options"] == "nosniff"
    assert answer(trainee).status_code == HTTPStatus.FORBIDDEN
    assert answer(UserFactory()).status_code == HTTPStatus.NOT_FOUND
    for number in (0, 2):
        assert answer(sme.created_by, number).status_code == HTTPStatus.NOT_FOUND
