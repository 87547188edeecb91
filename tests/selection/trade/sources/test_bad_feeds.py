"""A bad feed never replaces a good one; a refusal that turns out to be false is lifted by a named person."""

from __future__ import annotations

import itertools

import pytest
from django.core.management import CommandError, call_command

from selection.trade import runs, services
from selection.trade.arithmetic.checks import ACCEPTABLE
from selection.trade.labels import LOG_TEXTS
from selection.trade.models import Indicator, SourceKind
from selection.trade.sources.comtrade import Comtrade
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import administrator, officer
from tests.selection.trade.stub_comtrade import StubComtrade, record

pytestmark = [pytest.mark.db, pytest.mark.django_db]

YEARS = range(2016, 2024)
EXPORTERS = {586: 100.0, 156: 3000.0, 699: 900.0}
PRICES = {586: 9e6, 156: 1e7, 699: 8e6}


def records(*, scale=1.0):
    """Eight years of exports of two headings, Pakistan's buyers and, as the United States recorded them, prices."""
    for year, hs in itertools.product(YEARS, ("9506", "5701", "TOTAL")):
        told = {"refYear": year, "cmdCode": hs, "aggrLevel": 4}
        for code, value in EXPORTERS.items():
            yield record(reporterCode=code, partnerCode=0, primaryValue=value * scale, **told)
        for partner, part in ((842, 0.75), (276, 0.25)):
            yield record(reporterCode=586, partnerCode=partner, primaryValue=100 * part * scale, **told)
    for year, (supplier, value) in itertools.product(YEARS, PRICES.items()):
        told = {"refYear": year, "cmdCode": "950662", "aggrLevel": 6, "flowCode": "M", "netWgt": 1e6}
        yield record(reporterCode=842, partnerCode=supplier, primaryValue=value, cifvalue=value, **told)


@pytest.fixture
def comtrade(monkeypatch):
    """A stub that the commands ask too; pull(**kwargs) fetches its eight years."""
    with StubComtrade(records()) as stub:
        source = Comtrade(base_url=stub.url, key="k", sleep=lambda seconds: None, tries=1, seconds_between_calls=0)
        monkeypatch.setattr(services, "configured_source", lambda: source)
        stub.pull = lambda **kwargs: services.pull_comtrade(**{"actor": None, "years": YEARS} | kwargs)
        yield stub


def keep(stub, wanted):
    stub.records[:] = [told for told in stub.records if wanted(told)]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (lambda told: told["flowCode"] != "M", "prices_fell"),
        (lambda told: told["reporterCode"] != 586 or told["partnerCode"] == 0, "partners_fell"),
        (lambda told: (told["reporterCode"], told["flowCode"]) != (156, "X"), "world_fell"),
        (lambda told: told["refYear"] == 2023 or told["reporterCode"] == 586, "world_fell"),
    ],
)
def test_an_empty_answer_to_one_question_leaves_the_figures_in_use_alone(comtrade, wanted, problem):
    good = comtrade.pull().vintage
    keep(comtrade, wanted)
    run = comtrade.pull()
    assert (run.state, run.problem, runs.current_vintage(SourceKind.FLOWS)) == ("refused", problem, good)
    assert Indicator.objects.get(hs="950662", name="unit_value_gap_china").value == pytest.approx(-0.1)


def test_a_pull_of_one_year_does_not_take_the_place_of_eight(comtrade):
    good = comtrade.pull().vintage
    run = comtrade.pull(years=[2023])
    assert (run.state, run.problem_text, runs.current_vintage(SourceKind.FLOWS)) == (
        "refused",
        "These years are missing: 2017, 2018, 2019, 2020, 2021, 2022. The figures in use have them and stay.",
        good,
    )


def test_a_false_refusal_is_lifted_by_a_named_person_and_the_history_says_so(comtrade):
    comtrade.records[:] = records(scale=0.5)
    comtrade.pull()
    comtrade.records[:] = records()
    assert comtrade.pull(again=True).problem == "value_jumped"
    person = administrator()
    years = [str(year) for year in YEARS]
    call_command("pull_trade", "--years", *years, "--accept", "value_jumped", "--by", person.email)
    run = runs.current_vintage(SourceKind.FLOWS).runs.get()
    told = Event.objects.get(name="trade_run.published", subject_id=str(run.pk))
    assert (run.started_by, told.actor, told.data["accepted"]) == (person, person, ["value_jumped"])
    warnings = list(run.lines.filter(level="warning").values_list("code", flat=True))
    assert warnings == ["value_jumped"] * len(YEARS) + ["accepted"]


def test_only_the_refusal_that_was_accepted_is_lifted(comtrade):
    comtrade.pull()
    comtrade.records[:] = [told for told in records(scale=0.5) if told["flowCode"] != "M"]
    run = comtrade.pull(actor=administrator(), accept=["value_jumped", "nothing_came"])
    assert (run.state, run.problem) == ("refused", "world_fell")
    comtrade.records.clear()
    assert comtrade.pull(actor=administrator(), accept=["nothing_came"]).problem == "nothing_came"


def test_a_refusal_that_did_not_come_is_not_written_down_as_accepted(comtrade):
    run = comtrade.pull(actor=administrator(), accept=["older"])
    event = Event.objects.get(name="trade_run.published", subject_id=str(run.pk))
    assert "accepted" not in event.data


def test_nobody_accepts_a_refusal_without_a_name_or_the_right(comtrade):
    for act in (comtrade.pull, services.load_sample):
        with pytest.raises(DomainError) as told:
            act(accept=["older"])
        assert told.value.code == "nobody_accepts"
    with pytest.raises(NotAllowed):
        comtrade.pull(actor=officer(), accept=["older"])


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (list, "Say with --by who accepts"),
        (lambda: ["--by", "nobody@example.org"], "Nobody signs in as nobody@example.org"),
        (lambda: ["--by", administrator(is_active=False).email], "Nobody signs in as"),
        (lambda: ["--by", officer().email], "Only a director or an administrator"),
    ],
)
def test_the_command_asks_who_accepts(by, words):
    with pytest.raises(CommandError, match=words):
        call_command("pull_trade", "--source", "sample", "--accept", "older", *by())


def test_a_refusal_of_a_broken_feed_cannot_be_accepted():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("pull_trade", "--source", "sample", "--accept", "twice")
    assert {code for code in ACCEPTABLE if code not in LOG_TEXTS} == set()
