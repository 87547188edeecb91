"""The public check against the engine: for every combination of answers, and for every policy."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import product
from math import prod

import pytest

from selection.check.eligibility import (
    ADVICE,
    ASKED_BY,
    CAN_BE_OPENED,
    LASTING,
    TURNOVER,
    Verdict,
    facts_of,
    judge,
    papers_of,
)
from selection.engine import words
from selection.engine.facts import Evidence
from selection.engine.measures import MEASURES, Case
from selection.engine.points import is_met
from selection.engine.policy import Policy
from smes.check.eligibility import QUESTIONS
from smes.vocabulary.sizes import bands_on, birthday, size_class
from tests.selection.engine.situations import facts
from tests.smes.check.test_eligibility import GOOD_FIRM

pytestmark = pytest.mark.unit

ON = date(2026, 11, 29)
POLICIES = {policy.version: policy for policy in Policy.all()}
CHOICES = [[(question.code, option.code) for option in question.options] for question in QUESTIONS]
OF_A_FIRM = ("makes", "sector", "registered", "turnover", "age", "exports", "house")

# What firms of each answer can look like, at both ends of what the answer allows. Written here again, by what the questions say.
FIRST_DAY_OF_FIVE_YEARS = date(2021, 11, 29)
AGES = {"young": (ON, FIRST_DAY_OF_FIVE_YEARS), "old": (FIRST_DAY_OF_FIVE_YEARS - timedelta(days=1), date(1950, 1, 1))}
SALES = {"none": (0,), "small": (1, 150_000_000), "medium": (150_000_001, 800_000_000), "large": (800_000_001, 10**11)}
EXPORTS = {
    ("direct", "no"): ("direct", None),
    ("direct", "named"): ("direct", "Sialkot Export House"),
    ("direct", "unnamed"): ("direct", None),
    ("no", "no"): ("none", None),
    ("no", "named"): ("export_house", "Sialkot Export House"),
    ("no", "unnamed"): ("export_house", None),
}
REGISTERED = {
    "ntn": [("private_limited", True, False), ("sole_proprietor", True, True)],
    "cnic": [("sole_proprietor", False, True)],
    "no": [("partnership", False, True), ("sole_proprietor", False, False)],
}


def firms_of(answers):
    """Whole firms that would give these answers."""
    route, house = EXPORTS[answers["exports"], answers["house"]]
    corners = product(AGES[answers["age"]], SALES[answers["turnover"]], REGISTERED[answers["registered"]])
    for founded_on, turnover, (form, has_ntn, has_cnic) in corners:
        yield facts(
            schema=2,
            proofs=[],
            sector=None if answers["sector"] == "other" else answers["sector"],
            services=["SI1"] if answers["makes"] == "service" else [],
            legal_form=form,
            tax_registered=has_ntn,
            owner_cnic_held=has_cnic,
            founded_on=founded_on.isoformat(),
            turnover_pkr=turnover,
            size_class=size_class(turnover, 12, founded_on, ON).size_class,
            export_route=route,
            export_house=house,
            export_history=[],
            export_markets=[],
        )


def open_tracks(firm, policy):
    """The tracks of which every gate has a way in whose conditions the engine finds met."""
    case = Case(firm, Evidence(), ON)
    is_open = {
        gate.code: any(all(is_met(each, case) for each in way.all_of) for way in gate.any_of) for gate in policy.gates
    }
    return {track for track in policy.tracks if all(is_open[gate.code] for gate in policy.gates_of(track))}


@cache
def combinations():
    """Every combination of all answers: the answers, a number for the facts that they make, and one for the firms.

    Made once for all policies. The check is asked once for each set of facts, the engine once for each set of firms.
    """
    same_facts, same_firms, found = {}, {}, []
    for number, pairs in enumerate(product(*CHOICES)):
        answers = dict(pairs)
        firm = same_firms.setdefault(tuple(answers[code] for code in OF_A_FIRM), number)
        found.append((answers, same_facts.setdefault(facts_of(answers, ON), number), firm))
    return found


@cache
def said_by(version):
    """What the check says by a policy to each set of facts that answers make: the codes of the tracks that are open."""
    policy, said = POLICIES[version], {}
    for answers, told, _firm in combinations():
        if told not in said:
            result = judge(answers, policy, ON)
            said[told] = {track.code for track in result.open_tracks}
            assert (result.verdict is Verdict.OPEN) == bool(said[told])
    return said


@cache
def open_by(version):
    """What the engine says by a policy to each of the whole firms that would give the same answers."""
    policy, engine = POLICIES[version], {}
    for answers, _told, firms in combinations():
        if firms not in engine:
            engine[firms] = [open_tracks(each, policy) for each in firms_of(answers)]
    return engine


def wrong_by(version, *, judged_by):
    """The combinations of all answers to which check and engine say different things."""
    said, engine = said_by(judged_by), open_by(version)
    return [answers for answers, told, firms in combinations() if any(tracks != said[told] for tracks in engine[firms])]


@pytest.mark.parametrize("version", POLICIES)
def test_the_check_says_what_the_engine_says_to_every_combination_of_answers(version):
    assert len(combinations()) == prod(map(len, CHOICES)) == 96_768
    assert wrong_by(version, judged_by=version) == []


def test_a_check_by_another_policy_is_noticed():
    """Since 2026-2 a house must be named: that policy's check is wrong by the one before, and only there."""
    wrong = wrong_by("2026-1", judged_by="2026-2")
    assert wrong
    assert {(answers["exports"], answers["house"]) for answers in wrong} == {("no", "unnamed")}


