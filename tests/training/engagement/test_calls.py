"""Calls: taken by one official at a time, what was said, and what follows from it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed, NotFound
from tests.factories.accounts import UserFactory, administrator, director
from tests.training import made
from training.engagement import selectors, services
from training.models import Call, EngagementRule, WatchLine
from training.states import LagReason

from .behind import absent, caller, held, member, running, watch

pytestmark = pytest.mark.django_db
KEY = "0" * 32


def note(actor, line, **values):
    return services.note_call(actor=actor, line=line, **{"key": KEY, "outcome": "will_come", **values})


def day(number):
    return timezone.localdate() + timedelta(days=number)


@pytest.mark.sqlite_leg
def test_two_do_not_call_the_same_firm():
    """Two people of one firm are behind: whoever takes one, takes both."""
    cohort = running()
    first, _second = member(cohort), member(cohort)
    held(cohort, 2)
    watch()
    WatchLine.objects.update(sme=first.sme)
    one, other = WatchLine.objects.order_by("pk")
    mine, colleague = caller(name="Hina"), caller()
    services.claim(actor=mine, line=one)
    with pytest.raises(DomainError) as refusal:
        services.claim(actor=colleague, line=other)
    assert refusal.value.code == "claimed"
    assert "Hina" in str(refusal.value)
    services.leave(actor=mine, line=other)
    assert services.claim(actor=colleague, line=one).claimed_by == colleague


def test_a_claim_ends_by_itself_and_once_more_makes_it_longer():
    line, mine, colleague = absent(), caller(), caller()
    services.claim(actor=mine, line=line)
    WatchLine.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    assert services.claim(actor=mine, line=line).claimed_until > timezone.now() + timedelta(minutes=20)
    assert Event.objects.filter(name="call.claimed").count() == 1
    WatchLine.objects.update(claimed_until=timezone.now())
    assert services.claim(actor=colleague, line=line).claimed_by == colleague
    assert Event.objects.filter(name="call.claimed").count() == 2


def test_nobody_calls_who_is_back_on_track():
    line = absent()
    WatchLine.objects.update(ended_on=timezone.localdate(), ended_why="back")
    with pytest.raises(DomainError) as refusal:
        services.claim(actor=caller(), line=line)
    assert refusal.value.code == "over"


@pytest.mark.sqlite_leg
def test_what_was_said_is_kept_once_and_stands_in_no_history():
    line, mine = absent(), caller()
    services.claim(actor=mine, line=line)
    first = note(mine, line, words="His mother is ill, call 0300-1234567")
    assert note(mine, line, outcome="wrong_number") == first
    line.refresh_from_db()
    assert (line.claimed_by, line.last_outcome, Call.objects.count()) == (None, "will_come", 1)
    told = json.dumps(Event.objects.get(name="call.noted").data)
    assert ("mother" not in told, "0300" not in told) == (True, True)


def test_a_key_of_another_person_is_no_door_to_their_note():
    line = absent()
    note(caller(), line)
    with pytest.raises(DomainError) as refusal:
        note(caller(), line)
    assert refusal.value.code == "stale"


@pytest.mark.parametrize(
    ("values", "rests"),
    [
        ({"outcome": "again", "again_on": 3}, 3),
        ({"outcome": "cannot", "why": "ill", "again_on": 10}, 10),
        ({"outcome": "cannot", "why": "work"}, 14),
        ({"outcome": "will_come"}, 7),
        ({"outcome": "wrong_number"}, None),
        ({"outcome": "will_come", "again_on": 20}, 7),
    ],
)
def test_what_was_agreed_says_when_to_call_again(values, rests):
    line = absent()
    if "again_on" in values:
        values = values | {"again_on": day(values["again_on"])}
    note(caller(), line, **values)
    line.refresh_from_db()
    assert line.rests_until == (day(rests) if rests else None)


def test_who_will_come_is_looked_at_again_after_the_next_session():
    line = absent()
    row = made.session(line.cohort)
    row.starts_at, row.ends_at = timezone.now() + timedelta(days=2), timezone.now() + timedelta(days=2, hours=2)
    row.save()
    note(caller(), line)
    line.refresh_from_db()
    assert line.rests_until == timezone.localdate(row.starts_at) + timedelta(days=1)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"outcome": "x"}, "unknown_outcome"), ({"outcome": "cannot"}, "no_why"), ({"outcome": "cannot", "why": "x"}, "no_why"),
        ({"outcome": "cannot", "why": "other", "words": " "}, "no_words"), ({"outcome": "again"}, "no_day"),
        ({"outcome": "again", "again_on": 0}, "day_out_of_bounds"), ({"outcome": "again", "again_on": 61}, "day_out_of_bounds"),
        ({"outcome": "cannot", "why": "ill", "again_on": -1}, "day_out_of_bounds"),
    ],
)  # fmt: skip
def test_half_a_note_is_refused_in_words(values, code):
    line = absent()
    if "again_on" in values:
        values = values | {"again_on": day(values["again_on"])}
    with pytest.raises(DomainError) as refusal:
        note(caller(), line, **values)
    assert refusal.value.code == code
    assert not Call.objects.exists()


def test_a_note_while_somebody_else_calls_is_refused_and_after_an_ended_line_kept():
    line, mine, colleague = absent(), caller(), caller()
    services.claim(actor=colleague, line=line)
    with pytest.raises(DomainError) as refusal:
        note(mine, line)
    assert refusal.value.code == "claimed"
    WatchLine.objects.update(ended_on=timezone.localdate(), ended_why="back", claimed_by=None, claimed_until=None)
    assert note(mine, line).outcome == "will_come"


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (lambda: UserFactory(roles=[Role.OFFICER]), True), (made.manager, True), (director, False), (administrator, False),
        (UserFactory, False), (lambda: UserFactory(roles=[Role.OFFICER], is_active=False), False),
    ],
)  # fmt: skip
def test_who_calls(who, may):
    line, person = absent(), who()
    acts = (
        lambda: services.claim(actor=person, line=line),
        lambda: note(person, line),
        lambda: services.leave(actor=person, line=line),
    )
    for act in acts:
        if may:
            act()
        else:
            with pytest.raises(NotAllowed):
                act()
    if not may:
        with pytest.raises(NotFound):
            selectors.lines_visible_to(person)
        with pytest.raises(NotFound):
            selectors.line_for(person, line.public_id)


@pytest.mark.sqlite_leg
def test_the_list_shows_what_is_asked_for():
    mine = caller()
    free, claimed, resting, wrong = (absent() for _ in range(4))
    services.claim(actor=mine, line=claimed)
    WatchLine.objects.filter(pk=resting.pk).update(rests_until=day(1))
    WatchLine.objects.filter(pk=wrong.pk).update(last_outcome="wrong_number")
    due = absent()
    WatchLine.objects.filter(pk=due.pk).update(rests_until=day(0), last_outcome="again")

    def shown(user=mine, **values):
        return set(selectors.lines_visible_to(user, **values))

    assert shown() == {free, claimed, due}
    assert shown(show="resting") == {resting}
    assert shown(show="wrong_number") == {wrong}
    assert shown(show="all") == {free, claimed, resting, wrong, due}
    assert shown(who="mine") == shown(caller(), who="others") == {claimed}
    assert shown(who="free") == {free, due}
    assert shown(cohort=free.cohort.code) == {free}
    assert shown(reason="missed") == {free, claimed, due}
    assert shown(reason="tasks") == shown(who="others") == shown(caller(), who="mine") == set()


def test_the_firm_reads_kind_words_and_what_was_agreed_and_nothing_of_officials():
    line = absent()
    note(caller(), line, outcome="cannot", why="ill", words="He sounded lazy.")
    said = selectors.words_for_firm(line.place.application)
    assert said.missing[0] == "We missed you in the last 2 sessions."
    assert said.called_on == timezone.localdate()
    assert "lazy" not in said.agreed
    assert selectors.words_for_firm(member(running()).application) == selectors.FirmWords((), None, "")


def test_how_many_of_a_cohort_are_behind():
    line, other = absent(), running()
    assert selectors.behind_in([line.cohort, other]) == {line.cohort_id: 1}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "x"}, "unknown_rule"), ({"threshold": 0}, "out_of_bounds"), ({"threshold": 21}, "out_of_bounds"),
        ({"words": " "}, "no_words"), ({"starts_on": -1}, "past"),
    ],
)  # fmt: skip
def test_a_rule_is_refused_in_words(values, code):
    values = {"code": LagReason.MISSED.value, "threshold": 3, "starts_on": 0, "words": "x"} | values
    values["starts_on"] = day(values["starts_on"])
    with pytest.raises(DomainError) as refusal:
        services.set_rule(actor=made.manager(), **values)
    assert refusal.value.code == code


@pytest.mark.sqlite_leg
def test_set_twice_for_one_day_the_second_counts():
    for threshold in (3, 4):
        services.set_rule(actor=made.manager(), code="missed", threshold=threshold, starts_on=day(1), words="x")
    assert EngagementRule.objects.get().threshold == 4
    assert Event.objects.filter(name="engagement.rule_set").count() == 2


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"most": 21}, "out_of_bounds"), ({"within_days": 0}, "out_of_bounds"), ({"from_hour": 19, "until_hour": 19}, "upside_down"),
        ({"until_hour": 25}, "upside_down"), ({"words": ""}, "no_words"), ({"starts_on": -1}, "past"),
    ],
)  # fmt: skip
def test_a_policy_is_refused_in_words(values, code):
    given = {"most": 2, "within_days": 7, "from_hour": 9, "until_hour": 19, "starts_on": 0, "words": "x"} | values
    given["starts_on"] = day(given["starts_on"])
    with pytest.raises(DomainError) as refusal:
        services.set_policy(actor=made.manager(), **given)
    assert refusal.value.code == code


def test_only_a_programme_manager_sets_rules():
    for act in (
        lambda: services.set_rule(actor=caller(), code="missed", threshold=3, starts_on=day(0), words="x"),
        lambda: services.set_policy(
            actor=caller(), most=1, within_days=7, from_hour=9, until_hour=19, starts_on=day(0), words="x"
        ),
    ):
        with pytest.raises(NotAllowed):
            act()
