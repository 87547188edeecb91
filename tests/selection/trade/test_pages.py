"""Pages: what each person sees, what a bad file says, and that lists cost the same with one row and with three."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from selection.engine.policy import Policy
from selection.trade import runs, selectors, services, wording
from selection.trade.arithmetic.indicators import Name
from selection.trade.models import ImportRun, PlatformDemand, SourceKind
from selection.trade.sources.queries import priority_headings
from tdap_portal.accounts.roles import PartnerKind
from tdap_portal.audit.outbox import deliver_all
from tdap_portal.notifications.models import Message
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.trade import ImportRunFactory, IndicatorFactory, VintageFactory, demand_line, platform_file

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture
def signed_in(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def page(client, name, *args, status=200):
    response = client.get(reverse(f"trade:{name}", args=args))
    assert response.status_code == status
    return text_of(response)


def test_everybody_reads_a_sector_with_source_years_vintage_and_age_of_each_figure(client):
    vintage = VintageFactory()
    IndicatorFactory(vintage=vintage, hs="", value=7.09, period="2017", last_year=2017)
    IndicatorFactory(vintage=vintage, value=7.09, period="2017", last_year=2017)
    html = page(client, "sector", "sports_goods")
    years = timezone.localdate().year - 2018
    for words in (
        "Sports goods",
        "7.09",
        "<bdi>2017</bdi>",
        f"{years} years old",
        "UN Comtrade, HS as reported; world: sum of the countries that reported the year",
        f"Vintage {vintage.name}",
        "The same as a table",
        '<span class="code">9506</span>',
        "The sources in use do not hold this product.",
    ):
        assert words in html


def test_the_page_of_a_sector_says_which_of_its_figures_give_points(client):
    scored = {item.measure for item in Policy.version_of("2026-1").items}
    assert [name for name in wording.SHOWN_OF_SECTOR if name not in scored] == [
        Name.EXPORT_VALUE,
        Name.EXPORT_GROWTH,
        Name.MARKET_SHARE,
        Name.RELATIVE_DEMAND_GROWTH,
    ]
    assert (
        "A firm is scored by the figures of its own product; those of the whole sector stand in where it names none. "
        "Pakistan's exports, their growth, the share of world exports and the growth less that of all goods are shown "
        "for comparison and give no points."
    ) in page(client, "sector", "sports_goods")
    assert "wins half of the points of the criteria that rest on them" in page(client, "sector", "ict")


def test_simulated_figures_are_called_simulated_on_the_page_that_shows_them(client):
    services.simulate_platform(products=["950662"])
    assert "figures here are simulated" in page(client, "sector", "sports_goods")


def test_a_sector_without_figures_and_one_of_services_say_so(client):
    assert "No figures have been loaded yet" in page(client, "sector", "sports_goods")
    assert "This sector sells services" in page(client, "sector", "ict")
    assert "No figures have been loaded yet" in page(client, "sectors")
    page(client, "sector", "gold", status=404)


def test_all_sectors_on_one_page_with_the_real_sample(client):
    services.load_sample()
    html = page(client, "sectors")
    assert ("Sports goods" in html, "216.4" in html, "Services have no HS code" in html) == (True, True, True)
    assert "13,489.6" in page(client, "sector", "textile")


NOTES = {
    "leather": "4203.21 (Sports gloves) belongs to Sports goods, but is in these sums with its heading.",
    "sports_goods": "4203.21 (Sports gloves) is not in these sums; it counts with its heading under Leather and leather goods.",
    "seafood": "2301.20 (Fish meal) is not in these sums; the rest of its heading belongs to no sector.",
}


def test_a_sector_summed_over_whole_headings_says_what_it_leaves_out_or_holds_too_much(client):
    services.load_sample()
    assert {code: words for code, words in NOTES.items() if words in page(client, "sector", code)} == NOTES
    assert "whole headings only" not in page(client, "sector", "carpets")


@pytest.mark.parametrize(("period", "explained"), [("2019–2021 (H5) to 2022–2024 (H6)", True), ("2018–2023", False)])
def test_a_growth_that_crosses_hs_editions_is_explained_below(client, period, explained):
    IndicatorFactory(hs="", name="world_import_growth", unit="fraction a year", value=0.1, period=period)
    words = "Goods changed codes between them"
    assert (words in page(client, "sector", "sports_goods"), words in page(client, "sectors")) == (explained, explained)


def test_a_sector_summed_over_six_digits_needs_no_such_words(client):
    vintage = VintageFactory()
    for hs in ("", "420310"):
        IndicatorFactory(vintage=vintage, hs=hs, sector="leather", name="market_share", unit="fraction")
    assert "whole headings only" not in page(client, "sector", "leather")


def test_the_sector_page_reads_in_urdu(client):
    IndicatorFactory(hs="")
    with translation.override("ur"):
        response = client.get(reverse("trade:sector", args=["sports_goods"]), headers={"Accept-Language": "ur"})
    assert 'dir="rtl"' in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_public_pages_cost_the_same_with_one_figure_and_with_three(client, count, django_assert_num_queries):
    vintage = VintageFactory()
    for n in range(count):
        IndicatorFactory(vintage=vintage, hs="" if n == 0 else f"950{n}")
    with django_assert_num_queries(2):
        page(client, "sector", "sports_goods")
    with django_assert_num_queries(2):
        page(client, "sectors")


ADDRESSES = [("runs", ()), ("platform", ()), ("platform_template", ()), ("run", ("RUN",))]


@pytest.mark.parametrize(("name", "args"), ADDRESSES)
def test_a_visitor_is_asked_to_sign_in_and_others_find_nothing(client, signed_in, name, args):
    run = ImportRunFactory()
    address = reverse(f"trade:{name}", args=[run.public_id for _ in args])
    assert client.get(address).status_code == 302
    assert signed_in(UserFactory()).get(address).status_code == 404
    assert signed_in(partner_person(kind=PartnerKind.BANK)).get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_runs_costs_the_same_with_one_run_and_with_three(signed_in, count, django_assert_num_queries):
    client = signed_in(officer())
    for _ in range(count):
        ImportRunFactory(state="failed", problem="no_answer", finished_at=timezone.now())
    with django_assert_num_queries(7):
        html = page(client, "runs")
    assert html.count("did not answer") == count + 1


def test_the_list_of_runs_is_paged_and_has_an_empty_state(signed_in):
    client = signed_in(officer())
    assert "No run yet" in page(client, "runs")
    for _ in range(26):
        ImportRunFactory(state="failed", problem="no_answer")
    assert 'rel="next"' in page(client, "runs")


def test_an_officer_reads_a_run_but_gets_no_buttons(signed_in):
    run = services.import_platform_csv(actor=None, file=platform_file(demand_line(), demand_line(month="soon")))
    client = signed_in(officer())
    html = page(client, "run", run.public_id)
    assert ("can be used." in html, "This is not a month such as 2026-09." in html) == (False, True)
    assert client.post(reverse("trade:confirm", args=[run.public_id])).status_code == 403
    assert client.post(reverse("trade:pull")).status_code == 403


def test_the_platform_partner_tries_a_file_confirms_it_and_sees_it_in_use(signed_in):
    client = signed_in(partner_person(kind=PartnerKind.PLATFORM))
    assert "hs6,market,month" in page(client, "platform")
    answer = client.post(
        reverse("trade:platform"), {"file": platform_file(demand_line(), demand_line(hs6="30613"))}, follow=True
    )
    html = text_of(answer)
    assert "1 row can be used. 1 row cannot." in html
    assert "a spreadsheet may have dropped the zero of 030613" in html
    assert "<p>1 figures would replace 0 of those in use.</p>" in html
    run = ImportRun.objects.get()
    html = text_of(client.post(reverse("trade:confirm", args=[run.public_id]), follow=True))
    assert ("A second person at TDAP looks at the figures" in html, run.public_id in html) == (True, True)
    assert ("Bring them into use" in html, runs.current_vintage(SourceKind.PLATFORM)) == (False, None)
    assert client.post(reverse("trade:confirm", args=[run.public_id])).status_code == 409


@pytest.fixture
def handed_in():
    """A run of the platform partner's file that waits for a second person, where 72 simulated figures are in use."""
    services.simulate_platform(products=["950662"])
    person = partner_person(kind=PartnerKind.PLATFORM)
    run = services.import_platform_csv(actor=person, file=platform_file(demand_line()), dry_run=False)
    assert run.state == "held"
    return run


