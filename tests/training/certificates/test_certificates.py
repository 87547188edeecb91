"""Certificates as people meet them: earned, issued, checked by everybody, taken back, replaced."""

from __future__ import annotations

import re
from io import BytesIO, StringIO

import pypdfium2
import pytest
import segno
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from selection.models import Conflict
from tdap_portal.audit.models import Event
from tdap_portal.charts.squares import squares_of
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tdap_portal.web import printing
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, owner_of
from tests.training.made import at, cohort, manager, place, published
from training.attendance import services as attendance_services
from training.certificates import handlers, paper, selectors, services
from training.certificates.numbers import new_number, shown
from training.models import Certificate
from training.states import AttendanceStatus as Status
from training.states import CertificateState, Happened

pytestmark = pytest.mark.django_db


class Finished:
    """A cohort of two sessions that are over; Rabia came to both, Asad to one, Hina to none that was settled."""

    def __init__(self) -> None:
        self.boss = manager()
        self.cohort = cohort(code="SKT-1")
        self.sessions = [published(self.cohort, f"2026-03-0{day} 10:00", minutes=120) for day in (3, 5)]
        self.people = {name: UserFactory(name=name, language="en") for name in ("Rabia Noor", "Asad Raza", "Hina Khan")}
        self.places = {
            name: place(self.cohort, person, application=ApplicationFactory(), asked_at=at("2026-03-01 09:00"))
            for name, person in self.people.items()
        }
        for name, marks in {"Rabia Noor": "pp", "Asad Raza": "pa", "Hina Khan": "pp"}.items():
            for session, mark in zip(self.sessions, marks, strict=True):
                attendance_services.correct(
                    actor=self.boss,
                    session=session,
                    place=self.places[name],
                    status=Status.PRESENT if mark == "p" else Status.ABSENT,
                    words="As on the roll",
                )

    def issue(self) -> Certificate:
        """Of Rabia, by the worker."""
        services.issue_for_cohort(actor=self.boss, cohort=self.cohort)
        while services.issue_next(cohort_id=self.cohort.pk, actor=self.boss):
            pass
        return Certificate.objects.get(place=self.places["Rabia Noor"])


@pytest.fixture
def finished() -> Finished:
    return Finished()


def words_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    try:
        return document[0].get_textpage().get_text_range()
    finally:
        document.close()


@pytest.mark.sqlite_leg
def test_who_came_to_what_is_asked_for_gets_one_and_nobody_else(finished):
    assert services.issue_for_cohort(actor=finished.boss, cohort=finished.cohort) == 2
    assert services.issue_next(cohort_id=finished.cohort.pk, actor=None) == 2
    assert services.issue_next(cohort_id=finished.cohort.pk, actor=None) == 0
    assert sorted(Certificate.objects.values_list("place__attendee", flat=True)) == ["Hina Khan", "Rabia Noor"]
    with pytest.raises(DomainError) as refusal:
        services.issue_for_cohort(actor=finished.boss, cohort=finished.cohort)
    assert refusal.value.code == "nobody_earned"
    (line,) = [line for line in selectors.lines_of(finished.cohort) if line.place.attendee == "Asad Raza"]
    assert line.lacks == ("The hours that are asked for can no longer be reached.",)


def test_one_certificate_more_costs_its_own_rows_and_no_look_at_the_hours_of_each(finished):
    """Read once for a whole piece: beside it stand a look for the number, the row and its history."""
    asked = []
    for _turn in range(2):
        with CaptureQueriesContext(connection) as statements:
            services.issue_next(cohort_id=finished.cohort.pk, actor=None)
        asked.append(statements.captured_queries)
        Certificate.objects.filter(place=finished.places["Hina Khan"]).delete()
    two, one = asked
    more = len(two) - len(one)
    assert 0 < more <= 8
    looks = [sum("training_attendance" in query["sql"] for query in queries) for queries in (two, one)]
    assert looks[0] == looks[1] > 0


def test_the_person_is_told_once(finished):
    row = finished.issue()
    for event in [*Event.objects.filter(name=Happened.CERTIFIED)] * 2:
        handlers.tell_certificate(event)
    (message,) = Message.objects.filter(template="certificate.issued", to=finished.people["Rabia Noor"])
    assert shown(row.number) in message.body
    assert Event.objects.filter(name=Happened.CERTIFIED).count() == 2


