"""Every call of /api/v1/training/ for every role: the same rows as on the pages, and never a rival's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rest_framework.test import APIClient

from selection.models import Offer
from selection.states import NominationState
from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.accounts.services import renew_token
from tests.factories.accounts import UserFactory, partner_person
from tests.factories.selection import owner_of
from tests.factories.training_certificates import certified
from tests.factories.training_places import seated
from tests.queries import queries_of
from tests.selection.nominations import made as made_nominations
from tests.training.made import at, cohort, place, published, session, trainer, venue
from training.attendance import services as attendance_services
from training.models import Attendance, Certificate, Cohort, Place
from training.states import AttendanceStatus as Status
from training.states import CohortState, PlaceState

if TYPE_CHECKING:
    from selection.models import Nomination

pytestmark = pytest.mark.django_db
LISTS = ("cohorts", "sessions", "attendance", "certificates")


def as_(user) -> APIClient:
    """With the person's token, as a machine would."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {renew_token(user=user, may_write=False)}")
    return client


def url(*parts: str) -> str:
    return "/api/v1/training/" + "".join(f"{part}/" for part in parts)


class World:
    """Two cohorts with a session each that is over; a firm with a place, marks and a certificate in each; a planned cohort."""

    def __init__(self) -> None:
        self.boss = UserFactory(roles=(Role.PROGRAMME_MANAGER,))
        self.teacher = UserFactory()
        self.cohorts = [
            cohort(code=f"LHR-9{number}", starts_on=at(f"2026-03-0{number} 00:00").date()) for number in (1, 2)
        ]
        self.planned = cohort(code="LHR-99", state=CohortState.PLANNED.value)
        self.sessions = [
            published(row, "2026-03-03 10:00", title=f"Of {row.code}", venue=venue(link=""), trainer=given)
            for row, given in zip(self.cohorts, (trainer(user=self.teacher), trainer()), strict=True)
        ]
        self.sessions[0].join_url = "https://meet.example.org/j/1"
        self.sessions[0].save()
        session(self.planned)
        self.offers = [seated() for _row in self.cohorts]
        self.places = [
            place(row, application=offer.application, asked_at=at("2026-03-01 09:00"))
            for row, offer in zip(self.cohorts, self.offers, strict=True)
        ]
        for row, own in zip(self.sessions, self.places, strict=True):
            attendance_services.correct(
                actor=self.boss, session=row, place=own, status=Status.LATE, minutes=90, words="As on the roll"
            )
        self.certificates = [certified(own) for own in self.places]
        self.owners = [owner_of(own.application) for own in self.places]

    def read(self, user, *parts: str, **params: str):
        answer = as_(user).get(url(*parts), params)
        assert answer.status_code == 200, answer.json()
        return answer.json()["results"]


@pytest.fixture
def world() -> World:
    return World()


def test_without_a_token_nothing_is_told(world):
    for name in (*LISTS, "nominees"):
        answer = APIClient().get(url(name))
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


# ------------------------------------------------------------------------------------------------------- who reads what


def seen_by(world: World, user) -> dict[str, list]:
    return {
        "cohorts": sorted(row["code"] for row in world.read(user, "cohorts")),
        "sessions": sorted(row["title"] for row in world.read(user, "sessions")),
        "attendance": sorted(row["cohort"] for row in world.read(user, "attendance")),
        "certificates": sorted(row["cohort"] for row in world.read(user, "certificates")),
    }


PUBLIC, BOTH, ALL = ["LHR-91", "LHR-92"], ["LHR-91", "LHR-92"], ["LHR-91", "LHR-92", "LHR-99"]
TITLES = ["Of LHR-91", "Of LHR-92"]
OFFICIAL = {
    Role.PROGRAMME_MANAGER: {"cohorts": ALL, "sessions": TITLES, "attendance": BOTH, "certificates": BOTH},
    Role.APPROVER: {"cohorts": ALL, "sessions": TITLES, "attendance": BOTH, "certificates": BOTH},
    Role.OFFICER: {"cohorts": ALL, "sessions": TITLES, "attendance": [], "certificates": BOTH},
    Role.FINANCE_OFFICER: {"cohorts": ALL, "sessions": TITLES, "attendance": [], "certificates": []},
    Role.ADMINISTRATOR: {"cohorts": ALL, "sessions": TITLES, "attendance": [], "certificates": []},
    Role.PARTNER: {"cohorts": PUBLIC, "sessions": [], "attendance": [], "certificates": []},
    None: {"cohorts": PUBLIC, "sessions": [], "attendance": [], "certificates": []},
}