def told(person):
    return list(Message.objects.filter(to=person).order_by("pk").values_list("template", flat=True))


@pytest.mark.parametrize("person", [officer, director])
def test_a_second_person_reads_what_the_platforms_figures_would_replace_and_publishes_them(
    signed_in, handed_in, person
):
    client = signed_in(person())
    html = page(client, "run", handed_in.public_id)
    assert ("1 figures would replace 72 of those in use." in html, "Bring them into use" in html) == (True, True)
    html = text_of(
        client.post(reverse("trade:publish", args=[handed_in.public_id]), {"reason": "As agreed."}, follow=True)
    )
    assert ("The figures are in use now." in html, "As agreed." in html) == (True, True)
    assert runs.current_vintage(SourceKind.PLATFORM).runs.get() == handed_in
    assert list(PlatformDemand.objects.filter(replaced_in__isnull=True).values_list("hs6", "is_simulated")) == [
        ("950662", False)
    ]


def test_a_refusal_goes_back_to_the_partner_with_its_reason(signed_in, handed_in):
    before = runs.current_vintage(SourceKind.PLATFORM)
    client = signed_in(director())
    html = text_of(
        client.post(reverse("trade:refuse", args=[handed_in.public_id]), {"reason": "Days, not months."}, follow=True)
    )
    assert "The figures were refused. Those in use stay." in html
    deliver_all()
    handed_in.refresh_from_db()
    assert (handed_in.state, runs.current_vintage(SourceKind.PLATFORM)) == ("refused", before)
    message = Message.objects.get(to=handed_in.started_by)
    assert (message.template, "Days, not months." in message.body) == ("figures.refused", True)
    page_of_partner = page(signed_in(handed_in.started_by), "run", handed_in.public_id)
    assert "Refused after a look: Days, not months." in page_of_partner


