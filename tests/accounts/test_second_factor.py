"""The second factor of officials, partners and administrators: used, not only enrolled, by whichever door."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from tdap_portal.accounts import services
from tdap_portal.accounts.roles import Role
from tests.factories.accounts import PASSWORD, UserFactory, administrator, director, officer, partner_person

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PAGE = "/inbox/"


@pytest.fixture(autouse=True)
def _compulsory(settings):
    settings.SECOND_FACTOR_COMPULSORY = True


def with_app(person):
    TOTP.activate(person, SECRET)
    return person


def app_code(secret=SECRET, *, step=0) -> str:
    """What the app shows now, or so many steps of 30 seconds earlier (below 0) or later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def superuser(**fields):
    return UserFactory(is_staff=True, is_superuser=True, **fields)


def signed_in(person, *, door="account_login", field="login") -> Client:
    """The password was typed at this door, nothing else."""
    client = Client()
    client.post(reverse(door), {field: person.email, "password": PASSWORD, "next": PAGE})
    return client


def is_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


PRIVILEGED = [officer, director, partner_person, administrator, superuser]


@pytest.mark.parametrize("person", PRIVILEGED)
@pytest.mark.parametrize(("door", "field"), [("account_login", "login"), ("admin:login", "username")])
def test_a_password_alone_opens_nothing_by_either_door(person, door, field):
    client = signed_in(with_app(person()), door=door, field=field)
    assert not is_in(client)
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize("person", PRIVILEGED)
def test_with_the_code_of_the_app_the_portal_opens(person):
    client = signed_in(with_app(person()))
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert is_in(client)


@pytest.mark.parametrize(("step", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_opens_one_step_before_and_after_its_own(step, opens, time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00", tick=False)
    client = signed_in(with_app(officer()))
    client.post(reverse("mfa_authenticate"), {"code": app_code(step=step)})
    assert is_in(client) is opens


@pytest.mark.parametrize("seconds", [0, 31, 59, 89])
def test_a_code_opens_once_in_all_the_time_in_which_it_is_taken(seconds, time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00", tick=False)
    person, code = with_app(officer()), app_code(step=1)
    first = signed_in(person)
    first.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(first)

    time_machine.shift(seconds)
    again = signed_in(person)
    again.post(reverse("mfa_authenticate"), {"code": f" {code[:3]} {code[3:]} "})
    assert not is_in(again)
    again.post(reverse("mfa_authenticate"), {"code": app_code(step=-1 if seconds == 0 else 1)})
    assert is_in(again)


def test_the_door_of_the_administration_pages_leads_to_the_one_of_everybody(client, settings):
    led_to = client.get(reverse("admin:index"), follow=True).redirect_chain[-1][0]
    assert led_to == f"{reverse('account_login')}?next=%2Fadmin%2F"
    settings.SECOND_FACTOR_COMPULSORY = False
    client.force_login(administrator())
    other = {"username": superuser().email, "password": PASSWORD}
    assert client.post(reverse("admin:login"), other).status_code == 405


def test_a_session_from_before_the_app_was_set_up_is_asked_for_it_and_goes_on():
    person = officer()
    client = signed_in(person)
    with_app(person)

    asked = client.get(f"{PAGE}?page=2")
    assert asked.url == f"{reverse('mfa_reauthenticate')}?next=%2Finbox%2F%3Fpage%3D2"
    assert client.get(reverse("mfa_activate_totp")).status_code == 302  # no other factor by the way
    assert client.get(reverse("mfa_add_webauthn")).status_code == 302
    done = client.post(asked.url, {"code": app_code(), "next": f"{PAGE}?page=2"})

    assert done.url == f"{PAGE}?page=2"
    assert is_in(client)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)  # allauth tells of it after the commit
def test_setting_the_app_up_counts_as_using_it_and_uses_its_code_up(time_machine):
    time_machine.move_to("2026-11-23 09:00+05:00", tick=False)
    person = officer()
    client = signed_in(person)
    assert client.get(PAGE).url == reverse("account_second_factor")
    form = client.get(reverse("mfa_activate_totp"), follow=True)
    form = client.post(
        form.redirect_chain[-1][0], {"password": PASSWORD, "next": reverse("mfa_activate_totp")}, follow=True
    )
    secret = form.context["form"].secret

    done = client.post(reverse("mfa_activate_totp"), {"code": app_code(secret)})

    assert done.url == reverse("mfa_view_recovery_codes")
    assert client.get(done.url).status_code == 200
    assert is_in(client)
    again = signed_in(person)
    again.post(reverse("mfa_authenticate"), {"code": app_code(secret)})
    assert not is_in(again)
    again.post(reverse("mfa_authenticate"), {"code": app_code(secret, step=1)})
    assert is_in(again)


def test_a_factor_that_is_removed_takes_its_sessions_along():
    person = with_app(officer())
    client = signed_in(person)
    client.post(reverse("mfa_authenticate"), {"code": app_code()})
    assert is_in(client)
    Authenticator.objects.filter(user=person).delete()
    assert client.get(PAGE).url == reverse("account_second_factor")


def test_a_spare_code_opens_but_spare_codes_alone_are_no_second_factor():
    person = with_app(officer())
    spare = RecoveryCodes.activate(person)
    client = signed_in(person)
    client.post(reverse("mfa_authenticate"), {"code": spare.get_unused_codes()[0]})
    assert is_in(client)
    Authenticator.objects.filter(type=Authenticator.Type.TOTP).delete()
    assert signed_in(person).get(PAGE).url == reverse("account_second_factor")


@pytest.mark.parametrize("where", ["account_person", "account_start", "account_email", "account_change_phone"])
def test_without_a_factor_the_pages_of_the_account_are_closed_too(client, where):
    client.force_login(officer())
    assert client.get(reverse(where)).url == reverse("account_second_factor")


def test_without_a_factor_no_key_is_made_and_an_old_key_is_refused(client):
    person, owner = officer(), UserFactory()
    client.force_login(person)
    assert client.post(reverse("account_token")).url == reverse("account_second_factor")

    def answer(user) -> int:
        api = APIClient()
        api.credentials(HTTP_AUTHORIZATION=f"Token {services.renew_token(user=user)}")
        return api.get("/api/v1/rounds/").status_code

    assert (answer(person), answer(owner), answer(with_app(person))) == (401, 200, 200)


def test_a_program_that_uses_a_session_without_its_factor_is_told_so_in_the_shape_of_the_api(client):
    for person in (officer(), with_app(officer())):
        client.force_login(person)
        for url in ("/api/v1/rounds/", "/api/v1/", "/api/no/such/thing/"):
            answer = client.get(url)
            assert (answer.status_code, answer.json()["code"]) == (403, "second_factor")


def test_a_firm_is_asked_for_no_second_factor():
    assert is_in(signed_in(UserFactory()))


def test_who_becomes_an_official_is_asked_from_that_moment():
    person = UserFactory()
    client = signed_in(person)
    assert is_in(client)
    services.grant_role(actor=administrator(), user=person, role=Role.OFFICER)
    assert client.get(PAGE).url == reverse("account_second_factor")
