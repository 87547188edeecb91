"""Runs on bad days: without a key, beside another run, and with files of CEPII that are cut, damaged or read twice."""

from __future__ import annotations

import gzip

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from selection.trade import runs, services
from selection.trade.models import ImportRun, Indicator, Vintage
from selection.trade.sources.comtrade import Comtrade
from tests.factories.trade import ImportRunFactory

from .stub_comtrade import StubComtrade
from .test_services import BACI, cells

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_without_a_key_two_years_are_fetched_and_the_run_says_what_that_means():
    with (
        time_machine.travel("2026-11-23 09:00+05:00"),
        StubComtrade([*cells(2019), *cells(2022), *cells(2024, scale=1.5), *cells(2025)]) as stub,
    ):
        run = services.pull_comtrade(actor=None, source=Comtrade(base_url=stub.url, sleep=lambda seconds: None))
    assert (run.state, run.rows_kept) == ("published", 24)
    assert {(query["period"], query.get("partnerCode")) for _path, query, _headers in stub.asked} == {
        ("2019", "0"),
        ("2024", "0"),
        ("2024", None),
        ("2024", "586,156,699"),
    }
    figures = Indicator.objects.filter(hs="9506", name__in=["rca", "world_import_growth", "concentration_hhi"])
    assert dict(figures.values_list("name", "period")) == {
        "rca": "2024",
        "world_import_growth": "2019–2024",
        "concentration_hhi": "2024",
    }
    assert run.lines.get(code="without_key").text == (
        "Without a key little can be asked: world exports of 2019, 2024, and buyers and prices of the last of these years. "
        "Growth stands on these years alone. With COMTRADE_KEY eight years are fetched."
    )


def test_a_run_that_fetches_gives_a_sign_of_life_with_every_answer():
    heard = []

    class Watched(Comtrade):
        def fetch(self, query):
            for answer in super().fetch(query):
                ImportRun.objects.update(heartbeat_at=None)
                yield answer
                heard.append(ImportRun.objects.get().heartbeat_at is not None)

    with StubComtrade(cells(2023)) as stub:
        source = Watched(base_url=stub.url, key="k", sleep=lambda seconds: None)
        services.pull_comtrade(actor=None, years=[2023], source=source)
    assert heard == [True] * len(stub.asked)


@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("comtrade", ("pull_trade", "--years", "2023")),
        ("wits", ("pull_trade", "--source", "sample")),
        ("baci", ("import_baci", "BACI_HS17_Y2022_V202401b.csv")),
    ],
)
def test_a_command_that_meets_another_run_says_so_and_leaves_nothing_that_starts_later(
    source, command, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "BACI_HS17_Y2022_V202401b.csv").write_text(BACI, encoding="utf-8")
    at_work = ImportRunFactory(source=runs.source_row(source), state="running", heartbeat_at=timezone.now())
    with pytest.raises(CommandError, match="failed: Another run of this source is under way"):
        call_command(*command)
    assert list(ImportRun.objects.exclude(pk=at_work.pk).values_list("state", "problem")) == [
        ("failed", "already_running")
    ]


@pytest.mark.parametrize("year", ["23", "3000", "soon"])
def test_the_command_takes_calendar_years_only(year):
    with pytest.raises(CommandError, match=f"{year} is not a calendar year"):
        call_command("pull_trade", "--years", year)
    assert ImportRun.objects.count() == 0


def test_a_product_in_no_sector_is_judged_by_the_whole_of_its_heading(tmp_path):
    path = tmp_path / "BACI_HS17_Y2022_V202401b.csv"
    rows = ((586, 230110, 1), (586, 230120, 90), (156, 230110, 900), (156, 230120, 30))
    path.write_text("t,i,j,k,v,q\n" + "".join(f"2022,{i},842,{k},{v},1\n" for i, k, v in rows), encoding="utf-8")
    services.import_baci(actor=None, paths=[path], edition="H5")
    shares = Indicator.objects.filter(name="market_share").values_list("hs", "sector", "value").order_by("hs")
    assert [row for row in shares if row[0]] == [
        ("2301", "", pytest.approx(91 / 1021)),
        ("230110", "", pytest.approx(1 / 901)),
        ("230120", "seafood", pytest.approx(90 / 120)),
    ]


def damaged(content: bytes) -> bytes:
    return content[:40] + b"\xff" * 40 + content[80:]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda content: gzip.compress(content)[:-20], "is cut off or damaged"),
        (lambda content: b"t,i,j,k,v,q\n", "is cut off or damaged"),
        (lambda content: damaged(gzip.compress(content)), "is cut off or damaged"),
        (lambda content: gzip.compress(content + content.split(b"\n", 1)[1]), "4 cells came twice"),
    ],
    ids=["cut", "not packed", "damaged", "rows twice"],
)
def test_a_baci_file_that_is_cut_damaged_or_holds_rows_twice_is_refused_with_the_reason(tmp_path, spoil, says):
    path = tmp_path / "BACI_HS17_Y2022_V202401b.csv.gz"
    good = "".join(line + "\n" for line in BACI.splitlines() if "XX" not in line).encode()
    path.write_bytes(spoil(good))
    with pytest.raises(CommandError, match=says):
        call_command("import_baci", str(path), "--edition", "H5")
    assert (ImportRun.objects.get().state, Vintage.objects.count()) == ("refused", 0)
