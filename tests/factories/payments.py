"""Money for tests: entries booked by the services themselves, and a day that two people closed."""

from __future__ import annotations

from itertools import count

from payments.ledger import books, services
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import UserFactory

PROVIDER, BANK = "jazzcash", "nbp"
_numbers = count(1)


def finance_officer(**kwargs):
    return UserFactory(roles=(Role.FINANCE_OFFICER,), **kwargs)


def booked(posting, *, effect="", actor=None, **kwargs):
    """An entry with an effect of its own, unless one is given."""
    return services.post(posting=posting, effect=effect or f"test:{next(_numbers)}", actor=actor, **kwargs)


def deposit(sme, amount=2_500_000, *, into=None, **kwargs):
    return booked(books.deposit_paid(sme.pk, amount, into=into or books.clearing(PROVIDER)), **kwargs)


def refunded(sme, amount, **kwargs):
    return booked(books.refund(sme.pk, amount, out_of=books.clearing(PROVIDER)), **kwargs)


def closed(day, *, by=None, second=None):
    """A day prepared by one finance officer and closed by another."""
    services.prepare_close(actor=by or finance_officer(), day=day)
    return services.close_day(actor=second or finance_officer(), day=day)
