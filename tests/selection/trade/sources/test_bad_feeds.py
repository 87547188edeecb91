"""A bad feed never replaces a good one; what only looks wrong waits for the look of a second person."""

from __future__ import annotations

import itertools

import pytest
from django.core.management import CommandError, call_command

from selection.trade import labels, runs, selectors, services
from selection.trade.arithmetic.checks import MAY_CHANGE
from selection.trade.models import Indicator, SourceKind, TradeFlow, Vintage
from selection.trade.sources.comtrade import Comtrade
from tdap_portal.audit.models import Event
from tdap_portal.core.errors import NotAllowed, WrongState
from tests.factories.accounts import administrator, director, officer
from tests.selection.trade.stub_comtrade import StubComtrade, record

pytestmark = [pytest.mark.db, pytest.mark.django_db]

YEARS = range(2016, 2024)
EXPORTERS = {586: 1e8, 156: 3e9, 699: 9e8}
PRICES = {586: 9e6, 156: 1e7, 699: 8e6}


def records(*, scale=1.0):
    """Eight years of exports of two headings, Pakistan's buyers and, as the United States recorded them, prices."""
    for year, hs in itertools.product(YEARS, ("9506", "5701", "TOTAL")):
        told = {"refYear": year, "cmdCode": hs, "aggrLevel": 4}
        for code, value in EXPORTERS.items():
            yield record(reporterCode=code, partnerCode=0, primaryValue=value * scale, **told)
        for partner, part in ((842, 0.75), (276, 0.25)):
            yield record(reporterCode=586, partnerCode=partner, primaryValue=1e8 * part * scale, **told)
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
    ("wanted", "what"),
    [
        (lambda told: told["flowCode"] != "M", "prices"),
        (lambda told: told["reporterCode"] != 586 or told["partnerCode"] == 0, "buyers"),
        (lambda told: (told["reporterCode"], told["flowCode"]) != (156, "X"), "world"),
        (lambda told: told["refYear"] == 2023 or told["reporterCode"] == 586, "heading_jumped"),
    ],
)
def test_an_empty_answer_to_one_question_leaves_the_figures_in_use_alone(comtrade, wanted, what):
    good = comtrade.pull().vintage
    keep(comtrade, wanted)
    run = comtrade.pull()
    assert (run.state, run.problem_data.get("what", run.problem), runs.current_vintage(SourceKind.FLOWS)) == (
        "held",
        what,
        good,
    )
    figure = Indicator.objects.get(vintage=good, hs="950662", name="unit_value_gap_china")
    assert figure.value == pytest.approx(-0.1)


def test_one_year_can_be_read_anew_beside_the_others(comtrade):
    comtrade.pull()
    comtrade.records[:] = [told for told in records(scale=1.2) if told["refYear"] == 2023]
    run = comtrade.pull(years=[2023])
    assert (run.state, [(part.year, part.loaded_in == run.vintage) for part in run.vintage.parts.all()]) == (
        "published",
        [(year, year == 2023) for year in YEARS],
    )
    assert set(TradeFlow.objects.filter(vintage=run.vintage).values_list("year", flat=True)) == {2023}
    growth, value = (
        Indicator.objects.get(vintage=run.vintage, hs="9506", name=name) for name in ("export_growth", "export_value")
    )
    assert (growth.period, value.value, value.period) == ("2018–2020 to 2021–2023", 1.2e8, "2023")


def test_a_year_that_was_asked_for_and_did_not_come_is_missed(comtrade):
    good = comtrade.pull().vintage
    keep(comtrade, lambda told: told["refYear"] != 2022)
    run = comtrade.pull()
    assert (run.state, run.problem_text, runs.current_vintage(SourceKind.FLOWS)) == (
        "held",
        "These years are missing: 2022. The figures in use have them and stay.",
        good,
    )


@pytest.fixture
def held(comtrade):
    """A run of the night whose figures are twice those in use, and wait for a look."""
    comtrade.records[:] = records(scale=0.5)
    comtrade.pull()
    comtrade.records[:] = records()
    run = comtrade.pull()
    assert (run.state, run.problem_text) == (
        "held",
        "Pakistan's exports of the product groups in 2016 came to 200 % of the figures in use.",
    )
    return run


