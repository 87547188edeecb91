"""A session online with its people, and reports of its meeting."""

from __future__ import annotations

from pathlib import Path

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.training.made import at, cohort, manager, place, published, trainer
from training.meetings import selectors, services
from training.models import Attendance, AttendanceMark

CASES = Path(__file__).parents[1] / "attendance"
FIRST, SECOND = ((CASES / f"report-{number}.csv").read_bytes() for number in (1, 2))
HEAD = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"
DAY = "2027-03-06"
AFTER = at(f"{DAY} 13:00")


def csv_of(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


class Room:
    """Saturday from 10 to 12; the rule is 75 of 100 minutes."""

    def __init__(self, names: str = "Noor Fatima,Sana Iqbal,Bilal Khan,Asad Raza") -> None:
        self.boss = manager()
        self.teacher = UserFactory(name="Hira Saleem", email="hira@example.com", language="en")
        self.cohort = cohort(mode="online", city="")
        self.cohort.programme.attendance_percent = 75
        self.cohort.programme.save()
        self.session = published(self.cohort, f"{DAY} 10:00", trainer=trainer(user=self.teacher), minutes=120)
        self.places = {}
        for name in names.split(","):
            person = UserFactory(name=name, email=f"{name.lower().replace(' ', '.')}@example.com")
            self.places[name] = place(self.cohort, person, asked_at=at("2027-03-01 10:00"))

    def count(self, *contents: bytes, name: str = "report.csv") -> None:
        with time_machine.travel(AFTER, tick=False):
            for content in contents:
                row = services.read_in(actor=self.teacher, session=self.session, file_name=name, content=content)
                services.count(actor=self.teacher, report=row)

    def name(self, written: str, person: str) -> int:
        """person: "" takes back; "nobody"."""
        chosen = self.places[person].public_id if person in self.places else person
        with time_machine.travel(AFTER, tick=False):
            return services.name_participants(actor=self.teacher, session=self.session, named={written: chosen})

    def minutes(self) -> dict[str, tuple[str, float]]:
        rows = Attendance.objects.filter(session=self.session).select_related("place")
        return {row.place.attendee: (row.status, float(row.minutes)) for row in rows}

    def unknown(self) -> list[str]:
        return [one.written for one in selectors.overview_of(self.session).unknown]

    def marks(self) -> int:
        return AttendanceMark.objects.filter(session=self.session).count()

    # ------------------------------------------------------------------------------------------------ in the browser

    def client(self, person=None) -> Client:
        client = Client()
        with time_machine.travel(AFTER, tick=False):
            client.force_login(person or self.teacher)
        return client

    def path(self, page: str, *rest: str) -> str:
        return reverse(f"training:{page}", args=(self.session.public_id, *rest))

    def send(self, client: Client, content: bytes, *, name: str = "report.csv", moment=AFTER):
        with time_machine.travel(moment, tick=False):
            return client.post(self.path("report_upload"), {"file": SimpleUploadedFile(name, content)}, follow=True)

    def post(self, client: Client, path: str, **data):
        with time_machine.travel(AFTER, tick=False):
            return client.post(path, data, follow=True)

    def get(self, client: Client, path: str):
        with time_machine.travel(AFTER, tick=False):
            return client.get(path)
