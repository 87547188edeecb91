"""Redis is the cache and may be away: acts commit, people sign in, limits count, and nothing old comes back."""

from __future__ import annotations

import runpy
import time

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from selection.intake import services as intake_services
from tdap_portal.core.caches import AWAY, SessionRedisCache, SteadyRedisCache
from tdap_portal.core.selectors import health
from tdap_portal.settings import base
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.selection import ApplicationFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cache_at(settings, monkeypatch):
    """The portal's caches as the settings make them with a Redis at this address."""

    def use(url: str) -> None:
        monkeypatch.setenv("REDIS_URL", url)
        settings.CACHES = runpy.run_path(base.__file__)["CACHES"]

    yield use
    _clean()


def _clean() -> None:
    AWAY.end()
    SteadyRedisCache("", {}).stand_in.clear()
    for kind in (SteadyRedisCache, SessionRedisCache):
        kind.owed.take()


@pytest.fixture(params=["refused", "mute"])
def away(request, cache_at):
    """Redis is not there, or does not answer."""
    url = "redis://127.0.0.1:1/0" if request.param == "refused" else request.getfixturevalue("mute_redis_url")
    cache_at(url)


def person():
    return UserFactory(email="fatima@example.pk")


def sign_in(client: Client, word: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": "fatima@example.pk", "password": word})


def test_an_application_is_submitted_while_redis_is_away(away):
    row = ApplicationFactory()
    intake_services.submit_application(actor=owner_of(row), application=row, declared=True)
    row.refresh_from_db()
    assert row.submitted_at is not None


def test_people_see_the_front_page_sign_in_and_out_while_redis_is_away(away, client):
    user = person()
    assert client.get("/").status_code == 200
    assert sign_in(client).status_code == 302
    assert client.get("/").wsgi_request.user == user
    client.post(reverse("account_logout"))
    assert client.get("/").wsgi_request.user.is_anonymous


def test_wrong_passwords_are_limited_while_redis_is_away(away, client):
    person()
    answers = [sign_in(client, "a guess").content.decode() for _ in range(6)]
    assert ["Too many" in answer for answer in answers] == [False] * 5 + [True]


def test_counts_are_not_pushed_out_by_other_keys_while_redis_is_away(cache_at):
    cache_at("redis://127.0.0.1:1/0")
    cache.set("count", 5)
    cache.set_many({f"of-somebody-else-{number}": 1 for number in range(2_000)})
    assert cache.get("count") == 5


def test_a_redis_that_never_answers_is_waited_for_once(cache_at, mute_redis_url):
    cache_at(mute_redis_url)
    began = time.monotonic()
    for number in range(20):
        cache.set("number", number)
    assert cache.get("number") == 19
    assert 1 <= time.monotonic() - began < 2


def test_health_says_that_the_cache_does_not_answer(away):
    for _looked in ("first", "again"):
        assert [line.ok for line in health() if str(line.name) == "Cache"] == [False]


@pytest.mark.redis
def test_what_changed_while_redis_was_away_is_not_read_from_it_afterwards(cache_at, redis_url):
    cache_at(redis_url)
    cache.set_many({"set": "old", "deleted": "old", "kept": "old"})
    AWAY.begin()
    cache.set("set", "new")
    cache.delete("deleted")
    assert (cache.get("set"), cache.get("kept")) == ("new", None)
    AWAY.end()
    assert cache.get_many(["set", "deleted", "kept"]) == {"kept": "old"}
    AWAY.begin()
    assert cache.get("set") is None


@pytest.mark.redis
def test_a_person_who_signed_out_while_redis_was_away_stays_signed_out(cache_at, redis_url, client):
    cache_at(redis_url)
    user = person()
    sign_in(client)
    assert client.get("/").wsgi_request.user == user
    cookie, stolen = client.cookies["sessionid"].value, Client()
    AWAY.begin()
    client.post(reverse("account_logout"))
    AWAY.end()
    stolen.cookies["sessionid"] = cookie
    assert stolen.get("/").wsgi_request.user.is_anonymous