# ------------------------------------------------------------------------------------------------ what it is made from


def test_the_answers_cut_sales_and_age_where_the_rules_do():
    bands = bands_on(ON)
    assert {band.max_turnover_pkr for band in bands} == {TURNOVER["small"], TURNOVER["medium"]}
    assert {band.max_age_years for band in bands} - {None} == {5}
    assert birthday(FIRST_DAY_OF_FIVE_YEARS, 5) == ON


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_fact_that_a_gate_rests_on_is_asked(policy):
    conditions = [each for gate in policy.gates for way in gate.any_of for each in way.all_of]
    rests_on = {fact for each in conditions for fact in MEASURES[each.measure].rests_on}
    assert rests_on
    assert rests_on <= ASKED_BY.keys()
    assert set(ASKED_BY.values()) <= {question.code for question in QUESTIONS}


def test_of_every_gate_it_is_known_whether_a_firm_can_open_it():
    assert CAN_BE_OPENED.keys() | LASTING.keys() == words.GATES.keys()
    assert not CAN_BE_OPENED.keys() & LASTING.keys()


def test_no_gate_sends_to_another_track():
    """Which one is open, a gate does not know: its advice went in a circle."""
    assert [text for text in words.TO_MEET.values() if "general track" in text or "start-up track" in text] == []
    assert any("general track" in text for text in words.FORMER)


def test_an_unfinished_check_has_no_result():
    with pytest.raises(ValueError, match="not finished"):
        judge({"makes": "yes"}, POLICIES["2026-2"], ON)


# ---------------------------------------------------------------------------------------------------------- the answers


def answer(**changed):
    return judge({**GOOD_FIRM, **changed}, POLICIES["2026-2"], ON)


def names_of(result):
    return [track.code for track in result.open_tracks]


@pytest.mark.parametrize(
    ("changed", "verdict", "tracks"),
    [
        ({}, "open", ["general"]),
        ({"bank": "no", "makes": "no"}, "open", ["general"]),
        ({"time": "no", "order": "no", "online": "no"}, "open", ["general"]),
        ({"exports": "no", "house": "named"}, "open", ["general"]),
        ({"exports": "no", "house": "unnamed"}, "not_yet", []),
        ({"exports": "no"}, "not_yet", []),
        ({"exports": "no", "age": "young"}, "open", ["startup"]),
        ({"age": "young"}, "open", ["general", "startup"]),
        ({"makes": "service", "sector": "other"}, "open", ["services"]),
        ({"makes": "service", "sector": "ict", "exports": "no"}, "not_yet", []),
        ({"sector": "carpets", "age": "young", "exports": "no"}, "open", ["startup"]),
        ({"sector": "carpets"}, "open", ["general", "carpet_revival"]),
        ({"sector": "other"}, "closed", []),
        ({"turnover": "none"}, "open", ["general"]),
        ({"turnover": "none", "exports": "no"}, "not_yet", []),
        ({"turnover": "large"}, "closed", []),
        ({"registered": "cnic"}, "open", ["general"]),
        ({"registered": "no"}, "not_yet", []),
    ],
)
def test_what_each_answer_changes(changed, verdict, tracks):
    result = answer(**changed)
    assert (result.verdict, names_of(result)) == (verdict, tracks)


def test_the_track_that_is_nearest_comes_first_and_names_the_answers_that_keep_it_shut():
    result = answer(registered="no", exports="no", house="unnamed", sector="carpets", age="young")
    assert [(track.code, [gate.code for gate in track.shut]) for track in result.tracks] == [
        ("startup", ["identity"]),
        ("general", ["identity", "export_presence"]),
        ("carpet_revival", ["identity", "export_presence"]),
        ("services", ["identity", "services", "export_presence"]),
    ]
    gates = {gate.code: gate.questions for track in result.tracks for gate in track.shut}
    assert gates == {"identity": ("registered",), "export_presence": ("house",), "services": ("sector",)}


@pytest.mark.parametrize(
    ("changed", "in_all", "in_some"),
    [
        ({}, "ntn_certificate cnic_copy tax_return bank_certificate export_proof", True),
        ({"exports": "no"}, "ntn_certificate cnic_copy tax_return bank_certificate", True),
        ({"registered": "cnic"}, "cnic_copy tax_return bank_certificate export_proof", False),
    ],
)
def test_the_papers_follow_from_what_the_firm_answers(changed, in_all, in_some):
    result = answer(**changed)
    assert result.papers == tuple(in_all.split())
    assert result.by_form == (("secp_certificate", "partnership_deed", "cooperative_registration") if in_some else ())


def test_a_firm_whose_first_return_is_not_due_sends_none():
    told = Case(facts(founded_on="2026-08-01", tax_registered=True), Evidence(), ON)
    assert "tax_return" not in papers_of(told)[0]


def test_advice_is_given_beside_the_gates_for_answers_that_exist():
    assert all(any(q.code == code and q.accepts(given) for q in QUESTIONS) for code, given in ADVICE)
    assert answer(bank="no", makes="no").advice == (ADVICE["makes", "no"], ADVICE["bank", "no"])
