"""Asking for a composition, working it out in steps, and what is refused before."""

from __future__ import annotations

import pytest

from selection.models import Application, Composition
from selection.review import services as review_services
from selection.seats.composer import pools, selectors, services
from selection.seats.composer.overview import Overview
from selection.states import CompositionState
from tdap_portal.accounts.models import RoleGrant
from tdap_portal.accounts.roles import Role
from tdap_portal.audit import outbox
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import PartnerFactory, director, officer
from tests.factories.selection import RoundFactory, ask
from tests.factories.smes import MemberFactory, flag_of
from tests.selection import made
from tests.selection.seats.filled import WOMEN, closed_round, composed, reviewed_files, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_():
    return closed_round(seats=2)


def test_a_floor_brings_a_firm_in_and_its_price_names_who_went_out(round_):
    first, second, third = reviewed_files(
        round_, {"points": "80"}, {"points": "70.5"}, {"points": "60.25", "women_led": True}
    )
    found = composed(round_, rules=[rule(*WOMEN, floor=1)])
    assert (found.state, found.result["answer"]["chosen"]) == (CompositionState.READY, [first.pk, third.pk])
    (price,) = found.result["prices"]
    assert (price["points"], price["comes_in"], price["goes_out"]) == (1025, [third.pk], [second.pk])
    assert found.result["why"] == {str(third.pk): "women_led:yes:floor"}
    assert found.result["passed_over"] == {str(second.pk): ["women_led:yes:floor"]}
    assert (found.result["checked"], found.result["plain"]["points"]) == ([], 15050)


def test_what_the_page_says_follows_from_what_was_found(round_):
    reviewed_files(round_, {"points": "80"}, {"points": "70.5"}, {"points": "60.25", "women_led": True})
    shown = Overview(composed(round_, rules=[rule(*WOMEN, floor=1)]))
    assert (shown.is_proven, shown.taken, shown.points()["cost"]) == (True, 2, "10.2")
    assert shown.dearest() == "Women-led, at least 1"
    (women,) = shown.rules()
    assert (women.taken, women.of, women.binds, women.price_text) == (1, 1, True, "10.2")
    assert [firm.why for firm in shown.firms()] == ["", "Women-led, at least 1"]


def test_rules_that_cannot_hold_together_are_named_with_what_would_help(round_):
    reviewed_files(round_, {"points": "80", "province": "PK-PB"}, {"points": "70", "province": "PK-PB"})
    found = composed(round_, rules=[rule("province", ["PK-SD"], floor=1)])
    assert (found.state, found.finished_at is not None) == (CompositionState.CLASH, True)
    assert [(one.words, one.change) for one in Overview(found).clash()] == [
        ("Sindh, at least 1", "possible with 0 seats")
    ]


def test_a_file_with_something_against_it_cannot_be_chosen(round_):
    first, second = reviewed_files(round_, {"points": "80"}, {"points": "70"})
    assert [row.pk for row in pools.candidates_of(round_)] == [first.pk, second.pk]
    flag_of(first.sme, made.scored().sme)
    assert [row.pk for row in pools.candidates_of(round_)] == [second.pk]
    assert list(pools.hindered(round_)) == [first.pk]


def test_a_file_that_waits_for_its_firm_or_is_not_read_is_late(round_):
    asked, read, unread = made.reviewed(round=round_), made.reviewed(round=round_), made.scored(round=round_)
    ask(asked)
    reviewed_files(round_)
    assert [row.pk for row in pools.candidates_of(round_)] == [read.pk]
    assert selectors.numbers_of_files(round_) == (1, 2)
    assert unread.pk not in pools.hindered(round_)


def test_the_order_is_points_then_the_tie_rule_then_the_earlier_hour(round_):
    one, two, three = reviewed_files(round_, {"points": "70"}, {"points": "70"}, {"points": "71"})
    for file, key in ((one, "2"), (two, "1"), (three, "9")):
        Application.objects.filter(pk=file.pk).update(tie_key=key)
    assert [row.pk for row in pools.candidates_of(round_)] == [three.pk, two.pk, one.pk]
    Application.objects.filter(pk=two.pk).update(tie_key="2")
    assert [row.pk for row in pools.candidates_of(round_)] == [three.pk, one.pk, two.pk]


