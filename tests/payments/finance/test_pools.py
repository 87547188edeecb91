"""Small loans without names: no pool below five, an answer for all, and each firm's own yes or no."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payments.finance.cases import selectors as cases
from payments.finance.pools import selectors, services
from payments.models import FinanceCase, PoolAnswer, PoolReply
from payments.money import rupees
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.smes import MemberFactory, SmeFactory

from .made import banker, wish

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return banker(PartnerKind.MICROFINANCE_BANK)


def answered(by, **kwargs):
    values = {"rate_bp": 2200, "days": 360, "words": "No collateral.", "until": today() + timedelta(days=20)}
    return services.answer_pool(actor=by, pool=selectors.pools_for(by)[0], **{**values, **kwargs})


def test_the_sizes_follow_from_the_schemes_of_microfinance_banks():
    assert [(band.above, band.up_to) for band in selectors.bands()] == [
        (0, rupees(350_000)),
        (rupees(350_000), rupees(3_000_000)),
    ]


@pytest.mark.parametrize(("firms", "shown"), [(4, []), (5, [5])])
def test_a_pool_below_five_is_not_there(by, firms, shown):
    for _firm in range(firms):
        wish()
    wish(city="Lahore")
    wish(1_000_000)
    assert [pool.firms for pool in selectors.pools_for(by)] == shown
    with pytest.raises(NotFound):
        selectors.pool_for(by, "Lahore", "sports_goods", rupees(350_000))


def test_nobody_but_a_microfinance_bank_sees_pools():
    for _firm in range(5):
        wish()
    assert selectors.pools_for(banker()) == []
    assert selectors.pools_for(UserFactory()) == []


def test_an_answer_reaches_each_firm_and_no_name_reaches_the_bank(by):
    wishes = [wish() for _firm in range(5)]
    answer = answered(by)
    deliver_all()
    assert (answer.firms, PoolReply.objects.count()) == (5, 5)
    told = Message.objects.filter(template="finance.pool_answered")
    assert {message.to_id for message in told} == {row.sme.created_by_id for row in wishes}
    assert list(cases.queue_of(by)) == []


def test_a_firm_that_opens_its_name_is_a_case_with_consent_and_counts_no_more(by):
    for _firm in range(5):
        wish()
    answered(by)
    row = PoolReply.objects.select_related("wish__sme", "answer__lender").first()
    made = services.reply(actor=row.wish.sme.created_by, reply=row, opens=True)
    again = services.reply(actor=row.wish.sme.created_by, reply=row, opens=True)

    case = FinanceCase.objects.get()
    assert (made.case_id, again.case_id) == (case.pk, case.pk)
    assert (case.consent.purpose, case.amount) == ("pool", rupees(300_000))
    assert list(cases.queue_of(by)) == [case]
    assert selectors.wish_of(case.sme) is None
    assert selectors.pools_for(by) == []


def test_no_stays_no_and_after_the_day_it_is_too_late(by):
    for _firm in range(5):
        wish()
    answered(by)
    first, second = PoolReply.objects.select_related("wish__sme", "answer__lender")[:2]
    services.reply(actor=first.wish.sme.created_by, reply=first, opens=False)
    with pytest.raises(DomainError) as refusal:
        services.reply(actor=first.wish.sme.created_by, reply=first, opens=True)
    assert refusal.value.code == "replied"
    PoolAnswer.objects.update(until=today() - timedelta(days=1))
    with pytest.raises(DomainError) as refusal:
        services.reply(actor=second.wish.sme.created_by, reply=second, opens=True)
    assert refusal.value.code == "too_late"


def test_the_same_answer_twice_is_one_and_another_waits_for_its_end(by):
    for _firm in range(5):
        wish()
    first, again = answered(by), answered(by)
    assert first.pk == again.pk
    with pytest.raises(DomainError) as refusal:
        answered(by, rate_bp=100)
    assert refusal.value.code == "already_answered"


def test_a_pool_that_firms_left_meanwhile_is_too_small(by):
    wishes = [wish() for _firm in range(5)]
    pool = selectors.pools_for(by)[0]
    services.end_wish(actor=wishes[0].sme.created_by, wish=wishes[0])
    with pytest.raises(DomainError) as refusal:
        services.answer_pool(actor=by, pool=pool, rate_bp=1, days=1, words="x", until=today() + timedelta(days=1))
    assert refusal.value.code == "too_small"


@pytest.mark.parametrize(("amount", "code"), [(3_000_001, "bounds"), (0, "bounds")])
def test_pools_are_for_small_loans(amount, code):
    with pytest.raises(DomainError) as refusal:
        wish(amount)
    assert refusal.value.code == code


def test_a_newer_wish_takes_the_place_of_the_open_one_and_a_firm_counts_once(by):
    row = wish()
    services.keep_wish(actor=row.sme.created_by, sme=row.sme, amount=rupees(200_000), days=90, use="Dye.")
    for _firm in range(3):
        wish()
    assert selectors.pools_for(by) == []
    wish()
    assert selectors.pools_for(by)[0].firms == 5


def test_only_an_owner_speaks_for_the_firm(by):
    sme = SmeFactory(complete=True)
    person = MemberFactory(sme=sme, user=UserFactory(), role="finance").user
    with pytest.raises(NotAllowed):
        services.keep_wish(actor=person, sme=sme, amount=rupees(1), days=1, use="x")
