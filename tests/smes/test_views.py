"""Pages of the firm: for visitors, for each role in the firm, for another firm's people, for officials."""

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from smes import selectors
from smes.models import Document, Invitation, Member, Sme
from smes.steps import STEPS
from tests.factories.accounts import UserFactory, director, officer, partner_person
from tests.factories.smes import DocumentFactory, MemberFactory, SmeFactory, flag_of
from tests.smes.test_papers import pdf

pytestmark = pytest.mark.django_db

IDENTITY = {
    "name": "Noor Sports Works",
    "legal_form": "private_limited",
    "founded_on": "2015-04-01",
    "ntn": "4174941-3",
    "secp_number": "0012345",
    "phone": "0300 1234567",
}


@pytest.fixture
def sme():
    return SmeFactory(name="Noor Sports Works", legal_form="private_limited", city="Sialkot")


@pytest.fixture
def owner(client, sme):
    client.force_login(sme.created_by)
    return client


def step_url(sme, code):
    return reverse("smes:step", args=[sme.public_id, code])


def done(response):
    """Read a file to its end, which closes it. (response.close() would end the test's own connection.)"""
    if response.streaming:
        list(response.streaming_content)


def text_of(response):
    return response.content.decode()


# Who gets in -----------------------------------------------------------------------------------------------------


def private_addresses(sme, paper):
    named = [
        ("profile", []),
        ("papers", []),
        ("people", []),
        ("paper", [paper.public_id]),
        ("replace_paper", [paper.public_id]),
    ]
    return [reverse(f"smes:{name}", args=[sme.public_id, *more]) for name, more in named] + [
        step_url(sme, step.code) for step in STEPS
    ]


def test_a_visitor_is_asked_to_sign_in_and_comes_back_to_the_page(client, sme):
    paper = DocumentFactory(sme=sme)
    urls = [*private_addresses(sme, paper), reverse("smes:firms"), reverse("smes:register"), reverse("smes:duplicates")]
    for url in urls:
        response = client.get(url)
        assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={url}")


def test_another_firm_s_people_partners_and_strangers_find_nothing(client, sme):
    paper = DocumentFactory(sme=sme)
    for user in (SmeFactory().created_by, UserFactory(), partner_person()):
        client.force_login(user)
        for url in private_addresses(sme, paper):
            assert client.get(url).status_code == 404
            assert client.post(url, {"name": "x"}).status_code in {404, 405}
    assert Sme.objects.get(pk=sme.pk).name == "Noor Sports Works"


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("owner", set()),
        ("preparer", {"step:payments"}),
        ("finance", {f"step:{step.code}" for step in STEPS if step.code != "payments"}),
        ("trainee", {f"step:{step.code}" for step in STEPS} | {"papers", "paper", "replace_paper"}),
    ],
)
def test_each_role_of_the_firm_opens_what_it_may(client, sme, role, refused):
    paper = DocumentFactory(sme=sme)
    user = sme.created_by if role == "owner" else MemberFactory(sme=sme, role=role).user
    client.force_login(user)
    pages = {f"step:{step.code}": step_url(sme, step.code) for step in STEPS}
    pages |= {name: reverse(f"smes:{name}", args=[sme.public_id]) for name in ("profile", "papers", "people")}
    pages |= {
        name: reverse(f"smes:{name}", args=[sme.public_id, paper.public_id]) for name in ("paper", "replace_paper")
    }
    answers = {}
    for name, url in pages.items():
        response = client.get(url)
        answers[name] = response.status_code
        done(response)
    assert {name for name, status in answers.items() if status == 403} == refused
    assert {status for name, status in answers.items() if name not in refused} == {200}


def test_officials_look_and_do_not_touch(client, sme):
    paper = DocumentFactory(sme=sme)
    for user in (officer(), director()):
        client.force_login(user)
        for name in ("profile", "papers", "people"):
            response = client.get(reverse(f"smes:{name}", args=[sme.public_id]))
            assert response.status_code == 200
            assert 'method="post" action="/firm/' not in text_of(response)
        download = client.get(reverse("smes:paper", args=[sme.public_id, paper.public_id]))
        assert download.status_code == 200
        done(download)
        assert client.get(step_url(sme, "identity")).status_code == 403
        assert client.post(step_url(sme, "identity"), IDENTITY).status_code == 403
        assert (
            client.post(reverse("smes:people", args=[sme.public_id]), {"email": "a@b.pk", "role": "owner"}).status_code
            == 403
        )
        upload = {"kind": "other", "file": SimpleUploadedFile("a.pdf", pdf())}
        assert client.post(reverse("smes:papers", args=[sme.public_id]), upload).status_code == 403
    assert Document.objects.count() == 1


