"""Reports of meetings in the browser: handed in, columns said, looked at, counted, names given and taken back."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from tests.factories.accounts import UserFactory, director, officer
from tests.queries import queries_of
from tests.selection.nominations.tables import workbook
from tests.training.made import at, trainer
from tests.training.meetings.made import AFTER, DAY, FIRST, SECOND, Room, csv_of
from training.meetings import selectors
from training.models import MeetingReport

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return Room()


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_report_is_looked_at_before_it_counts(room):
    client = room.client()
    seen = room.send(client, FIRST)
    row = MeetingReport.objects.get()
    text = text_of(seen)
    assert seen.redirect_chain == [(room.path("report", row.public_id), 302)]
    for words in (
        "Is this right?",
        "2 people of the cohort are in it.",
        "95.5",
        "79.6&nbsp;%",
        "114.5",
        "iPhone",
        "118.0 minutes",
    ):
        assert words in text
    assert room.minutes() == {}
    counted = room.post(client, room.path("report", row.public_id))
    assert "The minutes of 2 people changed." in text_of(counted)
    assert room.minutes() == {"Noor Fatima": ("present", 95.5), "Sana Iqbal": ("present", 114.5)}
    twice = room.post(client, room.path("report", row.public_id))
    assert (twice.redirect_chain[-1][0], room.marks()) == (room.path("report_result"), 2)


def test_the_same_file_again_says_so_and_changes_nothing(room):
    room.count(FIRST)
    again = room.send(room.client(), FIRST)
    assert "This file counts already. Nothing was changed." in text_of(again)
    assert (room.marks(), MeetingReport.objects.count()) == (2, 1)


def test_a_name_is_given_and_taken_back_on_the_page(room):
    room.count(FIRST, SECOND)
    client, names = room.client(), room.path("report_names")
    page = room.get(client, room.path("report_result"))
    assert "Who is this? 1 name is not known" in text_of(page)
    assert "came after the end" in text_of(page)
    field = f"n-{selectors.key_of('iPhone')}"
    asad = room.places["Asad Raza"].public_id
    done = room.post(client, names, **{field: asad})
    assert "The minutes of 1 person changed." in text_of(done)
    assert "named by hand: iPhone" in text_of(done)
    assert room.minutes()["Asad Raza"] == ("present", 118.0)
    room.post(client, names, **{field: asad})  # a second click
    assert room.marks() == 4
    back = room.post(client, names, take_back=selectors.key_of("iPhone"))
    assert "Who is this? 1 name is not known" in text_of(back)
    assert "Asad Raza" not in room.minutes()


@pytest.mark.parametrize("value", ["z" * 12, "x", "7" * 5000, "None"])
def test_somebody_who_is_not_of_the_cohort_cannot_be_chosen(room, value):
    room.count(FIRST)
    answer = room.post(room.client(), room.path("report_names"), **{f"n-{selectors.key_of('iPhone')}": value})
    assert (answer.status_code, room.unknown()) == (422, ["iPhone"])


@pytest.mark.parametrize("data", [{}, {"n-0000": "nobody"}, {"take_back": "7" * 5000}, {"take_back": ""}])
def test_a_form_with_nothing_in_it_changes_nothing(room, data):
    room.count(FIRST)
    answer = room.post(room.client(), room.path("report_names"), **data)
    assert ("Nobody’s minutes changed." in text_of(answer), room.marks()) == (True, 2)


OTHER_HEADS = "Wer,Adresse,Von,Bis"


def test_columns_are_said_once_for_all_reports_with_these_headings(room):
    client = room.client()
    rows = FIRST.decode().splitlines()[1:]
    asked = room.send(client, csv_of(*rows, head=OTHER_HEADS))
    row = MeetingReport.objects.get()
    assert ("Which column is which?" in text_of(asked), "noor.fatima@example.com" in text_of(asked)) == (True, True)
    path = room.path("report_columns", row.public_id)
    twice = room.post(client, path, name="0", email="0", joined="2", left="3", zone="Asia/Karachi")
    assert (twice.status_code, "stands for two things" in text_of(twice)) == (422, True)
    without = room.post(client, path, name="0", joined="2", zone="Asia/Karachi")
    assert "Say which columns hold the name" in text_of(without)
    seen = room.post(client, path, name="0", email="1", joined="2", left="3", zone="Asia/Karachi")
    assert "2 people of the cohort are in it." in text_of(seen)
    room.post(client, room.path("report", row.public_id))
    second = room.send(client, csv_of(*SECOND.decode().splitlines()[1:], head=OTHER_HEADS))
    assert "Is this right?" in text_of(second)


def test_hours_of_another_zone_are_said_with_the_columns(room):
    client = room.client()
    row = "Asad Raza,asad.raza@example.com,03/06/2027 05:00:00 AM,03/06/2027 07:00:00 AM,120,No"
    refused = room.send(client, csv_of(row))
    assert "Nobody in this report was there during the session" in text_of(refused)
    report = MeetingReport.objects.get()
    path = room.path("report_columns", report.public_id)
    seen = room.post(client, path, name="0", email="1", joined="2", left="3", zone="UTC")
    assert "120.0" in text_of(seen)
    room.post(client, room.path("report", report.public_id))
    assert room.minutes() == {"Asad Raza": ("present", 120.0)}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "99"}, "Select a valid choice"),
        ({"name": "-1"}, "Select a valid choice"),
        ({"zone": "Mars/Base"}, "Select a valid choice"),
    ],
)
def test_a_column_that_is_not_there_is_refused(room, data, words):
    client = room.client()
    room.send(client, FIRST)
    path = room.path("report_columns", MeetingReport.objects.get().public_id)
    good = {"name": "0", "email": "1", "joined": "2", "left": "3", "zone": "Asia/Karachi"}
    assert words in text_of(room.post(client, path, **good | data))


def test_a_file_is_forgotten_before_it_counts_and_not_after(room):
    client = room.client()
    room.send(client, FIRST)
    path = room.path("report", MeetingReport.objects.get().public_id)
    assert "The report is forgotten." in text_of(room.post(client, path, drop="1"))
    assert MeetingReport.objects.count() == 0
    assert room.post(client, path, drop="1").status_code == 404
    room.count(FIRST)
    room.post(client, room.path("report", MeetingReport.objects.get().public_id), drop="1")
    assert (MeetingReport.objects.count(), len(room.minutes())) == (1, 2)


HUGE = b"Name,Join Time,Leave Time\n" + b"A,2027-03-06 10:00:00,2027-03-06 11:00:00\n" * 5_001


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The submitted file is empty|no row below the headings"),
        (b"Name,Join Time,Leave Time\n", "no row below the headings"),
        (b"%PDF-1.7 ...", "neither a CSV nor an Excel file"),
        (b"PK\x03\x04 no book", "damaged or locked"),
        (b"Name,Join Time\n\x00,b\n", "characters that no list has|neither a CSV"),
        (b'Name,Join Time\n"never closed,b\n', "never closed"),
        (b"\xff\xfe\x00", "neither a CSV"),
        (HUGE, "more than 5000 rows"),
        (b"a," * 70 + b"\n" + b"b," * 70, "more than 60 columns"),
        (b"x" * 5_000_001, "larger than 5 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(room, content, words):
    answer = room.send(room.client(), content)
    assert (answer.status_code, MeetingReport.objects.count()) == (422, 0)
    assert re.search(words, text_of(answer))


def test_no_file_at_all_is_refused_beside_its_field(room):
    answer = room.post(room.client(), room.path("report_upload"))
    assert (answer.status_code, "This field is required" in text_of(answer)) == (422, True)


def test_a_workbook_is_read_like_any_other_table(room):
    head, *rows = (line.split(",") for line in FIRST.decode().splitlines())
    cells = "".join(
        f'<row r="{number}">' + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for number, row in enumerate([head, *rows], start=1)
    )
    room.send(room.client(), workbook(cells), name="report.xlsx")
    room.post(room.client(), room.path("report", MeetingReport.objects.get().public_id))
    assert room.minutes() == {"Noor Fatima": ("present", 95.5), "Sana Iqbal": ("present", 114.5)}


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=cmd()", "\u202eevil", "a" * 300])
def test_what_a_report_writes_is_shown_as_text(room, name):
    times = "03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,120,No"
    seen = room.send(room.client(), csv_of(f"{name},,{times}", f"Asad,asad.raza@example.com,{times}"))
    assert (seen.status_code, "<script>alert(1)" in seen.content.decode()) == (200, False)


def test_nobody_else_reaches_the_pages(room):
    room.count(FIRST)
    with time_machine.travel(AFTER, tick=False):
        row = MeetingReport.objects.create(
            session=room.session, name="b.csv", sha256="x", head=["a"], rows=[["b"]], uploaded_by=room.teacher
        )
    another = UserFactory()
    trainer(user=another)
    pages = [
        room.path("report_upload"), room.path("report_result"), room.path("report", row.public_id),
        room.path("report_columns", row.public_id),
    ]  # fmt: skip
    found = {}
    people = {
        "trainer of another": another,
        "officer": officer(),
        "director": director(),
        "participant": room.places["Asad Raza"].attendee_user,
    }
    for name, person in people.items():
        client = room.client(person)
        found[name] = {room.get(client, path).status_code for path in pages}
        found[name].add(room.post(client, room.path("report_names")).status_code)
    assert found == {"trainer of another": {404}, "officer": {404}, "director": {403}, "participant": {404}}
    assert {room.get(room.client(room.boss), path).status_code for path in pages[:2]} == {200}
    assert Client().get(pages[0]).status_code == 302


def test_a_report_of_another_session_is_not_found(room):
    other = Room.__new__(Room)
    other.session = type(room.session).objects.create(
        cohort=room.cohort, position=9, title="x", skill="listing", trainer=room.session.trainer,
        starts_at=at(f"{DAY} 09:00"), ends_at=at(f"{DAY} 09:30"),
    )  # fmt: skip
    room.count(FIRST)
    row = MeetingReport.objects.get()
    client = room.client()
    for page in ("report", "report_columns"):
        assert room.get(client, other.path(page, row.public_id)).status_code == 404
        assert room.get(client, room.path(page, "z" * 12)).status_code == 404


def test_a_session_without_a_day_has_no_result(room):
    type(room.session).objects.update(starts_at=None, ends_at=None)
    assert room.get(room.client(), room.path("report_result")).status_code == 404
    assert room.send(room.client(), FIRST).status_code == 422


def test_the_result_asks_as_much_for_many_as_for_few(room):
    room.count(FIRST)
    client, path = room.client(), room.path("report_result")
    with time_machine.travel(AFTER, tick=False):
        few = queries_of(client, path)
    times = "03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,120,No"
    people = [f"{name},{name.lower().replace(' ', '.')}@example.com,{times}" for name in room.places]
    room.count(SECOND, csv_of(*people, *(f"Guest {number},,{times}" for number in range(30))))
    with time_machine.travel(AFTER, tick=False):
        assert len(queries_of(client, path)) == len(few)
