"""Payments for tests: asked for by the service, tried by the firm's owner, told of by the sandbox."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.utils import timezone

from payments.deposits import notices, paying, services
from payments.ledger import books, checking
from payments.ledger import selectors as ledger
from payments.models import Payment
from payments.providers.sandbox.script import Deal, Form, Scenario
from payments.providers.switches import provider_of
from payments.states import Purpose
from tests.factories.smes import SmeFactory

KARACHI = ZoneInfo("Asia/Karachi")
AMOUNT = 500_000
_numbers = count(1)


def at(text):
    """ "2027-04-12 23:59:59", Pakistan time."""
    return datetime.fromisoformat(text).replace(tzinfo=KARACHI)


def asked(sme=None, *, amount=AMOUNT, due_at=None, purpose=Purpose.DEPOSIT):
    return services.open_payment(
        purpose=purpose,
        sme=sme or SmeFactory(),
        amount=amount,
        words="Commitment deposit",
        words_ur="عہد کی ضمانت",
        due_at=due_at or timezone.now() + timedelta(days=5),
        opened_for=f"test:{next(_numbers)}",
    )


def begun(payment, *, way="sandbox", token=""):
    """A try of the firm's owner."""
    attempt, _step = paying.begin_attempt(
        actor=payment.sme.created_by, payment=payment, way=way, token=token or f"page {next(_numbers)}"
    )
    return attempt


def script(attempt, scenario=Scenario.PAID, form=Form.JSON):
    """How this try goes, from now on."""
    deal = Deal(attempt.reference, attempt.amount, attempt.begun_at, attempt.expires_at)
    return provider_of("sandbox").call_up(scenario, deal, form=form)


def sends(sent):
    return notices.take_notice(way="sandbox", body=sent.body, headers={k.lower(): v for k, v in sent.headers})


def money(amount=AMOUNT, *, happened_at=None, effect="", into=None):
    return services.Incoming(
        amount=amount,
        into=into or books.bank("nbp"),
        happened_at=happened_at or timezone.now(),
        effect=effect or f"line:{next(_numbers)}",
        way="bank",
        method="Bank transfer",
    )


def state(payment):
    return Payment.objects.get(pk=payment.pk).state


def held(payment):
    return ledger.money_of(payment.sme).held


def credit(payment):
    return ledger.money_of(payment.sme).credit


def is_whole():
    return [fault for fault in checking.faults() if fault.kind != "guard"] == []
