"""Runs: a good feed becomes the vintage in use, a bad one never does; every act is idempotent and leaves a history."""

from __future__ import annotations

import gzip
import itertools
from collections import deque
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from selection.trade import demo, labels, runs, selectors, services, tasks
from selection.trade.models import (
    ImportRun,
    Indicator,
    KeptAnswer,
    PlatformDemand,
    RunLine,
    Source,
    SourceKind,
    TradeFlow,
    Vintage,
    VintagePart,
    visible_demand,
)
from selection.trade.sources import queries
from selection.trade.sources.comtrade import Comtrade
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.models import Event
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.core.errors import DomainError, NotAllowed, WrongState
from tests.factories.accounts import director, officer, partner_person
from tests.factories.trade import ImportRunFactory, VintageFactory, demand_line, platform_file

from .stub_comtrade import StubComtrade, record

pytestmark = [pytest.mark.db, pytest.mark.django_db]

REPORTERS = {"586": 1e8, "156": 3e9, "699": 9e8}


def cells(year, *, scale=1.0):
    """What the three countries report for two headings; Pakistan's partners add up."""
    for (code, total), hs in itertools.product(REPORTERS.items(), ("9506", "5701", "TOTAL")):
        value = total * (1 if hs != "TOTAL" else 4) * scale
        yield record(reporterCode=int(code), partnerCode=0, refYear=year, cmdCode=hs, primaryValue=value, aggrLevel=4)
        if code == "586":
            for partner, part in ((842, 0.75), (276, 0.25)):
                yield record(
                    reporterCode=586,
                    partnerCode=partner,
                    refYear=year,
                    cmdCode=hs,
                    primaryValue=value * part,
                    aggrLevel=4,
                )


@pytest.fixture
def comtrade():
    """A stub with two years, and pull(**settings) which fetches from it as a director would not have to."""
    with StubComtrade([*cells(2022, scale=0.8), *cells(2023)]) as stub:

        def pull(**kwargs):
            source = Comtrade(base_url=stub.url, key="k", sleep=lambda seconds: None, tries=2)
            return services.pull_comtrade(actor=None, years=[2022, 2023], source=source, **kwargs)

        stub.pull = pull
        yield stub


@pytest.fixture
def in_no_time(monkeypatch):
    """The configured adapter without its pauses and with a single try."""
    configured = services.configured_source
    monkeypatch.setattr(
        services, "configured_source", lambda: replace(configured(), sleep=lambda seconds: None, tries=1)
    )


def lines(run):
    return [line.code for line in run.lines.order_by("pk")]


def history(run):
    return list(
        Event.objects.filter(subject_type="trade.importrun", subject_id=str(run.pk))
        .order_by("pk")
        .values_list("name", flat=True)
    )


@pytest.mark.sqlite_leg
def test_a_good_pull_becomes_the_vintage_in_use_with_its_indicators(comtrade):
    run = comtrade.pull()
    vintage = runs.current_vintage(SourceKind.FLOWS)
    assert (run.state, run.vintage, run.rows_kept, run.rows_refused) == ("published", vintage, 30, 0)
    assert history(run) == ["trade_run.opened", "trade_run.started", "trade_run.published"]
    rca = Indicator.objects.get(vintage=vintage, hs="9506", name="rca")
    assert (rca.value, rca.period, rca.sector, rca.source.code) == (
        pytest.approx(1.0),
        "2023",
        "sports_goods",
        "comtrade",
    )
    hhi = Indicator.objects.get(vintage=vintage, hs="5701", name="concentration_hhi")
    assert hhi.value == pytest.approx(0.625)


def test_the_same_figures_again_change_nothing_and_say_so(comtrade):
    first = comtrade.pull()
    second = comtrade.pull()
    assert (second.state, second.vintage) == ("unchanged", None)
    assert lines(second)[-1] == "unchanged"
    assert runs.current_vintage(SourceKind.FLOWS) == first.vintage
    assert Vintage.objects.count() == 1


def test_the_same_figures_can_be_published_again_when_asked(comtrade):
    first = comtrade.pull()
    second = comtrade.pull(again=True)
    assert second.state == "published"
    first.vintage.refresh_from_db()
    assert (first.vintage.state, runs.current_vintage(SourceKind.FLOWS)) == ("superseded", second.vintage)
    assert TradeFlow.objects.filter(vintage=first.vintage).count() == 30


