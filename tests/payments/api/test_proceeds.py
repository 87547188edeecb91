"""What a program reads of exports: the same as its person, in pages, and another firm's is not there."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.proceeds import bank_of, bank_person, came, confirmed, shipped
from tests.factories.smes import MemberFactory, SmeFactory

pytestmark = [pytest.mark.db, pytest.mark.django_db]
BASE = "/api/v1/payments/"


def read(person, path):
    client = APIClient()
    client.force_authenticate(person)
    return client.get(BASE + path)


def ids(person, path):
    return [row["id"] for row in read(person, path).json()["results"]]


def test_each_sees_its_own():
    person = bank_person()
    mine, other = shipped(), shipped()
    money, elsewhere = came(mine.sme, bank=bank_of(person)), came(other.sme)
    trainee = UserFactory()
    MemberFactory(sme=mine.sme, user=trainee, role="trainee")
    for reader, shipments, receipts in (
        (mine.sme.created_by, [mine], [money]),
        (finance_officer(), [other, mine], [elsewhere, money]),
        (UserFactory(roles=[Role.APPROVER]), [other, mine], [elsewhere, money]),
        (person, [], [money]),
        (trainee, [], []),
        (UserFactory(roles=[Role.OFFICER]), [], []),
    ):
        assert ids(reader, "shipments/") == [row.public_id for row in shipments]
        assert ids(reader, "proceeds/") == [row.public_id for row in receipts]
        answer = read(reader, f"shipments/{other.public_id}/").status_code
        assert answer == (200 if other in shipments else 404)
        assert read(reader, f"proceeds/{elsewhere.public_id}/").status_code == (200 if elsewhere in receipts else 404)


def test_filters_and_amounts():
    sme = SmeFactory()
    row = shipped(sme, amount=1_234_56)
    shipped(sme, currency="EUR")
    confirmed(sme=sme)
    found = read(sme.created_by, "shipments/?currency=USD").json()["results"]
    assert [(one["id"], one["amount"], one["left"], one["sector"]) for one in found] == [
        (row.public_id, 1_234_56, 1_234_56, "sports_goods")
    ]
    assert ids(sme.created_by, "shipments/?state=nonsense") == []
    assert len(ids(sme.created_by, "proceeds/?state=confirmed")) == 1


def test_what_is_public_is_there_for_programs_too():
    assert read(UserFactory(), "statement/").json() == []
    shipped()
    assert {one["source"] for one in read(UserFactory(), "pulse/").json()}
    assert APIClient().get(BASE + "shipments/").status_code == 401
