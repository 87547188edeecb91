"""How often something of the account is done: the page that says to wait, new codes, and how often one is tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tdap_portal.accounts import registration
from tdap_portal.accounts.models import User
from tdap_portal.notifications.models import Dispatch
from tests.accounts.codes import code_sent_to
from tests.factories.accounts import PASSWORD, UserFactory
from tests.selection.test_at_once import at_once

NUMBER, EMAIL = "+923001234567", "saima@example.pk"


def sign_up(client: Client, **fields):
    return client.post(reverse("account_signup"), {"name": "Saima", "password1": PASSWORD, **fields})


def sent() -> list[tuple[str, str]]:
    """Every message on its way: template and address."""
    return list(Dispatch.objects.order_by("pk").values_list("template", "address"))


# ------------------------------------------------------------------------------------------------------ wait a minute


@pytest.mark.django_db
def test_who_registers_and_signs_in_elsewhere_at_once_is_asked_to_wait():
    sign_up(Client(), phone=NUMBER)
    answer = Client().post(reverse("account_login"), {"login": NUMBER, "password": PASSWORD})
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert "Wait a minute" in page
    assert reverse("account_verify_phone") not in page  # another browser: no code can be typed there


@pytest.mark.django_db
@pytest.mark.parametrize("address", [{"phone": NUMBER}, {"email": EMAIL}])
def test_who_starts_again_at_once_is_asked_to_wait(address):
    client = Client()
    sign_up(client, **address)
    client.post(reverse("account_logout"))
    assert sign_up(client, **address).status_code == 429
    assert len(sent()) == 1


@pytest.mark.django_db
def test_who_waits_for_a_code_finds_the_way_to_type_it(settings):
    client = Client()
    sign_up(client, phone=NUMBER)
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"signup": "1/m/ip"}
    sign_up(Client(), phone="+923017654321")
    page = sign_up(client, phone=NUMBER)
    assert page.status_code == 429
    assert f'href="{reverse("account_verify_phone")}"' in page.content.decode()


@pytest.mark.django_db
def test_the_page_that_says_to_wait_is_in_urdu_too():
    sign_up(Client(), phone=NUMBER)
    client = Client()
    client.cookies["django_language"] = "ur"
    page = client.post(reverse("account_login"), {"login": NUMBER, "password": PASSWORD}).content.decode()
    assert "ایک منٹ انتظار کریں" in page


# -------------------------------------------------------------------------------------------------------- a new code

WAITS = [
    (lambda client: sign_up(client, phone=NUMBER), NUMBER),
    (lambda client: sign_up(client, email=EMAIL), EMAIL),
    (lambda client: client.post(reverse("account_request_login_code"), {"phone": NUMBER}), NUMBER),
    (lambda client: client.post(reverse("account_request_login_code"), {"email": EMAIL}), EMAIL),
    (lambda client: client.post(reverse("account_reset_password"), {"email": EMAIL}), EMAIL),
]


def press_send_a_new_code(client: Client, page_url: str):
    """As a browser does it without JavaScript: the form that the button belongs to."""
    page = client.get(page_url).content.decode()
    form = page[page.index('<form id="resend"') :].partition("</form>")[0]
    assert 'form="resend"' in page
    fields = {"email": EMAIL} if f'name="email" value="{EMAIL}"' in form else {}
    return client.post(form.partition('action="')[2].partition('"')[0], fields, follow=True)


@pytest.mark.django_db
@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize(("ask", "address"), WAITS)
def test_a_new_code_is_sent_again_alike_whether_there_is_an_account_or_not(ask, address, is_known, time_machine):
    if is_known:
        UserFactory(email=EMAIL, mobile=NUMBER, mobile_verified=True)
    client = Client()
    page_url = ask(client).url
    time_machine.move_to(timezone.now() + timedelta(seconds=61))

    again = press_send_a_new_code(client, page_url)

    assert (again.status_code, again.redirect_chain[-1][0]) == (200, page_url)
    assert sent() == [sent()[0]] * 2
    assert sent()[0][1] == address


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "sent_there", "address"),
    [
        ("account_change_phone", {"action_add": "", "phone": "0301-7654321"}, "+923017654321"),
        ("account_email", {"action_add": "", "email": "another@example.pk"}, "another@example.pk"),
    ],
)
def test_somebody_signed_in_who_adds_an_address_has_a_new_code_sent_too(page, sent_there, address, time_machine):
    UserFactory(email=EMAIL)
    client = Client()
    client.post(reverse("account_login"), {"login": EMAIL, "password": PASSWORD})
    asked = client.post(reverse(page), sent_there)
    page_url = client.post(asked.url, {"password": PASSWORD, "next": reverse(page)}).url
    time_machine.move_to(timezone.now() + timedelta(seconds=61))

    press_send_a_new_code(client, page_url)

    assert sent() == [("account.code", address)] * 2


@pytest.mark.django_db
def test_the_new_code_is_the_one_that_counts(time_machine):
    client = Client()
    page_url = sign_up(client, phone=NUMBER).url
    old = code_sent_to(NUMBER)
    time_machine.move_to(timezone.now() + timedelta(seconds=31))
    press_send_a_new_code(client, page_url)
    assert client.post(page_url, {"code": old}).status_code == (302 if old == code_sent_to(NUMBER) else 200)
    assert client.post(page_url, {"code": code_sent_to(NUMBER)}).url == reverse("account_start")


@pytest.mark.django_db
def test_who_asks_too_soon_stays_on_the_page_and_reads_how_long_to_wait():
    client = Client()
    page_url = sign_up(client, phone=NUMBER).url
    page = press_send_a_new_code(client, page_url).content.decode()
    assert "Wait a minute before you ask for another one." in page
    assert len(sent()) == 1
    assert client.post(page_url, {"code": code_sent_to(NUMBER)}).url == reverse("account_start")


@pytest.mark.django_db
def test_new_codes_of_one_step_end(time_machine):
    client = Client()
    page_url = sign_up(client, phone=NUMBER).url
    for _time in range(5):
        time_machine.move_to(timezone.now() + timedelta(seconds=31))
        press_send_a_new_code(client, page_url)
    assert len(sent()) == 1 + 3


@pytest.mark.django_db
def test_without_a_step_that_waits_there_is_no_new_code(client):
    assert client.post(reverse("account_new_code")).url == reverse("account_login")


@pytest.mark.django_db
@pytest.mark.parametrize(("ask", "address"), WAITS)
def test_the_page_of_the_code_speaks_of_the_way_it_was_sent(ask, address):
    client = Client()
    page = client.get(ask(client).url).content.decode()
    assert ("unwanted mail" in page, "text message can take" in page) == ("@" in address, "@" not in address)
    assert 'inputmode="numeric"' in page


# ---------------------------------------------------------------------------------------------- guessing a code


@pytest.mark.django_db
def test_a_code_has_six_digits():
    sign_up(Client(), phone=NUMBER)
    code = code_sent_to(NUMBER)
    assert (len(code), code.isdecimal()) == (6, True)


@pytest.mark.django_db
@pytest.mark.parametrize(("ask", "address"), WAITS)
def test_requests_that_outrun_the_session_try_a_code_three_times_in_all(ask, address):
    """Each request here finds the session as it was before the first: what allauth counts there stays at none."""
    UserFactory(email=EMAIL, mobile=NUMBER, mobile_verified=True)
    client = Client()
    page_url = ask(client).url
    if not Dispatch.objects.filter(template__in=("account.code", "account.reset")).exists():
        User.objects.all().delete()
        cache.clear()
        client = Client()
        page_url = ask(client).url
    code = code_sent_to(address)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    before = client.session

    for _try in range(3):
        client.post(page_url, {"code": wrong})
        before.save()
        cache.delete(f"django.contrib.sessions.cached_db{before.session_key}")

    answer = client.post(page_url, {"code": code})
    assert answer.status_code == 200
    assert "tried too often" in answer.content.decode()


# ------------------------------------------------------------------------------------ who has an account, told by time


@pytest.mark.django_db
@pytest.mark.parametrize("address", [{"phone": NUMBER}, {"email": EMAIL}, {"phone": NUMBER, "email": EMAIL}])
def test_registering_costs_the_same_whether_there_is_an_account_or_not(address, monkeypatch):
    """The same password hashings, rows written and messages; an account may read up to four rows more."""
    hashed = []
    encode = User.set_password
    monkeypatch.setattr(User, "set_password", lambda *args: (hashed.append(1), encode(*args)))

    def cost() -> tuple[int, dict[str, int], int, int]:
        hashed.clear()
        before = Dispatch.objects.count()
        with CaptureQueriesContext(connection) as asked:
            sign_up(Client(), **address)
        words = [query["sql"].split()[0] for query in asked]
        writes = {word: words.count(word) for word in ("INSERT", "UPDATE", "SAVEPOINT")}
        return len(hashed), writes, Dispatch.objects.count() - before, words.count("SELECT")

    new = cost()
    cache.clear()
    known = cost()

    assert new[:3] == known[:3]
    assert (new[0], new[2]) == (1, 1)
    assert abs(new[3] - known[3]) <= 4
    assert User.objects.count() == 1


# --------------------------------------------------------------------------------------------------- twice at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
@pytest.mark.parametrize("address", [{"phone": NUMBER}, {"email": EMAIL}])
def test_a_double_click_on_register_makes_one_account_and_no_fault(address):
    answers = at_once(*[lambda: sign_up(Client(), **address).status_code] * 6)
    assert (answers.count(302), answers.count(429), User.objects.count()) == (1, 5, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_without_its_guard_the_second_of_a_double_click_is_told_from_the_first(monkeypatch):
    monkeypatch.setattr(registration, "IntegrityError", ZeroDivisionError)
    client = Client()
    UserFactory(email=EMAIL)
    monkeypatch.setattr(registration.RegistrationForm, "validate_unique_email", lambda _form, email: email)
    assert sign_up(client, email=EMAIL).status_code == 409