@pytest.mark.parametrize("role", list(OFFICIAL))
def test_who_reads_what_by_role(world, role):
    user = UserFactory(roles=(role,) if role else ())
    assert seen_by(world, user) == OFFICIAL[role]


def test_a_firm_reads_its_own_and_so_does_who_comes_for_it(world):
    own = {"cohorts": PUBLIC, "sessions": TITLES[:1], "attendance": ["LHR-91"], "certificates": ["LHR-91"]}
    assert seen_by(world, world.owners[0]) == own
    person = UserFactory()
    Place.objects.filter(pk=world.places[0].pk).update(attendee_user=person)
    assert seen_by(world, person) == own


def test_a_trainer_reads_the_sessions_that_they_teach(world):
    assert seen_by(world, world.teacher) == {
        "cohorts": PUBLIC, "sessions": TITLES[:1], "attendance": ["LHR-91"], "certificates": []
    }  # fmt: skip


def test_a_firm_that_left_a_cohort_reads_its_sessions_no_more_and_keeps_what_it_attended(world):
    Place.objects.filter(pk=world.places[0].pk).update(state=PlaceState.CHANGED, ended_at=at("2026-03-04 09:00"))
    seen = seen_by(world, world.owners[0])
    assert (seen["sessions"], seen["attendance"]) == ([], ["LHR-91"])


def test_single_things_of_others_are_not_found(world):
    hers, his = (certificate.public_id for certificate in world.certificates)
    client = as_(world.owners[0])
    asked = {
        "own certificate": url("certificates", hers), "other certificate": url("certificates", his),
        "no certificate": url("certificates", "z" * 12), "open cohort": url("cohorts", world.cohorts[1].public_id),
        "planned cohort": url("cohorts", world.planned.public_id), "no cohort": url("cohorts", "z" * 12),
        "own session": url("sessions", world.sessions[0].public_id), "no session": url("sessions", "z" * 12),
        "other session": url("sessions", world.sessions[1].public_id),
        "session without a time": url("sessions", world.planned.sessions.get().public_id),
    }  # fmt: skip
    assert {name: client.get(path).status_code for name, path in asked.items()} == {
        "own certificate": 200, "other certificate": 404, "no certificate": 404, "open cohort": 200,
        "planned cohort": 404, "no cohort": 404, "own session": 200, "no session": 404, "other session": 404,
        "session without a time": 404,
    }  # fmt: skip
    assert as_(world.boss).get(url("cohorts", world.planned.public_id)).json()["state"] == "planned"


# ------------------------------------------------------------------------------------------------------ what a row says


def test_what_a_row_says(world):
    row, place_ = world.sessions[0], world.places[0]
    assert world.read(world.owners[0], "sessions") == [
        {
            "id": row.public_id, "cohort": "LHR-91", "cohort_id": world.cohorts[0].public_id, "position": 1,
            "title": "Of LHR-91", "title_ur": row.title_ur, "starts_at": "2026-03-03T10:00:00+05:00",
            "ends_at": "2026-03-03T12:00:00+05:00", "stage": "held", "trainer": "Hira Saleem", "venue": "Expo room 2",
            "city": "Lahore",
        }
    ]  # fmt: skip
    assert world.read(world.owners[0], "attendance") == [
        {
            "session_id": row.public_id, "session": "Of LHR-91", "starts_at": "2026-03-03T10:00:00+05:00",
            "cohort": "LHR-91", "person": "Rabia Noor", "firm": place_.sme.name, "status": "late", "minutes": "90.00",
            "source": "correction",
        }
    ]  # fmt: skip
    (told,) = world.read(world.owners[0], "certificates")
    assert (told["number"], told["state"], told["person"]) == (world.certificates[0].number, "in_force", told["person"])
    assert as_(world.owners[0]).get(url("certificates", told["id"])).json() == told