def test_a_step_that_does_not_exist_is_not_found(owner, sme):
    assert owner.get(step_url(sme, "wishes")).status_code == 404


# Registration ----------------------------------------------------------------------------------------------------


def test_registering_leads_to_the_first_step_and_a_double_click_gives_one_firm(client):
    person = UserFactory()
    client.force_login(person)
    token = client.get(reverse("smes:register")).context["form"].initial["token"]
    data = {"name": "Noor Sports", "legal_form": "partnership", "token": token}
    first, second = (client.post(reverse("smes:register"), data) for _twice in range(2))
    sme = Sme.objects.get()
    assert first.url == second.url == step_url(sme, "identity")
    assert Member.objects.get().user == person


def test_a_firm_without_a_name_is_not_registered_and_what_was_written_stays(client):
    client.force_login(UserFactory())
    page = text_of(client.post(reverse("smes:register"), {"name": "", "legal_form": "partnership"}))
    assert "One thing to put right" in page
    assert 'value="partnership" id="id_legal_form_1" checked' in page
    assert Sme.objects.count() == 0


def test_answers_of_the_check_are_carried_into_registration(client):
    answers = {"sector": "carpets", "exports": "house", "evil": "1"}
    kept = client.post(reverse("smes:keep_check"), answers)
    assert kept.url == f"{reverse('account_signup')}?next=%2Ffirm%2Fnew%2F"
    client.force_login(UserFactory())
    assert client.post(reverse("smes:keep_check"), answers).url == reverse("smes:register")
    assert "Your answers from the check are kept" in text_of(client.get(reverse("smes:register")))
    client.post(reverse("smes:register"), {"name": "Chenab Carpets", "legal_form": "partnership"})
    sme = Sme.objects.get()
    assert (sme.sector, sme.export_route) == ("carpets", "export_house")
    assert "Your answers from the check" not in text_of(client.get(reverse("smes:register")))


@pytest.mark.parametrize("firms", [0, 1, 2])
def test_the_list_of_firms_goes_straight_to_the_only_one(client, firms):
    person = UserFactory()
    made = [SmeFactory(created_by=person) for _number in range(firms)]
    client.force_login(person)
    response = client.get(reverse("smes:firms"))
    if firms == 1:
        assert response.url == made[0].home_url
    else:
        assert response.status_code == 200
        assert ("No firm yet" in text_of(response)) == (firms == 0)


# Steps -----------------------------------------------------------------------------------------------------------


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
    page = text_of(owner.post(step_url(sme, "identity"), {**IDENTITY, "ntn": "42198", "name": "Noor  Works"}))
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


def test_save_and_stop_asks_for_nothing_that_is_missing(owner, sme):
    response = owner.post(
        step_url(sme, "identity"), {"name": "Noor Sports Works", "phone": "0300 1234567", "stop": "1"}
    )
    assert response.url == reverse("smes:profile", args=[sme.public_id])
    assert selectors.step_of(sme, "identity").wrongs == 0


