"""Evidence of a score, figures of sectors, ages of sources, and who sees which run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from selection.engine.facts import INDICATORS
from selection.scoring.services import evidence_of
from selection.trade import permissions, runs, selectors, services
from selection.trade.arithmetic.indicators import EVIDENCE
from selection.trade.models import SourceKind
from tdap_portal.accounts.models import PartnerMember
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.core.errors import NotFound
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.trade import ImportRunFactory, IndicatorFactory, VintageFactory, demand_line, platform_file

pytestmark = [pytest.mark.db, pytest.mark.django_db]

KARACHI = ZoneInfo("Asia/Karachi")
COMTRADE = "UN Comtrade, HS as reported; world: sum of the countries that reported the year"


def test_evidence_without_any_vintage_says_so_for_all_ten():
    told = selectors.evidence_for("950662", "sports_goods")
    assert list(told) == [name.value for name in EVIDENCE]
    assert told["rca"] == {
        "value": None,
        "unit": "ratio",
        "period": "",
        "source": "",
        "vintage": "",
        "missing_reason": "No figures have been loaded yet.",
        "missing_code": "no_vintage",
        "level": "",
        "hs": "",
        "last_year": None,
        "notes": [],
    }


def test_evidence_of_the_product_itself_comes_before_its_heading():
    vintage = VintageFactory()
    IndicatorFactory(vintage=vintage)
    IndicatorFactory(vintage=vintage, hs="950662", value=9.5)
    assert selectors.evidence_for("950662", "sports_goods")["rca"] == {
        "value": 9.5,
        "unit": "ratio",
        "period": "2025",
        "source": COMTRADE,
        "vintage": vintage.name,
        "missing_reason": "",
        "missing_code": "",
        "level": "product",
        "hs": "950662",
        "last_year": 2025,
        "notes": [],
    }


def test_advantage_share_and_concentration_are_of_one_level():
    vintage = VintageFactory()
    for name, of_the_product in (
        ("rca", {"value": 0.0}),
        ("market_share", {"value": None, "missing_reason": "no_world", "period": "", "last_year": None}),
        ("concentration_hhi", {"value": None, "missing_reason": "no_exports", "period": "", "last_year": None}),
        ("unit_value_gap_china", {"value": None, "missing_reason": "no_weight", "period": "", "last_year": None}),
    ):
        IndicatorFactory(vintage=vintage, name=name, value=0.3)
        IndicatorFactory(vintage=vintage, name=name, hs="950662", **of_the_product)
    told = selectors.evidence_for("950662", "sports_goods")
    assert {name: (entry["value"], entry["level"], entry["missing_code"]) for name, entry in told.items()} == {
        "rca": (0.0, "product", ""),
        "market_share": (None, "", "no_world"),
        "concentration_hhi": (None, "", "no_exports"),
        "unit_value_gap_china": (0.3, "heading", ""),
        "market_share_growth": (None, "", "not_in_source"),
        "world_import_growth": (None, "", "not_in_source"),
        "relative_demand_growth": (None, "", "not_in_source"),
        "unit_value_gap_india": (None, "", "not_in_source"),
        "platform_demand": (None, "", "no_vintage"),
        "platform_searches_growth": (None, "", "no_vintage"),
    }


def test_a_source_that_is_not_good_enough_gives_no_points():
    IndicatorFactory(source=runs.source_row("ots2017"))
    told = selectors.evidence_for("950662", "sports_goods")["rca"]
    assert (told["value"], told["missing_code"], told["missing_reason"]) == (
        None,
        "source_unfit",
        "The only figure is from a source that is not good enough for points.",
    )


def test_a_heading_from_a_good_source_stands_in_for_a_product_of_one_that_is_not():
    vintage = VintageFactory()
    IndicatorFactory(vintage=vintage, hs="950662", source=runs.source_row("ots2017"), value=1.0)
    IndicatorFactory(vintage=vintage)
    told = selectors.evidence_for("950662", "sports_goods")["rca"]
    assert (told["value"], told["level"], told["hs"]) == (7.1, "heading", "9506")


def test_evidence_falls_back_to_the_heading_and_says_so():
    vintage = VintageFactory()
    IndicatorFactory(vintage=vintage)
    IndicatorFactory(vintage=vintage, hs="950662", value=None, period="", last_year=None, missing_reason="no_world")
    told = selectors.evidence_for("950662", "sports_goods")["rca"]
    assert (told["value"], told["source"]) == (7.1, f"{COMTRADE}; heading 9506 stands in for 950662")


def test_evidence_that_is_missing_everywhere_gives_the_reason_of_the_product():
    vintage = VintageFactory()
    IndicatorFactory(vintage=vintage, value=None, period="", last_year=None, missing_reason="no_world")
    told = selectors.evidence_for("950662", "sports_goods")
    assert (told["rca"]["value"], told["rca"]["missing_reason"]) == (
        None,
        "The source has no world total for this product.",
    )
    assert told["market_share"]["missing_reason"] == "The sources in use do not hold this product."
    assert told["platform_demand"]["missing_reason"] == "No figures have been loaded yet."


def test_a_firm_of_goods_without_a_product_is_judged_by_its_sector_and_one_of_services_not_at_all():
    vintage = VintageFactory()
    IndicatorFactory(vintage=vintage, hs="", value=3.0)
    told = selectors.evidence_for(None, "sports_goods")["rca"]
    assert (told["value"], told["source"]) == (
        3.0,
        f"{COMTRADE}; the whole sector stands in, since no product is named",
    )
    for sector, ebops in (("ict", ()), (None, ("SI2",))):
        reasons = {entry["missing_reason"] for entry in selectors.evidence_for(None, sector, ebops).values()}
        assert reasons == {"Services have no HS code; this indicator is about goods."}
    assert selectors.evidence_for(None, None)["rca"]["value"] is None


@pytest.mark.sqlite_leg
def test_evidence_of_a_past_day_is_that_of_the_vintage_then_in_use():
    then = datetime(2026, 9, 30, 23, 30, tzinfo=KARACHI)
    old = VintageFactory(state="superseded", published_at=then, superseded_at=then + timedelta(days=20))
    new = VintageFactory(published_at=then + timedelta(days=20))
    for vintage, value in ((old, 1.0), (new, 2.0)):
        IndicatorFactory(vintage=vintage, value=value)
    days = (date(2026, 9, 29), date(2026, 9, 30), date(2026, 11, 1))
    assert [selectors.evidence_for("950662", None, on=day)["rca"]["value"] for day in days] == [None, 1.0, 2.0]


def test_made_up_vintages_are_known_by_name(django_assert_num_queries):
    real, made_up = VintageFactory(), VintageFactory(kind=SourceKind.PLATFORM.value, is_simulated=True)
    with django_assert_num_queries(1):
        assert selectors.simulated_among([real.name, made_up.name, "flows-gone"]) == {made_up.name}
    with django_assert_num_queries(0):
        assert selectors.simulated_among([""]) == frozenset()


def test_evidence_costs_four_queries(django_assert_num_queries):
    services.load_sample()
    services.simulate_platform(products=["950662", "570110"])
    with django_assert_num_queries(4):
        selectors.evidence_for("950662", "sports_goods")


def test_the_scoring_engine_reads_the_evidence_as_it_is():
    services.load_sample()
    services.simulate_platform(products=["030617"])
    facts = SimpleNamespace(main_hs6="030617", sector="seafood", services=None)
    read = evidence_of(facts, on=timezone.localdate())
    told = selectors.evidence_for("030617", "seafood")
    assert {name: figure.value for name, figure in read.figures.items()} == {
        name: told[name]["value"] for name in INDICATORS
    }
    assert {name: told[name]["missing_code"] for name in INDICATORS if read.value(name) is None} == {
        "rca": "no_exporter_total",
        "relative_demand_growth": "no_all_goods",
        "market_share_growth": "series_too_short",
    }
    assert len(read.vintages) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_sectors_cost_two_queries_however_many_figures_there_are(count, django_assert_num_queries):
    vintage = VintageFactory()
    for n in range(count):
        IndicatorFactory(vintage=vintage, hs="" if n == 0 else f"950{n}")
    with django_assert_num_queries(2):
        told = selectors.sectors_with_indicators()
    assert [figures.sector.code for figures in told if figures.own] == ["sports_goods"]
    with django_assert_num_queries(2):
        assert len(selectors.sector_figures("sports_goods").headings) == count - 1


def test_a_sector_that_is_none_is_not_found():
    with pytest.raises(NotFound):
        selectors.sector_figures("gold")


def test_figures_of_long_ago_are_called_old():
    day = date(2026, 11, 23)
    assert [(selectors.years_old(year, day), selectors.is_old(year, day)) for year in (2025, 2022, 2021, None)] == [
        (0, False), (3, False), (4, True), (0, False),
    ]  # fmt: skip


@pytest.mark.sqlite_leg
def test_source_ages_tell_the_last_good_day_and_the_last_problem(django_assert_num_queries):
    now = timezone.now()
    ImportRunFactory(state="published", finished_at=now - timedelta(days=50))
    ImportRunFactory(state="failed", problem="no_answer", finished_at=now)
    ImportRunFactory(source=runs.source_row("baci"), state="refused", problem="nothing_came", finished_at=now)
    ImportRunFactory(source=runs.source_row("platform"), state="unchanged", finished_at=now - timedelta(days=2))
    runs.source_row("wits")
    with django_assert_num_queries(3):
        ages = selectors.source_ages(now)
    assert [(a["code"], a["age_days"], a["stale"], a["last_state"]) for a in ages] == [
        ("baci", None, True, "refused"),
        ("comtrade", 50, True, "failed"),
        ("platform", 2, False, "unchanged"),
    ]
    assert ages[1]["last_problem"] == "The source did not answer. The figures in use stay."
    assert [(line.ok, line.weight) for line in selectors.health_lines()] == [
        (False, "should"),
        (False, "should"),
        (True, "should"),
    ]


def test_health_says_that_nothing_was_loaded_yet():
    assert [(line.ok, str(line.detail)) for line in selectors.health_lines()] == [
        (False, "Nothing has been loaded yet.")
    ]


def test_officials_see_all_runs_the_platform_partner_its_own_and_others_none():
    partner, rival = partner_person(kind=PartnerKind.PLATFORM), partner_person(kind=PartnerKind.PLATFORM)
    colleague = partner_person(kind=PartnerKind.PLATFORM)
    PartnerMember.objects.filter(user=colleague).update(partner=partner.partnerships.get().partner)
    mine = services.import_platform_csv(actor=partner, file=platform_file(demand_line()))
    pulled = ImportRunFactory()
    for person, seen in (
        (officer(), {mine, pulled}),
        (director(), {mine, pulled}),
        (partner, {mine}),
        (colleague, {mine}),
        (rival, set()),
        (partner_person(kind=PartnerKind.BANK), set()),
        (UserFactory(), set()),
        (AnonymousUser(), set()),
    ):
        assert set(selectors.runs_visible_to(person)) == seen
    assert selectors.run_for(partner, mine.public_id) == mine
    with pytest.raises(NotFound):
        selectors.run_for(rival, mine.public_id)


@pytest.mark.parametrize(
    ("person", "sees", "loads", "hands_in"),
    [
        (officer, True, False, False),
        (director, True, True, True),
        (administrator, True, True, True),
        (lambda: partner_person(kind=PartnerKind.PLATFORM), True, False, True),
        (partner_person, False, False, False),
        (UserFactory, False, False, False),
    ],
)
def test_each_role_may_what_it_may(person, sees, loads, hands_in):
    user = person()
    answers = (
        permissions.can_see_runs(user),
        permissions.can_load_flows(user),
        permissions.can_hand_in_platform_figures(user),
    )
    assert tuple(map(bool, answers)) == (sees, loads, hands_in)
    assert [bool(str(answer.reason)) for answer in answers] == [not bool(answer) for answer in answers]


def test_a_visitor_sees_no_runs_and_the_portal_itself_may_load():
    assert not permissions.can_see_runs(AnonymousUser())
    assert not permissions.can_hand_in_platform_figures(AnonymousUser())
    assert permissions.can_load_flows(None)
    assert permissions.can_hand_in_platform_figures(None)


def test_vintages_of_the_two_kinds_stand_side_by_side():
    flows, platform = VintageFactory(), VintageFactory(kind=SourceKind.PLATFORM.value)
    assert (runs.current_vintage(SourceKind.FLOWS), runs.current_vintage(SourceKind.PLATFORM)) == (flows, platform)
