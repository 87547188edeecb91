"""A consent that its firm lets hold longer, and days that a corrected calendar moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.finance.cases import clock, selectors, services, tasks
from payments.models import Consent, FinanceCase
from payments.states import Happened
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import add_working_days, forget_closed_days, is_working_day, today
from tdap_portal.core.errors import DomainError, NotAllowed
from tdap_portal.core.models import ClosedDay
from tests.factories.accounts import UserFactory
from tests.factories.smes import MemberFactory
from tests.smes.pages import text_of

from .made import banker, now, offered, referred

pytestmark = pytest.mark.django_db
IN_30, IN_90 = timedelta(days=30), timedelta(days=90)


@pytest.fixture
def by():
    return banker()


@pytest.fixture
def case(by):
    return referred(by, ends_on=today() + IN_30)


def prolong(case, by=None, days=90):
    consent = Consent.objects.get(pk=case.consent_id)
    return services.prolong(actor=by or case.sme.created_by, consent=consent, ends_on=today() + timedelta(days=days))


def test_the_firm_prolongs_it_and_each_time_stands_in_the_history(case):
    row = prolong(case)
    assert (row.ends_on, row.prolonged_by) == (today() + IN_90, case.sme.created_by)
    prolong(case, days=100)
    said = [event.data for event in Event.objects.filter(name=Happened.CONSENT_PROLONGED.value).order_by("pk")]
    assert [(data["was"], data["ends_on"]) for data in said] == [
        (str(today() + IN_30), str(today() + IN_90)),
        (str(today() + IN_90), str(today() + timedelta(days=100))),
    ]


def test_the_same_day_twice_is_once(case):
    prolong(case)
    prolong(case)
    assert Event.objects.filter(name=Happened.CONSENT_PROLONGED.value).count() == 1


@pytest.mark.parametrize(("days", "code"), [(30, "not_later"), (29, "not_later"), (-1, "not_later"), (185, "ends_on")])
def test_only_to_a_later_day_and_no_longer_than_a_consent_may_be(case, days, code):
    with pytest.raises(DomainError) as refusal:
        prolong(case, days=days)
    assert refusal.value.code == code


def test_what_was_taken_back_or_has_ended_is_not_prolonged(by, case):
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    ended = referred(by)
    Consent.objects.filter(pk=ended.consent_id).update(ends_on=today() - timedelta(days=1))
    for row in (case, ended):
        with pytest.raises(DomainError) as refusal:
            prolong(row)
        assert refusal.value.code == "over"
    assert list(selectors.queue_of(by)) == []


@pytest.mark.parametrize("role", ["preparer", "finance", "trainee", None])
def test_only_an_owner_prolongs_it(case, role):
    person = UserFactory()
    if role:
        MemberFactory(sme=case.sme, user=person, role=role)
    with pytest.raises(NotAllowed):
        prolong(case, by=person)


def test_the_owner_prolongs_it_on_the_page(client, case):
    client.force_login(case.sme.created_by)
    page = reverse("payments:consent_prolong", args=[case.consent.public_id])
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"ends_on": today().isoformat()})
    assert wrong.status_code == 422
    assert "Choose a day after the one on which it ends now." in text_of(wrong)
    assert client.post(page, {"ends_on": (today() + IN_90).isoformat()}).status_code == 302
    assert Consent.objects.get().ends_on == today() + IN_90
    assert "You prolonged it on" in text_of(client.get(reverse("payments:finance_case", args=[case.public_id])))


def test_a_consent_that_is_over_says_so_on_its_page(client, case):
    services.revoke(actor=case.sme.created_by, consent=case.consent)
    client.force_login(case.sme.created_by)
    page = client.get(reverse("payments:consent_prolong", args=[case.consent.public_id]))
    assert "Ask the lender anew" in text_of(page)


# ------------------------------------------------------------------------------------------------------- the calendar


def next_working_day():
    return add_working_days(today(), 1)


def close(day):
    ClosedDay.objects.create(day=day, name="Closed by order", source="Cabinet Division")
    forget_closed_days()


def test_a_day_that_is_closed_later_moves_the_lenders_day_once(by, case):
    was = case.due_on
    close(next_working_day())
    tasks.redate_cases()
    assert now(case).due_on == add_working_days(was, 1)
    tasks.redate_cases()
    event = Event.objects.get(name=Happened.CASE_REDATED.value)
    assert event.data["due_on"] == str(add_working_days(was, 1))


def test_a_day_that_is_opened_moves_it_back(case):
    day = today() + timedelta(days=1)
    while is_working_day(day):
        day += timedelta(days=1)
    was = case.due_on
    ClosedDay.objects.create(day=day, name="Open by order", source="Cabinet Division", is_open=True)
    forget_closed_days()
    tasks.redate_cases()
    assert now(case).due_on < was


def test_a_firm_that_has_an_offer_gets_the_day_more_and_never_a_day_less(by):
    case = offered(by)
    was = case.offer_until
    close(next_working_day())
    tasks.redate_cases()
    assert now(case).offer_until == add_working_days(was, 1)
    ClosedDay.objects.all().delete()
    forget_closed_days()
    tasks.redate_cases()
    assert now(case).offer_until == add_working_days(was, 1)


def test_where_nothing_is_owed_nothing_moves(by, case):
    services.ask(actor=by, case=case, words="?")
    close(next_working_day())
    tasks.redate_cases()
    assert now(case).due_on is None
    assert not clock.redate(now(case), on=today())
    assert not Event.objects.filter(name=Happened.CASE_REDATED.value).exists()


def test_a_lender_is_not_told_late_of_a_day_that_has_moved(by, case):
    """Due yesterday by the old calendar, today by the corrected one."""
    FinanceCase.objects.filter(pk=case.pk).update(due_on=today() - timedelta(days=1))
    assert services.note_late(case_id=case.pk) is False
    row = now(case)
    assert (row.due_on, row.late_noted_at) == (case.due_on, None)
    FinanceCase.objects.filter(pk=case.pk).update(
        clock_started_on=today() - timedelta(days=60), clock_pauses=[], late_noted_at=None
    )
    FinanceCase.objects.filter(pk=case.pk).update(due_on=today() - timedelta(days=1))
    assert services.note_late(case_id=case.pk) is True
    assert now(case).late_noted_at <= timezone.now()
