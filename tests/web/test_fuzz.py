"""Junk at every address of the table, drawn with a fixed seed: never a fault, a stack or a way to another host."""

from __future__ import annotations

import json
import random
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.urls import path

from tdap_portal import urls as portal
from tests.web.addresses import Address, all_addresses
from tests.web.matrix_world import MatrixWorld

pytestmark = pytest.mark.django_db
SEED, COUNT = 2026, 2_000
ROLES = ("visitor", "owner", "officer", "director", "administrator", "platform", "writing key")
TEXTS = (
    "\0", "a\0b", "abc", "//elsewhere.example/", "https://elsewhere.example/", "9999-12-31T23:59:59-23:59", "a\r\nb",
    "9" * 400, "-1", "1e309", "NaN", "٩٥٠٦٦٢", "95066²", "x" * 20_000, "\u202e", "<script>", "' OR 1=1 --", "%", "../../etc/passwd",
    "WyJuIixbInBrIl0sWzFdXQ==", "2026-02-30", "=1+1", "None", "[]", "😀" * 300, "{{ 7*7 }}",
)  # fmt: skip
RAW = ("%00", "%ED%A0%80", "%FF%FE", "%E0%80", "%", "%0D%0A", "a%u0041")
KEYS = ("q", "next", "after", "before", "cursor", "page", "version", "order", "tab", "round", "sector", "open", "code", "firm",
        "kind", "state", "format", "limit", "reason", "language", "outcome", "words", "files", "login", "password")  # fmt: skip
IDS = (
    "000000000000",
    "zzzzzzzzzzzz",
    "R0",
    "R9999",
    "%00",
    "9" * 30,
    "A" * 12,
    "٩" * 12,
    "z" * 43,
    "..%2f",
    "x" * 3_000,
)
BODIES = (
    b"[" * 50_000, b'{"a":' * 60 + b"1" + b"}" * 60, rb'{"reason": "\ud800"}', rb'{"outcome": "\u0000"}', b"\xff\xfe", b"null",
    b'{"outcome": {"a": [1]}, "reason_codes": "x", "words": 7}', b'{"outcome": ' + b"9" * 5_000 + b"}", b"NaN", b"",
)  # fmt: skip
CONTENT_TYPES = (
    "application/json", "application/json; charset=utf-7", "application/x-www-form-urlencoded; charset=utf-7",
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=\xe9", "text/plain", "nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(module_db, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.VAULT_ROOT", tmp_path_factory.mktemp("vault"))
        yield MatrixWorld()


def send(world: MatrixWorld, address: Address, role: str, drawn: random.Random):
    """One request of junk: in the address, behind it, in a form or in a body. The answer is undone."""
    values = world.values(address, drawn.choice(("own", "finished", "foreign")))
    if address.params and drawn.random() < 0.3:
        values[drawn.choice(address.params)] = drawn.choice(IDS)
    query = "&".join(f"{drawn.choice(KEYS)}={drawn.choice(RAW)}" for _each in range(drawn.randrange(2)))
    place = address.path(values) + "?" * bool(query) + query
    data = {drawn.choice(KEYS): drawn.choice(TEXTS) for _each in range(drawn.randrange(1, 4))}
    client, how = world.clients[role], drawn.choice(("get", "form", "json", "body"))
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        if how == "get":
            answer = client.get(place.split("?")[0], data)
        elif how == "form":
            answer = client.post(place, data)
        elif how == "json":
            answer = client.post(place, json.dumps(data), content_type="application/json")
        else:
            content_type = drawn.choice(CONTENT_TYPES)
            answer = client.generic(drawn.choice(("POST", "PUT")), place, drawn.choice(BODIES), content_type)
        b"".join(answer)  # to its end, so that a file is closed
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.load(cookies)
    return answer, f"{how} {place[:80]} {str(data)[:120]} by {role}"


def faults(world: MatrixWorld, addresses: list[Address], count: int) -> list[str]:
    drawn, found = random.Random(SEED), []
    for number in range(count):
        cache.clear()
        address = addresses[number % len(addresses)]
        answer, what = send(world, address, drawn.choice(ROLES), drawn)
        if answer.status_code >= 500 and address.name != "health":
            found.append(f"{answer.status_code} {what}")
        elif not answer.streaming and b"Traceback (most recent" in answer.content:
            found.append(f"stack {what}")
        elif urlsplit(answer.get("Location", "/").replace("\\", "/")).netloc not in ("", "testserver"):
            found.append(f"leads away to {answer['Location'][:60]}: {what}")
    return found


def test_junk_is_never_a_fault(world):
    found = faults(world, all_addresses(), COUNT)
    print(f"\nrequests of junk {COUNT:,}")
    assert found == []


def brittle(request):
    """A view that believes what it is sent."""
    return HttpResponse(int(request.GET.get("page", "x")))


urlpatterns = [path("brittle/", brittle, name="brittle"), *portal.urlpatterns]


@pytest.mark.urls("tests.web.test_fuzz")
def test_a_view_that_believes_junk_is_noticed(world):
    brittle_one = [address for address in all_addresses() if address.name == "brittle"]
    assert any(line.startswith("500 ") for line in faults(world, brittle_one, 20))