def test_the_same_asked_twice_is_one_composition(round_):
    reviewed_files(round_, {"points": "80"})
    by = director()
    asked = [services.ask_composition(actor=by, round=round_, seats=1, rules=[]) for _click in range(2)]
    assert asked[0] == asked[1]
    other = services.ask_composition(actor=by, round=round_, seats=2, rules=[])
    assert [asked[0].letter, other.letter] == ["A", "B"]


def test_steps_are_done_one_by_one_and_a_step_done_twice_changes_nothing(round_):
    reviewed_files(round_, {"points": "80"}, {"points": "70", "women_led": True})
    with outbox.held_back():
        asked = services.ask_composition(actor=director(), round=round_, seats=1, rules=[rule(*WOMEN, floor=1)])
        steps = []
        while services.work_on(composition_id=asked.pk):
            asked.refresh_from_db()
            steps.append((asked.steps_done, asked.state, sorted(asked.result), asked.finished_at is not None))
    assert [step[0] for step in steps] == [1, 2, 3]
    assert [step[3] for step in steps] == [False, False, True]
    assert "prices" not in steps[0][2]
    assert "prices" in steps[1][2]
    before = Composition.objects.values().get(pk=asked.pk)
    assert services.work_on(composition_id=asked.pk) is False
    assert Composition.objects.values().get(pk=asked.pk) == before


def test_a_file_that_changes_between_two_steps_begins_it_again(round_):
    first, second = reviewed_files(round_, {"points": "80"}, {"points": "70"})
    with outbox.held_back():
        asked = services.ask_composition(actor=director(), round=round_, seats=1, rules=[])
        services.work_on(composition_id=asked.pk)
        Application.objects.filter(pk=second.pk).update(points="90")
        services.work_on(composition_id=asked.pk)
        asked.refresh_from_db()
    assert (asked.steps_done, asked.result["answer"]["chosen"]) == (1, [second.pk])
    assert first.pk not in asked.result["answer"]["chosen"]


def test_a_fault_ends_it_in_words_and_leaves_no_half_answer(round_, monkeypatch, caplog):
    reviewed_files(round_, {"points": "80"})

    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr("selection.seats.composer.working.optimum", broken)
    found = composed(round_, seats=1)
    assert (found.state, found.result, found.finished_at is not None) == (CompositionState.FAILED, {}, True)
    assert "could not be worked out" in caplog.text


def test_locks_hold_a_firm_in_or_out_with_a_reason(round_):
    first, second, third = reviewed_files(round_, {"points": "80"}, {"points": "70"}, {"points": "60"})
    locks = [
        {"file": third.pk, "is_in": True, "words": "Appeal upheld."},
        {"file": first.pk, "is_in": False, "words": "Works found closed."},
    ]
    found = composed(round_, locks=locks)
    assert found.result["answer"]["chosen"] == [second.pk, third.pk]
    with pytest.raises(DomainError) as refusal:
        composed(round_, seats=1, locks=[{"file": third.pk, "is_in": True, "words": " "}])
    assert refusal.value.code == "no_words"
    stranger = made.reviewed(round=RoundFactory())
    with pytest.raises(DomainError) as refusal:
        composed(round_, seats=1, locks=[{"file": stranger.pk, "is_in": True, "words": "A friend."}])
    assert refusal.value.code == "unknown_file"


def test_a_budget_is_kept_at_the_cost_of_each_town(round_):
    dear, cheap = reviewed_files(round_, {"points": "80", "city": "Gwadar"}, {"points": "60", "city": "Lahore"})
    costs = {"default": 100, "cities": {"Gwadar": 900}}
    assert composed(round_, budget_rupees=1000, costs=costs).result["answer"]["chosen"] == [dear.pk, cheap.pk]
    found = composed(round_, budget_rupees=500, costs=costs)
    assert (found.result["answer"]["chosen"], found.result["answer"]["cost"]) == ([cheap.pk], 100)