def test_only_a_programme_manager_issues(finished):
    for actor in (officer(), director(), partner_person(), finished.people["Rabia Noor"]):
        with pytest.raises(NotAllowed):
            services.issue_for_cohort(actor=actor, cohort=finished.cohort)


def test_without_a_key_nothing_is_issued(finished, settings):
    settings.CERTIFICATE_KEY = ""
    with pytest.raises(DomainError) as refusal:
        services.issue_for_cohort(actor=finished.boss, cohort=finished.cohort)
    assert refusal.value.code == "no_key"


@pytest.mark.sqlite_leg
def test_the_facts_are_those_of_the_day_of_issue(finished):
    row = finished.issue()
    sme = row.place.sme
    sme.name = "Another name"
    sme.save()
    row.refresh_from_db()
    assert (row.facts["person"], row.facts["minutes"], row.facts["minutes_held"]) == ("Rabia Noor", 240, 240)
    assert row.facts["firm"] != "Another name"
    assert (row.facts["from"], row.facts["to"]) == ("2026-03-03", "2026-03-05")


def test_the_paper_says_what_the_facts_say_and_verifies_without_the_portal(finished, tmp_path):
    row = finished.issue()
    pdf = services.signed_pdf(row)
    words = words_of(pdf)
    assert "Rabia Noor" in words
    assert shown(row.number) in words
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    out = StringIO()
    call_command("verify_certificate", str(file), stdout=out)
    assert "The seal holds" in out.getvalue()
    assert f"number: {row.number}" in out.getvalue()
    file.write_bytes(pdf.replace(b"%PDF-1.", b"%PDF-2.", 1))
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_certificate", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_certificate", str(tmp_path / "nowhere.pdf"))


# ----------------------------------------------------------------------------------------------------------- the check


def check(client, number: str) -> tuple[int, str]:
    answer = client.get(reverse("training:certificate_check", args=[number]))
    found = re.search(r'<h2 id="verdict-h">(.*?)</h2>', answer.content.decode())
    return answer.status_code, found[1] if found else ""


def test_bars_of_the_code_are_its_dark_squares():
    text = "https://portal.example/training/certificates/check/ABCDEFGHJKLM/"
    squares = {
        (column, row)
        for row, line in enumerate(segno.make(text, error="m", micro=False).matrix)
        for column, dark in enumerate(line)
        if dark
    }
    bars = list(paper.qr_bars(text))
    assert {(column + step, row) for column, row, length in bars for step in range(length)} == squares
    assert len(bars) < len(squares)


def test_a_paper_is_word_for_word_what_it_is_without_the_short_way(finished, monkeypatch):
    certificate = finished.issue()
    short = services.signed_pdf(certificate)
    monkeypatch.setattr(printing, "bytes_of", lambda pdf: bytes(pdf.output()))
    assert words_of(short) == words_of(services.signed_pdf(certificate))


def test_anybody_checks_a_number_however_it_is_written(client, finished):
    row = finished.issue()
    for text in (row.number, shown(row.number), shown(row.number).lower()):
        assert check(client, text) == (200, "Yes, it is real")
    page = client.get(reverse("training:certificate_search"), {"n": shown(row.number)}).content.decode()
    assert "Rabia Noor" in page
    assert "Yes, it is real" in page


def test_a_number_that_was_never_issued_is_told_from_a_mistyped_one(client, finished):
    row = finished.issue()
    wrong = row.number[:-1] + ("2" if row.number[-1] != "2" else "3")
    assert check(client, wrong) == (404, "We do not know this number")
    assert check(client, new_number()) == (404, "We do not know this number")
    assert check(client, "x") == (404, "We do not know this number")
    assert client.get(reverse("training:certificate_search"), {"n": ""}).status_code == 422


def test_a_certificate_that_was_taken_back_says_why_and_has_no_paper(client, finished):
    row = finished.issue()
    services.revoke(actor=director(), certificate=row, reason_code="other_person", words="Seen on the photographs")
    assert check(client, row.number) == (200, "No longer valid")
    page = client.get(reverse("training:certificate_check", args=[row.number])).content.decode()
    assert "Somebody else took part in place of the person named" in page
    assert "Seen on the photographs" not in page
    assert "Rabia Noor" not in page
    row.refresh_from_db()
    with pytest.raises(DomainError) as refusal:
        services.signed_pdf(row)
    assert refusal.value.code == "not_valid"
    with pytest.raises(WrongState):
        services.revoke(actor=director(), certificate=row, reason_code="other_person")