def test_figures_that_were_held_come_into_use_by_a_second_person_with_a_reason(held):
    person = director()
    services.publish_held(actor=person, run=held, reason="Customs corrected its series.")
    held.refresh_from_db()
    assert (held.state, held.vintage, held.decided_by) == ("published", runs.current_vintage(SourceKind.FLOWS), person)
    assert held.problem_text == ""
    told = Event.objects.get(name="trade_run.published", subject_id=str(held.pk))
    assert (told.actor, told.data["reason"]) == (person, "Customs corrected its series.")
    with pytest.raises(WrongState):
        services.publish_held(actor=person, run=held, reason="Again.")


def test_figures_that_were_held_are_put_away_by_a_second_person_with_a_reason(held):
    good = runs.current_vintage(SourceKind.FLOWS)
    services.refuse_held(actor=director(), run=held, reason="Double counting.")
    held.refresh_from_db()
    assert (held.state, held.vintage, held.problem_text) == ("refused", None, "Refused after a look: Double counting.")
    assert (runs.current_vintage(SourceKind.FLOWS), Vintage.objects.count()) == (good, 1)
    assert Event.objects.get(name="trade_run.refused", subject_id=str(held.pk)).data["reason"] == "Double counting."


def test_nobody_decides_on_a_pull_of_their_own_or_without_the_right(comtrade):
    comtrade.pull()
    comtrade.records[:] = records(scale=3)
    starter = director()
    run = comtrade.pull(actor=starter)
    assert run.state == "held"
    for person in (starter, officer()):
        for act in (services.publish_held, services.refuse_held):
            with pytest.raises(NotAllowed):
                act(actor=person, run=run, reason="Looks right.")
    services.publish_held(actor=administrator(), run=run, reason="Looks right.")


def test_the_same_figures_are_not_held_twice_and_newer_ones_take_their_place(comtrade, held):
    assert (comtrade.pull().problem, comtrade.pull().state) == ("", "unchanged")
    comtrade.records[:] = records(scale=1.5)
    newer = comtrade.pull()
    held.refresh_from_db()
    assert (newer.state, held.state, held.problem) == ("held", "refused", "newer_came")


def test_figures_that_waited_take_the_other_sources_as_they_stand_when_they_are_published(held):
    services.load_sample()
    services.publish_held(actor=director(), run=held, reason="Looks right.")
    vintage = runs.current_vintage(SourceKind.FLOWS)
    assert {part.source.code for part in vintage.parts.all()} == {"comtrade", "ots2017", "wits", "atlas", "baci2018"}
    sources = Indicator.objects.filter(vintage=vintage, name="market_share", value__isnull=False)
    assert set(sources.values_list("source__code", flat=True)) == {"comtrade", "wits", "baci2018", "ots2017"}


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (lambda: ["--by", "nobody@example.org"], "Nobody signs in as nobody@example.org"),
        (lambda: ["--by", administrator(is_active=False).email], "Nobody signs in as"),
        (lambda: ["--by", officer().email], "Only a director or an administrator"),
    ],
)
def test_the_command_asks_who_loads(by, words):
    with pytest.raises(CommandError, match=words):
        call_command("pull_trade", "--source", "sample", *by())


def test_the_command_says_why_figures_are_held(comtrade, capsys):
    comtrade.pull()
    comtrade.records[:] = records(scale=3)
    call_command("pull_trade", "--years", *map(str, YEARS))
    told = capsys.readouterr().out
    assert "Pakistan's exports of all goods in 2023 came to 300 % of the figures in use." in told
    assert told.endswith("A second person decides on the page of the run.\n")


def test_every_measure_has_its_words():
    assert MAY_CHANGE.keys() <= labels.MEASURES.keys()


@pytest.mark.parametrize("change", [{"isNetWgtEstimated": True}, {"netWgt": None}, {"netWgt": 0}, {"netWgt": "many"}])
def test_prices_without_weights_are_held(comtrade, change):
    comtrade.pull()
    for told in comtrade.records:
        if told["flowCode"] == "M":
            told.update(change)
    assert comtrade.pull().problem_data["what"] == "weighed"


def test_a_first_load_of_three_countries_is_held(comtrade, real_bounds):
    run = comtrade.pull()
    assert (run.state, runs.current_vintage(SourceKind.FLOWS)) == ("held", None)
    told = " ".join(selectors.reasons_of(run))
    assert (
        "The number of exporting countries in 2016: 3. What is known from elsewhere lies between 100 and 260." in told
    )
    assert "These large exporters are missing in every year: USA, Germany, Netherlands, Japan" in told