@pytest.mark.sqlite_leg
def test_one_session_is_read_by_whoever_has_it_in_the_list(world):
    """By name of the person: whether each session stands in the list, and whether it is found by itself."""
    chamber, rival = partner_person(PartnerKind.CHAMBER), partner_person(PartnerKind.BANK)
    nominated(chamber, world.places[0])
    nominated(rival, world.places[1])
    people = {
        "firm": (world.owners[0], [True, False]), "trainer": (world.teacher, [True, False]),
        "partner": (chamber, [True, False]), "rival": (rival, [False, True]),
        "platform": (partner_person(PartnerKind.PLATFORM), [False, False]), "stranger": (UserFactory(), [False, False]),
        **{role.value: (UserFactory(roles=(role,)), [True, True]) for role in OFFICIAL if role and role != Role.PARTNER},
    }  # fmt: skip
    for name, (user, sees) in people.items():
        listed = {row["id"]: row for row in world.read(user, "sessions")}
        assert [row.public_id in listed for row in world.sessions] == sees, name
        for row, is_seen in zip(world.sessions, sees, strict=True):
            answer = as_(user).get(url("sessions", row.public_id))
            assert answer.status_code == (200 if is_seen else 404), name
            assert not is_seen or answer.json() == listed[row.public_id]


def test_a_partner_reads_sessions_of_nominees_that_claimed_it_and_hold_a_place(world):
    chamber = partner_person(PartnerKind.CHAMBER)
    own = nominated(chamber, world.places[0])
    address = url("sessions", world.sessions[0].public_id)
    assert as_(chamber).get(address).status_code == 200
    Place.objects.filter(pk=world.places[0].pk).update(state=PlaceState.GIVEN_UP, ended_at=at("2026-03-04 09:00"))
    assert as_(chamber).get(address).status_code == 404
    Place.objects.filter(pk=world.places[0].pk).update(state=PlaceState.HELD, ended_at=None)
    own.sme = None
    own.save()
    assert as_(chamber).get(address).status_code == 404


def test_the_address_of_a_meeting_is_told_to_no_program(world):
    for user in (world.boss, world.teacher, world.owners[0]):
        assert "meet.example.org" not in as_(user).get(url("sessions")).content.decode()
        assert "meet.example.org" not in as_(user).get(url("sessions", world.sessions[0].public_id)).content.decode()


# --------------------------------------------------------------------------------------------------- filters and pages


@pytest.mark.sqlite_leg
def test_filters_of_every_list(world):
    one = world.cohorts[0].public_id
    read = world.read
    assert [row["code"] for row in read(world.boss, "cohorts", state="planned")] == ["LHR-99"]
    assert [row["code"] for row in read(world.boss, "cohorts", city="Quetta")] == []
    assert [row["title"] for row in read(world.boss, "sessions", cohort=one, when="past")] == TITLES[:1]
    assert read(world.boss, "sessions", when="coming") == []
    assert [row["cohort"] for row in read(world.boss, "attendance", session=world.sessions[1].public_id)] == ["LHR-92"]
    assert (len(read(world.boss, "attendance", status="late")), read(world.boss, "attendance", status="absent")) == (
        2,
        [],
    )
    assert [row["cohort"] for row in read(world.boss, "certificates", cohort=one, state="in_force")] == ["LHR-91"]


@pytest.mark.parametrize("value", ["7" * 5000, "x", "-1", "NaN", "' or 1=1 --", "\x00"])
def test_junk_in_a_filter_finds_nothing_and_breaks_nothing(world, value):
    client = as_(world.boss)
    for name, words in (
        ("cohorts", "state"),
        ("cohorts", "city"),
        ("sessions", "cohort"),
        ("attendance", "status"),
        ("attendance", "session"),
    ):
        answer = client.get(url(name), {words: value})
        assert (answer.status_code, answer.json().get("results", [])) in ((200, []), (400, []))
    for name in LISTS:
        assert client.get(url(name), {"cursor": value}).status_code in (200, 400)


