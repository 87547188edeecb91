"""Lenders, cases and small wishes for tests."""

from __future__ import annotations

from datetime import timedelta

from payments.finance.cases import services
from payments.finance.pools import services as pools_services
from payments.models import FinanceCase, FinanceWish
from payments.money import rupees
from tdap_portal.accounts.models import PartnerMember
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.calendar import today
from tdap_portal.core.demo import moment
from tests.factories.accounts import partner_person
from tests.factories.smes import SmeFactory

AMOUNT = rupees(4_500_000)
USE = "Leather for two orders from Germany, paid back from their proceeds."


def banker(kind=PartnerKind.BANK, **kwargs):
    return partner_person(kind, **kwargs)


def bank_of(person):
    return PartnerMember.objects.get(user=person).partner


def referred(by=None, sme=None, **kwargs):
    """A case with a lender: by, a person of it."""
    by = by or banker()
    sme = sme or SmeFactory(complete=True)
    values = {
        "lender": bank_of(by), "amount": AMOUNT, "days": 180, "use": USE, "scheme": "SAAF",
        "ends_on": today() + timedelta(days=90),
    }  # fmt: skip
    return services.refer(actor=kwargs.pop("actor", sme.created_by), sme=sme, **{**values, **kwargs})


def offered(by, case=None, **kwargs):
    case = case or referred(by)
    values = {"amount": AMOUNT, "rate_bp": 900, "days": 180}
    return services.decide(actor=by, case=case, **{**values, **kwargs})


def accepted(by, case=None):
    case = offered(by, case)
    return services.accept_offer(actor=case.sme.created_by, case=case)


def paid_out(by, case=None):
    case = accepted(by, case)
    return services.pay_out(actor=by, case=case, amount=AMOUNT, on=today())


def a_month_ago(*cases):
    """As if all that happened to them had been in the month before this one: figures go up to its end."""
    back = today().replace(day=1) - timedelta(days=1)
    for row in map(now, cases):
        row.clock_started_on = back
        row.decided_at = row.decided_at and moment(back, 12)
        row.paid_out_on = row.paid_out_on and back
        row.save()


def now(case):
    return FinanceCase.objects.get(pk=case.pk)


def wish(amount=300_000, **kwargs):
    sme = SmeFactory(complete=True, **kwargs)
    return pools_services.keep_wish(actor=sme.created_by, sme=sme, amount=rupees(amount), days=180, use="Looms.")


def wish_of(sme, amount=250_000):
    """Of a firm that is there, counted in the town and sector of wish()."""
    row = pools_services.keep_wish(actor=sme.created_by, sme=sme, amount=rupees(amount), days=180, use="Looms.")
    FinanceWish.objects.filter(pk=row.pk).update(city="Sialkot", sector="sports_goods")
    return row
