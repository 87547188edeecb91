"""Two who save the same at one moment: one is through, the other reads so; nobody meets a fault."""

from __future__ import annotations

import logging

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from selection.api import views as api_views
from tdap_portal.accounts import services
from tdap_portal.accounts.adapter import PortalAccountAdapter
from tdap_portal.accounts.models import Partner, User
from tdap_portal.accounts.roles import Role
from tdap_portal.core.models import ClosedDay
from tdap_portal.web import middleware
from tests.factories.accounts import UserFactory
from tests.selection.test_at_once import at_once

NUMBER = "+923001234567"


def boss() -> Client:
    person = services.create_person(actor=None, name="Omar", email="omar@tdap.example", roles=(Role.ADMINISTRATOR,))
    client = Client(raise_request_exception=False)
    client.force_login(person)
    return client


PARTNER = {"name": "Sialkot Chamber", "kind": "chamber", "is_active": "on", "members-TOTAL_FORMS": 0} | {
    "members-INITIAL_FORMS": 0
}
DAY = {"day": "2027-03-31", "name": "Flood", "source": "Notification 7"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize(
    ("page", "sent", "model"),
    [("admin:accounts_partner_add", PARTNER, Partner), ("admin:core_closedday_add", DAY, ClosedDay)],
)
def test_what_is_written_down_by_two_at_once_stands_once(monkeypatch, page, sent, model):
    monkeypatch.setattr(model, "validate_unique", lambda *_args, **_kwargs: None)  # both looked before the other saved
    monkeypatch.setattr(model, "validate_constraints", lambda *_args, **_kwargs: None)
    client = boss()
    answers = at_once(*[lambda: client.post(reverse(page), sent).status_code] * 3)
    assert sorted(answers) == [302, 409, 409]
    assert model.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_people_with_one_number_one_has_it():
    """As when both typed the code of the number at one moment."""
    people = [UserFactory(), UserFactory()]

    def take(person):
        try:
            PortalAccountAdapter().set_phone(person, NUMBER, True)
        except IntegrityError as fault:
            return str(middleware.refusal_of(fault).code)
        return "taken"

    assert sorted(at_once(*[lambda person=person: take(person) for person in people])) == ["just_changed", "taken"]
    assert User.objects.filter(mobile=NUMBER).count() == 1


@pytest.mark.django_db
def test_neither_page_nor_log_names_the_value(client, caplog, monkeypatch):
    UserFactory(email="victim@example.pk")
    monkeypatch.setattr(
        "tdap_portal.web.views.specimens.context",
        lambda: User.objects.create(email="victim@example.pk"),
    )
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/style/")
    assert answer.status_code == 409
    assert "victim" not in answer.content.decode() + caplog.text
    assert "Two at once: " in caplog.text


@pytest.mark.django_db
def test_without_its_guard_it_is_a_fault_that_names_the_value(client, monkeypatch):
    UserFactory(email="victim@example.pk")
    monkeypatch.setattr(middleware, "refusal_of", lambda _fault: None)
    monkeypatch.setattr(
        "tdap_portal.web.views.specimens.context",
        lambda: User.objects.create(email="victim@example.pk"),
    )
    with pytest.raises(IntegrityError):
        client.get("/style/")


@pytest.mark.django_db
def test_a_broken_rule_of_the_database_stays_a_fault(client, monkeypatch):
    monkeypatch.setattr("tdap_portal.web.views.specimens.context", lambda: User.objects.create(name="unreachable"))
    with pytest.raises(IntegrityError):
        client.get("/style/")


@pytest.mark.django_db
def test_a_program_reads_it_in_the_apis_shape(monkeypatch):
    person = UserFactory(email="victim@example.pk")
    client = APIClient()
    client.force_authenticate(person)
    monkeypatch.setattr(
        api_views.Rounds, "get", lambda *_args, **_kwargs: User.objects.create(email="victim@example.pk")
    )
    answer = client.get("/api/v1/rounds/")
    assert (answer.status_code, answer.json()["code"]) == (409, "just_changed")
