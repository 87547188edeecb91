"""Where nobody is yet."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from selection.nominations import radar, selectors, services
from tdap_portal.accounts.roles import PartnerKind
from tests.factories.accounts import PartnerFactory, officer, partner_person
from tests.factories.selection import ApplicationFactory, RoundFactory
from tests.smes.pages import text_of

from .made import nominated


@pytest.mark.unit
def test_clusters_where_nobody_is_come_first_and_of_them_those_of_empty_provinces():
    nominated_ = {("sports_goods", "PK-PB", "Sialkot"): 2, ("carpets", "PK-PB", ""): 1}
    applied = {("leather", "PK-PB", "Sialkot"): 1}

    found = radar.clusters(nominated_, applied)
    by_place = {(row.city, row.sector): row for row in found}

    assert by_place["Sialkot", "sports_goods"].nominated == 2
    assert by_place["Sialkot", "leather"].applied == 1
    assert (by_place["Lahore", "carpets"].is_empty, by_place["Lahore", "carpets"].in_province) == (True, 1)
    empty = [row.is_empty for row in found]
    assert empty == sorted(empty, reverse=True)
    assert found.index(by_place["Quetta", "carpets"]) < found.index(by_place["Lahore", "carpets"])
    assert [row.city for row in found if row.confirmed] == ["Sialkot"] * 3


@pytest.mark.unit
def test_every_sector_stands_in_the_grid_of_provinces():
    grid = radar.grid({("leather", "PK-PB", "Kasur"): 2}, {("leather", "PK-PB", "Sialkot"): 1})

    assert (len(grid), grid["leather"]["PK-PB"], grid["leather"]["PK-SD"]) == (13, 3, 0)


@pytest.mark.unit
def test_who_could_be_asked_is_the_towns_own_chamber_then_the_province_then_the_country():
    partners = [("All Pakistan", ""), ("Punjab", "PK-PB"), ("Sialkot Chamber", "PK-PB"), ("Sindh", "PK-SD")]

    assert radar.who_to_ask("Sialkot", "PK-PB", partners) == ["Sialkot Chamber", "Punjab", "All Pakistan"]


def page_of(address: str) -> str:
    client = Client()
    client.force_login(officer())
    return text_of(client.get(address))


@pytest.mark.django_db
def test_the_radar_counts_who_was_nominated_and_who_applied_once():
    round_ = RoundFactory()
    PartnerFactory(name="Quetta Chamber", kind=PartnerKind.CHAMBER, province="PK-BA")
    for _partner in range(2):
        nominated(round_=round_)  # of two partners: one firm
    refused = nominated(round_=round_, city="Kasur", sector="Leather", mobile="03001112233")
    services.answer_nomination(token=refused.token, agrees=False, actor=None)
    ApplicationFactory(round=round_)

    nominated_, applied = selectors.corners_of(round_)
    assert nominated_ == {("sports_goods", "PK-PB", "Sialkot"): 1}
    assert applied == {("sports_goods", "PK-PB", "Sialkot"): 1}
    everything = page_of("/desk/radar/?show=all")
    assert "Quetta Chamber" in everything
    empty = page_of("/desk/radar/?sector=carpets&province=PK-BA").partition("<tbody>")[2].partition("</tbody>")[0]
    assert ("Quetta" in empty, "Sialkot" in empty) == (True, False)


@pytest.mark.django_db
def test_the_radar_costs_the_same_for_one_partner_and_for_three():
    round_, client, counts = RoundFactory(), Client(), []
    client.force_login(officer())
    for _number in range(3):
        nominated(partner_person(), round_)
        client.get("/desk/radar/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/radar/")
        counts.append(len(queries))
    assert len(set(counts)) == 1


@pytest.mark.django_db
def test_the_radar_as_csv_runs_no_formula_and_follows_the_filters():
    RoundFactory()
    PartnerFactory(name="=cmd Quetta", kind=PartnerKind.CHAMBER, province="PK-BA")

    lines = page_of("/desk/radar.csv?province=PK-BA&sector=carpets").splitlines()

    assert lines[1:] == ["Quetta,PK-BA,carpets,0,0,0,no,'=cmd Quetta"]


@pytest.mark.django_db
def test_without_an_open_round_the_radar_says_so():
    assert "No round is open now." in page_of("/desk/radar/")
