"""Two people of a firm at the same draft of an application."""

import pytest
from django.test import Client
from django.urls import reverse

from selection.models import Application
from tests.factories.selection import ApplicationFactory, owner_of
from tests.factories.smes import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return ApplicationFactory()


def opened(client, row):
    context = client.get(reverse("selection:apply", args=[row.round.code])).context
    return {
        "seen": context["seen"],
        **{name: context["form"][name].value() for name in ("track", "motivation", "commitment_name")},
    }


def sent(client, row, data):
    return client.post(reverse("selection:apply", args=[row.round.code]), data)


@pytest.fixture
def owner(client, row):
    client.force_login(owner_of(row))
    return client


@pytest.fixture
def preparer(row):
    other = Client()
    other.force_login(MemberFactory(sme=row.sme).user)
    return other


def test_only_what_was_changed_on_the_page_is_written(owner, preparer, row):
    older = opened(preparer, row)
    sent(owner, row, opened(owner, row) | {"motivation": "Buyers in Italy."})
    assert sent(preparer, row, older | {"commitment_name": "Bilal"}).status_code == 302
    row = Application.objects.get()
    assert (row.motivation, row.commitment_name) == ("Buyers in Italy.", "Bilal")


@pytest.mark.parametrize("button", ["save", "submit"])
def test_what_both_changed_stops_is_shown_and_is_saved_when_it_is_sent_again(owner, preparer, row, button):
    older = opened(owner, row)
    sent(preparer, row, opened(preparer, row) | {"motivation": "Buyers in Italy."})
    mine = older | {"motivation": "Buyers in Japan.", "commitment_name": "Saima", button: "1", "declared": "on"}
    response = sent(owner, row, mine)
    assert "Somebody else of your firm saved “Buyers in Italy.” here" in response.content.decode()
    assert "Buyers in Japan." in response.content.decode()
    row = Application.objects.get()
    assert (row.motivation, row.commitment_name, row.submitted_at) == ("Buyers in Italy.", "Saima", None)
    assert sent(owner, row, mine | {"seen": response.context["seen"]}).status_code == 302
    assert Application.objects.get().motivation == "Buyers in Japan."


def test_a_page_that_does_not_say_what_it_was_made_from_writes_over_nothing(owner, row):
    sent(owner, row, opened(owner, row) | {"motivation": "Buyers in Italy."})
    sent(owner, row, opened(owner, row) | {"motivation": "Buyers in Japan.", "seen": ""})
    assert Application.objects.get().motivation == "Buyers in Italy."
