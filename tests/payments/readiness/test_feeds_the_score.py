"""What is shown of how a firm is paid reaches its score: through the facts, so that no room of money is known to the engine."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from payments.readiness import services
from payments.states import ReadinessKind
from selection.engine.facts import Evidence, Facts
from selection.engine.score import score
from selection.policy.selectors import policy_of
from smes.models import Sme
from smes.profile import selectors as profile_selectors
from tdap_portal.core.calendar import today
from tests.factories.payments import finance_officer

from .made import IBAN, OTHER_IBAN, firm, sent

pytestmark = pytest.mark.django_db


def part_of(sme):
    """The criterion of the policy of 2026, with the firm as it stands now."""
    copy = profile_selectors.frozen_copy(profile_selectors.read_facts(Sme.objects.get(pk=sme.pk)))
    facts = Facts.from_frozen(json.loads(json.dumps(copy)))
    card = score(facts, Evidence(), policy_of("2026-1"), on=today())
    return next(part for part in card.parts if part.code == "payment_readiness")


def test_a_proof_gives_points_step_by_step_and_loses_them_when_it_comes_back():
    sme = firm()
    before = part_of(sme).points
    proof = sent(sme)
    told = part_of(sme).points
    services.accept_proof(actor=finance_officer(), proof=proof, answers={})
    proven = part_of(sme)
    assert before < told < proven.points
    assert proven.points - before >= Decimal(1)

    services.return_proof(actor=finance_officer(), proof=proof, words="The certificate is of another account.")
    assert part_of(sme).points < proven.points


def test_a_newer_account_that_nobody_has_looked_at_is_the_firms_word_again():
    sme = firm()
    services.accept_proof(actor=finance_officer(), proof=sent(sme), answers={})
    proven = part_of(sme).points
    sent(sme, iban=OTHER_IBAN)
    assert part_of(sme).points < proven


def test_a_certificate_of_another_account_does_not_verify_the_one_that_is_named():
    sme = firm(foreign_currency_account=True)
    proof = sent(sme, iban=IBAN)
    services.accept_proof(
        actor=finance_officer(),
        proof=sent(sme, ReadinessKind.FOREIGN),
        answers={"iban_held": "unreadable", "bank_account_named": "unreadable"},
    )
    assert not Sme.objects.get(pk=sme.pk).bank_account_verified
    services.accept_proof(actor=finance_officer(), proof=proof, answers={"foreign_currency_account": "same"})
    assert Sme.objects.get(pk=sme.pk).bank_account_verified
