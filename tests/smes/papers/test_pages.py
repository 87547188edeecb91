"""Sending papers and getting them back."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pikepdf import Pdf

from smes.models import Document
from smes.papers import turns, vault
from tests.factories.smes import DocumentFactory, SmeFactory
from tests.smes.pages import text_of
from tests.smes.papers.test_checks import pdf, picture
from tests.smes.papers.test_virus import clamd

pytestmark = pytest.mark.django_db


def send(client, sme, content=None, name="My NTN.pdf", **data):
    data = {"kind": "ntn_certificate", **data}
    upload = SimpleUploadedFile(name, pdf() if content is None else content, content_type="image/png")
    return client.post(reverse("smes:papers", args=[sme.public_id]), {**data, "file": upload})


def test_a_paper_is_sent_listed_and_given_back_as_a_file(owner, sme):
    assert send(owner, sme).status_code == 302
    document = Document.objects.get()
    assert "Tax registration (NTN) certificate" in text_of(owner.get(reverse("smes:papers", args=[sme.public_id])))
    response = owner.get(reverse("smes:paper", args=[sme.public_id, document.public_id]))
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Disposition"] == 'attachment; filename="My NTN.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_while_one_paper_of_a_firm_is_looked_at_another_is_asked_for_later_and_the_words_stay(owner, sme, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0)
    with turns.firm_in_turn(sme):
        page = text_of(send(owner, sme, note="The second page is on its way."))
        assert "Send this one again in a minute; nothing else is lost." in page
        assert 'value="The second page is on its way."' in page
        with turns.firm_in_turn(SmeFactory()):  # another firm does not wait
            pass
    assert not Document.objects.exists()
    assert send(owner, sme, note="The second page is on its way.").status_code == 302


def test_a_firm_s_turn_ends_also_where_its_paper_is_refused(owner, sme, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0)
    assert "This is not a PDF" in text_of(send(owner, sme, b"MZ"))
    assert send(owner, sme).status_code == 302


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"content": b"MZ program"}, "This is not a PDF, JPEG or PNG"),
        ({"content": b""}, "The file is empty."),
        ({"kind": ""}, "This field is required."),
        ({"kind": "cnic_copy"}, "Write until when this paper is valid."),
        ({"kind": "cnic_copy", "expires_on": "2020-01-01"}, "This paper has run out already."),
        ({"kind": "quality_certificate", "expires_on": "2999-01-01"}, "Choose which certificate it is."),
    ],
)
def test_a_wrong_paper_is_refused_beside_its_field(owner, sme, data, says):
    assert says in text_of(send(owner, sme, **data))
    assert Document.objects.count() == 0


def photographs(number):
    return [
        SimpleUploadedFile(f"side {n}.png", picture("PNG", size=(40, 30 + n)), content_type="image/png")
        for n in range(number)
    ]


def send_all(client, sme, files):
    data = {"kind": "cnic_copy", "expires_on": "2999-01-01", "file": files}
    return client.post(reverse("smes:papers", args=[sme.public_id]), data)


def test_two_photographs_of_a_card_become_one_paper_of_two_pages_that_is_kept_once(owner, sme):
    for _press in range(2):
        response = send_all(owner, sme, photographs(2))
        assert response.url == reverse("smes:papers", args=[sme.public_id]) + "#said"
    document = Document.objects.get()
    assert (document.name, document.content_type, document.pages) == ("side 0.pdf", "application/pdf", 2)
    with vault.open_paper(document.stored_as) as kept:
        sizes = [tuple(float(side) for side in page.mediabox[2:]) for page in Pdf.open(kept).pages]
    assert [round(width / height, 2) for width, height in sizes] == [1.33, 1.29]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (lambda: photographs(7), "Choose at most 6 photographs for one paper."),
        (
            lambda: [*photographs(1), SimpleUploadedFile("a.pdf", pdf(), content_type="application/pdf")],
            "Only photographs are bound into one paper. Send a PDF by itself.",
        ),
        (lambda: [*photographs(1), SimpleUploadedFile("b.png", b"MZ", content_type="image/png")], "This is not a PDF"),
    ],
)
def test_several_files_are_one_paper_only_where_each_is_a_photograph(owner, sme, files, says):
    assert says in text_of(send_all(owner, sme, files()))
    assert Document.objects.count() == 0


def test_a_tax_return_has_no_last_day(owner, sme):
    assert send(owner, sme, kind="tax_return").status_code == 302
    assert Document.objects.get().expires_on is None


def test_only_the_note_to_the_officer_calls_itself_optional(owner, sme):
    page = text_of(owner.get(reverse("smes:papers", args=[sme.public_id])))
    assert re.findall(r'for="id_(\w+)">[^<]*<span class="quiet fw-normal">\(optional\)', page) == ["note"]


def test_a_file_a_byte_over_the_limit_is_refused(owner, sme, settings):
    settings.PAPER_MAX_BYTES = len(pdf()) - 1
    assert "The file is larger than" in text_of(send(owner, sme))


def test_a_paper_that_nobody_called_clean_is_refused_and_the_words_beside_it_stay(owner, sme, settings, tmp_path):
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody.ctl"
    response = send(owner, sme, note="Renewed in May.")
    assert "The virus scanner does not answer at the moment" in text_of(response)
    assert response.context["form"]["note"].value() == "Renewed in May."
    with clamd(b"stream: Eicar FOUND\0") as fake:
        settings.CLAMD_URL = fake.url
        assert "The virus scanner found something harmful" in text_of(send(owner, sme))
    assert Document.objects.count() == 0


def test_no_page_says_that_papers_are_scanned_while_none_is(owner, sme, settings):
    settings.CLAMD_URL = ""
    page = text_of(owner.get(reverse("smes:papers", args=[sme.public_id]))) + text_of(send(owner, sme))
    assert "virus" not in page.lower()


def test_a_page_without_a_file_says_so(owner, sme):
    page = text_of(owner.post(reverse("smes:papers", args=[sme.public_id]), {"kind": "other"}))
    assert "This field is required." in page


def test_a_paper_is_replaced_and_the_old_one_leaves_the_list(owner, sme):
    old = DocumentFactory(sme=sme, state="refused", reason="The back is missing.")
    url = reverse("smes:replace_paper", args=[sme.public_id, old.public_id])
    assert "The back is missing." in text_of(owner.get(url))
    assert owner.post(url, {"kind": "ntn_certificate", "file": SimpleUploadedFile("a.pdf", pdf())}).status_code == 302
    old.refresh_from_db()
    assert (old.state, Document.objects.exclude(pk=old.pk).get().replaces) == ("replaced", old)
    assert "moved on" in text_of(
        owner.post(url, {"kind": "ntn_certificate", "file": SimpleUploadedFile("b.pdf", pdf(pages=2))})
    )


def test_a_paper_under_another_firm_s_address_is_not_found(owner, sme):
    mine, other = DocumentFactory(sme=sme), SmeFactory(created_by=sme.created_by)
    assert owner.get(reverse("smes:paper", args=[other.public_id, mine.public_id])).status_code == 404


def test_a_paper_whose_file_is_gone_reads_as_not_found(owner, sme):
    document = DocumentFactory(sme=sme)
    document.stored_as = "aa/gone.pdf"
    document.save()
    assert owner.get(reverse("smes:paper", args=[sme.public_id, document.public_id])).status_code == 404


def test_no_paper_lies_under_a_public_address(client, owner, sme):
    document = DocumentFactory(sme=sme)
    for prefix in ("/media/", "/static/", "/vault/", "/"):
        assert client.get(f"{prefix}{document.stored_as}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("tax_return", {"file", "note"}),
        ("cnic_copy", {"file", "expires_on", "note"}),
        ("quality_certificate", {"certificate", "file", "expires_on", "note"}),
        ("nonsense", {"kind", "certificate", "file", "expires_on", "note"}),
    ],
)
def test_a_needed_paper_is_sent_by_a_form_with_its_own_fields_alone(owner, sme, kind, asked):
    form = owner.get(reverse("smes:papers", args=[sme.public_id]) + f"?kind={kind}").context["form"]
    assert {field.name for field in form.visible_fields()} == asked


def test_the_form_of_one_kind_takes_no_other(owner, sme):
    url = reverse("smes:papers", args=[sme.public_id]) + "?kind=tax_return"
    upload = SimpleUploadedFile("return.pdf", pdf())
    answer = owner.post(url, {"kind": "quality_certificate", "file": upload})
    assert answer.url == reverse("smes:papers", args=[sme.public_id]) + "#said"
    assert (Document.objects.get().kind, Document.objects.get().certificate) == ("tax_return", "")
