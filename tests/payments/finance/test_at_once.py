"""Twenty at the same moment on a real PostgreSQL: decisions, looks and the consent that is taken back; each guard once more without it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from time import sleep
from types import SimpleNamespace

import pytest

from payments.finance.cases import services
from payments.finance.pools import selectors as pools
from payments.finance.pools import services as pools_services
from payments.models import CaseView, Consent, FinanceCase, PoolAnswer, PoolReply
from payments.states import Look
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tests.factories.accounts import UserFactory
from tests.factories.smes import SmeFactory
from tests.selection.seats.offers.test_at_once import all_meet_after
from tests.selection.test_at_once import at_once

from .made import AMOUNT, bank_of, banker, now, offered, referred, wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CLIENTS = 20


def colleagues(by, number):
    found = [by]
    for _one in range(number - 1):
        person = UserFactory(roles=by.roles)
        bank_of(by).members.create(user=person)
        found.append(person)
    return found


def without_the_lock(pk):
    return FinanceCase.objects.select_related("sme", "lender", "consent__sme", "consent__lender").get(pk=pk)


def slowly_and_without_the_lock(pk):
    row = without_the_lock(pk)
    sleep(1)
    return row


@pytest.mark.parametrize("guarded", [True, False])
def test_of_twenty_decisions_one_counts(monkeypatch, guarded):
    by = banker()
    case, people = referred(by), colleagues(by, CLIENTS)
    if not guarded:
        monkeypatch.setattr(services, "_locked_case", without_the_lock)
        monkeypatch.setattr(
            services, "_freeze", lambda _row: SimpleNamespace(digest="")
        )  # a second guard: one pack a case
    all_meet_after(monkeypatch, 4, (services, "_locked_case"), timeout=1 if guarded else 30)
    said = at_once(
        *[
            (
                (lambda who=who: offered(who, case).state)
                if number % 2
                else (lambda who=who: services.decide(actor=who, case=case, reasons=["B2"]).state)
            )
            for number, who in enumerate(people)
        ]
    )
    decided = Event.objects.filter(name="finance.decided").count()
    if not guarded:
        assert decided > 1
        return
    assert decided == 1
    assert Counter(said)["already_decided"] == CLIENTS - 1
    row = now(case)
    assert (row.state == "refused") == (row.offer_amount is None) == bool(row.reasons)


@pytest.mark.parametrize("guarded", [True, False])
def test_no_look_is_noted_after_the_consent_was_taken_back(monkeypatch, guarded):
    by = banker()
    case, people = referred(by), colleagues(by, CLIENTS - 1)
    if not guarded:
        monkeypatch.setattr(services, "_locked_case", slowly_and_without_the_lock)
    said = at_once(
        lambda: services.revoke(actor=case.sme.created_by, consent=case.consent).pk,
        *[lambda who=who: services.look(actor=who, case=case, way=Look.PAGE).pk for who in people],
    )
    taken_back = Consent.objects.get().revoked_at
    late = CaseView.objects.filter(at__gt=taken_back).count()
    if not guarded:
        assert late > 0
        return
    assert late == 0
    assert CaseView.objects.count() == sum(answer == case.pk for answer in said[1:])
    assert at_once(lambda: services.look(actor=by, case=case, way=Look.PDF).pk) == ["not_found"]


def slow_consent(pk):
    row = Consent.objects.select_related("sme", "lender").get(pk=pk)
    sleep(1)
    return row


@pytest.mark.parametrize("guarded", [True, False])
def test_no_consent_is_prolonged_after_it_was_taken_back(monkeypatch, guarded):
    case = referred(banker(), ends_on=today() + timedelta(days=9))
    owner = case.sme.created_by
    if not guarded:
        monkeypatch.setattr(services, "_locked_consent", slow_consent)
    at_once(
        lambda: services.revoke(actor=owner, consent=case.consent).pk,
        *[
            lambda days=days: (
                services.prolong(actor=owner, consent=case.consent, ends_on=today() + timedelta(days=days)).pk
            )
            for days in range(10, 28)
        ],
    )
    taken_back = Event.objects.get(name="finance.consent_revoked").pk
    late = Event.objects.filter(name="finance.consent_prolonged", pk__gt=taken_back).count()
    if not guarded:
        assert late > 0
        return
    assert late == 0
    assert not Consent.objects.get().is_in_force


def test_a_decision_and_a_revocation_at_once_leave_nothing_open():
    by = banker()
    made = [referred(by) for _number in range(6)]
    at_once(
        *[lambda case=case: offered(by, case).state for case in made],
        *[lambda case=case: services.revoke(actor=case.sme.created_by, consent=case.consent).pk for case in made],
    )
    assert set(FinanceCase.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Event.objects.filter(name="finance.withdrawn").count() == 6


def test_the_same_asked_by_twenty_clicks_is_one_case_with_one_consent():
    by, sme = banker(), SmeFactory(complete=True)
    said = at_once(*[lambda: referred(by, sme).pk for _click in range(CLIENTS)])
    assert len(set(said)) == 1
    assert (FinanceCase.objects.count(), Consent.objects.count()) == (1, 1)


def test_money_is_paid_out_once():
    by = banker()
    case = services.accept_offer(actor=(row := offered(by)).sme.created_by, case=row)
    said = at_once(
        *[
            lambda number=number: services.pay_out(actor=by, case=case, amount=AMOUNT - number, on=today()).state
            for number in range(CLIENTS)
        ]
    )
    assert Counter(said) == {"paid_out": 1, "wrong_state": CLIENTS - 1}


def test_a_pool_is_answered_once_by_a_bank_and_its_firm_opens_its_name_once():
    by = banker(PartnerKind.MICROFINANCE_BANK)
    for _firm in range(5):
        wish()
    pool, until = pools.pools_for(by)[0], today() + timedelta(days=9)
    at_once(
        *[
            lambda who=who: (
                pools_services.answer_pool(actor=who, pool=pool, rate_bp=2000, days=360, words="x", until=until).pk
            )
            for who in colleagues(by, 10)
        ]
    )
    assert (PoolAnswer.objects.count(), PoolReply.objects.count()) == (1, 5)
    reply = PoolReply.objects.select_related("wish__sme", "answer__lender").earliest("pk")
    owner = reply.wish.sme.created_by
    at_once(*[lambda: pools_services.reply(actor=owner, reply=reply, opens=True).state for _click in range(CLIENTS)])
    assert FinanceCase.objects.count() == 1
