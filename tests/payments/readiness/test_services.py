"""A firm shows how it is paid; a finance officer looks; the facts stand as well as that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from payments.models import ReadinessProof, ServiceRule
from payments.readiness import selectors, services
from payments.states import ReadinessKind
from smes.models import Sme
from smes.profile import selectors as profile_selectors
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, officer
from tests.factories.payments import finance_officer
from tests.factories.smes import DocumentFactory, MemberFactory

from .made import IBAN, OTHER_IBAN, firm, sent

pytestmark = pytest.mark.django_db


def levels(sme):
    copy = profile_selectors.frozen_copy(Sme.objects.get(pk=sme.pk))
    return {row["fact"]: row["level"] for row in copy["proofs"]}


def line_of(sme, kind):
    found = selectors.readiness_of(Sme.objects.get(pk=sme.pk))
    return next(line for line in found.lines if line.rule.kind == kind)


def test_what_is_sent_is_said_in_the_profile_and_backed_by_its_paper():
    sme = firm()
    proof = sent(sme)
    row = Sme.objects.get(pk=sme.pk)

    assert (row.iban, row.bank_account_named, row.bank_account_verified) == (IBAN, True, False)
    assert (proof.verdict, proof.state) == ("same", "waiting")
    assert levels(sme)["iban_held"] == "backed"
    assert not line_of(sme, "account").is_proven


def test_what_an_officer_accepts_is_verified_and_the_score_reads_it():
    sme = firm()
    proof = services.accept_proof(actor=finance_officer(), proof=sent(sme), answers={})

    assert proof.state == "accepted"
    found = levels(sme)
    assert (found["iban_held"], found["bank_account_named"]) == ("verified", "verified")
    assert Sme.objects.get(pk=sme.pk).bank_account_verified
    assert line_of(sme, "account").is_proven
    assert selectors.readiness_of(Sme.objects.get(pk=sme.pk)).is_ready


def test_each_other_fact_of_the_paper_is_answered_before_it_counts():
    sme, by = firm(foreign_currency_account=True), finance_officer()
    proof = sent(sme)
    with pytest.raises(DomainError) as refusal:
        services.accept_proof(actor=by, proof=proof, answers={})
    assert refusal.value.code == "not_compared"

    services.accept_proof(actor=by, proof=proof, answers={"foreign_currency_account": "unreadable"})
    assert levels(sme).get("foreign_currency_account") is None
    assert levels(sme)["iban_held"] == "verified"


def test_an_account_of_another_name_waits_with_a_sentence_and_needs_words():
    sme, by = firm(), finance_officer()
    proof = sent(sme, title="Sheikh Rashid and Sons")
    assert proof.verdict == "other"
    with pytest.raises(DomainError) as refusal:
        services.accept_proof(actor=by, proof=proof, answers={})
    assert refusal.value.code == "no_words"
    assert services.accept_proof(actor=by, proof=proof, answers={}, words="The trade name, see page 2.").words


def test_what_comes_back_is_neither_verified_nor_backed_by_that_paper():
    sme, by = firm(), finance_officer()
    proof = services.accept_proof(actor=by, proof=sent(sme), answers={})
    services.return_proof(actor=by, proof=proof, words="The stamp is missing.")

    assert "iban_held" not in levels(sme)
    assert not line_of(sme, "account").is_proven
    with pytest.raises(WrongState):
        services.accept_proof(actor=by, proof=proof, answers={})


def test_a_proof_comes_back_only_with_words():
    with pytest.raises(DomainError) as refusal:
        services.return_proof(actor=finance_officer(), proof=sent(), words="  ")
    assert refusal.value.code == "no_words"


def test_another_iban_in_the_profile_asks_for_another_proof():
    sme = firm()
    proof = sent(sme)
    Sme.objects.filter(pk=sme.pk).update(iban=OTHER_IBAN)
    with pytest.raises(DomainError) as refusal:
        services.accept_proof(actor=finance_officer(), proof=proof, answers={})
    assert refusal.value.code == "changed"


def test_the_same_twice_is_one_and_a_newer_one_takes_its_place():
    sme = firm()
    paper = DocumentFactory(sme=sme, kind="bank_certificate")
    first, again = sent(sme, document=paper), sent(sme, document=paper)
    newer = sent(sme, document=paper, iban=OTHER_IBAN)

    assert first.pk == again.pk
    assert dict(ReadinessProof.objects.values_list("pk", "state")) == {first.pk: "replaced", newer.pk: "waiting"}


@pytest.mark.parametrize(
    ("kind", "fact"), [("wallet", "wallet"), ("cards", "card_payments"), ("online", "paypal_like_service")]
)
def test_each_service_verifies_its_own_fact(kind, fact):
    sme = firm(wallet=None, card_payments=None, paypal_like_service=None)
    services.accept_proof(actor=finance_officer(), proof=sent(sme, ReadinessKind(kind)), answers={})

    assert levels(sme)[fact] == "verified"
    proven = selectors.readiness_of(Sme.objects.get(pk=sme.pk)).proven
    assert proven == (ReadinessKind(kind),)


def test_who_sends_and_who_looks():
    sme = firm()
    member = MemberFactory(sme=sme, user=UserFactory(), role="finance").user
    preparer = MemberFactory(sme=sme, user=UserFactory(), role="preparer").user
    proof = sent(sme, actor=member)
    with pytest.raises(NotAllowed):
        sent(sme, actor=preparer)
    for person in (officer(), member, sme.created_by):
        with pytest.raises(NotAllowed):
            services.accept_proof(actor=person, proof=proof, answers={})
    tied = finance_officer()
    MemberFactory(sme=sme, user=tied, role="trainee")
    with pytest.raises(NotAllowed):
        services.accept_proof(actor=tied, proof=proof, answers={})


def test_no_number_of_an_account_stands_in_history_and_the_firm_is_told():
    sme = firm()
    services.accept_proof(actor=finance_officer(), proof=sent(sme), answers={})
    deliver_all()

    assert Event.objects.filter(name__startswith="readiness.").count() == 2
    assert all(IBAN not in str(event.data) for event in Event.objects.all())
    told = Message.objects.get(template="readiness.accepted")
    assert told.to == sme.created_by
    assert IBAN not in told.body


# ---------------------------------------------------------------------------------------------------- dated rows


def values(**kwargs):
    words = dict.fromkeys(("name", "name_ur", "needs", "needs_ur", "where", "where_ur", "source"), "x")
    return {**words, "kind": "", "is_confirmed": True, "is_ended": False, **kwargs}


def test_a_new_row_ends_the_one_before_on_its_day():
    by, day = finance_officer(), today() + timedelta(days=30)
    services.write_rule(actor=by, code="raast_shop", since=day, values=values(needs="Anew"))

    def needs(on):
        return next(row.needs for row in selectors.rules_on(on) if row.code == "raast_shop")

    assert needs(day - timedelta(days=1)) != "Anew"
    assert needs(day) == "Anew"
    assert ServiceRule.objects.filter(code="raast_shop").count() == 2


def test_a_service_that_ended_is_offered_no_more():
    day = today() + timedelta(days=1)
    services.write_rule(actor=finance_officer(), code="b2c", since=day, values=values(is_ended=True))
    assert "b2c" in {row.code for row in selectors.rules_on()}
    assert "b2c" not in {row.code for row in selectors.rules_on(day)}


@pytest.mark.parametrize("days", [-4000, -1, 0])
def test_what_held_already_is_never_rewritten(days):
    by = finance_officer()
    services.write_rule(actor=by, code="account", since=today() + timedelta(days=9), values=values())
    with pytest.raises(DomainError) as refusal:
        services.write_rule(actor=by, code="account", since=today() + timedelta(days=days), values=values(needs="y"))
    assert refusal.value.code == "in_the_past"


def test_only_a_finance_officer_writes_rules():
    with pytest.raises(NotAllowed):
        services.write_rule(actor=officer(), code="account", since=today() + timedelta(days=9), values=values())