def test_a_company_needs_its_secp_number_and_a_sole_proprietor_no_ntn(owner, sme):
    page = text_of(owner.post(step_url(sme, "identity"), {**IDENTITY, "secp_number": ""}))
    assert "every company has one" in page
    alone = {**IDENTITY, "legal_form": "sole_proprietor", "ntn": "", "secp_number": ""}
    sme.ntn = ""
    sme.save()
    assert owner.post(step_url(sme, "identity"), alone).status_code == 302


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("founded_on", "2999-01-01", "This day is in the future."),
        ("founded_on", "31.31.2020", "Write a day, like 31/12/2020."),
        ("founded_on", "1492-01-01", "Write the year in four digits."),
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
        (owner_row(0, share_pct="half"), "Write a number, like 12,500."),
        (owner_row(0, birth_year="2020"), "or less."),
    ],
)
def test_wrong_owners_are_kept_as_typed_and_the_right_ones_stay(owner, sme, rows, says):
    page = text_of(owner.post(step_url(sme, "owners"), rows))
    assert says in page
    assert sme.owners.count() == 0
    assert says in text_of(owner.get(step_url(sme, "owners")))


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
        ({"turnover_pkr": "9" * 13}, "Write 100,000,000,000 or less."),
        ({"employees": "4.5"}, "Write a whole number, without a decimal point."),
        ({"postcode": "123"}, "A post code has 5 digits"),
        ({"province": "PK-TA"}, "Select a valid choice."),
    ],
)
def test_wrong_sizes_are_told(owner, sme, time_machine, change, says):
    time_machine.move_to("2026-11-23 12:00+05:00")
    owner.force_login(sme.created_by)
    assert says in text_of(owner.post(step_url(sme, "place"), {**PLACE, **change}))
    sme.refresh_from_db()
    assert sme.address == "14 Daska Road"


def test_fewer_employees_than_the_women_told_before_break_nothing(owner):
    sme = SmeFactory(complete=True)
    owner.force_login(sme.created_by)
    owner.post(step_url(sme, "place"), {**PLACE, "employees": "3", "women_employees": "x"})
    sme.refresh_from_db()
    assert (sme.employees, sme.women_employees) == (40, 12)


def test_the_sector_is_chosen_and_sellers_of_services_name_them(owner, sme):
    assert owner.post(step_url(sme, "sector"), {"sector": "rice"}).url == step_url(sme, "products")
    assert "Tick what you sell." in text_of(owner.post(step_url(sme, "sector"), {"sector": "ict"}))
    assert owner.post(step_url(sme, "sector"), {"sector": "ict", "services": ["SI21"]}).status_code == 302
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
    assert owner.post(step_url(sme, "payments"), PAYMENTS).url == reverse("smes:profile", args=[sme.public_id])
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
def test_a_profile_costs_a_fixed_number_of_queries(owner, sme, rows, django_assert_max_num_queries):
    for _number in range(rows):
        DocumentFactory(sme=sme)
    owner.get(reverse("smes:profile", args=[sme.public_id]))
    for url in (
        reverse("smes:profile", args=[sme.public_id]),
        step_url(sme, "products"),
        reverse("smes:papers", args=[sme.public_id]),
    ):
        with django_assert_max_num_queries(32):
            owner.get(url)


# Papers ----------------------------------------------------------------------------------------------------------


def send(client, sme, content=None, name="My NTN.pdf", **data):
    data = {"kind": "ntn_certificate", **data}
    upload = SimpleUploadedFile(name, pdf() if content is None else content, content_type="image/png")
    return client.post(reverse("smes:papers", args=[sme.public_id]), {**data, "file": upload})


def test_a_paper_is_sent_listed_and_given_back_as_a_file(owner, sme):
    assert send(owner, sme).status_code == 302
    document = Document.objects.get()
    assert "Tax registration (NTN) certificate" in text_of(owner.get(reverse("smes:papers", args=[sme.public_id])))
    response = owner.get(reverse("smes:paper", args=[sme.public_id, document.public_id]))
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Disposition"] == 'attachment; filename="My NTN.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"content": b"MZ program"}, "This is not a PDF, JPEG or PNG"),
        ({"content": b""}, "The file is empty."),
        ({"kind": ""}, "This field is required."),
        ({"kind": "tax_return"}, "Write until when this paper is valid."),
        ({"kind": "tax_return", "expires_on": "2020-01-01"}, "This paper has run out already."),
        ({"kind": "quality_certificate", "expires_on": "2999-01-01"}, "Choose which certificate it is."),
    ],
)
def test_a_wrong_paper_is_refused_beside_its_field(owner, sme, data, says):
    assert says in text_of(send(owner, sme, **data))
    assert Document.objects.count() == 0


def test_a_file_a_byte_over_the_limit_is_refused(owner, sme, settings):
    settings.PAPER_MAX_BYTES = len(pdf()) - 1
    assert "The file is larger than" in text_of(send(owner, sme))


