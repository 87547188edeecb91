"""Every text that comes in is cleaned at the door, whichever form, page or program reads it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.forms import BaseForm, FileField, PasswordInput
from django.http import JsonResponse
from django.test import override_settings
from django.urls import get_resolver, path, reverse
from django.utils.module_loading import import_string
from rest_framework.response import Response
from rest_framework.views import APIView

from smes.models import Sme
from tdap_portal.accounts.models import Partner, User
from tdap_portal.web.middleware import PASSWORDS
from tests.factories.accounts import PASSWORD, PartnerFactory, UserFactory, administrator
from tests.factories.smes import SmeFactory
from tests.smes.pages import send

ROOT = Path(__file__).resolve().parents[2]
UNSEEN = "\u202a\u200b{}\u2060\u00ad\u202c"


def echo(request):
    return JsonResponse({"get": dict(request.GET.lists()), "post": dict(request.POST.lists())})


class Echo(APIView):
    permission_classes = ()

    def post(self, request):
        return Response({"sent": request.data, "get": request.query_params["q"]})


urlpatterns = [path("echo/", echo), path("api/echo/", Echo.as_view())]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["form", "form with a file"])
@override_settings(ROOT_URLCONF=__name__)
def test_whatever_a_browser_sends_is_cleaned_but_a_password(client, kind):
    sent = {
        "name": UNSEEN.format("Amna\u00a0\u06a9\u200c\u06cc"),
        "ticked": ["a\u200b", "b"],
        "password1": "a\u200bb\u00a0",
    }
    sent["words"] = "one\r\ntwo"
    file = {} if kind == "form" else {"file": SimpleUploadedFile("a.txt", b"a\xe2\x80\x8b")}
    answer = client.post("/echo/?q=Noor%E2%80%8B&q=%E2%80%AA", sent | file).json()
    assert answer == {
        "get": {"q": ["Noor", ""]},
        "post": {
            "name": ["Amna \u06a9\u200c\u06cc"],
            "ticked": ["a", "b"],
            "password1": ["a\u200bb\u00a0"],
            "words": ["one\ntwo"],
        },
    }


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_whatever_a_program_sends_is_cleaned(client):
    sent = {"words\u200b": [UNSEEN.format("Amna"), 7, None, {"why": "a\r\nb"}]}
    answer = client.post("/api/echo/?q=R3%E2%80%8B", sent, content_type="application/json").json()
    assert answer == {"sent": {"words": ["Amna", 7, None, {"why": "a\nb"}]}, "get": "R3"}


def forms() -> list[type[BaseForm]]:
    """Every form class, ours and the libraries', that the pages of the portal know."""
    get_resolver().url_patterns  # noqa: B018  imports all pages, and their forms with them
    for named in (settings.ACCOUNT_SIGNUP_FORM_CLASS, *settings.ACCOUNT_FORMS.values()):
        import_string(named)
    found, left = set(), [BaseForm]
    while left:
        for kind in left.pop().__subclasses__():
            found.add(kind)
            left.append(kind)
    return sorted(found, key=str)


def test_no_form_has_a_password_that_would_be_cleaned_or_a_text_that_would_not():
    """A new form is cleaned by itself; only the name of a field could take it out."""
    seen = set()
    for form in forms():
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, FileField) or field.disabled:
                continue
            is_password = isinstance(field.widget, PasswordInput)
            assert bool(PASSWORDS.fullmatch(name)) == is_password, (form, name)
            seen.add((form.__module__.partition(".")[0], is_password))
    assert seen >= {
        ("tdap_portal", False),
        ("smes", False),
        ("selection", False),
        ("allauth", True),
        ("allauth", False),
    }


def test_nobody_reads_a_request_past_the_door():
    """`body` and the query string of an address hold what was sent as it came."""
    past = {"body", "_post", "_get_post", "_read_started"}
    found = {
        (str(file.relative_to(ROOT)), node.attr)
        for app in ("tdap_portal", "smes", "selection", "training", "payments")
        for file in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in past
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    }
    # A signature is of the bytes as they came; what is read of them is read strictly there.
    assert found == {("tdap_portal/notifications/views.py", "body"), ("payments/deposits/views.py", "body")}


