"""Registering and signing in, by mobile number or e-mail."""

import pytest
from django.urls import reverse

from tdap_portal.accounts.models import User
from tests.factories.accounts import PASSWORD, UserFactory, director, officer, partner_person

pytestmark = pytest.mark.django_db


def sign_up(client, **fields):
    return client.post(reverse("account_signup"), {"name": "Saima Baloch", "password1": PASSWORD, **fields})


def test_a_mobile_number_alone_is_enough_to_register(client, monkeypatch):
    codes = []
    monkeypatch.setattr("tdap_portal.accounts.adapter.send_now", lambda **kw: codes.append(kw))
    response = sign_up(client, phone="0300-1234567")
    assert response.status_code == 302
    user = User.objects.get()
    assert (user.mobile, user.mobile_verified, user.email, user.name) == ("+923001234567", False, None, "Saima Baloch")
    assert [(c["channel"], c["address"]) for c in codes] == [("sms", "+923001234567")]
    done = client.post(response.url, {"code": codes[0]["code"]})
    assert (done.status_code, done.url) == (302, reverse("account_start"))
    user.refresh_from_db()
    assert user.mobile_verified is True


def test_two_people_may_register_with_numbers_alone(client, monkeypatch):
    monkeypatch.setattr("tdap_portal.accounts.adapter.send_now", lambda **kw: None)
    sign_up(client, phone="0300-1234567")
    client.logout()
    sign_up(client, phone="0301-7654321")
    assert sorted(User.objects.values_list("mobile", flat=True)) == ["+923001234567", "+923017654321"]


def test_neither_number_nor_mail_is_refused_beside_the_field_and_the_name_is_kept(client):
    page = sign_up(client).content.decode()
    assert "one is enough" in page
    assert 'value="Saima Baloch"' in page
    assert User.objects.count() == 0


def test_a_wrong_number_is_refused_beside_the_field(client):
    page = sign_up(client, phone="12345").content.decode()
    assert "for example 0300-1234567" in page


@pytest.mark.parametrize("login", ["person@example.pk", "PERSON@example.pk", "0300-1234567", "+92 300 1234567"])
def test_a_person_signs_in_with_mail_or_number(client, login):
    UserFactory(email="person@example.pk", mobile="+923001234567", mobile_verified=True)
    response = client.post(reverse("account_login"), {"login": login, "password": PASSWORD})
    assert (response.status_code, response.url) == (302, reverse("account_start"))


def test_a_wrong_password_says_so_and_signs_nobody_in(client):
    UserFactory(email="person@example.pk")
    response = client.post(reverse("account_login"), {"login": "person@example.pk", "password": "wrong"})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_passwords_is_stopped(client, settings):
    UserFactory(email="person@example.pk")
    answers = [
        client.post(reverse("account_login"), {"login": "person@example.pk", "password": f"wrong{n}"}).content.decode()
        for n in range(6)
    ]
    assert "Too many" not in answers[4]
    assert "Too many" in answers[5]


def test_the_language_of_the_person_comes_along(client):
    client.force_login(UserFactory(language="ur"))
    response = client.get(reverse("account_start"))
    assert response.cookies["django_language"].value == "ur"


@pytest.mark.parametrize("person", [UserFactory, officer, director, partner_person])
def test_each_person_begins_at_a_page_that_is_there(client, person):
    client.force_login(person())
    assert client.get(reverse("account_start"), follow=True).status_code == 200


def test_switching_the_language_keeps_the_page_and_the_choice(client):
    user = UserFactory()
    client.force_login(user)
    response = client.post(reverse("set_language"), {"language": "ur", "next": "/inbox/"})
    user.refresh_from_db()
    assert (response.url, user.language) == ("/inbox/", "ur")


def test_the_language_switch_leads_nowhere_else(client):
    assert client.post(reverse("set_language"), {"language": "ur", "next": "https://evil.example/"}).url == "/"