def test_directors_hear_of_figures_that_wait_and_the_partner_of_those_that_came_into_use():
    boss = director()
    partner = partner_person(kind=PartnerKind.PLATFORM)
    run = services.import_platform_csv(actor=partner, file=platform_file(demand_line()), dry_run=False)
    deliver_all()
    assert (told(boss), told(partner)) == (["figures.held"], [])
    services.publish_held(actor=boss, run=run, reason="As agreed.")
    deliver_all()
    assert (told(boss), told(partner)) == (["figures.held"], ["figures.published"])


def test_a_reason_is_asked_for(signed_in, handed_in):
    client = signed_in(director())
    html = text_of(client.post(reverse("trade:publish", args=[handed_in.public_id]), {"reason": " "}, follow=True))
    handed_in.refresh_from_db()
    assert ("Write the reason: it stands in the history." in html, handed_in.state) == (True, "held")


def test_who_handed_figures_in_does_not_decide_on_them(signed_in):
    boss = director()
    run = services.import_platform_csv(actor=boss, file=platform_file(demand_line()), dry_run=False)
    client = signed_in(boss)
    assert "Bring them into use" not in page(client, "run", run.public_id)
    for act in ("publish", "refuse"):
        assert client.post(reverse(f"trade:{act}", args=[run.public_id]), {"reason": "Mine."}).status_code == 403
    run.refresh_from_db()
    assert run.state == "held"


def test_figures_far_from_those_in_use_say_so():
    services.import_platform_csv(actor=None, file=platform_file(demand_line()), dry_run=False)
    far = platform_file(demand_line(month="2026-10", figures="900,1,1,1,,"))
    run = services.import_platform_csv(actor=director(), file=far, dry_run=False)
    assert selectors.reasons_of(run) == [
        "1 figures would replace 0 of those in use.",
        "Searches came to 900 % of the latest in use, in the middle of all products and markets.",
    ]


def test_each_figure_in_a_table_says_how_old_it_is(client):
    vintage = VintageFactory()
    this_year = timezone.localdate().year
    IndicatorFactory(vintage=vintage, hs="", last_year=2017, period="2017")
    IndicatorFactory(vintage=vintage, last_year=2017, period="2017")
    old = f"{this_year - 2018} years old"
    assert (page(client, "sectors").count(old), "tells how it was then" in page(client, "sectors")) == (2, True)
    html = page(client, "sector", "sports_goods")
    assert "In 2017 9506 was the strongest export of Sports goods" in html
    IndicatorFactory._meta.model.objects.update(last_year=this_year - 1, period=str(this_year - 1))
    html = page(client, "sector", "sports_goods")
    assert ("is the strongest export of Sports goods" in html, "years old" in html, "how it was" in html) == (
        True,
        False,
        False,
    )


@pytest.mark.parametrize("chapter", ["57", "03"])
def test_headings_of_a_chapter_have_words_of_their_own(chapter):
    headings = [code for code in priority_headings() if code.startswith(chapter)]
    assert len({wording.heading_label(code) for code in headings}) == len(headings) > 4


def test_figures_of_a_source_that_gives_no_points_say_so(client):
    source = runs.source_row("ots2017")
    IndicatorFactory(hs="", source=source, notes=["growth_capped"])
    assert "gives no points" in page(client, "sectors")
    html = page(client, "sector", "sports_goods")
    assert "More than this; growth is counted up to 50 % a year. This source is not good enough for points" in html