def only(*records):
    return lambda stub: stub.records.__setitem__(slice(None), list(itertools.chain(*records)))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (
            lambda stub: stub.records.append(
                record(reporterCode=586, partnerCode=392, cmdCode="5701", primaryValue=9e7)
            ),
            ("partners_differ", {"year": 2023, "percent": 115.0}),
        ),
        (only(cells(2022, scale=0.8)), ("years_lost", {"years": "2023"})),
        (
            lambda stub: stub.records.__setitem__(slice(None), [r for r in stub.records if r["cmdCode"] != "9506"]),
            ("changed", {"what": "exports", "year": 2022, "percent": 50}),
        ),
        (
            only(cells(2022, scale=0.8), cells(2023, scale=2)),
            ("changed", {"what": "exports", "year": 2023, "percent": 200}),
        ),
    ],
)
def test_figures_that_only_look_wrong_wait_for_a_person_and_leave_the_last_good_vintage(comtrade, spoil, problem):
    good = comtrade.pull().vintage
    spoil(comtrade)
    run = comtrade.pull()
    assert (run.state, (run.problem, run.problem_data), run.vintage.state) == ("held", problem, "building")
    assert run.problem not in run.problem_text
    assert runs.current_vintage(SourceKind.FLOWS) == good
    assert history(run)[-1] == "trade_run.held"


@pytest.mark.parametrize(
    ("spoil", "state", "problem"),
    [
        (lambda stub: stub.script.extend([(503, {}, b"")] * 9), "failed", "server_error"),
        (lambda stub: stub.script.append((429, {"Retry-After": "40000"}, b"")), "failed", "asked_to_wait"),
        (lambda stub: stub.script.extend([(200, {}, b"<html>")] * 9), "failed", "not_json"),
        (
            lambda stub: stub.records.append(record(reporterCode=586, partnerCode=0, cmdCode="9506", primaryValue=7.0)),
            "failed",
            "two_totals",
        ),
        (lambda stub: stub.records.clear(), "refused", "nothing_came"),
    ],
)
def test_a_source_that_is_down_slow_or_lying_leaves_the_last_good_vintage_and_says_why(comtrade, spoil, state, problem):
    good = comtrade.pull().vintage
    spoil(comtrade)
    run = comtrade.pull()
    assert (run.state, run.problem, run.vintage) == (state, problem, None)
    assert problem not in run.problem_text
    assert runs.current_vintage(SourceKind.FLOWS) == good
    assert set(TradeFlow.objects.values_list("vintage", flat=True)) == {good.pk}
    assert history(run)[-1] == f"trade_run.{state}"


