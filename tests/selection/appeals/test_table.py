"""The list of appeals as a table for other programs: the same rows, figures and permissions as its page."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

import pytest

from selection.appeals import selectors, services
from selection.models import Conflict
from selection.states import AppealOutcome, Verdict
from tests.factories.accounts import administrator, director, officer, partner_person
from tests.factories.selection import owner_of
from tests.selection.appeals import made

pytestmark = pytest.mark.django_db
URL = "/desk/appeals/appeals.csv"


def table(client, query="") -> list[dict[str, str]]:
    answer = client.get(f"{URL}{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def appeals():
    """Of one round: rejected, and one that waits; a draft beside them."""
    first = made.decided_file()
    rejected = made.answered(made.drawn(first), AppealOutcome.REJECTED, made.finding(Verdict.WRONG))
    waiting = made.sent(made.decided_file(round=first.round))
    draft = made.decided_file(round=first.round)
    services.keep_draft(actor=owner_of(draft), application=draft, points=[made.point()])
    return rejected, waiting


def test_its_rows_are_the_appeals_that_were_sent_and_its_sums_are_the_public_ones(client, appeals):
    rejected, waiting = appeals
    client.force_login(director())

    rows = table(client)

    assert [row["appeal"] for row in rows] == [rejected.code, waiting.code]
    assert [row["points before"] for row in rows] == [str(rejected.points), ""]
    assert rows[0]["director"] == rejected.director.name
    counts = selectors.counts_of(rejected.round)
    found = Counter(row["outcome"] for row in rows)
    assert (len(rows), found["rejected"], found["upheld"], found[""]) == (
        counts.sent,
        counts.rejected,
        counts.upheld,
        counts.waiting,
    )


def test_it_is_narrowed_as_the_page_is(client, appeals):
    client.force_login(director())

    assert [row["state"] for row in table(client, "?state=sent")] == ["sent"]
    assert table(client, "?round=R999") == []
    assert len(table(client, f"?round={appeals[0].round.code}")) == 2
    assert f'href="{URL}?state=sent"' in client.get("/desk/appeals/?state=sent").content.decode()


def test_no_words_of_the_firm_stand_in_it(client, appeals):
    client.force_login(director())

    assert made.WORDS not in client.get(URL).content.decode()


def test_a_firm_that_the_director_is_tied_to_is_left_out(client, appeals):
    boss = director()
    Conflict.objects.create(official=boss, sme=appeals[1].application.sme, words="A cousin.")
    client.force_login(boss)

    assert [row["appeal"] for row in table(client)] == [appeals[0].code]


@pytest.mark.parametrize(("who", "status"), [(officer, 403), (administrator, 404), (partner_person, 404)])
def test_nobody_else_gets_it(client, appeals, who, status):
    client.force_login(who())
    assert client.get(URL).status_code == status
    client.force_login(owner_of(appeals[0].application))
    assert client.get(URL).status_code == 404