def test_a_page_without_a_file_says_so(owner, sme):
    page = text_of(owner.post(reverse("smes:papers", args=[sme.public_id]), {"kind": "other"}))
    assert "This field is required." in page


def test_a_paper_is_replaced_and_the_old_one_leaves_the_list(owner, sme):
    old = DocumentFactory(sme=sme, state="refused", reason="The back is missing.")
    url = reverse("smes:replace_paper", args=[sme.public_id, old.public_id])
    assert "The back is missing." in text_of(owner.get(url))
    assert owner.post(url, {"kind": "ntn_certificate", "file": SimpleUploadedFile("a.pdf", pdf())}).status_code == 302
    old.refresh_from_db()
    assert (old.state, Document.objects.exclude(pk=old.pk).get().replaces) == ("replaced", old)
    assert "moved on" in text_of(
        owner.post(url, {"kind": "ntn_certificate", "file": SimpleUploadedFile("b.pdf", pdf(pages=2))})
    )


def test_a_paper_under_another_firm_s_address_is_not_found(owner, sme):
    mine, other = DocumentFactory(sme=sme), SmeFactory(created_by=sme.created_by)
    assert owner.get(reverse("smes:paper", args=[other.public_id, mine.public_id])).status_code == 404


def test_a_paper_whose_file_is_gone_reads_as_not_found(owner, sme):
    document = DocumentFactory(sme=sme)
    document.stored_as = "aa/gone.pdf"
    document.save()
    assert owner.get(reverse("smes:paper", args=[sme.public_id, document.public_id])).status_code == 404


def test_no_paper_lies_under_a_public_address(client, owner, sme):
    document = DocumentFactory(sme=sme)
    for prefix in ("/media/", "/static/", "/vault/", "/"):
        assert client.get(f"{prefix}{document.stored_as}").status_code == 404


# People ----------------------------------------------------------------------------------------------------------


def people_url(sme):
    return reverse("smes:people", args=[sme.public_id])


def test_a_person_is_invited_signs_in_and_accepts(owner, sme):
    assert owner.post(people_url(sme), {"email": "hina@example.pk", "role": "preparer"}).status_code == 302
    invitation = Invitation.objects.get()
    assert "hina@example.pk" in text_of(owner.get(people_url(sme)))
    url = reverse("smes:invitation", args=[invitation.token])
    owner.logout()
    visitor = text_of(owner.get(url))
    assert "invites you to Noor Sports Works" in visitor
    assert f"next=%2Finvitation%2F{invitation.token}" in visitor
    assert owner.post(url).status_code == 200
    hina = UserFactory(email="hina@example.pk")
    owner.force_login(hina)
    assert owner.post(url).url == reverse("smes:profile", args=[sme.public_id])
    assert selectors.role_of(hina, sme) == "preparer"
    assert owner.get(url).status_code == 404


def test_a_forwarded_invitation_is_explained_and_refused(owner, sme):
    owner.post(people_url(sme), {"mobile": "0300 1234567", "role": "owner"})
    url = reverse("smes:invitation", args=[Invitation.objects.get().token])
    owner.force_login(UserFactory())
    assert "sent to another address" in text_of(owner.get(url))
    assert owner.post(url).status_code == 403


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"role": "preparer"}, "Give an e-mail address or a mobile number."),
        ({"email": "x", "role": "preparer"}, "Enter a valid email address."),
        ({"email": "a@example.pk"}, "This field is required."),
        ({"email": "OWNER@example.pk", "role": "preparer"}, "This person is in the firm already."),
    ],
)
def test_a_wrong_invitation_is_told(owner, sme, data, says):
    sme.created_by.email = "owner@example.pk"
    sme.created_by.save()
    assert says in text_of(owner.post(people_url(sme), data))


def test_roles_are_changed_people_let_go_and_invitations_withdrawn(owner, sme):
    member = MemberFactory(sme=sme)
    args = [sme.public_id, member.user.public_id]
    owner.post(reverse("smes:role", args=args), {"role": "finance"})
    member.refresh_from_db()
    assert member.role == "finance"
    owner.post(reverse("smes:role", args=args), {"role": "king"})
    remove = reverse("smes:remove_member", args=args)
    assert member.user.name in text_of(owner.get(remove))
    assert Member.objects.filter(pk=member.pk).exists(), "asking changes nothing"
    owner.post(remove)
    assert not Member.objects.filter(pk=member.pk).exists()
    assert owner.get(remove).status_code == 404
    owner.post(people_url(sme), {"email": "hina@example.pk", "role": "preparer"})
    invitation = Invitation.objects.get()
    owner.post(reverse("smes:withdraw", args=[sme.public_id, invitation.public_id]))
    assert owner.post(reverse("smes:withdraw", args=[sme.public_id, invitation.public_id])).status_code == 404


