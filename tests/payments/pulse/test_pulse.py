"""The series of SME finance: what was published with its source, corrections beside the old value, the page for everybody."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from payments.models import PulsePoint
from payments.pulse import selectors, services
from payments.states import Indicator
from tdap_portal.accounts.roles import Role
from tdap_portal.core.errors import DomainError, NotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.payments import finance_officer
from tests.factories.proceeds import with_rules

pytestmark = [pytest.mark.db, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _points():
    with_rules()


def add(**kwargs):
    values = {"indicator": "outstanding", "day": date(2026, 3, 31), "value": Decimal(900), "source": "SBP, May 2026"}
    return services.add_point(actor=kwargs.pop("actor", None) or finance_officer(), **values | kwargs)


def test_the_series_hold_what_was_published():
    points = selectors.standing()
    own = [(point.day.isoformat(), str(point.value)) for point in selectors.series(points, Indicator.OUTSTANDING)]
    assert own == [
        ("2015-06-30", "260.78"), ("2016-03-31", "283.58"), ("2016-06-30", "297.52"), ("2017-06-30", "380.00"),
        ("2018-12-31", "513.00"), ("2025-06-30", "692.00"), ("2025-12-31", "882.40"),
    ]  # fmt: skip
    assert all(point.source for point in points)


def test_every_published_figure_stands_once_with_its_source_and_none_besides():
    points = selectors.standing()
    own = sorted((p.day.isoformat(), p.indicator, float(p.value)) for p in points if not p.is_article)
    assert own == [
        ("2015-06-30", "outstanding", 260.78),
        ("2016-03-31", "outstanding", 283.58),
        ("2016-06-30", "outstanding", 297.52),
        ("2016-06-30", "private_share", 7.34),
        ("2017-06-30", "bad_loans", 20.7),
        ("2017-06-30", "outstanding", 380.0),
        ("2017-06-30", "private_share", 7.99),
        ("2018-12-31", "outstanding", 513.0),
        ("2025-06-30", "borrowers", 272600.0),
        ("2025-06-30", "outstanding", 692.0),
        ("2025-12-31", "borrowers", 302922.0),
        ("2025-12-31", "outstanding", 882.4),
    ]
    assert all(point.source for point in points)


def test_growth_is_computed_from_one_figure_to_the_next():
    found = [
        (str(one.after.day), one.change, one.percent, one.yearly) for one in selectors.growth_of(selectors.standing())
    ]
    assert found == [
        ("2016-03-31", Decimal("22.80"), Decimal("8.74"), None),
        ("2016-06-30", Decimal("13.94"), Decimal("4.92"), None),
        ("2017-06-30", Decimal("82.48"), Decimal("27.72"), Decimal("27.7")),
        ("2018-12-31", Decimal("133.00"), Decimal("35.00"), Decimal("22.1")),
        ("2025-06-30", Decimal("179.00"), Decimal("34.89"), Decimal("4.7")),
        ("2025-12-31", Decimal("190.40"), Decimal("27.51"), None),
    ]


def test_the_article_beside_the_series():
    found = {
        one.point.indicator: (one.point.value, one.found) for one in selectors.beside_article(selectors.standing())
    }
    assert found == {
        "quarter_growth": (5, Decimal("4.92")),
        "quarter_change": (14, Decimal("13.94")),
        "private_share": (Decimal("7.30"), Decimal("7.34")),
        "gdp_share": (1, None),
    }


def test_the_share_of_gdp_is_computed_once_its_year_is_there():
    add(indicator="gdp", day=date(2016, 6, 30), value=Decimal(29_752), source="PBS, 2017")
    shares = selectors.of_gdp(selectors.standing())
    assert [(one.day, one.fiscal_year, one.percent) for one in shares] == [
        (date(2016, 3, 31), 2016, Decimal("283.58") * 100 / 29_752),
        (date(2016, 6, 30), 2016, 1),
    ]


def test_a_correction_keeps_the_old_value():
    officer = finance_officer()
    first = add(actor=officer)
    assert add(actor=officer) == first
    with pytest.raises(DomainError) as refusal:
        add(value=Decimal(905))
    assert refusal.value.code == "no_words"
    second = add(value=Decimal(905), words="Revised by SBP.")
    assert (selectors.point_at("outstanding", first.day), second.replaces) == (second, first)
    assert PulsePoint.objects.filter(day=first.day).count() == 2
    assert selectors.replaced() == [first]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"indicator": "quarter_growth"}, "unknown_indicator"), ({"value": Decimal(-1)}, "out_of_bounds"),
        ({"indicator": "private_share", "value": Decimal(101)}, "out_of_bounds"), ({"source": " "}, "no_source"),
        ({"day": date(2199, 1, 1)}, "to_come"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong, code):
    with pytest.raises(DomainError) as refusal:
        add(**wrong)
    assert refusal.value.code == code


@pytest.mark.parametrize("roles", [[], [Role.OFFICER], [Role.PROGRAMME_MANAGER], [Role.ADMINISTRATOR]])
def test_only_finance_officers_and_directors_add(client, roles):
    person = UserFactory(roles=roles)
    with pytest.raises(NotAllowed):
        add(actor=person)
    client.force_login(person)
    assert client.get(reverse("payments:pulse_add")).status_code == 404


def test_everybody_reads_the_page_and_its_file(client):
    page = client.get(reverse("payments:pulse")).content.decode()
    assert all(words in page for words in ("882.4", "+4.92 %", "13.94", "Asked of lenders", "Business Recorder"))
    lines = client.get(reverse("payments:pulse_csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 17
    client.cookies["django_language"] = "ur"
    assert "جی ڈی پی" in client.get(reverse("payments:pulse")).content.decode()


def test_an_official_adds_a_figure_on_the_page(client):
    client.force_login(UserFactory(roles=[Role.APPROVER]))
    typed = {"indicator": "borrowers", "day": "2026-06-30", "value": "310,000", "source": "SBP"}
    assert client.post(reverse("payments:pulse_add"), typed)["Location"] == reverse("payments:pulse")
    assert client.post(reverse("payments:pulse_add"), typed | {"value": "311000"}).status_code == 422
    assert selectors.point_at("borrowers", date(2026, 6, 30)).value == 310_000
