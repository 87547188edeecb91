"""Codes: whose account it is, who is told apart from whom, and the way back for a forgotten password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tdap_portal.accounts import services
from tdap_portal.accounts.models import User
from tdap_portal.accounts.tasks import clear_sessions, purge_unfinished
from tdap_portal.audit.models import Event
from tdap_portal.notifications.models import Dispatch
from tests.accounts.codes import code_sent_to
from tests.factories.accounts import PASSWORD, UserFactory, officer

pytestmark = pytest.mark.django_db
NUMBER, OTHER_NUMBER = "+923001234567", "+923017654321"
NEW_PASSWORD = "three-words-of-mine"


def sign_up(**fields) -> tuple[Client, str]:
    """Somebody at a browser of their own registers; gives it and the page they are led to."""
    client = Client()
    answer = client.post(reverse("account_signup"), {"name": "Saima", "password1": PASSWORD, **fields})
    return client, answer.url if answer.status_code == 302 else answer.status_code


def sign_in(login: str, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": login, "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("account_person")).status_code == 200


def sign_in_by_code(**address: str) -> Client:
    """The holder of the address signs in with the code that came to it."""
    client = Client()
    asked = client.post(reverse("account_request_login_code"), address)
    client.post(asked.url, {"code": code_sent_to(*address.values())})
    return client


# ------------------------------------------------------------------------------------------------ somebody else's address


@pytest.mark.parametrize("address", [{"phone": NUMBER}, {"email": "victim@example.pk"}])
def test_who_registers_anothers_address_does_not_keep_a_key_to_the_account(address):
    sign_up(**address)

    victim = sign_in_by_code(**address)

    assert is_in(victim)
    assert not is_in(sign_in(*address.values()))
    assert Event.objects.filter(name="person.claimed").count() == 1


@pytest.mark.parametrize("way", ["code", "reset"])
def test_an_address_that_the_first_comer_verified_beside_it_falls_too(way):
    first_comer, confirm = sign_up(phone=OTHER_NUMBER, email="victim@example.pk")
    first_comer.post(confirm, {"code": code_sent_to(OTHER_NUMBER)})
    assert User.objects.get().mobile_verified

    if way == "code":
        sign_in_by_code(email="victim@example.pk")
    else:
        victim = Client()
        asked = victim.post(reverse("account_reset_password"), {"email": "victim@example.pk"})
        victim.post(asked.url, {"code": code_sent_to("victim@example.pk")})

    user = User.objects.get()
    assert (user.email, user.mobile, user.has_usable_password()) == ("victim@example.pk", None, False)
    assert not is_in(sign_in(OTHER_NUMBER))


def test_a_mail_address_of_the_first_comer_falls_with_the_proof_of_the_number():
    sign_up(phone=NUMBER, email="first.comer@example.pk")

    assert is_in(sign_in_by_code(phone=NUMBER))

    user = User.objects.get()
    assert (user.email, user.mobile, user.mobile_verified) == (None, NUMBER, True)
    assert not EmailAddress.objects.exists()


def test_who_registers_and_types_the_code_keeps_password_and_addresses():
    client, confirm = sign_up(phone=NUMBER, email="saima@example.pk")
    confirm = client.post(confirm, {"code": code_sent_to(NUMBER)}).url
    client.post(confirm, {"code": code_sent_to("saima@example.pk")})

    assert is_in(client)
    assert is_in(sign_in("saima@example.pk"))
    assert is_in(sign_in(NUMBER))


def test_signing_in_by_code_later_keeps_the_password_and_other_sessions():
    UserFactory(email="saima@example.pk", mobile=NUMBER, mobile_verified=True)
    by_password = sign_in(NUMBER)

    assert is_in(sign_in_by_code(phone=NUMBER))
    assert is_in(sign_in_by_code(email="saima@example.pk"))
    assert (is_in(by_password), is_in(sign_in(NUMBER))) == (True, True)


@pytest.mark.sqlite_leg
def test_a_registration_that_nobody_finished_is_deleted_after_a_week():
    def registered(days_ago: int, **fields) -> User:
        user = UserFactory(**fields)
        User.objects.filter(pk=user.pk).update(joined_at=timezone.now() - timedelta(days=days_ago))
        return user

    late, early = services.UNFINISHED_DAYS + 1, services.UNFINISHED_DAYS - 1
    stay = {
        registered(early, email=None, mobile="+923000000001"),
        registered(late),
        registered(late, email=None, mobile="+923000000002", mobile_verified=True),
        registered(late, email=None, mobile="+923000000003", last_login=timezone.now()),
        officer(email=None, mobile="+923000000004"),
    }
    registered(late, email=None, mobile=NUMBER)
    registered(late, mobile=OTHER_NUMBER)
    EmailAddress.objects.filter(user=registered(late)).update(verified=False)

    purge_unfinished()

    assert set(User.objects.all()) == stay


@pytest.mark.sqlite_leg
def test_sessions_that_ran_out_are_cleared_and_others_stay():
    now = timezone.now()
    for key, left in (("over", -1), ("alive", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now + timedelta(days=left))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["alive"]


# ------------------------------------------------------------------------------------------------- who has an account


@pytest.mark.parametrize(
    "address",
    [{"phone": NUMBER}, {"email": "saima@example.pk"}, {"phone": NUMBER, "email": "saima@example.pk"}],
)
def test_registering_looks_the_same_whether_there_is_an_account_or_not(address):
    def seen() -> tuple[str, str]:
        client, led_to = sign_up(**address)
        page = client.get(led_to).content.decode()
        return led_to, re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', "", page)

    fresh = seen()
    User.objects.all().delete()
    UserFactory(email="saima@example.pk", mobile=NUMBER, mobile_verified=True)
    cache.clear()  # a code an address and half minute

    assert seen() == fresh
    assert User.objects.count() == 1
    assert Dispatch.objects.latest("pk").template == "account.exists"


def test_asking_for_a_code_without_an_address_is_told_beside_the_field(client):
    answer = client.post(reverse("account_request_login_code"), {})
    assert (answer.status_code, "one is enough" in answer.content.decode()) == (200, True)


# ----------------------------------------------------------------------------------------------------- failed attempts


def test_failed_attempts_on_many_numbers_lock_nobody_else_out(client):
    UserFactory(mobile=NUMBER, mobile_verified=True)
    for digit in range(9):
        client.post(reverse("account_login"), {"login": f"0301-765432{digit}", "password": "wrong"})
    assert is_in(sign_in("0300-1234567"))


def test_one_number_is_guessed_five_times_however_it_is_written(client):
    UserFactory(mobile=NUMBER, mobile_verified=True)
    for written in ("0300-1234567", "03001234567", "+92 300 1234567", "923001234567", "0300 1234567"):
        client.post(reverse("account_login"), {"login": written, "password": "wrong"})
    assert not is_in(sign_in("0300-1234567"))


def tried(times: int, address: str, password: str = "wrong") -> bool:
    """Whether the last of so many tries at one account, from one address of the net, is let in."""
    client = Client(REMOTE_ADDR=address)
    for _try in range(times):
        client.post(reverse("account_login"), {"login": NUMBER, "password": password})
    return is_in(client)


def test_whoever_fails_at_anothers_account_locks_only_the_own_address_out():
    UserFactory(mobile=NUMBER, mobile_verified=True)
    tried(9, "203.0.113.9")
    assert (tried(1, "203.0.113.9", PASSWORD), tried(1, "198.51.100.7", PASSWORD)) == (False, True)


def test_many_addresses_together_guess_at_one_account_so_often_in_an_hour(settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "4/h/key"}
    UserFactory(mobile=NUMBER, mobile_verified=True)
    for last in (1, 2):
        tried(1, f"203.0.113.{last}")
    assert tried(1, "198.51.100.7", PASSWORD)  # who is let in counts as no try
    for last in (3, 4):
        tried(1, f"203.0.113.{last}")
    assert not tried(1, "198.51.100.8", PASSWORD)


def test_behind_our_proxy_the_address_that_it_saw_is_counted(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": "2/m/ip"}

    said = iter(range(1, 200))

    def tries(address: str) -> list[int]:
        return [
            client.post(
                reverse("account_login"),
                {"login": "nobody@example.pk", "password": "wrong"},
                headers={"X-Forwarded-For": f"203.0.113.{next(said)}, {address}"},
            ).status_code
            for _try in range(3)
        ]

    assert tries("198.51.100.1") == [200, 200, 429]
    assert tries("198.51.100.2") == [200, 200, 429]


# ----------------------------------------------------------------------------------------------- a forgotten password


def test_a_number_alone_comes_back_by_a_code_and_sets_a_new_password(client):
    UserFactory(email=None, mobile=NUMBER, mobile_verified=True)
    page = client.get(reverse("account_reset_password")).content.decode()
    way = re.search(r'href="([^"]*/login/code/\?next=[^"]*)"', page)[1]

    asked = client.post(way, {"phone": "0300-1234567", "next": reverse("account_new_password")})
    led_to = client.post(asked.url, {"code": code_sent_to(NUMBER), "next": reverse("account_new_password")}).url
    assert led_to == reverse("account_new_password")
    done = client.post(led_to, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})

    assert done.url == reverse("account_start")
    assert is_in(client)
    assert (is_in(sign_in(NUMBER, NEW_PASSWORD)), is_in(sign_in(NUMBER))) == (True, False)


def test_after_signing_in_by_code_the_way_to_a_new_password_is_shown():
    UserFactory(mobile=NUMBER, mobile_verified=True)
    client = sign_in_by_code(phone=NUMBER)
    page = client.get(reverse("account_start"), follow=True).content.decode()
    assert f'href="{reverse("account_new_password")}"' in page


def test_without_a_fresh_code_the_old_password_is_asked_for(time_machine):
    UserFactory(mobile=NUMBER, mobile_verified=True)
    by_password, by_code = sign_in(NUMBER), sign_in_by_code(phone=NUMBER)
    time_machine.move_to(timezone.now() + timedelta(minutes=16))
    for client in (by_password, by_code):
        answer = client.post(reverse("account_new_password"), {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        assert answer.url == reverse("account_change_password")
    assert is_in(sign_in(NUMBER))


# --------------------------------------------------------------------------------------------------- another address


@pytest.mark.parametrize(
    ("where", "sent"),
    [
        ("account_email", {"action_add": "", "email": "another@example.pk"}),
        ("account_change_phone", {"action_add": "", "phone": "0301-7654321"}),
    ],
)
def test_another_address_is_added_after_the_password_was_typed_once_more(where, sent):
    UserFactory(email="saima@example.pk")
    client = sign_in("saima@example.pk")

    asked = client.post(reverse(where), sent)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert not Dispatch.objects.filter(template="account.code").exists()

    client.post(asked.url, {"password": PASSWORD, "next": reverse(where)})
    assert Dispatch.objects.filter(template="account.code").count() == 1
