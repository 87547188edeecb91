"""Reports as Zoom and Teams give them, in every form that spreadsheets write, and files that want to do harm. Pure."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tdap_portal.core.sheet import read_sheet
from tests.training.made import KARACHI, at
from tests.training.meetings.made import FIRST
from training.attendance.meeting import (
    BadReport,
    Line,
    find_table,
    guess_columns,
    lacking,
    read_lines,
    result_of,
)

pytestmark = pytest.mark.unit
SESSION = (at("2027-03-06 10:00"), at("2027-03-06 12:00"))
TEAMS = """1. Summary
Meeting title\tPhotographs, that sell, and more
Attended participants\t3
Start time\t3/6/27, 9:55:02 AM
End time\t3/6/27, 12:10:11 PM
Meeting duration\t2h 15m 9s

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole
Noor Fatima\t3/6/27, 9:58:10 AM\t3/6/27, 12:01:00 PM\t1h 31m 50s\tnoor@example.com\tnoor@example.com\tPresenter
Sana “SI” Iqbal\t3/6/27, 10:00:00 AM\t3/6/27, 12:00:00 PM\t2h\tsana@example.com\tsana@example.com\tPresenter

3. In-Meeting Activities
Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole
Noor Fatima\t3/6/27, 9:58:10 AM\t3/6/27, 10:30:00 AM\t31m 50s\tnoor@example.com\tPresenter
Noor Fatima\t3/6/27, 11:01:00 AM\t3/6/27, 12:01:00 PM\t1h\tnoor@example.com\tPresenter
Sana “SI” Iqbal\t3/6/27, 10:00:00\u202fAM\t3/6/27, 12:00:00\u202fPM\t2h\tsana@example.com\tPresenter
"""
ZOOM_OLD = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
123 456,"Photographs, that sell",03/06/2027 09:55:02 AM,03/06/2027 12:10:11 PM,host@example.com,135,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
Noor Fatima,noor@example.com,03/06/2027 10:00:00 AM,03/06/2027 12:00:00 PM,120,No
"""


def lines_of(content: bytes, *, zone=KARACHI) -> list[Line]:
    sheet = read_sheet(content)
    head, rows = find_table([sheet.head, *(row.cells for row in sheet.rows)])
    return read_lines(rows, guess_columns(head), session=SESSION, zone=zone)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "utf-8-sig", "utf-16-le"])
def test_the_report_of_teams_is_read_by_its_comings_and_goings(encoding):
    found = lines_of(TEAMS.encode(encoding))
    assert [(line.name, line.email, line.joined, line.left) for line in found] == [
        ("Noor Fatima", "noor@example.com", at("2027-03-06 09:58:10"), at("2027-03-06 10:30")),
        ("Noor Fatima", "noor@example.com", at("2027-03-06 11:01"), at("2027-03-06 12:01")),
        ("Sana “SI” Iqbal", "sana@example.com", at("2027-03-06 10:00"), at("2027-03-06 12:00")),
    ]


def test_what_stands_above_the_people_is_not_one_of_them():
    assert [line.written for line in lines_of(ZOOM_OLD.encode())] == ["Noor Fatima <noor@example.com>"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace("\n", "\r\n"),
    ],
)
def test_commas_semicolons_and_tabs_part_the_cells(change):
    plain = FIRST.decode()
    assert lines_of(change(plain).encode()) == lines_of(FIRST)


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("69", 69),
        ("69.5", 69.5),
        ("1:09:30", 69.5),
        ("1h 9m 30s", 69.5),
        ("1 hr 9 min", 69),
        ("45s", 0.75),
        ("2h", 120),
    ],
)
def test_a_report_that_tells_only_how_long_is_read_by_that(length, minutes):
    (line,) = lines_of(f"Name,Join Time,Duration\nNoor,2027-03-06 10:00:00,{length}\n".encode())
    assert line.left - line.joined == timedelta(minutes=minutes)


def test_its_own_duration_is_not_used_where_it_tells_when_somebody_left():
    (line,) = lines_of(b"Name,Join Time,Leave Time,Duration\nNoor,2027-03-06 10:00:00,2027-03-06 10:10:00,600\n")
    assert line.left == at("2027-03-06 10:10")


def test_hours_of_another_zone_are_those_of_that_zone_and_written_ones_their_own():
    written = b"Name,Join Time,Leave Time\nNoor,2027-03-06 05:00:00,2027-03-06 07:00:00\n"
    assert lines_of(written, zone=ZoneInfo("UTC"))[0].joined == SESSION[0]
    own = b"Name,Join Time,Leave Time\nNoor,2027-03-06T05:00:00Z,2027-03-06T12:00:00+0500\n"
    assert (lines_of(own)[0].joined, lines_of(own)[0].left) == SESSION


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("Noor,soon,later", "soon"),
        ("Noor,0001-01-01 10:00:00,2027-03-06 11:00:00", "0001-01-01 10:00:00"),
        ("Noor,9999-12-31 23:59:59,9999-12-31 23:59:59", "9999-12-31 23:59:59"),
        (f"Noor,{'9' * 300},{'9' * 300}", "9" * 300),
        ("Noor,NaN,inf", "NaN"),
    ],
)
def test_times_that_nobody_can_read_are_named(row, text):
    with pytest.raises(BadReport) as refusal:
        lines_of(f"Name,Join Time,Leave Time\n{row}\n".encode())
    assert (refusal.value.code, refusal.value.data) == ("times", {"row": 1, "text": text})


@pytest.mark.parametrize("length", ["-5", "1e9", "99999999", "NaN", "1h 2", "٩٩", "9" * 300])
def test_a_length_that_is_none_is_refused(length):
    with pytest.raises(BadReport, match="times"):
        lines_of(f"Name,Join Time,Duration\nNoor,2027-03-06 10:00:00,{length}\n".encode())


def test_a_table_with_other_headings_is_kept_for_somebody_to_say_which_is_which():
    head, rows = find_table([["Attendees"], ["Wer", "von", "bis"], ["Noor", "10:00", "11:00"]])
    assert (head, rows, lacking(guess_columns(head))) == (
        ["Wer", "von", "bis"], [["Noor", "10:00", "11:00"]], ["name", "joined", "left"]
    )  # fmt: skip
    assert find_table([["a"], [""], []]) == ([], [])


def test_names_and_addresses_are_cut_to_what_can_be_kept():
    (line,) = lines_of(
        f"Name,Email,Join Time,Leave Time\n{'n' * 290},{'e' * 290},2027-03-06 10:00:00,2027-03-06 11:00:00\n".encode()
    )
    assert len(line.written) == 243


@pytest.mark.parametrize(
    ("minutes", "result"),
    [(0, "absent"), (-1, "absent"), (1, "late"), (89.9, "late"), (90, "present"), (120, "present")],
)
def test_what_minutes_come_to(minutes, result):
    assert result_of(minutes, length=120, percent=75) == result
