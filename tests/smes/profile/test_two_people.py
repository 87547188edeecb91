"""Two people of a firm at the same step: what one saves is not written over unseen by the other; rows stay themselves."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from smes.profile import selectors as profile_selectors
from smes.profile import services as profile_services
from smes.profile.steps import STEPS
from tests.factories.accounts import UserFactory
from tests.factories.smes import CertificationFactory, MemberFactory, SmeFactory
from tests.smes.pages import step_url, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sme():
    return SmeFactory(complete=True, name="Noor Sports Works", turnover_pkr=45_000_000, employees=24, postcode="54000")


@pytest.fixture
def owner(client, sme):
    client.force_login(sme.created_by)
    return client


@pytest.fixture
def preparer(sme):
    other = Client()
    other.force_login(MemberFactory(sme=sme, user=UserFactory(name="Bilal Ahmad")).user)
    return other


@pytest.fixture
def finance(sme):
    other = Client()
    other.force_login(MemberFactory(sme=sme, role="finance").user)
    return other


def opened(client, sme, step):
    """All that a browser sends from the page of a step, as it was opened."""
    context = client.get(step_url(sme, step)).context
    form = context["form"]
    data = {"seen": context["seen"], "hs": getattr(form, "chosen", [])}
    for name in form.fields:
        value = form[name].value()
        data[name] = value.isoformat() if isinstance(value, date) else "" if value is None else value
    return data


def test_only_what_was_changed_on_the_page_is_written(owner, preparer, sme):
    older = opened(preparer, sme, "place")
    owner.post(step_url(sme, "place"), opened(owner, sme, "place") | {"turnover_pkr": "61,000,000", "employees": "40"})
    assert preparer.post(step_url(sme, "place"), older | {"postcode": "54700"}).status_code == 302
    sme.refresh_from_db()
    assert (sme.turnover_pkr, sme.employees, sme.postcode) == (61_000_000, 40, "54700")


@pytest.mark.sqlite_leg
def test_a_field_that_both_changed_stops_and_shows_both_values_with_who_and_when(owner, preparer, sme, time_machine):
    time_machine.move_to("2026-11-23 12:00+05:00", tick=False)
    owner.force_login(sme.created_by)
    preparer.force_login(MemberFactory(sme=sme, user=UserFactory(name="Bilal Ahmad")).user)
    older = opened(owner, sme, "place")
    preparer.post(step_url(sme, "place"), opened(preparer, sme, "place") | {"turnover_pkr": "61,000,000"})
    response = owner.post(step_url(sme, "place"), older | {"turnover_pkr": "70000000", "postcode": "54700"})
    page = text_of(response)
    assert "Bilal Ahmad saved “61,000,000” here (23\xa0November\xa02026, 12:00) after you opened this page." in page
    assert 'value="70000000"' in page
    sme.refresh_from_db()
    assert (sme.turnover_pkr, sme.postcode) == (61_000_000, "54700"), "the other fields are saved"
    assert profile_selectors.step_of(sme, "place").error_count == 1
    again = text_of(owner.get(step_url(sme, "place")))
    assert 'value="70000000"' in again, "what was stopped is kept for another day"
    both_seen = older | {"turnover_pkr": "70000000", "postcode": "54700", "seen": response.context["seen"]}
    assert owner.post(step_url(sme, "place"), both_seen).status_code == 302
    sme.refresh_from_db()
    assert sme.turnover_pkr == 70_000_000


CHANGES = {
    "identity": ({"name": "Noor Sports Limited"}, {"phone": "042 35761234"}),
    "owners": ({"owner-0-birth_year": "1971"}, {"owner-0-name": "Another Name"}),
    "place": ({"turnover_pkr": "61000000"}, {"address": "Another street"}),
    "sector": ({"sector": "rice"}, {"services": ["SI21"]}),
    "products": ({"{hs}-label": "Balls"}, {"{hs}-price_pkr": "1,777"}),
    "capacity": ({"capacity_unit": "tons"}, {"lead_time_days": "77"}),
    "exports": ({"year-0-value_usd": "77,000"}, {"market_0": "Japan"}),
    "markets": ({"target_0": "Italy"}, {"catalogue_products": "77"}),
    "payments": ({"wallet": "no"}, {"iban": "PK97 MUCB 0000 0000 0000 0777"}),
}


@pytest.mark.parametrize("step", [step.code for step in STEPS])
def test_in_every_step_two_changes_in_two_places_both_stand(owner, preparer, finance, sme, step):
    other = finance if step == "payments" else preparer
    hs = sme.products.first().hs6
    first, second = ({name.format(hs=hs): text for name, text in change.items()} for change in CHANGES[step])
    pages = opened(owner, sme, step), opened(other, sme, step)
    before = profile_selectors.seen_of_step(type(sme).objects.get(pk=sme.pk), step)
    owner.post(step_url(sme, step), pages[0] | first | {"stop": "1"})
    between = profile_selectors.seen_of_step(type(sme).objects.get(pk=sme.pk), step)
    other.post(step_url(sme, step), pages[1] | second | {"stop": "1"})
    after = profile_selectors.seen_of_step(type(sme).objects.get(pk=sme.pk), step)
    changed_first = {name for name in before if before[name] != between[name]}
    changed_second = {name for name in between if between[name] != after[name]}
    assert changed_first
    assert changed_second
    assert not changed_first & changed_second, "nothing of the first is taken back"


@pytest.mark.parametrize("step", [step.code for step in STEPS])
def test_a_page_that_is_sent_as_it_was_opened_changes_nothing(owner, preparer, sme, step):
    page = opened(owner, sme, step)
    before = profile_selectors.seen_of_step(type(sme).objects.get(pk=sme.pk), step)
    assert owner.post(step_url(sme, step), page).status_code == 302
    del page["seen"]
    owner.post(step_url(sme, step), page)
    assert profile_selectors.seen_of_step(type(sme).objects.get(pk=sme.pk), step) == before


def test_an_old_page_that_does_not_say_what_it_was_made_from_writes_over_nothing(owner, sme):
    page = opened(owner, sme, "place") | {"turnover_pkr": "70000000", "seen": ""}
    sentence = "saved “45,000,000” here"
    assert sentence in text_of(owner.post(step_url(sme, "place"), page))
    sme.refresh_from_db()
    assert sme.turnover_pkr == 45_000_000


def test_a_private_number_of_somebody_else_is_masked(owner, finance, sme):
    older = opened(owner, sme, "payments")
    finance.post(
        step_url(sme, "payments"), opened(finance, sme, "payments") | {"iban": "PK97 MUCB 0000 0000 0000 0777"}
    )
    iban = "PK93 HABB 0000 0000 0000 0001"
    page = text_of(owner.post(step_url(sme, "payments"), older | {"iban": iban}))
    assert "saved “PK** MUCB **** **** **** 0777” here" in page
    sme.refresh_from_db()
    assert sme.iban == "PK97MUCB0000000000000777"


def test_a_draft_with_a_mistake_writes_over_no_later_correction(owner, sme):
    owner.post(step_url(sme, "place"), opened(owner, sme, "place") | {"postcode": "x"})
    profile_services.correct_profile(actor=sme.created_by, sme=sme, values={"turnover_pkr": 61_000_000})
    page = opened(owner, sme, "place")
    assert page["turnover_pkr"] == "45,000,000", "the draft shows what was typed"
    owner.post(step_url(sme, "place"), page | {"postcode": "54700"})
    sme.refresh_from_db()
    assert (sme.turnover_pkr, sme.postcode) == (61_000_000, "54700")


def test_what_was_sent_after_the_session_ended_writes_over_nothing(owner, preparer, sme, settings):
    older = opened(owner, sme, "place")
    del owner.cookies[settings.SESSION_COOKIE_NAME]
    owner.post(step_url(sme, "place"), older | {"postcode": "54700"})
    preparer.post(step_url(sme, "place"), opened(preparer, sme, "place") | {"turnover_pkr": "61,000,000"})
    session = owner.session
    kept = dict(session)
    owner.force_login(sme.created_by)
    session = owner.session
    session.update({key: value for key, value in kept.items() if key == "kept_form"})
    session.save()
    page = opened(owner, sme, "place")
    assert (page["postcode"], page["turnover_pkr"]) == ("54700", "45,000,000")
    owner.post(step_url(sme, "place"), page)
    sme.refresh_from_db()
    assert (sme.turnover_pkr, sme.postcode) == (61_000_000, "54700")


def test_fewer_employees_do_not_meet_more_women_of_somebody_else(owner, preparer, sme):
    type(sme).objects.update(employees=40, women_employees=10)
    older = opened(owner, sme, "place")
    preparer.post(step_url(sme, "place"), opened(preparer, sme, "place") | {"women_employees": "30"})
    page = text_of(owner.post(step_url(sme, "place"), older | {"employees": "20"}))
    assert "saved “40” here" in page
    sme.refresh_from_db()
    assert (sme.employees, sme.women_employees) == (40, 30)


# Rows ------------------------------------------------------------------------------------------------------------


def owners(sme, *rows):
    sme.owners.all().delete()
    sme.owners.bulk_create(sme.owners.model(sme=sme, **row) for row in rows)
    return list(sme.owners.all())


ASLAM = {"name": "Muhamad Aslam", "cnic": "3520212345671", "share_pct": 60, "gender": "male", "birth_year": 1980}
RABIA = {"name": "Rabia Aslam", "cnic": "3520276543212", "share_pct": 40, "gender": "female", "birth_year": 1985}


def cnics(sme):
    return {owner.name: owner.cnic for owner in sme.owners.all()}


def test_another_spelling_of_a_name_keeps_the_cnic_and_the_row(owner, sme):
    before = owners(sme, ASLAM, RABIA)
    owner.post(step_url(sme, "owners"), opened(owner, sme, "owners") | {"owner-0-name": "Muhammad Aslam"})
    assert cnics(sme) == {"Muhammad Aslam": ASLAM["cnic"], "Rabia Aslam": RABIA["cnic"]}
    assert [row.pk for row in sme.owners.all()] == [row.pk for row in before]


def test_namesakes_are_saved_again(owner, sme):
    owners(sme, ASLAM | {"share_pct": 50}, ASLAM | {"cnic": "3520222222221", "share_pct": 50})
    assert owner.post(step_url(sme, "owners"), opened(owner, sme, "owners")).status_code == 302
    assert [row.cnic for row in sme.owners.all()] == [ASLAM["cnic"], "3520222222221"]


@pytest.mark.parametrize("with_ids", [True, False])
def test_rows_that_change_places_keep_each_cnic_with_its_person(owner, sme, with_ids):
    owners(sme, ASLAM, RABIA)
    page = opened(owner, sme, "owners")
    names = ("name", "share_pct", "gender", "birth_year", *(["id"] if with_ids else []))
    swapped = {f"owner-{n}-{name}": page[f"owner-{1 - n}-{name}"] for n in (0, 1) for name in names}
    assert owner.post(step_url(sme, "owners"), page | swapped).status_code == 302
    assert cnics(sme) == {"Muhamad Aslam": ASLAM["cnic"], "Rabia Aslam": RABIA["cnic"]}
    assert {row.name: row.birth_year for row in sme.owners.all()} == {"Muhamad Aslam": 1980, "Rabia Aslam": 1985}


def test_an_emptied_row_removes_the_owner_alone(owner, sme):
    owners(sme, ASLAM, RABIA)
    emptied = {f"owner-1-{name}": "" for name in ("name", "cnic", "share_pct", "gender", "birth_year")}
    owner.post(step_url(sme, "owners"), opened(owner, sme, "owners") | emptied | {"owner-0-share_pct": "100"})
    assert cnics(sme) == {"Muhamad Aslam": ASLAM["cnic"]}


def test_a_row_of_another_firm_is_not_touched(owner, sme):
    mine = owners(sme, ASLAM | {"share_pct": 100})
    theirs = owners(SmeFactory(), RABIA | {"share_pct": 100})[0]
    page = opened(owner, sme, "owners")
    page |= {
        "owner-0-id": str(theirs.pk),
        "owner-0-name": "Stolen",
        "seen": page["seen"].replace(f"{mine[0].pk}.", f"{theirs.pk}."),
    }
    owner.post(step_url(sme, "owners"), page)
    theirs.refresh_from_db()
    assert (theirs.name, theirs.cnic, theirs.sme_id == sme.pk) == ("Rabia Aslam", RABIA["cnic"], False)
    assert RABIA["cnic"] not in cnics(sme).values()


def test_an_owner_whom_somebody_else_added_is_not_removed(owner, preparer, sme):
    owners(sme, ASLAM, RABIA)
    older = opened(owner, sme, "owners")
    added = {"owner-1-share_pct": "30", "owner-2-name": "Sana", "owner-2-share_pct": "10"}
    preparer.post(step_url(sme, "owners"), opened(preparer, sme, "owners") | added)
    owner.post(step_url(sme, "owners"), older | {"owner-0-birth_year": "1979"})
    assert [(row.name, row.birth_year, row.share_pct) for row in sme.owners.all()] == [
        ("Muhamad Aslam", 1979, 60),
        ("Rabia Aslam", 1985, 30),
        ("Sana", None, 10),
    ]


def test_an_owner_whom_somebody_else_removed_does_not_come_back_unseen(owner, preparer, sme):
    owners(sme, ASLAM, RABIA)
    older, changing = opened(owner, sme, "owners"), opened(owner, sme, "owners")
    emptied = {f"owner-1-{name}": "" for name in ("name", "cnic", "share_pct", "gender", "birth_year")}
    preparer.post(step_url(sme, "owners"), opened(preparer, sme, "owners") | emptied | {"owner-0-share_pct": "100"})
    owner.post(step_url(sme, "owners"), older)
    assert list(cnics(sme)) == ["Muhamad Aslam"]
    page = text_of(owner.post(step_url(sme, "owners"), changing | {"owner-1-birth_year": "1984"}))
    assert "Bilal Ahmad removed this row" in page
    assert list(cnics(sme)) == ["Muhamad Aslam"]


@pytest.mark.sqlite_leg
def test_an_owner_whom_somebody_else_changed_is_not_removed_unseen(owner, preparer, sme):
    owners(sme, ASLAM, RABIA)
    older = opened(owner, sme, "owners")
    preparer.post(step_url(sme, "owners"), opened(preparer, sme, "owners") | {"owner-1-birth_year": "1984"})
    emptied = {f"owner-1-{name}": "" for name in ("name", "cnic", "share_pct", "gender", "birth_year")}
    response = owner.post(step_url(sme, "owners"), older | emptied | {"owner-0-share_pct": "100"})
    page = text_of(response)
    assert "Bilal Ahmad saved these rows" in page
    assert "Rabia Aslam, female, 40, 1984" in page
    assert RABIA["cnic"] not in page
    assert [row.birth_year for row in sme.owners.all()] == [1980, 1984]


def test_a_certificate_that_somebody_else_prolonged_is_not_removed_unseen(owner, preparer, sme):
    CertificationFactory(sme=sme, kind="bsci", expires_on=date(2030, 1, 1))
    older = opened(owner, sme, "capacity")
    preparer.post(
        step_url(sme, "capacity"), opened(preparer, sme, "capacity") | {"certificate-0-expires_on": "2033-01-01"}
    )
    emptied = {"certificate-0-kind": "", "certificate-0-expires_on": ""}
    response = owner.post(step_url(sme, "capacity"), older | emptied)
    assert "Bilal Ahmad changed a row" in text_of(response)
    assert sme.certifications.count() == 1
    owner.post(step_url(sme, "capacity"), older | emptied | {"seen": response.context["seen"]})
    assert sme.certifications.count() == 0, "seen by now, it may go"


def test_a_new_row_that_was_saved_beside_a_mistake_is_not_saved_twice(owner, sme):
    owners(sme)
    page = opened(owner, sme, "capacity")
    page |= {"lead_time_days": "soon", "certificate-0-kind": "iso_9001", "certificate-0-expires_on": "2030-01-01"}
    response = owner.post(step_url(sme, "capacity"), page)
    made = sme.certifications.get()
    assert re.search(rf'name="certificate-0-id" value="{made.pk}"', text_of(response))
    again = opened(owner, sme, "capacity") | {"lead_time_days": "30", "certificate-0-expires_on": "2031-01-01"}
    assert owner.post(step_url(sme, "capacity"), again).status_code == 302
    assert [(row.pk, row.expires_on) for row in sme.certifications.all()] == [(made.pk, date(2031, 1, 1))]


def test_a_verified_certificate_stays_verified_when_another_row_is_changed_or_both_change_places(owner, sme):
    CertificationFactory(sme=sme, kind="bsci", expires_on=date(2030, 1, 1), verified=True)
    CertificationFactory(sme=sme, kind="iso_9001", expires_on=date(2031, 1, 1), verified=False)
    page = opened(owner, sme, "capacity")
    swapped = {
        f"certificate-{n}-{name}": page[f"certificate-{1 - n}-{name}"]
        for n in (0, 1)
        for name in ("kind", "expires_on")
    }
    owner.post(step_url(sme, "capacity"), page | swapped)
    owner.post(step_url(sme, "capacity"), opened(owner, sme, "capacity") | {"certificate-1-expires_on": "2032-01-01"})
    found = {row.kind: (row.expires_on.year, row.verified) for row in sme.certifications.all()}
    assert found == {"bsci": (2030, True), "iso_9001": (2032, False)}


def test_the_same_product_added_by_two_is_one_and_a_product_taken_away_does_not_come_back(owner, preparer, sme):
    sme.products.all().delete()
    first = opened(owner, sme, "products")
    data = {"hs": ["950662"], "main": "950662", "950662-share_pct": "100", "950662-price_pkr": "1450"}
    owner.post(step_url(sme, "products"), first | data)
    older = opened(owner, sme, "products")
    preparer.post(step_url(sme, "products"), first | data | {"950662-price_pkr": "1500"})
    assert [(row.hs6, row.price_pkr) for row in sme.products.all()] == [("950662", Decimal(1450))]
    other = opened(preparer, sme, "products")
    other |= {
        "hs": ["420321"],
        "main": "420321",
        "420321-share_pct": "100",
        "420321-price_pkr": "9",
        "seen": older["seen"],
    }
    preparer.post(step_url(sme, "products"), other)
    assert [row.hs6 for row in sme.products.all()] == ["420321"]
    owner.post(step_url(sme, "products"), older)
    assert [row.hs6 for row in sme.products.all()] == ["420321"]


def test_two_main_products_of_two_people_are_stopped(owner, preparer, sme):
    sme.products.all().delete()
    make = sme.products.model.objects.create
    for code, share, is_main in (
        ("950662", 25, True),
        ("420321", 25, False),
        ("610910", 25, False),
        ("640399", 25, False),
    ):
        make(sme=sme, hs6=code, share_pct=share, is_main=is_main, price_pkr=9)
    older = opened(owner, sme, "products")
    preparer.post(step_url(sme, "products"), opened(preparer, sme, "products") | {"main": "420321"})
    page = text_of(owner.post(step_url(sme, "products"), older | {"main": "610910"}))
    assert "saved these rows" in page
    assert [row.hs6 for row in sme.products.filter(is_main=True)] == ["420321"]


def test_a_town_does_not_meet_the_province_that_somebody_else_chose_meanwhile(owner, preparer, sme):
    type(sme).objects.filter(pk=sme.pk).update(city="Chak 88", province="PK-PB")
    pages = opened(owner, sme, "place"), opened(preparer, sme, "place")
    preparer.post(step_url(sme, "place"), pages[1] | {"province": "PK-SD", "stop": "1"})
    page = text_of(owner.post(step_url(sme, "place"), pages[0] | {"city": "Lahore", "postcode": "54700", "stop": "1"}))
    assert "“Chak 88” here" in page
    sme.refresh_from_db()
    assert (sme.city, sme.province, sme.postcode) == ("Chak 88", "PK-SD", "54700")