def test_a_fault_of_our_own_ends_the_run_and_still_rises(comtrade, monkeypatch):
    monkeypatch.setattr(queries, "questions", lambda years: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        comtrade.pull()
    run = ImportRun.objects.get()
    assert (run.state, run.problem, run.problem_data) == ("failed", "fault", {"kind": "ZeroDivisionError"})


class GoodFor(deque):
    """A script of the stub: so many true answers, then one that the day's calls are used up."""

    def __init__(self, stub, answers):
        super().__init__([None])
        self.stub, self.answers = stub, answers

    def popleft(self):
        self.answers -= 1
        if self.answers >= 0:
            return 200, {}, self.stub.answer(self.stub.asked[-1][1])
        return 429, {"Retry-After": "40000"}, b""


def questions_of(asked):
    """Of requests to the stub those for data, not for its size."""
    return [tuple(sorted(query.items())) for _path, query, _headers in asked if "countOnly" not in query]


def test_what_a_failed_run_had_got_is_not_asked_for_again(comtrade):
    comtrade.pull()
    whole = questions_of(comtrade.asked)
    comtrade.asked.clear()
    comtrade.script = GoodFor(comtrade, 5)
    failed = comtrade.pull(again=True)
    assert (failed.state, failed.problem, failed.calls) == ("failed", "asked_to_wait", 6)
    answered = questions_of(comtrade.asked[:-1])
    comtrade.asked.clear()
    comtrade.script = deque()
    run = comtrade.pull(again=True)
    assert (run.state, run.rows_kept, run.calls) == ("published", 30, len(comtrade.asked))
    assert (bool(answered), answered + questions_of(comtrade.asked)) == (True, whole)
    assert KeptAnswer.objects.count() == 0


def test_what_a_failed_run_had_got_is_asked_for_again_after_a_week(comtrade):
    comtrade.script = GoodFor(comtrade, 5)
    comtrade.pull()
    KeptAnswer.objects.update(at=timezone.now() - timedelta(days=8))
    comtrade.script = deque()
    before = questions_of(comtrade.asked[:-1])
    comtrade.asked.clear()
    comtrade.pull()
    assert questions_of(comtrade.asked)[: len(before)] == before


def test_the_calls_of_a_day_are_counted_over_all_its_runs(comtrade):
    with time_machine.travel("2026-11-23 09:00+00:00"):
        ImportRunFactory(state="failed", calls=448, started_at=timezone.now())
        ImportRunFactory(state="failed", calls=400, started_at=timezone.now() - timedelta(days=1))
        ImportRunFactory(source=runs.source_row("baci"), state="failed", calls=400, started_at=timezone.now())
        run = comtrade.pull()
    assert (run.state, run.problem_text, run.calls) == (
        "failed",
        "The 450 calls that may be made in a day are used up. The next run goes on where this one stopped.",
        2,
    )
    with time_machine.travel("2026-11-24 00:01+00:00"):
        assert comtrade.pull().state == "published"


def test_a_pull_says_what_it_asks_for_before_it_has_an_answer(comtrade):
    heard = []
    source = Comtrade(base_url="http://127.0.0.1:9", key="k", sleep=lambda seconds: heard.append("waits"), tries=2)
    run = services.pull_comtrade(actor=None, years=[2023], source=source, say=heard.append)
    assert heard[:3] == [
        "Asking for: world exports 2023 …",
        "Try 1 gave nothing; trying again in 2 seconds.",
        "waits",
    ]
    assert run.problem == "no_answer"


def test_the_questions_cover_the_priority_headings_and_stay_short():
    asked = list(queries.questions(range(2018, 2024)))
    headings = queries.priority_headings()
    assert {"9506", "5701", "1006", "0306", "2301", "8214"} <= set(headings)
    assert [step for step, _query in asked] == [
        *(f"world exports {y}" for y in range(2018, 2024)),
        "Pakistan's partners",
        "prices in the main markets",
    ]
    assert all(query.periods == ("2021", "2022", "2023") for _step, query in asked[-2:])


@pytest.mark.sqlite_leg
def test_two_runs_of_one_source_never_work_at_once_but_a_lost_one_makes_way(comtrade):
    other = ImportRunFactory(state="running", heartbeat_at=timezone.now())
    turned_away = comtrade.pull()
    assert (turned_away.state, turned_away.problem) == ("failed", "already_running")
    ImportRun.objects.filter(pk=other.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert comtrade.pull().state == "published"
    other.refresh_from_db()
    assert (other.state, other.problem) == ("failed", "worker_lost")


def test_a_director_asks_and_a_worker_fetches(comtrade, in_no_time, settings, django_capture_on_commit_callbacks):
    settings.COMTRADE_URL, settings.COMTRADE_KEY = comtrade.url, "k"
    with django_capture_on_commit_callbacks(execute=True):
        run = services.request_comtrade_pull(actor=director(), years=[2022, 2023])
        assert run.state == "waiting"
        deliver_all()
    run.refresh_from_db()
    assert run.state == "published"
    tasks.work_off(run_id=run.pk)
    assert ImportRun.objects.count() == 1


def test_the_clock_of_the_night_fetches_too(comtrade, in_no_time, settings):
    settings.COMTRADE_URL, settings.COMTRADE_KEY = comtrade.url, "k"
    tasks.refresh()
    assert ImportRun.objects.get().asked["years"] == []


def test_only_a_director_or_administrator_loads_flows():
    with pytest.raises(NotAllowed):
        services.request_comtrade_pull(actor=officer())
    assert ImportRun.objects.count() == 0


def test_a_waiting_run_that_finds_another_at_work_ends_as_failed():
    ImportRunFactory(state="running", heartbeat_at=timezone.now())
    waiting = ImportRunFactory()
    services.work_off(run_id=waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.problem) == ("failed", "already_running")


def test_the_sweep_ends_lost_runs_removes_what_they_built_and_asks_again_at_most_three_times():
    vintage = VintageFactory(state="building", published_at=None)
    long_ago = timezone.now() - timedelta(hours=1)
    lost = ImportRunFactory(
        state="running",
        heartbeat_at=long_ago,
        vintage=vintage,
        asked={"act": "comtrade", "years": [2023], "attempt": 2},
    )
    tasks.sweep()
    lost.refresh_from_db()
    assert (lost.state, lost.problem, Vintage.objects.count()) == ("failed", "worker_lost", 0)
    again = ImportRun.objects.exclude(pk=lost.pk).get()
    assert (again.state, again.asked) == ("waiting", {"act": "comtrade", "years": [2023], "attempt": 3})
    ImportRun.objects.filter(pk=again.pk).update(state="running", heartbeat_at=long_ago)
    tasks.sweep()
    assert ImportRun.objects.count() == 2


def test_the_sweep_rings_for_what_nobody_began_ends_what_cannot_go_on_and_leaves_the_rest(
    comtrade, in_no_time, settings
):
    settings.COMTRADE_URL, settings.COMTRADE_KEY = comtrade.url, "k"
    forgotten = ImportRunFactory(asked={"act": "comtrade", "years": [2022, 2023]})
    cut_off = ImportRunFactory(source=runs.source_row("wits"), asked={"act": "sample"})
    ImportRun.objects.update(created_at=timezone.now() - timedelta(hours=1))
    at_work = ImportRunFactory(source=runs.source_row("baci"), state="running", heartbeat_at=timezone.now())
    assert services.sweep_runs() == 2
    assert [ImportRun.objects.get(pk=run.pk).state for run in (forgotten, cut_off, at_work)] == [
        "published",
        "failed",
        "running",
    ]
    assert services.sweep_runs() == 0


def test_a_trial_of_last_week_is_put_away():
    run = services.import_platform_csv(actor=None, file=platform_file(demand_line()))
    assert services.sweep_runs() == 0
    ImportRun.objects.filter(pk=run.pk).update(updated_at=timezone.now() - timedelta(days=8))
    assert services.sweep_runs() == 1
    run.refresh_from_db()
    assert (run.state, run.upload) == ("dropped", None)


@pytest.mark.sqlite_leg
def test_asking_twice_gives_the_run_that_is_on_its_way():
    first = services.request_comtrade_pull(actor=director())
    assert services.request_comtrade_pull(actor=director()) == first


def test_a_second_ring_leaves_a_run_at_work_alone(monkeypatch):
    run = ImportRunFactory()
    begun_elsewhere = runs.begin

    def begin_too_late(row):
        begun_elsewhere(ImportRun.objects.get(pk=row.pk))
        return begun_elsewhere(row)

    monkeypatch.setattr(runs, "begin", begin_too_late)
    services.work_off(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.problem) == ("running", "")


@pytest.mark.sqlite_leg
def test_a_cell_that_comes_twice_refuses_the_whole_vintage(monkeypatch, tmp_path):
    table = services.SAMPLE_TABLE.read_text(encoding="utf-8")
    twice = tmp_path / "sample.csv"
    twice.write_text(table + table.splitlines()[-1] + "\n", encoding="utf-8")
    monkeypatch.setattr(services, "SAMPLE_TABLE", twice)
    run = services.load_sample()
    assert (run.state, run.problem_text) == ("refused", "1 cells came twice. The figures in use stay.")


def test_indicators_in_use_are_never_computed_again(comtrade):
    with pytest.raises(WrongState):
        services.rebuild_indicators(comtrade.pull().vintage)


def test_a_vintage_that_is_being_built_is_computed_anew_and_not_added_to(comtrade):
    vintage = comtrade.pull().vintage
    before = Indicator.objects.filter(vintage=vintage).count()
    Vintage.objects.filter(pk=vintage.pk).update(state="building")
    vintage.refresh_from_db()
    assert services.rebuild_indicators(vintage) == before > 0
    assert Indicator.objects.filter(vintage=vintage).count() == before


def test_the_sample_needs_no_network_and_loads_once():
    run = services.load_sample()
    assert (run.state, run.rows_refused) == ("published", 0)
    assert services.load_sample().state == "unchanged"
    carpets = Indicator.objects.get(hs="5701", name="rca")
    assert (carpets.source.code, carpets.period, round(carpets.value, 4)) == ("ots2017", "2017", 31.6675)
    inflated = Indicator.objects.filter(
        name__in=["export_value", "export_growth"], value__isnull=False, source__code="ots2017"
    )
    assert list(inflated) == []


def test_vintages_of_before_get_their_parts_and_sources_what_the_table_says():
    vintage = services.load_sample().vintage
    parts, sources = (
        set(rows.values_list(*names))
        for rows, names in (
            (VintagePart.objects, ("vintage", "source", "year", "loaded_in")),
            (Source.objects, ("code", "is_scored", "weights_estimated")),
        )
    )
    VintagePart.objects.all().delete()
    Source.objects.update(is_scored=True, weights_estimated=False)
    import_module("selection.trade.migrations.0004_fill_parts").fill(apps, None)
    assert set(VintagePart.objects.values_list("vintage", "source", "year", "loaded_in")) == parts
    assert (len(parts), {row[0] for row in parts}) == (7, {vintage.pk})
    assert set(Source.objects.values_list("code", "is_scored", "weights_estimated")) == sources


BACI = """t,i,j,k,v,q
2022,586,842,950662,10,2
2022,586,276,950662,30,5
2022,156,842,950662,60,20
2022,704,842,270900,900,NA
2022,586,842,XX,1,1
"""


def test_baci_files_are_read_line_by_line_into_one_vintage(tmp_path):
    plain, packed = tmp_path / "BACI_HS17_Y2022_V202401b.csv", tmp_path / "BACI_HS17_Y2021_V202401b.csv.gz"
    good = "\n".join(line for line in BACI.splitlines() if "XX" not in line) + "\n"
    plain.write_text(good, encoding="utf-8")
    packed.write_bytes(gzip.compress(good.replace("2022,", "2021,").encode()))
    call_command("import_baci", str(plain), str(packed))
    run = ImportRun.objects.get()
    assert set(TradeFlow.objects.values_list("edition", flat=True)) == {"H5"}
    assert (run.state, run.rows_read, run.rows_refused) == ("published", 8, 0)
    gap = Indicator.objects.get(hs="950662", name="unit_value_gap_china")
    assert (gap.value, gap.missing_reason) == (pytest.approx((10_000 / 2_000) / (60_000 / 20_000) - 1), "")


def test_a_baci_file_gives_each_sector_its_own_six_digits_and_each_heading_its_whole(tmp_path):
    path = tmp_path / "BACI_HS17_Y2022_V202401b.csv"
    sold = (("230110", 1), ("230120", 90), ("420310", 10), ("420321", 50), ("950662", 5))
    rows = [f"2022,586,842,{hs},{thousand},1" for hs, thousand in sold]
    path.write_text("\n".join(["t,i,j,k,v,q", *rows, "2022,156,842,230110,900,1"]), encoding="utf-8")
    call_command("import_baci", str(path))
    values = Indicator.objects.filter(name="export_value", hs__in=["", "2301", "4203"]).values_list(
        "hs", "sector", "value"
    )
    assert sorted(values) == [
        ("", "leather", 10_000.0),
        ("", "seafood", 90_000.0),
        ("", "sports_goods", 55_000.0),
        ("2301", "", 91_000.0),
        ("4203", "leather", 60_000.0),
    ]
    share = selectors.evidence_for("230110", None)["market_share"]
    assert (share["value"], share["source"]) == (
        pytest.approx(1 / 901),
        "CEPII BACI, as the file says; world: sum of all exporters in the file",
    )


def test_a_baci_file_with_many_bad_rows_is_refused_and_names_them(tmp_path):
    path = tmp_path / "BACI_HS17_Y2022_V202401b.csv"
    path.write_text(BACI, encoding="utf-8")
    with pytest.raises(CommandError, match="1 of 5 rows"):
        call_command("import_baci", str(path))
    row = RunLine.objects.get(level="row")
    assert (row.code, row.data["at_line"], row.data["column"]) == ("not_hs6", 6, "k")
    assert Vintage.objects.count() == 0


def test_baci_files_of_two_editions_are_refused_and_the_run_says_so(tmp_path):
    paths = [tmp_path / name for name in ("BACI_HS17_Y2022_V202401b.csv", "BACI_HS92_Y2021_V202401b.csv")]
    for path in paths:
        path.write_text(BACI, encoding="utf-8")
    with pytest.raises(CommandError, match="different HS editions: H0, H5"):
        call_command("import_baci", *map(str, paths))
    run = ImportRun.objects.get()
    assert (run.state, run.problem, run.rows_read) == ("refused", "editions_mixed", 0)


def test_a_baci_file_without_its_columns_or_that_is_not_there_is_refused(tmp_path):
    path = tmp_path / "BACI_HS17_Y2022_V202401b.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CommandError, match="columns are missing"):
        call_command("import_baci", str(path))
    with pytest.raises(CommandError, match="Not a file"):
        call_command("import_baci", str(tmp_path / "none.csv"))


def test_the_command_loads_the_sample_and_reports_a_source_that_is_down(settings, capsys, in_no_time):
    call_command("pull_trade", "--source", "sample")
    assert "3140 rows kept" in capsys.readouterr().out
    settings.COMTRADE_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match="did not answer"):
        call_command("pull_trade", "--years", "2023")
    first, second, third = capsys.readouterr().out.splitlines()
    assert (first, second[:40]) == ("Asking http://127.0.0.1:9 …", "Without a key little can be asked: world")
    assert third == "Asking for: world exports 2023 …"


# Platform ------------------------------------------------------------------------------------------------------------
def demand(vintage):
    rows = PlatformDemand.objects.filter(visible_demand(vintage)).order_by("hs6", "market", "month")
    return [(row.hs6, row.market, row.month.month, row.searches) for row in rows]


def test_a_trial_explains_each_bad_row_and_uses_nothing():
    run = services.import_platform_csv(
        actor=director(), file=platform_file(demand_line(), demand_line(market="Germany")), dry_run=True
    )
    assert (run.state, run.rows_read, run.rows_kept, run.rows_refused) == ("checked", 2, 1, 1)
    bad = run.lines.get(level="row")
    assert (bad.data, bad.text) == (
        {"at_line": 3, "column": "market"},
        "This is not a three-letter country code such as DEU.",
    )
    assert (PlatformDemand.objects.count(), Vintage.objects.count()) == (0, 0)


def test_confirming_a_trial_publishes_its_good_rows_and_forgets_the_file():
    person = partner_person(kind=PartnerKind.PLATFORM)
    run = services.import_platform_csv(
        actor=person, file=platform_file(demand_line(), demand_line(hs6="30613")), dry_run=True
    )
    held = services.confirm_platform_csv(actor=person, run=run)
    assert (held.state, demand(held.vintage)) == ("held", [])
    done = services.publish_held(actor=officer(), run=held, reason="Looks right.")
    assert (done.state, done.upload, demand(done.vintage)) == ("published", None, [("950662", "DEU", 9, 100)])
    with pytest.raises(WrongState):
        services.confirm_platform_csv(actor=person, run=run)


def test_confirming_a_trial_uses_what_the_trial_showed_also_when_a_month_has_ended_since():
    with time_machine.travel("2026-10-30 09:00+05:00"):
        run = services.import_platform_csv(
            actor=None, file=platform_file(demand_line(), demand_line(month="2026-10")), dry_run=True
        )
    with time_machine.travel("2026-11-02 09:00+05:00"):
        done = services.confirm_platform_csv(actor=None, run=run)
    assert (done.rows_kept, done.rows_refused, demand(done.vintage)) == (1, 1, [("950662", "DEU", 9, 100)])


def test_only_a_trial_can_be_confirmed():
    waiting = ImportRunFactory()
    with pytest.raises(WrongState, match="no file that waits to be confirmed"):
        services.confirm_platform_csv(actor=director(), run=waiting)
    waiting.refresh_from_db()
    assert (waiting.state, Vintage.objects.count()) == ("waiting", 0)


@pytest.mark.sqlite_leg
def test_a_later_file_replaces_the_same_cells_and_old_vintages_still_show_what_they_showed():
    first = services.import_platform_csv(
        actor=None, file=platform_file(demand_line(), demand_line(month="2026-08")), dry_run=False
    )
    second = services.import_platform_csv(
        actor=None, file=platform_file(demand_line(figures="777,1,1,1,,")), dry_run=False
    )
    assert demand(second.vintage) == [("950662", "DEU", 8, 100), ("950662", "DEU", 9, 777)]
    assert demand(first.vintage) == [("950662", "DEU", 8, 100), ("950662", "DEU", 9, 100)]


def test_the_same_file_again_changes_nothing():
    services.import_platform_csv(actor=None, file=platform_file(demand_line()), dry_run=False)
    again = services.import_platform_csv(actor=None, file=platform_file(demand_line()), dry_run=False)
    assert (again.state, Vintage.objects.count()) == ("unchanged", 1)


def test_a_trial_can_be_put_away_once():
    run = services.import_platform_csv(actor=None, file=platform_file(demand_line()), dry_run=True)
    services.drop_platform_csv(actor=None, run=run)
    run.refresh_from_db()
    assert (run.state, run.upload) == ("dropped", None)
    with pytest.raises(WrongState):
        services.drop_platform_csv(actor=None, run=run)


def test_a_file_without_a_single_good_row_is_refused():
    run = services.import_platform_csv(actor=None, file=platform_file(demand_line(hs6="1")), dry_run=True)
    assert (run.state, run.problem, Vintage.objects.count()) == ("refused", "nothing_came", 0)


def test_columns_that_are_not_known_are_named_in_the_log():
    run = services.import_platform_csv(
        actor=None,
        file=platform_file(
            f"{demand_line()},x",
            header=f"{'hs6,market,month,searches,rfqs,inquiries,active_suppliers,price_low_usd,price_high_usd'},buyer name",
        ),
    )
    assert run.lines.get(code="columns_extra").text == "These columns are not known and were not read: buyer_name."


@pytest.mark.parametrize(("content", "code"), [(b"PK\x03\x04", "a_workbook"), (b"x" * 5_000_001, "too_large")])
def test_a_file_that_cannot_be_read_leaves_no_run(content, code):
    with pytest.raises(DomainError) as told:
        services.import_platform_csv(actor=None, file=SimpleUploadedFile("f.csv", content))
    assert (told.value.code, ImportRun.objects.count()) == (code, 0)


@pytest.mark.parametrize("person", [officer, partner_person])
def test_others_cannot_hand_in_the_platforms_figures(person):
    with pytest.raises(NotAllowed):
        services.import_platform_csv(actor=person(), file=platform_file(demand_line()))


def test_simulated_figures_are_labelled_in_every_row_and_give_way_to_real_ones():
    made = services.simulate_platform(until=date(2026, 11, 23), products=["950662"])
    assert (made.state, made.vintage.is_simulated, made.rows_kept) == ("published", True, 72)
    assert set(PlatformDemand.objects.values_list("is_simulated", flat=True)) == {True}
    assert Indicator.objects.filter(vintage=made.vintage, name="platform_demand", value__isnull=False).count() == 3
    real = services.import_platform_csv(actor=None, file=platform_file(demand_line(market="FRA")), dry_run=False)
    assert (real.vintage.is_simulated, demand(real.vintage)) == (False, [("950662", "FRA", 9, 100)])
    assert (services.simulate_platform().problem, runs.current_vintage(SourceKind.PLATFORM)) == (
        "replaces_real",
        real.vintage,
    )


def test_the_demo_has_figures_for_every_day_of_its_story_and_is_built_once():
    today = timezone.localdate()
    demo.build()
    demo.build()
    assert list(Vintage.objects.order_by("pk").values_list("kind", "state", "is_simulated")) == [
        ("flows", "current", False),
        ("platform", "superseded", True),
        ("platform", "current", True),
    ]
    for day in (today - timedelta(days=364), today):
        told = selectors.evidence_for("950662", "sports_goods", on=day)
        assert (told["market_share"]["value"] is None, told["platform_demand"]["value"] is None) == (False, False)


def test_rows_show_themselves_in_words_and_a_forgotten_code_as_it_is():
    run = services.import_platform_csv(
        actor=None, file=platform_file(demand_line(), demand_line(hs6="1")), dry_run=False
    )
    said = (
        run,
        run.source,
        run.vintage,
        run.lines.get(code="not_hs6"),
        Indicator.objects.filter(hs="950662").first(),
        PlatformDemand.objects.get(),
    )
    assert [str(row) for row in said] == [
        run.public_id,
        "Industry analysis of the platform partner",
        run.vintage.name,
        f"{run.pk}: not_hs6",
        "950662 platform_demand",
        "950662 DEU 2026-09",
    ]
    assert str(TradeFlow(year=2023, reporter="586", partner="842", flow="X", hs="9506")) == "2023 586->842 X 9506"
    assert labels.log_text("asked_to_wait", {"seconds": 130}) == (
        "The source asked us to wait 130 seconds, longer than a run waits. The figures in use stay."
    )
    assert (labels.log_text("gone", {}), labels.log_text("years_lost", {})) == (
        "gone",
        "These years are missing: %(years)s. The figures in use have them and stay.",
    )
