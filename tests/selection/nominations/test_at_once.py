"""Two sheets, two answers and two workers at the same moment, on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from selection.models import Nomination, NominationPlaces, NominationSheet
from selection.nominations import selectors, services
from tdap_portal.audit.models import Event
from tests.factories.accounts import UserFactory, director, partner_person
from tests.factories.selection import RoundFactory
from tests.factories.smes import SmeFactory
from tests.selection.test_at_once import all_meet_after, at_once

from .made import nominated, organisation_of, sheet
from .tables import csv_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def table(letter: str) -> bytes:
    digit = ord(letter) - ord("a")
    return csv_of(*(f"Firm {letter}{n},,0300{digit}{n:06d},," for n in range(10)))


@pytest.mark.parametrize(("guarded", "number"), [(True, 15), (False, 40)])
def test_sheets_taken_at_once_never_go_over_the_places(monkeypatch, guarded, number):
    person, round_ = partner_person(), RoundFactory()
    partner = organisation_of(person)
    services.set_places(actor=director(), partner=partner, round=round_, places=15)
    sheets = [sheet(person, round_, table(letter), f"{letter}.csv") for letter in "abcd"]
    all_meet_after(selectors, "places_in", len(sheets), monkeypatch, guarded=guarded)
    if not guarded:
        monkeypatch.setattr(
            services,
            "locked_places",
            lambda partner, round_: NominationPlaces.objects.get(partner=partner, round=round_),
        )

    at_once(*[(lambda row=row: services.take_rows(actor=person, sheet=row)) for row in sheets])

    assert Nomination.objects.count() == number


def test_a_double_click_takes_a_sheet_once():
    person, round_ = partner_person(), RoundFactory()
    row = sheet(person, round_)

    said = at_once(*[lambda: services.take_rows(actor=person, sheet=row)] * 4)

    assert sorted(taken.made for taken in said) == [0, 0, 0, 3]
    assert Event.objects.filter(name="nomination.made").count() == 3


def test_the_same_firm_in_two_sheets_at_once_is_nominated_once():
    person, round_ = partner_person(), RoundFactory()
    sheets = [sheet(person, round_, csv_of(f"Noor {n},1234567,0300123456{n},,"), f"{n}.csv") for n in range(4)]

    at_once(*[(lambda row=row: services.take_rows(actor=person, sheet=row)) for row in sheets])

    assert Nomination.objects.count() == 1


def test_the_same_file_sent_twice_at_once_is_one_sheet():
    person, round_ = partner_person(), RoundFactory()

    rows = at_once(*[lambda: sheet(person, round_)] * 4)

    assert len({row.pk for row in rows}) == NominationSheet.objects.count() == 1


def test_of_four_firms_that_claim_a_link_at_once_one_gets_it():
    row = nominated()
    firms = [SmeFactory(created_by=UserFactory()) for _ in range(4)]

    said = at_once(
        *[
            (lambda sme=sme: services.claim_nomination(actor=sme.created_by, token=row.token, sme=sme).sme_id)
            for sme in firms
        ]
    )

    assert said.count("not_allowed") == 3
    assert Event.objects.filter(name="nomination.claimed").count() == 1


def test_two_workers_end_and_remind_once():
    nominated()
    Nomination.objects.update(remind_at=timezone.now() - timedelta(minutes=1))
    assert sum(at_once(*[services.remind_due] * 4)) == 1

    Nomination.objects.update(lapses_at=timezone.now() - timedelta(minutes=1))
    assert sum(at_once(*[services.lapse_due] * 4)) == 1
    assert Event.objects.filter(name="nomination.lapsed").count() == 1
