"""The nine steps of the profile, as they are filled in."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from selection.engine.measures import export_years
from selection.engine.policy import FOLDER, Policy
from smes.fields import YesNoField
from smes.profile import selectors as profile_selectors
from smes.profile.forms.registration import STEP_FORMS
from smes.profile.steps import STEPS
from smes.vocabulary.paper_kinds import Claims, kinds_needed
from tdap_portal.core.calendar import today
from tdap_portal.web import keeping
from tests.factories.accounts import officer
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory
from tests.queries import queries_of, repeated
from tests.selection.engine.situations import facts
from tests.smes.pages import IDENTITY, send, step_url, text_of

pytestmark = pytest.mark.django_db


def test_a_right_step_is_saved_and_leads_to_the_next(owner, sme):
    response = owner.post(step_url(sme, "identity"), IDENTITY)
    assert response.url == step_url(sme, "owners")
    sme.refresh_from_db()
    assert (sme.ntn, sme.secp_number, sme.phone, str(sme.founded_on)) == (
        "41749413",
        "0012345",
        "+923001234567",
        "2015-04-01",
    )


def test_a_mistake_stands_beside_its_field_the_rest_is_saved_and_all_is_kept_for_another_day(owner, sme):
    page = text_of(send(owner, step_url(sme, "identity"), {**IDENTITY, "ntn": "42198", "name": "Noor  Works"}))
    assert "One thing to put right" in page
    assert "An NTN has 7 digits" in page
    assert 'value="42198"' in page
    sme.refresh_from_db()
    assert (sme.name, sme.ntn, sme.phone) == ("Noor Works", "", "+923001234567")
    later = text_of(owner.get(step_url(sme, "identity")))
    assert 'value="42198"' in later
    assert "An NTN has 7 digits" in later
    assert "1 to fix" in later


def test_a_stored_number_is_masked_and_an_empty_field_keeps_it(owner, sme):
    owner.post(step_url(sme, "identity"), IDENTITY)
    page = text_of(owner.get(step_url(sme, "identity")))
    assert "****941-3" in page
    assert "41749413" not in page
    owner.post(step_url(sme, "identity"), {**IDENTITY, "ntn": "", "secp_number": ""})
    sme.refresh_from_db()
    assert (sme.ntn, sme.secp_number) == ("41749413", "0012345")


def fields_left_out(form, page):
    """Fields of a step that its page does not show: posted without them, the step would be saved empty."""
    return [name for name in form.fields if f'name="{name}"' not in page]


@pytest.mark.parametrize("step", STEP_FORMS)
def test_the_page_of_a_step_shows_every_field_of_its_form(owner, sme, step):
    page = text_of(owner.get(step_url(sme, step)))
    form = STEP_FORMS[step](sme=sme)
    assert fields_left_out(form, page) == []
    form.fields["not_in_the_template"] = YesNoField()
    assert fields_left_out(form, page) == ["not_in_the_template"]


def test_save_and_stop_asks_for_nothing_that_is_missing(owner, sme):
    data = {"name": "Noor Sports Works", "phone": "0300 1234567", "stop": "1"}
    response = send(owner, step_url(sme, "identity"), data)
    assert response.url == reverse("smes:profile", args=[sme.public_id])
    assert profile_selectors.step_of(sme, "identity").error_count == 0


def test_a_company_needs_its_secp_number_and_a_sole_proprietor_no_ntn(owner, sme):
    page = text_of(owner.post(step_url(sme, "identity"), {**IDENTITY, "secp_number": ""}))
    assert "every company and LLP has one" in page
    alone = {**IDENTITY, "legal_form": "sole_proprietor", "ntn": "", "secp_number": ""}
    sme.ntn = ""
    sme.save()
    assert send(owner, step_url(sme, "identity"), alone).status_code == 302


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("founded_on", "2999-01-01", "This day is in the future."),
        ("founded_on", "31.31.2020", "Write a day, like 31/12/2020."),
        ("founded_on", "1492-01-01", "Write the year in four digits."),
        ("founded_on", "12/2020", "Write a day, like 31/12/2020."),
        ("founded_on", "4 March 2012", "Write a day, like 31/12/2020."),
        ("phone", "0389 1234567", "There is no such telephone number in Pakistan."),
        ("strn", "12", "A sales tax number has 13 digits. You wrote 2."),
        ("secp_number", "12345", "An SECP number has 7 digits"),
        ("email", "not-an-address", "Enter a valid email address."),
        ("name", "", "This field is required."),
        ("ntn", "35202-1234567-0", "A CNIC does not end in 0."),
    ],
)
def test_wrong_numbers_get_their_own_sentence(owner, sme, field, text, says):
    assert says in text_of(owner.post(step_url(sme, "identity"), {**IDENTITY, field: text}))


def test_mistakes_are_told_in_urdu_where_the_page_is_urdu_and_the_page_stands_right_to_left(owner, sme, settings):
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = "ur"
    page = text_of(owner.post(step_url(sme, "place"), {"city": "سیالکوٹ", "stop": "1"}, follow=True))
    assert 'dir="rtl"' in page
    sme.refresh_from_db()
    assert sme.city == "Sialkot"


def owner_row(number, **change):
    row = {
        "name": f"Person {number}",
        "cnic": f"35202-000000{number}-1",
        "share_pct": "50",
        "gender": "female",
        "birth_year": "1990",
    }
    return {f"owner-{number}-{key}": value for key, value in {**row, **change}.items()}


def test_owners_are_written_in_rows(owner, sme):
    assert owner.post(step_url(sme, "owners"), {**owner_row(0), **owner_row(1)}).url == step_url(sme, "place")
    sme.refresh_from_db()
    assert [(o.name, o.share_pct) for o in sme.owners.all()] == [("Person 0", Decimal(50)), ("Person 1", Decimal(50))]
    assert sme.women_led
    page = text_of(owner.get(step_url(sme, "owners")))
    assert "*****-*******-1" in page
    assert "3520200000001" not in page
    owner.post(step_url(sme, "owners"), {**owner_row(0, cnic=""), **owner_row(1, cnic="")})
    assert [o.cnic for o in sme.owners.all()] == ["3520200000001", "3520200000011"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ({}, "Write at least one owner."),
        (
            {**owner_row(0), **owner_row(1, share_pct="60")},
            "The shares of the owners make 110 %; they must make 100 %.",
        ),
        ({**owner_row(0), **owner_row(1, cnic="35202-0000000-1")}, "Two owners have the same CNIC."),
        (owner_row(0, name=""), "Fill this in too, or empty the row."),
        (owner_row(0, share_pct="0"), "Write a share above 0."),
        (owner_row(0, share_pct="half"), "Write a number, like 40."),
        (owner_row(0, birth_year="2020"), "or less."),
        (owner_row(0, birth_year="۸۵²"), "Write a year, like 1985."),
    ],
)
def test_wrong_owners_are_kept_as_typed_and_the_right_ones_stay(owner, sme, rows, says):
    page = text_of(owner.post(step_url(sme, "owners"), rows))
    assert says in page
    assert sme.owners.count() == 0
    assert says in text_of(owner.get(step_url(sme, "owners")))


def test_a_year_has_no_thousands_mark(owner, sme, time_machine):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    assert "Write 2011 or less." in text_of(owner.post(step_url(sme, "owners"), owner_row(0, birth_year="2020")))


def test_a_number_typed_beside_a_mistake_is_shown_again_to_nobody_but_who_typed_it(owner, sme):
    owner.post(step_url(sme, "owners"), owner_row(0, cnic="35202-7654321-9", share_pct="half"))
    assert "35202-7654321-9" in text_of(owner.get(step_url(sme, "owners")))
    preparer = Client()
    preparer.force_login(MemberFactory(sme=sme).user)
    page = text_of(preparer.get(step_url(sme, "owners")))
    assert 'value="half"' in page, "the rest of the draft is for every member who fills in"
    assert "7654321" not in page


@pytest.mark.parametrize(
    ("step", "private"),
    [
        ("identity", {"ntn", "strn", "phone"}),
        ("owners", {"owner-0-cnic", "owner-1-cnic"}),
        ("payments", {"iban"}),
        ("place", set()),
    ],
)
def test_the_browser_keeps_no_copy_of_numbers_of_people_and_accounts(owner, sme, step, private):
    inputs = re.findall(r"<input[^>]*>", text_of(owner.get(step_url(sme, step) + "?rows=2")))
    marked = {re.search(r'name="([^"]+)"', tag)[1] for tag in inputs if "data-private" in tag}
    assert marked == private
    named = {name for tag in inputs for name in re.findall(r'name="([^"]+)"', tag) if keeping.PRIVATE.fullmatch(name)}
    assert named == private, "what a draft shows to nobody else is what the browser does not keep"


def version(client, sme, step):
    return re.search(r'data-version="(\w{16})"', text_of(client.get(step_url(sme, step))))[1]


def test_a_step_has_another_version_once_anything_else_is_saved_in_it_right_or_wrong(owner, sme, settings):
    versions = [version(owner, sme, "markets")]
    for target in ("France", "Franse"):
        owner.post(step_url(sme, "markets"), {"target_0": target, "stop": "1"})
        versions.append(version(owner, sme, "markets"))
    assert len(set(versions)) == 3
    owner.post(step_url(sme, "identity"), IDENTITY)
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = "ur"
    assert version(owner, sme, "markets") == versions[-1], "neither another step nor the language is a change"


def test_what_the_browser_sends_beside_the_answers_is_no_part_of_them(owner, sme):
    owner.post(step_url(sme, "identity"), {**IDENTITY, "ntn": "42198", "draft": "a-name", "q": "x"})
    draft = profile_selectors.step_of(sme, "identity").draft
    assert {name: texts for name, texts in draft.items() if name != "seen"} == {
        name: [text] for name, text in {**IDENTITY, "ntn": "42198"}.items()
    }


def test_one_more_row_is_given_without_javascript(owner, sme):
    response = owner.post(step_url(sme, "owners"), {**owner_row(0), "more": "1"})
    page = text_of(owner.get(response.url.partition("#")[0]))
    assert 'name="owner-1-name"' in page
    assert 'value="Person 0"' in page
    assert 'name="owner-6-name"' not in text_of(owner.get(step_url(sme, "owners") + "?rows=99"))
    assert owner.get(step_url(sme, "owners") + "?rows=x").status_code == 200


PLACE = {
    "province": "PK-PB",
    "city": "سیالکوٹ",
    "address": "14 Daska Road",
    "postcode": "51310",
    "activity": "manufacturing",
    "turnover_pkr": "4,20,00,000",
    "turnover_fiscal_year": "2026",
    "employees": "۴۰",
    "women_employees": "12",
}


def test_numbers_are_read_as_people_write_them_and_the_size_class_is_shown(owner, sme, time_machine):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    assert owner.post(step_url(sme, "place"), PLACE).url == step_url(sme, "sector")
    sme.refresh_from_db()
    assert (sme.turnover_pkr, sme.employees, sme.city) == (42_000_000, 40, "Sialkot")
    page = text_of(owner.get(step_url(sme, "place")))
    assert "Small firm" in page
    assert "SBP-IHSMEFD-5-2022" in page
    assert 'value="42,000,000"' in page


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"women_employees": "41"}, "There cannot be more women than people employed."),
        ({"turnover_pkr": "-5"}, "Write 0 or more."),
        ({"turnover_pkr": "1e400"}, "Write a number, like 12,500."),
        ({"turnover_pkr": "NaN"}, "Write a number, like 12,500."),
        ({"turnover_pkr": "45²"}, "Write a number, like 12,500."),
        ({"turnover_pkr": "9" * 13}, "Write 100,000,000,000 or less."),
        ({"employees": "4.5"}, "Write a whole number, without a decimal point."),
        ({"postcode": "123"}, "A post code has 5 digits"),
        ({"province": "PK-TA"}, "Select a valid choice."),
        ({"city": "کراچی"}, "Karachi lies in Sindh. Choose Sindh, or write another town."),
    ],
)
def test_wrong_sizes_are_told(owner, sme, time_machine, change, says):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    assert says in text_of(owner.post(step_url(sme, "place"), {**PLACE, **change}))
    sme.refresh_from_db()
    assert sme.address == "14 Daska Road"


def test_a_town_is_not_saved_without_its_province_and_an_unknown_one_may_lie_anywhere(owner):
    sme = SmeFactory(complete=True)
    owner.force_login(sme.created_by)
    send(owner, step_url(sme, "place"), {**PLACE, "city": "Karachi", "stop": "1"})
    sme.refresh_from_db()
    assert (sme.city, sme.province) == ("Sialkot", "PK-PB")
    send(owner, step_url(sme, "place"), {**PLACE, "city": "Chak 88", "province": "PK-SD", "stop": "1"})
    sme.refresh_from_db()
    assert (sme.city, sme.province) == ("Chak 88", "PK-SD")


def test_fewer_employees_than_the_women_told_before_break_nothing(owner):
    sme = SmeFactory(complete=True)
    owner.force_login(sme.created_by)
    owner.post(step_url(sme, "place"), {**PLACE, "employees": "3", "women_employees": "x"})
    sme.refresh_from_db()
    assert (sme.employees, sme.women_employees) == (40, 12)


def test_the_sector_is_chosen_and_sellers_of_services_name_them(owner, sme):
    assert owner.post(step_url(sme, "sector"), {"sector": "rice"}).url == step_url(sme, "products")
    assert "Tick what you sell." in text_of(send(owner, step_url(sme, "sector"), {"sector": "ict"}))
    assert send(owner, step_url(sme, "sector"), {"sector": "ict", "services": ["SI21"]}).status_code == 302
    sme.refresh_from_db()
    assert (sme.sector, sme.services) == ("ict", ["SI21"])


def product(code, **values):
    return {f"{code}-{key}": value for key, value in values.items()}


def test_products_are_found_ticked_and_saved_without_javascript(owner, sme):
    sme.sector = "sports_goods"
    sme.save()
    found = text_of(owner.post(step_url(sme, "products"), {"q": "football", "find": "1"}))
    assert "found for “football”" in found
    assert 'value="950662"' in found
    assert "Your sector: Sports goods" in found
    assert "HS 2022" in found
    ticked = text_of(owner.post(step_url(sme, "products"), {"hs": ["950662", "420321"], "find": "1"}))
    assert 'name="950662-share_pct"' in ticked
    assert "put right" not in ticked
    data = {
        "hs": ["950662", "420321"],
        "main": "950662",
        **product("950662", label="Balls", share_pct="80", price_pkr="1,450", price_unit="piece"),
        **product("420321", share_pct="20"),
    }
    assert owner.post(step_url(sme, "products"), data).url == step_url(sme, "capacity")
    rows = [(p.hs6, p.share_pct, p.is_main, p.price_pkr) for p in sme.products.all()]
    assert rows == [("950662", 80, True, Decimal(1450)), ("420321", 20, False, None)]


@pytest.mark.parametrize(("shares", "is_taken"), [((20, 80), False), ((50, 50), True), ((51, 49), True)])
def test_the_main_product_is_the_one_that_sells_most(owner, sme, shares, is_taken):
    data = {
        "hs": ["570110", "630260"],
        "main": "570110",
        **product("570110", share_pct=str(shares[0]), price_pkr="68500", price_unit="square metre"),
        **product("630260", share_pct=str(shares[1]), price_pkr="520", price_unit="piece"),
    }
    page = owner.post(step_url(sme, "products"), data)

    assert (page.status_code == 302) == is_taken
    if not is_taken:
        assert "6302.60 makes 80 % of your sales" in text_of(page)


def test_a_tick_taken_away_drops_the_product_while_the_search_shows_it_too(owner, sme):
    """Each product has one box, so that what is not ticked there is not sent by another one."""
    rest = {"main": "950662", **product("950662", share_pct="100", price_pkr="1450", price_unit="piece")}
    page = text_of(owner.post(step_url(sme, "products"), {"hs": ["950662"], "q": "football", "find": "1", **rest}))
    assert page.count('name="hs"') > 1
    assert page.count('value="950662" id="id_keep_950662" checked') == 1
    assert re.findall(r'name="hs"\s+value="950662"', page) == ['name="hs" value="950662"']
    assert "&amp;listed=950662" in page


def test_enter_on_a_word_searches_and_keeps_what_was_typed_on_the_next_press_it_saves(owner, sme):
    typed = {"hs": ["950662"], "main": "950662", "enter": "1", "q": "gloves", "searched": ""}
    rest = product("950662", share_pct="100", price_pkr="1450", price_unit="piece")
    found = text_of(owner.post(step_url(sme, "products"), {**typed, **rest}))
    assert "found for “gloves”" in found
    assert 'value="1450"' in found
    assert 'name="searched" value="gloves"' in found
    assert "put right" not in found
    response = owner.post(step_url(sme, "products"), {**typed, **rest, "searched": "gloves"})
    assert response.url == step_url(sme, "capacity")


def test_a_word_too_long_to_search_was_looked_for_all_the_same(owner, sme):
    typed = {"hs": ["950662"], "main": "950662", "enter": "1", "q": "gloves " * 40, "searched": ""}
    rest = product("950662", share_pct="100", price_pkr="1450", price_unit="piece")
    found = text_of(owner.post(step_url(sme, "products"), {**typed, **rest}))
    searched = re.search(r'name="searched" value="([^"]*)"', found)[1]
    response = owner.post(step_url(sme, "products"), {**typed, **rest, "searched": searched})
    assert response.url == step_url(sme, "capacity")


def test_what_is_found_and_what_was_chosen_is_where_one_lands(owner, sme):
    found = text_of(owner.post(step_url(sme, "products"), {"q": "football", "find": "1"}))
    landings = re.findall(r'name="find" value="1" formaction="#(\w+)"', found)
    assert landings == ["hs", "chosen"]
    chosen = text_of(owner.post(step_url(sme, "products"), {"hs": ["950662"], "find": "1"}))
    assert re.search(r'<fieldset [^>]*id="chosen"', chosen)


@pytest.mark.parametrize("press", [{"find": "1"}, {"stop": "1"}])
def test_what_is_needed_does_not_call_itself_optional_whichever_button_was_pressed(owner, sme, press):
    wrong = {"hs": ["950662"], **product("950662", share_pct="much")}
    page = text_of(owner.post(step_url(sme, "products"), {**wrong, **press}))
    optional = re.findall(r'for="id_950662-(\w+)">[^<]*<span class="quiet fw-normal">\(optional\)', page)
    assert optional == ["label", "price_unit"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "Search for your products and tick at least one."),
        ({"hs": ["950662"], **product("950662", share_pct="100", price_pkr="5")}, "Choose one. We compare your prices"),
        (
            {
                "hs": ["950662", "420321"],
                "main": "950662",
                **product("950662", share_pct="80"),
                **product("420321", share_pct="30"),
            },
            "80 and 30 make 110. Write shares that make 100.",
        ),
        (
            {"hs": ["950662"], "main": "950662", **product("950662", share_pct="100")},
            "Write the price of your main product.",
        ),
        (
            {"hs": ["950662"], "main": "950662", **product("950662", share_pct="100", price_pkr="0")},
            "Write a price above 0.",
        ),
        ({"hs": ["123456"]}, "There is no HS code 123456."),
    ],
)
def test_wrong_products_are_told(owner, sme, data, says):
    assert says in text_of(owner.post(step_url(sme, "products"), data))
    assert sme.products.count() == 0


def test_a_seller_of_services_needs_no_product(owner, sme):
    sme.sector = "ict"
    sme.save()
    assert owner.post(step_url(sme, "products"), {}).status_code == 302


def test_capacity_with_its_certificates(owner, sme):
    data = {
        "capacity_per_month": "12,000",
        "capacity_unit": "balls",
        "capacity_used_pct": "70%",
        "lead_time_days": "30",
        "quality_control": "own",
        "certificate-0-kind": "iso_9001",
        "certificate-0-expires_on": "2030-01-01",
    }
    assert owner.post(step_url(sme, "capacity"), data).url == step_url(sme, "exports")
    sme.refresh_from_db()
    assert (sme.capacity_per_month, sme.capacity_used_pct) == (12_000, 70)
    assert [row.kind for row in sme.certifications.all()] == ["iso_9001"]
    twice = {**data, "certificate-1-kind": "iso_9001", "certificate-1-expires_on": "2031-01-01"}
    assert "A certificate stands here twice." in text_of(owner.post(step_url(sme, "capacity"), twice))
    assert 'value="tdap_training"' not in text_of(owner.get(step_url(sme, "capacity")))


def year_row(number, **change):
    row = {"fiscal_year": "2026", "value_usd": "61,000", "route": "direct"}
    return {f"year-{number}-{key}": value for key, value in {**row, **change}.items()}


def test_exports_by_year_and_country(owner, sme, time_machine):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    data = {
        "export_route": "direct",
        **year_row(0),
        **year_row(1, fiscal_year="2025"),
        "market_0": "germany",
        "market_1": "جاپان",
    }
    assert owner.post(step_url(sme, "exports"), data).url == step_url(sme, "markets")
    sme.refresh_from_db()
    assert (sme.export_route, sme.export_markets) == ("direct", ["DEU", "JPN"])
    assert [(row.fiscal_year, row.value_usd) for row in sme.export_years.all()] == [
        (2026, Decimal(61000)),
        (2025, Decimal(61000)),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"export_route": "direct", "market_0": "Germany"}, "Write what you exported in at least one year."),
        ({"export_route": "direct", **year_row(0)}, "Write at least one country you export to."),
        (
            {"export_route": "direct", "market_0": "Germany", **year_row(0, value_usd="0")},
            "Write what you exported in at least one year.",
        ),
        ({"export_route": "none", **year_row(0)}, "You wrote exports below."),
        ({"export_route": "export_house", **year_row(0), **year_row(1)}, "A year stands here twice."),
        ({"export_route": "export_house", **year_row(0), "market_0": "Germanny"}, "Did you mean Germany?"),
        ({"export_route": "export_house", **year_row(0), "market_0": "zz"}, "We do not know this country."),
    ],
)
def test_wrong_exports_are_told(owner, sme, time_machine, data, says):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    assert says in text_of(owner.post(step_url(sme, "exports"), data))


MARKETS = {
    "target_0": "France",
    "channels": ["alibaba_com", "daraz"],
    "website": "no",
    "catalogue_products": "14",
    "product_photos": "yes",
    "english_staff": "yes",
    "internet": "mobile",
}


def test_markets_and_channels(owner, sme):
    assert owner.post(step_url(sme, "markets"), MARKETS).url == step_url(sme, "payments")
    sme.refresh_from_db()
    assert (sme.target_markets, sme.channels, sme.website, sme.product_photos) == (
        ["FRA"],
        ["alibaba_com", "daraz"],
        False,
        True,
    )
    page = text_of(owner.get(step_url(sme, "markets")))
    assert 'value="France"' in page
    missing = {**MARKETS, "target_0": "", "website": ""}
    wrong = text_of(owner.post(step_url(sme, "markets"), missing))
    assert "Write at least one country you want to sell to." in wrong
    assert "Choose yes or no." in wrong


PAYMENTS = {
    "bank_account_named": "yes",
    "iban": "PK36 SCBL 0000 0011 2345 6702",
    "wallet": "yes",
    "card_payments": "no",
    "foreign_currency_account": "no",
    "paypal_like_service": "no",
}


def test_payments_end_the_profile_and_the_iban_is_masked(owner, sme):
    assert owner.post(step_url(sme, "payments"), PAYMENTS).url == f"/firm/{sme.public_id}/"
    sme.refresh_from_db()
    assert sme.iban == "PK36SCBL0000001123456702"
    for url in (step_url(sme, "payments"), reverse("smes:profile", args=[sme.public_id])):
        page = text_of(owner.get(url))
        assert "PK** SCBL **** **** **** 6702" in page
        assert "PK36" not in page
    assert "Write the IBAN of the account." not in text_of(owner.get(step_url(sme, "payments")))
    other = SmeFactory()
    owner.force_login(other.created_by)
    assert "Write the IBAN of the account." in text_of(
        owner.post(step_url(other, "payments"), {**PAYMENTS, "iban": ""})
    )


def test_every_step_shows_what_is_stored(owner):
    sme = SmeFactory(complete=True)
    owner.force_login(sme.created_by)
    for step in STEPS:
        page = text_of(owner.get(step_url(sme, step.code)))
        assert step.question.replace("'", "&#x27;") in page
        assert "put right" not in page
    assert "Your profile is complete" in text_of(owner.get(reverse("smes:profile", args=[sme.public_id])))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_profile_reads_each_table_once(owner, sme, rows):
    for _number in range(rows):
        DocumentFactory(sme=sme)
    # The person with their roles, the firm with theirs in it, its seven tables, the masthead's firms and new messages.
    pages = {reverse("smes:profile", args=[sme.public_id]): 12, reverse("smes:papers", args=[sme.public_id]): 8}
    pages |= {step_url(sme, step.code): 12 for step in STEPS}
    for url, number in pages.items():
        queries = queries_of(owner, url)
        assert (url, len(queries), repeated(queries)) == (url, number, [])


def test_an_official_reads_a_profile_with_as_few_queries(client, sme):
    client.force_login(officer())
    queries = queries_of(client, reverse("smes:profile", args=[sme.public_id]))
    assert (len(queries), repeated(queries)) == (11, [])


def test_every_year_that_counts_can_be_written_and_the_running_one_is_called_so(owner, sme, time_machine):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    page = text_of(owner.get(step_url(sme, "exports")))
    assert "July 2026 until today" in page
    offered = {int(year) for year in re.findall(r'<option value="(20\d\d)"', page)}
    rows = [{"fiscal_year": year, "value_usd": 1, "route": "direct"} for year in range(2010, 2030)]
    counting = set(export_years(facts(export_history=rows), today()))
    assert offered > counting == {2024, 2025, 2026, 2027}
    assert "The last three closed years and the running one count" in page
    data = {"export_route": "direct", "market_0": "Germany", **year_row(0, fiscal_year="2027")}
    assert send(owner, step_url(sme, "exports"), data).status_code == 302
    assert [row.fiscal_year for row in sme.export_years.all()] == [2027]


@pytest.mark.parametrize("turnover", [0, 25_000_000, 135_000_000])
def test_exports_above_the_turnover_are_named_wherever_one_of_the_two_is_saved(owner, time_machine, turnover):
    time_machine.move_to("2026-11-23 12:00+05:00")
    sme = SmeFactory(complete=True, turnover_pkr=turnover)
    owner.force_login(sme.created_by)
    exports = {"export_route": "direct", "market_0": "Germany", **year_row(0, value_usd="500,000")}
    page = text_of(send(owner, step_url(sme, "exports"), exports, follow=True))
    says = f"exports of USD 500,000 are told, but all sales of that year were PKR {turnover:,}."
    is_above = turnover < 135_000_000  # at 270 rupees to the dollar
    assert (says in page) == is_above
    place = PLACE | {"turnover_pkr": str(turnover), "address": "15 Daska Road"}
    assert (says in text_of(send(owner, step_url(sme, "place"), place, follow=True))) == is_above
    assert (says in text_of(owner.get(reverse("smes:profile", args=[sme.public_id])))) == is_above


def test_what_the_page_of_owners_says_of_the_score_is_so(owner, sme):
    page = text_of(owner.get(step_url(sme, "owners")))
    assert "Whether women lead the firm counts in the score" in page
    assert "The years of birth do not count." in page
    measures = {item.measure for path in FOLDER.glob("*.toml") for item in Policy.load(path).items}
    assert ("women_led" in measures, "youth_led" in measures) == (True, False)


def test_a_partnership_of_limited_liability_is_registered_with_the_secp(owner, sme):
    page = text_of(owner.post(step_url(sme, "identity"), IDENTITY | {"legal_form": "llp", "secp_number": ""}))
    assert "Write the SECP number" in page
    assert send(owner, step_url(sme, "identity"), IDENTITY | {"legal_form": "llp"}).status_code == 302
    assert "secp_certificate" in kinds_needed(Claims("llp"), today())


def optional_on(page: str) -> set[str]:
    """Names of the fields whose label says "(optional)"."""
    found = re.findall(r'for="id_([\w-]+)">\s*[^<]*<span class="quiet fw-normal">\(optional\)', page)
    return {name.rpartition("-")[2] for name in found}


@pytest.mark.parametrize(
    ("step", "optional"),
    [
        ("identity", {"strn", "email"}),
        ("owners", {"gender", "birth_year"}),
        ("place", {"postcode"}),
        ("capacity", set()),
        ("exports", set()),
        ("payments", set()),
    ],
)
def test_only_what_nobody_needs_calls_itself_optional(owner, sme, step, optional):
    page = text_of(owner.get(step_url(sme, step)))
    assert {name for name in optional_on(page) if not re.match("(market|target)_", name)} == optional


@pytest.mark.parametrize("name", ["account_signup", "account_request_login_code"])
def test_of_a_number_and_an_address_neither_is_optional_where_one_is_needed(client, name):
    assert optional_on(text_of(client.get(reverse(name)))) == set()


@pytest.mark.parametrize(
    "typed", ["04/03/2012", "4-3-2012", "4 3 2012", "۴/۳/۲۰۱۲", "04032012", "2012-03-04", " 4. 3. 2012 "]
)
def test_the_day_of_founding_is_typed_as_people_write_it_and_shown_so(owner, sme, typed):
    assert send(owner, step_url(sme, "identity"), IDENTITY | {"founded_on": typed}).status_code == 302
    sme.refresh_from_db()
    assert f"{sme.founded_on}" == "2012-03-04"
    shown = re.search(
        r'<input type="(\w+)" name="founded_on" value="([^"]*)"', text_of(owner.get(step_url(sme, "identity")))
    )
    assert shown.groups() == ("text", "04/03/2012")