@pytest.mark.sqlite_leg
def test_a_name_is_put_right_by_another_certificate(client, finished):
    row = finished.issue()
    with pytest.raises(DomainError) as refusal:
        services.replace(actor=finished.boss, certificate=row, words="Spelling", person="Rabia Noor")
    assert refusal.value.code == "nothing_changed"
    new = services.replace(
        actor=finished.boss, certificate=row, words="Spelling", person="Rabia Noor Fatima", person_ur="رابعہ نور"
    )
    assert check(client, row.number)[1] == "Replaced by another certificate"
    assert check(client, new.number)[1] == "Yes, it is real"
    assert (new.facts["person"], new.facts["person_ur"], new.facts["minutes"]) == (
        "Rabia Noor Fatima",
        "رابعہ نور",
        240,
    )
    row.refresh_from_db()
    assert (row.state, row.facts["person"]) == (CertificateState.REPLACED, "Rabia Noor")


def send(client, content: bytes) -> str:
    file = SimpleUploadedFile("certificate.pdf", content, "application/pdf")
    answer = client.post(reverse("training:certificate_file"), {"file": file})
    found = re.search(r'<h2 id="verdict-h">(.*?)</h2>', answer.content.decode())
    return found[1] if found else str(answer.status_code)


@pytest.mark.parametrize(
    "address", ["/training/certificates/check/?n=x", "/training/certificates/check/ABCD-EFGH-JKLM/"]
)
def test_numbers_are_tried_sixty_times_a_minute_and_no_more(client, settings, address):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"certificate_check": "2/m/ip"}
    answers = [client.get(address).status_code for _time in range(3)]
    assert answers[:2] == [answers[0]] * 2
    assert answers[0] != 429
    assert answers[2] == 429


def test_a_pdf_is_checked_and_a_changed_one_is_not_believed(client, finished):
    row = finished.issue()
    pdf = services.signed_pdf(row)
    assert send(client, pdf) == "Yes, it is real"
    assert send(client, pdf.replace(b"%PDF-1.", b"%PDF-2.", 1)) == "This file is not as we issued it"
    assert send(client, b"%PDF-1.7 nothing") == "This file carries no seal of ours"
    assert send(client, b"") == "This file carries no seal of ours"
    services.revoke(actor=director(), certificate=row, reason_code="issued_in_error")
    assert send(client, pdf) == "No longer valid"


# ---------------------------------------------------------------------------------------------------------------- roles


@pytest.mark.parametrize("address", ["certificate", "certificate_pdf"])
def test_only_the_person_the_firm_and_officials_have_the_whole_of_it(client, finished, address):
    row = finished.issue()
    url = reverse(f"training:{address}", args=[row.public_id])
    owner = owner_of(row.application)
    for reader, status in (
        (finished.people["Rabia Noor"], 200),
        (finished.people["Hina Khan"], 404),
        (partner_person(), 404),
        (UserFactory(), 404),
        (finished.boss, 200),
        (officer(), 200),
        (owner, 200),
    ):
        client.force_login(reader)
        assert client.get(url).status_code == status, reader
    client.logout()
    assert client.get(url).status_code == 302


def test_its_page_shows_what_the_paper_shows_in_both_languages_while_it_is_in_force(client, finished, settings):
    row = finished.issue()
    client.force_login(finished.people["Rabia Noor"])
    url = reverse("training:certificate", args=[row.public_id])
    page = client.get(url).content.decode()
    sheet = client.get(url).context["sheet"]
    for words in (sheet.person, sheet.sentence, sheet.sentence_ur, sheet.heading_ur, shown(row.number), "4 of 4"):
        assert words in page, words
    code = squares_of(sheet.link)
    assert f'<path d="{code.path}"' in page
    assert f'viewBox="-2 -2 {code.size + 4} {code.size + 4}"' in page

    settings.CERTIFICATE_KEY = ""
    assert client.get(url).context["sheet"] is None
    assert shown(row.number) in client.get(url).content.decode()
    services.revoke(actor=director(), certificate=row, reason_code="other_person", words="Seen")
    page = client.get(url).content.decode()
    assert 'class="cert"' not in page
    assert "This certificate is no longer valid" in page