def test_no_partner_gets_more_seats_than_its_cap(round_):
    first, second, third = reviewed_files(round_, {"points": "80"}, {"points": "70"}, {"points": "60"})
    chamber = PartnerFactory(name="Chamber of Sialkot")
    Application.objects.filter(pk__in=[first.pk, second.pk]).update(nominated_by=chamber)
    found = composed(round_, rules=[rule("partner", cap=1)])
    assert found.result["answer"]["chosen"] == [first.pk, third.pk]
    named = composed(round_, rules=[rule("partner", [chamber.public_id], cap=0)])
    assert named.result["answer"]["chosen"] == [third.pk]
    assert Overview(named).rules()[0].words == "Chamber of Sialkot, at most 0"


def test_more_seats_than_are_free_are_refused(round_):
    reviewed_files(round_, {"points": "80"})
    with pytest.raises(DomainError) as refusal:
        composed(round_, seats=2, reserve=1)
    assert refusal.value.code == "seats_exceed"
    assert composed(round_, seats=1, reserve=1).seats == 1


def test_a_floor_and_a_cap_of_the_same_share_contradict_when_they_are_typed():
    round_ = closed_round(seats=37)
    reviewed_files(round_, {"points": "80"})
    both = [
        rule(*WOMEN, floor=True, per_mille=150),
        rule(*WOMEN, cap=True, per_mille=150),
    ]
    with pytest.raises(DomainError) as refusal:
        composed(round_, rules=both)
    assert refusal.value.code == "contradiction"
    assert "at least 15 % of 37 seats: 6" in str(refusal.value)
    assert "at most 15 % of 37 seats: 5" in str(refusal.value)
    assert not Composition.objects.exists()


def test_a_saved_composition_keeps_its_seats_when_the_round_gets_more():
    round_ = closed_round(seats=37)
    reviewed_files(round_, *({"points": str(50 + at), "women_led": at < 7} for at in range(8)))
    found = composed(round_, rules=[rule(*WOMEN, floor=True, per_mille=150)])
    round_.seats = 40
    round_.save()
    later = composed(round_, rules=[rule(*WOMEN, floor=True, per_mille=150)])
    meant = [row.result["answer"]["rules"][0]["seats_meant"] for row in (found, later)]
    assert ([found.seats, later.seats], meant) == ([37, 40], [6, 6])


def test_two_rules_for_the_same_firms_are_one_too_many(round_):
    reviewed_files(round_, {"points": "80"})
    with pytest.raises(DomainError) as refusal:
        composed(round_, seats=1, rules=[rule(*WOMEN, floor=1), rule(*WOMEN, floor=0)])
    assert refusal.value.code == "rule_twice"


def test_seats_are_filled_only_between_closing_and_the_end():
    round_ = closed_round()
    made.reviewed(round=round_)
    with pytest.raises(WrongState):
        composed(round_, seats=1)


def test_a_director_with_a_part_in_a_file_does_not_fill_the_seats(round_):
    tied, (file, *_rest) = director(), reviewed_files(round_, {"points": "80"})
    MemberFactory(sme=file.sme, user=tied)
    with pytest.raises(NotAllowed, match="You are tied to a firm"):
        composed(round_, by=tied, seats=1)
    reader = file.readings.first().reader
    RoleGrant.objects.create(user=reader, role=Role.APPROVER.value)
    with pytest.raises(NotAllowed, match="You read a file"):
        composed(round_, by=type(reader).objects.get(pk=reader.pk), seats=1)
    with pytest.raises(NotAllowed, match="Only a director"):
        composed(round_, by=officer(), seats=1)
    assert composed(round_, by=director(), seats=1).state == CompositionState.READY


def test_who_recommended_on_a_file_does_not_fill_the_seats(round_):
    by = officer()
    file = made.reviewed(by, round=round_)
    review_services.recommend(
        actor=by, application=file, outcome="select", reason_codes=["ready_to_sell"], words="Ready."
    )
    file.readings.filter(reader=by).delete()
    RoleGrant.objects.create(user=by, role=Role.APPROVER.value)
    reviewed_files(round_)
    with pytest.raises(NotAllowed, match="You recommended"):
        composed(round_, by=type(by).objects.get(pk=by.pk), seats=1)


def test_the_letter_of_a_composition_is_read_back():
    letters = [Composition(number=number).letter for number in (1, 26, 27, 52, 53, 703)]
    assert letters == ["A", "Z", "AA", "AZ", "BA", "AAA"]
    assert [selectors.number_of(letter) for letter in letters] == [1, 26, 27, 52, 53, 703]
    assert selectors.number_of("a") == 0
