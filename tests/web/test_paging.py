"""Keyset pages."""

import json
from base64 import urlsafe_b64encode

import pytest

from tdap_portal.accounts.models import Partner
from tdap_portal.web.paging import keyset_page
from tests.factories.accounts import PartnerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_leg]
ORDER = ("name", "-pk")


@pytest.fixture
def partners():
    for name in "CABED":
        PartnerFactory(name=name)


def names(page):
    return [partner.name for partner in page.rows]


def walk(cursor=None):
    return keyset_page(Partner.objects.all(), order=ORDER, cursor=cursor, size=2)


def test_pages_go_forth_and_back_over_the_same_rows(partners):
    first = walk()
    second = walk(first.next)
    third = walk(second.next)
    assert [names(page) for page in (first, second, third)] == [["A", "B"], ["C", "D"], ["E"]]
    assert (first.previous, third.next) == (None, None)
    assert names(walk(third.previous)) == ["C", "D"]
    assert names(walk(walk(third.previous).previous)) == ["A", "B"]
    assert walk(walk(third.previous).previous).previous is None


def test_a_row_that_comes_in_between_moves_nothing(partners):
    first = walk()
    PartnerFactory(name="AA")
    assert names(walk(first.next)) == ["C", "D"]


def written(text):
    return urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense", "WzFd", "bm90IGpzb24", "W10", "%%%",
        written(json.dumps([["n"], list(ORDER), ["A", 1]])), written(json.dumps([{}, list(ORDER), ["A", 1]])), written("[" * 3_000),
        written("[" * 200_000), written('["n", ["name", "-pk"], ["A", ' + "9" * 5_000 + "]]"),
    ],
)  # fmt: skip
def test_a_cursor_that_was_tampered_with_gives_the_first_page(partners, cursor):
    assert names(walk(cursor)) == ["A", "B"]


def test_a_cursor_of_another_order_gives_the_first_page(partners):
    other = keyset_page(Partner.objects.all(), order=("-name", "pk"), size=2)
    assert names(walk(other.next)) == ["A", "B"]


def test_nothing_gives_an_empty_page():
    page = walk()
    assert (page.rows, page.next, page.previous) == ([], None, None)


def test_a_page_costs_one_query(partners, django_assert_num_queries):
    with django_assert_num_queries(1):
        walk()


@pytest.mark.parametrize("order", [("name", "pk"), ("-name", "-pk"), ("kind", "name", "pk")])
def test_one_direction_goes_forth_and_back_even_where_rows_share_a_value(order):
    for name in "CABED":
        PartnerFactory(name=name)
    expected = names(keyset_page(Partner.objects.all(), order=order, size=9))
    forth, cursor = [], None
    while True:
        page = keyset_page(Partner.objects.all(), order=order, cursor=cursor, size=2)
        forth += names(page)
        last, cursor = page, page.next
        if cursor is None:
            break
    assert forth == expected
    before = keyset_page(Partner.objects.all(), order=order, cursor=last.previous, size=2)
    assert names(before) == expected[2:4]


def test_named_values_page_like_models(partners):
    rows = Partner.objects.values_list("id", "name", named=True)
    first = keyset_page(rows, order=("name", "id"), size=2)
    assert names(keyset_page(rows, order=("name", "id"), cursor=first.next, size=2)) == ["C", "D"]


@pytest.mark.parametrize("values", [["A", "not a number"], [None, 1], ["A" * 999, 1], ["A"], "A"])
def test_a_cursor_with_nonsense_in_it_gives_the_first_page(partners, values):
    cursor = urlsafe_b64encode(json.dumps(["n", list(ORDER), values]).encode()).decode().rstrip("=")
    assert names(walk(cursor)) == ["A", "B"]
