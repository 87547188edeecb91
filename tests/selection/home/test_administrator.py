"""The administrator's home: people by their filters, health, messages, and what waits for nobody yet."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from selection.handover import services as handover_services
from tdap_portal.accounts import selectors as accounts_selectors
from tdap_portal.accounts.models import User
from tdap_portal.accounts.roles import Role
from tdap_portal.core.tasks import heartbeat
from tests.factories.accounts import UserFactory, administrator, director, officer, partner_person
from tests.factories.notifications import DispatchFactory
from tests.markup import flat
from tests.queries import queries_of
from tests.selection import made

pytestmark = pytest.mark.django_db
HOME = "/home/administrator/"


@pytest.fixture
def boss(client):
    person = administrator(name="Imran Ali")
    client.force_login(person)
    return person


def page(client, query="") -> str:
    cache.clear()
    answer = client.get(f"{HOME}{query}")
    assert answer.status_code == 200
    return flat(answer.content.decode())


def listed(**filters) -> set[str]:
    return {person.name for person in accounts_selectors.people_listed(**filters)}


@pytest.fixture
def people(boss):
    long_ago = timezone.now() - timedelta(days=61)
    officer(name="Ayesha Karim", email="a.karim@tdap.example", last_login=timezone.now())
    officer(name="Usman Ghani", last_login=long_ago)
    director(name="Farah Siddiqui", is_active=False, last_login=long_ago)
    UserFactory(name="Sana Afridi", roles=(Role.FINANCE_OFFICER,))
    partner_person(name="Maryam Dar")
    UserFactory(name="Saima Akhtar", email=None, mobile="+923001234567")


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, {"Imran Ali", "Ayesha Karim", "Usman Ghani", "Farah Siddiqui", "Sana Afridi"}),
        ({"group": "partners"}, {"Maryam Dar"}),
        ({"group": "firms"}, {"Saima Akhtar"}),
        ({"role": "finance_officer"}, {"Sana Afridi"}),
        ({"role": "partner"}, {"Maryam Dar"}),
        ({"state": "locked_out"}, {"Farah Siddiqui"}),
        ({"state": "open"}, {"Imran Ali", "Ayesha Karim", "Usman Ghani", "Sana Afridi"}),
        ({"state": "unseen"}, {"Usman Ghani"}),
        ({"state": "never"}, {"Sana Afridi"}),
        ({"order": "seen"}, {"Imran Ali", "Ayesha Karim", "Usman Ghani", "Farah Siddiqui"}),
        ({"q": "karim"}, {"Ayesha Karim"}),
        ({"q": "TDAP.example"}, {"Ayesha Karim"}),
        ({"q": "us"}, {"Usman Ghani"}),
        ({"group": "everybody", "q": "+923001234567"}, {"Saima Akhtar"}),
        ({"q": "saima"}, set()),
    ],
)
@pytest.mark.usefixtures("people")
def test_people_are_found_by_group_role_state_and_words(filters, names):
    assert listed(**filters) == names


@pytest.mark.usefixtures("people")
def test_the_list_says_role_state_last_sign_in_and_open_work_and_leads_to_the_person(client):
    person = User.objects.get(name="Ayesha Karim")
    made.assigned(person)
    shown = page(client, "?role=officer")
    row = shown.partition("Ayesha Karim")[2].partition("</tr>")[0]
    assert "Officer" in row
    assert "no second step" in row
    assert "1 file · 1 reading open" in row
    assert timezone.localtime(person.last_login).strftime("%Y") in row
    assert reverse("selection:person", args=[person.public_id]) in shown
    assert "Farah Siddiqui" not in shown


def test_the_masthead_leads_to_people_health_and_administration_and_the_page_to_messages(client, boss):
    nav = page(client).partition("masthead__nav")[2].partition("</nav>")[0]
    for url in (HOME, reverse("health"), reverse("admin:index")):
        assert f'href="{url}"' in nav
    assert f'href="{reverse("notifications:sent")}"' in page(client)


def test_a_nonsense_filter_is_no_filter_and_an_empty_list_says_what_to_do(client, boss):
    assert "Imran Ali" in page(client, "?group=x&role=y&state=z&order=w&cursor=nonsense").partition("<main")[2]
    assert "Nobody fits these filters" in page(client, "?q=nobody-of-this-name")


def test_the_sentence_names_what_is_broken_and_what_waits_for_nobody(client, boss):
    assert "Something needs attention" in page(client) or "parts need attention" in page(
        client
    )  # no worker has reported
    gone = officer()
    made.assigned(gone)
    handover_services.lock_out(actor=boss, person=gone, reason="Left.")
    shown = page(client)
    assert "1 file waits for nobody yet." in shown
    assert reverse("selection:nobody") in shown


def test_messages_of_the_last_day_are_counted_and_failed_ones_named(client, boss):
    heartbeat()
    assert "Nothing left in the last 24 hours." in page(client)
    DispatchFactory(state="sent")
    DispatchFactory(state="failed", error="no_way_out", address_hint="0301-•••4410")
    DispatchFactory(state="sent", created_at=timezone.now() - timedelta(days=2))
    shown = page(client)
    assert "1 left, 0 wait, 1 failed." in shown
    assert "0301-•••4410" in shown


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_costs_the_same_for_few_and_many_people(client, boss, number):
    for _ in range(number):
        officer()
    assert len(queries_of(client, HOME)) == 15


def test_page_after_page_shows_everybody_once(client, boss):
    for number in range(60):
        officer(name=f"Officer {number:02}")
    seen, url = [], HOME
    while url:
        answer = client.get(url)
        seen += [row.name for row in answer.context["people"]]
        cursor = answer.context["page"].next
        url = f"{HOME}?cursor={cursor}" if cursor else ""
    assert seen == ["Imran Ali", *(f"Officer {number:02}" for number in range(60))]


def test_of_more_people_than_are_looked_for_those_who_came_last_are_listed(people, monkeypatch):
    monkeypatch.setattr(accounts_selectors, "MAX_FOUND", 2)
    for family in ("Zafar", "Yousaf", "Baloch"):
        UserFactory(name=f"Saima {family}")
    assert listed(group="everybody", q="saima") == {"Saima Yousaf", "Saima Baloch"}
    rows = accounts_selectors.people_listed(group="everybody", q="saima").order_by("name")
    assert [person.name for person in rows] == ["Saima Baloch", "Saima Yousaf"], "in the order of the page"


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("filters", "index"),
    [({"group": "everybody", "state": "never"}, "user_never"), ({"group": "everybody"}, "user_name")],
)
def test_a_list_of_many_people_can_be_read_along_an_index(filters, index):
    rows = accounts_selectors.people_listed(**filters).order_by("name", "id")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert index in rows.explain()
