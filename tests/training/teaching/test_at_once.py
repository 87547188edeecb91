"""One telephone that sends the same roll in two requests at the same moment, and two that send at once, on a real PostgreSQL."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.test import Client

from tests.selection.test_at_once import at_once
from tests.training.attendance.test_services import DAY, Hall
from tests.training.made import at
from training.models import Attendance, AttendanceMark

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def sends(hall, *marks, device):
    """A request of its own, signed in beforehand."""
    client = Client()
    client.force_login(hall.teacher)
    rows = [
        {"key": key, "place": hall.places[name].public_id, "status": status, "late": late, "at": f"{DAY}T10:12+05:00"}
        for key, name, status, late in marks
    ]
    data = {"device": device, "now": f"{DAY}T12:05:00+05:00", "marks": json.dumps(rows)}
    return lambda: client.post(f"/training/sessions/{hall.session.public_id}/marks/", data).json()["new"]


def test_the_same_roll_in_four_requests_at_once_is_taken_once():
    hall = Hall()
    first = (("d1-1", "ali", "present", None), ("d1-2", "sana", "absent", None), ("d1-3", "usman", "present", None))
    with time_machine.travel(at(f"{DAY} 12:05"), tick=True):
        said = at_once(
            *[sends(hall, *first, device="D1") for _again in range(3)],
            sends(hall, ("d2-1", "sana", "late", 25), ("d2-2", "maryam", "present", None), device="D2"),
        )

    assert sorted(said) == [0, 0, 2, 3]
    assert AttendanceMark.objects.count() == 5
    assert dict(Attendance.objects.values_list("place__attendee", "status")) == {
        "Ali": "present", "Sana": "open", "Usman": "present", "Maryam": "present"
    }  # fmt: skip