def test_what_is_above_is_compared_only_where_something_is_above(client, finished):
    row = finished.issue()
    real = client.get(reverse("training:certificate_check", args=[row.number])).content.decode()
    assert "Compare the paper in your hand" in real
    assert "Issued" in real
    empty = client.get(reverse("training:certificate_search")).content.decode()
    assert "Compare the paper" not in empty
    unknown = client.get(reverse("training:certificate_check", args=[new_number()])).content.decode()
    assert "Still unknown?" in unknown
    assert 'href="/training/certificates/check/"' in empty.partition('class="foot"')[2]


def test_the_page_to_keep_has_the_keys_and_needs_nothing_else(client):
    answer = client.get(reverse("training:certificate_offline"))
    page = answer.content.decode()
    assert page.startswith("<!doctype html>")
    assert '"tests": "' in page
    assert not re.search(r'(src|href)="', page)
    assert "attachment" in answer["Content-Disposition"]


def test_the_list_of_a_cohort_costs_the_same_queries(finished, django_assert_num_queries):
    with django_assert_num_queries(12):
        assert len(selectors.lines_of(finished.cohort)) == 3
    place(finished.cohort, UserFactory(), application=ApplicationFactory(), asked_at=at("2026-03-01 09:00"))
    with django_assert_num_queries(12):
        assert len(selectors.lines_of(finished.cohort)) == 4


def test_what_is_to_come_is_no_lack_of_hours(finished):
    with time_machine.travel(at("2026-03-04 09:00"), tick=False):
        (line,) = [line for line in selectors.lines_of(finished.cohort) if line.place.attendee == "Asad Raza"]
    assert "There are sessions to come." in line.lacks


# --------------------------------------------------------------------------------------------------- after taking back


@pytest.mark.parametrize(
    ("reason", "again"),
    [
        ("other_person", 0), ("false_paper", 0), ("assessment", 0),
        ("attendance", 1), ("issued_in_error", 1),
    ],
)  # fmt: skip
def test_what_was_taken_back_for_good_is_not_issued_again_by_the_next_click(finished, reason, again):
    row = finished.issue()
    services.revoke(actor=director(), certificate=row, reason_code=reason)
    if again:
        assert services.issue_for_cohort(actor=finished.boss, cohort=finished.cohort) == 1
    else:
        with pytest.raises(DomainError) as refusal:
            services.issue_for_cohort(actor=finished.boss, cohort=finished.cohort)
        assert refusal.value.code == "nobody_earned"
    assert services.issue_next(cohort_id=finished.cohort.pk, actor=finished.boss) == again
    rows = Certificate.objects.filter(place=row.place)
    assert sorted(rows.values_list("state", flat=True)) == ["in_force", "revoked"][1 - again :]
    (line,) = [line for line in selectors.lines_of(finished.cohort) if line.place == row.place]
    assert line.lacks == (() if again else ("A certificate was taken back, so no other one is issued.",))


def test_one_whose_name_was_put_right_before_is_not_issued_again_either(finished):
    row = finished.issue()
    new = services.replace(actor=finished.boss, certificate=row, words="Spelling", person="Rabia Noor Fatima")
    services.revoke(actor=director(), certificate=new, reason_code="other_person")
    assert services.issue_next(cohort_id=finished.cohort.pk, actor=finished.boss) == 0


def test_nobody_ends_or_renames_the_certificate_of_their_own_firm(finished, client):
    row = finished.issue()
    Conflict.objects.create(official=finished.boss, sme=row.place.sme, words="A cousin.")
    with pytest.raises(NotAllowed, match="tied to this firm"):
        services.replace(actor=finished.boss, certificate=row, words="Spelling", person="A Cousin")
    with pytest.raises(NotAllowed, match="tied to this firm"):
        services.revoke(actor=finished.boss, certificate=row, reason_code="issued_in_error")
    client.force_login(finished.boss)
    for name in ("certificate_replace", "certificate_revoke"):
        assert client.get(reverse(f"training:{name}", args=[row.public_id])).status_code == 403
    assert services.replace(actor=manager(), certificate=row, words="Spelling", person="Rabia Noor Fatima").number
