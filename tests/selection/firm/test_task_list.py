"""The task list by its facts alone: what is done, what is next, what waits for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from selection.firm.task_list import FirmFacts, PaperFacts, RoundFacts, StepFacts, task_list

pytestmark = pytest.mark.unit
IDENTITY = StepFacts("identity", "Identity", "Who is the firm?", "/identity/")
CAPACITY = StepFacts("capacity", "Capacity", "How much can you make?", "/capacity/")
NTN = PaperFacts("ntn_certificate", "NTN certificate", "From IRIS.", "verified", "/papers/", day=date(2027, 1, 12))
CNIC = PaperFacts("cnic_copy", "CNIC", "Both sides.", "sent", "/papers/")
ROUND = RoundFacts(
    3,
    datetime(2027, 2, 26, 17, tzinfo=ZoneInfo("Asia/Karachi")),
    promise_days=15,
    url="/apply/R3/?firm=x",
    is_started=True,
    is_written=True,
)
FIRM = FirmFacts(date(2027, 1, 4), "Rabia Noor", "Owner", (IDENTITY, CAPACITY), (NTN, CNIC), (ROUND,))


def rows(facts, code, **kwargs):
    """Title, what it says, words of its state and tone of each row of a group."""
    group = next(group for group in task_list(facts, **kwargs).groups if group.code == code)
    return [(task.title, task.why, task.state_text, task.tone) for task in (*group.tasks, *group.done)]


def sentence(facts, **kwargs):
    following = task_list(facts, **kwargs).next
    return following and (following.sentence, following.label, following.url)


def firm(**changes):
    return replace(FIRM, **changes)


def test_a_firm_that_has_all_but_one_paper_verified_checks_its_answers_and_submits():
    tasks = task_list(FIRM)
    assert (tasks.next.sentence, tasks.next.url, tasks.others) == (
        "check your answers and submit by 26\xa0February\xa02027, 17:00",
        "/apply/R3/?firm=x#answers",
        0,
    )
    assert (tasks.done, tasks.needed, tasks.yours, tasks.ours) == (6, 8, 1, 1)
    assert [(group.title, group.note, group.folded) for group in tasks.groups] == [
        ("Account", "", "Account: done on 4\xa0January\xa02027"),
        ("Profile", "2 of 2 steps done", "Profile: all 2 steps are done"),
        ("Papers", "2 needed for a firm like yours", ""),
        ("Application", "Round 3 closes on 26\xa0February\xa02027, 17:00", ""),
    ]
    assert rows(FIRM, "papers") == [
        ("CNIC", "An officer looks at it once you have applied.", "With us", "us"),
        ("NTN certificate", "From IRIS.", "Verified 12\xa0January\xa02027", "done"),
    ]


def test_a_new_firm_begins_with_the_first_step_and_nothing_else_is_lost_from_sight():
    new = firm(
        steps=(
            replace(IDENTITY, missing=("NTN",), is_saved=False),
            replace(CAPACITY, missing=("unit",), is_saved=False),
        ),
        papers=(replace(NTN, state="missing", day=None),),
        rounds=(replace(ROUND, is_started=False, is_written=False),),
    )
    assert sentence(new) == ("who is the firm?", "Go on with this step", "/identity/")
    assert rows(new, "profile") == [
        ("Identity", "Who is the firm?", "Next", "you"),
        ("Capacity", "How much can you make?", "Not begun", "rest"),
    ]
    assert rows(new, "papers") == [("NTN certificate", "From IRIS.", "Not sent yet", "rest")]
    assert rows(new, "round3") == [
        (
            "What you want to reach",
            "A few sentences, in Urdu or English, and who will do the work; you can begin now.",
            "Not begun",
            "rest",
        ),
        (
            "Check your answers and submit",
            "Opens when 3 needed tasks are done: Identity, Capacity, What you want to reach.",
            "Still shut",
            "rest",
        ),
    ]
    assert (task_list(new).done, task_list(new).needed, task_list(new).yours) == (2, 7, 5)


def test_what_is_left_for_later_gives_way_to_the_next_and_comes_back_in_the_end():
    two = firm(steps=(IDENTITY, replace(CAPACITY, missing=("unit",))), rounds=(replace(ROUND, is_written=False),))
    urls = [sentence(two, skip=skip)[2] for skip in range(3)]
    assert urls == ["/capacity/", "/apply/R3/?firm=x", "/capacity/"]


@pytest.mark.parametrize(
    ("step", "row"),
    [
        ({"missing": ("unit", "people")}, ("Capacity", "Missing: unit, people.", "Begun", "rest")),
        ({"missing": ("unit",), "is_saved": False}, ("Capacity", "How much can you make?", "Not begun", "rest")),
        ({"error_count": 2}, ("Capacity", "How much can you make?", "2 to fix", "rest")),
        ({}, ("Capacity", "", "Done", "done")),
        (
            {"missing": ("unit",), "closed_because": "Only an owner fills it in."},
            ("Capacity", "Only an owner fills it in.", "With a colleague", "rest"),
        ),
    ],
)
def test_each_step_says_how_far_it_is(step, row):
    facts = firm(steps=(replace(IDENTITY, missing=("NTN",)), replace(CAPACITY, **step)))
    assert row in rows(facts, "profile")


@pytest.mark.parametrize(
    ("paper", "row", "says"),
    [
        (
            {"state": "refused", "reason": "The stamp is not readable."},
            ("CNIC", "The stamp is not readable.", "Next", "you"),
            "send “CNIC” again",
        ),
        ({"state": "missing"}, ("CNIC", "Both sides.", "Next", "you"), "send “CNIC”"),
        (
            {"state": "expired", "day": date(2027, 1, 3)},
            ("CNIC", "It ran out on 3\xa0January\xa02027 and no longer counts.", "Next", "you"),
            "renew “CNIC”",
        ),
        (
            {"state": "verified", "days_left": 15},
            ("CNIC", "It counts until then. Send the new one before.", "15 days left", "you"),
            "check your answers and submit by 26\xa0February\xa02027, 17:00",
        ),
        (
            {"state": "missing", "url": ""},
            ("CNIC", "Both sides.", "With a colleague", "rest"),
            "check your answers and submit by 26\xa0February\xa02027, 17:00",
        ),
    ],
)
def test_each_paper_says_who_must_move_and_one_that_still_counts_can_wait(paper, row, says):
    facts = firm(papers=(NTN, replace(CNIC, **paper)))
    assert row in rows(facts, "papers")
    assert sentence(facts)[0] == says


def test_a_paper_that_came_back_stands_before_one_that_was_never_sent():
    facts = firm(papers=(replace(NTN, state="missing"), replace(CNIC, state="refused", reason="Too dark.")))
    assert [row[0] for row in rows(facts, "papers")] == ["CNIC", "NTN certificate"]
    assert rows(facts, "papers", skip=1)[1] == ("CNIC", "Too dark.", "Send again", "no")


def test_a_missing_paper_does_not_shut_the_submission_but_is_named_there():
    facts = firm(papers=(replace(NTN, state="missing"),))
    assert rows(facts, "round3")[1][1:3] == (
        "You can submit without your papers, but we cannot decide without them.",
        "Ready",
    )


def test_a_preparer_leaves_the_submission_to_the_owner():
    facts = firm(rounds=(replace(ROUND, submit_because="Only the owner submits."),))
    assert sentence(facts) is None
    assert rows(facts, "round3")[1] == (
        "Check your answers and submit", "Only the owner submits.", "With the owner", "rest",
    )  # fmt: skip


def test_a_draft_that_its_round_closed_over_asks_for_nothing():
    facts = firm(rounds=(replace(ROUND, is_open=False),))
    assert sentence(facts) is None
    assert [row[2] for row in rows(facts, "round3")] == ["Closed"]
    assert task_list(facts).groups[-1].note == "Round 3 closed on 26\xa0February\xa02027, 17:00"
    assert (task_list(facts).done, task_list(facts).needed) == (5, 6)


def test_of_two_open_rounds_one_is_needed():
    other = replace(ROUND, number=4, is_started=False, is_written=False, url="/apply/R4/?firm=x")
    tasks = task_list(firm(rounds=(ROUND, other)))
    assert [group.title for group in tasks.groups[3:]] == ["Application, Round 3", "Application, Round 4"]
    assert (tasks.needed, tasks.open) == (8, 2)