def test_the_age_of_a_source_is_that_of_its_figures_and_of_their_loading(signed_in):
    run = ImportRunFactory(state="published", finished_at=timezone.now() - timedelta(days=3))
    IndicatorFactory(last_year=2017, source=run.source)
    html = page(signed_in(officer()), "runs")
    assert ("Figures up to 2017, loaded 3 days ago." in html, "Old" in html, "Fresh" in html) == (True, True, False)


def test_the_same_file_twice_says_that_nothing_changed(signed_in):
    services.import_platform_csv(actor=None, file=platform_file(demand_line()), dry_run=False)
    client = signed_in(director())
    client.post(reverse("trade:platform"), {"file": platform_file(demand_line())})
    run = ImportRun.objects.latest("pk")
    html = text_of(client.post(reverse("trade:confirm", args=[run.public_id]), follow=True))
    assert "The same file is already in use or waits for a look." in html


def test_a_trial_can_be_put_away(signed_in):
    run = services.import_platform_csv(actor=None, file=platform_file(demand_line()))
    html = text_of(signed_in(director()).post(reverse("trade:drop", args=[run.public_id]), follow=True))
    assert "The file was discarded." in html


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04", "This is a workbook or a document."),
        (b"", "The file is empty."),
        (b"hs6,market\n", "These columns are missing: month."),
        (b"x" * 5_000_001, "The file is larger than 5 MB."),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_message_beside_the_field(signed_in, content, words):
    response = signed_in(director()).post(reverse("trade:platform"), {"file": SimpleUploadedFile("f.csv", content)})
    assert (response.status_code, words in text_of(response), ImportRun.objects.count()) == (200, True, 0)


def test_somebody_elses_trial_reads_as_not_found(signed_in):
    run = services.import_platform_csv(
        actor=partner_person(kind=PartnerKind.PLATFORM), file=platform_file(demand_line())
    )
    rival = signed_in(partner_person(kind=PartnerKind.PLATFORM))
    for name in ("confirm", "drop"):
        assert rival.post(reverse(f"trade:{name}", args=[run.public_id])).status_code == 404
    page(rival, "run", run.public_id, status=404)


def test_confirming_a_run_that_is_no_trial_is_refused_with_words(signed_in):
    waiting = ImportRunFactory()
    response = signed_in(director()).post(reverse("trade:confirm", args=[waiting.public_id]))
    assert (response.status_code, "no file that waits to be confirmed" in text_of(response)) == (409, True)


def test_a_director_asks_for_a_pull_from_the_page(signed_in):
    client = signed_in(director())
    html = text_of(client.post(reverse("trade:pull"), follow=True))
    run = ImportRun.objects.get()
    assert (run.public_id in html, "A worker will fetch the figures now." in html, run.asked["act"]) == (
        True,
        True,
        "comtrade",
    )


def test_the_example_file_is_itself_a_good_file(signed_in):
    response = signed_in(director()).get(reverse("trade:platform_template"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    run = services.import_platform_csv(actor=None, file=SimpleUploadedFile("t.csv", response.content))
    assert (run.rows_kept, run.rows_refused) == (1, 0)


def test_the_masthead_offers_the_figures_to_those_who_may_see_runs(signed_in):
    assert reverse("trade:runs") in page(signed_in(officer()), "sectors")
    assert f'href="{reverse("trade:runs")}"' not in page(signed_in(UserFactory()), "sectors")


@pytest.mark.parametrize("name", ["source", "vintage", "importrun", "indicator", "tradeflow", "platformdemand"])
def test_the_administration_shows_figures_but_lets_nobody_change_them(client, name):
    services.import_platform_csv(actor=None, file=platform_file(demand_line()), dry_run=False)
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(reverse(f"admin:trade_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:trade_{name}_add")).status_code == 403


def test_the_administration_names_the_source_of_each_figure_and_which_are_made_up(client):
    IndicatorFactory(hs="0306", sector="seafood")
    services.simulate_platform(products=["950662"])
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    html = text_of(client.get(reverse("admin:trade_indicator_changelist")))
    made_up, real = (
        f'{source}</td><td class="field-is_simulated"><img src="/static/admin/img/icon-{answer}.svg"'
        for source, answer in (("Simulated platform demand", "yes"), ("UN Comtrade", "no"))
    )
    assert (html.count(made_up), html.count(real)) == (6, 1)