def test_the_last_owner_stays(owner, sme):
    args = [sme.public_id, sme.created_by.public_id]
    for url, data in (
        (reverse("smes:role", args=args), {"role": "trainee"}),
        (reverse("smes:remove_member", args=args), {}),
    ):
        assert "A firm needs an owner." in text_of(owner.post(url, data, follow=True))
    assert selectors.role_of(sme.created_by, sme) == "owner"


def test_only_an_owner_manages_people(client, sme):
    preparer, other = MemberFactory(sme=sme), MemberFactory(sme=sme)
    client.force_login(preparer.user)
    args = [sme.public_id, other.user.public_id]
    assert client.get(people_url(sme)).status_code == 200
    assert client.post(people_url(sme), {"email": "a@example.pk", "role": "owner"}).status_code == 403
    assert client.get(reverse("smes:remove_member", args=args)).status_code == 403
    client.post(reverse("smes:role", args=args), {"role": "owner"})
    other.refresh_from_db()
    assert other.role == "preparer"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_people_page_costs_a_fixed_number_of_queries(owner, sme, rows, django_assert_num_queries):
    for _number in range(rows):
        MemberFactory(sme=sme)
    owner.get(people_url(sme))
    with django_assert_num_queries(8):
        owner.get(people_url(sme))


# Duplicates ------------------------------------------------------------------------------------------------------


def test_pairs_are_listed_compared_and_judged_by_officers(client):
    flag = flag_of(SmeFactory(complete=True, name="Noor Sports"), SmeFactory(complete=True, name="Noor Sport"))
    client.force_login(officer())
    listed = text_of(client.get(reverse("smes:duplicates")))
    assert "Noor Sports – Noor Sport" in listed
    assert "The same telephone number, Names that are alike: 95 %" in listed
    url = reverse("smes:duplicate", args=[flag.public_id])
    page = text_of(client.get(url))
    assert "PK** SCBL **** **** **** 6702" in page
    assert "PK36" not in page
    assert "This field is required." in text_of(client.post(url, {}))
    assert client.post(url, {"verdict": "different", "note": "cousins"}).url == reverse("smes:duplicates")
    assert "Nothing here" in text_of(client.get(reverse("smes:duplicates")))
    assert "Noor Sports" in text_of(client.get(reverse("smes:duplicates") + "?state=different"))
    assert "cousins" in text_of(client.get(url))
    assert "moved on" in text_of(client.post(url, {"verdict": "different"}))


def test_a_pair_with_ones_own_firm_is_seen_without_the_form_and_not_judged(client):
    flag, person = flag_of(SmeFactory(), SmeFactory()), officer()
    MemberFactory(sme=flag.other, user=person)
    client.force_login(person)
    url = reverse("smes:duplicate", args=[flag.public_id])
    for page in (text_of(client.get(url)), text_of(client.post(url, {"verdict": "different"}))):
        assert "You are tied to one of these firms: another official judges them." in page
        assert "Keep this" not in page
    flag.refresh_from_db()
    assert flag.state == "open"


def test_pairs_are_not_found_by_anybody_else(client):
    flag = flag_of(SmeFactory(), SmeFactory())
    for user in (flag.one.created_by, partner_person(), UserFactory()):
        client.force_login(user)
        for url in (reverse("smes:duplicates"), reverse("smes:duplicate", args=[flag.public_id])):
            assert client.get(url).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_pairs_costs_a_fixed_number_of_queries(client, rows, django_assert_num_queries):
    for _number in range(rows):
        flag_of(SmeFactory(), SmeFactory())
    client.force_login(officer())
    client.get(reverse("smes:duplicates"))
    with django_assert_num_queries(4):
        client.get(reverse("smes:duplicates"))
