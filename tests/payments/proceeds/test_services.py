"""What firms write down, what is refused with a sentence, what waits for a look, what the bank says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from payments.models import Allocation, DatedRule, ProceedsReceipt, Shipment
from payments.proceeds import allocating, confirming, rulebook, selectors, services
from payments.states import PROCEEDS, SHIPMENT, ProceedsState, ShipmentState
from tdap_portal.accounts.roles import PartnerKind, Role
from tdap_portal.audit.models import Event
from tdap_portal.core.calendar import today
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound, WrongState
from tests.factories.accounts import UserFactory, partner_person
from tests.factories.payments import finance_officer
from tests.factories.proceeds import (
    bank_of,
    bank_person,
    came,
    code,
    confirmed,
    days_ago,
    first_of,
    parcel,
    rate,
    service,
    shipped,
)
from tests.factories.smes import MemberFactory, SmeFactory
from tests.state_tables import carried_out, written

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.sqlite_leg]


def refused(call, code):
    with pytest.raises(DomainError) as refusal:
        call()
    assert refusal.value.code == code
    assert str(refusal.value)
    return refusal.value


def matched(receipt, **parts):
    """match(receipt, of=[(shipment, amount), …])"""
    wanted = {row.public_id: amount for row, amount in parts["of"]}
    receipt.refresh_from_db()
    return allocating.match(actor=receipt.sme.created_by, receipt=receipt, parts=wanted, seen=receipt.matched)


def again(row):
    return type(row).objects.get(pk=row.pk)


# ------------------------------------------------------------------------------------------------------------- shipments


def test_goods_get_their_last_day_by_the_rule_of_their_day_and_keep_it():
    row = shipped(shipped_on=date(2026, 1, 19))
    assert (row.due_on, row.due_reason, row.rule.value, row.sector) == (date(2026, 5, 19), "rule", 120, "sports_goods")
    rulebook.add_rule(
        actor=finance_officer(),
        code="goods_default",
        value=Decimal(90),
        starts_on=date(2026, 1, 1),
        source="A circular",
        words="New.",
    )
    assert again(row).due_on == date(2026, 5, 19)
    assert shipped(shipped_on=date(2026, 1, 19)).due_on == date(2026, 4, 19)


def test_a_day_without_a_rule_is_told_and_stands_behind_all_others():
    row = shipped(terms="sight", shipped_on=date(2021, 5, 1))
    assert (row.due_on, row.due_reason, row.board_on) == (None, "no_rule", date(9999, 12, 31))


def test_a_service_is_due_as_its_contract_says_and_takes_the_sector_of_its_firm():
    row = service(SmeFactory(sector="fintech"), service="SI21", contract_day=today(), invoice_number="S 1")
    assert (row.due_on, row.due_reason, row.number_key, row.sector) == (today(), "contract", "S:s1", "ict")
    assert service(SmeFactory(sector="fintech"), service="SG1").sector == "fintech"


def test_the_same_form_sent_twice_is_one_shipment():
    sme = SmeFactory()
    first = shipped(sme, key="a" * 32)
    assert shipped(sme, key="a" * 32) == first
    refused(lambda: shipped(key="a" * 32), "stale")
    assert Event.objects.filter(name="shipment.recorded").count() == 1


def test_the_same_number_of_one_firm_is_refused_however_it_is_written():
    row = shipped(number="PSW-FI 27-004417")
    refusal = refused(lambda: shipped(row.sme, number="psw fi 27 004417"), "twice")
    assert refusal.data == {"shipment": row.public_id}
    one = service(invoice_number="S-1")
    refused(lambda: service(one.sme, invoice_number="S-1"), "twice")


def test_the_same_number_of_two_firms_waits_for_a_look():
    shipped(number="PSW-FI 27-004417")
    row = shipped(number="PSWFI27004417")
    assert (row.state, row.held_for) == ("held", "same_number")
    assert selectors.same_number(row) == [Shipment.objects.exclude(pk=row.pk).get().sme.name]
    services.judge_held(actor=finance_officer(), held=row, takes=True, words="A typing mistake of the other firm.")
    assert again(row).state == "open"


def test_what_is_held_can_be_refused_and_then_be_written_anew():
    shipped(number="PSW-1")
    row = shipped(number="PSW-1")
    officer = finance_officer()
    refused(lambda: services.judge_held(actor=officer, held=row, takes=False, words=" "), "no_words")
    services.judge_held(actor=officer, held=row, takes=False, words="It is theirs.")
    services.judge_held(actor=officer, held=row, takes=False, words="It is theirs.")
    with pytest.raises(WrongState):
        services.judge_held(actor=finance_officer(), held=row, takes=True, words="No.")
    assert again(row).state == "refused"


def test_an_official_of_the_firm_does_not_judge_it():
    shipped(number="PSW-1")
    row, officer = shipped(number="PSW-1"), finance_officer()
    MemberFactory(sme=row.sme, user=officer)
    with pytest.raises(NotAllowed):
        services.judge_held(actor=officer, held=row, takes=True, words="Mine.")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"shipped_on": date(2199, 1, 1)}, "to_come"),
        ({"contract_day": date(2020, 1, 1)}, "contract_day"),
        ({"terms": "courier"}, "unknown_kind"),
        ({"kind": "gold"}, "unknown_kind"),
        ({"number": " - "}, "no_number"),
        ({"hs6": ""}, "product"),
        ({"service": "SI21"}, "product"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(wrong, code):
    refused(lambda: shipped(**wrong), code)
    assert not Shipment.objects.exists()


def test_a_parcel_above_its_limit_is_refused_and_one_without_a_rate_waits():
    assert parcel(amount=5_000_00).state == "open"
    refused(lambda: parcel(amount=5_000_01), "above_limit")
    assert parcel(amount=100_00, currency="EUR").held_for == "limit_unknown"
    rate("280", day=days_ago(30))
    rate("300", "EUR", day=days_ago(31))
    assert parcel(amount=4_600_00, currency="EUR").state == "open"
    refused(lambda: parcel(amount=4_700_00, currency="EUR"), "above_limit")


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("preparer", True), ("finance", True), ("trainee", False)])
def test_who_of_the_firm_writes_down(role, may):
    sme, person = SmeFactory(), UserFactory()
    MemberFactory(sme=sme, user=person, role=role)
    if may:
        assert shipped(sme, by=person).recorded_by == person
    else:
        with pytest.raises(NotAllowed):
            shipped(sme, by=person)


def test_nobody_writes_down_for_another_firm():
    for person in (UserFactory(), finance_officer(), bank_person()):
        with pytest.raises(NotAllowed):
            shipped(by=person)
        with pytest.raises(NotAllowed):
            came(by=person)


def test_a_shipment_is_withdrawn_while_nothing_is_matched():
    sme = SmeFactory()
    row, money = shipped(sme), came(sme)
    matched(money, of=[(row, 1)])
    actor = sme.created_by
    refused(lambda: services.withdraw_shipment(actor=actor, shipment=row, words="Wrong."), "matched")
    allocating.unmatch(actor=actor, receipt=money, allocation_id=Allocation.objects.get().pk, words="Wrong.")
    services.withdraw_shipment(actor=actor, shipment=row, words="Wrong.")
    services.withdraw_shipment(actor=actor, shipment=row, words="Wrong.")
    assert again(row).state == "withdrawn"
    assert shipped(sme, number=row.number).state == "open"


# -------------------------------------------------------------------------------------------------------------- receipts


def test_money_is_worth_rupees_by_the_last_rate_before_it():
    used = rate("281.5", day=days_ago(3))
    rate("290", day=today())
    row = came()
    assert (row.paisa, row.cents, row.rate_id) == (281_500_000, 1_000_000, used.pk)


def test_money_without_a_rate_is_worked_out_when_its_rate_comes():
    row = came(currency="EUR", is_service=True, service="SI21", amount=30_000_00)
    assert (row.paisa, row.cents, row.needs_form_r) == (None, None, None)
    rate("300", "EUR", day=days_ago(2))
    rate("280", day=days_ago(2))
    row = again(row)
    assert (row.paisa, row.cents, row.needs_form_r) == (900_000_000, 3_214_286, True)
    rate("310", "EUR", day=days_ago(1))
    assert again(row).paisa == 900_000_000


@pytest.mark.parametrize(
    ("amount", "came_on", "needs"),
    [
        (25_000_00, None, False),
        (25_000_01, None, True),
        (10_000_01, date(2024, 12, 31), True),
        (10_000_01, date(2025, 1, 1), False),
    ],
)
def test_form_r_by_the_limit_of_the_day(amount, came_on, needs):
    row = came(is_service=True, service="SI21", amount=amount, came_on=came_on or days_ago(1))
    assert row.needs_form_r is needs


def test_the_same_money_twice_is_refused_and_of_two_firms_waits():
    row = came(bank_reference="FT-77")
    assert refused(lambda: came(row.sme, bank=row.bank, bank_reference="ft 77"), "twice").data == {
        "receipt": row.public_id
    }
    assert came(bank=row.bank, bank_reference="FT77").held_for == "same_number"
    assert came(bank_reference="FT-77").state == "said"


def test_the_same_amount_of_one_day_has_to_be_ticked():
    row = came()
    alike = {"bank": row.bank, "amount": row.amount, "came_on": row.came_on}
    refused(lambda: came(row.sme, **alike), "looks_twice")
    assert came(row.sme, **alike, is_another=True).state == "said"
    assert came(row.sme, **alike | {"amount": 5}).state == "said"


def test_what_stays_in_a_foreign_account_is_what_the_rule_lets():
    rate()
    sme = SmeFactory()
    values = {"is_service": True, "service": "SI21", "amount": 20_000_00}
    refused(lambda: came(sme, **values, kept=10_000_01), "keeps_too_much")
    assert came(sme, **values, kept=10_000_00).kept == 10_000_00
    refused(lambda: came(sme, amount=100, kept=1), "keeps_goods")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"came_on": date(2199, 1, 1)}, "to_come"),
        ({"is_service": True}, "no_service"),
        ({"bank_reference": "--"}, "no_number"),
    ],
)
def test_money_that_does_not_fit_is_refused(wrong, code):
    refused(lambda: came(**wrong), code)


def test_code_and_form_are_added_later():
    row = came(is_service=True, service="SI21")
    services.complete(actor=row.sme.created_by, receipt=row, purpose=code("9184"), form_r=" R-1 ")
    assert (again(row).purpose.code, again(row).form_r) == ("9184", "R-1")
    refused(
        lambda: services.complete(actor=(goods := came()).sme.created_by, receipt=goods, purpose=None, form_r=""),
        "goods",
    )


def test_the_history_never_holds_the_reference_of_a_bank():
    came(bank_reference="FT-SECRET-1")
    assert "SECRET" not in str(list(Event.objects.values_list("data", flat=True)))


# -------------------------------------------------------------------------------------------------------------- matching


def test_many_receipts_pay_many_shipments():
    sme = SmeFactory()
    one, two = shipped(sme, amount=6_000_00), shipped(sme, amount=9_000_00)
    first, second = came(sme, amount=10_000_00), came(sme, amount=5_000_00)
    matched(first, of=[(one, 6_000_00), (two, 4_000_00)])
    matched(second, of=[(two, 5_000_00)])
    assert [(again(row).state, again(row).left) for row in (one, two)] == [("paid", 0), ("paid", 0)]
    assert Event.objects.filter(name="shipment.paid").count() == 2


def test_a_part_payment_stays_open_with_the_rest():
    sme = SmeFactory()
    row, money = shipped(sme), came(sme, amount=4_000_00)
    matched(money, of=[(row, 4_000_00)])
    assert (again(row).state, again(row).left) == ("open", 6_000_00)


def test_before_the_shipment_above_the_invoice_and_above_the_money_are_refused():
    sme = SmeFactory()
    row, early = shipped(sme), came(sme, came_on=days_ago(31))
    assert days_words(refused(lambda: matched(early, of=[(row, 1)]), "before_shipment"))
    refused(lambda: matched(came(sme, amount=20_000_00), of=[(row, 10_000_01)]), "above_invoice")
    refused(lambda: matched(came(sme, amount=100), of=[(row, 101)]), "above_receipt")
    refused(lambda: matched(came(sme, currency="EUR"), of=[(row, 1)]), "currency")
    refused(lambda: matched(came(sme, is_service=True, service="SI21"), of=[(row, 1)]), "kind")
    refused(lambda: matched(came(sme, amount=7), of=[]), "nothing")
    assert not Allocation.objects.exists()
    advance = shipped(sme, terms="advance")
    matched(early, of=[(advance, 10_000_00)])
    assert again(advance).state == "paid"


def days_words(refusal):
    return "31" not in str(refusal) or str(refusal)


def test_all_parts_or_none():
    sme = SmeFactory()
    one, two, money = shipped(sme), shipped(sme, amount=100), came(sme)
    refused(lambda: matched(money, of=[(one, 500), (two, 101)]), "above_invoice")
    assert (again(one).matched, again(money).matched, Allocation.objects.count()) == (0, 0, 0)


def test_another_firms_shipment_is_not_there():
    with pytest.raises(NotFound):
        matched(came(), of=[(shipped(), 1)])


def test_a_form_sent_twice_matches_once():
    sme = SmeFactory()
    row, money = shipped(sme), came(sme)
    call = lambda: allocating.match(actor=sme.created_by, receipt=money, parts={row.public_id: 100}, seen=0)  # noqa: E731
    call()
    refused(call, "stale")
    assert again(row).matched == 100


def test_a_match_is_taken_back_once_and_stays_in_the_books():
    sme = SmeFactory()
    row, money = shipped(sme), came(sme)
    matched(money, of=[(row, 10_000_00)])
    line = Allocation.objects.get()
    for _click in range(2):
        allocating.unmatch(actor=sme.created_by, receipt=money, allocation_id=line.pk, words="The other invoice.")
    assert (again(row).state, again(row).matched, again(money).matched) == ("open", 0, 0)
    assert list(Allocation.objects.order_by("pk").values_list("amount", flat=True)) == [10_000_00, -10_000_00]
    with pytest.raises(NotFound):
        allocating.unmatch(actor=sme.created_by, receipt=came(sme, amount=3), allocation_id=line.pk, words="x")


# -------------------------------------------------------------------------------------------------------------- the bank


def test_the_bank_that_the_firm_named_confirms_and_no_other():
    person = bank_person()
    row = came(bank=bank_of(person))
    for other in (bank_person(), partner_person(PartnerKind.MICROFINANCE_BANK), finance_officer(), row.sme.created_by):
        with pytest.raises(NotAllowed):
            confirming.confirm(actor=other, receipt=row)
    confirming.confirm(actor=person, receipt=row)
    confirming.confirm(actor=person, receipt=row)
    row = again(row)
    assert (row.state, row.counts_in, row.decided_by) == ("confirmed", first_of(row.came_on), person)
    assert Event.objects.filter(name="proceeds.confirmed").count() == 1


def test_where_the_bank_does_not_agree_what_was_matched_is_open_again():
    person, sme = bank_person(), SmeFactory()
    row, money = shipped(sme), came(sme, bank=bank_of(person))
    matched(money, of=[(row, 10_000_00)])
    refused(lambda: confirming.disagree(actor=person, receipt=money, reason="whim", words=""), "unknown_reason")
    refused(lambda: confirming.disagree(actor=person, receipt=money, reason="other", words=" "), "no_words")
    for _click in range(2):
        confirming.disagree(actor=person, receipt=money, reason="remittance", words="")
    assert (again(money).state, again(money).matched, again(row).state) == ("disputed", 0, "open")
    with pytest.raises(WrongState):
        matched(again(money), of=[(row, 1)])
    refused(lambda: confirming.ask_again(actor=sme.created_by, receipt=money, words=""), "no_words")
    confirming.ask_again(actor=sme.created_by, receipt=money, words="Please code it 9184.")
    confirming.confirm(actor=person, receipt=money)
    assert again(money).state == "confirmed"


def test_what_is_confirmed_is_not_withdrawn():
    row = confirmed()
    with pytest.raises(WrongState):
        services.withdraw_proceeds(actor=row.sme.created_by, receipt=row, words="No.")
    said = came()
    services.withdraw_proceeds(actor=said.sme.created_by, receipt=said, words="Twice.")
    assert again(said).state == "withdrawn"


def test_what_floors_above_read_of_a_firm():
    rate(day=days_ago(2))
    sme = SmeFactory()
    confirmed(sme=sme)
    confirmed(sme=sme, is_service=True, service="SI21", amount=5_000_00)
    confirmed(sme=sme, currency="EUR")
    came(sme)
    found = selectors.of_firm(sme.pk, today())
    assert (found.goods, found.services, found.receipts, found.without_rate) == (280_000_000, 140_000_000, 3, 1)
    assert found.last_on == days_ago(1)


# ------------------------------------------------------------------------------------------------------ rules, the clock


def test_a_firm_is_warned_once_and_told_once_that_it_is_late():
    row = shipped(shipped_on=days_ago(115))
    far = shipped(shipped_on=days_ago(10))
    assert selectors.to_warn(today(), 14) == [row.pk]
    assert [services.warn(shipment_id=row.pk) for _ring in range(2)] == [True, False]
    assert services.tell_late(shipment_id=row.pk) is False
    assert selectors.to_warn(today(), 14) == []
    Shipment.objects.filter(pk=row.pk).update(due_on=days_ago(1), board_on=days_ago(1))
    assert selectors.to_tell_late(today()) == [row.pk]
    assert [services.tell_late(shipment_id=row.pk) for _ring in range(2)] == [True, False]
    assert far.due_on == today() + timedelta(days=110)


def add(**kwargs):
    values = {"code": "form_r", "value": Decimal(30000), "starts_on": today(), "source": "FE 1", "words": "Raised."}
    return rulebook.add_rule(actor=kwargs.pop("actor", None) or finance_officer(), **values | kwargs)


def test_a_rule_is_added_beside_the_old_one():
    before = DatedRule.objects.count()
    officer = finance_officer()
    assert add(actor=officer) == add(actor=officer)
    assert DatedRule.objects.count() == before + 1
    assert selectors.value_on("form_r", today()) == 30000
    assert selectors.value_on("form_r", days_ago(1)) == 25000


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"code": "x"}, "unknown_rule"), ({"value": Decimal(-1)}, "out_of_bounds"), ({"source": " "}, "no_source"),
        ({"code": "goods_sight", "value": Decimal(721)}, "out_of_bounds"), ({"words": ""}, "no_words"),
        ({"ends_on": date(2020, 1, 1)}, "upside_down"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(wrong, code):
    refused(lambda: add(**wrong), code)


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.APPROVER], [Role.PROGRAMME_MANAGER], [Role.ADMINISTRATOR]])
def test_only_finance_officers_keep_rules_codes_and_rates(roles):
    person = UserFactory(roles=roles)
    for act in (
        lambda: add(actor=person),
        lambda: rate(by=person),
        lambda: rulebook.add_code(actor=person, code="9471", label="x", label_ur="", starts_on=today(), source="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_rates_and_codes_that_cannot_be_are_refused():
    refused(lambda: rate("0"), "out_of_bounds")
    refused(lambda: rate(currency="PKR"), "currency")
    refused(lambda: rate(day=today() + timedelta(days=1)), "to_come")
    values = {"actor": finance_officer(), "starts_on": today(), "source": "FE 2", "label_ur": ""}
    row = rulebook.add_code(code="9471", label="Software", **values)
    assert rulebook.add_code(code="9471", label="Software", **values) == row
    refused(lambda: rulebook.add_code(code="9471", label="Other", **values), "twice")
    assert row in selectors.codes_on(today())
    assert row not in selectors.codes_on(days_ago(1))


def test_the_ways_of_a_shipment_and_of_a_receipt():
    assert carried_out(SHIPMENT, ShipmentState) == written(
        """
        release  | held                                   | open shipment.released
        release  | open paid refused withdrawn            | wrong state
        refuse   | held                                   | refused shipment.refused
        refuse   | open paid refused withdrawn            | wrong state
        pay      | open                                   | paid shipment.paid
        pay      | held paid refused withdrawn            | wrong state
        reopen   | paid                                   | open shipment.reopened
        reopen   | held open refused withdrawn            | wrong state
        withdraw | held open                              | withdrawn shipment.withdrawn
        withdraw | paid refused withdrawn                 | wrong state
        """
    )
    assert carried_out(PROCEEDS, ProceedsState) == written(
        """
        release   | held                                        | said proceeds.released
        release   | said confirmed disputed refused withdrawn   | wrong state
        refuse    | held                                        | refused proceeds.refused
        refuse    | said confirmed disputed refused withdrawn   | wrong state
        confirm   | said                                        | confirmed proceeds.confirmed
        confirm   | held confirmed disputed refused withdrawn   | wrong state
        disagree  | said confirmed                              | disputed proceeds.disputed
        disagree  | held disputed refused withdrawn             | wrong state
        ask_again | disputed                                    | said proceeds.asked_again
        ask_again | held said confirmed refused withdrawn       | wrong state
        withdraw  | held said disputed                          | withdrawn proceeds.withdrawn
        withdraw  | confirmed refused withdrawn                 | wrong state
        """
    )
    assert ProceedsReceipt._meta.get_field("state").default == "said"