@pytest.fixture
def sent_codes(monkeypatch):
    codes = []
    monkeypatch.setattr("tdap_portal.accounts.adapter.send_now", lambda **kwargs: codes.append(kwargs))
    return codes


def sign_up(client, email, name="Rabia Anwar"):
    return client.post(reverse("account_signup"), {"name": name, "email": email, "password1": "Kabul-river-2031!"})


@pytest.mark.django_db
def test_an_address_is_registered_as_it_looks_and_once(client, sent_codes):
    sign_up(client, "rabia.a@example.com\u200b", name="Rabia\u00a0Anwar\u2060")
    user = User.objects.get()
    assert (user.email, user.name) == ("rabia.a@example.com", "Rabia Anwar")
    client.logout()
    cache.clear()  # a minute later
    sign_up(client, "rabia.a@exam\u200bple.com")
    assert User.objects.count() == 1
    assert [sent["template"] for sent in sent_codes] == ["account.code", "account.exists"]
    EmailAddress.objects.update(verified=True)
    client.logout()
    typed = {"login": "rabia.a@example.com", "password": "Kabul-river-2031!"}
    assert client.post(reverse("account_login"), typed).status_code == 302
    assert "_auth_user_id" in client.session


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["\u200b\u200b", "\u3164", "\u00a0\u2800"])
def test_a_person_without_a_visible_name_is_asked_for_one(client, sent_codes, name):
    page = sign_up(client, "rabia.a@example.com", name=name)
    assert page.context["form"].errors == {"name": ["This field is required."]}
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_an_address_is_changed_to_what_it_looks_like(client, sent_codes):
    client.post(reverse("account_login"), {"login": UserFactory().email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "new\u200b@example.com", "action_add": ""})
    assert [sent["address"] for sent in sent_codes if sent["template"] == "account.code"] == ["new@example.com"]


@pytest.mark.django_db
def test_the_profile_keeps_what_the_eye_sees(client):
    sme = SmeFactory()
    client.force_login(sme.created_by)
    address = reverse("smes:step", args=[sme.public_id, "identity"])
    typed = {
        "name": "\u2067نور\u200cجہاں قالین\u2069",
        "ntn": "\u20671234567-8\u2069",
        "email": "office@example.com\u200b",
        "founded_on": "\u202a31/12/2020\u202c",
        "stop": "1",
    }
    send(client, address, typed)
    row = Sme.objects.get()
    assert (row.name, row.ntn, row.email) == ("نور\u200cجہاں قالین", "12345678", "office@example.com")
    assert f"{row.founded_on}" == "2020-12-31"


@pytest.mark.django_db
def test_an_administrator_stores_and_finds_what_the_eye_sees(client):
    client.force_login(administrator())
    sent = {"name": UNSEEN.format("Sialkot\u00a0Chamber"), "kind": "chamber", "is_active": "on"}
    members = dict.fromkeys(["members-TOTAL_FORMS", "members-INITIAL_FORMS"], "0")
    assert client.post(reverse("admin:accounts_partner_add"), sent | members).status_code == 302
    assert [partner.name for partner in Partner.objects.all()] == ["Sialkot Chamber"]
    PartnerFactory()
    page = client.get(reverse("admin:accounts_partner_changelist"), {"q": "Sialkot\u200b"})
    assert [partner.name for partner in page.context["cl"].queryset] == ["Sialkot Chamber"]


@pytest.mark.django_db
def test_the_first_administrator_is_who_the_eye_sees():
    call_command("create_administrator", "boss\u200b@example.pk", name="Amna\u00a0Khan\u200b", verbosity=0)
    assert User.objects.values_list("email", "name").get() == ("boss@example.pk", "Amna Khan")
