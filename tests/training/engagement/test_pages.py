"""The pages of calls and of their rules."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.accounts import UserFactory, director
from tests.queries import queries_of
from tests.smes.pages import text_of
from tests.training import made
from training.engagement import services
from training.models import Call, EngagementRule, NudgePolicy, WatchLine

from .behind import absent, caller

pytestmark = pytest.mark.django_db
URL = "/training/calls/"


@pytest.fixture
def person():
    return UserFactory(name="Rabia Noor", mobile="+923001234567", mobile_verified=True, last_login=timezone.now())


@pytest.fixture
def mine(client):
    actor = caller(name="Hina")
    client.force_login(actor)
    return actor


def key_of(answer):
    return re.search(r'name="key" value="([0-9a-f]{32})"', answer.content.decode())[1]


def test_the_list_says_who_and_why_and_masks_the_number(client, mine, person):
    line = absent(3, person=person)
    text = text_of(client.get(URL))
    assert all(
        word in text for word in ("1 person falls behind", "Rabia Noor", "missed 3 sessions in a row", line.cohort.code)
    )
    assert ("0300-1234567" in text, "+923001234567" in text, "+92•••567" in text) == (False, False, True)


def test_the_number_stands_there_for_who_calls_and_for_nobody_else(client, mine, person):
    line = absent(person=person)
    page = f"{URL}{line.public_id}/"
    assert b"1234567" not in client.get(page).content
    assert client.post(f"{page}take/").status_code == 302
    assert "0300-1234567" in text_of(client.get(page))
    assert "You call" in text_of(client.get(URL))
    client.force_login(caller())
    other = client.get(page)
    assert (b"1234567" in other.content, "Hina calls this firm" in text_of(other)) == (False, True)
    refused = client.post(f"{page}take/")
    assert (refused.status_code, "calls this firm at the moment" in text_of(refused)) == (422, True)
    client.force_login(mine)
    WatchLine.objects.update(claimed_until=timezone.now())
    assert b"1234567" not in client.get(page).content


def test_a_call_is_noted_once_however_often_it_is_sent(client, mine):
    line = absent()
    page = f"{URL}{line.public_id}/"
    client.post(f"{page}take/")
    data = {"key": key_of(client.get(page)), "outcome": "cannot", "why": "ill", "words": "Back in two weeks."}
    for _ in range(2):
        assert client.post(page, data)["Location"] == URL
    assert Call.objects.get().why == "ill"
    text = text_of(client.get(page))
    assert ("Cannot come" in text, "Illness" in text, "Back in two weeks." in text) == (True, True, True)
    assert "Nobody waits for a call" in text_of(client.get(URL))
    assert "Illness" not in text_of(client.get(URL + "?show=resting"))


@pytest.mark.parametrize(
    "data",
    [
        {}, {"outcome": "again"}, {"outcome": "cannot"}, {"outcome": "again", "again_on": "x"}, {"outcome": "9" * 5000},
        {"outcome": "again", "again_on": "9999-12-31"}, {"outcome": "will_come", "key": "x"}, {"outcome": "will_come", "words": "x" * 1001},
    ],
)  # fmt: skip
def test_half_a_note_comes_back_with_words(client, mine, data):
    line = absent()
    page = f"{URL}{line.public_id}/"
    answer = client.post(page, {"key": "a" * 32} | data)
    assert answer.status_code == 422
    assert not Call.objects.exists()


def test_only_who_reads_what_was_said_of_sessions_is_led_there(client, mine):
    assert "/training/feedback/" not in text_of(client.get(URL))
    client.force_login(made.manager())
    assert 'href="/training/feedback/"' in text_of(client.get(URL))
    assert client.get("/training/feedback/").status_code == 200


def test_leaving_frees_the_firm(client, mine):
    line = absent()
    page = f"{URL}{line.public_id}/"
    client.post(f"{page}take/")
    assert client.post(f"{page}leave/")["Location"] == URL
    assert WatchLine.objects.get().claimed_by is None


@pytest.mark.parametrize("who", [director, UserFactory, lambda: made.trainer(user=UserFactory()).user])
def test_others_find_nothing(client, who):
    line = absent()
    client.force_login(who())
    for rest in ("", "rules/", "rules/set/", "rules/letters/", f"{line.public_id}/"):
        assert client.get(URL + rest).status_code == 404
    for rest in (
        "rules/set/",
        "rules/letters/",
        f"{line.public_id}/",
        f"{line.public_id}/take/",
        f"{line.public_id}/leave/",
    ):
        assert client.post(URL + rest, {"outcome": "will_come", "key": "a" * 32}).status_code == 404


def test_the_list_is_filtered_sorted_and_paged(client, mine, monkeypatch):
    monkeypatch.setattr("training.engagement.views.PAGE", 2)
    rows = [absent() for _ in range(3)]
    for number, row in enumerate(rows):
        WatchLine.objects.filter(pk=row.pk).update(since=timezone.localdate() - timedelta(days=number))

    def shown(query):
        found = client.get(URL + query).content.decode()
        return [
            rows.index(row) for row in sorted(rows, key=lambda row: found.find(row.public_id)) if row.public_id in found
        ]

    assert (shown(""), shown("?order=newest")) == ([2, 1], [0, 1])
    assert shown(f"?cohort={rows[0].cohort.code}") == [0]
    assert (shown("?reason=tasks"), shown("?who=mine"), shown("?show=all&order=cohort&who=free&reason=missed")) == (
        [],
        [],
        [0, 1],
    )
    cursor = re.search(r'rel="next" href="([^"]+)"', client.get(URL).content.decode())[1].replace("&amp;", "&")
    assert shown(cursor) == [0]
    for junk in ("?cohort=" + "9" * 5000, "?reason=x", "?show=x", "?who=x", "?order=NaN", "?cursor=x"):
        assert client.get(URL + junk).status_code == 200
    assert client.get(URL + "?show=%00").status_code == 400


def test_the_list_costs_the_same_for_one_and_for_many(client, mine, person):
    absent(person=person)
    one = queries_of(client, URL)
    for _ in range(3):
        absent(person=UserFactory())
    assert len(queries_of(client, URL)) == len(one)
    assert len(one) <= 16


def test_empty_lists_say_what_will_be_there(client, mine):
    assert "Nobody stands here" in text_of(client.get(URL))
    assert "Nobody fits this filter" in text_of(client.get(URL + "?reason=tasks"))


def test_a_person_who_is_back_on_track_is_read_and_not_called(client, mine):
    line = absent()
    WatchLine.objects.update(ended_on=timezone.localdate(), ended_why="back")
    page = f"{URL}{line.public_id}/"
    text = text_of(client.get(page))
    assert ("Back on track since" in text, "I call now" in text) == (True, False)
    assert client.post(f"{page}take/").status_code == 422


def test_officers_read_the_rules_and_a_manager_sets_them(client, mine):
    assert "Only a programme manager sets" in text_of(client.get(f"{URL}rules/"))
    assert client.get(f"{URL}rules/set/").status_code == 403
    client.force_login(made.manager())
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    sent = {"code": "missed", "is_on": "on", "threshold": "3", "starts_on": day, "words": "Harvest"}
    assert client.post(f"{URL}rules/set/", sent)["Location"] == f"{URL}rules/"
    sent = {
        "most": "1",
        "within_days": "10",
        "from_hour": "10",
        "until_hour": "17",
        "starts_on": day,
        "words": "Ramazan",
    }
    assert client.post(f"{URL}rules/letters/", sent)["Location"] == f"{URL}rules/"
    text = text_of(client.get(f"{URL}rules/"))
    assert all(word in text for word in ("Harvest", "Ramazan", "at most 1 messages in 10 days", "At most 2 messages"))
    assert (EngagementRule.objects.get().threshold, NudgePolicy.objects.get().most) == (3, 1)


@pytest.mark.parametrize("address", ["rules/set/", "rules/letters/"])
@pytest.mark.parametrize(
    "data",
    [
        {}, {"threshold": "NaN", "most": "NaN"}, {"threshold": "9" * 5000, "most": "9" * 5000}, {"starts_on": "2020-01-01"},
        {"threshold": "0", "most": "21"}, {"words": " "}, {"code": "x", "until_hour": "9"},
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_comes_back_with_words(client, address, data):
    client.force_login(made.manager())
    right = {
        "code": "missed", "threshold": "3", "starts_on": timezone.localdate().isoformat(), "words": "x",
        "most": "1", "within_days": "10", "from_hour": "10", "until_hour": "17",
    }  # fmt: skip
    assert client.post(URL + address, data and right | data).status_code == 422
    assert [*EngagementRule.objects.all(), *NudgePolicy.objects.all()] == []


def test_managers_and_officers_are_led_to_the_calls(client):
    for person, led in ((made.manager(), True), (caller(), True), (director(), False)):
        client.force_login(person)
        assert (f'href="{URL}"' in client.get("/inbox/").content.decode()) is led


def test_a_name_is_put_into_the_refusal_apart_from_the_sentence():
    line, hina = absent(), caller(name="حنا")
    services.claim(actor=hina, line=line)
    with pytest.raises(Exception, match="\u2068حنا\u2069"):
        services.claim(actor=caller(), line=line)
