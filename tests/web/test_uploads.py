"""What may come in with a request, and what of it is written to the disk."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse
from PIL import Image

from smes.models import Document
from smes.papers.checks import MAX_PAPERS_OF_A_FIRM
from tests.factories.accounts import UserFactory
from tests.factories.selection import ApplicationFactory, ask, owner_of
from tests.factories.smes import DocumentFactory, SmeFactory

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


class Counting(TemporaryFileUploadHandler):
    """Django's own handler, which also notes how much it wrote."""

    written = 0

    def receive_data_chunk(self, raw_data, start):
        type(self).written += len(raw_data)
        return super().receive_data_chunk(raw_data, start)


@pytest.fixture
def written(settings):
    """Called, it gives the bytes that reached the disk."""
    Counting.written = 0
    settings.FILE_UPLOAD_HANDLERS = [settings.FILE_UPLOAD_HANDLERS[0], f"{__name__}.Counting"]
    return lambda: Counting.written


@pytest.fixture
def sme():
    return SmeFactory(complete=True)


def paper(megabytes=1, name="a.pdf"):
    return SimpleUploadedFile(name, b"\0" * (megabytes * MEGABYTE))


def visitor():
    """With the token of the forms, which anybody gets."""
    client = Client(enforce_csrf_checks=True)
    token = client.get("/accounts/login/").cookies["csrftoken"].value
    return lambda url, data: client.post(url, data, headers={"x-csrftoken": token})


@pytest.mark.parametrize("url", ["/language/", "/no/such/page/", "/check/start/"])
def test_a_page_that_takes_words_takes_no_files(client, written, url):
    response = client.post(url, {"x": paper(3)})
    assert (response.status_code, written()) == (413, 0)


def test_the_body_that_is_too_large_is_not_read():
    class Unread:
        def read(self, *_args):
            raise AssertionError("read before its length was looked at")

        readline = read

    response = Client().generic(
        "POST", "/language/", b"", **{"CONTENT_LENGTH": str(3 * MEGABYTE), "wsgi.input": Unread()}
    )
    assert response.status_code == 413


def test_a_visitor_writes_no_file(written, sme):
    response = visitor()(reverse("smes:papers", args=[sme.public_id]), {"file": paper(8), "note": "words"})
    assert response.url.startswith("/accounts/login/")
    assert written() == 0


def test_the_page_of_too_much_is_in_the_language_of_the_person(client):
    client.cookies["django_language"] = "ur"
    html = client.post("/language/", {"x": paper(3)}).content.decode()
    assert 'lang="ur" dir="rtl"' in html
    assert "2 MB" in html.replace("\xa0", " ")


def test_a_machine_is_told_in_its_own_shape(client):
    response = client.post("/api/v1/rounds/", b"0" * 3 * MEGABYTE, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


def test_a_file_is_written_up_to_the_limit_and_the_other_answers_stay(client, written, sme):
    client.force_login(sme.created_by)
    data = {"kind": "ntn_certificate", "note": "The new one.", "file": paper(30)}
    html = client.post(reverse("smes:papers", args=[sme.public_id]), data).content.decode()
    assert "The file is larger than 8 MB." in html
    assert "The new one." in html
    assert 8 * MEGABYTE < written() <= 8 * MEGABYTE + 128 * 1024


def test_more_than_six_full_papers_at_once_are_too_much(client, written, sme):
    client.force_login(sme.created_by)
    response = client.post(reverse("smes:papers", args=[sme.public_id]), {"file": paper(49)})
    assert (response.status_code, written()) == (413, 0)
    assert "At most 48 MB can be sent here at once." in response.content.decode()


def test_a_firm_cannot_fill_the_vault(client, sme, settings):
    full = DocumentFactory(sme=sme)
    Document.objects.bulk_create(
        Document(
            sme=sme, kind="other", sha256=str(n), stored_as=f"aa/{n}.pdf", size=1, pages=1, uploaded_by=full.uploaded_by
        )
        for n in range(MAX_PAPERS_OF_A_FIRM - 1)
    )
    client.force_login(sme.created_by)
    data = {"kind": "ntn_certificate", "file": SimpleUploadedFile("a.png", picture("green"))}
    response = client.post(reverse("smes:papers", args=[sme.public_id]), data)
    assert "The firm has sent 200 papers, and more are not kept." in response.content.decode()
    assert Document.objects.filter(sme=sme).count() == 200


def picture(colour):
    target = BytesIO()
    Image.new("RGB", (8, 8), colour).save(target, "PNG")
    return target.getvalue()


def test_every_paper_that_was_asked_for_can_be_sent_at_once(client):
    kinds = ["ntn_certificate", "cnic_copy", "tax_return", "bank_certificate", "electricity_bill", "product_photo"]
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=[], document_kinds=kinds)
    client.force_login(owner_of(row))
    sent = {f"paper_{kind}": SimpleUploadedFile("a.png", picture("green")) for kind in kinds}
    sent["question"] = question.public_id
    until = {"until_cnic_copy": "2999-01-01"}

    response = client.post(reverse("selection:question", args=[row.public_id]), {**sent, **until, "answer": ""})

    question.refresh_from_db()
    assert (response.status_code, question.answered_at is None) == (302, False)
    assert Document.objects.filter(sme=row.sme, name="a.png").count() == 6


def test_a_refused_answer_leaves_no_file_in_the_vault(client, settings):
    row = ApplicationFactory(scored=True)
    question = ask(row, fields=["women_employees"], document_kinds=["electricity_bill"])
    client.force_login(owner_of(row))
    kept = sorted(settings.VAULT_ROOT.rglob("*.*"))
    sent = {
        "question": question.public_id,
        "women_employees": "900",
        "paper_electricity_bill": SimpleUploadedFile("a.png", picture("green")),
    }

    response = client.post(reverse("selection:question", args=[row.public_id]), {**sent, "answer": ""})

    assert "There cannot be more women than employees." in response.content.decode()
    assert Document.objects.filter(sme=row.sme, name="a.png").count() == 0
    assert sorted(settings.VAULT_ROOT.rglob("*.*")) == kept


def test_somebody_signed_in_still_changes_the_language(client):
    client.force_login(UserFactory())
    assert client.post("/language/", {"language": "ur", "next": "/"}).status_code == 302
