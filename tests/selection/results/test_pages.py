"""What everybody may open: the front page, the calendar, the rules, the results."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.cache import cache

from selection.appeals import services as appeals_services
from selection.models import Application
from selection.results import selectors as results_selectors
from selection.states import AppealOutcome, Outcome, Verdict
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory, decided, owner_of
from tests.markup import flat
from tests.selection.appeals import made as appeals

pytestmark = pytest.mark.django_db
PAGES = (
    "/",
    "/rounds/",
    "/rounds/R4/",
    "/results/",
    "/results/?round=R4",
    "/results.csv",
    "/accessibility/",
    "/privacy/",
)


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def results(client):
    """Round 4: two selected (one led by women), one declined, one waiting; one draft that nobody counts."""
    round_ = RoundFactory(number=4)
    decided(ApplicationFactory(round=round_, scored=True))
    decided(ApplicationFactory(round=round_, scored=True, sme_values={"women_led": False, "province": "PK-SD"}))
    decided(ApplicationFactory(round=round_, scored=True), Outcome.DECLINE)
    ApplicationFactory(round=round_, scored=True)
    ApplicationFactory(round=round_)
    cache.clear()
    return round_


@pytest.mark.parametrize("address", PAGES)
def test_everybody_may_open_it(client, address):
    RoundFactory(number=4)
    page(client, address)
    for person in (UserFactory(), officer(), director(), partner_person()):
        client.force_login(person)
        page(client, address)


@pytest.mark.parametrize("address", [address for address in PAGES if "R4" not in address])
def test_it_also_works_before_there_is_anything(client, address):
    page(client, address)


@pytest.mark.parametrize("address", [address for address in PAGES if not address.endswith(".csv")])
def test_it_speaks_urdu_from_the_right(client, address):
    RoundFactory(number=4)
    client.cookies["django_language"] = "ur"
    assert '<html lang="ur" dir="rtl">' in page(client, address)


@pytest.mark.parametrize("address", ["/rounds/R9/", "/rounds/4/", "/results/?round=R9", "/results/?round=R%0A"])
def test_a_round_that_is_not_there_reads_as_not_found(client, address):
    assert client.get(address).status_code == 404


def test_the_front_page_shows_the_open_round_and_the_first_question(client):
    RoundFactory(number=4, training_note="training from 5 July in Lahore")

    html = flat(page(client, "/"))

    assert "Round 4 is open until" in html
    assert "60 seats · General · Carpet revival · Start-up · Services · training from 5 July in Lahore" in html
    assert 'action="/check/" method="get"' in html
    assert html.count('class="tile"') == 13
    assert '<span>Carpets and rugs<small class="code">HS 57</small></span>' in html


def test_without_an_open_round_there_is_no_notice(client):
    RoundFactory(number=4, closed=True)

    assert "is open until" not in page(client, "/")


def test_the_open_numbers_are_counted_from_the_files(client, results):
    numbers = results_selectors.open_numbers()

    assert (
        numbers.submitted, numbers.decided, numbers.in_time, numbers.late, numbers.selected, numbers.waiting,
        numbers.late_now, numbers.women_pct, numbers.sectors, numbers.provinces, numbers.median_days,
    ) == (4, 3, 3, 0, 2, 1, 0, 50, 1, 2, 0.0)  # fmt: skip
    assert "Of 3 answers so far" in page(client, "/")


def test_late_answers_are_counted_as_late(results):
    Application.objects.filter(state="selected").update(days_used=17)
    Application.objects.filter(state="scored").update(due_on="2020-01-01")
    cache.clear()

    numbers = results_selectors.open_numbers()

    assert (numbers.in_time, numbers.late, numbers.late_now, numbers.median_days) == (1, 2, 1, 17.0)


@pytest.fixture
def five_of_punjab(results):
    for _ in range(2):
        decided(ApplicationFactory(round=results, scored=True), Outcome.DECLINE)
    for _ in range(4):
        decided(ApplicationFactory(round=results, scored=True, sme_values={"province": "PK-SD"}))
    return results


def test_results_are_broken_down_by_province_and_sector(client, five_of_punjab):
    found = results_selectors.results_of(five_of_punjab)

    assert [(line.code, line.tally.submitted, line.tally.selected) for line in found.by_province] == [
        ("PK-PB", 5, 1),
        ("PK-SD", 5, 5),
    ]
    assert [(line.code, line.tally.selected_pct) for line in found.by_sector] == [("sports_goods", 67)]


def test_no_line_tells_what_became_of_a_firm_that_is_almost_alone_in_it(client, results):
    found = results_selectors.results_of(results)

    assert [(line.code, line.tally.submitted) for line in found.by_province] == [("", 4)]
    assert "Sindh" not in client.get("/results.csv").content.decode()
    html = page(client, "/results/?round=R4")
    assert "<b>2 firms were selected</b> of 3 decided; 4 have applied." in html


def test_the_csv_holds_the_same_numbers_for_machines(client, five_of_punjab):
    response = client.get("/results.csv")

    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert [(r["round"], r["province"], r["sector"], r["submitted"], r["selected"], r["waiting"]) for r in rows] == [
        ("R4", "(all)", "Sports goods", "10", "6", "1"),
        ("R4", "Punjab", "(all)", "5", "1", "1"),
        ("R4", "Sindh", "(all)", "5", "5", "0"),
    ]


def test_the_rules_show_every_condition_and_weight(client):
    RoundFactory(number=4)

    html = flat(page(client, "/rounds/R4/"))

    for words in (
        "Registered for tax, or a sole proprietor with a CNIC", "Export experience", "14 points",
        "First come firms led by women.", 'through an export house: <span class="code">60 %</span>', "2026-1",
    ):  # fmt: skip
        assert words in html, words


@pytest.mark.parametrize(("address", "queries"), [("/", 1), ("/rounds/", 2), ("/results/", 5)])
@pytest.mark.parametrize("rounds", [1, 3])
def test_public_pages_cost_the_same_however_much_there_is(client, address, queries, rounds, django_assert_num_queries):
    for number in range(rounds):
        ApplicationFactory(round=RoundFactory(number=number + 1), submitted=True)
    page(client, address)  # fills what is kept for five minutes
    with django_assert_num_queries(queries):
        client.get(address)


# -------------------------------------------------------------------------------------------------------------- appeals


def line_of_appeals(client, query="") -> str:
    text = flat(client.get(f"/results/{query}").content.decode())
    found = re.search(r"<p>\s*(Appeals against decisions:[^<]*)</p>", text)
    return found[1].strip() if found else ""


def test_appeals_are_counted_in_public_by_round(client):
    first, other = appeals.decided_file(), appeals.decided_file(round=RoundFactory(number=77))
    appeals_services.keep_draft(actor=owner_of(first), application=first, points=[appeals.point()])
    assert line_of_appeals(client) == "", "a draft is the firm's own"

    better = {"quality_control": "third_party", "ecommerce_staff": 6}
    appeals.answered(appeals.drawn(first), AppealOutcome.UPHELD, appeals.finding(**better))
    second, third = (appeals.decided_file(round=first.round) for _ in range(2))
    appeals.answered(appeals.drawn(second), AppealOutcome.REJECTED, appeals.finding(Verdict.WRONG))
    appeals.sent(third)
    appeals.sent(other)

    assert line_of_appeals(client) == (
        "Appeals against decisions: 4; 1 were right, 0 went back to reading. 2 wait for their answer."
    )
    assert line_of_appeals(client, f"?round={first.round.code}") == (
        "Appeals against decisions: 3; 1 were right, 0 went back to reading. 1 waits for its answer."
    )
    assert line_of_appeals(client, "?round=R77") == (
        "Appeals against decisions: 1; 0 right, 0 back to reading. 1 waits for its answer."
    )
