"""The administration pages: an administrator gets in, acts leave history, secrets are not shown."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.urls import reverse

from selection.models import Round
from tdap_portal.accounts import services
from tdap_portal.accounts.models import Partner, PartnerMember, User
from tdap_portal.accounts.roles import Role
from tdap_portal.audit.models import Event
from tdap_portal.core.admin import PortalAdmin
from tdap_portal.core.models import ClosedDay
from tests.accounts.codes import code_sent_to
from tests.factories.accounts import PartnerFactory, UserFactory, director, officer

pytestmark = pytest.mark.django_db
LISTED = {
    "accounts.User", "accounts.Partner", "core.ClosedDay", "notifications.Dispatch", "selection.Round", "trade.Source",
    "trade.Vintage", "trade.ImportRun", "trade.Indicator", "trade.TradeFlow", "trade.PlatformDemand",
}  # fmt: skip


@pytest.fixture
def boss(client) -> User:
    """An administrator as the services make one, signed in."""
    person = services.create_person(
        actor=None, name="Omar", email="omar@tdap.example", password="x" * 12, roles=(Role.ADMINISTRATOR,)
    )
    client.force_login(person)
    return person


def names() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def inline(prefix: str, *rows: dict, there: int = 0) -> dict:
    """What the page sends for the rows below a person or a partner."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": there}
    return sent | {f"{prefix}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}


def test_an_administrator_opens_every_page_that_is_there(client, boss):
    lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    assert {name: client.get(reverse(name)).status_code for name in lists} == dict.fromkeys(lists, 200)


def test_only_these_pages_are_there():
    """Those of the libraries show second factors and addresses, and change them without history; firms, their papers, files
    and what was judged of them are the desk's, and their address does not exist."""
    assert {model._meta.label for model in admin.site._registry} == LISTED


def test_only_pages_whose_acts_are_services_change_anything(rf, boss):
    request = rf.get("/")
    request.user = boss
    writes = {
        model.__name__: [act for act in ("add", "change", "delete") if getattr(page, f"has_{act}_permission")(request)]
        for model, page in admin.site._registry.items()
    }
    assert {name: acts for name, acts in writes.items() if acts} == {
        "User": ["change"],
        "Partner": ["add", "change"],
        "ClosedDay": ["add", "change", "delete"],
    }


@pytest.mark.parametrize("role", [None, *(role for role in Role if role != Role.ADMINISTRATOR)])
def test_nobody_else_gets_in_and_reads_so_on_a_page_of_ours(client, role):
    client.force_login(UserFactory(roles=(role,) if role else ()))
    answer = client.get(reverse("admin:index"), follow=True)
    html = answer.content.decode()
    assert (answer.status_code, "This is not yours to do" in html, 'class="masthead"' in html) == (403, True, True)


def test_the_pages_stand_under_the_head_of_the_portal_in_both_languages(client, boss):
    """The names of the lists, and Django's own words that it has no Urdu for, are in Urdu too."""
    for language, words in (("en", ("People", "View")), ("ur", ("افراد", "دیکھیں"))):
        client.cookies["django_language"] = language
        for page in ("index", "accounts_user_changelist", "accounts_partner_add"):
            html = client.get(reverse(f"admin:{page}")).content.decode()
            assert ('class="masthead"' in html, "css/admin.css" in html, "user-tools" in html) == (True, True, False)
        html = client.get(reverse("admin:index")).content.decode()
        assert [word in html for word in (*words, "Dispatches")] == [True, True, False]


def test_roles_are_shown_and_neither_given_nor_taken(client, boss):
    """The person's own page does that, with a second signature where a role takes two people."""
    person = officer()
    url = reverse("admin:accounts_user_change", args=[person.pk])
    assert "Officer" in client.get(url).content.decode()
    grant = person.role_grants.get()
    row = {"id": grant.pk, "user": person.pk}
    for rows, there in (
        ([row, {"role": "programme_manager", "user": person.pk}], 1),
        ([row | {"role": "approver"}], 1),
        ([row | {"DELETE": "on"}], 1),
        ([{"role": "approver", "user": person.pk}], 0),
    ):
        assert client.post(url, {"is_active": "on", **inline("role_grants", *rows, there=there)}).status_code == 302
    assert [grant.role for grant in person.role_grants.all()] == ["officer"]
    assert [name for name in names() if name.startswith("role.") and name != "role.granted"] == []


def test_a_person_is_locked_out_with_history_and_nothing_else_of_theirs_changes(client, boss):
    person = UserFactory(name="Hina")
    url = reverse("admin:accounts_user_change", args=[person.pk])
    client.post(url, {"name": "X", "email": "x@evil.example", "is_staff": "on", **inline("role_grants")})
    now = User.objects.get(pk=person.pk)
    assert (now.name, now.email, now.is_staff, now.is_active) == ("Hina", person.email, False, False)
    assert names()[-1] == "person.locked_out"


def test_partners_and_their_people_leave_history(client, boss):
    person = UserFactory()
    new = {"name": "Sialkot Chamber", "kind": "chamber", "province": "PK-PB", "is_active": "on"}
    client.post(reverse("admin:accounts_partner_add"), new | inline("members", {"user": person.pk}))
    partner = Partner.objects.get()
    url = reverse("admin:accounts_partner_change", args=[partner.pk])
    row = {"id": PartnerMember.objects.get().pk, "partner": partner.pk, "DELETE": "on"}
    client.post(url, new | {"name": "Chamber of Sialkot"} | inline("members", row, there=1))
    assert (Partner.objects.get().name, PartnerMember.objects.exists()) == ("Chamber of Sialkot", False)
    assert names()[-4:] == [
        "partner.created",
        "partner.member_added",
        "partner.changed",
        "partner.member_removed",
    ]


def test_days_that_move_promises_leave_history(client, boss):
    day = {"day": "2027-03-31", "name": "Flood", "source": "Notification 7"}
    client.post(reverse("admin:core_closedday_add"), day)
    row = ClosedDay.objects.get()
    client.post(reverse("admin:core_closedday_change", args=[row.pk]), day | {"name": "Eid"})
    client.post(reverse("admin:core_closedday_delete", args=[row.pk]), {"post": "yes"})
    assert not ClosedDay.objects.exists()
    assert names()[-3:] == ["calendar.changed", "calendar.changed", "calendar.restored"]


def test_the_pages_go_with_the_role(boss):
    person = UserFactory()
    for giver in (boss, director()):
        services.grant_role(actor=giver, user=person, role=Role.ADMINISTRATOR)
    assert User.objects.get(pk=person.pk).is_staff is True
    services.revoke_role(actor=boss, user=person, role=Role.ADMINISTRATOR)
    assert User.objects.get(pk=person.pk).is_staff is False
    assert not User.objects.get(pk=person.pk).has_perm("accounts.view_user")


def test_a_superuser_without_the_role_changes_nothing_here(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    partner = PartnerFactory()
    url = reverse("admin:accounts_partner_change", args=[partner.pk])
    answer = client.post(url, {"name": "X", "kind": "bank", **inline("members")})
    assert answer.status_code == 403
    assert Partner.objects.get().name == partner.name


# ----------------------------------------------------------------------------------------------- the first administrator


def test_the_first_administrator_is_made_by_command_and_comes_in_by_a_code(client, capsys):
    call_command("create_administrator", "Omar@TDAP.example", name="Omar Javed")
    person = User.objects.get()
    assert (person.roles, person.is_staff, person.has_usable_password()) == ({Role.ADMINISTRATOR}, True, False)
    assert names() == ["person.created", "role.granted"]
    assert reverse("account_request_login_code") in capsys.readouterr().out
    asked = client.post(reverse("account_request_login_code"), {"email": "omar@tdap.example"})
    client.post(asked.url, {"code": code_sent_to("omar@tdap.example")})
    assert client.get(reverse("admin:index")).status_code == 200
    call_command("create_administrator", "omar@tdap.example", name="Omar Javed")
    assert User.objects.count() == 1


def test_an_address_that_nobody_proved_becomes_no_administrator():
    person = UserFactory(email="omar@tdap.example")
    EmailAddress.objects.update(verified=False)
    with pytest.raises(CommandError, match="nobody has shown"):
        call_command("create_administrator", "omar@tdap.example", name="Omar Javed")
    assert not person.role_grants.exists()


# ----------------------------------------------------------------------------------- what an address may ask of a list


def asked_lookups(model, *, depth: int = 2) -> list[str]:
    """Every question about a column of this model, and of those that it is joined with, that tells something of its value."""
    lookups = []
    for field in model._meta.get_fields():
        lookups += [f"{field.name}{end}" for end in ("__startswith", "__gte", "__regex", "__contains")]
        if field.is_relation and field.related_model and depth > 1:
            lookups += [f"{field.name}__{further}" for further in asked_lookups(field.related_model, depth=depth - 1)]
    return lookups


def test_an_address_asks_nothing_that_the_page_does_not_offer(rf, boss):
    request = rf.get("/")
    request.user = boss
    allowed = {
        f"{model.__name__}.{lookup}"
        for model, page in admin.site._registry.items()
        for lookup in asked_lookups(model)
        if page.lookup_allowed(lookup, "x", request)
    }
    assert {"line_points__gte"} <= set(asked_lookups(Round))
    assert {"password__startswith", "role_grants__user__gte"} <= set(asked_lookups(User))
    assert allowed == set()


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("accounts_user", "password__startswith=argon2"),
        ("accounts_user", "mobile__startswith=%2B92300"),
        ("selection_round", "line_points__gte=60"),
        ("accounts_partner", "members__user__mobile__startswith=%2B92300"),
    ],
)
def test_a_list_cannot_be_read_letter_by_letter(client, boss, monkeypatch, page, asked):
    url = reverse(f"admin:{page}_changelist") + f"?{asked}"
    assert client.get(url).status_code == 400
    if "user__" not in asked:
        monkeypatch.setattr(PortalAdmin, "lookup_allowed", admin.ModelAdmin.lookup_allowed)
        assert client.get(url).status_code == 200  # what Django itself lets through


def test_the_filters_beside_the_lists_still_work(client, boss):
    """Each link that a list itself offers opens the list."""
    links = 0
    for model, page in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in set(re.findall(r'href="(\?[^"]+)"', client.get(url).content.decode())):
            links += 1
            assert client.get(url + query.replace("&amp;", "&")).status_code == 200, (url, query)
        assert isinstance(page, PortalAdmin)
    assert links > 30