BACI = """t,i,j,k,v,q
2022,586,842,950662,10,2
2022,586,276,950662,30,5
2022,156,842,950662,60,20
2022,704,842,270900,900,NA
"""


def loaded(folder, text=BACI, name="BACI_HS17_Y2022_V202401b.csv", **kwargs):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return services.import_baci(actor=None, paths=[path], **kwargs)


def sources_of_indicators(hs):
    rows = Indicator.objects.filter(vintage=runs.current_vintage(SourceKind.FLOWS), hs=hs, value__isnull=False)
    return {name: (source, year) for name, source, year in rows.values_list("name", "source__code", "last_year")}


def test_a_pull_never_takes_the_figures_of_another_source_away(comtrade, tmp_path):
    loaded(tmp_path)
    before = sources_of_indicators("950662")
    assert {before[name] for name in ("rca", "market_share", "concentration_hhi")} == {("baci", 2022)}
    run = comtrade.pull()
    assert run.state == "published"
    after = sources_of_indicators("950662")
    assert {after[name] for name in ("rca", "market_share", "concentration_hhi")} == {("baci", 2022)}
    assert after["unit_value_gap_china"] == ("comtrade", 2023)
    assert sources_of_indicators("9506")["rca"] == ("comtrade", 2023)
    assert loaded(tmp_path, BACI.replace("2022,", "2021,"), "BACI_HS17_Y2021_V202401b.csv").state == "published"
    assert sources_of_indicators("9506")["rca"] == ("comtrade", 2023)
    years = {(part.source.code, part.year) for part in runs.current_vintage(SourceKind.FLOWS).parts.all()}
    assert years == {("baci", 2021), ("baci", 2022), *(("comtrade", year) for year in YEARS)}


def test_of_the_same_year_baci_tells_what_compares_with_the_world_and_comtrade_what_pakistan_sold(comtrade, tmp_path):
    loaded(tmp_path, BACI.replace("2022,", "2023,"), "BACI_HS17_Y2023_V202401b.csv")
    comtrade.pull()
    told = sources_of_indicators("9506")
    assert {name: told[name][0] for name in ("rca", "market_share", "export_value")} == {
        "rca": "baci",
        "market_share": "baci",
        "export_value": "comtrade",
    }
    assert sources_of_indicators("950662")["unit_value_gap_china"] == ("comtrade", 2023)


def test_prices_of_baci_say_that_part_of_the_weights_was_estimated(tmp_path):
    loaded(tmp_path)
    figure = Indicator.objects.get(hs="950662", name="unit_value_gap_china")
    assert (figure.value is None, figure.notes) == (False, ["weights_partly_estimated"])


def test_the_edition_is_part_of_the_input(tmp_path):
    plain = {"name": "my.csv", "text": BACI}
    assert loaded(tmp_path, **plain, edition="H6").state == "published"
    assert loaded(tmp_path, **plain, edition="H6").state == "unchanged"
    assert loaded(tmp_path, **plain, edition="H4").state == "published"


def test_comtrade_rows_of_another_edition_are_news(comtrade):
    comtrade.pull()
    for told in comtrade.records:
        told["classificationCode"] = "H4"
    assert comtrade.pull().state == "published"


def test_years_of_another_edition_do_not_stand_beside_new_ones_and_nobody_loses_them_unseen(tmp_path):
    loaded(tmp_path)
    run = loaded(tmp_path, BACI.replace("2022,", "2021,"), "BACI_HS92_Y2021_V202401b.csv")
    assert (run.state, run.problem_text) == (
        "held",
        "These years are missing: 2022. The figures in use have them and stay.",
    )
    services.publish_held(actor=director(), run=run, reason="HS 1992 from now on.")
    assert [part.year for part in runs.current_vintage(SourceKind.FLOWS).parts.all()] == [2021]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_copy_of_baci_from_a_spreadsheet_is_read(tmp_path, separator):
    run = loaded(tmp_path, BACI.replace(",", separator))
    assert (run.state, run.rows_read) == ("published", 4)


def test_a_baci_file_without_pakistan_says_so(tmp_path):
    run = loaded(tmp_path, BACI.replace(",586,", ",404,"))
    assert (run.state, run.problem_text) == (
        "refused",
        "4 rows were read, and not one of them is about Pakistan's exports. The figures in use stay.",
    )


def test_a_baci_file_whose_year_is_not_that_of_its_name_is_held(tmp_path):
    loaded(tmp_path)
    assert loaded(tmp_path, BACI.replace("2022,", "2021,")).problem == "years_lost"