@pytest.mark.sqlite_leg
def test_a_page_leads_to_the_next_and_keeps_its_filters(world, monkeypatch):
    monkeypatch.setattr("training.api.views.PAGE_SIZE", 1)
    client = as_(world.boss)
    first = client.get(url("attendance"), {"status": "late"}).json()
    second = client.get(first["next"]).json()
    assert "status=late" in first["next"]
    assert [len(page["results"]) for page in (first, second)] == [1, 1]
    assert (first["results"] != second["results"], second["next"], first["previous"]) == (True, None, None)
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_as_much_for_two_as_for_one(world, name):
    client = as_(world.boss)
    two = queries_of(client, url(name))
    Attendance.objects.filter(place=world.places[1]).delete()
    assert len(queries_of(client, url(name))) == len(two)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written(world, method):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {renew_token(user=world.boss, may_write=True)}")
    for name in LISTS:
        assert getattr(client, method)(url(name)).status_code == 405


# -------------------------------------------------------------------------------------------------------- the partner


def nominated(person, own: Place, **values) -> Nomination:
    """By the organisation of a person, and claimed by the firm of a place."""
    row = made_nominations.nominated(person, own.application.round)
    row.firm = values.pop("firm", "As the chamber wrote it")
    row.state, row.sme = NominationState.AGREED.value, own.sme
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    return row


def test_a_partner_reads_how_far_its_own_nominees_are_and_nobody_else_s(world):
    chamber, rival = partner_person(PartnerKind.CHAMBER), partner_person(PartnerKind.BANK)
    own, theirs = nominated(chamber, world.places[0]), nominated(rival, world.places[1], firm="Of a rival")
    assert world.read(chamber, "nominees") == [
        {
            "nomination": own.public_id, "firm": "As the chamber wrote it", "round": own.round.code, "cohort": "LHR-91",
            "minutes_held": 120.0, "minutes_attended": 90.0, "meets_rule": False, "has_certificate": True,
        }
    ]  # fmt: skip
    assert [row["nomination"] for row in world.read(rival, "nominees")] == [theirs.public_id]
    text = as_(chamber).get(url("nominees")).content.decode()
    for hidden in (world.places[0].sme.name, world.places[0].attendee, world.places[0].application.file_number):
        assert hidden not in text


@pytest.mark.parametrize("change", [{"state": "invited"}, {"state": "refused"}, {"sme": None}])
def test_a_nominee_that_has_not_agreed_and_claimed_it_is_not_there(world, change):
    chamber = partner_person(PartnerKind.CHAMBER)
    nominated(chamber, world.places[0], **change)
    assert world.read(chamber, "nominees") == []


@pytest.mark.parametrize("state", ["declined", "given_back", "taken_back", "expired"])
def test_of_a_nominee_without_a_seat_nothing_of_the_training_is_told(world, state):
    """As on the board of its partner: neither where it was nor that it came."""
    chamber = partner_person(PartnerKind.CHAMBER)
    nominated(chamber, world.places[0])
    Offer.objects.filter(pk=world.offers[0].pk).update(state=state)
    (row,) = world.read(chamber, "nominees")
    told = [row[name] for name in ("cohort", "minutes_held", "minutes_attended", "meets_rule", "has_certificate")]
    assert told == [None, None, None, None, False]


def test_a_cohort_that_was_called_off_is_no_place(world):
    chamber = partner_person(PartnerKind.CHAMBER)
    nominated(chamber, world.places[0])
    Cohort.objects.update(state=CohortState.CANCELLED.value)
    assert world.read(chamber, "nominees")[0]["cohort"] is None


def test_a_nominee_without_a_place_has_no_hours(world):
    chamber = partner_person(PartnerKind.CHAMBER)
    nominated(chamber, world.places[0])
    Place.objects.update(state=PlaceState.WAITING)
    Certificate.objects.all().delete()
    (row,) = world.read(chamber, "nominees")
    assert (row["cohort"], row["minutes_held"], row["meets_rule"], row["has_certificate"]) == (None, None, None, False)


def test_whoever_nominates_for_nobody_finds_no_such_list(world):
    for user in (world.boss, world.owners[0], UserFactory(), partner_person(PartnerKind.PLATFORM)):
        assert as_(user).get(url("nominees")).status_code == 404
